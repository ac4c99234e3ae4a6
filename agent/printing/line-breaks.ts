/**
 * Breaks a sentence into lines that fit the paper, between words and never inside one: a printer would cut 「使えます」 or a telephone
 * number wherever the line happens to end.
 */
import { columnsOf } from '../../hardware/printer/slip-characters.ts';

const SEGMENTER = new Intl.Segmenter('ja', { granularity: 'word' });
/** Stays in one piece: dates, times, figures with their unit, telephone numbers. */
const ATOM =
  /(\d+年\d+月\d+日(?:\([^)]{1,3}\))?|\d+月\d+日(?:\([^)]{1,3}\))?|[A-Z][a-z]{2},\s\d+\s[A-Z][a-z]{2}\s\d{4}|\d+時\d+分|\d{1,2}:\d{2}|\d+-\d+(?:-\d+)*|(?:あと\s?)?\d[\d,]*(?:[年円枚店日番件回通%％]|ポイント|えん|まい|にち|ばん|かい|\s(?:yen|points?|tickets?|days?)\b)?)/u;
/** Where a date breaks that is longer than a line. */
const YEAR = /^(\d+年)(\d+月.*)$/u;
/** A mark that must not begin a line. */
const CLOSING = /^[、。，．）」』】〕〉》！？・ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ%％円枚店日月年)]/;
/** A mark that must not end one. */
const OPENING = /[（「『【〔〈《(]$/;

/** Belongs to the word after it. */
const LEADING = /^(?:[おご御]|この|その|あの)$/;
/** After it a new phrase may begin, also in hiragana. */
const PHRASE_END = /[、。，．]$|[^ぁ-ん].*[はをが]$/u;

const NO_BREAK = '\u00a0';
/** A last line of so few columns looks forgotten. */
const WIDOW_COLUMNS = 4;

/**
 * Breaks at blanks where it can, else between words. A word longer than a line breaks between its parts.
 * @param columns half-width columns of a line
 * @returns lines without blanks at their ends
 */
export function breakLines(text: string, columns: number): string[] {
  const lines: string[][] = [];
  // What stays in one piece has no blanks in it until it is set.
  const whole = text.split(ATOM).map((part, index) => (index % 2 === 1 ? part.replaceAll(' ', NO_BREAK) : part)).join('');
  let line: string[] = [];
  const room = () => columns - columnsOf(line.join('').trimStart());
  const next = () => {
    if (line.some((word) => word.trim() !== '')) lines.push(line);
    line = [];
  };
  for (const chunk of whole.match(/[ 　]*[^ 　]+/gu) ?? []) {
    if (columnsOf(chunk) > room() && columnsOf(chunk.trim()) <= columns) next();
    for (const word of wordsOf(chunk).flatMap((one) => (columnsOf(one) > columns ? partsOf(one) : [one]))) {
      if (columnsOf(line.length === 0 ? word.trim() : word) > room()) next();
      line.push(word);
    }
  }
  next();
  const [before, last] = [lines.at(-2), lines.at(-1)];
  const moved = before !== undefined && before.length > 1 ? before.at(-1) : undefined;
  if (last && moved !== undefined && columnsOf(last.join('').trim()) <= WIDOW_COLUMNS && columnsOf(moved.trim() + last.join('').trimEnd()) <= columns) {
    before?.pop();
    last.unshift(moved);
  }
  return lines.map((words) => words.join('').trim().replaceAll(NO_BREAK, ' '));
}

/**
 * As many lines as `breakLines` makes, each sentence on its own, broken at its commas or else about equally long: for what stands in the middle,
 * where one short word below looks lost.
 */
export function breakEvenly(text: string, columns: number): string[] {
  const sentences = text.split(/(?<=。)/u);
  if (sentences.length > 1) return sentences.flatMap((sentence) => breakEvenly(sentence, columns));
  const lines = breakLines(text, columns);
  const clauses = text.split(/(?<=、)/u);
  if (clauses.length === lines.length && clauses.every((clause) => columnsOf(clause) <= columns)) return clauses;
  for (let narrower = Math.ceil(columnsOf(text) / lines.length); narrower < columns; narrower++) {
    const even = breakLines(text, narrower);
    if (even.length === lines.length && even.every((line) => columnsOf(line) <= narrower)) return even;
  }
  return lines;
}

/** Where a word breaks that no line is long enough for. */
function partsOf(word: string): string[] {
  const date = YEAR.exec(word);
  if (date) return date.slice(1);
  const parts: string[] = [];
  for (const { segment } of SEGMENTER.segment(word)) {
    // A single kana is an ending.
    if (parts.length > 0 && (CLOSING.test(segment) || /^[ぁ-ん]$/.test(segment))) parts.push(`${parts.pop() ?? ''}${segment}`);
    else parts.push(segment);
  }
  return parts;
}

/** Words with what must stay with them: closing marks, endings in hiragana, the last sign of a compound, what follows a bracket. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const [index, part] of text.split(ATOM).entries()) {
    // Every other part is an atom.
    const segments = index % 2 === 1 ? [part] : [...SEGMENTER.segment(part)].map(({ segment }) => segment);
    for (const segment of segments) {
      const last = words.at(-1);
      if (last !== undefined && staysWith(last, segment)) words[words.length - 1] = last + segment;
      else words.push(segment);
    }
  }
  return words;
}

function staysWith(last: string, segment: string): boolean {
  if (/\s$/.test(last)) return false;
  if (CLOSING.test(segment) || OPENING.test(last) || LEADING.test(last)) return true;
  if (LEADING.test(segment) || PHRASE_END.test(last)) return false;
  return (
    /^[ぁ-ん]+$/.test(segment) ||
    // 応援＋券, プレミアム＋分
    (/^\p{Script=Han}$/u.test(segment) && /[\p{Script=Han}\p{Script=Katakana}ー]$/u.test(last)) ||
    // Letters and signs of one foreign word.
    (/^[\x21-\x7e]+$/.test(segment) && /[\x21-\x7e]$/.test(last))
  );
}
