/**
 * Which characters a printer can be trusted to have, and their bytes. Text is sent only for JIS X 0201 and for JIS X 0208 rows 1–8 and
 * 16–84: "Shift JIS" of printers and of libraries differ outside of them, and a wrong name on a slip looks right to a machine.
 * Everything else is drawn (`slip-glyphs.ts`). Must never put a "?" or any other substitute in the place of a character.
 */

/** Characters that Unicode has twice, or that look the same on paper; the printer or the font has one form. */
const ALIASES: Readonly<Record<string, string>> = {
  '\u301c': '\uff5e', // 〜 wave dash → ～
  '\u2212': '\uff0d', // − minus sign → －
  '\ufe63': '\uff0d', // ﹣ small hyphen-minus → －
  '\u2014': '\u2015', // — em dash → ―
  '\ufe58': '\u2015', // ﹘ small em dash → ―
  '\u2011': '\u2010', // ‑ hyphen that no line is broken at → ‐
  '\u2043': '\u2010', // ⁃ hyphen of a list → ‐
  '\u2012': '\u2013', // ‒ dash as wide as a digit → –
  '\u00ad': '-', // soft hyphen: in an address it would be missed
  '\u2985': '\uff5f', // ⦅ → ｟
  '\u2986': '\uff60', // ⦆ → ｠
  '\u2016': '\u2225', // ‖ → ∥
  '\u00a2': '\uffe0',
  '\u00a3': '\uffe1',
  '\u00ac': '\uffe2',
  '\u203e': '\uffe3',
};
/** Blanks of other widths than the two that a printer has. */
const BLANK = /^[\p{Zs}--\u3000]$/v;

let jisX0208: Map<string, string> | undefined;

/** The 6,879 characters of JIS X 0208 with their two Shift JIS bytes, as a string of two characters below 100h. */
export function jisX0208Table(): ReadonlyMap<string, string> {
  if (jisX0208) return jisX0208;
  const table = new Map<string, string>();
  const decoder = new TextDecoder('shift_jis');
  for (let lead = 0x81; lead <= 0xef; lead++) {
    if (lead > 0x9f && lead < 0xe0) continue;
    for (let trail = 0x40; trail <= 0xfc; trail++) {
      if (trail === 0x7f) continue;
      const row = (lead - (lead < 0xa0 ? 0x81 : 0xc1)) * 2 + (trail >= 0x9f ? 2 : 1);
      if ((row > 8 && row < 16) || row > 84) continue;
      const character = decoder.decode(Uint8Array.of(lead, trail));
      // An unused cell decodes to a replacement character, sometimes followed by the second byte read as ASCII.
      if (character.length === 1 && character !== '\ufffd') table.set(character, String.fromCharCode(lead, trail));
    }
  }
  jisX0208 = table;
  return table;
}

export type PrintableForm =
  /** @property grapheme what is printed @property bytes one character below 100h a byte @property columns 1 half width, 2 full width */
  | { readonly kind: 'text'; readonly grapheme: string; readonly bytes: string; readonly columns: 1 | 2 }
  /** ASCII's backslash: the Japanese character set of printers has ¥ in its place. */
  | { readonly kind: 'backslash'; readonly grapheme: string; readonly columns: 1 }
  /** Not in the printer; a glyph of full width has to be drawn. */
  | { readonly kind: 'drawn'; readonly grapheme: string; readonly columns: 2 };

const BACKSLASH = '\\';

/** How one grapheme cluster gets onto paper. */
export function printableForm(cluster: string): PrintableForm {
  // The two presentation selectors ask for a colour or a plain form of the same character; on paper there is only the plain one.
  const bare = cluster.replace(/[\ufe0e\ufe0f]/gu, '');
  const grapheme = BLANK.test(bare) ? ' ' : (ALIASES[bare] ?? bare);
  if (grapheme === BACKSLASH) return { kind: 'backslash', grapheme, columns: 1 };
  if (grapheme === '\u00a5') return { kind: 'text', grapheme, bytes: BACKSLASH, columns: 1 };
  if (/^[\x20-\x7e]$/.test(grapheme)) return { kind: 'text', grapheme, bytes: grapheme, columns: 1 };
  if (/^[\uff61-\uff9f]$/.test(grapheme)) {
    return { kind: 'text', grapheme, bytes: String.fromCharCode(grapheme.charCodeAt(0) - 0xff61 + 0xa1), columns: 1 };
  }
  const bytes = jisX0208Table().get(grapheme);
  return bytes === undefined ? { kind: 'drawn', grapheme, columns: 2 } : { kind: 'text', grapheme, bytes, columns: 2 };
}

const segmenter = new Intl.Segmenter('ja', { granularity: 'grapheme' });

/** What people take for one character each; half-width sound marks (ﾞ ﾟ) are characters of their own, as in the printer. */
export function graphemes(text: string): string[] {
  const clusters: string[] = [];
  for (const { segment } of segmenter.segment(text)) {
    if (/[\uff9e\uff9f]/u.test(segment)) clusters.push(...segment);
    else clusters.push(segment);
  }
  return clusters;
}

/** Half-width columns that a text takes in the base size. */
export function columnsOf(text: string): number {
  return graphemes(text).reduce((columns, grapheme) => columns + printableForm(grapheme).columns, 0);
}

/**
 * Unicode normalisation, which receiptline applies to everything, joins letters and marks (wanted), and turns some thousand characters
 * into others (神 U+FA19 → 神 U+795E; not wanted, people have them in their names). Those travel through it as private characters of
 * plane 15.
 */
export class NormalisationShelter {
  readonly #original = new Map<string, string>();

  /** @returns `markup` with every character that must stay as it is replaced by a stand-in */
  hide(markup: string): string {
    const inTheWay = markup.normalize() === markup ? /[\u{f0000}-\u{ffffd}]/gu : /[\P{M}--[\0-\x7f]]/gv;
    return markup
      .replace(inTheWay, (character) => (character.normalize() === character && !STAND_IN.test(character) ? character : this.#standInFor(character)))
      .replace(MARK_BEHIND_ESCAPE, (mark) => this.#standInFor(mark));
  }

  #standInFor(character: string): string {
    const standIn = String.fromCodePoint(0xf0000 + this.#original.size);
    this.#original.set(standIn, character);
    return standIn;
  }

  /** @returns `text` with the characters themselves again */
  reveal(text: string): string {
    return this.#original.size === 0 ? text : text.replace(STAND_INS, (standIn) => this.#original.get(standIn) ?? standIn);
  }
}

/** It would be joined to the last letter of the escape (`\x7e` and an acute accent to `\x7é`), which then means nothing. */
const MARK_BEHIND_ESCAPE = /(?<=\\x[0-9a-f]{2})\p{M}/gu;
const STAND_IN = /^[\u{f0000}-\u{ffffd}]$/u;
const STAND_INS = /[\u{f0000}-\u{ffffd}]/gu;
