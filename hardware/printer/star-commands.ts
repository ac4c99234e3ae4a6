/**
 * The commands of Star line mode this driver sends. Source: Star Micronics, "STAR Line Mode Command Specifications" of line thermal
 * printers, chapter 3 and appendix 2. None of it has been tried on a real printer.
 */

/** `ESC ACK SOH`: answered at once with the whole status, even offline. Not to be sent while the printer speaks by itself. */
export const STAR_STATUS_REQUEST: Uint8Array = Uint8Array.of(0x1b, 0x06, 0x01);

/** `ESC RS a 0`: the printer says nothing by itself; it is asked instead, because it must not be asked while it does. */
export const STAR_AUTOMATIC_STATUS_OFF: Uint8Array = Uint8Array.of(0x1b, 0x1e, 0x61, 0x00);

/** `ETB`: when everything before it is printed, the counter in the status grows by one (0–31, then 0 again). */
export const STAR_COUNT = 0x17;

/** `ESC RS E 0`: the counter is 0 again, in its turn. */
export const STAR_COUNTER_RESET: Uint8Array = Uint8Array.of(0x1b, 0x1e, 0x45, 0x00);

/** Where the counter begins again. */
export const STAR_COUNTER_TURN = 32;

/** Rows of one `ESC k`. */
export const STAR_STRIP_ROWS = 24;

/**
 * `ESC k`: a strip of 24 rows into the line being set; a line feed prints it.
 * @param rows packed rows, the leftmost dot in the highest bit; missing ones are white
 */
export function starStrip(widthDots: number, rows: readonly Uint8Array[]): Uint8Array {
  const rowBytes = (widthDots + 7) >> 3;
  const data = new Uint8Array(rowBytes * STAR_STRIP_ROWS);
  rows.forEach((row, index) => data.set(row.subarray(0, rowBytes), index * rowBytes));
  return Uint8Array.of(0x1b, 0x6b, rowBytes & 255, rowBytes >> 8, ...starDefused(data));
}

/** A status request inside an image would be obeyed at once: one more dot (1Bh → 3Bh) takes it away and nobody sees it. */
export function starDefused(data: Uint8Array): Uint8Array {
  const safe = Uint8Array.from(data);
  for (let at = 0; at + 1 < safe.length; at++) if (safe[at] === 0x1b && safe[at + 1] === 0x06) safe[at] = 0x3b;
  return safe;
}

/** @returns where the first real-time command begins in `bytes`, or −1 */
export function findStarRealTimeCommand(bytes: Uint8Array): number {
  return Buffer.from(bytes).indexOf(Buffer.from([0x1b, 0x06]));
}
