/**
 * Use case: sets that were paid for come to their buyer. What was paid is the customer's claim until then, whatever became of the card in between;
 * it is received whole and once, where the money was taken.
 */
import type { OperationId } from '../../contract/ids.ts';
import { loadOfSale, type Built } from '../../contract/movements.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import type { Movement } from '../../contract/value.ts';
import { newOperationId } from '../new-id.ts';
import { heldOf, moveValue, refused, type MovePorts, type Mover, type MoveResult } from './move-value.ts';

/**
 * @param input.sale its operation
 * @throws LedgerUnavailable; then nothing was changed, or the intent is open and is decided at the next tap
 */
export async function receiveClaim({ holder, sale }: { readonly holder: Mover; readonly sale: OperationId }, ports: MovePorts): Promise<MoveResult> {
  const { ledger, clock, randomness } = ports;
  const sold = ledger.movementOf(sale);
  if (!sold) return refused('claim-used');
  if (sold.accountId !== holder.accountId) return refused('wrong-account');
  const built = loadOfClaim({ sale: sold, claim: ledger.claimOf(sold), holder, operationId: newOperationId(clock, randomness) }, ports);
  return moveValue({ holder, built }, ports);
}

/** How the sets of a sale would come to the holder now. */
export function loadOfClaim(
  input: { readonly sale: Movement; readonly claim: number; readonly holder: Mover; readonly operationId: OperationId },
  { ledger, clock }: Pick<MovePorts, 'ledger' | 'clock'>,
): Built {
  const { holder, ...rest } = input;
  const scheme = ledger.schemes().get(input.sale.schemeId);
  if (!scheme) return { ok: false, rule: 'not-sold' };
  return loadOfSale({ ...rest, occurredAt: momentFromEpoch(clock.now()), scheme, balance: heldOf(holder, scheme.id) });
}
