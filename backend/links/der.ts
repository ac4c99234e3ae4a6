/**
 * DER as it stands in a certificate (X.690): tags of one byte, definite lengths of up to three. Pure; must never read past what it was given, and
 * answers undefined for anything that does not fit.
 */

export interface DerElement {
  readonly tag: number;
  readonly start: number;
  readonly contentStart: number;
  /** Offset behind the last byte of the content. */
  readonly end: number;
}

const LENGTH_BYTES_MAX = 3;

/** @returns undefined when no whole element begins at `start` */
export function derElement(bytes: Uint8Array, start: number): DerElement | undefined {
  const [tag, lengthByte] = [bytes[start], bytes[start + 1]];
  // All five low bits set: a tag of more bytes, which no certificate has.
  if (tag === undefined || lengthByte === undefined || (tag & 0x1f) === 0x1f) return undefined;
  let contentStart = start + 2;
  let length = lengthByte;
  if (lengthByte & 0x80) {
    const count = lengthByte & 0x7f;
    if (count < 1 || count > LENGTH_BYTES_MAX || contentStart + count > bytes.length) return undefined;
    length = bytes.subarray(contentStart, contentStart + count).reduce((sum, byte) => sum * 256 + byte, 0);
    contentStart += count;
  }
  const end = contentStart + length;
  return end > bytes.length ? undefined : { tag, start, contentStart, end };
}

/** The elements that fill the content of `element` without a gap. */
export function derElementsIn(bytes: Uint8Array, element: DerElement | undefined): readonly DerElement[] | undefined {
  if (!element) return undefined;
  const elements: DerElement[] = [];
  for (let position = element.contentStart; position < element.end; ) {
    const inner = derElement(bytes, position);
    if (!inner || inner.end > element.end) return undefined;
    elements.push(inner);
    position = inner.end;
  }
  return elements;
}

export function derContent(bytes: Uint8Array, { contentStart, end }: DerElement): Uint8Array {
  return bytes.subarray(contentStart, end);
}
