/** Hashing and checking of journal chains; used by the agent, the backend and the verifier, never by the window. */
import { createHash } from 'node:crypto';
import type { DeviceId } from './ids.ts';
import { GENESIS_HASH, JournalBody, type JournalEntry } from './journal.ts';

/** SHA-256 over the previous hash (as 32 bytes) and the body's UTF-8 text; 64 hexadecimal digits. */
export function journalHash(prevHash: string, body: string): string {
  return createHash('sha256').update(Buffer.from(prevHash, 'hex')).update(body, 'utf8').digest('hex');
}

/** By which `request-made` names a sealed request: SHA-256 of its characters, 64 hexadecimal digits. */
export function sealedHash(sealed: string): string {
  return createHash('sha256').update(sealed, 'ascii').digest('hex');
}

export type ChainFault = { readonly seq: number; readonly why: 'gap' | 'prev-hash' | 'hash' | 'body' | 'other-device' };

/**
 * Checks that `entries` continue the chain after (`afterSeq`, `afterHash`), in order and without a gap.
 * @returns the parsed bodies, or the first fault found
 */
export function checkChain(
  device: DeviceId,
  entries: Iterable<JournalEntry>,
  afterSeq = 0,
  afterHash = GENESIS_HASH,
): { ok: true; bodies: JournalBody[]; seq: number; hash: string } | { ok: false; fault: ChainFault } {
  const bodies: JournalBody[] = [];
  let seq = afterSeq;
  let hash = afterHash;
  for (const entry of entries) {
    const fault = (why: ChainFault['why']) => ({ ok: false as const, fault: { seq: entry.seq, why } });
    if (entry.seq !== seq + 1) return fault('gap');
    if (entry.prevHash !== hash) return fault('prev-hash');
    const checked = checkEntry(device, entry);
    if (!checked.ok) return fault(checked.why);
    bodies.push(checked.body);
    seq = entry.seq;
    hash = entry.hash;
  }
  return { ok: true, bodies, seq, hash };
}

export type CheckedEntry = { readonly ok: true; readonly body: JournalBody } | { readonly ok: false; readonly why: 'hash' | 'body' | 'other-device' };

/** Checks what an entry says by itself; whether it continues a chain, its `seq` and `prevHash` say. */
export function checkEntry(device: DeviceId, { seq, prevHash, hash, body: text }: JournalEntry): CheckedEntry {
  if (journalHash(prevHash, text) !== hash) return { ok: false, why: 'hash' };
  const body = parseBody(text);
  if (!body || body.seq !== seq) return { ok: false, why: 'body' };
  return body.device === device ? { ok: true, body } : { ok: false, why: 'other-device' };
}

/** The body of an entry; undefined when the text is none. */
export function parseBody(text: string): JournalBody | undefined {
  try {
    return JournalBody.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
