/** Every profile against every way in which a printer disappoints: what became of the slip is said right, and nothing is sent twice. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PrinterFault } from '../simulator/virtual-printer-faults.ts';
import { VirtualPrinter, type VirtualPrinterOptions } from '../simulator/virtual-printer.ts';
import { BALANCE_SLIP, LOAD_SLIP } from './example-slips.ts';
import { PRINTER_PROFILE_NAMES, type PrinterProfileName } from './printer-profiles.ts';
import type { PrinterDiagnostic, PrinterTimings } from './printer-timings.ts';
import { createSerialSlipPrinter } from './serial-slip-printer.ts';
import type { PrintOutcome, PrinterStatus, SlipPrinter } from './slip-printer.ts';

const TIMINGS: PrinterTimings = {
  pollMs: 100, pollWhilePrintingMs: 40, replyMs: 150, retryOpenMs: 50, startMs: 3_000, writeMs: 1_000, closeMs: 500,
  pieceMs: 1_500, silenceMs: 600, graceMs: 80, clearMs: 800, settleMs: 60,
};
/** Bytes take their time, and a busy machine adds to it. */
const SLOW_LINE: Partial<PrinterTimings> = { replyMs: 2_000, silenceMs: 8_000, pieceMs: 20_000, clearMs: 8_000 };
const SHORT_SLIP = 'ひとつ\nふたつ\nみっつ\nよっつ\nいつつ';
const READY: PrinterStatus = { kind: 'ready', paper: 'enough' };
const LIMIT_MS = 8_000;

let directory: string;
let link: string;
let device: VirtualPrinter;
let printer: SlipPrinter | undefined;
let diagnostics: PrinterDiagnostic[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kazasu-profile-'));
  link = join(directory, 'tty');
  diagnostics = [];
});
afterEach(async () => {
  await printer?.close();
  printer = undefined;
  await device.stop();
  rmSync(directory, { recursive: true });
});

