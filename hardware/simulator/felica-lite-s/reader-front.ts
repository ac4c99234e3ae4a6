/**
 * What a FeliCa card looks like through PC/SC: no card ever sees an APDU, each make of reader turns commands of its own (class FF) into
 * the card's frames. One front for each make; everything it does not know is refused, as those readers do.
 */
import { FUNCTION_NOT_SUPPORTED, INSTRUCTION_NOT_SUPPORTED, OK, asksIdentifier, concatenated, sameBytes } from '../virtual-card-answers.ts';
import type { FelicaLiteSChip } from './chip.ts';

export const VIRTUAL_READER_STYLES = ['acr125x', 'acr122', 'rc-s300', 'rc-s380'] as const;
export type VirtualReaderStyle = (typeof VIRTUAL_READER_STYLES)[number];

const NO_CARD_ANSWER = Uint8Array.of(0x64, 0x01);
const OPERATION_FAILED = Uint8Array.of(0x63, 0x00);
const CARD_REFUSED = Uint8Array.of(0x6f, 0x00);
const WRONG_LENGTH = Uint8Array.of(0x67, 0x00);
const NOTHING_SELECTED = Uint8Array.of(0x69, 0x86);

/** One reader with one chip on it. What the reader remembers (a session, a selected service) outlives the card's presence. */
export class ReaderFront {
  readonly #style: VirtualReaderStyle;
  readonly #chip: FelicaLiteSChip;
  #transparent = false;
  #service: number | undefined;

  constructor(style: VirtualReaderStyle, chip: FelicaLiteSChip) {
    this.#style = style;
    this.#chip = chip;
  }

  /** @returns response data and status word */
  respond(command: Uint8Array): Uint8Array {
    if (asksIdentifier(command)) return concatenated(this.#chip.idm, OK);
    if (command[0] !== 0xff) return INSTRUCTION_NOT_SUPPORTED;
    switch (this.#style) {
      case 'acr125x':
        return this.#passesFrame(command);
      case 'acr122':
        return this.#passesToPn532(command);
      case 'rc-s300':
        return command[1] === 0x50 ? this.#transparentSession(command) : FUNCTION_NOT_SUPPORTED;
      case 'rc-s380':
        return this.#blockCommand(command);
    }
  }

  #passesFrame(command: Uint8Array): Uint8Array {
    const frame = directData(command);
    if (!frame) return FUNCTION_NOT_SUPPORTED;
    const answer = this.#chip.exchange(frame);
    return answer ? concatenated(answer, OK) : OPERATION_FAILED;
  }

