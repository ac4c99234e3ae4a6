/**
 * Use case: decide movements that were written down but never settled, before anything else happens with the card. Decided by
 * reading the card, never by a clock and never by sending again. Where the value is not on the card, the ledger is the only
 * record, and what is not committed there did not happen.
 */
import type { CardRef } from '../../contract/ids.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import type { StoredValueCard } from '../../hardware/card/stored-value.ts';
import { newEntryId } from '../new-id.ts';
import type { Ports } from '../ports.ts';

/** @throws LedgerUnavailable */
export async function resolveOpenIntents(
  card: StoredValueCard,
  cardRef: CardRef,
  ports: Pick<Ports, 'ledger' | 'clock' | 'randomness' | 'log'>,
): Promise<'resolved' | 'card-moved' | 'reader-lost'> {
  const { ledger, clock, randomness, log } = ports;
  for (const { operationId } of ledger.openIntents(cardRef)) {
    const settled = await card.settle(operationId, null);
    switch (settled.kind) {
      case 'committed':
        ledger.commit(operationId, { id: newEntryId(clock, randomness), at: momentFromEpoch(clock.now()) });
        break;
      case 'not-committed':
        ledger.abort(operationId);
        break;
      case 'card-moved':
      case 'reader-lost':
        return settled.kind;
      case 'suspect':
      case 'no-key':
      case 'unknown':
        ledger.markUnknown(operationId);
        break;
    }
    log.event('intent-resolved', { operation: operationId, outcome: settled.kind });
  }
  return 'resolved';
}
