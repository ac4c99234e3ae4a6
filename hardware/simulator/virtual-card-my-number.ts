/**
 * A My Number card, as far as the kiosk may know it without the resident's wish: it is recognised by its JPKI application, and nothing
 * is read. It holds a dummy number file, and reading that, or anything else, really works here and raises an alarm.
 */
import { randomBytes } from 'node:crypto';
import { CONDITIONS_NOT_SATISFIED, FUNCTION_NOT_SUPPORTED, INSTRUCTION_NOT_SUPPORTED, NOT_FOUND, OK, asksIdentifier, concatenated, hexOf, sameBytes, selectedName, PAYMENT_DIRECTORY } from './virtual-card-answers.ts';
import type { VirtualCard } from './virtual-card.ts';

/** Type B contactless, as one reader makes it up; its bytes carry no identity. */
const ATR = '3B888001004B51FF0081D100BC';
const JPKI = Uint8Array.from(Buffer.from('D392F000260100000001', 'hex'));
/** The application that holds the number (券面事項入力補助AP). */
const NUMBER_APPLICATION = Uint8Array.from(Buffer.from('D3921000310001010408', 'hex'));
const NUMBER_FILE = 0x0001;
/** Twelve zeros: fails the check digit, so it is nobody's number. */
const DUMMY_NUMBER = concatenated(Uint8Array.of(0x10, 0x0c), Uint8Array.from(Buffer.from('000000000000', 'ascii')));

export class MyNumberCard implements VirtualCard {
  readonly name: string;
  readonly atr: Uint8Array;
  readonly #alarms: string[] = [];
  #application: Uint8Array | undefined;
  #file: number | undefined;

  constructor(name: string, atr?: Uint8Array) {
    this.name = name;
    this.atr = atr ?? Uint8Array.from(Buffer.from(ATR, 'hex'));
  }

  get alarms(): readonly string[] {
    return this.#alarms;
  }

  powerOn(): void {
    this.powerOff();
  }

  powerOff(): void {
    this.#application = undefined;
    this.#file = undefined;
  }

  reset(): void {
    this.powerOff();
  }

  respond(command: Uint8Array): Uint8Array {
    const name = selectedName(command);
    // Asked of every card before it is known which one it is.
    if (name && sameBytes(name, PAYMENT_DIRECTORY)) return NOT_FOUND;
    if (name && sameBytes(name, JPKI)) return this.#select(name);

    this.#alarms.push(`A My Number card was sent ${hexOf(command.slice(0, 5))}`);
    if (asksIdentifier(command)) return concatenated(randomBytes(4), OK);
    if (command[0] === 0xff) return FUNCTION_NOT_SUPPORTED;
    if (name) return sameBytes(name, NUMBER_APPLICATION) ? this.#select(name) : NOT_FOUND;
    if (command[1] === 0xa4 && command[2] === 0x02) return this.#selectFile(((command[5] ?? 0) << 8) | (command[6] ?? 0));
    if (command[1] === 0xb0) return this.#readFile();
    return INSTRUCTION_NOT_SUPPORTED;
  }

  #select(application: Uint8Array): Uint8Array {
    this.#application = application;
    this.#file = undefined;
    return OK;
  }

  #selectFile(file: number): Uint8Array {
    if (!this.#application || !sameBytes(this.#application, NUMBER_APPLICATION) || file !== NUMBER_FILE) return NOT_FOUND;
    this.#alarms.push('THE NUMBER FILE WAS SELECTED');
    this.#file = file;
    return OK;
  }

  #readFile(): Uint8Array {
    if (this.#file !== NUMBER_FILE) return CONDITIONS_NOT_SATISFIED;
    this.#alarms.push('THE NUMBER FILE WAS READ');
    return concatenated(DUMMY_NUMBER, OK);
  }
}
