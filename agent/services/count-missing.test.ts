import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredValueCard } from '../../hardware/card/stored-value.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { newOperationId } from '../new-id.ts';
import { accountOf, cardOf, loadOf, NOW, openOrThrow, temporaryLedger, TODAY, townChanges } from '../test-support/ledger-town.ts';
import { createManualClock } from '../test-support/manual-clock.ts';
import { createRecordedLog } from '../test-support/recorded-log.ts';
import { createSeededRandomness } from '../test-support/seeded-randomness.ts';
import { moveValue } from './move-value.ts';
import { renewOffers, type Holder } from './show-balance.ts';

const clock = createManualClock();
const randomness = createSeededRandomness(5);

describe.each(['desfire', 'felica-lite-s'] as const)('a %s card whose keys were not here when it was read', (profile) => {
  const place = temporaryLedger();
  let ledger: Ledger;
  let applied: number;
  let holder: Holder;
  beforeEach(() => {
    ledger = openOrThrow(place.file);
    ledger.applyChanges(townChanges(1), 1, NOW);
    applied = 0;
    const noKey = async () => ({ kind: 'no-key', why: 'not-here' }) as const;
    const card: StoredValueCard = {
      profile,
      capabilities: { valueOnCard: profile === 'desfire', offlineProof: false, authenticated: false },
      identifier: Uint8Array.of(1, 2, 3, 4, 5, 6, 7),
      read: noKey,
      history: noKey,
      settle: noKey,
      apply: async () => {
        applied += 1;
        return { kind: 'unknown' };
      },
    };
    holder = { card, cardRef: cardOf(0), accountId: accountOf(0), counter: null, today: TODAY, pockets: [], offers: [] };
  });
  afterEach(() => {
    ledger.close();
    place.remove();
  });

  it('is offered nothing, whatever the town says meanwhile', () => {
    expect(renewOffers(holder, { ledger, clock }).offers).toEqual([]);
    expect(ledger.offersOf(accountOf(0), TODAY, NOW)).toHaveLength(1);
  });

  it('is not written on: nobody could tell from it afterwards whether that had happened', async () => {
    const movement = loadOf(0, newOperationId(clock, randomness));
    const moved = await moveValue({ holder, built: { ok: true, movement } }, { ledger, clock, randomness, log: createRecordedLog() });
    expect(moved).toEqual({ kind: 'refused', rule: 'not-held-here' });
    expect([applied, ledger.openIntents()]).toEqual([0, []]);
  });
});
