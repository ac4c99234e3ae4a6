/**
 * The FeliCa Lite-S profile: a card that proves itself and carries a mirror of its account; the value is in the ledger.
 *
 * What a caller does with the outcomes, the ledger being the only authority over value:
 * - `committed`: the mirror stands under the operation's id, and the card itself said so under its MAC. Post the movement, with the
 *   evidence.
 * - `not-committed`: the mirror was not advanced and never will be by this operation. Abort the intent; the same wish may be tried again
 *   under a new id.
 * - `unknown`: the card left in between. Keep the intent open and let nothing else happen with this card; `settle` decides when it is
 *   seen next. Should the card never return, staff may decide without it: value cannot be in two places, because the card has none.
 *   A mirror that turns out to say otherwise is then corrected by a compensating entry, not by freezing the card.
 * - A mirror behind the ledger (expiry, the office, an operation that staff decided) is no suspicion. A counter behind one that the card
 *   already showed is; `read` reports the counter and the agent compares, while `settle` knows what was seen and says so itself.
 *
 * Must never claim that a card is genuine before its MAC was right, call a card false because of noise, write a block twice, or touch a
 * card whose key is not here. The first block of a slot is the only write that counts, and it is sent last.
 */
import type { CardPresence, CardReader } from '../../reader/card-reader.ts';
import type { CardKeys, FelicaLiteSCardKeys } from '../card-keys.ts';
import type {
  ApplyOutcome,
  CardCapabilities,
  CardMovement,
  CardOperation,
  CardRead,
  LoggedOperation,
  NoKey,
  SettleOutcome,
  StoredValueCard,
} from '../stored-value.ts';
import { openSession, type AuthenticatedSession } from './authenticated-session.ts';
import { withFelicaChannel, type FelicaChannel, type FelicaReaderStyle } from './felica-channel.ts';
import { BLOCK } from './felica-frames.ts';
import { keyVersionIn, sameBytes, writeCounterIn } from './mac.ts';
import { SLOT_STARTS, advanced, bodyOf, bytesOfUuid, headOf, markOf, slotHeadIn, uuidOf, type MarkedAmount, type Mirror } from './mirror.ts';
import { evidenceOf, settledBy, showMirror, troubleOf, type Proof, type Trouble } from './mirror-on-card.ts';

export interface FelicaLiteSOptions {
  readonly style: FelicaReaderStyle;
  /** Gives so many bytes that nobody can foresee; for the challenges. */
  readonly random: (length: number) => Uint8Array;
  /** The schemes' ids this town knows: the card keeps only marks of them. */
  readonly pockets: Iterable<string>;
}

/** What the card holds of its account: for the holder's information, and for the backend to compare with its own sums. */
export interface ShownMirror {
  readonly kind: 'mirror';
  readonly counter: number;
  /** By scheme id, or `#` and the mark of a scheme that is not known here: the sum of everything moved with this card, signed. */
  readonly moved: ReadonlyMap<string, number>;
}

export interface FelicaLiteSCard extends StoredValueCard {
  readonly profile: 'felica-lite-s';
  mirror(): Promise<ShownMirror | Trouble>;
}

/** Twice wrong in sessions of their own: noise does not make a well-formed answer with a wrong MAC, and certainly not two. */
const SESSIONS_TRIED = 2;
/** From here on the card takes no writes with a MAC any more (WCNT). */
const LAST_WRITE_COUNTER = 0xfffe00;

/**
 * The FeliCa Lite-S card that lies there.
 * @param idm the card's identifier as the reader gave it, 8 bytes; believed when the card's key fits it
 * @returns a card whose `capabilities.authenticated` turns true when it has proved itself, with the first successful call
 */
export function felicaLiteSCard(
  reader: CardReader,
  presence: Extract<CardPresence, { kind: 'present' }>,
  idm: Uint8Array,
  keys: CardKeys,
  options: FelicaLiteSOptions,
): FelicaLiteSCard {
  return new MirroringCard(reader, presence.generation, idm, keys, options);
}

class MirroringCard implements FelicaLiteSCard {
  readonly profile = 'felica-lite-s';
  readonly identifier: Uint8Array;
  readonly #reader: CardReader;
  readonly #generation: number;
  readonly #keys: CardKeys;
  readonly #options: FelicaLiteSOptions;
  #key: FelicaLiteSCardKeys | undefined;
  #authenticated = false;

