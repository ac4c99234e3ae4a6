/**
 * Use case: decide movements that were written down but never settled, before anything else happens with the card. Decided by
 * reading the card, never by a clock and never by sending again. Where nothing is written on the card, the ledger is the only record,
 * and what is not committed there did not happen.
 */
import type { CardRef } from '../../contract/ids.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import type { NoKey, StoredValueCard, Suspicion } from '../../hardware/card/stored-value.ts';
import { newEntryId } from '../new-id.ts';
import type { Ports } from '../ports.ts';
import { journalEvidence } from './card-evidence.ts';

type ResolvePorts = Pick<Ports, 'ledger' | 'clock' | 'randomness' | 'log'>;

/** `suspect`: the card must be stopped; what is open stays open for staff. `no-key`: it stays open until the card can be asked. */
export type Resolution = { readonly kind: 'resolved' | 'card-moved' | 'reader-lost' } | NoKey | { readonly kind: 'suspect'; readonly why: Suspicion };

/** @throws LedgerUnavailable */
export async function resolveOpenIntents(card: StoredValueCard, cardRef: CardRef, ports: ResolvePorts): Promise<Resolution> {
  const { ledger, clock, randomness, log } = ports;
  const entry = () => ({ id: newEntryId(clock, randomness), at: momentFromEpoch(clock.now()) });
  for (const { operationId, counterBefore } of ledger.openIntents(cardRef)) {
    const settled = await card.settle(operationId, counterBefore);
    switch (settled.kind) {
      case 'committed':
        ledger.commit(operationId, entry(), journalEvidence(settled.evidence));
        break;
      case 'not-committed':
        ledger.abort(operationId);
        break;
      case 'unknown':
        ledger.markUnknown(operationId, entry());
        break;
      case 'no-key':
      case 'suspect':
      case 'card-moved':
      case 'reader-lost':
        return settled;
    }
    log.event('intent-resolved', { operation: operationId, outcome: settled.kind });
  }
  return { kind: 'resolved' };
}

/**
 * What an earlier run prepared and never settled, on cards that keep a count: nobody here can tell any more whether it happened. The
 * journal says so, because the card may next be seen by another device.
 * @throws LedgerUnavailable
 */
export function reportLeftIntents(ports: ResolvePorts): void {
  const { ledger, clock, randomness, log } = ports;
  for (const { operationId, state, counterBefore, movement } of ledger.openIntents()) {
    if (state !== 'prepared' || counterBefore === null) continue;
    ledger.markUnknown(operationId, { id: newEntryId(clock, randomness), at: momentFromEpoch(clock.now()) });
    log.event('value-unknown', { kind: movement.kind, operation: operationId });
  }
}
