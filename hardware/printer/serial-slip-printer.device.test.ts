import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PrinterFault } from '../simulator/virtual-printer-faults.ts';
import { VirtualPrinter, type VirtualPrinterOptions } from '../simulator/virtual-printer.ts';
import { BALANCE_SLIP, LOAD_SLIP } from './example-slips.ts';
import type { PrinterDiagnostic, PrinterTimings } from './printer-timings.ts';
import { createSerialSlipPrinter } from './serial-slip-printer.ts';
import { failureOf, type PrinterStatus, type SlipPrinter } from './slip-printer.ts';

const TIMINGS: PrinterTimings = {
  pollMs: 100, pollWhilePrintingMs: 40, replyMs: 150, retryOpenMs: 50, startMs: 3_000, writeMs: 1_000, closeMs: 500,
  pieceMs: 1_500, silenceMs: 600, graceMs: 80, clearMs: 500, settleMs: 60,
};
/** Fits into one piece, so that all of it is sent before anything can go wrong. */
const SHORT_SLIP = 'ひとつ\nふたつ\nみっつ\nよっつ\nいつつ';
const LIMIT_MS = 8_000;

let directory: string;
let link: string;
let device: VirtualPrinter;
let printer: SlipPrinter | undefined;
let diagnostics: PrinterDiagnostic[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kazasu-printer-'));
  link = join(directory, 'tty');
  diagnostics = [];
});

afterEach(async () => {
  await printer?.close();
  printer = undefined;
  await device.stop();
  rmSync(directory, { recursive: true });
});

async function plugIn(options: Partial<VirtualPrinterOptions> = {}): Promise<VirtualPrinter> {
  device = await VirtualPrinter.start({ link, slipsDir: join(directory, 'slips'), ...options });
  return device;
}

