/**
 * What the answer to reset of a contactless card says. The reader makes it up (PC/SC part 3, 3.1.3.2.3); it carries no identity, but for
 * a storage card it says that there are no applications on it.
 */

/** The historical bytes (ISO/IEC 7816-3, 8.2), or undefined when the ATR is not well-formed. */
export function historicalBytes(atr: Uint8Array): Uint8Array | undefined {
  const format = atr[1];
  if (format === undefined || (atr[0] !== 0x3b && atr[0] !== 0x3f)) return undefined;
  let position = 2;
  let presence = format >> 4;
  // Each round of interface bytes: TA, TB, TC by the lower three bits; TD, if there, says which follow.
  while (presence !== 0) {
    for (const bit of [1, 2, 4]) if (presence & bit) position += 1;
    if (!(presence & 8)) break;
    const next = atr[position];
    if (next === undefined) return undefined;
    position += 1;
    presence = next >> 4;
  }
  const end = position + (format & 0x0f);
  return end <= atr.length ? atr.slice(position, end) : undefined;
}

/** 80 (category) 4F (tag) 0C (length) A0 00 00 03 06: the PC/SC workgroup's mark of a storage card. */
const STORAGE_CARD = [0x80, 0x4f, 0x0c, 0xa0, 0x00, 0x00, 0x03, 0x06];

/** True for FeliCa, MIFARE and the like: a card that holds no applications, so that there is nothing to select. */
export function isStorageCard(atr: Uint8Array): boolean {
  const historical = historicalBytes(atr);
  return historical !== undefined && STORAGE_CARD.every((byte, index) => historical[index] === byte);
}

/** The byte after the mark: FeliCa (PC/SC part 3, supplemental document). The ACR122U gives F0 there, and then the speed: 11 or 12. */
const FELICA_STANDARD = 0x11;
const ACR122U_STANDARD = 0xf0;
const ACR122U_FELICA: readonly number[] = [0x11, 0x12];

/** True for a FeliCa card; which of the FeliCa cards it is, the ATR does not say. */
export function isFelica(atr: Uint8Array): boolean {
  const [standard, name] = historicalBytes(atr)?.slice(STORAGE_CARD.length) ?? [];
  return isStorageCard(atr) && (standard === FELICA_STANDARD || (standard === ACR122U_STANDARD && name !== undefined && ACR122U_FELICA.includes(name)));
}

/**
 * True when the ATR may be that of an ISO 14443-4 type B card: eight historical bytes (application data, protocol information, buffer
 * length). Its identifier (PUPI) is random at each activation. A type A card with eight historical bytes looks the same.
 */
export function mayBeTypeB(atr: Uint8Array): boolean {
  return !isStorageCard(atr) && historicalBytes(atr)?.length === 8;
}
