/** Fetches the pieces of the typeface that the catalogue needs before they are needed, so that no screen is drawn twice. */
import { catalogue } from '../strings/catalogue.ts';

const FAMILY = '"BIZ UDPGothic"';
const WEIGHTS = [400, 700] as const;
/** What dates, amounts and schemes are usually made of. */
const USUAL = '0123456789,:円枚年月日火水木金土曜午前後時分来町券商品応援地域';

export function readyFonts(): void {
  const letters = new Set(USUAL);
  for (const said of Object.values(catalogue)) {
    for (const text of [said.ja, said.easy]) if (typeof text === 'string') for (const letter of text) letters.add(letter);
  }
  // A font that cannot be had is no trouble: the next family in the list takes over.
  for (const weight of WEIGHTS) void document.fonts.load(`${weight} 16px ${FAMILY}`, [...letters].join('')).catch(() => undefined);
}
