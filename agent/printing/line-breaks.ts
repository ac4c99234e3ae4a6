/**
 * Breaks a sentence into lines that fit the paper, between words and never inside one: a printer would cut 「使えます」 or a telephone
 * number wherever the line happens to end.
 */
import { columnsOf } from '../../hardware/printer/slip-characters.ts';

const SEGMENTER = new Intl.Segmenter('ja', { granularity: 'word' });
/** A mark that must not begin a line. */
const CLOSING = /^[、。，．）」』】〕〉》！？・ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ%％円枚店日月年)]/;

/** Belongs to the word after it. */
const POLITE = /^[おご御]$/;

/**
 * @param columns half-width columns of a line
 * @returns lines without blanks at their ends; a word longer than a line stays whole
 */
export function breakLines(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of wordsOf(text)) {
    if (line !== '' && columnsOf(line + word.trimEnd()) > columns) {
      lines.push(line.trim());
      line = '';
    }
    line += line === '' ? word.trimStart() : word;
  }
  if (line.trim() !== '') lines.push(line.trim());
  return lines;
}

/** Words with what must stay with them: closing marks, endings in hiragana, and runs of digits and dashes. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const { segment } of SEGMENTER.segment(text)) {
    const last = words.at(-1);
    const staysTogether =
      last !== undefined &&
      !/\s$/.test(last) &&
      !POLITE.test(segment) &&
      (CLOSING.test(segment) || POLITE.test(last) || /^[ぁ-ん]+$/.test(segment) || (/[\d-]$/.test(last) && /^[\d-]/.test(segment)));
    if (staysTogether) words[words.length - 1] = last + segment;
    else words.push(segment);
  }
  return words;
}
