import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { journalSealer } from '../../contract/journal-seal.ts';
import { NO_EVIDENCE, idsOf, openOrThrow, prepareLoad, temporaryLedger, TOWN_DEVICE, townChanges } from '../test-support/ledger-town.ts';
import { createManualClock } from '../test-support/manual-clock.ts';
import { createRecordedLog } from '../test-support/recorded-log.ts';
import { ScriptedBackend, type Fault } from '../test-support/scripted-backend.ts';
import { createSeededRandomness } from '../test-support/seeded-randomness.ts';
import { createSynchroniser } from './synchroniser.ts';

const ids = idsOf(6);
const clock = createManualClock();
const sealJournal = journalSealer({ deviceId: TOWN_DEVICE, privateKey: generateKeyPairSync('ed25519').privateKey });

it('the synchroniser ends in step with the backend after any sequence of faults, each entry posted once', async () => {
  const fault = fc.constantFrom<Fault>('unreachable', 'answer-lost', 'unavailable', 'clock-skew', 'conflict', 'replayed');
  const step = fc.record({ loads: fc.nat(2), changes: fc.nat(2), faults: fc.array(fault, { maxLength: 3 }), wait: fc.nat(20_000), wake: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      const own = temporaryLedger();
      const town = townChanges(12);
      const backend = new ScriptedBackend(TOWN_DEVICE);
      const fresh = openOrThrow(own.file);
      fresh.applyChanges(town, 0, '2026-11-21T01:05:00.000Z' as never);
      const run = createSynchroniser({ ledger: fresh, sealJournal, backend, clock, randomness: createSeededRandomness(2), log: createRecordedLog() });
      let person = 0;
      for (const { loads, changes, faults, wait, wake } of steps) {
        for (let load = 0; load < loads; load += 1, person += 1) {
          const operation = ids.operation();
          prepareLoad(fresh, person, operation);
          fresh.commit(operation, ids.entry(), NO_EVIDENCE);
        }
        backend.changes.push(...town.slice(0, changes));
        backend.faults.push(...faults);
        if (wake) run.wake();
        await clock.advance(wait);
      }
      await clock.advance(1_000_000);
      expect(backend.journal).toEqual(fresh.entriesAfter(0, 1_000));
      expect(fresh.syncState()).toMatchObject({ acknowledgedSeq: person, lastSeq: person, cursor: backend.changes.length });
      expect(run.online()).toBe(true);
      await run.stop();
      fresh.close();
      own.remove();
    }),
    { numRuns: 25 },
  );
}, 60_000);
