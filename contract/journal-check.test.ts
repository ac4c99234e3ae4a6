import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeviceId } from './ids.ts';
import { JournalCheck, sentenceOf, type JournalCheckOptions, type JournalReport } from './journal-check.ts';
import type { JournalEntry, JournalSeal } from './journal.ts';
import { BOOKED_DEVICE, everyMovement, seededDice } from './test-support/every-movement.ts';
import { entriesOf, entryAfter, factsOf, newSealer, sealsOf } from './test-support/sealed-journal.ts';

const SEALER = newSealer(BOOKED_DEVICE);
const STEP = 5;
const ENTRIES = entriesOf(BOOKED_DEVICE, factsOf(everyMovement(seededDice(23))));
const SEALS = sealsOf(ENTRIES, SEALER, STEP);
const LAST = ENTRIES.length;
const ENTRY = fc.integer({ min: 1, max: LAST });
const RUNS = { numRuns: 25 };

function look(entries: readonly JournalEntry[], seals: readonly JournalSeal[] = SEALS, options: JournalCheckOptions = {}): JournalReport {
  const check = new JournalCheck(options);
  for (const seal of seals) check.seal(seal);
  for (const entry of entries) check.entry(entry);
  return check.report();
}
const namedIn = (report: JournalReport) => report.faults.map(({ seq }) => seq);
const at = (seq: number): JournalEntry => ENTRIES[seq - 1] ?? entryAfter(undefined, 0, '');
/** The first sealed entry from `seq` on. */
const sealFrom = (seq: number) => Math.min(Math.ceil(seq / STEP) * STEP, LAST);
/** The journal with another text for one entry, everything after it hashed anew: what somebody without the device's key can do. */
function rewritten(seq: number, change: (body: string) => string): JournalEntry[] {
  const entries = ENTRIES.slice(0, seq - 1);
  for (const entry of ENTRIES.slice(seq - 1)) entries.push(entryAfter(entries.at(-1), entry.seq, entry.seq === seq ? change(entry.body) : entry.body));
  return entries;
}
const later = (body: string) => body.replace('"at":"2026-11-21', '"at":"2026-11-20');

describe('a journal that nobody touched', () => {
  it('verifies, and says whose it is, from when to when, and how far it is sealed', () => {
    expect(look(ENTRIES, SEALS, { publicKey: SEALER.publicKey, device: BOOKED_DEVICE, beginsAt: 1 })).toEqual({
      device: BOOKED_DEVICE, first: 1, last: LAST, lastHash: at(LAST).hash, firstAt: '2026-11-21T01:05:00.000Z', lastAt: '2026-11-21T01:05:00.000Z', movements: LAST,
      seals: SEALS.length, sealedTo: LAST, publicKey: SEALER.publicKey, faults: [],
    });
  });

  it('verifies from any entry on, with the seals that come then', () => {
    fc.assert(fc.property(ENTRY, (from) => {
      expect(look(ENTRIES.slice(from - 1))).toMatchObject({ first: from, last: LAST, sealedTo: LAST, faults: [] });
    }), RUNS);
  });

  it('says which entries are not sealed yet', () => {
    expect(look(ENTRIES, SEALS.slice(0, 2))).toMatchObject({ seals: 2, sealedTo: 2 * STEP, faults: [] });
    expect(look(ENTRIES, [])).toMatchObject({ seals: 0, sealedTo: 0, publicKey: undefined, faults: [] });
  });
});

