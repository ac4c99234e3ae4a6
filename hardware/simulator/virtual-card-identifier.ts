/**
 * Cards that have nothing but an identifier for the kiosk: storage cards (FeliCa, MIFARE: no applications at all) and ISO-DEP cards
 * without any application that is asked for.
 */
import { CLASS_NOT_SUPPORTED, FUNCTION_NOT_SUPPORTED, INSTRUCTION_NOT_SUPPORTED, NOT_FOUND, OK, asksIdentifier, concatenated, selectedName } from './virtual-card-answers.ts';
import type { VirtualCard } from './virtual-card.ts';

/** PC/SC part 3: MIFARE Ultralight or NTAG (standard 03, name 0003). */
const ULTRALIGHT_ATR = '3B8F8001804F0CA0000003060300030000000068';
/** MIFARE Classic 1K (standard 03, name 0001), whose identifier has 4 bytes. */
const CLASSIC_ATR = '3B8F8001804F0CA000000306030001000000006A';
/** FeliCa (standard 11, name 003B). */
const FELICA_ATR = '3B8F8001804F0CA00000030611003B0000000042';
/** An ISO 14443-4 type A card without historical bytes. */
const ISO_ATR = '3B8180018080';

export class IdentifierCard implements VirtualCard {
  readonly name: string;
  readonly atr: Uint8Array;
  readonly alarms: readonly string[] = [];
  readonly #uid: Uint8Array;
  readonly #kind: 'storage' | 'iso';

  constructor(name: string, uid: Uint8Array, kind: 'storage' | 'iso', atr?: Uint8Array) {
    this.name = name;
    this.#uid = uid;
    this.#kind = kind;
    this.atr = atr ?? Uint8Array.from(Buffer.from(kind === 'iso' ? ISO_ATR : storageAtr(uid.length), 'hex'));
  }

  powerOn(): void {}
  powerOff(): void {}
  reset(): void {}

  respond(command: Uint8Array): Uint8Array {
    if (asksIdentifier(command)) return concatenated(this.#uid, OK);
    if (command[0] === 0xff) return FUNCTION_NOT_SUPPORTED;
    if (this.#kind === 'storage') return CLASS_NOT_SUPPORTED;
    return selectedName(command) ? NOT_FOUND : INSTRUCTION_NOT_SUPPORTED;
  }
}

function storageAtr(identifierLength: number): string {
  if (identifierLength === 8) return FELICA_ATR;
  return identifierLength === 4 ? CLASSIC_ATR : ULTRALIGHT_ATR;
}
