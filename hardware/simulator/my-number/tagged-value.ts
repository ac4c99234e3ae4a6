/** Tag, length and value as the card's files and certificates have them (ISO/IEC 8825-1, definite lengths in the shortest form). */

/** @param tag one to three bytes, written as one number: 0xdf21 is DF 21 */
export function taggedValue(tag: number, value: Uint8Array): Uint8Array {
  return Uint8Array.from([...bigEndian(tag), ...lengthOf(value.length), ...value]);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes = bigEndian(length);
  return [0x80 | bytes.length, ...bytes];
}

function bigEndian(value: number): number[] {
  return value < 0x100 ? [value] : [...bigEndian(Math.floor(value / 0x100)), value % 0x100];
}
