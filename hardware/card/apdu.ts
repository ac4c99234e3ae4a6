/**
 * Command APDUs and their answers (ISO/IEC 7816-4), and the two commands every contactless card is asked: SELECT by name and the
 * reader's own "give me the identifier" (PC/SC part 3). Pure: bytes in, bytes out.
 */

declare const commandBrand: unique symbol;
/** The bytes of one well-formed command APDU. */
export type CommandApdu = Uint8Array & { readonly [commandBrand]: true };

/** SW1 SW2 as one number: 0x9000 is success. */
declare const statusBrand: unique symbol;
export type StatusWord = number & { readonly [statusBrand]: true };

export const STATUS = {
  ok: 0x9000 as StatusWord,
  fileNotFound: 0x6a82 as StatusWord,
} as const;

export interface CommandParts {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  /** Command data, 0 to 255 bytes (short APDU). */
  readonly data?: Uint8Array;
  /** Most bytes wanted in the answer, 1 to 256; left out when no answer data is expected. */
  readonly le?: number;
}

/**
 * Builds a short command APDU.
 * @throws RangeError when a field does not fit: that is a bug in the caller
 */
export function commandApdu(parts: CommandParts): CommandApdu {
  const { cla, ins, p1, p2, data = new Uint8Array(), le } = parts;
  for (const [name, byte] of Object.entries({ cla, ins, p1, p2 })) {
    if (!Number.isInteger(byte) || byte < 0 || byte > 0xff) throw new RangeError(`${name} is not a byte: ${byte}`);
  }
  if (data.length > 255) throw new RangeError(`${data.length} bytes of data do not fit into a short APDU`);
  if (le !== undefined && (!Number.isInteger(le) || le < 1 || le > 256)) throw new RangeError(`Le is not 1 to 256: ${le}`);
  const body = data.length > 0 ? [data.length, ...data] : [];
  const expected = le === undefined ? [] : [le === 256 ? 0x00 : le];
  return Uint8Array.from([cla, ins, p1, p2, ...body, ...expected]) as CommandApdu;
}

/**
 * SELECT by DF name (ISO 7816-4, 00 A4 04).
 * @param answer `fci`: ask for the file control information; `nothing`: only the status word (P2 = 0C)
 * @throws RangeError when the name has not 5 to 16 bytes
 */
export function selectByName(name: Uint8Array, answer: 'fci' | 'nothing'): CommandApdu {
  if (name.length < 5 || name.length > 16) throw new RangeError(`An application's name has 5 to 16 bytes, not ${name.length}`);
  const header = { cla: 0x00, ins: 0xa4, p1: 0x04 } as const;
  return answer === 'fci' ? commandApdu({ ...header, p2: 0x00, data: name, le: 256 }) : commandApdu({ ...header, p2: 0x0c, data: name });
}

/** GET DATA "identifier" of PC/SC part 3 (FF CA 00 00 00): the reader answers from its anticollision; nothing reaches the card. */
export const GET_IDENTIFIER: CommandApdu = commandApdu({ cla: 0xff, ins: 0xca, p1: 0x00, p2: 0x00, le: 256 });

export type ResponseApdu =
  | { readonly kind: 'response'; readonly data: Uint8Array; readonly status: StatusWord }
  /** Fewer than two bytes, or a first status byte that no card may send: not an answer at all. */
  | { readonly kind: 'malformed' };

/** Takes an answer apart. SW1 is 61–6F or 9x (ISO 7816-4, 5.6). */
export function parseResponse(response: Uint8Array): ResponseApdu {
  const sw1 = response.at(-2);
  const sw2 = response.at(-1);
  if (sw1 === undefined || sw2 === undefined) return { kind: 'malformed' };
  if (!((sw1 >= 0x61 && sw1 <= 0x6f) || (sw1 >= 0x90 && sw1 <= 0x9f))) return { kind: 'malformed' };
  return { kind: 'response', data: response.slice(0, -2), status: ((sw1 << 8) | sw2) as StatusWord };
}

/** True when the bytes are exactly those of `other`: for deciding over commands, where one byte too many is another command. */
export function isExactly(command: Uint8Array, other: Uint8Array): boolean {
  return command.length === other.length && other.every((byte, index) => command[index] === byte);
}

/** True when the card has what was selected: success, more data waiting (61xx), or a warning (62xx, 63xx) such as "deactivated". */
export function wasSelected(status: StatusWord): boolean {
  const sw1 = status >> 8;
  return status === STATUS.ok || (sw1 >= 0x61 && sw1 <= 0x63);
}
