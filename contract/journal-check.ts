/**
 * Looks a journal over by itself, from whatever file it comes: sequence, hashes, seals, and whether every movement balances. Unlike
 * `checkChain`, which refuses at the first fault, this goes on and names every one by its sequence number, for people who must find out what happened.
 */
import type { DeviceId, OperationId } from './ids.ts';
import { KnownLots, unbalancedPosting } from './export/measure.ts';
import { journalHash, parseBody } from './journal-hash.ts';
import { sealHolds } from './journal-seal.ts';
import { GENESIS_HASH, type JournalBody, type JournalEntry, type JournalSeal } from './journal.ts';
import type { Moment } from './time.ts';
import type { Movement } from './value.ts';

export interface JournalFault {
  /** The entry it is about; the first of several. */
  readonly seq: number;
  /** In words. */
  readonly what: string;
}

export interface JournalReport {
  readonly device: DeviceId | undefined;
  /** Sequence numbers of the first and last entry; 0 when there is none. */
  readonly first: number;
  readonly last: number;
  readonly lastHash: string;
  /** By the device's own clock. */
  readonly firstAt: Moment | undefined;
  readonly lastAt: Moment | undefined;
  readonly movements: number;
  /** How many seals hold, and the last entry that such a seal covers. */
  readonly seals: number;
  readonly sealedTo: number;
  /** The key all seals were made with; undefined when there is no seal. */
  readonly publicKey: string | undefined;
  /** By sequence number. Empty when all is well. */
  readonly faults: readonly JournalFault[];
}

export interface JournalCheckOptions {
  /** Whose journal it must be; otherwise the first entry says so. */
  readonly device?: DeviceId;
  /** The key that must have made the seals (Ed25519, 32 bytes in base64url); otherwise the first seal says so. */
  readonly publicKey?: string;
  /** Where the journal must begin; otherwise the first entry says so. */
  readonly beginsAt?: number;
}

interface Link {
  readonly prevHash: string;
  readonly hash: string;
}

/** The movement that a fact says has happened. */
export function movementOf({ fact }: Pick<JournalBody, 'fact'>): Movement | undefined {
  return fact.type === 'value-moved' || fact.type === 'cash-moved' ? fact.movement : undefined;
}

export class JournalCheck {
  readonly #options: JournalCheckOptions;
  readonly #links = new Map<number, Link>();
  readonly #faults: JournalFault[] = [];
  readonly #lots = new KnownLots();
  readonly #operations = new Map<OperationId, number>();
  readonly #seals: JournalSeal[] = [];
  #device: DeviceId | undefined;
  #highest = 0;
  #firstAt: Moment | undefined;
  #lastAt: Moment | undefined;

  constructor(options: JournalCheckOptions = {}) {
    this.#options = options;
    this.#device = options.device;
  }

