/** The sealed codes on the slip: they hold every shipped procedure, and other eyes than ours read them from the printed picture and open them. */
import { readdirSync, readFileSync } from 'node:fs';
import { createCanvas, loadImage, type Canvas, type Image } from '@napi-rs/canvas';
import { qrcode } from 'receiptline';
import { describe, expect, it } from 'vitest';
import { openParts, takeOfficeKey } from '../../contract/procedure/open-sealed-code.ts';
import { Procedure, TownAreas } from '../../contract/procedure/procedure.ts';
import { requestCode } from '../../contract/procedure/request-code.ts';
import { sealedRequestCode } from '../../contract/procedure/sealed-code.ts';
import type { SealedContent } from '../../contract/procedure/sealed-content.ts';
import { PARTS_MAX, readPart } from '../../contract/procedure/sealed-parts.ts';
import { plainWords } from '../../contract/procedure/readings.ts';
import { Moment } from '../../contract/time.ts';
import { filledLines, type Filling } from '../../contract/test-support/filled-request.ts';
import { deviceKeysOf, newKiosk, newOffice, sealedContent } from '../../contract/test-support/sealed-request.ts';
import { printOnPaper } from '../../hardware/simulator/printed-slip.ts';
import { codesInPicture } from '../test-support/codes-in-picture.ts';
import { requestSlipMarkup } from './request-slip.ts';

const FRAME = { slipNumber: 42, deviceLabel: '役場1', town: '苫前町', site: '苫前町役場', now: Moment.parse('2026-11-22T01:05:00.000Z'), form: 'ja', large: false } as const;
const BACKEND = new URL('../../backend/', import.meta.url);
const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, BACKEND), 'utf8'));
const AREAS = TownAreas.parse(read('seed/areas.json'));
const FILES = readdirSync(new URL('procedures/', BACKEND)).filter((file) => file.endsWith('.json'));
const OFFICE = newOffice();
const KIOSK = newKiosk();
const DOTS_PER_MM = 8;
const CELL_DOTS = 4;
const ROOM = 250;
const DEGREE = Math.PI / 180;

interface Filled {
  readonly content: SealedContent;
  readonly codes: readonly string[];
  readonly markup: (sealedCode: readonly string[]) => string;
}

async function filled(file: string, filling: Filling): Promise<Filled> {
  const procedure = Procedure.parse(read(`procedures/${file}`));
  const lines = filledLines(procedure, AREAS, filling);
  const content = sealedContent({ procedureId: procedure.id, procedureName: plainWords(procedure.name.ja), version: procedure.version, asker: procedure.askers[0] ?? 'self', lines: lines.map(({ label, value }) => ({ label, value })) });
  const codes = await sealedRequestCode(OFFICE.x ?? '', content, KIOSK);
  if (!codes) throw new Error(`${file} does not fit`);
  // What the codes hold is measured here, not how names are drawn: another slip may have fewer characters to draw than a printer has room for.
  const short = lines.map((line) => ({ ...line, value: line.value === null ? null : '―' }));
  const slip = { kind: 'request', procedure, lines: short, fee: { kind: 'free' }, notes: [], bring: [], staffChecks: [], code: requestCode(content.requestId, KIOSK) } as const;
  return { content, codes, markup: (sealedCode) => requestSlipMarkup({ ...slip, sealedCode }, FRAME) };
}

/** The picture as a worse print or a worse eye would have it, with room round it. */
async function worse(png: Buffer, spoil: (canvas: Canvas, picture: Image) => void): Promise<Buffer> {
  const picture = await loadImage(png);
  const canvas = createCanvas(picture.width + 2 * ROOM, picture.height + 2 * ROOM);
  const context = canvas.getContext('2d');
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.translate(ROOM, ROOM);
  spoil(canvas, picture);
  return canvas.encode('png');
}

/** Every so many-th dot is another than it should be: dust, and dots of the head that do not burn. */
function speckled(canvas: Canvas, everyDots: number): void {
  const context = canvas.getContext('2d');
  let state = 7;
  for (let count = (canvas.width * canvas.height) / everyDots; count > 0; count--) {
    state = (state * 48_271) % 2_147_483_647;
    context.fillStyle = state % 2 === 0 ? '#000000' : '#ffffff';
    context.fillRect(state % canvas.width, Math.floor(state / 64) % canvas.height, 1, 1);
  }
}