function drive(timings: Partial<PrinterTimings> = {}, baudRate = 115_200, torn = false): SlipPrinter {
  printer = createSerialSlipPrinter({
    path: link, baudRate, columns: 48, torn, timings: { ...TIMINGS, ...timings }, onDiagnostic: (diagnostic) => diagnostics.push(diagnostic),
  });
  return printer;
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const limit = performance.now() + LIMIT_MS;
  while (!condition()) {
    if (performance.now() > limit) throw new Error(`waited in vain: ${what}; status ${JSON.stringify(printer?.status())}; ${JSON.stringify(diagnostics)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const becomes = (slips: SlipPrinter, status: PrinterStatus) => until(`status ${JSON.stringify(status)}`, () => JSON.stringify(slips.status()) === JSON.stringify(status));
type Stopped = Exclude<PrinterStatus, { kind: 'ready' | 'starting' }>;
const READY: PrinterStatus = { kind: 'ready', paper: 'enough' };

/** After a slip that stopped half-way: what hung in the printer is cut off and called void, and the new slip is whole and alone. */
function expectVoidPieceThenShortSlip(): void {
  expect(device.slips).toHaveLength(2);
  expect(device.slips[0]?.text).toMatch(/(^|\n)無効\nここより上は.*\n.*$/);
  expect(device.slips[1]?.text).toBe(SHORT_SLIP);
  expect(device.complaints).toEqual([]);
}

describe('a slip', () => {
  it('in Japanese comes out as a picture, and is printed because the printer said so', async () => {
    const paper = await plugIn();
    let sendings = 0;
    const outcome = await drive().print({ marker: 'A001', markup: `${BALANCE_SLIP}\n髙橋 﨑子 𠮷田` }, () => {
      sendings++;
      expect(paper.slips).toHaveLength(0);
    });
    expect(outcome).toEqual({ kind: 'printed', proof: 'marker' });
    expect(sendings).toBe(1);
    expect(paper.slips).toHaveLength(1);
    const [slip] = paper.slips;
    expect(slip?.marker).toBe('A001');
    expect(slip?.text).toContain('物価高騰くらし応援券');
    expect(slip?.text).toContain('1,234,567 点');
    expect(slip?.text).toContain('〓橋 〓子 〓田');
    const picture = readFileSync(slip?.png ?? '');
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
    expect(picture.readUInt32BE(16)).toBe(640);
    expect(picture.readUInt32BE(20)).toBeGreaterThan(800);
    expect(paper.complaints).toEqual([]);
  });

  it('that was called for twice comes out twice, one after the other', async () => {
    const paper = await plugIn({ rowsPerSecond: 20_000 });
    const slips = drive();
    const order: string[] = [];
    const [first, second] = await Promise.all([
      slips.print({ marker: 'B001', markup: LOAD_SLIP }, () => order.push('B001 leaves')).finally(() => order.push('B001 settled')),
      slips.print({ marker: 'B002', markup: BALANCE_SLIP }, () => order.push('B002 leaves')),
    ]);
    expect([first.kind, second.kind]).toEqual(['printed', 'printed']);
    expect(order).toEqual(['B001 leaves', 'B001 settled', 'B002 leaves']);
    expect(paper.slips.map((slip) => slip.marker)).toEqual(['B001', 'B002']);
  });

  it('never fills the printer’s buffer, however slow line and paper are', async () => {
    const paper = await plugIn({ baudRate: 38_400, rowsPerSecond: 3_000 });
    const markup = Array.from({ length: 60 }, (_, line) => `^^^${line + 1}行目　苫前町かざす窓口^^^`).join('\n');
    expect(await drive({ pieceMs: 5_000, replyMs: 400 }, 38_400).print({ marker: 'C001', markup })).toEqual({ kind: 'printed', proof: 'marker' });
    expect(paper.complaints).toEqual([]);
    expect(paper.slips[0]?.text.split('\n').filter((line) => line.includes('行目'))).toHaveLength(60);
  });

  it('with a character no font has is refused and nothing of it leaves', async () => {
    const paper = await plugIn();
    const slips = drive();
    await becomes(slips, READY);
    let sendings = 0;
    expect(await slips.print({ marker: 'D001', markup: '\ue000' }, () => sendings++)).toEqual({ kind: 'failed', why: 'unprintable', reason: 'character', partial: false });
    expect([sendings, paper.slips.length]).toEqual([0, 0]);
  });

  it('does not leave when its job could not be written down', async () => {
    const paper = await plugIn();
    const slips = drive();
    const refused = slips.print({ marker: 'E001', markup: SHORT_SLIP }, () => {
      throw new Error('disk full');
    });
    await expect(refused).rejects.toThrow('disk full');
    expect(await slips.print({ marker: 'E002', markup: SHORT_SLIP })).toEqual({ kind: 'printed', proof: 'marker' });
    expect(paper.slips.map((slip) => slip.marker)).toEqual(['E002']);
  });

  it('is not mixed with what a program that died left in the printer', async () => {
    const paper = await plugIn();
    paper.openCover();
    writeFileSync(link, Buffer.from('\x1b@LEFT BY SOMEBODY\n', 'latin1'));
    const slips = drive();
    await becomes(slips, { kind: 'cover-open' });
    await until('cleared', () => diagnostics.some((diagnostic) => diagnostic.kind === 'cleared' && diagnostic.answered));
    paper.closeCover();
    await becomes(slips, READY);
    expect(await slips.print({ marker: 'F001', markup: SHORT_SLIP })).toEqual({ kind: 'printed', proof: 'marker' });
    expect(paper.slips.map((slip) => slip.text.includes('LEFT'))).toEqual([false]);
  });

  it('is not joined to the piece that hangs there when an earlier run died in the middle of a slip', async () => {
    const paper = await plugIn();
    writeFileSync(link, Buffer.from('\x1b@LEFT BY SOMEBODY\n', 'latin1'));
    await once(paper, 'line-printed');
    const slips = drive({}, 115_200, true);
    expect(await slips.print({ marker: 'F002', markup: SHORT_SLIP })).toEqual({ kind: 'printed', proof: 'marker' });
    expect(paper.slips[0]?.text).toContain('LEFT BY SOMEBODY');
    expectVoidPieceThenShortSlip();
  });
});

describe('status', () => {
  it.each<[PrinterFault, PrinterStatus]>([
    ['paper-near-end', { kind: 'ready', paper: 'near-end' }],
    ['paper-out', { kind: 'paper-out' }],
    ['cover-open', { kind: 'cover-open' }],
    ['cutter-error', { kind: 'faulty', why: 'cutter' }],
    ['unrecoverable', { kind: 'faulty', why: 'unrecoverable' }],
    ['overheated', { kind: 'faulty', why: 'recoverable' }],
    ['offline', { kind: 'faulty', why: 'offline' }],
    ['silent', { kind: 'silent' }],
    ['garbage-answers', { kind: 'faulty', why: 'line' }],
  ])('tells %s, refuses to print on anything but near-end, and heals by itself', async (fault, status) => {
    const paper = await plugIn();
    const slips = drive();
    await becomes(slips, READY);
    paper.faults.failRepeatedly(fault);
    await becomes(slips, status);
    const outcome = await slips.print({ marker: 'G001', markup: SHORT_SLIP });
    if (status.kind === 'ready') expect(outcome).toEqual({ kind: 'printed', proof: 'marker' });
    else expect(outcome).toEqual(failureOf(status as Stopped, false));
    paper.faults.clear();
    await becomes(slips, READY);
    expect(await slips.print({ marker: 'G002', markup: SHORT_SLIP })).toEqual({ kind: 'printed', proof: 'marker' });
    expect(paper.slips.map((slip) => slip.marker)).toEqual(status.kind === 'ready' ? ['G001', 'G002'] : ['G002']);
    expect(paper.complaints).toEqual([]);
  });

  it('changes as soon as the printer says so, without waiting for the next question', async () => {
    const paper = await plugIn();
    const slips = drive({ pollMs: 60_000 });
    expect(await slips.print({ marker: 'H001', markup: SHORT_SLIP })).toEqual({ kind: 'printed', proof: 'marker' });
    paper.openCover();
    await becomes(slips, { kind: 'cover-open' });
    paper.closeCover();
    await becomes(slips, READY);
  });

  it('is absent without a line, silent with the power off, ready when both are back', async () => {
    const paper = await plugIn();
    await paper.unplug();
    const slips = drive();
    await becomes(slips, { kind: 'absent' });
    expect(await slips.print({ marker: 'I001', markup: SHORT_SLIP })).toEqual({ kind: 'failed', why: 'absent', partial: false });
    paper.powerOff();
    await paper.replug();
    await becomes(slips, { kind: 'silent' });
    expect(await slips.print({ marker: 'I002', markup: SHORT_SLIP })).toEqual({ kind: 'failed', why: 'silent', partial: false });
    paper.powerOn();
    await becomes(slips, READY);
    expect(paper.slips).toHaveLength(0);
  });

  it('is a faulty line when another program has it', async () => {
    await plugIn();
    const first = drive();
    await becomes(first, READY);
    const second = createSerialSlipPrinter({ path: link, baudRate: 115_200, columns: 48, timings: TIMINGS });
    try {
      await becomes(second, { kind: 'faulty', why: 'line' });
      await first.close();
      await becomes(second, READY);
    } finally {
      await second.close();
    }
  });

  it('survives unplugging again and again', async () => {
    const paper = await plugIn();
    const slips = drive();
    for (let turn = 0; turn < 4; turn++) {
      await becomes(slips, READY);
      await paper.unplug();
      expect(existsSync(link)).toBe(false);
      await becomes(slips, { kind: 'absent' });
      await paper.replug();
    }
    await becomes(slips, READY);
    expect(await slips.print({ marker: 'J001', markup: SHORT_SLIP })).toEqual({ kind: 'printed', proof: 'marker' });
    expect(paper.slips).toHaveLength(1);
  });
});

describe('when it goes wrong in the middle of a slip', () => {
  it.each<[PrinterFault, Stopped]>([
    ['paper-out', { kind: 'paper-out' }],
    ['paper-out-mid-slip', { kind: 'paper-out' }],
    ['cover-open', { kind: 'cover-open' }],
    ['overheated', { kind: 'faulty', why: 'recoverable' }],
    ['unrecoverable', { kind: 'faulty', why: 'unrecoverable' }],
    ['offline', { kind: 'faulty', why: 'offline' }],
    ['cutter-error', { kind: 'faulty', why: 'cutter' }],
  ])('%s: the slip has failed, and nothing of it comes out later', async (fault, status) => {
    const paper = await plugIn();
    const slips = drive();
    await becomes(slips, READY);
    paper.faults.failNext(fault);
    expect(await slips.print({ marker: 'K001', markup: LOAD_SLIP })).toEqual(failureOf(status, true));
    expect(slips.status()).toEqual(status);
    expect(paper.slips).toHaveLength(0);
    paper.putRight();
    await becomes(slips, READY);
    expect(paper.slips).toHaveLength(0);
    expect(await slips.print({ marker: 'K002', markup: SHORT_SLIP })).toEqual({ kind: 'printed', proof: 'marker' });
    expectVoidPieceThenShortSlip();
  });

  it('paper out: the half slip comes off with the old roll', async () => {
    const paper = await plugIn();
    const slips = drive();
    paper.faults.failNext('paper-out-mid-slip');
    expect(await slips.print({ marker: 'L001', markup: LOAD_SLIP })).toEqual({ kind: 'failed', why: 'paper-out', partial: true });
    paper.loadPaper();
    await becomes(slips, READY);
    expect([paper.slips.length, paper.scraps.length]).toEqual([0, 1]);
    expect(paper.scraps[0]?.text).toContain('かざす窓口');
  });

  it('the cover is opened by hand while it prints', async () => {
    const paper = await plugIn({ rowsPerSecond: 2_000 });
    const slips = drive();
    const outcome = slips.print({ marker: 'M001', markup: LOAD_SLIP });
    const seen: string[] = [];
    slips.onChange(() => seen.push(slips.status().kind));
    await once(paper, 'line-printed');
    paper.openCover();
    await until('the open cover is known', () => seen.includes('cover-open'));
    expect(await outcome).toEqual({ kind: 'failed', why: 'cover-open', partial: true });
    expect(paper.slips).toHaveLength(0);
  });

  it('unplugged: nobody knows, and after replugging nothing is sent again by itself', async () => {
    const paper = await plugIn();
    const slips = drive();
    paper.faults.failNext('unplug-mid-slip');
    expect(await slips.print({ marker: 'N001', markup: LOAD_SLIP })).toEqual({ kind: 'unknown', why: 'line-lost' });
    await becomes(slips, { kind: 'absent' });
    await paper.replug();
    await becomes(slips, READY);
    expect(paper.slips).toHaveLength(0);
    expect(await slips.print({ marker: 'N002', markup: SHORT_SLIP })).toEqual({ kind: 'printed', proof: 'marker' });
    expectVoidPieceThenShortSlip();
  });

  it('silence: unknown, although the slip came out, and it comes out once', async () => {
    const paper = await plugIn();
    const slips = drive();
    await becomes(slips, READY);
    paper.faults.failNext('silent');
    expect(await slips.print({ marker: 'O001', markup: SHORT_SLIP })).toEqual({ kind: 'unknown', why: 'silence' });
    await becomes(slips, { kind: 'silent' });
    paper.putRight();
    await becomes(slips, READY);
    expect(paper.slips).toHaveLength(1);
  });

  it('the proof alone is lost: unknown, although every question is answered', async () => {
    const paper = await plugIn();
    const slips = drive();
    paper.faults.failNext('proof-lost');
    expect(await slips.print({ marker: 'P001', markup: SHORT_SLIP })).toEqual({ kind: 'unknown', why: 'silence' });
    expect(slips.status()).toEqual(READY);
    expect(paper.slips).toHaveLength(1);
  });

  it('garbage instead of answers: unknown, never printed', async () => {
    const paper = await plugIn();
    const slips = drive();
    paper.faults.failNext('garbage-answers');
    expect(await slips.print({ marker: 'Q001', markup: LOAD_SLIP })).toEqual({ kind: 'unknown', why: 'silence' });
    await becomes(slips, { kind: 'faulty', why: 'line' });
    expect(paper.slips).toHaveLength(0);
    paper.putRight();
    await becomes(slips, READY);
  });

  it('a power cycle is recognised, and the printer is usable again', async () => {
    const paper = await plugIn();
    const slips = drive();
    await becomes(slips, READY);
    paper.faults.failNext('power-cycle');
    expect(await slips.print({ marker: 'R001', markup: LOAD_SLIP })).toEqual({ kind: 'unknown', why: 'power-cycled' });
    expect(paper.slips).toHaveLength(0);
    expect(await slips.print({ marker: 'R002', markup: SHORT_SLIP })).toEqual({ kind: 'printed', proof: 'marker' });
    expectVoidPieceThenShortSlip();
  });

  it('the power stays off: unknown, then silent', async () => {
    const paper = await plugIn({ rowsPerSecond: 2_000 });
    const slips = drive();
    const outcome = slips.print({ marker: 'S001', markup: LOAD_SLIP });
    await once(paper, 'line-printed');
    paper.powerOff();
    expect(await outcome).toEqual({ kind: 'unknown', why: 'silence' });
    await becomes(slips, { kind: 'silent' });
    expect(paper.slips).toHaveLength(0);
  });

  it('closing while it prints settles the slip as unknown', async () => {
    const paper = await plugIn({ rowsPerSecond: 2_000 });
    const slips = drive();
    const outcome = slips.print({ marker: 'T001', markup: LOAD_SLIP });
    await once(paper, 'line-printed');
    await slips.close();
    expect(await outcome).toEqual({ kind: 'unknown', why: 'line-lost' });
    expect(await slips.print({ marker: 'T002', markup: SHORT_SLIP })).toEqual({ kind: 'failed', why: 'absent', partial: false });
  });
});
