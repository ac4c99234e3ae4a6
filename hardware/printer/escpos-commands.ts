/**
 * The ESC/POS commands this driver sends, each with its source. Only bytes are made here; nothing is sent and nothing is known of a
 * printer's state. Source, unless another is named: Epson's ESC/POS command reference
 * (download4.epson.biz/sec_pubs/pos/reference_en/escpos/).
 */

/** Number of a real-time status request: 1 printer, 2 cause of offline, 3 cause of error, 4 paper. */
export type StatusRequest = 1 | 2 | 3 | 4;
export const STATUS_REQUESTS: readonly StatusRequest[] = [1, 2, 3, 4];

/** `DLE EOT n`: answered with one byte at once, even by an offline printer with a full buffer. */
export function statusRequest(n: StatusRequest): Uint8Array {
  return Uint8Array.of(0x10, 0x04, n);
}

/** `GS a n` with the bits for online/offline, error and paper: four bytes come back now and after every change, until `ESC @`. */
export const AUTOMATIC_STATUS_ON: Uint8Array = Uint8Array.of(0x1d, 0x61, 0x0e);

/**
 * `DLE DC4 8`: throws away everything received and not yet printed; answered with `37 25 00`, before which nothing may be sent.
 * The seven bytes after the 8 are fixed by the maker so that chance cannot make them.
 */
export const CLEAR_BUFFERS: Uint8Array = Uint8Array.of(0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08);

/** `GS r 1`: answered with one byte when its turn comes among the print data; an offline printer does not answer. */
export const TRANSMIT_STATUS: Uint8Array = Uint8Array.of(0x1d, 0x72, 0x01);

/** `FS C 1`: kanji are Shift JIS. Decides also how the codes of own characters (`FS 2`) are written. */
export const SHIFT_JIS: Uint8Array = Uint8Array.of(0x1c, 0x43, 0x01);

const MARKER = /^[\x21-\x7e]{4}$/;

/**
 * `GS ( H` function 48: the printer returns `37 22 <marker> 00` when everything before it has been printed.
 * @param marker four characters 21h–7Eh
 * @throws RangeError when it is anything else
 */
export function printMarker(marker: string): Uint8Array {
  if (!MARKER.test(marker)) throw new RangeError(`A print marker has four characters 21h–7Eh, not ${JSON.stringify(marker)}.`);
  return Uint8Array.of(0x1d, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, ...[...marker].map((character) => character.charCodeAt(0)));
}

/** Length of what `printMarker` makes, in bytes; no proof of another printer is longer. */
export const PRINT_MARKER_BYTES = 11;

/** Bytes of one own character: 24 columns of 24 dots, the top dot in the highest bit. */
export const GLYPH_BYTES = 72;
/** How many own characters Shift JIS leaves room for: EC40–EC7E and EC80–EC9E. */
export const GLYPHS_MAX = 94;

/** The Shift JIS code of own character `index` (0–93), lead byte first. */
export function glyphCode(index: number): readonly [number, number] {
  if (!Number.isInteger(index) || index < 0 || index >= GLYPHS_MAX) throw new RangeError(`There is no own character number ${index}.`);
  return [0xec, index < 63 ? 0x40 + index : 0x80 + index - 63];
}

/** `FS 2`: defines own character `index` from 72 bytes of columns (…/reference_ja/escpos/fs_2.html). Forgotten by `ESC @`. */
export function defineGlyph(index: number, columns: Uint8Array): Uint8Array {
  if (columns.length !== GLYPH_BYTES) throw new RangeError(`An own character has ${GLYPH_BYTES} bytes, not ${columns.length}.`);
  return Uint8Array.of(0x1c, 0x32, ...glyphCode(index), ...defused(columns));
}

/**
 * One strip of an image: `GS 8 L` function 112 stores it, `GS ( L` function 50 prints it.
 * @param rows packed rows, the leftmost dot in the highest bit
 */
export function imageStrip(widthDots: number, rows: readonly Uint8Array[]): Uint8Array {
  const rowBytes = (widthDots + 7) >> 3;
  const length = rowBytes * rows.length + 10;
  const strip = new Uint8Array(length + 7 + 7);
  strip.set([0x1d, 0x38, 0x4c, length & 255, (length >> 8) & 255, 0, 0, 48, 112, 48, 1, 1, 49]);
  strip.set([widthDots & 255, widthDots >> 8, rows.length & 255, rows.length >> 8], 13);
  const data = new Uint8Array(rowBytes * rows.length);
  rows.forEach((row, index) => data.set(row.subarray(0, rowBytes), index * rowBytes));
  strip.set(defused(data), 17);
  strip.set([0x1d, 0x28, 0x4c, 2, 0, 48, 50], 17 + data.length);
  return strip;
}

/**
 * The same by `GS v 0`, which Epson calls obsolete and everybody has.
 * @param rows packed rows, the leftmost dot in the highest bit
 */
export function rasterStrip(widthDots: number, rows: readonly Uint8Array[]): Uint8Array {
  const rowBytes = (widthDots + 7) >> 3;
  const data = new Uint8Array(rowBytes * rows.length);
  rows.forEach((row, index) => data.set(row.subarray(0, rowBytes), index * rowBytes));
  return Uint8Array.of(0x1d, 0x76, 0x30, 0, rowBytes & 255, rowBytes >> 8, rows.length & 255, rows.length >> 8, ...defused(data));
}

/**
 * Printers obey `DLE EOT`, `DLE ENQ` and `DLE DC4` even inside image data (TM-T90 and TM-U295 specifications). In drawn kanji such a
 * pair comes about once in 21 KB; one more dot (10h → 30h) takes it away and nobody sees it.
 */
export function defused(data: Uint8Array): Uint8Array {
  const safe = Uint8Array.from(data);
  for (let at = 0; at + 1 < safe.length; at++) {
    if (startsRealTimeCommand(safe, at)) safe[at] = 0x30;
  }
  return safe;
}

/** @returns where the first real-time command begins in `bytes`, or −1 */
export function findRealTimeCommand(bytes: Uint8Array): number {
  for (let at = 0; at + 1 < bytes.length; at++) if (startsRealTimeCommand(bytes, at)) return at;
  return -1;
}

function startsRealTimeCommand(bytes: Uint8Array, at: number): boolean {
  const second = bytes[at + 1];
  return bytes[at] === 0x10 && (second === 0x04 || second === 0x05 || second === 0x14);
}
