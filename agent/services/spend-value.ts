/** Use case: value is used at an acceptor of its scheme: an event stall, or a fee of the town where the town takes it. */
import type { AcceptorId } from '../../contract/ids.ts';
import { spendValue as spendMovement } from '../../contract/movements.ts';
import { debitValue, type DebitPorts, type DebitRequest } from './debit-value.ts';
import type { MoveResult } from './move-value.ts';

/**
 * @param input.amount in the scheme's unit
 * @throws LedgerUnavailable; then nothing was changed, or the intent is open and is decided at the next tap
 */
export function spendValue(input: DebitRequest & { readonly amount: number; readonly acceptor: AcceptorId }, ports: DebitPorts): Promise<MoveResult> {
  const { amount, acceptor } = input;
  return debitValue(input, (facts) => spendMovement({ ...facts, amount, acceptor }), ports);
}
