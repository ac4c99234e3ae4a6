/**
 * Use case: value on a card that is past its last day is taken off it. Only when the card and the books of this device agree to the unit and the
 * card's log shows nothing that is news here: otherwise some of what looks too old may be what another device put on.
 */
import { OperationId, type AccountId, type SchemeId } from '../../contract/ids.ts';
import { expiredOnCard, expireLots as expireMovement } from '../../contract/movements.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { newOperationId } from '../new-id.ts';
import { moveValue, type MovePorts, type Mover, type MoveResult } from './move-value.ts';

/**
 * @param holder of a card that holds its value itself; its pockets as the card says
 * @returns null when nothing is to be taken off, or it is not certain what
 * @throws LedgerUnavailable; then nothing was changed, or the intent is open and is decided at the next tap
 */
export async function expireLots({ holder }: { readonly holder: Mover }, ports: MovePorts): Promise<MoveResult | null> {
  const { ledger, clock, randomness } = ports;
  const { accountId } = holder;
  const occurredAt = momentFromEpoch(clock.now());
  const scheme = overIn(holder, accountId, ledger, dateInTokyo(occurredAt));
  if (scheme === undefined || !(await knowsItsLog(holder, ledger))) return null;
  const built = expireMovement({ operationId: newOperationId(clock, randomness), occurredAt, accountId, scheme, lots: ledger.freeLotsOf(accountId) });
  return moveValue({ holder, built }, ports);
}

/** A scheme of which the card holds exactly what the books say, some of it too old. */
function overIn(holder: Mover, accountId: AccountId, ledger: Ledger, today: ReturnType<typeof dateInTokyo>): SchemeId | undefined {
  const lots = ledger.freeLotsOf(accountId);
  const inBooks = (scheme: SchemeId) => lots.reduce((sum, { lot, amount }) => sum + (lot.schemeId === scheme ? amount : 0), 0);
  return holder.pockets.find(({ schemeId, amount }) => amount === inBooks(schemeId) && expiredOnCard(lots, schemeId, amount, today) > 0)?.schemeId;
}

async function knowsItsLog({ card }: Mover, ledger: Ledger): Promise<boolean> {
  const history = await card.history();
  if (history.kind !== 'read') return false;
  return history.operations.every(({ operationId }) => {
    const id = OperationId.safeParse(operationId);
    return id.success && ledger.knowsOperation(id.data);
  });
}
