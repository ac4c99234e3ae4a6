/**
 * The chip of a FeliCa Lite-S card: its blocks, who may read and write them, its write counter, and the three commands it knows. Takes
 * frames and gives frames, or nothing where a real chip stays silent. What its manual does not let us know (the comparison in REG, some
 * status flags) is marked as assumed.
 */
import { sameSecret } from '../../card/crypto.ts';
import { chipMac, chipReadMac, chipWriteMac } from './mac.ts';

export const BLOCK_SIZE = 16;
const SYSTEM_CODE = 0x88b4;
const NDEF_SYSTEM_CODE = 0x12fc;
const SERVICE = { readWrite: 0x0009, readOnly: 0x000b } as const;
const REG = 0x0e;
const RC = 0x80;
const MAC = 0x81;
const ID = 0x82;
const D_ID = 0x83;
const SER_C = 0x84;
const SYS_C = 0x85;
const CKV = 0x86;
const CK = 0x87;
const MC = 0x88;
const WCNT = 0x90;
const MAC_A = 0x91;
const STATE = 0x92;
const CRC_CHECK = 0xa0;
/** Blocks that keep their contents without power, in the order of an exported memory. */
const LASTING = [...Array.from({ length: REG + 1 }, (_, number) => number), ID, D_ID, SER_C, SYS_C, CKV, CK, MC, WCNT] as const;
/** Bytes of an exported memory. */
const MEMORY_LENGTH = LASTING.length * BLOCK_SIZE;
/** MAC_A is refused from here on; while the card is being issued the counter starts here and runs to its end. */
const WCNT_LIMIT = 0xfffe00;
const WCNT_END = 0xffffff;

const FLAG = { service: 0xa1, count: 0xa2, list: 0xa3, forbidden: 0xa8, authentication: 0xb1, mac: 0xb2 } as const;
const FACTORY_MC = [0xff, 0xff, 0xff, 0x01, 0x07];

type Flag = (typeof FLAG)[keyof typeof FLAG];

export class FelicaLiteSChip {
  readonly idm: Uint8Array;
  readonly #blocks = new Map<number, Uint8Array>();
  #challenge: Uint8Array | undefined;
  #reader: 'known' | 'unknown' = 'unknown';

  /** A chip as it leaves the factory: no key, everything writable. */
  constructor(idm: Uint8Array) {
    if (idm.length !== 8) throw new Error(`An IDm has 8 bytes, not ${idm.length}`);
    this.idm = Uint8Array.from(idm);
    for (const number of LASTING) this.#blocks.set(number, new Uint8Array(BLOCK_SIZE));
    this.#block(REG).fill(0xff);
    this.#block(ID).set(idm);
    this.#block(D_ID).set([...idm, ...this.pmm]);
    this.#block(SYS_C).set([SYSTEM_CODE >> 8, SYSTEM_CODE & 0xff]);
    this.#block(MC).set(FACTORY_MC);
    this.#block(WCNT).set([0x00, 0xfe, 0xff]);
  }

  /** IC code F1: FeliCa Lite-S. */
  get pmm(): Uint8Array {
    return Uint8Array.of(0x00, 0xf1, 0x00, 0x00, 0x00, 0x01, 0x43, 0x00);
  }

  powerOff(): void {
    this.#challenge = undefined;
    this.#reader = 'unknown';
  }