  /** The PN532's InDataExchange with target 1 (D4 40 01), answered by D5 41, the PN532's status, and the card's frame. */
  #passesToPn532(command: Uint8Array): Uint8Array {
    const data = directData(command);
    if (!data || !sameBytes(data.slice(0, 3), Uint8Array.of(0xd4, 0x40, 0x01))) return FUNCTION_NOT_SUPPORTED;
    const answer = this.#chip.exchange(data.slice(3));
    return concatenated(Uint8Array.of(0xd5, 0x41, answer ? 0x00 : 0x01), answer ?? new Uint8Array(), OK);
  }

  #transparentSession(command: Uint8Array): Uint8Array {
    switch ((command[2]! << 8) | command[3]!) {
      case 0x0000:
        return this.#manageSession(command.slice(5, 5 + command[4]!));
      case 0x0001:
        return this.#exchangeTransparently(command);
      case 0x0002:
        return this.#transparent && sameBytes(command.slice(5, 9), Uint8Array.of(0x8f, 0x02, 0x03, 0x00)) ? state(0x9000) : state(0x6985);
      default:
        return FUNCTION_NOT_SUPPORTED;
    }
  }

  #manageSession(data: Uint8Array): Uint8Array {
    if (data.length !== 2 || data[1] !== 0x00) return WRONG_LENGTH;
    switch (data[0]) {
      case 0x81:
        if (this.#transparent) return state(0x6985);
        this.#transparent = true;
        return state(0x9000);
      case 0x82:
        if (!this.#transparent) return state(0x6985);
        this.#transparent = false;
        return state(0x9000);
      case 0x83:
        this.#chip.powerOff();
        return state(0x9000);
      case 0x84:
        return state(0x9000);
      default:
        return state(0x6a80);
    }
  }

  /** An extended APDU with the data objects 5F46 (timer, microseconds) and 95 (transceive). */
  #exchangeTransparently(command: Uint8Array): Uint8Array {
    if (!this.#transparent) return state(0x6985);
    const length = (command[5]! << 8) | command[6]!;
    const data = command.slice(7, 7 + length);
    if (command[4] !== 0x00 || data.length !== length) return WRONG_LENGTH;
    const timer = data[0] === 0x5f && data[1] === 0x46 ? 3 + data[2]! : 0;
    if (data[timer] !== 0x95 || data[timer + 1] !== 0x82) return state(0x6a80);
    const frame = data.slice(timer + 4);
    if (frame.length !== ((data[timer + 2]! << 8) | data[timer + 3]!)) return state(0x6a80);
    const answer = this.#chip.exchange(frame);
    if (!answer) return state(0x6401);
    const objects = [0xc0, 0x03, 0x00, 0x90, 0x00, 0x92, 0x01, 0x00, 0x96, 0x02, 0x00, 0x00, 0x97, answer.length];
    return concatenated(Uint8Array.from(objects), answer, OK);
  }

  #blockCommand(command: Uint8Array): Uint8Array {
    switch (command[1]) {
      case 0xa4:
        if (command[2] !== 0x00 || command[3] !== 0x01 || command[4] !== 0x02 || command.length !== 7) return WRONG_LENGTH;
        this.#service = command[5]! | (command[6]! << 8);
        return OK;
      case 0xb0:
        return this.#readBinary(command);
      case 0xd6:
        return this.#updateBinary(command);
      default:
        return FUNCTION_NOT_SUPPORTED;
    }
  }

  /** FF B0 00 bb Le, or FF B0 80 n Lc with a block list, then Le. */
  #readBinary(command: Uint8Array): Uint8Array {
    const list = command[2] === 0x80 ? command.slice(5, 5 + command[4]!) : Uint8Array.of(0x80, command[3]!);
    const count = command[2] === 0x80 ? command[3]! : 1;
    if (list.length !== count * 2 || (command[2] === 0x80 && command.length !== 6 + list.length)) return WRONG_LENGTH;
    const answer = this.#exchangeBlocks(0x06, count, list);
    return answer instanceof Uint8Array && answer.length > 2 ? concatenated(answer.slice(1), OK) : (answer ?? NO_CARD_ANSWER);
  }

  /** FF D6 00 bb 10 with one block, or FF D6 80 n Lc with a block list and the blocks; Le may follow. */
  #updateBinary(command: Uint8Array): Uint8Array {
    const data = command.slice(5, 5 + command[4]!);
    const list = command[2] === 0x80 ? data : Uint8Array.of(0x80, command[3]!, ...data);
    const count = command[2] === 0x80 ? command[3]! : 1;
    if (data.length !== command[4] || list.length !== count * 18) return WRONG_LENGTH;
    const answer = this.#exchangeBlocks(0x08, count, list);
    return answer?.length === 0 ? OK : (answer ?? NO_CARD_ANSWER);
  }

  /** @returns what follows the status flags, a status word when reader or card refuses, or undefined when the card is silent */
  #exchangeBlocks(code: number, count: number, list: Uint8Array): Uint8Array | undefined {
    if (this.#service === undefined) return NOTHING_SELECTED;
    const body = [code, ...this.#chip.idm, 1, this.#service & 0xff, this.#service >> 8, count, ...list];
    const answer = this.#chip.exchange(Uint8Array.of(body.length + 1, ...body));
    if (!answer) return undefined;
    return answer[10] === 0x00 ? answer.slice(12) : CARD_REFUSED;
  }
}

/** The data of FF 00 00 00 Lc …, or undefined when the command is not that. */
function directData(command: Uint8Array): Uint8Array | undefined {
  if (command[1] !== 0x00 || command[2] !== 0x00 || command[3] !== 0x00) return undefined;
  const data = command.slice(5, 5 + (command[4] ?? 0));
  return data.length === command[4] ? data : undefined;
}

/** The data object that says how a transparent command ended (PC/SC part 3, amendment 1): C0 03 00 SW1 SW2. */
function state(status: number): Uint8Array {
  return Uint8Array.of(0xc0, 0x03, 0x00, status >> 8, status & 0xff, 0x90, 0x00);
}
