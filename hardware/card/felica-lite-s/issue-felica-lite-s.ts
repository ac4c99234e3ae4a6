/**
 * The first issue of a FeliCa Lite-S card: its key, its mark, an empty mirror, and last the lock, after which all of that can be changed
 * only with the key. May be torn anywhere and begun again: each step looks first whether it is done. Must never lock a card that has not
 * proved, in a session of its own, that it has this key and holds what was written: a locked card with another key is lost for ever.
 */
import type { CardPresence, CardReader } from '../../reader/card-reader.ts';
import type { CardKeys, FelicaLiteSCardKeys } from '../card-keys.ts';
import type { NoKey } from '../stored-value.ts';
import { openSession } from './authenticated-session.ts';
import { withFelicaChannel, type FelicaChannel } from './felica-channel.ts';
import { BLOCK, type BlockWrite, type NotDone } from './felica-frames.ts';
import type { FelicaLiteSOptions } from './felica-lite-s-card.ts';
import { BLOCK_LENGTH, reversedGroups, sameBytes } from './mac.ts';
import { BLOCKS_PER_SLOT, FRESH_MIRROR, SLOT_STARTS, bodyOf, headOf } from './mirror.ts';

export type IssueOutcome =
  | { readonly kind: 'issued' }
  /** It is locked, and not as one of ours with this key: somebody else's card, or one that was issued before with another key. */
  | { readonly kind: 'not-blank' }
  /** It does not take, or does not hold, what was written. It was not locked. */
  | { readonly kind: 'refused' }
  | NoKey
  | { readonly kind: 'card-moved' }
  | { readonly kind: 'reader-lost' };

/**
 * ID block, bytes 10 to 15: free for the issuer. Bytes 0 to 7 are the card's own and stay; 8 and 9 (data format code) are given out by
 * Sony and stay zero. D_ID is left alone: a write to it can change the IDm.
 */
const ISSUER_MARK = Uint8Array.from(Buffer.from('KAZASU', 'ascii'));
const ISSUER_MARK_START = 10;

/** The configuration block (MC), byte by byte. */
const CONFIGURATION = {
  /** FF while the system blocks can be written and the card can be locked; 00 from then on, and WCNT begins at 0. */
  lock: 2,
  /** Radio parameters: stay as they are. */
  radio: 4,
} as const;
const OPEN = 0xff;

/**
 * Issues the card that lies there, or finishes what was begun.
 * @param idm the card's identifier as the reader gave it, 8 bytes
 */
export async function issueFelicaLiteS(
  reader: CardReader,
  presence: Extract<CardPresence, { kind: 'present' }>,
  idm: Uint8Array,
  keys: CardKeys,
  options: Pick<FelicaLiteSOptions, 'style' | 'random'>,
): Promise<IssueOutcome> {
  const answer = await keys.keysOf('felica-lite-s', idm);
  if (answer.kind !== 'keys') return { kind: 'no-key', why: answer.kind };
  if (answer.keys.profile !== 'felica-lite-s') throw new Error(`The keys are those of a ${answer.keys.profile} card`);
  const key = answer.keys;
  const outcome = await withFelicaChannel(reader, presence.generation, idm, options.style, (channel) => issue(channel, idm, key, options.random));
  return outcome.kind === 'no-answer' ? { kind: 'card-moved' } : outcome;
}

async function issue(
  channel: FelicaChannel,
  idm: Uint8Array,
  key: FelicaLiteSCardKeys,
  random: FelicaLiteSOptions['random'],
): Promise<IssueOutcome | NotDone> {
  const before = await channel.read([BLOCK.configuration]);
  if (before.kind !== 'blocks') return before;
  const configuration = lockedConfiguration(before.blocks[0]!);
  const identity = identityBlock(idm);
  const version = versionBlock(key.version);

  if (before.blocks[0]![CONFIGURATION.lock] === OPEN) {
    const withKey = await openSession(channel, key.card, random, [BLOCK.identity]);
    if (withKey.kind === 'wrong-mac') {
      const written = await writeEach(channel, [{ block: BLOCK.cardKey, data: reversedGroups(key.card) }]);
      if (written.kind !== 'written') return written;
    } else if (withKey.kind !== 'session') return withKey;
    const contents = [{ block: BLOCK.keyVersion, data: version }, { block: BLOCK.identity, data: identity }, ...emptyMirror()];
    const put = await writeMissing(channel, contents);
    if (put.kind !== 'written') return put;
    const held = await holds(channel, key, random, contents);
    if (held.kind !== 'holds') return held.kind === 'wrong-mac' || held.kind === 'differs' ? { kind: 'refused' } : held;
    const locked = await writeEach(channel, [{ block: BLOCK.configuration, data: configuration }]);
    if (locked.kind === 'card-moved' || locked.kind === 'reader-lost') return locked;
  }

  const now = await holds(channel, key, random, [
    { block: BLOCK.configuration, data: configuration },
    { block: BLOCK.keyVersion, data: version },
    { block: BLOCK.identity, data: identity },
  ]);
  switch (now.kind) {
    case 'holds':
      return { kind: 'issued' };
    case 'wrong-mac':
    case 'differs':
      return { kind: before.blocks[0]![CONFIGURATION.lock] === OPEN ? 'refused' : 'not-blank' };
    // Perhaps locked, perhaps not: the next attempt sees.
    case 'refused':
      return { kind: 'card-moved' };
    default:
      return now;
  }
}

