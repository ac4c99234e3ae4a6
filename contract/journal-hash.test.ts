import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeviceId } from './ids.ts';
import { checkChain, journalHash } from './journal-hash.ts';
import { GENESIS_HASH, type JournalEntry } from './journal.ts';

const DEVICE = DeviceId.parse('yakuba-1');

/** A chain of `count` entries that verifies. `bodyOf` may make other texts. */
function chain(count: number, bodyOf = bodyText): JournalEntry[] {
  const entries: JournalEntry[] = [];
  let prevHash = GENESIS_HASH;
  for (let seq = 1; seq <= count; seq += 1) {
    const body = bodyOf(seq);
    const hash = journalHash(prevHash, body);
    entries.push({ seq, prevHash, hash, body });
    prevHash = hash;
  }
  return entries;
}
function bodyText(seq: number, device: string = DEVICE): string {
  const id = `019a0000-0000-7000-8000-${String(seq).padStart(12, '0')}`;
  return JSON.stringify({ id, device, seq, at: '2026-11-21T01:05:00.000Z', fact: { type: 'staff-called', callNumber: seq, screen: 'start' } });
}
const changed = (entries: JournalEntry[], index: number, change: Partial<JournalEntry>) => entries.map((entry, at) => (at === index ? { ...entry, ...change } : entry));

describe('a journal’s chain', () => {
  it('hashes the previous hash’s 32 bytes and the body’s UTF-8', () => {
    const expected = createHash('sha256').update(Buffer.concat([Buffer.alloc(32), Buffer.from('職員', 'utf8')])).digest('hex');
    expect(journalHash(GENESIS_HASH, '職員')).toBe(expected);
  });

  it('verifies from its beginning, and from any link onwards', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(12), (count, skip) => {
      const entries = chain(count);
      const from = Math.min(skip, count);
      const after = entries[from - 1];
      expect(checkChain(DEVICE, entries.slice(from), from, after?.hash ?? GENESIS_HASH)).toMatchObject({ ok: true, seq: count, hash: entries.at(-1)?.hash });
    }));
  });

  it.each([
    ['a gap', (entries: JournalEntry[]) => entries.filter(({ seq }) => seq !== 2), { seq: 3, why: 'gap' }],
    ['two entries in the wrong order', ([a, b, c]: JournalEntry[]) => [b, a, c], { seq: 2, why: 'gap' }],
    ['an entry twice', ([a, b]: JournalEntry[]) => [a, b, b], { seq: 2, why: 'gap' }],
    ['a link to another entry', (entries: JournalEntry[]) => changed(entries, 1, { prevHash: 'a'.repeat(64) }), { seq: 2, why: 'prev-hash' }],
    ['a changed body', (entries: JournalEntry[]) => changed(entries, 1, { body: bodyText(2).replace('start', 'other') }), { seq: 2, why: 'hash' }],
    ['a changed hash', (entries: JournalEntry[]) => changed(entries, 2, { hash: 'b'.repeat(64) }), { seq: 3, why: 'hash' }],
    ['a body that is not JSON', () => chain(2, (seq) => (seq === 2 ? 'not JSON' : bodyText(seq))), { seq: 2, why: 'body' }],
    ['a body with something added', () => chain(2, (seq) => (seq === 2 ? bodyText(2).replace('{', '{"name":"太郎",') : bodyText(seq))), { seq: 2, why: 'body' }],
    ['a body that says another number', () => chain(2, (seq) => bodyText(seq === 2 ? 3 : seq)), { seq: 2, why: 'body' }],
    ['an entry of another device', () => chain(2, (seq) => bodyText(seq, seq === 2 ? 'yakuba-2' : DEVICE)), { seq: 2, why: 'other-device' }],
  ])('shows %s', (_name, spoil, fault) => {
    expect(checkChain(DEVICE, spoil(chain(3)) as JournalEntry[])).toEqual({ ok: false, fault });
  });

  it('shows any single changed letter of any body', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 4 }), fc.nat(200), fc.integer({ min: 1, max: 90 }), (index, position, shift) => {
      const entries = chain(5);
      const body = entries[index]?.body ?? '';
      const at = position % body.length;
      const letter = String.fromCharCode(32 + ((body.charCodeAt(at) - 32 + shift) % 95));
      expect(checkChain(DEVICE, changed(entries, index, { body: body.slice(0, at) + letter + body.slice(at + 1) }))).toEqual({ ok: false, fault: { seq: index + 1, why: 'hash' } });
    }));
  });
});
