/**
 * Makes a paper card: a random number as a QR code on a picture to be printed. Whoever has the picture has the card, so the file is its
 * owner's alone. A file that is there already is never overwritten: when it is a paper card of ours, it is the one that is meant, so that
 * a command that was interrupted can simply be run again.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { errorCode } from '../../backend/unusable.ts';
import { CARD_CODE_LENGTH, readCardCode, writeCardCode } from '../../hardware/scanner/card-code.ts';
import { isInProject, syncDirectory, writeDurably } from './new-file.ts';
import type { PaperOutcome } from './registration-answers.ts';

const IDENTIFIER_BYTES = 16;

export type PaperCard = { readonly kind: 'card'; readonly identifier: Uint8Array } | Exclude<PaperOutcome, { kind: 'there' }>;

/** @param file absolute @param town its name, as it is printed */
export async function paperCardIn(file: string, town: string): Promise<PaperCard> {
  if (isInProject(file)) return { kind: 'in-the-project' };
  const identifier = Uint8Array.from(randomBytes(IDENTIFIER_BYTES));
  const picture = await drawPaperCard(town, writeCardCode(identifier));
  try {
    writeDurably(file, picture);
    syncDirectory(path.dirname(file));
    return { kind: 'card', identifier };
  } catch (error) {
    const code = errorCode(error);
    return code === 'EEXIST' ? cardOfEarlier(file) : { kind: 'not-written', code };
  }
}

function cardOfEarlier(file: string): PaperCard {
  try {
    const printed = new RegExp(`>([0-9A-Z]{${CARD_CODE_LENGTH}})<`).exec(readFileSync(file, 'utf8'));
    const code = readCardCode(printed?.[1] ?? '');
    return code.kind === 'card' ? code : { kind: 'exists' };
  } catch (error) {
    return { kind: 'not-written', code: errorCode(error) };
  }
}

/** Millimetres. The size of a card (ISO/IEC 7810, ID-1). */
const CARD = { width: 85.6, height: 54, corner: 3.18 };
/** Cells of white that a reader needs on each side (ISO/IEC 18004). */
const QUIET_CELLS = 4;
/** receiptline writes bytes, so the code has 29 cells a side (version 3) instead of the 25 that its capitals would need. */
const CODE = { cell: 1.05, right: 2.5, top: 3.5 };
const MARGIN = 6;
const TOWN_LETTER_MAX = 6.4;

/**
 * The card as SVG in millimetres: black on white, so that any printer will do.
 * @param code as `writeCardCode` gives it
 */
export async function drawPaperCard(town: string, code: string): Promise<string> {
  const { qrcode } = await import('receiptline');
  const cells = qrcode.generate({ data: code, type: 'qrcode', cell: 3, level: 'm', quietZone: false });
  const side = (cells.length + 2 * QUIET_CELLS) * CODE.cell;
  const left = CARD.width - CODE.right - side;
  const marks = cells.flatMap((row, y) => Array.from(row, (cell, x) => (cell === 1 ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  const start = `translate(${millimetres(left + QUIET_CELLS * CODE.cell)} ${millimetres(CODE.top + QUIET_CELLS * CODE.cell)}) scale(${CODE.cell})`;
  const letters = Math.min(TOWN_LETTER_MAX, (left - MARGIN) / Math.max([...town].length, 1));
  const line = (y: number, size: number, text: string, more = '') => `  <text x="${MARGIN}" y="${y}" font-size="${millimetres(size)}"${more}>${escaped(text)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${CARD.width}mm" height="${CARD.height}mm" viewBox="0 0 ${CARD.width} ${CARD.height}" font-family="'BIZ UDPGothic', 'Noto Sans CJK JP', 'Noto Sans JP', sans-serif">`,
    `  <rect x="0.1" y="0.1" width="${CARD.width - 0.2}" height="${CARD.height - 0.2}" rx="${CARD.corner}" fill="#fff" stroke="#999" stroke-width="0.2"/>`,
    line(14, letters, town, ' font-weight="bold"'),
    line(21.5, 4.2, '町のカード'),
    line(31, 2.9, '残高のあるカードです。'),
    line(35.6, 2.9, 'なくしたら役場へ。'),
    line(40.6, 1.9, 'This card holds value.'),
    line(43.4, 1.9, 'If it is lost, tell the town office.'),
    `  <path transform="${start}" shape-rendering="crispEdges" d="${marks}"/>`,
    `  <text x="${millimetres(left + side / 2)}" y="47.6" font-size="1.7" font-family="monospace" text-anchor="middle">${code}</text>`,
    '</svg>',
    '',
  ].join('\n');
}

/** To a hundredth: no printer does better. */
function millimetres(length: number): string {
  return String(Math.round(length * 100) / 100);
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
