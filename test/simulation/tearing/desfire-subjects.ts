/**
 * Operations on DESFire cards that are fresh, whose log has wrapped around, and on which all pockets are used. What the card must hold
 * afterwards is worked out here from the layout, not by the code that plans operations; every byte of its memory is compared.
 */
import { isDeepStrictEqual } from 'node:util';
import { encodeRecord, encodeState, schemeReference, type CardState, type LogRecord } from '../../../hardware/card/desfire/card-state.ts';
import { LOG_FILE, POCKET_SLOTS, STATE_FILE, TRANSACTION_MAC_FILE, VALUE_FILES } from '../../../hardware/card/desfire/layout.ts';
import { INS } from '../../../hardware/card/desfire/native-commands.ts';
import type { CardMovement } from '../../../hardware/card/stored-value.ts';
import type { DesfireMemory, FileMemory } from '../../../hardware/simulator/desfire/memory.ts';
import { CARD_KEYS, TownCard, TRANSACTION_MAC_KEY } from '../../../hardware/simulator/desfire/town-card.ts';
import { issuedMemory } from '../../../hardware/simulator/desfire/issued-memory.ts';
import { DesfireCard } from '../../../hardware/simulator/virtual-card-desfire.ts';
import type { CardEvidence } from '../../../contract/card.ts';
import type { OperationId } from '../../../contract/ids.ts';
import { knownOperation } from './case-ledger.ts';
import { HELD, HELD_AMOUNT, MOVEMENTS, OTHERS, OVER, SCHEMES, credit, debit, nameOfDeed, type Deed } from './pockets.ts';
import type { Subject, TestCard, Verdict } from './subject.ts';

const UID = Uint8Array.of(0x04, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56);
const OTHER_UID = Uint8Array.of(0x04, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66);
const OTHER_KEYS = { ...CARD_KEYS, spend: CARD_KEYS.spend.map((byte) => byte ^ 0xff), load: CARD_KEYS.load.map((byte) => byte ^ 0xff) };

/** A state that cards can be in: how they came there, and which slot a pocket then has or gets, written down by hand. */
interface Beginning {
  readonly name: 'fresh' | 'wrapped' | 'full';
  readonly past: ReadonlyArray<readonly CardMovement[]>;
  readonly heldSlot: number | undefined;
  readonly newSlot: number;
  readonly newSlotUse: 'opened' | 'taken-over';
}

const held = [credit(HELD.id, HELD_AMOUNT)];
const BLANK: Beginning = { name: 'fresh', past: [], heldSlot: undefined, newSlot: 0, newSlotUse: 'opened' };
const FRESH: Beginning = { name: 'fresh', past: [held], heldSlot: 0, newSlot: 1, newSlotUse: 'opened' };
/** More operations than the log has records, so that the next one drives out the oldest. */
const WRAPPED: Beginning = {
  name: 'wrapped',
  past: [held, ...Array.from({ length: LOG_FILE.maxRecords + 1 }, () => [credit(OTHERS[0]!.id, 10)])],
  heldSlot: 0,
  newSlot: 2,
  newSlotUse: 'opened',
};
/** All eight pockets used; the last belongs to a scheme that is over and has nothing left, and may be given away. */
const FULL: Beginning = {
  name: 'full',
  past: [held, ...OTHERS.map(({ id }) => [credit(id, 20)]), [credit(OVER, 10)], [debit(OVER, 10)]],
  heldSlot: 0,
  newSlot: 7,
  newSlotUse: 'taken-over',
};

const TRIED: ReadonlyArray<readonly [Deed, readonly Beginning[]]> = [
  ['grant', [FRESH, WRAPPED, FULL]],
  ['grant-new', [BLANK, WRAPPED, FULL]],
  ['spend', [FRESH, WRAPPED, FULL]],
  ['exchange', [FRESH, WRAPPED, FULL]],
  ['sale', [FRESH, WRAPPED]],
  ['give', [WRAPPED]],
  ['void', [FRESH, FULL]],
  ['transfer', [FRESH, FULL]],
  ['expire', [FRESH, WRAPPED]],
];

