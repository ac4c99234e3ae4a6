/** The mark by which the printer says that a slip is out. */

/** Begin the marks of reprints: what is left of an earlier print in the printer must not prove a later one. */
const OF_REPRINTS = '!#$%&*+?@';

/**
 * Four characters, different for 1.6 million slips in a row: 0–9 A–Z, or a sign and three of them for a reprint.
 * @param reprint 0: the first print
 */
export function slipMarker(slipNumber: number, reprint = 0): string {
  const mark = (digits: number) => (slipNumber % 36 ** digits).toString(36).toUpperCase().padStart(digits, '0');
  return reprint === 0 ? mark(4) : `${OF_REPRINTS.charAt((reprint - 1) % OF_REPRINTS.length)}${mark(3)}`;
}
