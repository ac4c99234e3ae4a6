import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntryId, OperationId } from '../contract/ids.ts';
import { newEntryId, newOperationId, newUuidV7 } from './new-id.ts';
import { createManualClock } from './test-support/manual-clock.ts';
import { createSeededRandomness } from './test-support/seeded-randomness.ts';

describe('newUuidV7', () => {
  it('is what the contract calls an id and carries its moment', () => {
    const clock = createManualClock(0x0199_1234_5678);
    const randomness = createSeededRandomness(1);
    expect(OperationId.safeParse(newOperationId(clock, randomness)).success).toBe(true);
    expect(EntryId.safeParse(newEntryId(clock, randomness)).success).toBe(true);
    expect(newUuidV7(clock, randomness)).toMatch(/^01991234-5678-7/);
  });

  it('only grows, also within a millisecond and when the clock is set back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 3 }), { minLength: 2, maxLength: 60 }), fc.integer(), (steps, seed) => {
        const clock = createManualClock();
        const randomness = createSeededRandomness(seed);
        const ids = steps.map((step) => {
          clock.setNow(clock.now() + step);
          return newUuidV7(clock, randomness);
        });
        expect(ids).toEqual([...new Set(ids)].sort());
      }),
    );
  });


  it('comes out the same for the same clock and seed', () => {
    const make = () => newUuidV7(createManualClock(), createSeededRandomness(7));
    expect(make()).toBe(make());
  });
});