export async function desfireSubjects(): Promise<Subject[]> {
  const otherMemory = issuedMemory({ ...OTHER_KEYS, transactionMac: TRANSACTION_MAC_KEY });
  const subjects: Subject[] = [];
  for (const [deed, beginnings] of TRIED) {
    const movements = MOVEMENTS[deed];
    for (const beginning of beginnings) {
      // Only a kiosk that knows everything in the card's log takes off what is past its last day.
      const before = await memoryAfter(beginning.past, deed === 'expire' ? knownOperation : pastOperation);
      const opening: Record<string, number> = beginning.heldSlot === undefined ? {} : { [HELD.id]: HELD_AMOUNT };
      subjects.push({
        name: `desfire-${nameOfDeed(deed)}-${beginning.name}`,
        profile: 'desfire',
        deed,
        movements,
        card: (random) => new TornDesfireCard({ uid: UID, keys: CARD_KEYS, opening, before, beginning, movements, random }),
        otherCard: (random) => new TornDesfireCard({ uid: OTHER_UID, keys: OTHER_KEYS, opening: {}, before: otherMemory, beginning: BLANK, movements, random }),
        valueCommand,
      });
    }
  }
  return subjects;
}

/** @param idOf the operation's place among those of the past */
async function memoryAfter(past: Beginning['past'], idOf: (index: number) => string): Promise<DesfireMemory> {
  const town = new TownCard();
  town.schemes = [...SCHEMES.map(({ id }) => id), OVER];
  const card = await town.tap();
  for (const [index, movements] of past.entries()) {
    const outcome = await card.apply({ operationId: idOf(index), movements });
    if (outcome.kind !== 'committed') throw new Error(`The card could not be brought into its state: ${outcome.kind}`);
  }
  return town.memory;
}

/** No kiosk of a case has heard of it. */
const pastOperation = (index: number): string => `0190a000-0000-7000-8000-${String(index + 1).padStart(12, '0')}`;

/** What changes the card: to its files, and the commit. Each at most once for an operation. */
const CHANGING: readonly number[] = [INS.credit, INS.debit, INS.writeData, INS.writeRecord, INS.commitTransaction];

function valueCommand(command: Uint8Array): string | undefined {
  const instruction = command[1] ?? 0;
  if (command[0] !== 0x90 || !CHANGING.includes(instruction)) return undefined;
  return instruction === INS.commitTransaction ? 'CommitTransaction' : `command ${instruction.toString(16)} to file ${command[5]}`;
}

interface Setting {
  readonly uid: Uint8Array;
  readonly keys: typeof CARD_KEYS;
  readonly opening: TestCard['opening'];
  readonly before: DesfireMemory;
  readonly beginning: Beginning;
  readonly movements: readonly CardMovement[];
  readonly random: (bytes: number) => Uint8Array;
}

class TornDesfireCard implements TestCard {
  readonly profile = 'desfire';
  readonly virtual: DesfireCard;
  readonly identifier: Uint8Array;
  readonly keys: TestCard['keys'];
  readonly counter: number;
  readonly opening: TestCard['opening'];
  readonly #setting: Setting;

  constructor(setting: Setting) {
    const { uid, keys, opening, before, beginning, random } = setting;
    this.#setting = setting;
    this.identifier = uid;
    this.keys = keys;
    this.counter = beginning.past.length;
    this.opening = opening;
    this.virtual = new DesfireCard({ name: 'town card', uid, memory: before, generation: 'ev2', random });
  }

  async verdict(operations: readonly OperationId[]): Promise<Verdict> {
    const after = this.virtual.exportMemory();
    const { before } = this.#setting;
    if (after === before || isDeepStrictEqual(after, before)) return { kind: 'not-at-all' };
    const records = logOf(after);
    const operationId = operations.find((operation) => records.some((record) => record.includes(operation.replaceAll('-', '').toUpperCase())));
    if (operationId === undefined) return { kind: 'wrong', what: 'The card changed although nothing was to happen on it' };
    const wanted = this.#wanted(operationId, filesOf(after)[TRANSACTION_MAC_FILE.number]!);
    if (isDeepStrictEqual(after, wanted)) return { kind: 'once', operationId };
    const files = filesOf(wanted);
    const differing = Object.entries(filesOf(after)).flatMap(([number, file]) => (isDeepStrictEqual(file, files[Number(number)]) ? [] : [number]));
    return { kind: 'wrong', what: `The card is neither as before nor as after the operation (files ${differing.join(', ')})` };
  }

