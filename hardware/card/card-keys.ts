/**
 * The port through which card profiles get the keys of one card. They are diversified: made by the backend from the town's master keys
 * and this card's identifier, so that a stolen kiosk holds the keys of some cards and of no other. Must never hold or hand out a master key.
 */

/** Keys of one DESFire card, 16 bytes each (AES-128). */
export interface DesfireCardKeys {
  readonly profile: 'desfire';
  /** Grows each time the card is re-keyed; the version byte of the card's keys. */
  readonly version: number;
  /** Reads, and takes value off the card. */
  readonly spend: Uint8Array;
  /** Puts value on the card. Missing where this device may not load. */
  readonly load?: Uint8Array;
}

/** Keys of one FeliCa Lite-S card. */
export interface FelicaLiteSCardKeys {
  readonly profile: 'felica-lite-s';
  readonly version: number;
  /** The card key CK, 16 bytes (2-key 3DES). Proves the card, and writes its mirror. */
  readonly card: Uint8Array;
}

export type CardKeySet = DesfireCardKeys | FelicaLiteSCardKeys;

export type CardKeysAnswer =
  | { readonly kind: 'keys'; readonly keys: CardKeySet }
  /** The town knows no such card, or it is stopped. */
  | { readonly kind: 'unknown-card' }
  /** They are not on this device, and the backend cannot be asked now. */
  | { readonly kind: 'not-here' };

export interface CardKeys {
  /**
   * @param identifier the card's own identifier (UID, IDm), as the card or the reader gave it; not believed until the keys fit
   */
  keysOf(profile: CardKeySet['profile'], identifier: Uint8Array): Promise<CardKeysAnswer>;
}
