/** Use case: units of one scheme become units of another, both in one operation. */
import type { SchemeId } from '../../contract/ids.ts';
import { exchangeValue } from '../../contract/movements.ts';
import { debitValue, type DebitPorts, type DebitRequest } from './debit-value.ts';
import { heldOf, type MoveResult } from './move-value.ts';

/**
 * @param input.times how often the scheme's terms are applied
 * @throws LedgerUnavailable; then nothing was changed, or the intent is open and is decided at the next tap
 */
export function exchangePoints(input: DebitRequest & { readonly to: SchemeId; readonly times: number }, ports: DebitPorts): Promise<MoveResult> {
  const { holder, to: wanted, times } = input;
  return debitValue(
    input,
    (facts) => {
      const to = ports.ledger.schemes().get(wanted);
      return to ? exchangeValue({ ...facts, to, times, balanceOfTo: heldOf(holder, wanted) }) : { ok: false, rule: 'not-offered' };
    },
    ports,
  );
}