  evidenceFault(evidence: CardEvidence): string | undefined {
    const file = filesOf(this.virtual.exportMemory())[TRANSACTION_MAC_FILE.number]!;
    if (file.type !== 'transaction-mac') throw new Error('The card lost its transaction MAC file');
    const counter = this.counter + 1;
    switch (evidence.kind) {
      case 'log':
        return evidence.counter === counter ? undefined : `The evidence names the counter ${evidence.counter}, it was ${counter}`;
      case 'transaction-mac': {
        const right = evidence.counter === counter && evidence.transactionCounter === file.counter && evidence.value.toUpperCase() === file.value;
        return right ? undefined : 'The evidence is not the transaction MAC that the card made';
      }
      case 'none':
      case 'write-counter':
        return `A DESFire card leaves no evidence of the kind ${evidence.kind}`;
    }
  }

  /** The memory after the operation; the transaction MAC's value is the card's own secret and taken as it is, but it must be a new one. */
  #wanted(operationId: string, transactionMac: FileMemory): DesfireMemory {
    const { before, beginning, movements } = this.#setting;
    const counter = this.counter + 1;
    const { heldSlot, newSlot, newSlotUse } = beginning;
    const places = movements.map(({ pocket }) => {
      const kept = pocket === HELD.id && heldSlot !== undefined;
      return kept ? { slot: heldSlot, use: 'kept' as const } : { slot: newSlot, use: newSlotUse };
    });
    const record: LogRecord = {
      operationId,
      counter,
      movements: movements.map(({ pocket, kind, amount }, index) => ({ scheme: schemeReference(pocket), kind, amount, ...places[index]! })),
    };
    const files: Record<number, FileMemory> = { ...filesOf(before) };
    const slots = [...slotsAfter(beginning.past)];
    for (const [index, { pocket, kind, amount }] of movements.entries()) {
      const { slot } = places[index]!;
      const balance = (slots[slot]?.balance ?? 0) + (kind === 'credit' ? amount : -amount);
      slots[slot] = { scheme: schemeReference(pocket), balance };
      const file = files[VALUE_FILES.first + slot]!;
      files[VALUE_FILES.first + slot] = { ...file, value: balance } as FileMemory;
    }
    const state = hexOf(encodeState({ counter, slots }));
    for (const [number, file] of Object.entries(files)) {
      if (file.type === 'backup') files[STATE_FILE.number] = { ...file, data: state + file.data.slice(state.length) };
      if (file.type === 'cyclic') {
        files[LOG_FILE.number] = { ...file, records: [...file.records, hexOf(encodeRecord(record))].slice(-LOG_FILE.readableRecords) };
      }
      if (file.type === 'transaction-mac' && transactionMac.type === 'transaction-mac' && transactionMac.value !== file.value) {
        files[Number(number)] = { ...file, counter: file.counter + 1, value: transactionMac.value };
      }
    }
    const [application] = before.applications;
    return { ...before, applications: [{ ...application!, files }] };
  }
}

/** What the past movements leave in each slot: pockets take slots in the order in which they first come. */
function slotsAfter(past: Beginning['past']): CardState['slots'] {
  const balances = new Map<string, number>();
  for (const { pocket, kind, amount } of past.flat()) balances.set(pocket, (balances.get(pocket) ?? 0) + (kind === 'credit' ? amount : -amount));
  const used = [...balances].map(([pocket, balance]) => ({ scheme: schemeReference(pocket), balance }));
  return [...used, ...Array.from({ length: POCKET_SLOTS - used.length }, () => ({ scheme: undefined, balance: 0 }))];
}

function filesOf(memory: DesfireMemory): Readonly<Record<number, FileMemory>> {
  return memory.applications[0]!.files;
}

function logOf(memory: DesfireMemory): readonly string[] {
  const file = filesOf(memory)[LOG_FILE.number];
  if (file?.type !== 'cyclic') throw new Error('The card lost its log');
  return file.records;
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();
