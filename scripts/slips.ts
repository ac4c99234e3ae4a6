/**
 * Draws every slip × wording × size as the printer prints it, as PNG of its real size (203 dpi), with a contact sheet (HTML and PNG) and the bytes that
 * go over the wire. Look at them after every change of a slip.
 *
 *   node scripts/slips.ts [--out DIR] [--docs]     DIR is out/slips; --docs draws those of docs/slips.md anew as well
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { EXAMPLE_FRAME, EXAMPLE_REPRINT, slipExamples } from '../agent/printing/slip-examples.ts';
import { slipMarkup, type SlipFrame } from '../agent/printing/slip-markup.ts';
import { Procedure } from '../contract/procedure/procedure.ts';
import { printOnPaper } from '../hardware/simulator/printed-slip.ts';

const ROOT = path.join(import.meta.dirname, '..');
const DOCS = path.join(ROOT, 'docs/pictures/slips');
const FORMS = ['ja', 'easy', 'en'] as const;
/** The slips that are also shown as reprints. */
const REPRINTED = ['load', 'tickets-one'];
/** Beside the usual ones, those that docs/slips.md shows. */
const SHOWN_IN_DOCS = ['load-ja-large', 'load-easy', 'load-en', 'load-reprint', 'tickets-one-reprint'];

interface Picture {
  readonly name: string;
  readonly png: Buffer;
  readonly bytes: number;
}

async function drawAll(): Promise<Picture[]> {
  const procedure = Procedure.parse(JSON.parse(readFileSync(path.join(ROOT, 'backend/procedures/residence-certificate.json'), 'utf8')));
  const pictures: Picture[] = [];
  for (const form of FORMS) {
    for (const { name, content, staff } of slipExamples(procedure, form)) {
      const draw = async (as: string, change: Partial<SlipFrame>) => {
        const { png, bytes } = await printOnPaper(slipMarkup(content, { ...EXAMPLE_FRAME, form, ...change }));
        pictures.push({ name: as, png, bytes });
      };
      if (staff && form !== 'ja') continue;
      await draw(staff ? name : `${name}-${form}`, {});
      if (!staff) await draw(`${name}-${form}-large`, { large: true });
      if (REPRINTED.includes(name)) await draw(form === 'ja' ? `${name}-reprint` : `${name}-reprint-${form}`, EXAMPLE_REPRINT);
    }
  }
  return pictures.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** All of them side by side, half as large. */
async function contactSheet(pictures: readonly Picture[]): Promise<Buffer> {
  const [gap, label] = [12, 24];
  const images = await Promise.all(pictures.map(async ({ name, png }) => ({ name, image: await loadImage(png) })));
  const width = Math.max(...images.map(({ image }) => image.width / 2)) + gap;
  const height = Math.max(...images.map(({ image }) => image.height / 2)) + gap + label;
  const perRow = 12;
  const canvas = createCanvas(perRow * width + gap, Math.ceil(images.length / perRow) * height + gap);
  const context = canvas.getContext('2d');
  context.fillStyle = '#777777';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.font = '18px sans-serif';
  images.forEach(({ name, image }, index) => {
    const [x, y] = [gap + (index % perRow) * width, gap + Math.floor(index / perRow) * height];
    context.fillStyle = '#ffffff';
    context.fillText(name, x, y + label - 6);
    context.drawImage(image, x, y + label, image.width / 2, image.height / 2);
  });
  return canvas.encode('png');
}

function contactPage(pictures: readonly Picture[]): string {
  const one = ({ name, bytes }: Picture) => `<figure><figcaption>${name} · ${bytes.toLocaleString('en')} bytes</figcaption><img src="${name}.png" alt="${name}"></figure>`;
  // 80 mm of paper are 640 dots: shown as wide as they are.
  return `<!doctype html><html lang="ja"><meta charset="utf-8"><title>Slips</title><style>body{background:#777;color:#fff;font:14px sans-serif;display:flex;flex-wrap:wrap;align-items:flex-start}figure{margin:4mm}img{display:block;width:80mm}</style>${pictures.map(one).join('')}</html>\n`;
}

const { values } = parseArgs({ options: { out: { type: 'string', default: path.join(ROOT, 'out/slips') }, docs: { type: 'boolean', default: false } } });
const pictures = await drawAll();
rmSync(values.out, { recursive: true, force: true });
mkdirSync(values.out, { recursive: true });
for (const { name, png } of pictures) writeFileSync(path.join(values.out, `${name}.png`), png);
writeFileSync(path.join(values.out, 'contact.png'), await contactSheet(pictures));
writeFileSync(path.join(values.out, 'contact.html'), contactPage(pictures));
for (const { name, bytes } of pictures) console.log(`${name.padEnd(24)}${String(bytes).padStart(7)} bytes`);
console.log(`${pictures.length} slips; ${path.relative(process.cwd(), path.join(values.out, 'contact.html'))}`);
if (values.docs) {
  rmSync(DOCS, { recursive: true, force: true });
  mkdirSync(DOCS, { recursive: true });
  const shown = pictures.filter(({ name }) => /^[a-z-]+-ja$|^day-report$/.test(name) || SHOWN_IN_DOCS.includes(name));
  for (const { name, png } of shown) writeFileSync(path.join(DOCS, `${name}.png`), png);
  console.log(`${shown.length} of them in docs/pictures/slips`);
}
