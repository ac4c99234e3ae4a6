/**
 * Tickets that left a card, as paper to hand over where no card can be read. Each is a piece of its own, cut off from the next, and says everything
 * by itself: what it is, until when and where it can be used, and a number that no other has. It says no name and no card.
 */
import { slipNumberText } from '../../contract/slip-number.ts';
import type { LocalDate } from '../../contract/time.ts';
import type { Scheme } from '../../contract/value.ts';
import { labelled, momentOf, opening, printedAt, sizesOf, whenText, type SlipFrame } from './slip-frame.ts';
import { COLUMNS, columnsOf, dateText, fitting, leftLines, markupOf, middleLines, rightLines, RULE, sized } from './slip-text.ts';
import { SLIP_WORDS } from './slip-words.ts';

export interface TicketsSlip {
  readonly kind: 'tickets';
  readonly scheme: Pick<Scheme, 'name' | 'usableAt' | 'contact'>;
  /** Of each ticket, the last day on which it can be used. */
  readonly lastDays: readonly LocalDate[];
}

/** Between two pieces; after the last the printer cuts by itself. */
const CUT = '=';
const say = SLIP_WORDS.tickets;

/** 「役場1-0042　2/3」: which of how many under the slip's number. */
export const ticketNumberText = (deviceLabel: string, slipNumber: number, at: number, of: number): string => `${slipNumberText(deviceLabel, slipNumber)}　${at}/${of}`;

export function ticketsSlipMarkup({ scheme, lastDays }: TicketsSlip, frame: SlipFrame): string {
  const pieces = lastDays.map((lastDay, index) => ticket(scheme, lastDay, ticketNumberText(frame.deviceLabel, frame.slipNumber, index + 1, lastDays.length), frame));
  return markupOf(pieces.flatMap((piece, index) => (index === 0 ? piece : [CUT, ...piece])));
}

/** The first piece alone. */
export const firstTicket = (markup: string): string => markup.split(`\n${CUT}\n`)[0] ?? markup;

function ticket({ name, usableAt, contact }: TicketsSlip['scheme'], lastDay: LocalDate, number: string, frame: SlipFrame): string[] {
  const { form } = frame;
  const { title, text, label, small } = sizesOf(frame);
  return [
    ...opening(frame),
    ...middleLines(name, title, true),
    '',
    sized(say.one[form], fitting(say.one[form], 'quintuple', 'quadruple', 'triple'), true),
    // Whoever collects it reads Japanese.
    ...(form === 'ja' ? [] : middleLines(`${say.one.ja}　${dateText(lastDay)}まで`, label)),
    RULE,
    ...leftLines(SLIP_WORDS.load.lastDay[form], label),
    ...rightLines(dateText(lastDay, form), text, true),
    '',
    ...labelled(SLIP_WORDS.shared.usableAt, usableAt, frame),
    '',
    ...leftLines(say.hand[form], text),
    ...leftLines(say.only[form], text),
    RULE,
    ...leftLines(SLIP_WORDS.frame.number[form], label),
    sized(number, columnsOf(number, 'triple') <= COLUMNS ? 'triple' : 'double', true),
    RULE,
    ...leftLines(`${SLIP_WORDS.shared.contact[form]}　${contact}`, small),
    ...leftLines(whenText(momentOf(frame), form), small),
    ...printedAt(frame),
  ];
}