/** Opens a session with a challenge of its own and compares. Everything is read under the card's MAC. */
async function holds(
  channel: FelicaChannel,
  key: FelicaLiteSCardKeys,
  random: FelicaLiteSOptions['random'],
  contents: readonly BlockWrite[],
): Promise<{ readonly kind: 'holds' } | { readonly kind: 'differs' } | { readonly kind: 'wrong-mac' } | NotDone> {
  const opened = await openSession(channel, key.card, random, [BLOCK.identity]);
  if (opened.kind !== 'session') return opened;
  const read = await opened.session.read(contents.map(({ block }) => block));
  if (read.kind !== 'blocks') return read;
  return contents.every(({ data }, index) => sameBytes(data, read.blocks[index]!)) ? { kind: 'holds' } : { kind: 'differs' };
}

/** Writes what the card does not hold already: each write counts against what an unissued card can take. */
async function writeMissing(channel: FelicaChannel, contents: readonly BlockWrite[]) {
  const MOST_BLOCKS = 4;
  const missing: BlockWrite[] = [];
  for (let start = 0; start < contents.length; start += MOST_BLOCKS) {
    const part = contents.slice(start, start + MOST_BLOCKS);
    const read = await channel.read(part.map(({ block }) => block));
    if (read.kind !== 'blocks') return read;
    missing.push(...part.filter(({ data }, index) => !sameBytes(data, read.blocks[index]!)));
  }
  return writeEach(channel, missing);
}

async function writeEach(channel: FelicaChannel, writes: readonly BlockWrite[]): Promise<{ readonly kind: 'written' } | NotDone> {
  for (const write of writes) {
    const written = await channel.write([write]);
    if (written.kind !== 'written') return written;
  }
  return { kind: 'written' };
}

/** All fourteen blocks: the first slot says "issued, never used", everything else is zero. */
function emptyMirror(): readonly BlockWrite[] {
  const blocks = SLOT_STARTS.flatMap((start) =>
    Array.from({ length: BLOCKS_PER_SLOT }, (_, place): BlockWrite => ({ block: start + place, data: new Uint8Array(BLOCK_LENGTH) })),
  );
  const first = [{ place: 0, data: headOf(FRESH_MIRROR) }, ...bodyOf(FRESH_MIRROR)];
  for (const { place, data } of first) blocks[place] = { block: SLOT_STARTS[0] + place, data };
  return blocks;
}

/**
 * MC of an issued card: the fourteen free blocks may be read by anyone and written only with MAC_A; REG is read-only; the key may be
 * changed with MAC_A; no NDEF. Nothing of this can be changed afterwards.
 */
function lockedConfiguration(before: Uint8Array): Uint8Array {
  const block = Uint8Array.of(0xff, 0x3f, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0xff, 0x3f, 0x01, 0x00, 0x00, 0x00);
  block[CONFIGURATION.radio] = before[CONFIGURATION.radio]!;
  return block;
}

function identityBlock(idm: Uint8Array): Uint8Array {
  const block = new Uint8Array(BLOCK_LENGTH);
  block.set(idm);
  block.set(ISSUER_MARK, ISSUER_MARK_START);
  return block;
}

function versionBlock(version: number): Uint8Array {
  if (!Number.isInteger(version) || version < 1 || version > 0xffff) throw new RangeError(`Not a card key version: ${version}`);
  const block = new Uint8Array(BLOCK_LENGTH);
  block.set([version & 0xff, version >> 8]);
  return block;
}
