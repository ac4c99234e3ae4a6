/** What the holder can use: each thing with its amount, its last day, what of it ends soon, and where it can be used. */
import { daysBetween, dateInTokyo, type LocalDate, type Moment } from '../../contract/time.ts';
import type { Unit } from '../../contract/value.ts';
import { foot, head, labelled, momentOf, sizesOf, whenText, type SlipFrame } from './slip-frame.ts';
import { amountLine, amountText, dateText, leftLines, markupOf, middleLines, pairLines, rightLines, RULE, unitText } from './slip-text.ts';
import { filled, SLIP_WORDS } from './slip-words.ts';

export interface BalanceSlip {
  readonly kind: 'balance';
  readonly pockets: readonly PocketOnSlip[];
  /** When the town last confirmed it; null when that is now. */
  readonly asOf: Moment | null;
}

export interface PocketOnSlip {
  readonly name: string;
  readonly unit: Unit;
  readonly amount: number;
  /** How much of it ends on which day, the earliest first; together the amount. */
  readonly ends: ReadonlyArray<{ readonly lastDay: LocalDate; readonly amount: number }>;
  readonly usableAt: string;
  readonly contact: string;
}

/** From how many days before its end something is said to end soon; the screens mark it from the same day on. */
const SOON_DAYS_MAX = 45;
/** Rows of days; what ends later is added up. */
const ENDS_MAX = 4;

const say = SLIP_WORDS.balance;

export function balanceSlipMarkup(slip: BalanceSlip, frame: SlipFrame): string {
  const { form } = frame;
  const { text, label } = sizesOf(frame);
  const contacts = [...new Set(slip.pockets.map(({ contact }) => contact))];
  const [only] = contacts.length === 1 ? contacts : [];
  return markupOf([
    ...head(say.title, frame),
    ...(slip.asOf === null ? [] : [...middleLines(filled(say.asOf[form], { when: whenText(slip.asOf, form) }), label), '']),
    ...(slip.pockets.length === 0 ? [...middleLines(say.none[form], text), '', RULE] : []),
    ...slip.pockets.flatMap((pocket, index) => [...(index > 0 ? [''] : []), ...pocketLines(pocket, frame, only === undefined)]),
    ...(only === undefined ? [] : [...labelled(SLIP_WORDS.shared.contact, only, frame), '', RULE]),
    ...foot(frame),
  ]);
}

function pocketLines(pocket: PocketOnSlip, frame: SlipFrame, withContact: boolean): string[] {
  const { form, large } = frame;
  return [
    ...leftLines(pocket.name, sizesOf(frame).text, true),
    amountLine(pocket.amount, unitText(pocket.amount, pocket.unit, form), large),
    ...endLines(pocket, frame),
    '',
    ...labelled(SLIP_WORDS.shared.usableAt, pocket.usableAt, frame),
    ...(withContact ? ['', ...labelled(SLIP_WORDS.shared.contact, pocket.contact, frame)] : []),
    '',
    RULE,
  ];
}

function endLines({ ends, unit }: PocketOnSlip, frame: SlipFrame): string[] {
  const { form } = frame;
  const { text, label } = sizesOf(frame);
  const [first] = ends;
  if (!first) return [];
  const rows = ends.length > ENDS_MAX ? ends.slice(0, ENDS_MAX - 1) : ends;
  const later = ends.slice(rows.length).reduce((sum, { amount }) => sum + amount, 0);
  const days =
    ends.length === 1
      ? rightLines(filled(say.until[form], { date: dateText(first.lastDay, form) }), text)
      : [
          '',
          ...leftLines(say.untilWhen[form], label),
          ...rows.flatMap(({ lastDay, amount }) => pairLines(dateText(lastDay, form), amountText(amount, unit, form), label)),
          ...(later > 0 ? pairLines(say.later[form], amountText(later, unit, form), label) : []),
        ];
  const left = daysBetween(dateInTokyo(momentOf(frame)), first.lastDay);
  if (left > SOON_DAYS_MAX) return days;
  const soon = left <= 0 ? say.today : left === 1 ? say.tomorrow : say.soon;
  return [...days, '', ...leftLines(filled(soon[form], { amount: amountText(first.amount, unit, form), days: String(left) }), text, true)];
}
