/**
 * The bytes of the state and of the log's records, written and read. Takes nothing on trust: what does not say the same as itself is not
 * a state. Pure. The layout is in layout.ts.
 */
import { createHash } from 'node:crypto';
import { LOG_FILE, MOVEMENTS_MAX, POCKET_SLOTS, POCKET_VALUE_MAX, STATE_FILE } from './layout.ts';
import { concatenated, littleEndian } from './native-commands.ts';

/** Eight bytes in hexadecimal that stand for a scheme on the card: the beginning of SHA-256 of its id. */
export type SchemeReference = string;

export interface Slot {
  /** Undefined while the slot was never used. */
  readonly scheme: SchemeReference | undefined;
  readonly balance: number;
}

export interface CardState {
  readonly counter: number;
  /** `POCKET_SLOTS` of them, by slot number. */
  readonly slots: readonly Slot[];
}

/** What became of the slot's row: the scheme had it already, it was free, or it had belonged to a scheme that is over. */
export type SlotUse = 'kept' | 'opened' | 'taken-over';

export interface SlotMovement {
  readonly scheme: SchemeReference;
  readonly slot: number;
  readonly kind: 'credit' | 'debit';
  readonly amount: number;
  readonly use: SlotUse;
}

/** One record of the card's log. */
export interface LogRecord {
  /** UUID in small letters. */
  readonly operationId: string;
  readonly counter: number;
  readonly movements: readonly SlotMovement[];
}

const REFERENCE_BYTES = 8;
const NO_SCHEME: SchemeReference = '00'.repeat(REFERENCE_BYTES);
const RECORD_FORMAT = 1;
const RECORD_MOVEMENTS_FROM = 24;
const RECORD_MOVEMENT_SIZE = 14;
/** The byte for what was done: the low half says in which direction, the high half what became of the slot. */
const KINDS = ['credit', 'debit'] as const;
const USES = ['kept', 'opened', 'taken-over'] as const;

export function schemeReference(schemeId: string): SchemeReference {
  return createHash('sha256').update(schemeId, 'utf8').digest('hex').slice(0, 2 * REFERENCE_BYTES);
}

/** A fresh card: no operation yet, no pocket. */
export const EMPTY_STATE: CardState = { counter: 0, slots: Array.from({ length: POCKET_SLOTS }, () => ({ scheme: undefined, balance: 0 })) };

/** The first `STATE_FILE.used` bytes of the state file. */
export function encodeState({ counter, slots }: CardState): Uint8Array {
  const rows = slots.flatMap(({ scheme, balance }) => [fromHex(scheme ?? NO_SCHEME), littleEndian(balance, 4)]);
  return concatenated(Uint8Array.of(STATE_FILE.formatVersion, 0, 0, 0), littleEndian(counter, 4), ...rows);
}

/** @returns undefined when the bytes are not a state: another format, a value beyond its limit, a scheme in two slots */
export function decodeState(bytes: Uint8Array): CardState | undefined {
  if (bytes.length !== STATE_FILE.used || bytes[0] !== STATE_FILE.formatVersion) return undefined;
  const view = Buffer.from(bytes);
  const slots = EMPTY_STATE.slots.map((_, slot): Slot => {
    const row = STATE_FILE.rowsFrom + slot * STATE_FILE.rowSize;
    const scheme = view.toString('hex', row, row + REFERENCE_BYTES);
    return { scheme: scheme === NO_SCHEME ? undefined : scheme, balance: view.readUInt32LE(row + REFERENCE_BYTES) };
  });
  const schemes = slots.flatMap(({ scheme }) => scheme ?? []);
  const possible = slots.every(({ scheme, balance }) => balance <= POCKET_VALUE_MAX && (scheme !== undefined || balance === 0));
  return possible && new Set(schemes).size === schemes.length ? { counter: view.readUInt32LE(4), slots } : undefined;
}

export function encodeRecord({ operationId, counter, movements }: LogRecord): Uint8Array {
  const record = Buffer.alloc(LOG_FILE.recordSize);
  record.set(operationIdBytes(operationId), 0);
  record.writeUInt32LE(counter, 16);
  record[20] = RECORD_FORMAT;
  record[21] = movements.length;
  for (const [index, { scheme, slot, kind, amount, use }] of movements.entries()) {
    const start = RECORD_MOVEMENTS_FROM + index * RECORD_MOVEMENT_SIZE;
    record.set(fromHex(scheme), start);
    record[start + 8] = slot;
    record[start + 9] = KINDS.indexOf(kind) | (USES.indexOf(use) << 4);
    record.writeUInt32LE(amount, start + 10);
  }
  return Uint8Array.from(record);
}

/** @returns undefined when the bytes are not a record of ours */
export function decodeRecord(bytes: Uint8Array): LogRecord | undefined {
  const view = Buffer.from(bytes);
  const count = view[21];
  if (view.length !== LOG_FILE.recordSize || view[20] !== RECORD_FORMAT || count === undefined || count > MOVEMENTS_MAX) return undefined;
  const movements: SlotMovement[] = [];
  for (let index = 0; index < count; index += 1) {
    const start = RECORD_MOVEMENTS_FROM + index * RECORD_MOVEMENT_SIZE;
    const done = view.readUInt8(start + 9);
    const slot = view.readUInt8(start + 8);
    const kind = KINDS[done & 0x0f];
    const use = USES[done >> 4];
    if (kind === undefined || use === undefined || slot >= POCKET_SLOTS) return undefined;
    movements.push({ scheme: view.toString('hex', start, start + REFERENCE_BYTES), slot, kind, amount: view.readUInt32LE(start + 10), use });
  }
  const id = view.toString('hex', 0, 16);
  const operationId = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-');
  return { operationId, counter: view.readUInt32LE(16), movements };
}

/** @throws RangeError when it is not a UUID */
function operationIdBytes(operationId: string): Uint8Array {
  const hex = operationId.replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/i.test(hex)) throw new RangeError(`Not a UUID: "${operationId}"`);
  return fromHex(hex);
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}
