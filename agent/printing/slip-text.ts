/** Idioms of slips in receiptline's markup, for 48 columns: lines, pairs, points, dates. Every text goes through `escapeSlipText`. */
import { dateParts, epochOfMoment, type LocalDate, type Moment } from '../../contract/time.ts';
import { columnsOf as baseColumnsOf } from '../../hardware/printer/slip-characters.ts';
import { escapeSlipText } from '../../hardware/printer/slip-layout.ts';
import { breakLines } from './line-breaks.ts';

/** Half-width columns of a line in the base size. */
export const COLUMNS = 48;

/** A line across. */
export const RULE = '---';

/** Base: 3 mm, for staff. Tall: 6 mm high and narrow. Double: 6 mm. Triple: 9 mm. Quadruple: 12 mm. */
export type Size = 'base' | 'tall' | 'double' | 'triple' | 'quadruple';
const CARETS: Readonly<Record<Size, string>> = { base: '', tall: '^^', double: '^^^', triple: '^^^^', quadruple: '^^^^^' };
const WIDTH: Readonly<Record<Size, number>> = { base: 1, tall: 1, double: 2, triple: 3, quadruple: 4 };

/** Columns that a text takes in a size. */
export function columnsOf(text: string, size: Size): number {
  return baseColumnsOf(text) * WIDTH[size];
}

export function sized(text: string, size: Size, bold = false): string {
  const marked = `${CARETS[size]}${escapeSlipText(text)}${CARETS[size]}`;
  return bold ? `"${marked}"` : marked;
}

/** A text at the left edge, broken between words. */
export function leftLines(text: string, size: Size, bold = false): string[] {
  return breakLines(text, Math.floor(COLUMNS / WIDTH[size])).map((line) => `${sized(line, size, bold)} |`);
}

/** In the middle. */
export function middleLines(text: string, size: Size, bold = false): string[] {
  return breakLines(text, Math.floor(COLUMNS / WIDTH[size])).map((line) => sized(line, size, bold));
}

/** A point of a list: what follows stands under its text, not under its mark. */
export function pointLines(mark: string, text: string, size: Size): string[] {
  const lines = breakLines(text, Math.floor((COLUMNS - columnsOf(mark, size)) / WIDTH[size]));
  const indent = ' '.repeat(columnsOf(mark, 'base'));
  return lines.map((line, index) => `${sized(`${index === 0 ? mark : indent}${line}`, size)} |`);
}

/** A label and what belongs to it: each in its half of a line where it fits, else the value below at the right edge, broken between words. */
export function pairLines(label: string, value: string, size: Size): string[] {
  if (Math.max(columnsOf(label, size), columnsOf(value, size)) <= COLUMNS / 2) return [`${sized(label, size)} | ${sized(value, size, true)}`];
  return [...leftLines(label, size), ...breakLines(value, Math.floor(COLUMNS / WIDTH[size])).map((line) => `| ${sized(line, size, true)}`)];
}

/** A label, and ruled lines under room for a hand: 10 mm each. */
export function writingLines(label: string, lines: number, size: Size): string[] {
  return [...leftLines(label, size), ...Array.from({ length: lines }, () => ['', '', RULE]).flat()];
}

/** 「2026年11月22日(日)」 */
export function dateText(date: LocalDate): string {
  const { year, month, day, weekday } = dateParts(date);
  return `${year}年${month}月${day}日(${WEEKDAYS[weekday]})`;
}

const WEEKDAYS = ['日', '月', '火', '水', '木', '金', '土'] as const;

/** Hour and minute in Asia/Tokyo: 「10時05分」. */
export function timeText(moment: Moment): string {
  const minutes = Math.floor(epochOfMoment(moment) / 60_000) + 9 * 60;
  return `${Math.floor(minutes / 60) % 24}時${String(minutes % 60).padStart(2, '0')}分`;
}
