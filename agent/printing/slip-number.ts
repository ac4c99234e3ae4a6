/** Numbers of slips: what people read on them, and the mark by which the printer says that a slip is out. */

/** 「役場1-0042」: the device's label and its own count; unique in the town because labels are. */
export function slipNumberText(deviceLabel: string, slipNumber: number): string {
  return `${deviceLabel}-${String(slipNumber).padStart(4, '0')}`;
}

/** Four characters 0–9 A–Z, different for 1.6 million slips in a row. */
export function slipMarker(slipNumber: number): string {
  return (slipNumber % 36 ** 4).toString(36).toUpperCase().padStart(4, '0');
}
