/**
 * The journal's table: appends entries to the hash chain and reads them back. Entries are never changed; the file itself refuses.
 */
import type { Database } from 'better-sqlite3';
import { CardEvidence } from '../../contract/card.ts';
import type { DeviceId, EntryId } from '../../contract/ids.ts';
import { journalHash } from '../../contract/journal-hash.ts';
import { GENESIS_HASH, JournalBody, type JournalEntry, type JournalFact, type JournalSeal } from '../../contract/journal.ts';
import type { EntryStamp } from './ledger.ts';

/** The chain's last link. */
export interface JournalHead {
  readonly seq: number;
  readonly hash: string;
}

export const EMPTY_HEAD: JournalHead = { seq: 0, hash: GENESIS_HASH };
const BODY_LENGTH_MAX = 16_384;
type MovedCard = Extract<JournalFact, { type: 'value-moved' }>['card'];

export function createJournalStore(database: Database, device: DeviceId) {
  const insert = database.prepare('INSERT INTO journal (seq, entry_id, prev_hash, hash, body) VALUES (?, ?, ?, ?, ?)');
  const selectHead = database.prepare<[], JournalHead>('SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1');
  const selectHash = database.prepare<[number], string>('SELECT hash FROM journal WHERE seq = ?').pluck();
  const selectAfter = database.prepare<[number, number], JournalEntry>(
    'SELECT seq, prev_hash AS prevHash, hash, body FROM journal WHERE seq > ? ORDER BY seq LIMIT ?',
  );
  const selectSeal = database.prepare<[number], JournalSeal>('SELECT seq, hash, public_key AS publicKey, signature FROM journal_seal WHERE seq = ?');
  const insertSeal = database.prepare('INSERT INTO journal_seal (seq, hash, public_key, signature) VALUES (?, ?, ?, ?)');
  /** Known because no other process can write; forgotten whenever a transaction is rolled back. */
  let known: JournalHead | undefined;
  const head = (): JournalHead => (known ??= selectHead.get() ?? EMPTY_HEAD);

  function write(seq: number, id: EntryId, body: string): void {
    if (body.length > BODY_LENGTH_MAX) throw new Error(`A journal entry of ${body.length} characters is too long`);
    const { hash: prevHash } = head();
    const hash = journalHash(prevHash, body);
    insert.run(seq, id, prevHash, hash, body);
    known = { seq, hash };
  }

  return {
    head,
    /** To be called when a transaction was rolled back. */
    forgetHead(): void {
      known = undefined;
    },
    hashAt: (seq: number): string | undefined => (seq === 0 ? GENESIS_HASH : selectHash.get(seq)),
    after: (seq: number, limit: number): JournalEntry[] => selectAfter.all(seq, limit),

    /** Only inside a transaction. An entry that no one could verify later is refused here, because it could never be taken back. */
    append({ id, at, fact }: EntryStamp & { readonly fact: JournalFact }): void {
      const seq = head().seq + 1;
      write(seq, id, JSON.stringify(JournalBody.parse({ id, device, seq, at, fact })));
    },
    /**
     * As `append` of a `value-moved` whose intent this process has just written down: only what the card left of it is new.
     * @param movement as JSON, as it stands in the intent
     */
    appendMoved({ id, at }: EntryStamp, movement: string, { cardRef, profile, evidence }: MovedCard): void {
      const seq = head().seq + 1;
      const stamp = JSON.stringify({ id, device, seq, at });
      const card = JSON.stringify({ cardRef, profile, evidence: CardEvidence.parse(evidence) });
      write(seq, id, `${stamp.slice(0, -1)},"fact":{"type":"value-moved","movement":${movement},"card":${card}}}`);
    },

    sealOf: (seq: number): JournalSeal | undefined => selectSeal.get(seq),
    keepSeal({ seq, hash, publicKey, signature }: JournalSeal): void {
      insertSeal.run(seq, hash, publicKey, signature);
    },

    /**
     * Follows the hashes from `from` to the end.
     * @returns the last link, or the sequence number at which the chain is broken
     */
    follow(from: JournalHead): { readonly ok: true; readonly head: JournalHead } | { readonly ok: false; readonly seq: number } {
      if ((from.seq === 0 ? GENESIS_HASH : selectHash.get(from.seq)) !== from.hash) return { ok: false, seq: from.seq };
      let link = from;
      for (const entry of selectAfter.iterate(from.seq, -1)) {
        const follows = entry.seq === link.seq + 1 && entry.prevHash === link.hash && journalHash(entry.prevHash, entry.body) === entry.hash;
        if (!follows) return { ok: false, seq: entry.seq };
        link = { seq: entry.seq, hash: entry.hash };
      }
      return { ok: true, head: link };
    },
  };
}

export type JournalStore = ReturnType<typeof createJournalStore>;