  constructor(reader: CardReader, generation: number, idm: Uint8Array, keys: CardKeys, options: FelicaLiteSOptions) {
    this.#reader = reader;
    this.#generation = generation;
    this.identifier = idm;
    this.#keys = keys;
    this.#options = options;
  }

  get capabilities(): CardCapabilities {
    return { valueOnCard: false, offlineProof: false, authenticated: this.#authenticated };
  }

  read(): Promise<CardRead> {
    return this.#withProof(async (proof): Promise<CardRead> => {
      const shown = await showMirror(proof, 'newest');
      if (shown.kind !== 'shown') return troubleOf(shown);
      const { newest } = shown;
      return { kind: 'read', pockets: new Map(), counter: newest.counter };
    });
  }

  /** The card keeps its last two operations; the one before the last may be missing after a tear. */
  history(): ReturnType<StoredValueCard['history']> {
    return this.#withProof(async (proof) => {
      const shown = await showMirror(proof, 'both');
      if (shown.kind !== 'shown') return troubleOf(shown);
      const mirrors = [shown.newest, ...(shown.before ? [shown.before] : [])].filter(({ counter }) => counter > 0);
      return { kind: 'read' as const, operations: mirrors.map((mirror) => this.#logged(mirror)) };
    });
  }

  mirror(): Promise<ShownMirror | Trouble> {
    return this.#withProof(async (proof): Promise<ShownMirror | Trouble> => {
      const shown = await showMirror(proof, 'newest');
      if (shown.kind !== 'shown') return troubleOf(shown);
      const { counter, pockets } = shown.newest;
      return { kind: 'mirror', counter, moved: new Map(pockets.map(({ mark, amount }) => [this.#pocketOf(mark), amount])) };
    });
  }

  async apply(operation: CardOperation): Promise<ApplyOutcome> {
    const id = bytesOfUuid(operation.operationId);
    const outcome = await this.#withProof((proof, channel, key) => this.#advance(proof, channel, key, id, operation.movements));
    switch (outcome.kind) {
      case 'no-key':
      case 'suspect':
      case 'card-moved':
      case 'reader-lost':
        // `#advance` itself ends in an outcome; these come from before it, when nothing was written yet.
        return { kind: 'not-committed', why: outcome.kind };
      default:
        return outcome;
    }
  }

  settle(operationId: string, counterBefore: number | null): Promise<SettleOutcome> {
    const id = bytesOfUuid(operationId);
    return this.#withProof((proof) => settledBy(proof, id, counterBefore));
  }

  /** Gets the key, opens the way to the card, lets it prove itself, and does `work`. */
  async #withProof<T>(work: (proof: Proof, channel: FelicaChannel, key: Uint8Array) => Promise<T>): Promise<T | Trouble> {
    const key = this.#key ?? (await this.#fetchKey());
    if ('kind' in key) return key;
    this.#key = key;
    const result = await withFelicaChannel(this.#reader, this.#generation, this.identifier, this.#options.style, async (channel) => {
      const proof = await this.#prove(channel, key);
      return 'kind' in proof ? proof : { done: await work(proof, channel, key.card) };
    });
    return 'done' in result ? result.done : troubleOf(result);
  }

  async #fetchKey(): Promise<FelicaLiteSCardKeys | NoKey> {
    const answer = await this.#keys.keysOf(this.profile, this.identifier);
    if (answer.kind !== 'keys') return { kind: 'no-key', why: answer.kind };
    if (answer.keys.profile !== this.profile) throw new Error(`The keys are those of a ${answer.keys.profile} card`);
    return answer.keys;
  }

  async #prove(channel: FelicaChannel, key: FelicaLiteSCardKeys): Promise<Proof | Trouble> {
    let wrong = 0;
    for (let attempt = 0; attempt < SESSIONS_TRIED; attempt += 1) {
      const opened = await openSession(channel, key.card, this.#options.random, [BLOCK.identity, ...SLOT_STARTS]);
      switch (opened.kind) {
        case 'session':
          return this.#proof(opened.session, opened.blocks);
        case 'wrong-mac': {
          // Not protected by anything: it may only ever speak for the card. Another version means that we have the wrong key.
          const version = await channel.read([BLOCK.keyVersion]);
          if (version.kind === 'card-moved' || version.kind === 'reader-lost') return version;
          if (version.kind !== 'blocks') break;
          if (keyVersionIn(version.blocks[0]!) !== key.version) return { kind: 'no-key', why: 'not-here' };
          wrong += 1;
          break;
        }
        case 'refused':
        case 'no-answer':
          break;
        case 'card-moved':
        case 'reader-lost':
          return opened;
      }
    }
    if (wrong < SESSIONS_TRIED) return { kind: 'card-moved' };
    this.#authenticated = false;
    return { kind: 'suspect', why: 'not-genuine' };
  }

  #proof(session: AuthenticatedSession, blocks: readonly Uint8Array[]): Proof | Trouble {
    const [identity, first, second] = blocks as [Uint8Array, Uint8Array, Uint8Array];
    if (!this.identifier.every((byte, index) => identity[index] === byte)) return { kind: 'suspect', why: 'inconsistent' };
    this.#authenticated = true;
    return { session, heads: [slotHeadIn(first), slotHeadIn(second)] };
  }

  /** Writes the operation into the older slot, its first block last, and asks the card what became of it. */
  async #advance(proof: Proof, channel: FelicaChannel, key: Uint8Array, id: Uint8Array, movements: readonly CardMovement[]): Promise<ApplyOutcome> {
    const { session } = proof;
    const shown = await showMirror(proof, 'newest', [BLOCK.writeCounter]);
    if (shown.kind !== 'shown') return { kind: 'not-committed', why: troubleOf(shown).kind };
    const { newest, newestSlot, more } = shown;
    if (sameBytes(newest.operationId, id)) return { kind: 'committed', evidence: evidenceOf(newest) };
    const next = advanced(newest, id, movements);
    if (!next) return { kind: 'not-committed', why: 'refused' };
    const start = SLOT_STARTS[newestSlot === 0 ? 1 : 0];
    let writeCounter = writeCounterIn(more[0]!);
    const body = bodyOf({ ...next, writeCounter });
    if (writeCounter + body.length >= LAST_WRITE_COUNTER) return { kind: 'not-committed', why: 'refused' };
    for (const { place, data } of body) {
      const written = await session.write(start + place, data, writeCounter);
      if (written.kind !== 'written') return { kind: 'not-committed', why: written.kind === 'refused' ? 'refused' : troubleOf(written).kind };
      writeCounter += 1;
    }
    const mirror: Mirror = { ...next, writeCounter };
    const head = headOf(mirror);
    const written = await session.write(start, head, writeCounter);
    // An answer to a write proves nothing; anyone on the way can give it. The card's MAC over what it holds now does.
    if (written.kind === 'written') {
      const confirmed = await session.read([start]);
      if (confirmed.kind === 'blocks' && sameBytes(confirmed.blocks[0]!, head)) return { kind: 'committed', evidence: evidenceOf(mirror) };
      if (confirmed.kind === 'card-moved' || confirmed.kind === 'reader-lost') return { kind: 'unknown' };
    }
    if (written.kind === 'card-moved' || written.kind === 'reader-lost') return { kind: 'unknown' };
    return this.#readBack(channel, key, id, newest.counter);
  }

  /** The card still lies there: a fresh session decides, because it makes the writes of the last one worthless. */
  async #readBack(channel: FelicaChannel, key: Uint8Array, id: Uint8Array, counterBefore: number): Promise<ApplyOutcome> {
    const opened = await openSession(channel, key, this.#options.random, [BLOCK.identity, ...SLOT_STARTS]);
    if (opened.kind !== 'session') return { kind: 'unknown' };
    const proof = this.#proof(opened.session, opened.blocks);
    if ('kind' in proof) return { kind: 'unknown' };
    const settled = await settledBy(proof, id, counterBefore);
    switch (settled.kind) {
      case 'committed':
        return settled;
      case 'not-committed':
        return { kind: 'not-committed', why: 'refused' };
      default:
        return { kind: 'unknown' };
    }
  }

  #logged(mirror: Mirror): LoggedOperation {
    const movement = ({ mark, amount }: MarkedAmount): CardMovement => ({
      pocket: this.#pocketOf(mark),
      kind: amount < 0 ? 'debit' : 'credit',
      amount: Math.abs(amount),
    });
    return { operationId: uuidOf(mirror.operationId), counter: mirror.counter, movements: mirror.movements.map(movement) };
  }

  #pocketOf(mark: number): string {
    for (const pocket of this.#options.pockets) if (markOf(pocket) === mark) return pocket;
    return `#${mark.toString(16).padStart(8, '0')}`;
  }
}
