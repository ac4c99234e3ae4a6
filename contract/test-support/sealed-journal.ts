/** A journal that tells of movements, sealed every few entries. For tests of whatever reads journals. */
import { generateKeyPairSync } from 'node:crypto';
import type { BookedMovement } from '../export/books-format.ts';
import { CardRef, EntryId, type DeviceId } from '../ids.ts';
import { journalHash } from '../journal-hash.ts';
import { journalSealer, type SealJournal } from '../journal-seal.ts';
import { GENESIS_HASH, type JournalBody, type JournalEntry, type JournalFact, type JournalSeal } from '../journal.ts';

const CARD = { cardRef: CardRef.parse('0'.repeat(32)), profile: 'plain-identifier', evidence: { kind: 'none' } } as const;

/** How a device's journal tells of a movement; movements of the town are in no device's journal. */
export function factsOf(booked: readonly BookedMovement[]): Array<JournalFact & { type: 'value-moved' | 'cash-moved' }> {
  return booked
    .filter(({ device }) => device !== null)
    .map(({ movement }) => (movement.kind === 'sale' || movement.kind === 'refund' ? { type: 'cash-moved', movement } : { type: 'value-moved', movement, card: CARD }));
}

export const entryIdOf = (seq: number): EntryId => EntryId.parse(`019a0000-0000-7000-9000-${String(seq).padStart(12, '0')}`);

export function entriesOf(device: DeviceId, facts: readonly JournalFact[]): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (const [index, fact] of facts.entries()) {
    const content: JournalBody = { id: entryIdOf(index + 1), device, seq: index + 1, at: '2026-11-21T01:05:00.000Z' as JournalBody['at'], fact };
    entries.push(entryAfter(entries.at(-1), index + 1, JSON.stringify(content)));
  }
  return entries;
}

export function entryAfter(before: JournalEntry | undefined, seq: number, body: string): JournalEntry {
  const prevHash = before?.hash ?? GENESIS_HASH;
  return { seq, prevHash, hash: journalHash(prevHash, body), body };
}

export interface TestSealer {
  readonly seal: SealJournal;
  readonly publicKey: string;
}

/** A device's key that nobody else has. */
export function newSealer(deviceId: DeviceId): TestSealer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { seal: journalSealer({ deviceId, privateKey }), publicKey: publicKey.export({ format: 'jwk' }).x ?? '' };
}

/** Seals of every `step`th entry and of the last one. */
export function sealsOf(entries: readonly JournalEntry[], { seal }: TestSealer, step: number): JournalSeal[] {
  return entries.filter(({ seq }) => seq % step === 0 || seq === entries.length).map(seal);
}
