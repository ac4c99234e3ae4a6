/** A serial line on a real pseudo-terminal. */
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { VirtualLine } from '../simulator/virtual-printer-line.ts';
import { createSerialLine, type LineState, type SerialLine } from './serial-line.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-line-'));
const link = path.join(directory, 'line');
let device: VirtualLine | undefined;
let line: SerialLine | undefined;
afterEach(async () => {
  await line?.close();
  await device?.unplug();
  rmSync(directory, { recursive: true, force: true });
});

const becomes = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 8_000, interval: 5 });

it('is noticed to be gone by its path when nothing else says so, and is opened again when the path is back', async () => {
  const states: Array<readonly [LineState, string]> = [];
  let heard = '';
  device = new VirtualLine(link, () => undefined);
  await device.plug();
  line = createSerialLine({
    path: link, baudRate: 115_200, retryOpenMs: 50, writeMs: 500, closeMs: 500,
    onBytes: (bytes) => (heard += Buffer.from(bytes).toString('latin1')),
    onState: (state, detail) => states.push([state, detail]),
  });
  await becomes(() => line?.state() === 'open');
  // The device itself stays: the library hears nothing of an end.
  renameSync(link, `${link}-elsewhere`);
  await becomes(() => line?.state() === 'absent');
  renameSync(`${link}-elsewhere`, link);
  await becomes(() => line?.state() === 'open');
  device.send(Buffer.from('back'));
  await becomes(() => heard === 'back');
  expect(states).toEqual([['open', link], ['absent', 'the path is gone'], ['open', link]]);
});
