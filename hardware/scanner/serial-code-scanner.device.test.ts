/** The driver on a real pseudo-terminal: what a scanner sends, and what becomes of a line that is cut, garbled, pulled out. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualScanner } from '../simulator/virtual-scanner.ts';
import { writeCardCode, type CodeScan } from './card-code.ts';
import type { CodeScanner } from './code-scanner.ts';
import { createSerialCodeScanner, type ScannerTimings } from './serial-code-scanner.ts';

/** Nothing is forgotten by itself in most tests: what is the same code is then decided by the codes alone. */
const TIMINGS: ScannerTimings = { retryOpenMs: 30, closeMs: 500, silenceMs: 100, sameCodeMs: 60_000 };
const identifierOf = (number: number) => Uint8Array.from({ length: 16 }, (_, index) => number + index);
const CODES = [1, 2, 3, 4].map((number) => writeCardCode(identifierOf(number)));
const [ONE, TWO, THREE] = CODES as [string, string, string];
const card = (number: number): CodeScan => ({ kind: 'card', identifier: identifierOf(number) });

let directory: string;
let device: VirtualScanner;
let scanner: CodeScanner;
let scans: CodeScan[];
let statuses: string[];

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'kazasu-scanner-'));
  device = await VirtualScanner.start(path.join(directory, 'tty'));
  listen();
  await status('ready');
});
afterEach(async () => {
  await scanner.close();
  await device.unplug();
  rmSync(directory, { recursive: true });
});

function listen(timings: Partial<ScannerTimings> = {}): void {
  scans = [];
  statuses = [];
  scanner = createSerialCodeScanner({ path: path.join(directory, 'tty'), baudRate: 9_600, timings: { ...TIMINGS, ...timings } });
  scanner.onScan((scan) => scans.push(scan));
  scanner.onChange(() => statuses.push(scanner.status().kind));
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const limit = performance.now() + 8_000;
  while (!condition()) {
    if (performance.now() > limit) throw new Error(`waited in vain: ${what}; scans ${JSON.stringify(scans)}, status ${JSON.stringify(scanner.status())}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
const status = (kind: string) => until(`status ${kind}`, () => scanner.status().kind === kind);
const scanned = (count: number) => until(`${count} scans`, () => scans.length >= count);

describe('a code scanner on a serial line', () => {
  it('says each card whose code is shown, in order, whatever its lines end with', async () => {
    device.show(ONE);
    device.raw(`${TWO}\n`);
    device.raw(`${THREE}\r\n`);
    await scanned(3);
    expect(scans).toEqual([card(1), card(2), card(3)]);
    expect(device.received).toBe(0);
  });

  it('puts together what arrives in pieces', async () => {
    device.raw(ONE.slice(0, 10));
    device.raw(ONE.slice(10));
    device.raw('\r');
    await scanned(1);
    expect(scans).toEqual([card(1)]);
  });

  it('understands a scanner that ends its lines with nothing', async () => {
    device.faults.failRepeatedly('no-line-end');
    device.show(ONE);
    await scanned(1);
    device.show(TWO);
    await scanned(2);
    expect(scans).toEqual([card(1), card(2)]);
  });

  it('takes a code that is read again and again for one, until another is shown', async () => {
    for (const code of [ONE, ONE, ONE, TWO, ONE]) device.show(code);
    await scanned(3);
    expect(scans).toEqual([card(1), card(2), card(1)]);
  });

  it('takes the same code for a new showing once it was gone for a moment', async () => {
    await scanner.close();
    listen({ sameCodeMs: 0 });
    await status('ready');
    device.show(ONE);
    await scanned(1);
    // Until the moment is over the same code says nothing.
    await until('the same code is a new one', () => (device.show(ONE), scans.length > 1));
    expect(scans.slice(0, 2)).toEqual([card(1), card(1)]);
  });

  it('says of a foreign code that it is one, and nothing else', async () => {
    device.show('https://example.jp/');
    device.show(ONE);
    device.show('123456789018');
    await scanned(3);
    expect(scans).toEqual([{ kind: 'foreign' }, card(1), { kind: 'foreign' }]);
  });

  it.each(['garbled', 'cut-line'] as const)('asks for another try after a code that arrives %s, and takes it', async (fault) => {
    device.faults.failNext(fault);
    device.show(ONE);
    await scanned(1);
    device.show(ONE);
    await scanned(2);
    expect(scans).toEqual([{ kind: 'damaged' }, card(1)]);
  });

  it('ignores noise, empty lines and a line without an end', async () => {
    device.raw('\r\n\r\n\x00\xff\x13\r');
    device.raw('\x00\xfe'.repeat(20_000));
    device.raw('\r');
    device.show(ONE);
    await scanned(1);
    expect(scans).toEqual([card(1)]);
  });
});

describe('a scanner that is pulled out', () => {
  it('is said to be absent, and works again when it is back', async () => {
    await device.unplug();
    await status('absent');
    await device.replug();
    await status('ready');
    device.show(TWO);
    await scanned(1);
    expect(scans).toEqual([card(2)]);
    expect(statuses).toEqual(expect.arrayContaining(['absent', 'ready']));
  });

  it('in the middle of a code leaves nothing that the next code could be added to', async () => {
    await scanner.close();
    listen({ silenceMs: 60_000 });
    await status('ready');
    device.raw(`${TWO}\r${ONE.slice(0, 18)}`);
    await scanned(1);
    await device.unplug();
    await status('absent');
    await device.replug();
    await status('ready');
    device.raw(`${ONE.slice(18)}\r`);
    device.show(THREE);
    await scanned(3);
    expect(scans).toEqual([card(2), { kind: 'foreign' }, card(3)]);
  });

  it('is absent from the beginning where there is none, and found when it comes', async () => {
    await scanner.close();
    await device.unplug();
    listen();
    await status('absent');
    await device.replug();
    await status('ready');
  });
});
