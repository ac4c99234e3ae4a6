/** Idioms of slips in receiptline's markup, for 48 columns. Text that comes from data goes through `escapeSlipText` here, and nowhere else. */
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
  return [...text].reduce((sum, character) => sum + (/^[ -~\uff61-\uff9f]$/u.test(character) ? 1 : 2), 0) * WIDTH[size];
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
