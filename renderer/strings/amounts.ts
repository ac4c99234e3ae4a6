/** Amounts as people read them: thousands separated, with the unit of the scheme. Integers only. Kanji have their readings behind them. */
import type { Unit } from '../../contract/value.ts';
import type { Form } from './wording.ts';

/** 「13,500」 */
export function grouped(amount: number): string {
  if (!Number.isSafeInteger(amount)) throw new Error('An amount is an integer.');
  return String(amount).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** The word that follows an amount: 円, ポイント, 枚. */
export function unitWord(unit: Unit, amount: number, form: Form): string {
  switch (unit) {
    case 'yen':
      return form === 'en' ? 'yen' : '円《えん》';
    case 'point':
      return form === 'en' ? (amount === 1 ? 'point' : 'points') : 'ポイント';
    case 'ticket':
      if (form === 'en') return amount === 1 ? 'ticket' : 'tickets';
      return form === 'easy' ? 'まい' : '枚《まい》';
  }
}

/** Cash: 「5,000円」. */
export function priceInWords(yen: number, form: Form): string {
  return form === 'en' ? `${grouped(yen)} yen` : `${grouped(yen)}円《えん》`;
}

/** In a sentence: 「5,000円分」, 「500ポイント」, 「4枚」. */
export function amountInWords(amount: number, unit: Unit, form: Form): string {
  if (form === 'en') return `${grouped(amount)} ${unitWord(unit, amount, form)}`;
  return `${grouped(amount)}${unitWord(unit, amount, form)}${unit === 'yen' && form === 'ja' ? '分《ぶん》' : ''}`;
}
