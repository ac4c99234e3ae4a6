/**
 * Where everything stands on a town card (DESFire EV2 or EV3), and why. Constants only. A card is laid out once, when it is issued, and
 * lives for years: none of this may change for cards that are out. A new layout gets a new application name, so that a kiosk that does
 * not know it does not find it, instead of reading it wrongly.
 *
 * Why these files: value files, because only they let the card itself refuse to go below nothing, or up without the load key. A backup data
 * file for the *state* (counter and table of all pockets), because eight value files would take eight commands to read at a tap; it repeats
 * the value files' balances, and whoever moves value first checks that the two agree. A cyclic record file for the *log*, in which an
 * operation of unknown outcome is looked up later. A transaction MAC file, so that the backend can tell a movement that a card really
 * made from one that a kiosk made up. All four kinds change together in one CommitTransaction, or not at all.
 *
 * Why MACed and not enciphered: a balance is no secret from whoever holds the card, and the MAC is what keeps anybody between from
 * changing or replaying it. Keys are enciphered when they travel (ChangeKey, CreateTransactionMACFile).
 */

/** Application identifier, as sent on the wire. */
export const APPLICATION_ID: Uint8Array = Uint8Array.of(0x4b, 0x5a, 0x53);
/** ISO 7816-4 name of the application: F0 (proprietary, not registered) and "KAZASU1". Selected by it, one command tells our card from any other. */
export const APPLICATION_NAME: Uint8Array = Uint8Array.of(0xf0, 0x4b, 0x41, 0x5a, 0x41, 0x53, 0x55, 0x31);

/**
 * The application's keys, all AES-128, all diversified per card. The number of keys is fixed when an application is made. Two are
 * reserved (a key that may only read, for a partner's terminals): diversified like the others and given to nobody, and not random, because
 * a card takes a new key only from one who knows the old one.
 */
export const KEY = {
  /** Changes keys and file settings. Only where cards are issued; never on a kiosk. */
  master: 0,
  /** Reads everything, takes value off, writes state and log. */
  spend: 1,
  /** As `spend`, and puts value on. */
  load: 2,
  reservedA: 3,
  reservedB: 4,
} as const;
export const KEY_COUNT = 5;

/** Pockets on a card, each with a row in the table and a value file. */
export const POCKET_SLOTS = 8;
/** What one pocket holds at most; the value files' upper limit. The lower limit is 0. */
export const POCKET_VALUE_MAX = 1_000_000;
/** Movements in one operation, at most: so many fit into one record of the log. */
export const MOVEMENTS_MAX = 4;

/** DESFire's communication mode byte. */
export const COMMUNICATION = { plain: 0x00, mac: 0x01, full: 0x03 } as const;

/** Access rights of a file: which key may read, write, do both (for a value file: credit), and change the rights. 0xF is nobody. */
export interface FileAccess {
  readonly read: number;
  readonly write: number;
  readonly readWrite: number;
  readonly change: number;
}
const NOBODY = 0x0f;
const BOTH_WRITE: FileAccess = { read: KEY.spend, write: KEY.spend, readWrite: KEY.load, change: KEY.master };

/**
 * The state: format version (1 byte), three bytes 00, counter (u32 LE), then per slot the scheme's reference (8 bytes) and the balance
 * (u32 LE). A slot that was never used is all 00. Read and written whole in one command: 104 bytes, because the APDU of that write is then
 * 125 bytes and still fits, with its block's own three bytes, into the 128 bytes of an EV2 frame. The last operation does not fit any more;
 * it is in the log.
 */
export const STATE_FILE = { number: 0x00, size: 128, used: 104, formatVersion: 1, rowsFrom: 8, rowSize: 12, communication: COMMUNICATION.mac, access: BOTH_WRITE } as const;

/** Value files, slot 0 in file 01 and so on. Debit needs the read key, credit the read-write key; limited credit is for nobody. */
export const VALUE_FILES = {
  first: 0x01,
  lowerLimit: 0,
  upperLimit: POCKET_VALUE_MAX,
  communication: COMMUNICATION.mac,
  access: { read: KEY.spend, write: NOBODY, readWrite: KEY.load, change: KEY.master } satisfies FileAccess,
} as const;

/**
 * The log, one record for each operation: operation id (16 bytes), counter after it (u32 LE), format version (1), number of movements (1),
 * two bytes 00, and four times {reference (8), slot (1), what was done (1), amount (u32 LE)}. 80 bytes: whole blocks of 16, so that the
 * transaction MAC's input has no padding in its middle. The card keeps one record more than can be read: it needs that one to undo.
 */
export const LOG_FILE = { number: 0x0a, recordSize: 80, maxRecords: 13, readableRecords: 12, communication: COMMUNICATION.mac, access: BOTH_WRITE } as const;

/** The transaction MAC file: TMC (u32 LE) and TMV (8 bytes) of the last transaction. Its key is the backend's alone. CommitReaderID is off. */
export const TRANSACTION_MAC_FILE = {
  number: 0x0f,
  size: 12,
  communication: COMMUNICATION.mac,
  access: { read: KEY.spend, write: NOBODY, readWrite: NOBODY, change: KEY.master } satisfies FileAccess,
} as const;
