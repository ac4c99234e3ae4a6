/**
 * Use case: print one slip, once. The job is durable before the first byte leaves; only the printer's own answer makes it printed;
 * nothing here ever prints a second time.
 */
import { momentFromEpoch } from '../../contract/time.ts';
import type { TroubleName } from '../../contract/trouble.ts';
import type { SlipKind } from '../../contract/journal.ts';
import { newEntryId } from '../new-id.ts';
import type { Reprint, SlipSubject } from '../ledger/ledger.ts';
import type { Ports } from '../ports.ts';
import { slipMarker } from '../printing/slip-marker.ts';
import { troubleOfOutcome } from './printer-words.ts';

/** `weakProof`: that all of it came out is less sure than with other printers. */
export type PrintSlipResult = { readonly kind: 'printed'; readonly weakProof: boolean } | { readonly kind: 'trouble'; readonly trouble: TroubleName };

/**
 * @param input.slipNumber the number it has already; a new one when left out
 * @param input.copy what is on it, sealed to this device, so that staff can have it printed again
 * @param input.markup builds the slip once its number is known
 * @throws LedgerUnavailable before anything was sent
 */
export async function printSlip(
  input: { readonly slip: SlipKind; readonly subject: SlipSubject; readonly slipNumber?: number; readonly reprint?: Reprint; readonly copy?: string; readonly markup: (slipNumber: number) => string },
  ports: Pick<Ports, 'ledger' | 'printer' | 'clock' | 'randomness' | 'log'>,
): Promise<PrintSlipResult> {
  const { ledger, printer, clock, randomness, log } = ports;
  const jobId = newEntryId(clock, randomness);
  const { slip, subject, slipNumber = ledger.nextNumber('slip'), reprint, copy } = input;
  ledger.createPrintJob({ jobId, slip, subject, slipNumber, ...(reprint ? { reprint } : {}), at: momentFromEpoch(clock.now()) }, copy);
  const begunAt = clock.monotonic();
  const outcome = await printer.print({ marker: slipMarker(slipNumber, reprint?.number), markup: input.markup(slipNumber) }, () => {
    ledger.setPrintJob(jobId, 'sending');
    log.event('print-started', { slip, slipNumber });
  });
  ledger.settlePrintJob(jobId, outcome.kind, { id: newEntryId(clock, randomness), at: momentFromEpoch(clock.now()) });
  log.event('print-settled', { slip, slipNumber, outcome: outcome.kind, proof: outcome.kind === 'printed' ? outcome.proof : 'none', ms: clock.monotonic() - begunAt });
  return outcome.kind === 'printed' ? { kind: 'printed', weakProof: outcome.proof === 'status' } : { kind: 'trouble', trouble: troubleOfOutcome(outcome) };
}

/** Jobs that a stop of the agent left behind: what was being sent is unknown, what was only queued did not come out. */
export function settleLeftPrintJobs(ports: Pick<Ports, 'ledger' | 'clock' | 'randomness' | 'log'>): void {
  for (const job of ports.ledger.unsettledPrintJobs()) {
    const outcome = job.state === 'sending' ? 'unknown' : 'failed';
    ports.ledger.settlePrintJob(job.jobId, outcome, {
      id: newEntryId(ports.clock, ports.randomness),
      at: momentFromEpoch(ports.clock.now()),
    });
    ports.log.event('print-settled', { slip: job.slip, slipNumber: job.slipNumber, outcome, proof: 'none', ms: 0 });
  }
}