const sealedOf = (seen: readonly string[]) => seen.filter((text) => text.startsWith('KZ2')).toSorted();
const measured = new Map<string, string>();

describe.each(FILES)('of %s', (file) => {
  it.each(['usual', 'longest'] as const)('the sealed codes are read from the print by another program, and opened (%s answers)', async (filling) => {
    const { content, codes, markup } = await filled(file, filling);
    const [whole, without] = [await printOnPaper(markup(codes)), await printOnPaper(markup([]))];
    const seen = codesInPicture(whole.png);
    expect(seen).toHaveLength(1 + codes.length);
    expect(sealedOf(seen)).toEqual(codes.toSorted());
    const parts = (await Promise.all(seen.map(readPart))).filter((part) => part !== undefined);
    const key = await takeOfficeKey(OFFICE);
    expect(key && (await openParts(parts, key, deviceKeysOf(KIOSK)))).toEqual({ kind: 'opened', content, maker: { kind: 'known', label: '役場1' } });

    const modules = qrcode.generate({ data: codes[0] ?? '', level: 'm', cell: CELL_DOTS, type: 'qrcode' }).length;
    // Version 20 at most, with four blank cells on both sides, on 72 mm.
    expect(modules).toBeLessThanOrEqual(97);
    expect((modules + 8) * CELL_DOTS).toBeLessThanOrEqual(576);
    expect(codes.length).toBeLessThanOrEqual(filling === 'usual' ? 2 : PARTS_MAX);
    const paperMm = Math.round(((await loadImage(whole.png)).height - (await loadImage(without.png)).height) / DOTS_PER_MM);
    measured.set(`${file} ${filling}`, `${codes.length} × ${modules} (${((modules * CELL_DOTS) / DOTS_PER_MM).toFixed(1)} mm) | ${paperMm} mm | ${Math.round((whole.bytes - without.bytes) / 1_000)} kB`);
  });
});

it('takes as much paper as docs/clerk-page.md says', () => {
  const rows = FILES.map((file) => `| \`${file.replace('.json', '')}\` | ${measured.get(`${file} usual`) ?? ''} | ${measured.get(`${file} longest`) ?? ''} |`);
  expect(readFileSync(new URL('../../docs/clerk-page.md', import.meta.url), 'utf8')).toContain(rows.join('\n'));
});

describe('a sealed code in a bad print', () => {
  const drawn = (canvas: Canvas, picture: Image, { blur = 0, degrees = 0, paleness = 1, stretch = 1 }) => {
    const context = canvas.getContext('2d');
    context.filter = blur === 0 ? 'none' : `blur(${blur}px)`;
    context.globalAlpha = paleness;
    context.rotate(degrees * DEGREE);
    context.drawImage(picture, 0, 0, picture.width, picture.height * stretch);
    context.resetTransform();
    context.filter = 'none';
    context.globalAlpha = 1;
  };
  it.each<readonly [string, Parameters<typeof worse>[1]]>([
    ['blurred', (canvas, picture) => drawn(canvas, picture, { blur: 1.2 })],
    ['askew by four degrees', (canvas, picture) => drawn(canvas, picture, { degrees: 4 })],
    ['stretched by three in a hundred', (canvas, picture) => drawn(canvas, picture, { stretch: 0.97 })],
    ['pale', (canvas, picture) => drawn(canvas, picture, { paleness: 0.35 })],
    ['dusty', (canvas, picture) => {
      drawn(canvas, picture, {});
      speckled(canvas, 60);
    }],
    ['printed by a head with a dead dot', (canvas, picture) => {
      drawn(canvas, picture, {});
      canvas.getContext('2d').fillRect(ROOM + 300, 0, 1, canvas.height);
    }],
    ['blurred, askew and dusty', (canvas, picture) => {
      drawn(canvas, picture, { blur: 1, degrees: 2 });
      speckled(canvas, 100);
    }],
  ])('is read when it is %s', async (_how, spoil) => {
    const { codes, markup } = await filled('residence-certificate.json', 'usual');
    const { png } = await printOnPaper(markup(codes));
    expect(sealedOf(codesInPicture(await worse(png, spoil)))).toEqual(codes.toSorted());
  });
});

it('a slip without a sealed code is as it was', async () => {
  const { markup } = await filled('road-report.json', 'usual');
  expect(markup([])).not.toContain('職員が読み取るコード');
});
