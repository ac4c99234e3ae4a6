/**
 * What an operation does to a card's state, worked out before anything is sent: which slot each movement touches, and the state and the
 * log record after it. Also the transaction MAC's input that this very sequence of commands makes, so that it can be made again
 * later from the log. Pure.
 */
import { type CardMovement, type CardOperation } from '../stored-value.ts';
import { encodeRecord, encodeState, schemeReference, type CardState, type LogRecord, type Slot, type SlotMovement, type SlotUse } from './card-state.ts';
import { LOG_FILE, MOVEMENTS_MAX, POCKET_VALUE_MAX, STATE_FILE, VALUE_FILES } from './layout.ts';
import { INS, concatenated, littleEndian } from './native-commands.ts';
import { macInput } from './transaction-mac.ts';

export interface Plan {
  readonly before: CardState;
  readonly after: CardState;
  readonly record: LogRecord;
}

/**
 * @param schemesInUse ids of the schemes that the town has now
 * @returns `refused` when the card must say no: too little value, over the limit, no slot for another pocket
 * @throws RangeError when the operation itself is not possible on any card: a bug in the caller
 */
export function planOperation(before: CardState, operation: CardOperation, schemesInUse: readonly string[]): Plan | 'refused' {
  refuseImpossible(operation.movements);
  const inUse = new Set(schemesInUse.map(schemeReference));
  const slots = [...before.slots];
  const movements: SlotMovement[] = [];
  for (const { pocket, kind, amount } of operation.movements) {
    const scheme = schemeReference(pocket);
    const place = placeFor(scheme, slots, inUse);
    if (place === undefined) return 'refused';
    const balance = slots[place.slot]!.balance + (kind === 'credit' ? amount : -amount);
    if (balance < 0 || balance > POCKET_VALUE_MAX) return 'refused';
    slots[place.slot] = { scheme, balance };
    movements.push({ scheme, slot: place.slot, kind, amount, use: place.use });
  }
  const counter = before.counter + 1;
  return { before, after: { counter, slots }, record: { operationId: operation.operationId.toLowerCase(), counter, movements } };
}

/**
 * A scheme keeps its slot. A new one gets a slot that was never used; when there is none left, one whose scheme is over (the town
 * does not have it any more) and whose balance is 0: nobody can lose anything with it, and its name stays in the log.
 */
function placeFor(scheme: string, slots: readonly Slot[], inUse: ReadonlySet<string>): { readonly slot: number; readonly use: SlotUse } | undefined {
  const kept = slots.findIndex((slot) => slot.scheme === scheme);
  if (kept >= 0) return { slot: kept, use: 'kept' };
  const free = slots.findIndex((slot) => slot.scheme === undefined);
  if (free >= 0) return { slot: free, use: 'opened' };
  const over = slots.findIndex((slot) => slot.balance === 0 && slot.scheme !== undefined && !inUse.has(slot.scheme));
  return over >= 0 ? { slot: over, use: 'taken-over' } : undefined;
}

function refuseImpossible(movements: readonly CardMovement[]): void {
  if (movements.length > MOVEMENTS_MAX) throw new RangeError(`${movements.length} movements do not fit into one operation of a card`);
  if (new Set(movements.map(({ pocket }) => pocket)).size !== movements.length) throw new RangeError('A pocket moves once in one operation');
  for (const { amount } of movements) if (!Number.isSafeInteger(amount) || amount <= 0) throw new RangeError(`Not an amount: ${amount}`);
}

/**
 * The transaction MAC's input (TMI) of an operation: the state as it was read, the touched values as they were read, the movements, the state
 * and the record as written. It is the order in which `applyOperation` sends them.
 */
export function transactionInput({ before, after, record }: Plan): Uint8Array {
  const valueInput = (ins: number, slot: number, value: number) => macInput(concatenated(Uint8Array.of(ins, VALUE_FILES.first + slot), littleEndian(value, 4)));
  return concatenated(
    macInput(Uint8Array.of(INS.readData, ...STATE_RANGE), encodeState(before)),
    ...record.movements.map(({ slot }) => valueInput(INS.getValue, slot, before.slots[slot]!.balance)),
    ...record.movements.map(({ slot, kind, amount }) => valueInput(INS[kind], slot, amount)),
    macInput(Uint8Array.of(INS.writeData, ...STATE_RANGE), encodeState(after)),
    macInput(Uint8Array.of(INS.writeRecord, ...RECORD_RANGE), encodeRecord(record)),
  );
}

/** File number, offset and length of the state in ReadData and WriteData. */
export const STATE_RANGE: Uint8Array = concatenated(Uint8Array.of(STATE_FILE.number), littleEndian(0, 3), littleEndian(STATE_FILE.used, 3));
/** File number, offset and length of a record in WriteRecord. */
export const RECORD_RANGE: Uint8Array = concatenated(Uint8Array.of(LOG_FILE.number), littleEndian(0, 3), littleEndian(LOG_FILE.recordSize, 3));

/**
 * The plan of the last operation, made again from the state after it and its record in the log.
 * @returns undefined when it cannot be: a slot was taken over, and who had it before is not known any more
 */
export function planBehind(after: CardState, record: LogRecord): Plan | undefined {
  if (record.movements.some(({ use }) => use === 'taken-over')) return undefined;
  const slots = [...after.slots];
  for (const { slot, kind, amount, use } of record.movements) {
    const { scheme, balance } = slots[slot]!;
    const earlier = balance - (kind === 'credit' ? amount : -amount);
    if (earlier < 0) return undefined;
    slots[slot] = { scheme: use === 'opened' ? undefined : scheme, balance: earlier };
  }
  return { before: { counter: after.counter - 1, slots }, after, record };
}
