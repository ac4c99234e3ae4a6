/** The picture on the screen is the slip that is printed: the same characters, in the same places, as large. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Procedure } from '../../contract/procedure/procedure.ts';
import { columnsOf, printableForm } from '../../hardware/printer/slip-characters.ts';
import { slipPreviewSvg } from '../../hardware/printer/slip-preview.ts';
import { printOnPaper } from '../../hardware/simulator/printed-slip.ts';
import { DRAWN_CHARACTER, type Placed } from '../../hardware/simulator/virtual-printer-page.ts';
import { EXAMPLE_FRAME, EXAMPLE_REPRINT, slipExamples } from './slip-examples.ts';
import { slipMarkup } from './slip-markup.ts';

const CELL = { width: 12, height: 24 };
const RULE = '─';
const procedure = Procedure.parse(JSON.parse(readFileSync(new URL('../../backend/procedures/residence-certificate.json', import.meta.url), 'utf8')));

const attribute = (element: string, name: string): string => new RegExp(`${name}="([^"]*)"`).exec(element)?.[1] ?? '';
const pair = (text: string): readonly [number, number] => {
  const [, x, y] = /\(([-\d.]+),([-\d.]+)\)/.exec(text) ?? [];
  return [Number(x), Number(y)];
};

/** The picture gives thousandths. */
const rounded = (dots: number): number => Math.round(dots * 10) / 10;

/** What the picture shows where, in dots from its upper left corner. */
function inPicture(svg: string): Placed[] {
  const placed: Placed[] = [];
  for (const [, group = '', content = ''] of svg.matchAll(/(<g transform="[^"]*">)(.*?)<\/g>/gs)) {
    const [left, bottom] = pair(attribute(group, 'transform'));
    for (const [, text = '', inside = ''] of content.matchAll(/(<text[^>]*>)(.*?)<\/text>/gs)) {
      const [wide, high] = text.includes('scale(') ? pair(attribute(text, 'transform')) : [1, 1];
      for (const [, x, character = ''] of inside.matchAll(/<tspan x="([^"]*)">(.*?)<\/tspan>/gs)) {
        const shown = character.replaceAll('&#xa0;', ' ').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
        const width = columnsOf(shown) * CELL.width * wide;
        placed.push({ text: shown, x: rounded(left + Number(x) * wide - width / 2), y: bottom - CELL.height * high, width, height: CELL.height * high, reverse: text.includes('filter=') });
      }
    }
    const [path = ''] = /<path[^>]*>/.exec(content) ?? [];
    const [, rule] = /d="M0,12h(\d+)"/.exec(path) ?? [];
    if (rule !== undefined) for (let x = 0; x < Number(rule); x += CELL.width) placed.push({ text: RULE, x: left + x, y: bottom, ...CELL, reverse: false });
    else if (path !== '') {
      // A code: as wide as the furthest of its cells.
      const cells = [...attribute(path, 'd').matchAll(/M(\d+),(\d+)l(\d+)/g)].map((cell) => cell.slice(1).map(Number));
      const size = Math.max(...cells.map(([x = 0, , cell = 0]) => x + cell));
      placed.push({ text: null, x: left, y: bottom, width: size, height: Math.max(...cells.map(([, y = 0, cell = 0]) => y + cell)), reverse: false });
    }
  }
  return placed;
}

/** One image may go out in strips: they are one again. Blanks count only where they are black. */
function comparable(placed: readonly Placed[]): Placed[] {
  const [first] = placed;
  const all: Placed[] = [];
  for (const one of placed) {
    const last = all.at(-1);
    if (one.text === null && last?.text === null && last.y + last.height === one.y) all[all.length - 1] = { ...last, height: last.height + one.height };
    else if (one.reverse || one.text === null || one.text.trim() !== '') all.push(one);
  }
  return all.map((one) => ({ ...one, y: one.y - (first?.y ?? 0), text: one.text !== null && printableForm(one.text).kind === 'drawn' ? DRAWN_CHARACTER : one.text })).sort((a, b) => a.y - b.y || a.x - b.x);
}

async function expectSame(markup: string): Promise<void> {
  const { placed } = await printOnPaper(markup);
  expect(comparable(inPicture(await slipPreviewSvg(markup, { columns: 48 })))).toEqual(comparable(placed));
}

describe.each(['ja', 'easy', 'en'] as const)('the picture in %s', (form) => {
  const frame = { ...EXAMPLE_FRAME, form };
  it.each(slipExamples(procedure, form))('is what is printed: $name, in both sizes, and printed again', async ({ content }) => {
    for (const large of [false, true]) await expectSame(slipMarkup(content, { ...frame, large }));
    await expectSame(slipMarkup(content, { ...frame, ...EXAMPLE_REPRINT }));
  });
});

it('has every size in its place, also beside another and beginning at half a column', async () => {
  for (const carets of ['', '^', '^^', '^^^', '^^^^', '^^^^^', '^^^^^^']) {
    await expectSame(`${carets}あ1${carets}\n| ${carets}12${carets}~円\n左 | "${carets}右a${carets}"\n---\n\`${carets} 髙 ${carets}\` |\n{width:29,19}\nあいう | 1,000円\n{width:auto}`);
  }
});
