/**
 * What a FeliCa Lite-S card keeps of its account: a counter, the last operation, and what was moved in each of the latest pockets. A
 * mirror, never the value itself: that is in the ledger. Pure: blocks in, mirror out, and back.
 *
 * Two slots of seven blocks (00–06 and 07–0D). An operation is written into the slot that is not the newest, its first block last; the
 * first block carries the counter and a check over the others, so a slot that is half written is no slot, and the other one still holds.
 *
 * | block of the slot | holds |
 * |---|---|
 * | 0 | layout (1), numbers of movements and of pockets (4 bits each), write counter (3), counter (4), check (7) |
 * | 1 | the operation's id |
 * | 2, 3 | up to four movements: mark of the pocket (4), amount, negative for a debit (4) |
 * | 4 – 6 | up to six pockets, latest moved first: mark (4), sum of all movements made with this card (4, signed) |
 *
 * Multi-byte numbers stand most significant byte first. A pocket's mark is the beginning of the SHA-256 of its scheme's id. The check is
 * no proof (SHA-256, cut off); the proof is that the card takes these blocks only with a MAC, and gives them under one.
 */
import { createHash } from 'node:crypto';
import type { CardMovement } from '../stored-value.ts';
import { BLOCK_LENGTH } from './mac.ts';

/** The first block of each slot. */
export const SLOT_STARTS = [0x00, 0x07] as const;
export const BLOCKS_PER_SLOT = 7;
const LAYOUT = 0x01;
const OPERATION_BLOCK = 1;
const MOVEMENTS = { firstBlock: 2, most: 4 } as const;
const POCKETS = { firstBlock: 4, most: 6 } as const;
const CHECK_START = 9;
const ENTRY_LENGTH = 8;
const ENTRIES_PER_BLOCK = BLOCK_LENGTH / ENTRY_LENGTH;
const MOST_AMOUNT = 0x7fff_ffff;

export interface MarkedAmount {
  readonly mark: number;
  /** Signed, 32 bits. */
  readonly amount: number;
}

export interface Mirror {
  /** Zero on a card that was issued and never used. */
  readonly counter: number;
  /** The write counter under which the slot's first block was written. */
  readonly writeCounter: number;
  /** 16 bytes; zeros while the counter is zero. */
  readonly operationId: Uint8Array;
  readonly movements: readonly MarkedAmount[];
  readonly pockets: readonly MarkedAmount[];
}

export const FRESH_MIRROR: Mirror = { counter: 0, writeCounter: 0, operationId: new Uint8Array(BLOCK_LENGTH), movements: [], pockets: [] };

/** The first block of a slot, before its other blocks are known: what has to be read, and which slot is the newer one. */
export interface SlotHead {
  readonly counter: number;
  /** Which other blocks of the slot count, as places within it. */
  readonly places: readonly number[];
  readonly block: Uint8Array;
}

/** @returns undefined when this is not the first block of a slot */
export function slotHeadIn(block: Uint8Array): SlotHead | undefined {
  const movements = block[1]! >> 4;
  const pockets = block[1]! & 0x0f;
  if (block[0] !== LAYOUT || movements > MOVEMENTS.most || pockets > POCKETS.most) return undefined;
  return { counter: new DataView(block.buffer, block.byteOffset).getUint32(5), places: placesOf(movements, pockets), block };
}

/**
 * @param contents the blocks at `head.places`
 * @returns undefined when the check says that they do not belong together
 */
export function mirrorIn(head: SlotHead, contents: readonly Uint8Array[]): Mirror | undefined {
  const { block } = head;
  if (!checkOf(block, contents).every((byte, index) => byte === block[CHECK_START + index])) return undefined;
  const at = (place: number) => contents[head.places.indexOf(place)] ?? new Uint8Array();
  const entries = (firstBlock: number, count: number) =>
    Array.from({ length: count }, (_, index): MarkedAmount => {
      const holder = at(firstBlock + Math.floor(index / ENTRIES_PER_BLOCK));
      const view = new DataView(holder.buffer, holder.byteOffset + (index % ENTRIES_PER_BLOCK) * ENTRY_LENGTH);
      return { mark: view.getUint32(0), amount: view.getInt32(4) };
    });
  return {
    counter: head.counter,
    writeCounter: (block[2]! << 16) | (block[3]! << 8) | block[4]!,
    operationId: at(OPERATION_BLOCK),
    movements: entries(MOVEMENTS.firstBlock, block[1]! >> 4),
    pockets: entries(POCKETS.firstBlock, block[1]! & 0x0f),
  };
}

