/**
 * A bank card. The kiosk may find out that it is one, by selecting the town's own application (which it has not) and the payment
 * directory, and nothing more: everything else raises an alarm. It does answer what a real one would, so that code which asks too much would really get data here.
 */
import { FUNCTION_NOT_SUPPORTED, INSTRUCTION_NOT_SUPPORTED, NOT_FOUND, OK, PAYMENT_DIRECTORY, asksIdentifier, concatenated, hexOf, sameBytes, selectedName } from './virtual-card-answers.ts';
import type { VirtualCard } from './virtual-card.ts';

const ATR = '3B8A80010031C173C8400000900090';
/** An application number no scheme has given to anybody. */
const APPLICATION = Uint8Array.from(Buffer.from('A0000009999901', 'hex'));
/** FCI of the payment directory with one entry (EMV contactless book B): the application above, labelled "TEST PAY". */
const DIRECTORY_FCI = Uint8Array.from(
  Buffer.from('6F2D840E325041592E5359532E4444463031A51BBF0C1861164F07A000000999990150085445535420504159870101', 'hex'),
);
/** A record with a card number of zeros; nobody's. */
const RECORD = Uint8Array.from(Buffer.from('700A5A080000000000000000', 'hex'));

export class PaymentCard implements VirtualCard {
  readonly name: string;
  readonly atr: Uint8Array;
  readonly #uid: Uint8Array;
  readonly #alarms: string[] = [];

  constructor(name: string, uid: Uint8Array, atr?: Uint8Array) {
    this.name = name;
    this.#uid = uid;
    this.atr = atr ?? Uint8Array.from(Buffer.from(ATR, 'hex'));
  }

  get alarms(): readonly string[] {
    return this.#alarms;
  }

  powerOn(): void {}
  powerOff(): void {}
  reset(): void {}

  respond(command: Uint8Array): Uint8Array {
    const name = selectedName(command);
    if (name && sameBytes(name, PAYMENT_DIRECTORY)) return concatenated(DIRECTORY_FCI, OK);
    // A proprietary name (ISO 7816-4, 8.2.1.2: first byte F) is somebody's own; that it is not here tells nothing of this card.
    if (name?.[0] !== undefined && name[0] >= 0xf0) return NOT_FOUND;
    this.#alarms.push(`A bank card was sent ${hexOf(command.slice(0, 5))}`);
    if (asksIdentifier(command)) return concatenated(this.#uid, OK);
    if (command[0] === 0xff) return FUNCTION_NOT_SUPPORTED;
    if (name) return sameBytes(name, APPLICATION) ? OK : NOT_FOUND;
    if (command[1] === 0xb2) return concatenated(RECORD, OK);
    return INSTRUCTION_NOT_SUPPORTED;
  }
}
