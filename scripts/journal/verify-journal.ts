/** Says of a ledger file, or of an exported journal, whether it verifies: sequence, hashes, seals, and every movement. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { auditLedger } from '../../agent/ledger/ledger-audit.ts';
import type { JournalReport } from '../../contract/journal-check.ts';
import { checkExport } from './exported-journal.ts';

export interface Verdict {
  /** What the file holds, one line each. */
  readonly findings: readonly string[];
  /** What does not verify, one line each; empty when all is well. */
  readonly faults: readonly string[];
}

/** @throws when the file cannot be read */
export function verifyJournal(path: string, publicKey: string | undefined): Verdict {
  if (!isSqlite(path)) {
    const { journal, faults } = checkExport(readFileSync(path, 'utf8'), publicKey === undefined ? {} : { publicKey });
    return { findings: findingsOf(journal, publicKey), faults };
  }
  const { device, acknowledgedSeq, movements, journal, faults } = auditLedger(path, publicKey);
  const books = `${device}: ${acknowledgedSeq} entries acknowledged, ${movements} movements in the books`;
  return { findings: [...findingsOf(journal, publicKey), books], faults };
}

function findingsOf(journal: JournalReport, publicKey: string | undefined): string[] {
  const { device, first, last, lastHash, firstAt, lastAt, movements, seals, sealedTo, publicKey: sealedWith } = journal;
  if (last === 0) return [`${device ?? 'nobody'}: no entries`];
  const range = `${device ?? 'unknown'}: entries ${first} to ${last}, from ${firstAt ?? '?'} to ${lastAt ?? '?'}, head ${lastHash}`;
  const moved = `${movements} movements`;
  if (seals === 0) return [range, moved, 'no seals: nothing shows who wrote this'];
  const known = publicKey === undefined ? ' (as the file itself says: compare it with `npm run backend -- devices`, or give it with --key)' : ' (the key that was given)';
  const open = sealedTo < last ? `; entries ${sealedTo + 1} to ${last} are not sealed yet` : '';
  return [range, moved, `${seals} seals up to entry ${sealedTo}${open}`, `signed with the key ${sealedWith ?? '?'}${known}`];
}

function isSqlite(path: string): boolean {
  const magic = Buffer.alloc(16);
  const descriptor = openSync(path, 'r');
  try {
    readSync(descriptor, magic, 0, 16, 0);
  } finally {
    closeSync(descriptor);
  }
  return magic.toString('latin1') === 'SQLite format 3\0';
}
