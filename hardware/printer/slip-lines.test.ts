import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { LOAD_SLIP } from './example-slips.ts';
import { printableForm } from './slip-characters.ts';
import { layoutSlip } from './slip-layout.ts';
import { pieces } from './slip-pieces.ts';
import { differingDots, onPaper } from './test-support/paper.ts';

const columns = 48;
const RARE = '髙﨑𠮷葛\u{e0102}邉\u{e010f}か\u309aé鷗';
/** 150 characters that a printer does not have. */
const MANY = readFileSync(path.join(import.meta.dirname, 'test-support/jis-x-0213.txt'), 'utf8')
  .split(/[\t\n]/)
  .filter((character) => character >= '\u3402' && character.length === 1 && printableForm(character).kind === 'drawn')
  .slice(-150)
  .join('');

const kinds = (paper: Awaited<ReturnType<typeof onPaper>>) => ({
  taught: paper.commands.filter(({ kind }) => kind === 'define-glyph').length,
  images: paper.commands.filter(({ kind }) => kind === 'store-graphics').length,
});

describe('a line drawn whole', () => {
  it.each([
    ['in every size', ['', '^', '^^', '^^^', '^^^^', '^^^^^'].map((size) => `${size}${RARE}${size} |`).join('\n')],
    ['struck twice, underlined and reversed', `"${RARE}" |\n_${RARE}_ |\n| \`${RARE}\`\n"_^^^髙^^^_"`],
    ['in two columns, at the edges and in the middle', `髙﨑 | 𠮷\n髙﨑 |\n| ^^^𠮷^^^\n髙\n{a:right;w:20}\n鷗 | é\n`],
    ['in sizes that differ', '髙^^^髙^^^^^﨑^^"^𠮷^"'],
    ['in a ruled table', '{b:line;w:10,10}\n髙|^^^﨑^^^\n---\n𠮷|葛\u{e0102}\n{b:none}\n髙'],
  ])('is dot for dot what the printer would set: %s', async (_, markup) => {
    const taught = await onPaper(markup, { columns });
    const whole = await onPaper(markup, { columns, ownCharacters: 0 });
    expect(kinds(taught).images).toBe(0);
    expect(kinds(whole)).toMatchObject({ taught: 0 });
    expect(kinds(whole).images).toBeGreaterThan(0);
    // But for the dots that are added where bytes would be a real-time command: other bytes for other pictures.
    expect(await differingDots(whole, taught)).toBeLessThan(RARE.length * 4);
    expect([...taught.complaints, ...whole.complaints]).toEqual([]);
  });

  it('takes the printer’s own characters with it, and leaves the other lines to the printer', async () => {
    const paper = await onPaper('苫前町\n髙橋 ｶﾞ 100円\\\\ |\n苫前町', { columns, ownCharacters: 0 });
    expect(paper.text).toBe('苫前町\n苫前町');
    const [image] = paper.commands.flatMap((command) => (command.kind === 'store-graphics' ? command : []));
    expect(image?.widthDots).toBe(14 * 12);
  });

  it('goes out in strips that can be proved one by one', async () => {
    const layout = await layoutSlip(`^^^^^${RARE}${RARE}^^^^^\n${MANY}`, { columns, ownCharacters: 0 });
    if (layout.kind !== 'printable') throw new Error(layout.why);
    expect(Math.max(...layout.units.map((unit) => unit.length))).toBeLessThan(1_000);
    expect(Math.max(...[...pieces(layout.units)].map((piece) => piece.length))).toBeLessThan(1_024);
  });
});

describe('how many characters the printer can learn', () => {
  it('decides which lines are drawn: those that still fit are taught', async () => {
    const slip = `${MANY}\n髙`;
    const paper = await onPaper(slip, { columns });
    expect(kinds(paper).taught).toBe(24 * 3 + 6 + 1);
    expect(kinds(paper).images).toBeGreaterThan(0);
    expect(paper.read(`髙${MANY}`).replaceAll('\n', '')).toBe(`${MANY.slice(0, 72)}${MANY.slice(144)}髙`);
  });

  it('never makes a slip without such characters longer', async () => {
    const usual = await onPaper(LOAD_SLIP, { columns });
    expect((await onPaper(LOAD_SLIP, { columns, ownCharacters: 0 })).bytes).toEqual(usual.bytes);
    expect(usual.bytes.length).toBeLessThan(3_000);
  });

  it('is 94 at most', async () => {
    await expect(layoutSlip('髙', { columns, ownCharacters: 95 })).rejects.toThrow(RangeError);
  });
});
