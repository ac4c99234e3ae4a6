/**
 * Which tickets have left somebody's card without being in their hands as paper. The kiosk prints them once, by itself; when that is not known to
 * have worked, their holder is told so, once, and from then on only staff print (`reprint-slip.ts`).
 */
import type { OperationId } from '../../contract/ids.ts';
import type { Movement, Scheme } from '../../contract/value.ts';
import type { Ledger, PrintJobRecord } from '../ledger/ledger.ts';
import type { Ports } from '../ports.ts';
import type { SlipFrame } from '../printing/slip-markup.ts';
import { firstTicket, type TicketsSlip } from '../printing/tickets-slip.ts';
import { issueSlip, type OnMarkup } from './issue-slip.ts';
import { heldOf, type MoveResult, type Mover } from './move-value.ts';
import type { PrintSlipResult } from './print-slip.ts';

export interface PaperOwed {
  readonly operationId: OperationId;
  readonly accountId: Mover['accountId'];
  readonly slipNumber: number;
  readonly scheme: Scheme;
  readonly tickets: number;
  /** What the holder has left of them. */
  readonly left: number;
  readonly slip: TicketsSlip;
  /** `due`: it was never begun. `failed`, `unknown`: what became of the last print. */
  readonly print: 'due' | 'failed' | 'unknown';
}

type Books = Pick<Ledger, 'paperPromised' | 'keepPaperPromise' | 'fateOf' | 'movementOf' | 'schemes' | 'lotsOf' | 'printJobsOf'>;

/** The oldest of it, for a card that was read just now; null when nothing is. @throws LedgerUnavailable */
export function paperOwedTo(holder: Mover, ledger: Books): PaperOwed | null {
  for (const { operationId, slipNumber } of ledger.paperPromised(holder.accountId)) {
    const jobs = ledger.printJobsOf(slipNumber);
    const last = jobs.at(-1);
    const fate = ledger.fateOf(operationId);
    // The card has not told yet, or it is coming out just now.
    if (fate === 'prepared' || fate === 'unknown' || last?.state === 'queued' || last?.state === 'sending') continue;
    const movement = fate === 'committed' && !jobs.some(({ state }) => state === 'printed') ? ledger.movementOf(operationId) : undefined;
    const scheme = movement && ledger.schemes().get(movement.schemeId);
    if (scheme) return owedOf({ movement, scheme, slipNumber, left: heldOf(holder, scheme.id), last }, ledger);
    // It came out, or nothing left the card.
    ledger.keepPaperPromise(operationId);
  }
  return null;
}

/** Of tickets that left the card just now; null when they were printed before. @throws LedgerUnavailable */
export function paperOfMove({ movement, balances }: Extract<MoveResult, { kind: 'moved' }>, { accountId }: Mover, ledger: Books): PaperOwed | null {
  const promised = ledger.paperPromised(accountId).find(({ operationId }) => operationId === movement.operationId);
  const scheme = ledger.schemes().get(movement.schemeId);
  if (!promised || !scheme) return null;
  const { slipNumber } = promised;
  return owedOf({ movement, scheme, slipNumber, left: balances.get(scheme.id) ?? 0, last: ledger.printJobsOf(slipNumber).at(-1) }, ledger);
}

function owedOf(
  { movement, scheme, slipNumber, left, last }: { readonly movement: Movement; readonly scheme: Scheme; readonly slipNumber: number; readonly left: number; readonly last: PrintJobRecord | undefined },
  ledger: Pick<Ledger, 'lotsOf'>,
): PaperOwed {
  const { operationId, accountId } = movement;
  const slip = ticketsSlipOf(movement, scheme, ledger.lotsOf(accountId));
  const print = last === undefined ? 'due' : last.state === 'unknown' ? 'unknown' : 'failed';
  return { operationId, accountId, slipNumber, scheme, tickets: slip.lastDays.length, left, slip, print };
}

/** A ticket out of a lot that has not been heard of here can be used as long as any of its scheme. */
function ticketsSlipOf({ accountId, postings }: Movement, scheme: Scheme, lots: ReturnType<Ledger['lotsOf']>): TicketsSlip {
  const own = `pocket/${accountId}/`;
  const lastDays = postings.flatMap(({ debit, amount }) => {
    const lot = lots.find(({ lot: { id } }) => debit === `${own}${id}`)?.lot;
    return debit.startsWith(own) ? Array.from({ length: amount }, () => lot?.lastDay ?? scheme.lastDay) : [];
  });
  const { name, usableAt, contact } = scheme;
  return { kind: 'tickets', scheme: { name, usableAt, contact }, lastDays };
}

/** Prints what is due, once. Whatever comes of it, its holder is told at once. @param how.onMarkup is told of the first ticket: all of them would be too long to be shown @throws LedgerUnavailable before anything was sent */
export async function printPaperOwed(
  { operationId, accountId, slipNumber, slip }: PaperOwed,
  how: { readonly frame: (slipNumber: number) => SlipFrame; readonly onMarkup?: OnMarkup },
  ports: Pick<Ports, 'ledger' | 'printer' | 'clock' | 'randomness' | 'log' | 'slipCopies'>,
): Promise<PrintSlipResult> {
  const { frame, onMarkup } = how;
  const result = await issueSlip({ content: slip, subject: { accountId }, slipNumber, frame, ...(onMarkup ? { onMarkup: (markup) => onMarkup(firstTicket(markup)) } : {}) }, ports);
  ports.ledger.keepPaperPromise(operationId);
  return result;
}
