/** Amounts as people read them: thousands separated, with the unit of the scheme. Integers only. */
import type { Unit } from '../../contract/value.ts';
import type { Language } from './catalogue.ts';

/** 「13,500」 */
export function grouped(amount: number): string {
  if (!Number.isSafeInteger(amount)) throw new Error('An amount is an integer.');
  return String(amount).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** The word that follows an amount: 円, ポイント, 枚. */
export function unitWord(unit: Unit, amount: number, language: Language): string {
  switch (unit) {
    case 'yen':
      return language === 'en' ? 'yen' : '円';
    case 'point':
      return language === 'en' ? (amount === 1 ? 'point' : 'points') : 'ポイント';
    case 'ticket':
      return language === 'en' ? (amount === 1 ? 'ticket' : 'tickets') : '枚';
  }
}

/** In a sentence: 「5,000円分」, 「500ポイント」, 「4枚」. */
export function amountInWords(amount: number, unit: Unit, language: Language): string {
  if (language === 'en') return `${grouped(amount)} ${unitWord(unit, amount, language)}`;
  return `${grouped(amount)}${unitWord(unit, amount, language)}${unit === 'yen' ? '分' : ''}`;
}