  /** Everything that lasts, also the card key: for copies and for going back to an earlier state. */
  exportMemory(): Uint8Array {
    return Uint8Array.from(LASTING.flatMap((number) => [...this.#block(number)]));
  }

  importMemory(memory: Uint8Array): void {
    if (memory.length !== MEMORY_LENGTH) throw new Error(`A memory has ${MEMORY_LENGTH} bytes, not ${memory.length}`);
    LASTING.forEach((number, index) => this.#block(number).set(memory.subarray(index * BLOCK_SIZE, (index + 1) * BLOCK_SIZE)));
    this.powerOff();
  }

  /** For tests: puts bytes into a block past all rules, as a fault of the memory would. */
  damage(number: number, content: Uint8Array): void {
    this.#block(number).set(content);
  }

  /** @returns the answering frame, or undefined where the chip says nothing: not meant for it, or not a command it knows */
  exchange(frame: Uint8Array): Uint8Array | undefined {
    if (frame.length < 2 || frame[0] !== frame.length) return undefined;
    if (frame[1] === 0x00) return this.#poll(frame);
    if (!sameSecret(frame.slice(2, 10), this.idm)) return undefined;
    if (frame[1] === 0x06) return this.#answer(0x07, this.#read(frame.slice(10)));
    if (frame[1] === 0x08) return this.#answer(0x09, this.#write(frame.slice(10)));
    return undefined;
  }

  #poll(frame: Uint8Array): Uint8Array | undefined {
    if (frame.length !== 6) return undefined;
    const wanted = (frame[2]! << 8) | frame[3]!;
    const codes = this.#block(MC)[3] === 0x01 ? [SYSTEM_CODE, NDEF_SYSTEM_CODE] : [SYSTEM_CODE];
    const found = codes.find((code) => matches(code >> 8, wanted >> 8) && matches(code & 0xff, wanted & 0xff));
    if (found === undefined) return undefined;
    const request = frame[4] === 0x01 ? [found >> 8, found & 0xff] : [];
    const body = [0x01, ...this.idm, ...this.pmm, ...request];
    return Uint8Array.of(body.length + 1, ...body);
  }

  #answer(code: number, result: Uint8Array | Flag): Uint8Array {
    const body = typeof result === 'number' ? [code, ...this.idm, 0x01, result] : [code, ...this.idm, 0x00, 0x00, ...result];
    return Uint8Array.of(body.length + 1, ...body);
  }

  #read(parameters: Uint8Array): Uint8Array | Flag {
    const list = blockList(parameters, 4);
    if (typeof list === 'number') return list;
    if (list.service !== SERVICE.readOnly && list.service !== SERVICE.readWrite) return FLAG.service;
    if (list.rest.length > 0) return FLAG.list;
    if (list.numbers.includes(MAC) && list.numbers.includes(MAC_A)) return FLAG.forbidden;
    const contents: number[] = [];
    for (const [position, number] of list.numbers.entries()) {
      const content = this.#contentOf(number, list.numbers.slice(0, position), Uint8Array.from(contents));
      if (typeof content === 'number') return content;
      contents.push(...content);
    }
    return Uint8Array.of(list.numbers.length, ...contents);
  }

  #contentOf(number: number, before: readonly number[], data: Uint8Array): Uint8Array | Flag {
    switch (number) {
      case RC:
      case CRC_CHECK:
        return new Uint8Array(BLOCK_SIZE);
      case CK:
        return FLAG.forbidden;
      case STATE:
        return Uint8Array.of(this.#reader === 'known' ? 1 : 0, ...new Uint8Array(BLOCK_SIZE - 1));
      case MAC:
      case MAC_A: {
        if (!this.#challenge) return FLAG.mac;
        const ck = this.#block(CK);
        const mac = number === MAC ? chipMac(ck, this.#challenge, data) : chipReadMac(ck, this.#challenge, before, data);
        return Uint8Array.of(...mac, ...new Uint8Array(BLOCK_SIZE - mac.length));
      }
      default:
        if (!this.#blocks.has(number)) return FLAG.forbidden;
        return number <= REG && this.#configured(6, number) && this.#reader === 'unknown' ? FLAG.authentication : this.#block(number);
    }
  }

  #write(parameters: Uint8Array): Uint8Array | Flag {
    const list = blockList(parameters, 2);
    if (typeof list === 'number') return list;
    if (list.service !== SERVICE.readWrite) return FLAG.service;
    if (list.rest.length !== list.numbers.length * BLOCK_SIZE) return FLAG.list;
    const [number, second] = list.numbers as [number, number | undefined];
    if (second !== undefined && second !== MAC_A) return FLAG.list;
    const data = list.rest.slice(0, BLOCK_SIZE);
    const trouble = this.#mayWrite(number, data, second === undefined ? undefined : list.rest.slice(BLOCK_SIZE));
    if (trouble !== undefined) return trouble;
    this.#store(number, data);
    return new Uint8Array();
  }

  #mayWrite(number: number, data: Uint8Array, mac: Uint8Array | undefined): Flag | undefined {
    if (mac) {
      const wrong = this.#wrongMac(number, data, mac);
      if (wrong !== undefined) return wrong;
    }
    const open = this.#block(MC)[2] === 0xff;
    switch (number) {
      case RC:
        return undefined;
      case STATE:
        return this.#block(MC)[12] === 0x01 && !mac ? FLAG.authentication : undefined;
      case ID:
      case D_ID:
      case SER_C:
        return open ? undefined : FLAG.forbidden;
      case CK:
      case CKV:
        if (open) return undefined;
        if (this.#block(MC)[5] !== 0x01) return FLAG.forbidden;
        return mac ? undefined : FLAG.authentication;
      case MC:
        return open || this.#configured(0, 15) ? undefined : FLAG.forbidden;
      default:
        return number <= REG ? this.#mayWriteUserBlock(number, data, mac !== undefined) : FLAG.forbidden;
    }
  }

  #mayWriteUserBlock(number: number, data: Uint8Array, withMac: boolean): Flag | undefined {
    if (!this.#configured(0, number)) return FLAG.forbidden;
    if (this.#configured(8, number) && this.#reader === 'unknown') return FLAG.authentication;
    if (this.#configured(10, number) && !withMac) return FLAG.authentication;
    return number === REG && !isDecrease(this.#block(REG), data) ? FLAG.forbidden : undefined;
  }

  #wrongMac(number: number, data: Uint8Array, mac: Uint8Array): Flag | undefined {
    if (!this.#challenge) return FLAG.mac;
    const wcnt = this.#block(WCNT);
    const limit = this.#block(MC)[2] === 0xff ? WCNT_END : WCNT_LIMIT;
    if (countIn(wcnt) >= limit) return FLAG.mac;
    if (!sameSecret(mac.slice(8, 11), wcnt.slice(0, 3))) return FLAG.mac;
    return sameSecret(mac.slice(0, 8), chipWriteMac(this.#block(CK), this.#challenge, wcnt, number, data)) ? undefined : FLAG.mac;
  }

  #store(number: number, data: Uint8Array): void {
    if (number === RC) {
      this.#challenge = Uint8Array.from(data);
      this.#reader = 'unknown';
      return;
    }
    if (number === STATE) this.#reader = data[0] === 0x01 ? 'known' : 'unknown';
    else if (number === MC) this.#configure(data);
    else if (number === ID) this.#block(ID).set(data.slice(8), 8);
    else if (number !== D_ID) this.#block(number).set(data);
    if (number === D_ID) return;
    if (number === MC && data[2] === 0x00) this.#block(WCNT).fill(0);
    else this.#countWrite();
  }

  /** Bytes 2 to 5 belong to the system blocks' lock, the others to the topmost bit of byte 1; a locked part stays as it is. */
  #configure(data: Uint8Array): void {
    const mc = this.#block(MC);
    const system = mc[2] === 0xff;
    const user = this.#configured(0, 15);
    for (const [index, byte] of data.entries()) {
      const isSystem = index >= 2 && index <= 5;
      if (isSystem ? system : user) mc[index] = byte;
    }
  }

  #countWrite(): void {
    const next = Math.min(countIn(this.#block(WCNT)) + 1, WCNT_END);
    this.#block(WCNT).set([next & 0xff, (next >> 8) & 0xff, next >> 16]);
  }

  /** One bit of a 16-bit map of MC that begins at byte `at`. */
  #configured(at: number, bit: number): boolean {
    return ((this.#block(MC)[at + (bit >> 3)]! >> (bit & 7)) & 1) === 1;
  }

  #block(number: number): Uint8Array {
    const block = this.#blocks.get(number);
    if (!block) throw new Error(`Block ${number.toString(16)} does not last`);
    return block;
  }
}

interface BlockList {
  readonly service: number;
  readonly numbers: readonly number[];
  readonly rest: Uint8Array;
}

/** Service list and block list: one service; elements of two bytes (80 bb) or of three (00 bb 00). */
function blockList(parameters: Uint8Array, most: number): BlockList | Flag {
  if (parameters[0] !== 1 || parameters.length < 4) return FLAG.service;
  const count = parameters[3]!;
  if (count < 1 || count > most) return FLAG.count;
  const numbers: number[] = [];
  let at = 4;
  for (let index = 0; index < count; index += 1) {
    const long = parameters[at] === 0x00;
    const number = parameters[at + 1];
    if ((!long && parameters[at] !== 0x80) || number === undefined || (long && parameters[at + 2] !== 0x00)) return FLAG.list;
    numbers.push(number);
    at += long ? 3 : 2;
  }
  return { service: parameters[1]! | (parameters[2]! << 8), numbers, rest: parameters.slice(at) };
}

function countIn(wcnt: Uint8Array): number {
  return wcnt[0]! | (wcnt[1]! << 8) | (wcnt[2]! << 16);
}

function matches(byte: number, wanted: number): boolean {
  return wanted === 0xff || byte === wanted;
}

/** Assumed: neither of REG's two 32-bit numbers may grow; the last eight bytes are free. */
function isDecrease(before: Uint8Array, after: Uint8Array): boolean {
  const numbers = (block: Uint8Array) => [0, 4].map((at) => new DataView(block.buffer, block.byteOffset).getUint32(at, true));
  const [a, b] = numbers(before) as [number, number];
  const [newA, newB] = numbers(after) as [number, number];
  return newA <= a && newB <= b;
}
