/** Points became value of another scheme, or were given to an activity: how many, what came of it, what is left. Nothing was paid. */
import type { LocalDate } from '../../contract/time.ts';
import type { Scheme } from '../../contract/value.ts';
import { foot, head, labelled, sizesOf, type SlipFrame } from './slip-frame.ts';
import { amountLine, amountText, dateText, leftLines, markupOf, pairLines, rightLines, RULE, unitText } from './slip-text.ts';
import { SLIP_WORDS } from './slip-words.ts';

export interface PointsSlip {
  readonly kind: 'points';
  readonly from: Pick<Scheme, 'name' | 'unit' | 'contact'>;
  /** In its unit: what was taken, and what is left. */
  readonly taken: number;
  readonly left: number;
  readonly became:
    | { readonly kind: 'value'; readonly scheme: Pick<Scheme, 'name' | 'unit' | 'usableAt'>; readonly amount: number; readonly balance: number; readonly lastDay: LocalDate }
    | { readonly kind: 'gift'; readonly activity: string };
}

const say = SLIP_WORDS.points;

export function pointsSlipMarkup({ from, taken, left, became }: PointsSlip, frame: SlipFrame): string {
  const { form, large } = frame;
  const { text, label } = sizesOf(frame);
  const gift = became.kind === 'gift';
  return markupOf([
    ...head(gift ? say.gaveTitle : say.exchangedTitle, frame),
    ...leftLines(from.name, text, true),
    ...leftLines((gift ? say.gave : say.exchanged)[form], text),
    amountLine(taken, unitText(taken, from.unit, form), large),
    ...pairLines(say.left[form], amountText(left, from.unit, form), text),
    '',
    RULE,
    '',
    ...(became.kind === 'gift' ? [...labelled(say.activity, became.activity, frame), '', ...rightLines(say.thanks[form], label)] : []),
    ...(became.kind === 'value'
      ? [
          ...leftLines(became.scheme.name, text, true),
          ...leftLines(say.became[form], text),
          amountLine(became.amount, unitText(became.amount, became.scheme.unit, form), large),
          ...pairLines(SLIP_WORDS.shared.balance[form], amountText(became.balance, became.scheme.unit, form), text),
          '',
          ...leftLines(SLIP_WORDS.load.lastDay[form], text),
          ...rightLines(dateText(became.lastDay, form), text, true),
          '',
          RULE,
          '',
          ...labelled(SLIP_WORDS.shared.usableAt, became.scheme.usableAt, frame),
        ]
      : []),
    '',
    ...labelled(SLIP_WORDS.shared.contact, from.contact, frame),
    '',
    RULE,
    ...foot(frame),
  ]);
}
