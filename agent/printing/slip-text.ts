/** Idioms of slips in receiptline's markup, for 48 columns: lines, pairs, points, amounts, dates. Every text goes through `escapeSlipText`. */
import { dateParts, epochOfMoment, type LocalDate, type Moment } from '../../contract/time.ts';
import type { Form } from '../../contract/procedure/request-lines.ts';
import type { Unit } from '../../contract/value.ts';
import { columnsOf as baseColumnsOf } from '../../hardware/printer/slip-characters.ts';
import { escapeSlipText } from '../../hardware/printer/slip-layout.ts';
import { breakEvenly, breakLines } from './line-breaks.ts';
import { UNIT } from './slip-words.ts';

/** Half-width columns of a line in the base size. */
export const COLUMNS = 48;

/** A line across. */
export const RULE = '---';

/** The lines as one markup; of rules that meet, one. */
export function markupOf(lines: readonly string[]): string {
  return lines.filter((line, index) => line !== RULE || lines[index - 1] !== RULE).join('\n');
}

/** Base: 3 mm, for staff. Tall: 6 mm high and narrow. Double: 6 mm. Triple: 9 mm. Quadruple: 12 mm, its figures 9 mm. Quintuple: 15 and 11 mm. */
export type Size = 'base' | 'tall' | 'double' | 'triple' | 'quadruple' | 'quintuple';
const CARETS: Readonly<Record<Size, string>> = { base: '', tall: '^^', double: '^^^', triple: '^^^^', quadruple: '^^^^^', quintuple: '^^^^^^' };
const WIDTH: Readonly<Record<Size, number>> = { base: 1, tall: 1, double: 2, triple: 3, quadruple: 4, quintuple: 5 };

/** Columns that a text takes in a size. */
export function columnsOf(text: string, size: Size): number {
  return baseColumnsOf(text) * WIDTH[size];
}

/** The largest of these sizes, given largest first, in which a text fits a line; the last when it fits in none. */
export function fitting(text: string, ...sizes: readonly [Size, ...Size[]]): Size {
  return sizes.find((size) => columnsOf(text, size) <= COLUMNS) ?? sizes.at(-1) ?? sizes[0];
}

export function sized(text: string, size: Size, bold = false): string {
  const marked = `${CARETS[size]}${escapeSlipText(text)}${CARETS[size]}`;
  return bold ? `"${marked}"` : marked;
}

/** White on black from edge to edge, as large as it fits: what nobody may overlook. */
export function bandLine(text: string, ...sizes: readonly [Size, ...Size[]]): string {
  const size = fitting(text, ...sizes);
  const blanks = ' '.repeat(Math.floor((COLUMNS - columnsOf(text, size)) / 2 / WIDTH[size]));
  return `"\`${CARETS[size]}${escapeSlipText(`${blanks}${text}${blanks}`)}${CARETS[size]}\`"`;
}

/** A text at the left edge, broken between words. */
export function leftLines(text: string, size: Size, bold = false): string[] {
  return breakLines(text, Math.floor(COLUMNS / WIDTH[size])).map((line) => `${sized(line, size, bold)} |`);
}

/** Sentences, each on lines of its own. */
export function sentenceLines(text: string, size: Size): string[] {
  return text.split(/(?<=。|\. )/u).flatMap((sentence) => leftLines(sentence, size));
}

/** In the middle. */
export function middleLines(text: string, size: Size, bold = false): string[] {
  return breakEvenly(text, Math.floor(COLUMNS / WIDTH[size])).map((line) => sized(line, size, bold));
}

/** At the right edge. */
export function rightLines(text: string, size: Size, bold = false): string[] {
  return breakLines(text, Math.floor(COLUMNS / WIDTH[size])).map((line) => `| ${sized(line, size, bold)}`);
}

/** A point of a list: what follows stands under its text, not under its mark. */
export function pointLines(mark: string, text: string, size: Size): string[] {
  const lines = breakLines(text, Math.floor((COLUMNS - columnsOf(mark, size)) / WIDTH[size]));
  const indent = ' '.repeat(columnsOf(mark, 'base'));
  return lines.map((line, index) => `${sized(`${index === 0 ? mark : indent}${line}`, size)} |`);
}

/** A label and what belongs to it: on one line where they fit, else the value below at the right edge, broken between words. */
export function pairLines(label: string, value: string, size: Size): string[] {
  const [left, right] = [columnsOf(label, size), columnsOf(value, size)];
  const line = `${sized(label, size)} | ${sized(value, size, true)}`;
  if (Math.max(left, right) <= COLUMNS / 2) return [line];
  if (left + WIDTH[size] + right <= COLUMNS) return [`{width:${COLUMNS - right},${right}}`, line, '{width:auto}'];
  return [...leftLines(label, size), ...rightLines(value, size, true)];
}

/** A label, and ruled lines under room for a hand: 10 mm each. */
export function writingLines(label: string, lines: number, size: Size): string[] {
  return [...leftLines(label, size), ...Array.from({ length: lines }, () => ['', '', RULE]).flat()];
}

/** Figures 9 mm high (11 mm in large print) with their unit, at the right edge; smaller only where a line is too short for them. */
export function amountLine(amount: number, unit: string, large: boolean): string {
  const figures = amount.toLocaleString('ja-JP');
  const ways: ReadonlyArray<readonly [Size, Size]> = [...(large ? LARGE_AMOUNTS : []), ['quadruple', 'double'], ['quadruple', 'tall'], ['triple', 'tall']];
  const [size, unitSize] = ways.find(([one, other]) => columnsOf(figures, one) + 1 + columnsOf(unit, other) <= COLUMNS) ?? ['triple', 'tall'];
  return `| ${sized(figures, size, true)}~${sized(unit, unitSize)}`;
}
const LARGE_AMOUNTS = [['quintuple', 'triple'], ['quintuple', 'double'], ['quadruple', 'triple']] as const;

/** 「1,500円」 */
export function amountText(amount: number, unit: Unit, form: Form): string {
  return `${amount.toLocaleString('ja-JP')}${form === 'en' ? ' ' : ''}${unitText(amount, unit, form)}`;
}

export function unitText(amount: number, unit: Unit, form: Form): string {
  const text = UNIT[unit][form];
  return form === 'en' && amount === 1 ? text.replace(/s$/, '') : text;
}

/** 「2026年11月22日(日)」; in easy Japanese without the weekday. */
export function dateText(date: LocalDate, form: Form = 'ja'): string {
  const { year, month, day, weekday } = dateParts(date);
  if (form === 'en') return `${WEEKDAYS.en[weekday]}, ${day} ${MONTHS[month - 1]} ${year}`;
  return form === 'easy' ? `${year}年${month}月${day}日` : `${year}年${month}月${day}日(${WEEKDAYS.ja[weekday]})`;
}

const WEEKDAYS = {
  ja: ['日', '月', '火', '水', '木', '金', '土'],
  en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
} as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Hour and minute in Asia/Tokyo: 「10時05分」. */
export function timeText(moment: Moment, form: Form = 'ja'): string {
  const minutes = Math.floor(epochOfMoment(moment) / 60_000) + 9 * 60;
  const [hour, minute] = [Math.floor(minutes / 60) % 24, String(minutes % 60).padStart(2, '0')];
  return form === 'ja' ? `${hour}時${minute}分` : `${hour}:${minute}`;
}
