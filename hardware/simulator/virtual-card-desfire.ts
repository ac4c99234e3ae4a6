/**
 * A DESFire EV2 or EV3 card: wrapped native commands, ISO SELECT by name, sessions with AES (EV2 secure messaging), applications, keys,
 * files, and transactions that happen as a whole or not at all. It knows nothing of what the kiosk keeps on it. Its memory can be taken
 * out and put in, so that a card can be rolled back, cloned, or kept over restarts.
 *
 * Stricter than the data sheet where that is not clear: every error, also "no changes", ends the session and drops what was not committed.
 * Left out: DES keys (but for the change of the factory key), legacy secure messaging, random identifiers, delegated applications.
 */
import { randomBytes } from 'node:crypto';
import { changeFactoryKey, keyOf, selectApplication } from './desfire/application-commands.ts';
import { fromHex } from './desfire/byte-fields.ts';
import { forgetSession, type CardState } from './desfire/card-state.ts';
import { COMMANDS, INSTRUCTION, type NativeCommand } from './desfire/commands.ts';
import { FactoryHandshake } from './desfire/factory-session.ts';
import { factoryMemory, type CommunicationMode, type DesfireMemory } from './desfire/memory.ts';
import { Handshake } from './desfire/session.ts';
import { DESFIRE_STATUS, Refusal, requireThat, type DesfireStatusName } from './desfire/status.ts';
import { Transaction } from './desfire/transaction.ts';
import { CLASS_NOT_SUPPORTED, FUNCTION_NOT_SUPPORTED, NOT_FOUND, OK, asksIdentifier, concatenated, hexOf, selectedName } from './virtual-card-answers.ts';
import type { VirtualCard } from './virtual-card.ts';

/** ISO 14443-4 type A without historical bytes. An NTAG 424 DNA has the same. */
const ATR = '3B8180018080';
/** The card itself, for ISO SELECT. */
const CARD_NAME = 'D2760000850100';
const UID_BYTES = 7;
const WRAPPED_CLASS = 0x90;
const ADDITIONAL_FRAME = 0xaf;
/** Largest frame on the air, in bytes (ISO 14443-4 FSC). */
const FRAME_BYTES = { ev2: 128, ev3: 256 } as const;
/** Of a frame, an answer's data leaves room for the protocol byte, the check sum and the status. */
const ANSWER_OVERHEAD_BYTES = 5;
/** Of a frame, a command leaves room for the protocol byte and the check sum. */
const COMMAND_OVERHEAD_BYTES = 3;
/** GetVersion answers in three frames whatever their size. */
const VERSION_PARTS: readonly number[] = [7, 7];
/** Reading in one answer, cut into blocks only by ISO 14443-4; a short APDU takes no more. */
const READ_WHOLE: readonly number[] = [0xad, 0xab];
const SHORT_ANSWER_BYTES = 256;

export interface DesfireCardOptions {
  readonly name: string;
  /** 7 bytes. */
  readonly uid: Uint8Array;
  /** Default: an empty card with the factory key. */
  readonly memory?: DesfireMemory | undefined;
  /** Default: EV3. */
  readonly generation?: 'ev2' | 'ev3';
  readonly atr?: Uint8Array | undefined;
  /** The card's random numbers. Default: the operating system's. */
  readonly random?: (length: number) => Uint8Array;
}

export class DesfireCard implements VirtualCard {
  readonly name: string;
  readonly atr: Uint8Array;
  readonly alarms: readonly string[] = [];
  /** A forged card: it knows the keys it knows, but each MAC of its answers is wrong. */
  wrongMac = false;
  readonly #state: CardState;
  readonly #random: (length: number) => Uint8Array;
  #handshake: Handshake | FactoryHandshake | undefined;
  /** A command of which not all frames came. */
  #incomplete: { readonly instruction: number; readonly body: Uint8Array } | undefined;
  /** Frames of an answer that were not fetched. */
  #frames: Uint8Array[] = [];