  /** Takes the next entry, as it stands in the file. @returns its body, when it has one */
  entry(entry: JournalEntry): JournalBody | undefined {
    const { seq, prevHash, hash, body: text } = entry;
    const before = this.#links.get(seq);
    if (before) {
      this.#found(seq, before.hash === hash && before.prevHash === prevHash ? 'stands there twice' : 'stands there twice, and the two are not alike');
      return undefined;
    }
    if (seq < this.#highest) this.#found(seq, `stands after entry ${this.#highest}`);
    this.#highest = Math.max(this.#highest, seq);
    this.#links.set(seq, { prevHash, hash });
    if (journalHash(prevHash, text) !== hash) this.#found(seq, 'was changed: its hash is not that of its text');
    const body = parseBody(text);
    if (!body || body.seq !== seq) {
      this.#found(seq, body ? `says of itself that it is entry ${body.seq}` : 'is not what an entry looks like');
      return undefined;
    }
    this.#device ??= body.device;
    if (body.device !== this.#device) this.#found(seq, `is one of ${body.device}, not of ${this.#device}`);
    this.#firstAt ??= body.at;
    this.#lastAt = body.at;
    this.#movement(body);
    return body;
  }

  /** Takes a seal. Before or after the entries, in any order. */
  seal(seal: JournalSeal): void {
    this.#seals.push(seal);
  }

  report(): JournalReport {
    const sequence = [...this.#links.keys()].sort((left, right) => left - right);
    const first = sequence[0] ?? 0;
    const last = sequence.at(-1) ?? 0;
    this.#chain(sequence);
    const { held, sealedTo, publicKey } = this.#checkSeals(first, last);
    return {
      device: this.#device,
      first,
      last,
      lastHash: this.#links.get(last)?.hash ?? GENESIS_HASH,
      firstAt: this.#firstAt,
      lastAt: this.#lastAt,
      movements: this.#operations.size,
      seals: held,
      sealedTo,
      publicKey,
      faults: [...this.#faults].sort((left, right) => left.seq - right.seq),
    };
  }

  #found(seq: number, what: string): void {
    this.#faults.push({ seq, what });
  }

  #movement(body: JournalBody): void {
    const movement = movementOf(body);
    if (!movement) return;
    const before = this.#operations.get(movement.operationId);
    if (before !== undefined) this.#found(body.seq, `moves the value of entry ${before} once more`);
    this.#operations.set(movement.operationId, before ?? body.seq);
    this.#lots.learn(movement.lots);
    const posting = unbalancedPosting(movement, this.#lots);
    if (posting) this.#found(body.seq, `does not balance: from ${posting.debit} to ${posting.credit}`);
  }

  #chain(sequence: readonly number[]): void {
    let before: { readonly seq: number; readonly hash: string } | undefined;
    const { beginsAt = sequence[0] ?? 1 } = this.#options;
    if (beginsAt === 1) before = { seq: 0, hash: GENESIS_HASH };
    for (const seq of sequence) {
      const link = this.#links.get(seq);
      if (!link) continue;
      const expected: number = before ? before.seq + 1 : beginsAt;
      if (seq > expected) this.#found(expected, seq === expected + 1 ? 'is missing' : `and what follows up to entry ${seq - 1} are missing`);
      else if (before && link.prevHash !== before.hash) this.#found(seq, 'does not continue the entry before it');
      before = { seq, hash: link.hash };
    }
  }

  #checkSeals(first: number, last: number): { readonly held: number; readonly sealedTo: number; readonly publicKey: string | undefined } {
    const seals = [...this.#seals].sort((left, right) => left.seq - right.seq);
    const publicKey = this.#options.publicKey ?? seals[0]?.publicKey;
    let held = 0;
    let sealedTo = 0;
    let cutOff = 0;
    for (const { seq, hash, publicKey: made, signature } of seals) {
      // What is older than the first entry cannot be compared with anything.
      if (seq < first) continue;
      if (made !== publicKey) {
        this.#found(seq, `is sealed with another key: ${made}`);
        continue;
      }
      if (this.#device === undefined || !sealHolds(made, this.#device, { seq, hash }, signature)) {
        this.#found(seq, 'has a seal that does not hold');
        continue;
      }
      const link = this.#links.get(seq);
      if (link && link.hash !== hash) this.#found(seq, `is not what was sealed: something was changed after entry ${Math.max(sealedTo, first - 1)}`);
      if (seq > last) cutOff = seq;
      if (link?.hash !== hash) continue;
      held += 1;
      sealedTo = seq;
    }
    if (cutOff > 0) this.#found(last + 1, `is missing: the journal was sealed up to entry ${cutOff}, but ends with ${last}`);
    if (this.#options.publicKey !== undefined && held === 0) this.#found(last, 'and what stands before it have no seal of the key that was given');
    return { held, sealedTo, publicKey };
  }
}

/** @returns the fault as a sentence */
export const sentenceOf = ({ seq, what }: JournalFault): string => `Journal entry ${seq} ${what}.`;