async function start(profile: PrinterProfileName, world: Partial<VirtualPrinterOptions> = {}, timings: Partial<PrinterTimings> = {}, baudRate = 115_200) {
  device = await VirtualPrinter.start({ link, slipsDir: join(directory, 'slips'), kind: profile, ...world });
  const slips = createSerialSlipPrinter({
    path: link, baudRate, columns: 48, profile, timings: { ...TIMINGS, ...timings }, onDiagnostic: (diagnostic) => diagnostics.push(diagnostic),
  });
  printer = slips;
  await becomes(slips, READY);
  return { paper: device, slips };
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const limit = performance.now() + LIMIT_MS;
  while (!condition()) {
    if (performance.now() > limit) throw new Error(`waited in vain: ${what}; status ${JSON.stringify(printer?.status())}; ${JSON.stringify(diagnostics)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
const becomes = (slips: SlipPrinter, status: PrinterStatus) => until(`status ${JSON.stringify(status)}`, () => JSON.stringify(slips.status()) === JSON.stringify(status));
const linesOnPaper = (): string => [...device.scraps, ...device.slips].map(({ text }) => text).join('\n');
/** How often the slip's last line, which says its number, is on paper. */
const ends = (): number => linesOnPaper().split('役場1-0042').length - 1;

const PROOF = { epson: 'marker', 'generic-escpos': 'status', 'star-line': 'marker' } as const;
const failed = (why: 'paper-out' | 'cover-open'): PrintOutcome => ({ kind: 'failed', why, partial: true });
const faulty = (fault: 'cutter' | 'recoverable' | 'unrecoverable' | 'offline'): PrintOutcome => ({ kind: 'failed', why: 'faulty', fault, partial: true });
const unknown = (why: 'silence' | 'line-lost' | 'power-cycled' | 'stopped'): PrintOutcome => ({ kind: 'unknown', why });

/** What becomes of a slip that meets a fault on its way, and what the printer's status is then; by profile where they differ. */
const ON_THE_WAY: ReadonlyArray<readonly [PrinterFault, PrinterStatus | undefined, PrintOutcome, Partial<Record<PrinterProfileName, PrintOutcome>>]> = [
  ['paper-out-mid-slip', { kind: 'paper-out' }, failed('paper-out'), {}],
  ['cover-open', { kind: 'cover-open' }, failed('cover-open'), {}],
  ['overheated', { kind: 'faulty', why: 'recoverable' }, faulty('recoverable'), {}],
  ['unrecoverable', { kind: 'faulty', why: 'unrecoverable' }, faulty('unrecoverable'), {}],
  ['offline', { kind: 'faulty', why: 'offline' }, faulty('offline'), {}],
  // Only an Epson-class printer lets the end of a slip be taken back that it has in it already.
  ['cutter-error', { kind: 'faulty', why: 'cutter' }, faulty('cutter'), { 'generic-escpos': unknown('stopped'), 'star-line': unknown('stopped') }],
  ['unplug-mid-slip', { kind: 'absent' }, unknown('line-lost'), {}],
  // A generic printer's answer has no name: after a silence it could belong to anything.
  ['power-cycle', undefined, unknown('power-cycled'), { 'generic-escpos': unknown('silence') }],
  ['silent', { kind: 'silent' }, unknown('silence'), {}],
  ['garbage-answers', { kind: 'faulty', why: 'line' }, unknown('silence'), {}],
  ['proof-lost', undefined, unknown('silence'), {}],
];

describe.each(PRINTER_PROFILE_NAMES)('%s', (profile) => {
  const PRINTED: PrintOutcome = { kind: 'printed', proof: PROOF[profile] };

  it('prints slips one after another, says what that is worth, and every byte is understood', async () => {
    const { paper, slips } = await start(profile);
    expect(await slips.print({ marker: 'A001', markup: BALANCE_SLIP })).toEqual(PRINTED);
    expect(await slips.print({ marker: 'A002', markup: `${LOAD_SLIP}\n{code:KZ1R-0042;option:qrcode,4,m}\n~\\|` })).toEqual(PRINTED);
    expect(paper.slips.map(({ text }) => text)).toEqual([expect.stringContaining('1,234,567 点'), expect.stringContaining('いまの残高')]);
    expect(paper.slips[1]?.text).toContain('番号　役場1-0042');
    expect(paper.complaints).toEqual([]);
  });

  it('prints on a slow line to a slow head, and never fills the buffer', async () => {
    const { paper, slips } = await start(profile, { baudRate: 9_600, rowsPerSecond: 3_000 }, SLOW_LINE, 9_600);
    expect(await slips.print({ marker: 'B001', markup: LOAD_SLIP })).toEqual(PRINTED);
    expect(paper.slips).toHaveLength(1);
    expect(paper.complaints).toEqual([]);
  });

  it.each(ON_THE_WAY)('%s on the way: what is known is said, and nothing is sent twice', async (fault, status, usual, here) => {
    const { paper, slips } = await start(profile);
    let sendings = 0;
    paper.faults.failNext(fault);
    expect(await slips.print({ marker: 'C001', markup: LOAD_SLIP }, () => sendings++)).toEqual(here[profile] ?? usual);
    expect(sendings).toBe(1);
    await becomes(slips, status ?? READY);
    paper.putRight();
    await paper.replug();
    await becomes(slips, READY);
    expect(await slips.print({ marker: 'C002', markup: SHORT_SLIP })).toEqual(PRINTED);
    expect(paper.slips.at(-1)?.text).toBe(SHORT_SLIP);
    // Called failed: the end never comes. Not known: it comes once at most.
    const outcome = here[profile] ?? usual;
    if (outcome.kind === 'failed') expect(paper.slips.filter(({ text }) => text.includes('役場1-0042') && !text.includes('無効'))).toEqual([]);
    expect(ends()).toBeLessThanOrEqual(1);
    // What is left of the torn slip is called void before the next one.
    expect(linesOnPaper()).toContain('ここより上は');
    expect(paper.complaints).toEqual([]);
  });

  it.each<[PrinterFault, PrinterStatus]>([
    ['paper-near-end', { kind: 'ready', paper: 'near-end' }],
    ['paper-out', { kind: 'paper-out' }],
    ['cover-open', { kind: 'cover-open' }],
    ['overheated', { kind: 'faulty', why: 'recoverable' }],
    ['unrecoverable', { kind: 'faulty', why: 'unrecoverable' }],
    ['offline', { kind: 'faulty', why: 'offline' }],
    ['silent', { kind: 'silent' }],
    ['garbage-answers', { kind: 'faulty', why: 'line' }],
  ])('%s between slips is known, and heals by itself', async (fault, status) => {
    const { paper, slips } = await start(profile);
    expect(await slips.print({ marker: 'D001', markup: SHORT_SLIP })).toEqual(PRINTED);
    paper.faults.failRepeatedly(fault);
    await becomes(slips, status);
    const outcome = await slips.print({ marker: 'D002', markup: SHORT_SLIP });
    expect(outcome.kind).toBe(fault === 'paper-near-end' ? 'printed' : 'failed');
    if (outcome.kind === 'failed') expect(outcome.partial).toBe(false);
    paper.faults.clear();
    await becomes(slips, READY);
    expect(await slips.print({ marker: 'D003', markup: SHORT_SLIP })).toEqual(PRINTED);
    expect(paper.slips).toHaveLength(fault === 'paper-near-end' ? 3 : 2);
  });

  it('is not mixed with what a program that died left in the printer', async () => {
    const { paper, slips } = await start(profile);
    paper.openCover();
    await becomes(slips, { kind: 'cover-open' });
    await slips.close();
    writeFileSync(link, Buffer.from('\x1b@LEFT BY SOMEBODY\n', 'latin1'));
    const next = createSerialSlipPrinter({ path: link, baudRate: 115_200, columns: 48, profile, torn: true, timings: TIMINGS });
    printer = next;
    await becomes(next, { kind: 'cover-open' });
    paper.closeCover();
    await becomes(next, READY);
    expect(await next.print({ marker: 'E001', markup: SHORT_SLIP })).toEqual(PRINTED);
    expect(paper.slips.at(-1)?.text).toBe(SHORT_SLIP);
    expect(paper.complaints).toEqual([]);
  });

  it('hears that the paper ended while a slip is still on the wire', async () => {
    const { paper, slips } = await start(profile, { baudRate: 9_600 }, SLOW_LINE, 9_600);
    const markup = Array.from({ length: 40 }, (_, line) => `${line + 1}行目　苫前町かざす窓口`).join('\n');
    const outcome = slips.print({ marker: 'F001', markup });
    await once(paper, 'line-printed');
    paper.faults.failRepeatedly('paper-out');
    await becomes(slips, { kind: 'paper-out' });
    expect(await outcome).toEqual(failed('paper-out'));
    expect(paper.slips).toHaveLength(0);
  });
});

it.each(['epson', 'generic-escpos'] as const)('%s: automatic status is heard while a piece is being written, before its end has arrived', async (profile) => {
  const { paper, slips } = await start(profile, { baudRate: 4_800 }, { ...SLOW_LINE, pollMs: 60_000, pollWhilePrintingMs: 60_000 }, 4_800);
  const outcome = slips.print({ marker: 'G001', markup: Array.from({ length: 24 }, (_, line) => `${line + 1}行目　苫前町かざす窓口`).join('\n') });
  await once(paper, 'line-printed');
  paper.faults.failRepeatedly('paper-out');
  await becomes(slips, { kind: 'paper-out' });
  const arrivedWhenHeard = paper.received;
  expect(await outcome).toEqual(failed('paper-out'));
  // Much of the same piece came only after that; a question would have been answered only behind all of it.
  expect(paper.received - arrivedWhenHeard).toBeGreaterThan(100);
  expect(paper.slips).toHaveLength(0);
});

describe('generic-escpos, whose proof is the weaker one', () => {
  it('an answer that comes before the paper does is not enough: the printer is looked at once more', async () => {
    const { paper, slips } = await start('generic-escpos', { rowsPerSecond: 200 }, { settleMs: 800 });
    paper.faults.failRepeatedly('hasty-answers');
    const outcome = slips.print({ marker: 'H001', markup: SHORT_SLIP });
    await once(paper, 'line-printed');
    paper.openCover();
    expect(await outcome).toEqual(unknown('stopped'));
    expect(paper.slips).toHaveLength(0);
  });

  it('an answer that was owed from before is not taken for one of the next slip', async () => {
    const { paper, slips } = await start('generic-escpos');
    paper.faults.failNext('proof-lost');
    expect(await slips.print({ marker: 'I001', markup: SHORT_SLIP })).toEqual(unknown('silence'));
    paper.putRight();
    expect(await slips.print({ marker: 'I002', markup: SHORT_SLIP })).toEqual({ kind: 'printed', proof: 'status' });
    paper.faults.failNext('proof-lost');
    expect(await slips.print({ marker: 'I003', markup: SHORT_SLIP })).toEqual(unknown('silence'));
  });
});

describe('star-line', () => {
  it('goes on proving when the counter has gone round, and after the power was off between two slips', async () => {
    const { paper, slips } = await start('star-line');
    for (let number = 0; number < 20; number++) expect(await slips.print({ marker: `J${String(number).padStart(3, '0')}`, markup: SHORT_SLIP })).toEqual({ kind: 'printed', proof: 'marker' });
    paper.powerOff();
    await becomes(slips, { kind: 'silent' });
    paper.powerOn();
    await becomes(slips, READY);
    expect(await slips.print({ marker: 'J100', markup: SHORT_SLIP })).toEqual({ kind: 'printed', proof: 'marker' });
    expect(paper.slips).toHaveLength(21);
  });
});

describe.each(['generic-escpos', 'star-line'] as const)('a name on a printer that learns no characters, %s', (profile) => {
  it('comes as dots, with the rest of its line', async () => {
    const { paper, slips } = await start(profile);
    expect(await slips.print({ marker: 'K001', markup: '^^^氏名^^^\n^^^髙橋 﨑子^^^\n氏名' })).toMatchObject({ kind: 'printed' });
    expect(paper.complaints).toEqual([]);
    // A line that is drawn cannot be read back; the others are text.
    expect(paper.slips.map(({ text }) => text.split('\n').filter((line) => line.trim() !== ''))).toEqual([['氏名', '氏名']]);
    const blank = await slips.print({ marker: 'K002', markup: '^^^氏名^^^\n\n氏名' });
    expect(blank).toMatchObject({ kind: 'printed' });
    const [drawn, without] = paper.slips.map(({ png }) => readFileSync(png).length);
    expect(drawn).toBeGreaterThan(without ?? Infinity);
  });

  it('is not printed at all where no font has a character, and staff are told which', async () => {
    const { paper, slips } = await start(profile);
    expect(await slips.print({ marker: 'K003', markup: '氏名 \ue123' })).toEqual({ kind: 'failed', why: 'unprintable', reason: 'character', partial: false });
    expect(diagnostics).toContainEqual({ kind: 'unprintable', why: 'character', characters: ['U+E123'] });
    expect(paper.slips).toHaveLength(0);
  });
});
