/**
 * Use case: staff have a slip printed again, because it did not come out whole or nobody knows whether it did. It keeps its number, says 再発行, the how
 * manieth time and when it was printed first; the journal says who wanted it.
 */
import type { StaffId } from '../../contract/ids.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import type { Ports } from '../ports.ts';
import { slipMarkup } from '../printing/slip-markup.ts';
import type { SlipCopy } from './issue-slip.ts';
import { printSlip, type PrintSlipResult } from './print-slip.ts';

export type ReprintResult =
  | (PrintSlipResult & { readonly slipNumber: number; readonly reprint: number })
  /** `unknown-slip`: no slip of this number was printed here. `busy`: it is being printed. `too-late`: what was on it is not here any more. */
  | { readonly kind: 'unknown-slip' | 'busy' | 'too-late' };

/** @param input.slipNumber the last slip when left out */
export async function reprintSlip(
  input: { readonly slipNumber?: number; readonly staff: StaffId },
  ports: Pick<Ports, 'ledger' | 'printer' | 'clock' | 'randomness' | 'log' | 'slipCopies'>,
): Promise<ReprintResult> {
  const { ledger, clock, slipCopies } = ports;
  const slipNumber = input.slipNumber ?? ledger.lastPrintJob()?.slipNumber;
  if (slipNumber === undefined) return { kind: 'unknown-slip' };
  const sealed = ledger.slipCopy(slipNumber);
  const text = sealed === undefined ? undefined : await slipCopies?.open(slipNumber, sealed);
  // From here to the job that is written down nothing is waited for: two who ask at once do not get one and the same reprint.
  const jobs = ledger.printJobsOf(slipNumber);
  const [first] = jobs;
  const last = jobs.at(-1);
  if (!first || !last) return { kind: 'unknown-slip' };
  if (last.state === 'queued' || last.state === 'sending') return { kind: 'busy' };
  if (text === undefined) return { kind: 'too-late' };
  // This program has written it, not more than hours ago.
  const { content, frame } = JSON.parse(text) as SlipCopy;
  const number = (last.reprint?.number ?? 0) + 1;
  const markup = () => slipMarkup(content, { ...frame, now: momentFromEpoch(clock.now()), reprint: { number, first: first.at } });
  const result = await printSlip({ slip: first.slip, subject: first.subject, slipNumber, reprint: { number, staff: input.staff }, markup }, ports);
  return { ...result, slipNumber, reprint: number };
}
