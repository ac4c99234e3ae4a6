/**
 * A town card on a direct reader and the card profile that the kiosk puts on top of it, for tests: lays the card down, takes it apart and
 * looks inside. The keys are nobody's.
 */
import { randomBytes } from 'node:crypto';
import type { CardKeysAnswer, DesfireCardKeys } from '../../card/card-keys.ts';
import { LOG_FILE, POCKET_SLOTS, STATE_FILE, VALUE_FILES } from '../../card/desfire/layout.ts';
import { decodeState, type CardState } from '../../card/desfire/card-state.ts';
import { selectDesfireApplication } from '../../card/desfire/card-session.ts';
import { desfireCard } from '../../card/desfire/desfire-card.ts';
import { askIdentifier } from '../../card/plain-identifier.ts';
import type { CardMovement, StoredValueCard } from '../../card/stored-value.ts';
import { DirectReader } from '../direct-reader.ts';
import { DesfireCard } from '../virtual-card-desfire.ts';
import type { VirtualCard } from '../virtual-card.ts';
import { issuedMemory } from './issued-memory.ts';
import type { DesfireMemory, FileMemory } from './memory.ts';

const key = (byte: number) => Uint8Array.from({ length: 16 }, (_, index) => byte + index);
export const UID = Uint8Array.of(0x04, 1, 2, 3, 4, 5, 6);
export const TRANSACTION_MAC_KEY = key(0x90);
export const CARD_KEYS = { profile: 'desfire', version: 3, spend: key(0x10), load: key(0x50) } as const satisfies DesfireCardKeys;

/** A UUID that is easy to tell from others. */
export const operationId = (number: number) => `0190a000-0000-7000-8000-${String(number).padStart(12, '0')}`;
export const credit = (pocket: string, amount: number): CardMovement => ({ pocket, kind: 'credit', amount });
export const debit = (pocket: string, amount: number): CardMovement => ({ pocket, kind: 'debit', amount });

export class TownCard {
  readonly card: DesfireCard;
  readonly reader = new DirectReader();
  /** What the port for keys answers. */
  keys: CardKeysAnswer = { kind: 'keys', keys: CARD_KEYS };
  schemes: readonly string[] = ['points', 'voucher', 'bus'];
  /** Bytes that the card and the reader have answered since the card was laid down. */
  bytesAnswered = 0;
  /** Turns over the first bit of the answer to these commands, by their number since the card was laid down: its form stays right. */
  spoiled: (index: number) => boolean = () => false;

  constructor(memory: DesfireMemory = issuedMemory({ ...CARD_KEYS, transactionMac: TRANSACTION_MAC_KEY }), generation: 'ev2' | 'ev3' = 'ev2') {
    this.card = new DesfireCard({ name: 'town card', uid: UID, memory, generation });
  }

  /** A card on which these operations have happened, in order, with the ids 1, 2, 3 … */
  static async after(...operations: readonly (readonly CardMovement[])[]): Promise<TownCard> {
    const town = new TownCard();
    const card = await town.tap();
    for (const [index, movements] of operations.entries()) {
      const { kind } = await card.apply({ operationId: operationId(index + 1), movements });
      if (kind !== 'committed') throw new Error(`Operation ${index + 1} was not committed but ${kind}`);
    }
    return town;
  }

  /** Lays the card down anew and recognises it, as the kiosk does: two round trips. What was sent and answered before is not counted. */
  async tap(): Promise<StoredValueCard> {
    this.reader.sent.length = 0;
    this.bytesAnswered = 0;
    const presence = this.reader.insert(this.#counting());
    const selected = await selectDesfireApplication(this.reader, presence.generation);
    const asked = await askIdentifier(this.reader, presence.generation);
    if (selected !== 'yes' || asked.kind !== 'identifier') throw new Error(`The card was not recognised: ${selected}, ${asked.kind}`);
    const options = { pocketNames: () => this.schemes, random: (bytes: number) => Uint8Array.from(randomBytes(bytes)) };
    return desfireCard(this.reader, presence, asked.identifier, { keysOf: async () => this.keys }, options);
  }

  #counting(): VirtualCard {
    const { card } = this;
    const respond = (command: Uint8Array) => {
      const answer = card.respond(command);
      this.bytesAnswered += answer.length;
      return this.spoiled(this.reader.sent.length - 1) ? answer.with(0, answer[0]! ^ 0x80) : answer;
    };
    return { name: card.name, atr: card.atr, alarms: card.alarms, powerOn: () => card.powerOn(), powerOff: () => card.powerOff(), reset: () => card.reset(), respond };
  }

  get memory(): DesfireMemory {
    return this.card.exportMemory();
  }

  file(number: number): FileMemory {
    return this.memory.applications[0]!.files[number]!;
  }

  /** Changes one file behind everybody's back, as a fault of the memory or a forger would. */
  alter(number: number, change: (file: FileMemory) => FileMemory): void {
    const [application] = this.memory.applications;
    const files = { ...application!.files, [number]: change(this.file(number)) };
    this.card.importMemory({ ...this.memory, applications: [{ ...application!, files }] });
  }

  /** The committed state. */
  get state(): CardState {
    const file = this.file(STATE_FILE.number);
    if (!('data' in file)) throw new Error('The state file is no data file');
    const state = decodeState(Uint8Array.from(Buffer.from(file.data, 'hex')).slice(0, STATE_FILE.used));
    if (!state) throw new Error('There is no state on the card');
    return state;
  }

  /** The committed values, by slot. */
  get values(): number[] {
    return Array.from({ length: POCKET_SLOTS }, (_, slot) => {
      const file = this.file(VALUE_FILES.first + slot);
      if (file.type !== 'value') throw new Error(`File ${VALUE_FILES.first + slot} is no value file`);
      return file.value;
    });
  }

  /** Records in the log. */
  get logged(): number {
    const file = this.file(LOG_FILE.number);
    if (!('records' in file)) throw new Error('The log is no record file');
    return file.records.length;
  }
}
