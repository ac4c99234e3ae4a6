/** Use case: value is given to an activity of its scheme, in whole steps. */
import type { ActivityId } from '../../contract/ids.ts';
import { giveValue } from '../../contract/movements.ts';
import { debitValue, type DebitPorts, type DebitRequest } from './debit-value.ts';
import type { MoveResult } from './move-value.ts';

/**
 * @param input.amount in the scheme's unit
 * @throws LedgerUnavailable; then nothing was changed, or the intent is open and is decided at the next tap
 */
export function givePoints(input: DebitRequest & { readonly amount: number; readonly activity: ActivityId }, ports: DebitPorts): Promise<MoveResult> {
  const { amount, activity } = input;
  return debitValue(input, (facts) => giveValue({ ...facts, amount, activity }), ports);
}
