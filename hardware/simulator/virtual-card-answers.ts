/** Words that all virtual cards use: status words of ISO 7816-4, SELECT by name, the reader's own commands (class FF, PC/SC part 3). */

export const OK = Uint8Array.of(0x90, 0x00);
export const NOT_FOUND = Uint8Array.of(0x6a, 0x82);
export const INSTRUCTION_NOT_SUPPORTED = Uint8Array.of(0x6d, 0x00);
export const CLASS_NOT_SUPPORTED = Uint8Array.of(0x6e, 0x00);
export const FUNCTION_NOT_SUPPORTED = Uint8Array.of(0x6a, 0x81);

export const PAYMENT_DIRECTORY = Uint8Array.from(Buffer.from('2PAY.SYS.DDF01', 'ascii'));

/** The application's name if `command` is SELECT by DF name (00 A4 04 xx), otherwise undefined. */
export function selectedName(command: Uint8Array): Uint8Array | undefined {
  if (command[0] !== 0x00 || command[1] !== 0xa4 || command[2] !== 0x04) return undefined;
  const length = command[4] ?? 0;
  return command.length >= 5 + length ? command.slice(5, 5 + length) : undefined;
}

/** True for FF CA 00 00: "give me the card's identifier". The reader answers it; no card ever sees it. */
export function asksIdentifier(command: Uint8Array): boolean {
  return command[0] === 0xff && command[1] === 0xca && command[2] === 0x00;
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}

export function concatenated(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
