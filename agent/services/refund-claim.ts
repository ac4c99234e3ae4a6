/**
 * Use case: the customer does not want what was paid for, or cannot receive it, and staff give the cash back. Touches no card. Done where the
 * money was taken, because no other device knows surely that it was not received.
 */
import type { DeviceId, OperationId, StaffId } from '../../contract/ids.ts';
import { refundOfSale } from '../../contract/movements.ts';
import type { Refusal } from '../../contract/refusal.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import { newEntryId } from '../new-id.ts';
import type { MovePorts } from './move-value.ts';

export type RefundResult = { readonly kind: 'refunded'; readonly yen: number } | { readonly kind: 'refused'; readonly rule: Refusal };

export interface RefundRequest {
  /** Made when staff were asked: pressing twice gives back once. */
  readonly operationId: OperationId;
  readonly sale: OperationId;
  /** Out of whose drawer. */
  readonly device: DeviceId;
  readonly staff: readonly StaffId[];
}

/** @throws LedgerUnavailable; then nothing was changed */
export function refundClaim({ operationId, sale, device, staff }: RefundRequest, { ledger, clock, randomness, log }: MovePorts): RefundResult {
  const sold = ledger.movementOf(sale);
  if (!sold) return { kind: 'refused', rule: 'claim-used' };
  const yen = sold.postings.reduce((sum, { amount }) => sum + amount, 0);
  if (ledger.fateOf(operationId) === 'committed') return { kind: 'refunded', yen };
  const at = momentFromEpoch(clock.now());
  const built = refundOfSale({ operationId, occurredAt: at, sale: sold, claim: ledger.claimOf(sold), device, staff });
  if (!built.ok) return { kind: 'refused', rule: built.rule };
  const recorded = ledger.recordCash(built.movement, { id: newEntryId(clock, randomness), at });
  if (recorded !== 'recorded') return { kind: 'refused', rule: recorded };
  log.event('cash-recorded', { kind: 'refund', operation: operationId });
  return { kind: 'refunded', yen };
}