  constructor(options: DesfireCardOptions) {
    if (options.uid.length !== UID_BYTES) throw new Error(`The DESFire card "${options.name}" needs a UID of ${UID_BYTES} bytes`);
    this.name = options.name;
    this.atr = options.atr ?? fromHex(ATR);
    this.#random = options.random ?? ((length) => Uint8Array.from(randomBytes(length)));
    this.#state = {
      uid: options.uid,
      generation: options.generation ?? 'ev3',
      memory: options.memory ?? factoryMemory(),
      selected: undefined,
      session: undefined,
      factorySession: undefined,
      transaction: new Transaction(),
    };
  }

  /** Everything the card keeps without power. What is not committed is not in it. */
  exportMemory(): DesfireMemory {
    return this.#state.memory;
  }

  /** Puts another memory in, as a forger would; the card loses its power. */
  importMemory(memory: DesfireMemory): void {
    this.powerOff();
    this.#state.memory = memory;
  }

  powerOn(): void {
    this.powerOff();
  }

  powerOff(): void {
    this.#endSession();
    this.#state.selected = undefined;
  }

  reset(): void {
    this.powerOff();
  }

  respond(command: Uint8Array): Uint8Array {
    if (asksIdentifier(command)) return concatenated(this.#state.uid, OK);
    if (command[0] === 0xff) return FUNCTION_NOT_SUPPORTED;
    const name = selectedName(command);
    if (name) return this.#selectByName(hexOf(name));
    if (command[0] !== WRAPPED_CLASS) return CLASS_NOT_SUPPORTED;
    try {
      return this.#native(command);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#endSession();
      return answer(error.status);
    }
  }

  #selectByName(name: string): Uint8Array {
    this.#endSession();
    const application = this.#state.memory.applications.find((other) => other.name !== '' && other.name === name);
    if (!application && name !== CARD_NAME) return NOT_FOUND;
    this.#state.selected = application?.aid;
    return OK;
  }

  #endSession(): void {
    forgetSession(this.#state);
    this.#handshake = undefined;
    this.#incomplete = undefined;
    this.#frames = [];
  }

  #native(command: Uint8Array): Uint8Array {
    requireThat(command.length + COMMAND_OVERHEAD_BYTES <= FRAME_BYTES[this.#state.generation], 'lengthError');
    const instruction = command[1] ?? 0;
    const length = command.length === 5 ? 0 : command[4];
    // Header, Lc and data where there is data, and Le.
    requireThat(command.length === (length === 0 ? 5 : 6 + (length ?? 0)) && command[2] === 0 && command[3] === 0 && command.at(-1) === 0, 'lengthError');
    const body = command.slice(5, 5 + (length ?? 0));
    if (instruction === ADDITIONAL_FRAME) return this.#continue(body);
    requireThat(this.#frames.length === 0 && !this.#incomplete && !this.#handshake, 'commandAborted');
    switch (instruction) {
      case INSTRUCTION.selectApplication:
        selectApplication(this.#state, body);
        return answer('ok');
      case INSTRUCTION.authenticateFactory:
      case INSTRUCTION.authenticateFirst:
      case INSTRUCTION.authenticateNonFirst:
        return this.#authenticate(instruction, body);
      default:
        return this.#collect(instruction, body);
    }
  }

  #continue(body: Uint8Array): Uint8Array {
    const handshake = this.#handshake;
    if (handshake) {
      this.#handshake = undefined;
      return this.#finish(handshake, body);
    }
    const incomplete = this.#incomplete;
    if (incomplete) {
      this.#incomplete = undefined;
      return this.#collect(incomplete.instruction, concatenated(incomplete.body, body));
    }
    requireThat(this.#frames.length > 0, 'illegalCommand');
    requireThat(body.length === 0, 'lengthError');
    return this.#nextFrame();
  }

  #authenticate(instruction: number, body: Uint8Array): Uint8Array {
    const continued = instruction === INSTRUCTION.authenticateNonFirst ? this.#state.session : undefined;
    forgetSession(this.#state);
    const first = instruction === INSTRUCTION.authenticateFirst;
    // A first authentication also says, in so many bytes, what the terminal can do.
    requireThat(first ? body.length >= 2 && body.length === 2 + body[1]! : body.length === 1, 'lengthError');
    const number = body[0]! & 0x3f;
    const key = keyOf(this.#state, number);
    requireThat(key.type === (instruction === INSTRUCTION.authenticateFactory ? 'des' : 'aes'), 'authenticationError');
    requireThat(instruction !== INSTRUCTION.authenticateNonFirst || continued !== undefined, 'permissionDenied');
    const value = fromHex(key.value);
    this.#handshake = key.type === 'des' ? new FactoryHandshake(value, this.#random(8)) : new Handshake(number, value, this.#random(16), continued);
    return answer('additionalFrame', this.#handshake.challenge);
  }

  #finish(handshake: Handshake | FactoryHandshake, body: Uint8Array): Uint8Array {
    if (handshake instanceof FactoryHandshake) {
      const { session, proof } = handshake.finish(body);
      this.#state.factorySession = session;
      return answer('ok', proof);
    }
    const { session, proof } = handshake.finish(body, this.#random(4));
    session.wrongMac = this.wrongMac;
    this.#state.session = session;
    return answer('ok', proof);
  }

  /** Waits for the rest of a command that announces more data than came. */
  #collect(instruction: number, body: Uint8Array): Uint8Array {
    const command = COMMANDS.get(instruction);
    requireThat(command !== undefined, 'illegalCommand');
    if (this.#state.factorySession) {
      requireThat(instruction === INSTRUCTION.changeKey, 'illegalCommand');
      return answer('ok', changeFactoryKey(this.#state, instruction, body));
    }
    requireThat(body.length >= command.headerLength, 'lengthError');
    const protection = command.protection(this.#state, body.slice(0, Math.max(1, command.headerLength)));
    const request = this.#state.session ? protection.request : 'plain';
    if (body.length < wholeLength(command, body, request)) {
      this.#incomplete = { instruction, body };
      return answer('additionalFrame');
    }
    return this.#execute(command, instruction, body, { request, answer: this.#state.session ? protection.answer : 'plain' });
  }

  #execute(command: NativeCommand, instruction: number, body: Uint8Array, mode: { readonly request: CommunicationMode; readonly answer: CommunicationMode }): Uint8Array {
    const { session } = this.#state;
    const opened = session ? session.open(instruction, body, command.headerLength, mode.request) : { header: body.slice(0, command.headerLength), data: body.slice(command.headerLength) };
    const data = command.run(this.#state, instruction, opened.header, opened.data);
    // Who changed the key it had proved gets a plain answer: the session is over.
    const whole = session && session === this.#state.session ? session.close(data, mode.answer) : data;
    this.#frames = this.#framesOf(instruction, whole);
    return this.#nextFrame();
  }

  #framesOf(instruction: number, data: Uint8Array): Uint8Array[] {
    if (READ_WHOLE.includes(instruction)) {
      requireThat(data.length <= SHORT_ANSWER_BYTES, 'lengthError');
      return [data];
    }
    const frames: Uint8Array[] = [];
    let left = data;
    const most = FRAME_BYTES[this.#state.generation] - ANSWER_OVERHEAD_BYTES;
    for (const part of instruction === INSTRUCTION.getVersion ? VERSION_PARTS : []) {
      frames.push(left.slice(0, part));
      left = left.slice(part);
    }
    for (; left.length > most; left = left.slice(most)) frames.push(left.slice(0, most));
    return [...frames, left];
  }

  #nextFrame(): Uint8Array {
    const frame = this.#frames.shift() ?? new Uint8Array();
    return answer(this.#frames.length > 0 ? 'additionalFrame' : 'ok', frame);
  }
}

/** Bytes that a command has when all its frames came; what announces nothing is complete as it comes. */
function wholeLength(command: NativeCommand, body: Uint8Array, request: CommunicationMode): number {
  if (!command.announces) return 0;
  const data = command.announces(body);
  switch (request) {
    case 'plain':
      return command.headerLength + data;
    case 'mac':
      return command.headerLength + data + 8;
    case 'full':
      return command.headerLength + (Math.floor(data / 16) + 1) * 16 + 8;
  }
}

function answer(status: DesfireStatusName, data: Uint8Array = new Uint8Array()): Uint8Array {
  return concatenated(data, Uint8Array.of(0x91, DESFIRE_STATUS[status]));
}
