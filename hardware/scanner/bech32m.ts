/**
 * Bech32m (BIP-350 on the format of BIP-173): text of 32 characters that are hard to mistake for each other, with six check characters
 * that find every error in up to four places, and all but one in a thousand million others. Pure; knows nothing of cards.
 */

/** The character of each value from 0 to 31. No 1, B, I and O. */
const CHARACTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const CHECK_CHARACTERS = 6;
const LENGTH_MAX = 90;
/** What the check comes to over a text that is right. */
const RIGHT = 0x2bc830a3;
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const;

export interface Bech32m {
  /** What stands before the separating 1, in small letters. */
  readonly prefix: string;
  /** Values from 0 to 31, without the check characters. */
  readonly symbols: readonly number[];
}

/** @returns undefined when the text is no Bech32m, or its check characters do not fit */
export function decodeBech32m(text: string): Bech32m | undefined {
  const small = text.toLowerCase();
  if (text !== small && text !== text.toUpperCase()) return undefined;
  const separator = small.lastIndexOf('1');
  if (text.length > LENGTH_MAX || separator < 1 || small.length - separator - 1 < CHECK_CHARACTERS) return undefined;
  const prefix = small.slice(0, separator);
  if (!/^[!-~]+$/.test(prefix)) return undefined;
  const symbols = [...small.slice(separator + 1)].map((character) => CHARACTERS.indexOf(character));
  if (symbols.includes(-1) || remainder([...expanded(prefix), ...symbols]) !== RIGHT) return undefined;
  return { prefix, symbols: symbols.slice(0, -CHECK_CHARACTERS) };
}

/**
 * @returns the text in small letters
 * @throws when a symbol is not from 0 to 31: a bug
 */
export function encodeBech32m({ prefix, symbols }: Bech32m): string {
  const check = remainder([...expanded(prefix), ...symbols, ...new Array<number>(CHECK_CHARACTERS).fill(0)]) ^ RIGHT;
  const checks = Array.from({ length: CHECK_CHARACTERS }, (_, index) => (check >>> (5 * (CHECK_CHARACTERS - 1 - index))) & 31);
  const characters = [...symbols, ...checks].map((symbol) => {
    const character = CHARACTERS[symbol];
    if (character === undefined) throw new Error(`A symbol is from 0 to 31, not ${symbol}`);
    return character;
  });
  return `${prefix}1${characters.join('')}`;
}

/** The prefix as it goes into the check: high bits, a zero, low bits. */
function expanded(prefix: string): number[] {
  const codes = [...prefix].map((character) => character.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

function remainder(values: readonly number[]): number {
  return values.reduce((sum, value) => {
    const top = sum >>> 25;
    return GENERATOR.reduce((rest, generator, bit) => ((top >>> bit) & 1 ? rest ^ generator : rest), ((sum & 0x1ffffff) << 5) ^ value);
  }, 1);
}
