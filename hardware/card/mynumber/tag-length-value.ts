/**
 * BER-TLV as it stands in the card's files and in certificates (ISO/IEC 7816-4, 5.2.2; X.690): tags of one or two bytes, definite lengths
 * of up to three. Pure; must never read past what it was given, and answers undefined for anything that does not fit.
 */

export interface Element {
  readonly tag: number;
  /** Offset of the tag's first byte. */
  readonly start: number;
  readonly contentStart: number;
  /** Offset behind the last byte of the content. */
  readonly end: number;
}

/**
 * Tag and length at `start`; the content itself need not be there yet.
 * @returns undefined when the header is cut off or is not one
 */
export function elementHeader(bytes: Uint8Array, start: number): Element | undefined {
  const first = bytes[start];
  if (first === undefined) return undefined;
  let position = start + 1;
  let tag = first;
  // All five low bits set: the tag's number stands in the next byte (or, with its top bit set, in more than anything here has).
  if ((first & 0x1f) === 0x1f) {
    const second = bytes[position];
    if (second === undefined || second & 0x80) return undefined;
    tag = (first << 8) | second;
    position += 1;
  }
  const lengthByte = bytes[position];
  if (lengthByte === undefined) return undefined;
  position += 1;
  let length = lengthByte;
  if (lengthByte & 0x80) {
    const count = lengthByte & 0x7f;
    if (count < 1 || count > 3 || position + count > bytes.length) return undefined;
    length = 0;
    for (let index = 0; index < count; index += 1) length = length * 256 + bytes[position + index]!;
    position += count;
  }
  return { tag, start, contentStart: position, end: position + length };
}

/** The elements that fill `bytes` from `start` to `end` without a gap, or undefined. */
export function elementsIn(bytes: Uint8Array, start: number, end: number): readonly Element[] | undefined {
  const elements: Element[] = [];
  for (let position = start; position < end; ) {
    const element = elementHeader(bytes, position);
    if (!element || element.end > end || element.end > bytes.length) return undefined;
    elements.push(element);
    position = element.end;
  }
  return elements;
}

export function contentOf(bytes: Uint8Array, element: Element): Uint8Array {
  return bytes.subarray(element.contentStart, element.end);
}
