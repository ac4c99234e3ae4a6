/**
 * Use case: staff take a load of today back, all of it, at the device that made it. What was paid for becomes the customer's claim again
 * (`refund-claim.ts` gives the cash back); a grant may be received once more; a premium goes back to the issuer.
 */
import type { OperationId, StaffId } from '../../contract/ids.ts';
import { voidOfLoad } from '../../contract/movements.ts';
import { debitValue, type DebitPorts } from './debit-value.ts';
import { refused, type MoveResult } from './move-value.ts';
import type { Holder } from './show-balance.ts';

export interface VoidRequest {
  /** Made when staff were asked: pressing twice takes back once. */
  readonly operationId: OperationId;
  readonly holder: Holder;
  /** The operation of the load. */
  readonly load: OperationId;
  /** Two people above the scheme's limit. */
  readonly staff: readonly StaffId[];
}

/** @throws LedgerUnavailable; then nothing was changed, or the intent is open and is decided at the next tap */
export async function voidLoad(request: VoidRequest, ports: DebitPorts): Promise<MoveResult> {
  const load = ports.ledger.movementOf(request.load);
  if (!load) return refused('void-not-allowed');
  if (load.accountId !== request.holder.accountId) return refused('wrong-account');
  return debitValue({ ...request, schemeId: load.schemeId }, (facts) => voidOfLoad({ ...facts, load }), ports);
}
