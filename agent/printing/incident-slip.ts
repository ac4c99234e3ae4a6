/**
 * For somebody whose card went before its answer came. Says what is true while nobody knows whether it happened: it is on record, reading the card
 * tells, and it is never done twice. What staff need to find it stands below, with the operation as a code.
 */
import type { OperationId } from '../../contract/ids.ts';
import type { Scheme } from '../../contract/value.ts';
import { foot, head, momentOf, sizesOf, whenText, type SlipFrame } from './slip-frame.ts';
import { amountLine, amountText, fitting, leftLines, markupOf, middleLines, pairLines, RULE, sentenceLines, sized, unitText } from './slip-text.ts';
import { SLIP_WORDS } from './slip-words.ts';

export interface IncidentSlip {
  readonly kind: 'incident';
  /** The device's own count of them. */
  readonly incident: number;
  readonly scheme: Pick<Scheme, 'name' | 'unit'>;
  /** What may have been moved, in the scheme's unit. */
  readonly amount: number;
  /** In yen, counted in and not received for; 0 when none was. */
  readonly cash: number;
  readonly operation: OperationId;
  /** Where to bring it, with a telephone number. */
  readonly office: string;
}

/** 「役場1-未7」: cannot be taken for the number of a slip. */
export const incidentNumberText = (deviceLabel: string, incident: number): string => `${deviceLabel}-未${incident}`;

/** The last twelve digits of an operation's id, in threes of four: enough for staff to find it, and to be read out. */
export const shortOperation = (operation: OperationId): string => operation.slice(-12).replace(/(.{4})(?=.)/g, '$1-');

const say = SLIP_WORDS.incident;

export function incidentSlipMarkup(slip: IncidentSlip, frame: SlipFrame): string {
  const { form, large } = frame;
  const { text, label, small } = sizesOf(frame);
  const number = incidentNumberText(frame.deviceLabel, slip.incident);
  return markupOf([
    ...head(say.title, frame),
    ...leftLines(say.what[form], text),
    '',
    ...leftLines(slip.scheme.name, text, true),
    ...leftLines(say.amount[form], text),
    amountLine(slip.amount, unitText(slip.amount, slip.scheme.unit, form), large),
    ...(slip.cash > 0 ? ['', ...leftLines(say.cash[form], text), amountLine(slip.cash, unitText(slip.cash, 'yen', form), large), ...leftLines(say.cashIsYours[form], text)] : []),
    '',
    ...sentenceLines(say.safe[form], text),
    '',
    RULE,
    ...leftLines(say.toDo[form], text),
    ...leftLines(say.bring[form], text, true),
    '',
    ...leftLines(slip.office, text),
    RULE,
    ...middleLines(say.number[form], label),
    sized(number, fitting(number, 'quadruple', 'triple', 'double'), true),
    '',
    RULE,
    ...leftLines('職員用', small),
    ...pairLines('機械', frame.deviceLabel, small),
    ...pairLines('時刻', whenText(momentOf(frame), 'ja'), small),
    ...pairLines('処理', shortOperation(slip.operation), small),
    ...pairLines('額', amountText(slip.amount, slip.scheme.unit, 'ja'), small),
    '',
    `{code:${slip.operation};option:qrcode,4,m}`,
    '',
    RULE,
    ...foot(frame),
  ]);
}
