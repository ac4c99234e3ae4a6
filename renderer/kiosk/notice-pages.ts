/**
 * How many of the day's notices stand on one page, by the room they need on this glass: reckoned from their letters, because a page has to be known
 * before it is drawn. Pure.
 */
import type { Glass } from './glass.ts';

/** Millimetres, and letters of full width. */
interface Room {
  readonly height: number;
  readonly letters: number;
  readonly line: number;
  /** The button that turns the page, with the gap before it. */
  readonly button: number;
}

/** Above and below the words of a notice, and between two. */
const PADDING = 8;
const GAP = 6;

/** @returns null where the glass has no room for notices */
export function roomForNotices(glass: Glass, text: 'usual' | 'large'): Room | null {
  const large = text === 'large';
  const line = large ? 16.2 : 12.2;
  switch (glass) {
    case 'roomy':
      return { height: 203, letters: large ? 11 : 14, line, button: large ? 44 : 37 };
    case 'compact':
      return { height: 144, letters: large ? 9 : 11, line, button: large ? 44 : 35 };
    case 'tall':
      return { height: 165, letters: large ? 18 : 25, line, button: large ? 44 : 37 };
    case 'tight':
      return null;
  }
}

/** Latin letters are half as wide. */
function widthOf(line: string): number {
  return [...line].reduce((sum, letter) => sum + (letter.charCodeAt(0) < 0x0100 ? 0.56 : 1), 0);
}

export function linesOf(text: string, letters: number): number {
  // Words are not broken, so a line is seldom full.
  return text === '' ? 0 : text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / (letters - 1))), 0);
}

export interface Sized {
  /** What stands over it: its kind, or a title of its own as well. */
  readonly titles: readonly string[];
  readonly text: string;
}

const heightOf = ({ titles, text }: Sized, { letters, line }: Room): number => PADDING + line * ([...titles, text].reduce((sum, words) => sum + linesOf(words, letters), 0));

/** The text in parts, where it is too long for a page of its own: one part as a rule. */
export function partsOf(notice: Sized, room: Room): string[] {
  const lines = Math.max(1, Math.floor((room.height - room.button - PADDING) / room.line) - notice.titles.reduce((sum, title) => sum + linesOf(title, room.letters), 0));
  const parts: string[] = [];
  // Between words and after marks; a word that is longer than a part is left whole.
  for (const piece of notice.text.match(/[^\s、。]+[\s、。]*|[\s、。]+/g) ?? [notice.text]) {
    const joined = (parts.at(-1) ?? '') + piece;
    if (parts.length > 0 && linesOf(joined.trimEnd(), room.letters) <= lines) parts[parts.length - 1] = joined;
    else parts.push(piece);
  }
  return parts.map((part) => part.trim());
}

/**
 * @param before what stands above the notices on the first page
 * @returns the notices' places in the list, page by page; one page when all of them fit
 */
export function noticePages(notices: readonly Sized[], before: readonly Sized[], room: Room): number[][] {
  const reserved = before.reduce((sum, one) => sum + heightOf(one, room) + GAP, 0);
  const heights = notices.map((notice) => heightOf(notice, room));
  const all = heights.reduce((sum, height) => sum + height + GAP, 0) - GAP;
  if (reserved + all <= room.height) return [notices.map((_, index) => index)];
  // What stands above leaves no room even for the button that would turn the page.
  if (reserved + room.button > room.height) return [[]];
  const pages: number[][] = [[]];
  let left = room.height - room.button - reserved;
  for (const [index, height] of heights.entries()) {
    if (height > left && (pages.at(-1)?.length !== 0 || pages.length === 1)) {
      pages.push([]);
      left = room.height - room.button;
    }
    pages.at(-1)?.push(index);
    left -= height + GAP;
  }
  // Nothing fits beside what stands above: it is on the next pages.
  return pages.length > 1 && pages[0]?.length === 0 && before.length === 0 ? pages.slice(1) : pages;
}
