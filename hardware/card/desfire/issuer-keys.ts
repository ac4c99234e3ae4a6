/**
 * The port through which cards are issued, re-keyed and retired: all keys of one card, by key set version. Only where cards are issued;
 * a kiosk has `CardKeys`, which knows the keys of single cards and no issuer's key.
 */

/** All keys of one card, 16 bytes each (AES-128), diversified. */
export interface IssuerCardKeys {
  /** The card's own key: makes and deletes applications. */
  readonly card: Uint8Array;
  /** By key number of the application. The reserved ones too: a card takes a new key only from one who knows the old one. */
  readonly application: readonly Uint8Array[];
  /** For the transaction MAC file; also the backend has it. */
  readonly transactionMac: Uint8Array;
}

export interface IssuerKeys {
  /**
   * @param version of the key set, 1 to 255; on the card it is the version of each key
   * @returns undefined when the issuer has no keys of that version
   */
  keysOf(uid: Uint8Array, version: number): IssuerCardKeys | undefined;
}
