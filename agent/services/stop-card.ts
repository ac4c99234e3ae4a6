/**
 * Use case: a card proved something impossible. It is stopped on this device at once and staff are told through the journal; what the
 * card or the ledger holds is not touched.
 */
import type { CardSuspicion } from '../../contract/card.ts';
import type { CardRef } from '../../contract/ids.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import type { StoredValueCard } from '../../hardware/card/stored-value.ts';
import { newEntryId } from '../new-id.ts';
import type { Ports } from '../ports.ts';

/** @throws LedgerUnavailable */
export function stopCard(card: StoredValueCard, cardRef: CardRef, why: CardSuspicion, ports: Pick<Ports, 'ledger' | 'clock' | 'randomness' | 'log'>): void {
  const { ledger, clock, randomness, log } = ports;
  ledger.stopCard(cardRef, card.profile, why, { id: newEntryId(clock, randomness), at: momentFromEpoch(clock.now()) });
  log.event('card-suspect', { profile: card.profile, why });
}
