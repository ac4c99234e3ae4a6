/** The usual slip: how many bytes go to the printer, and how long it takes to make them, beside receiptline as it comes and the whole page as dots. */
import { createCanvas, GlobalFonts, loadImage } from '@napi-rs/canvas';
import { createRequire } from 'node:module';
import { transform } from 'receiptline';
import { slipMarkup } from '../../agent/printing/slip-markup.ts';
import { AUTOMATIC_STATUS_ON, imageStrip } from '../../hardware/printer/escpos-commands.ts';
import { layoutSlip } from '../../hardware/printer/slip-layout.ts';
import { slipPreviewSvg } from '../../hardware/printer/slip-preview.ts';
import { NOW, SCHEME } from '../../agent/test-support/ledger-town.ts';
import { median, p95, type Row } from './rows.ts';

const COLUMNS = 48;
const PLAIN = { cpl: COLUMNS, encoding: 'cp932', spacing: true, command: 'epson' } as const;
const BAUD_RATE = 115_200;
/** Rows of one strip, as receiptline cuts its own pictures for Epson's printers. */
const STRIP_ROWS = 512;
/** Ink from which a dot is burnt, of 255. */
const DARKER_THAN = 128;
const FACE = 'Kazasu Bench';
const INITIALISE = Uint8Array.of(0x1b, 0x40);
const CUT = Uint8Array.of(0x1d, 0x56, 0x42, 0x18);

export async function slipRows(times: number): Promise<Row[]> {
  const markup = slipMarkup(
    { kind: 'load', scheme: SCHEME, received: { free: 5_000, paid: 0, premium: 0 }, lastDay: SCHEME.lastDay, balance: 5_000, cash: 0 },
    { slipNumber: 42, deviceLabel: '役場1', town: '苫前町', site: '苫前町役場', now: NOW, form: 'ja', large: false },
  );
  const begun = performance.now();
  const first = await layoutSlip(markup, { columns: COLUMNS });
  const cold = performance.now() - begun;
  if (first.kind !== 'printable') throw new Error(`The usual slip cannot be printed: ${first.why}`);
  const bytes = first.units.reduce((sum, unit) => sum + unit.length, 0);
  const own = await timed(times, 20, () => layoutSlip(markup, { columns: COLUMNS }));
  const plain = await timed(times, 20, () => transform(markup, PLAIN));
  const raster = await rasterSlip(markup);
  const drawn = await timed(Math.max(5, times / 20), 2, () => rasterSlip(markup));
  const perSecond = (samples: readonly number[]) => (samples.length * 1_000) / samples.reduce((sum, ms) => sum + ms, 0);
  const peer = 'floor: plain receiptline with the same markup';
  const page = 'floor: the same slip as dots, whole';
  return [
    {
      name: 'slip_bytes',
      value: bytes,
      unit: 'bytes',
      floor: transform(markup, PLAIN).length,
      note: `the usual load slip without its proofs of printing, ${onWire(bytes)}; ${peer} (which loses what cp932 lacks)`,
    },
    { name: 'slip_bytes_vs_raster', value: bytes, unit: 'bytes', floor: raster.length, note: `the same slip; ${page}, ${onWire(raster.length)}` },
    { name: 'slip_encode_ms_p95', value: p95(own), unit: 'ms', floor: p95(plain), note: `${times} times (median ${median(own).toFixed(2)}, floor's ${median(plain).toFixed(2)}; the first, with loading, ${cold.toFixed(0)}); ${peer}` },
    { name: 'slips_per_s', value: perSecond(own), unit: '1/s', floor: perSecond(plain), note: `slips laid out one after another on one core, not printed; ${peer}` },
    { name: 'slips_per_s_vs_raster', value: perSecond(own), unit: '1/s', floor: perSecond(drawn), note: `the same; ${page}, drawn from its picture ${drawn.length} times` },
  ];
}

const onWire = (bytes: number): string => `${((bytes * 10) / BAUD_RATE).toFixed(2)} s on the wire at ${BAUD_RATE} baud`;

/** The slip as a page printer would be sent it: its picture, every row of it. */
async function rasterSlip(markup: string): Promise<Uint8Array> {
  loadFace();
  // The drawing library takes one name of a face, not a list.
  const svg = (await slipPreviewSvg(markup, { columns: COLUMNS })).replace(/font-family="[^"]*"/, `font-family="${FACE}"`);
  const picture = await loadImage(Buffer.from(svg));
  const { width, height } = picture;
  const context = createCanvas(width, height).getContext('2d');
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const rows = Array.from({ length: height }, (_, y) => {
    const row = new Uint8Array((width + 7) >> 3);
    for (let x = 0; x < width; x += 1) if ((data[(y * width + x) * 4] ?? 255) < DARKER_THAN) row[x >> 3] = (row[x >> 3] ?? 0) | (0x80 >> (x & 7));
    return row;
  });
  if (rows.every((row) => row.every((dots) => dots === 0))) throw new Error('The picture of the usual slip is empty');
  const strips = Array.from({ length: Math.ceil(height / STRIP_ROWS) }, (_, index) => imageStrip(width, rows.slice(index * STRIP_ROWS, (index + 1) * STRIP_ROWS)));
  return Buffer.concat([INITIALISE, AUTOMATIC_STATUS_ON, ...strips, CUT]);
}

function loadFace(): void {
  if (GlobalFonts.has(FACE)) return;
  GlobalFonts.registerFromPath(createRequire(import.meta.url).resolve('@expo-google-fonts/biz-udgothic/400Regular/BIZUDGothic_400Regular.ttf'), FACE);
}

async function timed(times: number, warm: number, work: () => unknown): Promise<number[]> {
  for (let time = 0; time < warm; time += 1) await work();
  const samples: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const begun = performance.now();
    await work();
    samples.push(performance.now() - begun);
  }
  return samples;
}
