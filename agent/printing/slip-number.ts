/** Numbers of slips: what people read on them, and the mark by which the printer says that a slip is out. */
export { slipNumberText } from '../../contract/slip-number.ts';

/** Four characters 0–9 A–Z, different for 1.6 million slips in a row. */
export function slipMarker(slipNumber: number): string {
  return (slipNumber % 36 ** 4).toString(36).toUpperCase().padStart(4, '0');
}
