/**
 * Lays a slip out: receiptline's markup in, the printer's bytes out (`slip-preview.ts` makes a picture of the same). receiptline does the layout; the command
 * object here replaces what it cannot do for Japanese names and for proof of printing. Must never lose or change a character
 * silently: what cannot be printed as it is makes the whole slip `unprintable`.
 */
import { SHIFT_JIS, defineGlyph } from './escpos-commands.ts';
import { EPSON_COMMANDS, type SlipCommands } from './slip-commands.ts';
import { drawGlyphs, type DrawnGlyphs } from './slip-glyphs.ts';
import { shareOwnCharacters } from './slip-lines.ts';
import { finishedBytes, recordSlip } from './slip-recording.ts';

export interface SlipLayoutOptions {
  /** Half-width characters of 12 dots in a line: 48 on 80 mm paper, 32 on 58 mm; at most 85. */
  readonly columns: number;
  /** The printer's commands. Default: Epson's. */
  readonly commands?: SlipCommands;
  /** How many characters the printer can learn (`FS 2`), at most what its family can; lines that need more are drawn whole. Default: that. */
  readonly ownCharacters?: number;
  /** Path of the font that is asked for what the gothic fonts lack. Default: IPAmj明朝 where it is installed. */
  readonly registerFont?: string;
}

export type SlipLayout =
  /** Each unit is a run of whole commands: between two of them, and nowhere else, something else may be sent. */
  | { readonly kind: 'printable'; readonly units: readonly Uint8Array[] }
  /**
   * No font has these characters. Each is said by its code points, such as `U+845B U+E01EF`, in the order of their numbers, so that no
   * name can be read from them.
   */
  | { readonly kind: 'unprintable'; readonly why: 'character'; readonly characters: readonly string[] }
  /** `cut-off`: text that does not fit its column. */
  | { readonly kind: 'unprintable'; readonly why: 'cut-off' | 'unsupported-markup' | 'too-long' };

/** A printer's receive buffer has 4 KB; nothing longer than this may go out without being proved. */
export const UNIT_BYTES_MAX = 3_584;
/** Wider lines would put 04h and 05h into the high bytes of positions, where a 10h before them makes a real-time command. */
const COLUMNS_MAX = 85;

/**
 * @param markup receiptline's markup; foreign text in it must have gone through `escapeSlipText`
 * @returns the slip from `ESC @` to the cut. Takes about 2 ms; 50 ms and more when characters have to be drawn for the first time
 * @throws RangeError when there are more columns or own characters than the options allow
 */
export async function layoutSlip(markup: string, options: SlipLayoutOptions): Promise<SlipLayout> {
  const { columns, commands = EPSON_COMMANDS, ownCharacters = commands.ownCharacters, registerFont } = options;
  if (columns > COLUMNS_MAX) throw new RangeError(`A slip has at most ${COLUMNS_MAX} columns, not ${columns}.`);
  if (ownCharacters > commands.ownCharacters) throw new RangeError(`The printer learns at most ${commands.ownCharacters} characters, not ${ownCharacters}.`);
  const { units, unsupported, cutOff } = await recordSlip(markup, columns, commands);
  if (unsupported) return { kind: 'unprintable', why: 'unsupported-markup' };
  if (cutOff) return { kind: 'unprintable', why: 'cut-off' };

  const lines = units.flatMap(({ end }) => end?.line ?? []);
  const { own, whole } = shareOwnCharacters(lines, ownCharacters);
  const needed = lines.flatMap((line) => line.characters.filter(({ kind }) => kind === 'drawn' || whole.has(line)));
  const { glyphs, missing } = needed.length > 0 ? drawGlyphs(needed, registerFont) : NOTHING_DRAWN;
  if (missing.length > 0) return { kind: 'unprintable', why: 'character', characters: codePointsOf(missing) };

  const [opening = new Uint8Array(), ...rest] = finishedBytes(units, own, new Map([...whole].map((line) => [line, line.raster(glyphs)])), commands);
  const taught = [...own].map(([grapheme, index]) => Uint8Array.of(...SHIFT_JIS, ...defineGlyph(index, glyphs.get(grapheme) ?? new Uint8Array())));
  const slip = [opening, ...taught, ...rest];
  if (slip.some((unit) => unit.length > UNIT_BYTES_MAX)) return { kind: 'unprintable', why: 'too-long' };
  if (commands.findRealTimeCommand(Buffer.concat(slip)) >= 0) throw new Error('A slip must not contain a real-time command.');
  return { kind: 'printable', units: slip };
}

const NOTHING_DRAWN: DrawnGlyphs = { glyphs: new Map(), missing: [] };

/** `U+9AD9`, `U+845B U+E01EF`: each once, in the order of their numbers. */
function codePointsOf(graphemes: readonly string[]): string[] {
  const names = graphemes.map((grapheme) => [...grapheme].map((character) => (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')));
  return [...new Set(names.map((name) => name.map((digits) => `U+${digits}`).join(' ')))].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

/**
 * Makes `text` print as itself wherever markup expects text: markup's own characters lose their meaning. What has no form of its own is
 * changed as docs/characters.md says: line breaks and tabs become a space, control and invisible formatting characters (which could turn
 * a line round) are left out, and a half-width kana gets half-width marks. The result is one line.
 */
export function escapeSlipText(text: string): string {
  return text
    .replace(/[\s\u0085]*[\n\r\u2028\u2029\u0085\v\f][\s\u0085]*/gu, ' ')
    .replace(/\t/g, ' ')
    .replace(/[\p{Cc}[\p{Cf}--\u00ad]\ufe0e\ufe0f]/gv, '')
    .replace(/(?<=[\uff66-\uff9f])[\u3099\u309a]/g, (mark) => (mark === '\u3099' ? '\uff9e' : '\uff9f'))
    .replace(/[\\|{}~_"`^=-]/g, hexadecimal)
    .replace(/^ +| +$/g, (spaces) => hexadecimal(' ').repeat(spaces.length));
}

/** receiptline's `\xHH` stands for a character that is not looked at as markup. */
function hexadecimal(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
