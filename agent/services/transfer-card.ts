/**
 * Use case: a card is lost or broken, and staff move what is left in its account to the account of the new card that lies here. The lost card must have
 * been stopped before, and the town must have said that the new card's account stands in the place of the lost one's. As much as one operation of a card takes; `rest` says that another transfer moves more.
 */
import type { AccountId, OperationId, StaffId } from '../../contract/ids.ts';
import { transferOf } from '../../contract/movements.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import type { DebitPorts } from './debit-value.ts';
import { earlierPress, moveValue, refused, type MoveResult, type NotMoved } from './move-value.ts';
import type { Holder } from './show-balance.ts';
import { whyValueStays } from './value-may-leave.ts';

export interface TransferRequest {
  /** Made when staff were asked: pressing twice moves once. */
  readonly operationId: OperationId;
  /** Of the new card. */
  readonly holder: Holder;
  /** The lost card's account. */
  readonly from: AccountId;
  readonly staff: readonly StaffId[];
}

export type TransferResult = (Extract<MoveResult, { kind: 'moved' }> & { readonly rest: boolean }) | NotMoved;

/** @throws LedgerUnavailable; then nothing was changed, or the intent is open and is decided at the next tap */
export async function transferCard(request: TransferRequest, ports: DebitPorts): Promise<TransferResult> {
  const { operationId, holder, from, staff } = request;
  const { ledger, clock } = ports;
  const build = (id: OperationId) =>
    transferOf({ operationId: id, occurredAt: momentFromEpoch(clock.now()), from, to: holder.accountId, lots: ledger.freeLotsOf(from), staff });
  const withRest = (result: MoveResult): TransferResult => (result.kind === 'moved' ? { ...result, rest: build(operationId).ok } : result);

  const before = earlierPress(operationId, holder, ledger);
  if (before) return withRest(before);
  if (staff.length === 0) return refused('needs-staff');
  // The town would refuse it only when the new card has the value.
  if (!ledger.follows(holder.accountId, from)) return refused('wrong-account');
  const stays = await whyValueStays({ holder, from, staff }, ports);
  if (stays) return refused(stays);
  const meanwhile = earlierPress(operationId, holder, ledger);
  if (meanwhile) return withRest(meanwhile);
  return withRest(await moveValue({ holder, built: build(operationId) }, ports));
}
