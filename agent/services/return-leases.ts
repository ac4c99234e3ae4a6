/**
 * Use case: give back what this device should not keep. What it did under a lease stands in the journal before the entry that gives the
 * lease back, so the town can set it aside for another device without believing anybody's clock.
 */
import type { AccountId } from '../../contract/ids.ts';
import { momentFromEpoch, type Moment } from '../../contract/time.ts';
import { newEntryId } from '../new-id.ts';
import type { Ports } from '../ports.ts';

/** As many as one journal entry takes. */
const LEASES_OF_ENTRY = 100;

/**
 * To be called when everything the town has said so far is in the ledger: what it renewed is then not given back.
 * @param input.townTime the backend's own; a clock of this device that jumped ahead must not empty it
 * @param input.busyAccount of the person who stands here; null when nobody does
 * @returns how many leases were given back
 * @throws LedgerUnavailable
 */
export function returnLeases(
  { townTime, busyAccount }: { readonly townTime: Moment; readonly busyAccount: AccountId | null },
  { ledger, clock, randomness, log }: Pick<Ports, 'ledger' | 'clock' | 'randomness' | 'log'>,
): number {
  const leases = ledger.leasesToReturn(townTime, busyAccount);
  let given = 0;
  for (let from = 0; from < leases.length; from += LEASES_OF_ENTRY) {
    given += ledger.returnLeases(leases.slice(from, from + LEASES_OF_ENTRY), { id: newEntryId(clock, randomness), at: momentFromEpoch(clock.now()) });
  }
  if (given > 0) log.event('leases-returned', { leases: given });
  return given;
}
