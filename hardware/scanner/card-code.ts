/**
 * What the QR code of a paper card says. It is shown to every camera, so it holds nothing but a random number; whoever copies it has
 * the same card. Must never pass on anything of a code that is not a town's card.
 *
 *   KZ1 P 3UAXR5SVT0NEGZ43CMFHU5HCRY TX90XK      36 characters, without the blanks
 *   │   │ │                          └ six check characters
 *   │   │ └ the identifier: 128 random bits in 26 characters, highest first, the last two bits 0
 *   │   └ the form's version; P is 1
 *   └ whose code it is: `kz` in the words of Bech32m, and its separator
 *
 * All of it is Bech32m (bech32m.ts): each error in up to four places is found. In capitals it is the alphanumeric mode of QR codes,
 * and with error correction M it fits into version 2 (25 × 25 modules, 38 characters: ISO/IEC 18004, table 7); printed in byte mode, as
 * receiptline does, it is version 3 (29 × 29). No other code a person
 * may hold up begins so: addresses of pages begin with http, product codes and the QR code of a My Number card are digits.
 */
import { decodeBech32m, encodeBech32m } from './bech32m.ts';

const PREFIX = 'kz';
const VERSION = 1;
const IDENTIFIER_BYTES = 16;
const IDENTIFIER_SYMBOLS = 26;
const BITS = 5n;
/** 26 symbols hold two bits more than the identifier has. */
const SPARE_BITS = 2n;

/** Every code of a card begins so, in capitals or in small letters. */
export const CARD_CODE_BEGINNING = `${PREFIX}1`;
export const CARD_CODE_LENGTH = CARD_CODE_BEGINNING.length + 1 + IDENTIFIER_SYMBOLS + 6;

export type CodeScan =
  /** A code of this form. Whether the town gave it out only the ledger knows. */
  | { readonly kind: 'card'; readonly identifier: Uint8Array }
  /** Some other code, or a card's of a form that is not known here. Nothing of it is kept. */
  | { readonly kind: 'foreign' }
  /** Begins like a card's code, but was not read right: worth another try. */
  | { readonly kind: 'damaged' };

/** @param text what the scanner read, without the end of the line */
export function readCardCode(text: string): CodeScan {
  if (!text.toLowerCase().startsWith(CARD_CODE_BEGINNING)) return { kind: 'foreign' };
  const decoded = decodeBech32m(text);
  if (!decoded) return { kind: 'damaged' };
  const [version, ...symbols] = decoded.symbols;
  if (decoded.prefix !== PREFIX || version !== VERSION || symbols.length !== IDENTIFIER_SYMBOLS) return { kind: 'foreign' };
  const bits = symbols.reduce((number, symbol) => (number << BITS) | BigInt(symbol), 0n);
  if (bits & ((1n << SPARE_BITS) - 1n)) return { kind: 'foreign' };
  return { kind: 'card', identifier: Uint8Array.from(Buffer.from((bits >> SPARE_BITS).toString(16).padStart(2 * IDENTIFIER_BYTES, '0'), 'hex')) };
}

/**
 * The code to be printed on a card.
 * @param identifier 16 random bytes
 * @throws when it has another length: a bug
 */
export function writeCardCode(identifier: Uint8Array): string {
  if (identifier.length !== IDENTIFIER_BYTES) throw new Error(`The identifier of a paper card has ${IDENTIFIER_BYTES} bytes, not ${identifier.length}`);
  const bits = BigInt(`0x${Buffer.from(identifier).toString('hex')}`) << SPARE_BITS;
  const symbols = Array.from({ length: IDENTIFIER_SYMBOLS }, (_, index) => Number((bits >> (BITS * BigInt(IDENTIFIER_SYMBOLS - 1 - index))) & 31n));
  return encodeBech32m({ prefix: PREFIX, symbols: [VERSION, ...symbols] }).toUpperCase();
}
