/**
 * Use case: a slip is printed for the first time. What is on it is kept for a while, sealed to this device, in case staff have to print it again: the
 * paper ran out, or nobody knows whether it came out.
 */
import type { SlipKind } from '../../contract/journal.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import type { SlipSubject } from '../ledger/ledger.ts';
import type { Ports } from '../ports.ts';
import { slipMarkup, type SlipContent, type SlipFrame } from '../printing/slip-markup.ts';
import { printSlip, type PrintSlipResult } from './print-slip.ts';

/** How long a copy is kept: until staff have surely come to the printer, and no longer. */
export const COPY_KEPT_MS = 2 * 3_600_000;
/** Tickets that are not known to have come out are kept until whoever was told to ask at the counter has come back. */
export const TICKETS_KEPT_MS = 30 * 24 * 3_600_000;

export type OnMarkup = (markup: string) => void;

/** What a copy holds, as JSON. */
export interface SlipCopy {
  readonly content: SlipContent;
  /** Of the first print. */
  readonly frame: SlipFrame;
}

/**
 * @param input.slipNumber the number it has already; a new one when left out
 * @param input.onMarkup is told what is about to be printed, so that it can be shown
 * @throws LedgerUnavailable before anything was sent
 */
export async function issueSlip(
  input: { readonly content: Extract<SlipContent, { kind: SlipKind }>; readonly subject: SlipSubject; readonly slipNumber?: number; readonly frame: (slipNumber: number) => SlipFrame; readonly onMarkup?: OnMarkup },
  ports: Pick<Ports, 'ledger' | 'printer' | 'clock' | 'randomness' | 'log' | 'slipCopies'>,
): Promise<PrintSlipResult> {
  const { ledger, clock, slipCopies } = ports;
  const { content, subject, slipNumber = ledger.nextNumber('slip'), onMarkup } = input;
  eraseOldCopies(ports);
  const frame = { ...input.frame(slipNumber), now: momentFromEpoch(clock.now()) };
  const copy: SlipCopy = { content, frame };
  const sealed = await slipCopies?.seal(slipNumber, JSON.stringify(copy));
  const markup = slipMarkup(content, frame);
  onMarkup?.(markup);
  return printSlip({ slip: content.kind, subject, slipNumber, ...(sealed === undefined ? {} : { copy: sealed }), markup: () => markup }, ports);
}

/** To be done from time to time. */
export function eraseOldCopies({ ledger, clock }: Pick<Ports, 'ledger' | 'clock'>): void {
  const now = clock.now();
  ledger.keepSlipCopies({ from: momentFromEpoch(now - COPY_KEPT_MS), ticketsFrom: momentFromEpoch(now - TICKETS_KEPT_MS), to: momentFromEpoch(now) });
}
