/** The picture as a browser draws it, beside the dots that a printer burns: the same ink in the same places. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Procedure } from '../../contract/procedure/procedure.ts';
import { slipPreviewSvg } from '../../hardware/printer/slip-preview.ts';
import { printOnPaper } from '../../hardware/simulator/printed-slip.ts';
import { EXAMPLE_FRAME, EXAMPLE_REPRINT, slipExamples } from './slip-examples.ts';
import { slipMarkup } from './slip-markup.ts';

/** 2 mm: larger than the steps of enlarged dots, smaller than a character. */
const BLOCK = 16;
/** Paper beside the print, and before its first line. */
const MARGIN = { left: 32, top: 96 };
const HEAD = 576;

const procedure = Procedure.parse(JSON.parse(readFileSync(new URL('../../backend/procedures/residence-certificate.json', import.meta.url), 'utf8')));
const font = createRequire(import.meta.url).resolve('@expo-google-fonts/biz-udgothic/400Regular/BIZUDGothic_400Regular.ttf');
let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
});
afterAll(() => browser.close());

/** How much of each block is ink, 0–1, row by row. */
async function inkOf(png: Buffer, left: number, top: number, height: number): Promise<number[]> {
  const image = await loadImage(png);
  const context = createCanvas(HEAD, height).getContext('2d');
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, HEAD, height);
  context.drawImage(image, -left, -top);
  const { data } = context.getImageData(0, 0, HEAD, height);
  const perRow = HEAD / BLOCK;
  const ink = Array<number>(perRow * Math.ceil(height / BLOCK)).fill(0);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < HEAD; x++) {
      const block = Math.floor(y / BLOCK) * perRow + Math.floor(x / BLOCK);
      ink[block] = (ink[block] ?? 0) + (255 - (data[(y * HEAD + x) * 4] ?? 255)) / 255 / BLOCK ** 2;
    }
  }
  return ink;
}

/** Pearson's, of two equally long rows of numbers: 1 when one follows the other. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (row: readonly number[]) => row.reduce((sum, value) => sum + value, 0) / row.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = (one: (index: number) => number) => a.reduce((sum, _, index) => sum + one(index), 0);
  const [da, db] = [(index: number) => (a[index] ?? 0) - meanA, (index: number) => (b[index] ?? 0) - meanB];
  return product((index) => da(index) * db(index)) / Math.sqrt(product((index) => da(index) ** 2) * product((index) => db(index) ** 2));
}

async function drawn(svg: string): Promise<{ readonly png: Buffer; readonly height: number }> {
  const page = await browser.newPage({ viewport: { width: HEAD, height: 800 } });
  try {
    const typeface = `@font-face{font-family:'BIZ UDGothic';src:url(data:font/ttf;base64,${readFileSync(font).toString('base64')})}`;
    await page.setContent(`<style>${typeface} body{margin:0} svg{display:block}</style>${svg}`);
    await page.evaluate(async () => {
      await document.fonts.ready;
    });
    const height = Number(/height="(\d+)px"/.exec(svg)?.[1]);
    return { png: await page.screenshot({ fullPage: true }), height };
  } finally {
    await page.close();
  }
}

it.each([
  ['the slip of sold sets', 'load-sold', {}],
  ['a large print of a balance', 'balance', { large: true }],
  ['a reprint, white on black', 'load', EXAMPLE_REPRINT],
  ['a request with its code', 'request', {}],
] as const)('%s looks the same', async (_, name, change) => {
  const example = slipExamples(procedure, 'ja').find((one) => one.name === name);
  if (!example) throw new Error(name);
  const markup = slipMarkup(example.content, { ...EXAMPLE_FRAME, ...change });
  const { png, height } = await drawn(await slipPreviewSvg(markup, { columns: 48 }));
  const picture = await inkOf(png, 0, 0, height);
  const paper = (await printOnPaper(markup)).png;
  const same = correlation(picture, await inkOf(paper, MARGIN.left, MARGIN.top, height));
  // Half a small character aside, and half a line down: what the comparison must see.
  const aside = correlation(picture, await inkOf(paper, MARGIN.left + 6, MARGIN.top, height));
  const below = correlation(picture, await inkOf(paper, MARGIN.left, MARGIN.top + 10, height));
  expect(same).toBeGreaterThan(0.968);
  expect(Math.max(aside, below)).toBeLessThan(same - 0.05);
});
