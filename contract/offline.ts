/**
 * What a kiosk may do without a network, use case by use case: the one table that services and screens obey. `docs/offline.md` is made from
 * it, and a test does each of its rows on a real ledger. Pure.
 */
import type { Refusal } from './refusal.ts';

/** How far a card is trusted, and where its value is. The third kind can be copied by anyone. */
export type CardKind = 'value-on-card' | 'value-in-ledger' | 'unauthenticated';

/** `offline-with-lease`: what the use case needs was set aside for this device while it was online. */
export type Connection = 'online' | 'offline-with-lease' | 'offline-without-lease';

/** `with-staff`: when people of the staff agree. `by-town`: no kiosk has a part in it. Anything else: the rule that refuses. */
export type Answer = 'allowed' | 'with-staff' | 'by-town' | Refusal;

/** In this order. */
type Answers = readonly [online: Answer, withLease: Answer, withoutLease: Answer];

export interface OfflineRow {
  readonly name: { readonly ja: string; readonly en: string };
  /** What counts as its lease. On a card that proves itself, the keys of that card come in addition wherever the card is written on. */
  readonly needs: { readonly ja: string; readonly en: string };
  readonly answers: Readonly<Record<CardKind, Answers>>;
}

const NOTHING = { ja: 'なし', en: 'nothing' };
const HOLD = { ja: '口座の持ち出し（残高が台帳にある場合）', en: 'the hold of the account, where its value is in the ledger' };
const PAID_HERE = { ja: '代金を受け取った窓口であること', en: 'that the cash was taken at this kiosk' };

const forAll = (...answers: Answers): OfflineRow['answers'] => ({ 'value-on-card': answers, 'value-in-ledger': answers, unauthenticated: answers });
const ALWAYS = forAll('allowed', 'allowed', 'allowed');
/** Value leaves a pocket: the card decides whether it has enough; where the ledger has it, only one device at a time may. */
const LEAVES: OfflineRow['answers'] = {
  'value-on-card': ['allowed', 'allowed', 'not-held-here'],
  'value-in-ledger': ['allowed', 'allowed', 'balance-not-sure'],
  unauthenticated: ['with-staff', 'with-staff', 'balance-not-sure'],
};

export const OFFLINE = {
  balance: { name: { ja: '残高を見る', en: 'Look at the balance' }, needs: { ja: 'なし。最後に確かめた時刻とともに示す', en: 'nothing: the last known balance is shown with its time' }, answers: ALWAYS },
  'load-grant': { name: { ja: '支給を受け取る', en: 'Receive a grant' }, needs: { ja: '受給権', en: 'the entitlement' }, answers: forAll('allowed', 'allowed', 'not-held-here') },
  'buy-sets': { name: { ja: '券を買う', en: 'Buy sets' }, needs: { ja: '購入権と在庫', en: 'the right to buy, and stock where it is limited' }, answers: forAll('with-staff', 'with-staff', 'not-held-here') },
  'receive-claim': { name: { ja: '買った券を受け取る', en: 'Receive what was paid for' }, needs: PAID_HERE, answers: forAll('allowed', 'allowed', 'not-held-here') },
  refund: { name: { ja: '代金を返す', en: 'Give the cash back' }, needs: PAID_HERE, answers: forAll('with-staff', 'with-staff', 'not-held-here') },
  exchange: { name: { ja: 'ポイントを券にかえる', en: 'Exchange points' }, needs: HOLD, answers: LEAVES },
  spend: { name: { ja: '使う', en: 'Spend' }, needs: HOLD, answers: LEAVES },
  give: { name: { ja: '寄付する', en: 'Give' }, needs: HOLD, answers: LEAVES },
  void: {
    name: { ja: '入金を取り消す', en: 'Take a load back' },
    needs: { ja: '入金した窓口であること。口座の持ち出し（残高が台帳にある場合）', en: 'that it was loaded at this kiosk; the hold of the account, where its value is in the ledger' },
    answers: {
      'value-on-card': ['with-staff', 'with-staff', 'not-held-here'],
      'value-in-ledger': ['with-staff', 'with-staff', 'balance-not-sure'],
      unauthenticated: ['with-staff', 'with-staff', 'balance-not-sure'],
    },
  },
  transfer: {
    name: { ja: 'なくしたカードから移す', en: 'Move value from a lost card' },
    needs: { ja: 'なくしたカードの口座の持ち出し', en: 'the hold of the lost card’s account' },
    answers: forAll('with-staff', 'with-staff', 'balance-not-sure'),
  },
  expiry: {
    name: { ja: '期限の過ぎた残高を除く', en: 'Take off what is past its last day' },
    needs: { ja: 'カードの鍵', en: 'the keys of the card' },
    answers: {
      'value-on-card': ['allowed', 'allowed', 'not-held-here'],
      'value-in-ledger': ['by-town', 'by-town', 'by-town'],
      unauthenticated: ['by-town', 'by-town', 'by-town'],
    },
  },
  'take-request': { name: { ja: '申請を受け付ける', en: 'Take a request' }, needs: NOTHING, answers: ALWAYS },
  'tap-in': { name: { ja: '催しに入る', en: 'Tap in' }, needs: NOTHING, answers: ALWAYS },
  practice: { name: { ja: '練習', en: 'Practice' }, needs: NOTHING, answers: ALWAYS },
  'print-slip': { name: { ja: '控えを印刷する', en: 'Print a slip' }, needs: NOTHING, answers: ALWAYS },
  'call-staff': { name: { ja: '職員を呼ぶ', en: 'Call staff' }, needs: NOTHING, answers: ALWAYS },
} as const satisfies Readonly<Record<string, OfflineRow>>;

export type UseCase = keyof typeof OFFLINE;

const COLUMN: Readonly<Record<Connection, 0 | 1 | 2>> = { online: 0, 'offline-with-lease': 1, 'offline-without-lease': 2 };

export function answerOf(useCase: UseCase, card: CardKind, connection: Connection): Answer {
  const { answers }: OfflineRow = OFFLINE[useCase];
  return answers[card][COLUMN[connection]];
}

/** @param capabilities as a card states them */
export function cardKindOf({ valueOnCard, authenticated }: { readonly valueOnCard: boolean; readonly authenticated: boolean }): CardKind {
  if (valueOnCard) return 'value-on-card';
  return authenticated ? 'value-in-ledger' : 'unauthenticated';
}

/**
 * Asked by services before anything is written down, and by screens before anything is offered.
 * @returns the rule that refuses; null when nothing in the table stands against it
 */
export function whyNot(input: { readonly useCase: UseCase; readonly card: CardKind; readonly connection: Connection; readonly staffAgreed: boolean }): Refusal | null {
  const answer = answerOf(input.useCase, input.card, input.connection);
  switch (answer) {
    case 'allowed':
      return null;
    case 'with-staff':
      return input.staffAgreed ? null : 'needs-staff';
    case 'by-town':
      return 'not-offered';
    default:
      return answer;
  }
}