/** A block of a slot, by its place in it. */
export interface PlacedBlock {
  readonly place: number;
  readonly data: Uint8Array;
}

/** The blocks that make up the mirror, except the first one. */
export function bodyOf(mirror: Mirror): readonly PlacedBlock[] {
  const blocks = new Map<number, Uint8Array>([[OPERATION_BLOCK, mirror.operationId]]);
  const put = (firstBlock: number, entries: readonly MarkedAmount[]) => {
    for (const [index, { mark, amount }] of entries.entries()) {
      const place = firstBlock + Math.floor(index / ENTRIES_PER_BLOCK);
      const data = blocks.get(place) ?? new Uint8Array(BLOCK_LENGTH);
      blocks.set(place, data);
      const view = new DataView(data.buffer, data.byteOffset + (index % ENTRIES_PER_BLOCK) * ENTRY_LENGTH);
      view.setUint32(0, mark);
      view.setInt32(4, amount);
    }
  };
  put(MOVEMENTS.firstBlock, mirror.movements);
  put(POCKETS.firstBlock, mirror.pockets);
  return placesOf(mirror.movements.length, mirror.pockets.length).map((place) => ({ place, data: blocks.get(place)! }));
}

/** The slot's first block. Written last: with it, the slot is the newest one. */
export function headOf(mirror: Mirror): Uint8Array {
  const block = new Uint8Array(BLOCK_LENGTH);
  const { counter, writeCounter } = mirror;
  block.set([LAYOUT, (mirror.movements.length << 4) | mirror.pockets.length, writeCounter >> 16, (writeCounter >> 8) & 0xff, writeCounter & 0xff]);
  new DataView(block.buffer).setUint32(5, counter);
  block.set(checkOf(block, bodyOf(mirror).map(({ data }) => data)), CHECK_START);
  return block;
}

/**
 * The mirror after one more operation.
 * @returns undefined when it does not fit: too many movements, or an amount beyond 32 bits
 */
export function advanced(mirror: Mirror, operationId: Uint8Array, movements: readonly CardMovement[]): Omit<Mirror, 'writeCounter'> | undefined {
  if (movements.length > MOVEMENTS.most) return undefined;
  const moved = movements.map(({ pocket, kind, amount }): MarkedAmount => ({ mark: markOf(pocket), amount: kind === 'credit' ? amount : -amount }));
  let pockets = [...mirror.pockets];
  for (const { mark, amount } of moved) {
    const before = pockets.find((pocket) => pocket.mark === mark)?.amount ?? 0;
    pockets = [{ mark, amount: before + amount }, ...pockets.filter((pocket) => pocket.mark !== mark)];
  }
  // The pocket that was moved longest ago makes room: last year's schemes would otherwise fill the card.
  pockets = pockets.slice(0, POCKETS.most);
  if ([...moved, ...pockets].some(({ amount }) => Math.abs(amount) > MOST_AMOUNT)) return undefined;
  return { counter: mirror.counter + 1, operationId, movements: moved, pockets };
}

/** How a pocket is named on the card, in four bytes. */
export function markOf(pocket: string): number {
  return createHash('sha256').update(pocket, 'utf8').digest().readUInt32BE(0);
}

/** An operation's id as it stands on the card. @throws RangeError when it is no UUID: a bug in the caller */
export function bytesOfUuid(uuid: string): Uint8Array {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uuid)) throw new RangeError(`Not a UUID: ${uuid}`);
  return Uint8Array.from(Buffer.from(uuid.replaceAll('-', ''), 'hex'));
}

export function uuidOf(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function placesOf(movements: number, pockets: number): readonly number[] {
  const places = (firstBlock: number, count: number) =>
    Array.from({ length: Math.ceil(count / ENTRIES_PER_BLOCK) }, (_, index) => firstBlock + index);
  return [OPERATION_BLOCK, ...places(MOVEMENTS.firstBlock, movements), ...places(POCKETS.firstBlock, pockets)];
}

function checkOf(head: Uint8Array, contents: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256').update(head.subarray(0, CHECK_START));
  for (const content of contents) hash.update(content);
  return Uint8Array.from(hash.digest().subarray(0, BLOCK_LENGTH - CHECK_START));
}
