/**
 * Makes a PNG of every screen on every glass in every form in out/screens/, and one contact sheet a glass. Look at them after every
 * change of a screen.
 *
 *   npm run screens -- [--size fhd|portrait|laptop|tablet] [--mode usual|readings|easy|english|large|contrast|large-…] [--only TEXT] [--build no]
 *   npm run screens -- --check     looks at all of them in all forms on all glasses, makes no pictures: sizes in millimetres, what is cut off, axe
 *
 * Without a size and a mode, the forms that change the layout are drawn on the largest glass for all screens, on the others for one screen of each
 * kind. Drives the gallery (renderer/gallery) with Chromium; CHROMIUM names another browser. Ends with 1 when `--check` found something.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import axe from 'axe-core';
import { chromium, type Page } from 'playwright-core';
import { build, preview } from 'vite';
import { faultsOfScreen } from '../renderer/gallery/check-screen.ts';
import { addressOf, floorsOf, formsOn, FORMS, GLASSES, GLASS_NAMES, hasOwnColours, LIKES_OPEN, show, violations, type FormName, type GlassName } from '../renderer/gallery/every-way.ts';
import { FIXTURES, MAIN_FIXTURES } from '../renderer/gallery/fixtures.ts';

const ROOT = path.join(import.meta.dirname, '..');
const OUT = path.join(ROOT, 'out/screens');
const DRAWN: readonly FormName[] = ['usual', 'readings', 'easy', 'english', 'large', 'contrast', 'large-contrast-readings'];
const ALL = FIXTURES.map(({ name }) => name);

const COLUMNS = 6;
const THUMB_WIDTH = 480;
const LABEL_HEIGHT = 26;

interface Picture {
  readonly label: string;
  readonly png: Buffer;
}

async function contactSheet(target: string, pictures: readonly Picture[], ratio: number): Promise<void> {
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

const { values } = parseArgs({ options: { size: { type: 'string' }, mode: { type: 'string' }, only: { type: 'string', default: '' }, build: { type: 'string', default: 'yes' }, check: { type: 'boolean', default: false } } });
const glasses = GLASS_NAMES.filter((glass) => values.size === undefined || values.size === glass);
const formsFor = (glass: GlassName, usual: readonly FormName[]) => formsOn(glass).filter((form) => (values.mode === undefined ? usual.includes(form) : form === values.mode));
const wanted = (names: readonly string[]) => [...names, LIKES_OPEN].filter((name) => name.includes(values.only));

async function draw(page: Page, glass: GlassName): Promise<void> {
  const pictures: Picture[] = [];
  for (const form of formsFor(glass, DRAWN)) {
    const directory = path.join(OUT, glass, form);
    if (!values.only) rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    for (const name of wanted(glass === 'fhd' || values.only ? ALL : MAIN_FIXTURES)) {
      await show(page, addressOf(name, glass, form));
      const png = await page.screenshot({ path: path.join(directory, `${name.replace('&likes=open', '-likes')}.png`) });
      pictures.push({ label: `${name} · ${form}`, png });
    }
  }
  const { width, height } = GLASSES[glass];
  const sheet = path.join(OUT, `contact-${glass}.png`);
  await contactSheet(sheet, pictures, height / width);
  console.log(`${pictures.length} screens of ${glass}; ${path.relative(ROOT, sheet)}`);
}

/** @returns how many faults there are */
async function check(page: Page, glass: GlassName): Promise<number> {
  await page.evaluate(axe.source);
  const names = wanted(ALL);
  let found = 0;
  for (const form of formsFor(glass, Object.keys(FORMS) as FormName[])) {
    for (const name of names) {
      await show(page, addressOf(name, glass, form));
      const faults = [...(await page.evaluate(faultsOfScreen, floorsOf(glass, form))), ...(await page.evaluate(violations, { colours: hasOwnColours(form) }))];
      for (const fault of faults) console.log(`${glass} ${form} ${name}: ${fault}`);
      found += faults.length;
    }
    console.log(`${glass} ${form}: ${names.length} screens`);
  }
  return found;
}

const common = { root: path.join(ROOT, 'renderer'), configFile: path.join(ROOT, 'vite.config.ts'), mode: 'gallery', logLevel: 'warn' } as const;
if (values.build !== 'no') await build(common);
const server = await preview({ ...common, preview: { port: 0, host: '127.0.0.1' } });
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
});
try {
  const address = server.resolvedUrls?.local[0];
  if (!address) throw new Error('The gallery has no address.');
  const open = async (glass: GlassName): Promise<Page> => {
    const { width, height } = GLASSES[glass];
    const page = await browser.newPage({ viewport: { width, height }, reducedMotion: 'reduce', hasTouch: true });
    await page.goto(`${address}gallery.html`);
    await page.locator('.kiosk').waitFor();
    return page;
  };
  if (values.check) {
    const found = await Promise.all(glasses.map(async (glass) => check(await open(glass), glass)));
    const faults = found.reduce((sum, one) => sum + one, 0);
    console.log(`${faults} 件 (${faults} faults)`);
    process.exitCode = faults === 0 ? 0 : 1;
  } else {
    for (const glass of glasses) await draw(await open(glass), glass);
  }
} finally {
  await browser.close();
  await server.close();
}
