/**
 * Readings in a text, in the notation of Aozora Bunko: behind its kanji, `住民票《じゅうみんひょう》`; where more than kanji is read so, a bar
 * says where it begins, `｜1月1日《いちがつついたち》`. Stands by itself, so that the window can draw and speak readings without the schema library.
 */
const KANJI = '\\p{Script=Han}々〆ヶ';
const READING = new RegExp(`(?:｜([^｜《》]+)|([${KANJI}]+))《([ぁ-ゖー・]+)》`, 'gu');

/** The text without its readings. */
export function plainWords(text: string): string {
  return text.replace(READING, '$1$2');
}

export interface ReadingSegment {
  readonly text: string;
  /** In hiragana; left out where the text has none. */
  readonly reading?: string;
}

/** The text cut where readings begin and end; joined again, the segments' texts are `plainWords(text)`. */
export function readingSegments(text: string): ReadingSegment[] {
  const segments: ReadingSegment[] = [];
  let from = 0;
  for (const match of text.matchAll(READING)) {
    if (match.index > from) segments.push({ text: text.slice(from, match.index) });
    segments.push({ text: match[1] ?? match[2] ?? '', reading: match[3] ?? '' });
    from = match.index + match[0].length;
  }
  if (from < text.length) segments.push({ text: text.slice(from) });
  return segments;
}
