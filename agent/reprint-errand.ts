/** What `agent reprint` asks of the kiosk that runs: to print a slip again. */
import { z } from 'zod';
import { StaffId } from '../contract/ids.ts';
import { TROUBLES, troubleNumber } from '../contract/trouble.ts';
import { reprintSlip } from './services/reprint-slip.ts';
import type { Errand } from './staff-errands.ts';

const ReprintRequest = z.strictObject({ slipNumber: z.int().min(1).optional(), staff: StaffId });
const ReprintAnswer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('printed'), slipNumber: z.int(), reprint: z.int() }),
  /** The printer did not print it, or nobody knows. */
  z.strictObject({ kind: z.literal('trouble'), slipNumber: z.int(), reprint: z.int(), number: z.int(), remedy: z.string() }),
  z.strictObject({ kind: z.literal('unknown-slip') }),
  z.strictObject({ kind: z.literal('busy') }),
  z.strictObject({ kind: z.literal('too-late') }),
]);
export type ReprintAnswer = z.infer<typeof ReprintAnswer>;

export const REPRINT: Errand<z.infer<typeof ReprintRequest>, ReprintAnswer> = { name: 'reprint', request: ReprintRequest, answer: ReprintAnswer };

export async function serveReprint({ slipNumber, staff }: z.infer<typeof ReprintRequest>, ports: Parameters<typeof reprintSlip>[1]): Promise<ReprintAnswer> {
  const result = await reprintSlip({ ...(slipNumber === undefined ? {} : { slipNumber }), staff }, ports);
  if (result.kind !== 'trouble') return result;
  const { trouble, ...print } = result;
  return { ...print, number: troubleNumber(trouble), remedy: TROUBLES[trouble].remedy };
}
