/** What spending and giving have in common: value of one scheme leaves the holder's pocket. */
import type { OperationId, SchemeId, StaffId } from '../../contract/ids.ts';
import type { Built, LotsHeld } from '../../contract/movements.ts';
import { momentFromEpoch, type Moment } from '../../contract/time.ts';
import type { Scheme } from '../../contract/value.ts';
import { earlierPress, moveValue, onCardOf, refused, type MovePorts, type MoveResult } from './move-value.ts';
import type { Holder } from './show-balance.ts';
import { whyValueStays, type HoldPorts } from './value-may-leave.ts';

export type DebitPorts = MovePorts & HoldPorts;

export interface DebitRequest {
  /** Made when the person was asked: pressing twice asks once. */
  readonly operationId: OperationId;
  readonly holder: Holder;
  readonly schemeId: SchemeId;
  /** People of the staff who agreed. */
  readonly staff: readonly StaffId[];
}

/** What the builders of debits need, read when it is certain that nobody else takes value out of the account. */
export interface DebitFacts {
  readonly operationId: OperationId;
  readonly occurredAt: Moment;
  readonly accountId: Holder['accountId'];
  readonly scheme: Scheme;
  readonly lots: LotsHeld;
  readonly onCard: number | null;
  readonly staff: readonly StaffId[];
}

/** @throws LedgerUnavailable; then nothing was changed, or the intent is open and is decided at the next tap */
export async function debitValue(request: DebitRequest, build: (facts: DebitFacts) => Built, ports: DebitPorts): Promise<MoveResult> {
  const { operationId, holder, schemeId, staff } = request;
  const { ledger, clock } = ports;
  const { accountId } = holder;
  const before = earlierPress(operationId, holder, ledger);
  if (before) return before;
  const stays = await whyValueStays({ holder, from: accountId, staff }, ports);
  if (stays) return refused(stays);
  // Somebody may have pressed twice while the town was asked.
  const meanwhile = earlierPress(operationId, holder, ledger);
  if (meanwhile) return meanwhile;
  // And the town may have said new rules.
  const scheme = ledger.schemes().get(schemeId);
  if (!scheme) return refused('not-offered');
  const occurredAt = momentFromEpoch(clock.now());
  const built = build({ operationId, occurredAt, accountId, scheme, lots: ledger.freeLotsOf(accountId), onCard: onCardOf(holder, schemeId), staff });
  return moveValue({ holder, built }, ports);
}
