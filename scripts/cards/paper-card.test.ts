import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCardCode } from '../../hardware/scanner/card-code.ts';
import { drawPaperCard, paperCardIn } from './paper-card.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'paper-'));
  file = path.join(directory, 'card.svg');
});
afterEach(() => rmSync(directory, { recursive: true }));

const CODE = 'KZ1P3UAXR5SVT0NEGZ43CMFHU5HCRYTX90XK';

test('the picture has the size of a card, the town, and the code for machines and for people', async () => {
  const picture = await drawPaperCard('苫前町', CODE);
  expect(picture).toContain('width="85.6mm" height="54mm"');
  for (const text of ['苫前町', '残高のあるカード', '役場へ', CODE]) expect(picture).toContain(text);
  expect(picture.match(/#[0-9a-f]+/g)).toEqual(['#fff', '#999']);
});

test('the QR code is whole, with white around it, inside the card', async () => {
  const picture = await drawPaperCard('苫前町', CODE);
  const [, left, top, cell] = /translate\(([\d.]+) ([\d.]+)\) scale\(([\d.]+)\)/.exec(picture)!.map(Number) as [number, number, number, number];
  const dark = new Set([...picture.matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map(([, x, y]) => `${x} ${y}`));
  const rowOf = (x: number, y: number, length: number) => Array.from({ length }, (_, at) => (dark.has(`${x + at} ${y}`) ? '#' : '.')).join('');
  // The finder patterns of a code of 29 cells, and the timing pattern between them.
  for (const [x, y] of [[0, 0], [22, 0], [0, 22]] as const) {
    expect([0, 1, 2, 3, 4, 5, 6].map((row) => rowOf(x, y + row, 7))).toEqual(['#######', '#.....#', '#.###.#', '#.###.#', '#.###.#', '#.....#', '#######']);
  }
  expect(rowOf(8, 6, 13)).toBe('#.#.#.#.#.#.#');
  const white = 4 * cell;
  expect(Math.min(left - white, top - white, 85.6 - (left + 29 * cell + white), 54 - (top + 29 * cell + white))).toBeGreaterThan(0);
  // Nothing else may stand in the white, the line below included.
  for (const [, x, y] of picture.matchAll(/<text x="([\d.]+)" y="([\d.]+)"/g)) expect(Number(x) < left - white || Number(y) - 1.7 > top + 29 * cell + white).toBe(true);
});

test('a name of a town cannot become anything but text', async () => {
  expect(await drawPaperCard('<a>&', CODE)).toContain('&lt;a&gt;&amp;');
});

test('each card has a number of its own, which the file says, readable by its owner only', async () => {
  const made = await paperCardIn(file, '苫前町');
  const printed = />(KZ1P[0-9A-Z]{32})</.exec(readFileSync(file, 'utf8'))![1]!;
  expect(made).toEqual(readCardCode(printed));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const other = await paperCardIn(path.join(directory, 'other.svg'), '苫前町');
  expect(other).not.toEqual(made);
});

test('a card that is there already is the one that is meant, and stays as it is', async () => {
  const made = await paperCardIn(file, '苫前町');
  const before = readFileSync(file, 'utf8');
  expect(await paperCardIn(file, '苫前町')).toEqual(made);
  expect(readFileSync(file, 'utf8')).toBe(before);
});

test.each(['something else', `<text>${CODE.slice(0, -1)}Q</text>`, ''])('a file that is no card of ours is never overwritten (%s)', async (text) => {
  writeFileSync(file, text);
  expect(await paperCardIn(file, '苫前町')).toEqual({ kind: 'exists' });
  expect(readFileSync(file, 'utf8')).toBe(text);
  expect(readdirSync(directory)).toEqual(['card.svg']);
});

test('a card is not put where git would take it, nor where nothing can be written', async () => {
  expect(await paperCardIn(path.resolve(import.meta.dirname, 'card.svg'), '苫前町')).toEqual({ kind: 'in-the-project' });
  expect(await paperCardIn(path.join(directory, 'nowhere/card.svg'), '苫前町')).toEqual({ kind: 'not-written', code: 'ENOENT' });
});
