/** What came to the holder: of it what was paid for and what is a gift, what they have now, until when and where, who issues it and whom to ask. */
import type { LocalDate } from '../../contract/time.ts';
import { pocketAccount, type LotKind, type Movement, type Scheme } from '../../contract/value.ts';
import { foot, head, labelled, sizesOf, type SlipFrame } from './slip-frame.ts';
import { amountLine, amountText, dateText, leftLines, markupOf, pairLines, rightLines, RULE, sentenceLines, unitText } from './slip-text.ts';
import { SLIP_WORDS } from './slip-words.ts';

export interface LoadSlip {
  readonly kind: 'load';
  readonly scheme: Pick<Scheme, 'name' | 'unit' | 'usableAt' | 'issuer' | 'contact'>;
  /** By kind of lot, in the scheme's unit; together what was received. */
  readonly received: Readonly<Record<LotKind, number>>;
  readonly lastDay: LocalDate;
  /** Of the scheme, after it. */
  readonly balance: number;
  /** In yen, counted in for it; 0 when none was. */
  readonly cash: number;
}

/** The slip of a load in the books, of a grant or of sets that were sold. */
export function loadSlipOf(load: Movement, scheme: Scheme, balance: number): LoadSlip {
  const [first] = load.lots;
  if (!first) throw new Error('A load begins at least one lot.');
  const received = { free: 0, paid: 0, premium: 0 };
  for (const { id, accountId, kind } of load.lots) {
    for (const { credit, amount } of load.postings) if (credit === pocketAccount(accountId, id)) received[kind] += amount;
  }
  return {
    kind: 'load',
    scheme,
    received,
    lastDay: first.lastDay,
    balance,
    cash: load.postings.reduce((sum, { debit, amount }) => sum + (debit.startsWith('claim/') ? amount : 0), 0),
  };
}

const say = SLIP_WORDS.load;
const PARTS = [['paid', say.paid], ['premium', say.premium], ['free', say.granted]] as const;

export function loadSlipMarkup(slip: LoadSlip, frame: SlipFrame): string {
  const { scheme, received, cash } = slip;
  const { form, large } = frame;
  const { text, label } = sizesOf(frame);
  const total = received.free + received.paid + received.premium;
  const parts = PARTS.filter(([kind]) => received[kind] > 0);
  const amount = (value: number) => amountLine(value, unitText(value, scheme.unit, form), large);
  return markupOf([
    ...head(say.title, frame),
    ...leftLines(scheme.name, text, true),
    '',
    ...leftLines(say.received[form], text),
    amount(total),
    // A single part that is a grant needs no name: nothing was paid, and that is said.
    ...(parts.length > 1 || received.free === 0 ? parts.flatMap(([kind, name]) => pairLines(name[form], amountText(received[kind], scheme.unit, form), text)) : []),
    ...(cash > 0 ? ['', ...pairLines(say.cash[form], amountText(cash, 'yen', form), text)] : []),
    ...(cash === 0 && received.free === total ? rightLines(say.noCash[form], label) : []),
    ...(received.premium > 0 ? sentenceLines(say.neverCash[form], label) : []),
    '',
    ...leftLines(SLIP_WORDS.shared.balance[form], text),
    amount(slip.balance),
    '',
    ...leftLines(say.lastDay[form], text),
    ...rightLines(dateText(slip.lastDay, form), text, true),
    '',
    RULE,
    '',
    ...labelled(SLIP_WORDS.shared.usableAt, scheme.usableAt, frame),
    '',
    ...labelled(say.issuer, scheme.issuer, frame),
    '',
    ...labelled(SLIP_WORDS.shared.contact, scheme.contact, frame),
    '',
    RULE,
    ...foot(frame),
  ]);
}
