/** The number that people read on a slip. */

/** 「役場1-0042」: the device's label and its own count; unique in the town because labels are. */
export function slipNumberText(deviceLabel: string, slipNumber: number): string {
  return `${deviceLabel}-${String(slipNumber).padStart(4, '0')}`;
}

/** @returns undefined when it is no such number. Full-width letters, as people type them, are taken as the others */
export function readSlipNumber(text: string): { readonly deviceLabel: string; readonly slipNumber: number } | undefined {
  const [, deviceLabel, digits] = /^(\S+)-(\d{1,9})$/u.exec(text.normalize('NFKC').trim().replace(/[‐‑–—−ー]/gu, '-')) ?? [];
  return deviceLabel === undefined || digits === undefined ? undefined : { deviceLabel, slipNumber: Number(digits) };
}
