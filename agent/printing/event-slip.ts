/** One tap-in at a gathering: which, where, when, the person's number, what they got for it, and when it goes on. */
import { dateInTokyo, type Moment } from '../../contract/time.ts';
import type { Unit } from '../../contract/value.ts';
import { foot, head, labelled, sizesOf, type SlipFrame } from './slip-frame.ts';
import { amountLine, dateText, leftLines, markupOf, middleLines, rightLines, RULE, timeText, unitText } from './slip-text.ts';
import { filled, SLIP_WORDS } from './slip-words.ts';

export interface EventSlip {
  readonly kind: 'event';
  readonly name: string;
  readonly place: string;
  /** The how manieth of the gathering. */
  readonly number: number;
  /** What came into the account by it; null when nothing does. */
  readonly given: { readonly name: string; readonly unit: Unit; readonly amount: number } | null;
  /** When it is held again; null when nobody knows, or never. */
  readonly next: Moment | null;
}

const say = SLIP_WORDS.event;

export function eventSlipMarkup(slip: EventSlip, frame: SlipFrame): string {
  const { form, large } = frame;
  const { text } = sizesOf(frame);
  const { given, next } = slip;
  return markupOf([
    ...head(say.title, frame),
    ...leftLines(slip.name, text, true),
    '',
    ...labelled(say.place, slip.place, frame),
    '',
    ...leftLines(say.number[form], text),
    amountLine(slip.number, say.th[form], large),
    '',
    ...(given === null ? [] : [...leftLines(say.given[form], text), ...leftLines(given.name, text, true), amountLine(given.amount, unitText(given.amount, given.unit, form), large), '']),
    RULE,
    '',
    ...(next === null ? [] : [...leftLines(say.next[form], text), ...rightLines(dateText(dateInTokyo(next), form), text, true), ...rightLines(filled(say.from[form], { time: timeText(next, form) }), text, true), '']),
    ...middleLines(SLIP_WORDS.shared.keep[form], text),
    '',
    RULE,
    ...foot(frame),
  ]);
}