describe('tampering is found and named', () => {
  it('when an entry was changed', () => {
    fc.assert(fc.property(ENTRY, (seq) => {
      const changed = ENTRIES.map((entry) => (entry.seq === seq ? { ...entry, body: later(entry.body) } : entry));
      expect(look(changed).faults.map(sentenceOf)).toEqual([`Journal entry ${seq} was changed: its hash is not that of its text.`]);
    }), RUNS);
  });

  it('when an entry was changed and its own hash made anew', () => {
    fc.assert(fc.property(ENTRY, (seq) => {
      const changed = ENTRIES.map((entry) => (entry.seq === seq ? entryAfter(ENTRIES[seq - 2], seq, later(entry.body)) : entry));
      const broken = seq === LAST ? [] : [seq + 1];
      const unsealed = sealFrom(seq) === seq ? [seq] : [];
      expect(namedIn(look(changed))).toEqual([...unsealed, ...broken]);
    }), RUNS);
  });

  it('when an entry was changed and all hashes after it made anew: no seal from there on holds', () => {
    fc.assert(fc.property(ENTRY, (seq) => {
      const report = look(rewritten(seq, later));
      expect(namedIn(report)).toEqual(SEALS.map((seal) => seal.seq).filter((sealed) => sealed >= seq));
      expect(report.faults[0]?.what).toBe(`is not what was sealed: something was changed after entry ${Math.floor((seq - 1) / STEP) * STEP}`);
    }), RUNS);
  });

  it('when entries are missing', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: LAST - 3 }), fc.integer({ min: 0, max: 2 }), (seq, more) => {
      const report = look(ENTRIES.filter((entry) => entry.seq < seq || entry.seq > seq + more));
      expect(report.faults.map(sentenceOf)).toEqual([more === 0 ? `Journal entry ${seq} is missing.` : `Journal entry ${seq} and what follows up to entry ${seq + more} are missing.`]);
    }), RUNS);
  });

  it('when the beginning of a whole journal is missing', () => {
    expect(look(ENTRIES.slice(2), SEALS, { beginsAt: 1 }).faults.map(sentenceOf)).toEqual(['Journal entry 1 and what follows up to entry 2 are missing.']);
  });

  it('when two entries changed places', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: LAST - 1 }), (seq) => {
      const swapped = [...ENTRIES.slice(0, seq - 1), at(seq + 1), at(seq), ...ENTRIES.slice(seq + 1)];
      expect(look(swapped).faults.map(sentenceOf)).toEqual([`Journal entry ${seq} stands after entry ${seq + 1}.`]);
    }), RUNS);
  });

  it('when an entry stands there twice, alike or not', () => {
    fc.assert(fc.property(ENTRY, ENTRY, (seq, where) => {
      const repeated = [...ENTRIES.slice(0, Math.max(seq, where)), at(seq), ...ENTRIES.slice(Math.max(seq, where))];
      expect(look(repeated).faults.map(sentenceOf)).toEqual([`Journal entry ${seq} stands there twice.`]);
    }), RUNS);
    const other = entryAfter(at(3), 4, later(at(4).body));
    expect(look([...ENTRIES, other]).faults).toEqual([{ seq: 4, what: 'stands there twice, and the two are not alike' }]);
  });

  it('when the end was cut off, and how far it once went', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: LAST - 1 }), (kept) => {
      expect(look(ENTRIES.slice(0, kept)).faults.map(sentenceOf)).toEqual([`Journal entry ${kept + 1} is missing: the journal was sealed up to entry ${LAST}, but ends with ${kept}.`]);
    }), RUNS);
  });

  it('when a movement is told twice, or does not balance, although all hashes are right', () => {
    const again = entryAfter(at(LAST), LAST + 1, at(2).body.replace('"seq":2', `"seq":${LAST + 1}`));
    expect(look([...ENTRIES, again]).faults).toEqual([{ seq: LAST + 1, what: 'moves the value of entry 2 once more' }]);
    const bent = rewritten(1, (body) => body.replace('"debit":"issued/ayumi"', '"debit":"issued/shohinken-r8"'));
    expect(look(bent, []).faults).toEqual([{ seq: 1, what: expect.stringContaining('does not balance: from issued/shohinken-r8 to pocket/a-1/') as string }]);
  });

  it('when entries of another device, or no entries at all, stand in it', () => {
    const foreign = rewritten(4, (body) => body.replace('"device":"yakuba-1"', '"device":"yakuba-2"'));
    expect(look(foreign, []).faults).toEqual([{ seq: 4, what: 'is one of yakuba-2, not of yakuba-1' }]);
    expect(look(rewritten(4, (body) => body.replace('"seq":4', '"seq":9')), []).faults).toEqual([{ seq: 4, what: 'says of itself that it is entry 9' }]);
    expect(look(rewritten(4, () => '{}'), []).faults).toEqual([{ seq: 4, what: 'is not what an entry looks like' }]);
  });
});

describe('a wrong seal is found and named', () => {
  const replaced = (seq: number, seal: JournalSeal) => SEALS.map((kept) => (kept.seq === seq ? seal : kept));

  it('when another device made it', () => {
    const other = newSealer(BOOKED_DEVICE);
    expect(look(ENTRIES, replaced(2 * STEP, other.seal(at(2 * STEP)))).faults).toEqual([{ seq: 2 * STEP, what: `is sealed with another key: ${other.publicKey}` }]);
  });

  it('when it is the device’s own signature under another device’s name, entry or hash', () => {
    const elsewhere = newSealer(DeviceId.parse('yakuba-2'));
    expect(namedIn(look(ENTRIES, [elsewhere.seal(at(STEP))]))).toEqual([STEP]);
    const { signature } = SEALER.seal(at(3));
    expect(look(ENTRIES, replaced(STEP, { ...SEALER.seal(at(STEP)), signature })).faults).toEqual([{ seq: STEP, what: 'has a seal that does not hold' }]);
  });

  it('when everything was made anew with another key, and the right key is known', () => {
    const forger = newSealer(BOOKED_DEVICE);
    const entries = rewritten(3, later);
    const seals = sealsOf(entries, forger, STEP);
    expect(look(entries, seals).faults).toEqual([]);
    expect(namedIn(look(entries, seals, { publicKey: SEALER.publicKey }))).toEqual([...seals.map(({ seq }) => seq), LAST]);
  });

  it('when there is none, and the key is known', () => {
    expect(look(ENTRIES, [], { publicKey: SEALER.publicKey }).faults.map(sentenceOf)).toEqual([`Journal entry ${LAST} and what stands before it have no seal of the key that was given.`]);
  });
});
