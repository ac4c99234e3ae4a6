/**
 * Makes a PNG of every screen × theme × wording × size in out/screens/, and one contact sheet a size. Look at them after every
 * change of a screen.
 *
 *   node scripts/screens.ts [--size fhd|portrait|laptop|tablet] [--mode usual|readings|easy|english|large|contrast|large-contrast] [--only TEXT] [--build no]
 *
 * Drives the gallery (renderer/gallery) with Chromium; CHROMIUM names another browser.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { chromium, type Page } from 'playwright-core';
import { build, preview } from 'vite';

const ROOT = path.join(import.meta.dirname, '..');
const OUT = path.join(ROOT, 'out/screens');

/** Glasses by name: CSS pixels, and pixels an inch. */
const SIZES = {
  fhd: { width: 1920, height: 1080, ppi: 102.6, all: true },
  portrait: { width: 1080, height: 1920, ppi: 102.6, all: false },
  laptop: { width: 1920, height: 1080, ppi: 141, all: false },
  tablet: { width: 1280, height: 800, ppi: 149, all: false },
} as const;
const MODES = {
  usual: '',
  readings: '&readings=yes',
  easy: '&form=easy',
  english: '&form=en',
  large: '&text=large',
  contrast: '&colours=contrast',
  'large-contrast': '&text=large&colours=contrast',
} as const;

const COLUMNS = 6;
const THUMB_WIDTH = 480;
const LABEL_HEIGHT = 26;

async function contactSheet(target: string, pictures: ReadonlyArray<{ label: string; png: Buffer }>, ratio: number): Promise<void> {
  const thumbHeight = Math.round(THUMB_WIDTH * ratio);
  const rows = Math.ceil(pictures.length / COLUMNS);
  const canvas = createCanvas(COLUMNS * (THUMB_WIDTH + 8), rows * (thumbHeight + LABEL_HEIGHT + 8));
  const context = canvas.getContext('2d');
  context.fillStyle = '#777777';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.font = '18px sans-serif';
  for (const [index, { label, png }] of pictures.entries()) {
    const x = (index % COLUMNS) * (THUMB_WIDTH + 8) + 4;
    const y = Math.floor(index / COLUMNS) * (thumbHeight + LABEL_HEIGHT + 8) + 4;
    context.drawImage(await loadImage(png), x, y, THUMB_WIDTH, thumbHeight);
    context.fillStyle = '#ffffff';
    context.fillText(label, x + 4, y + thumbHeight + 19);
  }
  writeFileSync(target, await canvas.encode('png'));
}

async function show(page: Page, address: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, address);
  // Two frames: one in which React draws, one in which it is painted; then the typeface's pieces.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.evaluate(async () => {
    await document.fonts.ready;
  });
}

const { values } = parseArgs({ options: { size: { type: 'string' }, mode: { type: 'string' }, only: { type: 'string', default: '' }, build: { type: 'string', default: 'yes' } } });
if (values.build !== 'no') await build({ root: path.join(ROOT, 'renderer'), configFile: path.join(ROOT, 'vite.config.ts'), mode: 'gallery', logLevel: 'warn' });
const server = await preview({ root: path.join(ROOT, 'renderer'), configFile: path.join(ROOT, 'vite.config.ts'), mode: 'gallery', preview: { port: 0, host: '127.0.0.1' }, logLevel: 'warn' });
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
});
try {
  const address = server.resolvedUrls?.local[0];
  if (!address) throw new Error('The gallery has no address.');
  for (const [sizeName, size] of Object.entries(SIZES)) {
    if (values.size && values.size !== sizeName) continue;
    const page = await browser.newPage({ viewport: { width: size.width, height: size.height }, reducedMotion: 'reduce' });
    await page.goto(`${address}gallery.html`);
    await page.locator('.kiosk').waitFor();
    const names = await page.evaluate((all) => (document.body.dataset[all ? 'fixtures' : 'mainFixtures'] ?? '').split(' '), size.all);
    const pictures: Array<{ label: string; png: Buffer }> = [];
    for (const [modeName, mode] of Object.entries(MODES)) {
      if (values.mode && values.mode !== modeName) continue;
      const directory = path.join(OUT, sizeName, modeName);
      if (!values.only) rmSync(directory, { recursive: true, force: true });
      mkdirSync(directory, { recursive: true });
      for (const name of [...names, 'balance-one-offer&likes=open'].filter((candidate) => candidate.includes(values.only))) {
        await show(page, `fixture=${name}&ppi=${size.ppi}${mode}`);
        const png = await page.screenshot({ path: path.join(directory, `${name.replace('&likes=open', '-likes')}.png`) });
        pictures.push({ label: `${name} · ${modeName}`, png });
      }
    }
    await page.close();
    const sheet = path.join(OUT, `contact-${sizeName}.png`);
    await contactSheet(sheet, pictures, size.height / size.width);
    console.log(`${pictures.length} screens of ${sizeName}; ${path.relative(ROOT, sheet)}`);
  }
} finally {
  await browser.close();
  await server.close();
}
