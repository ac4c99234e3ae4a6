import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCardCode } from '../scanner/card-code.ts';
import { ControlRefusal, ControlRequest, type ControlInput } from './control.ts';
import { CardBox, type DemoCard } from './card-box.ts';
import { obey, type DemoDevices } from './demo-devices.ts';
import { createNetworkLink } from './network-link.ts';
import { memoryOf } from './virtual-card.ts';
import { VirtualPrinter } from './virtual-printer.ts';
import { VirtualReader } from './virtual-reader.ts';
import { VirtualScanner } from './virtual-scanner.ts';

const CARDS = path.join(import.meta.dirname, '../../backend/seed/demo-cards.json');
let directory: string;
let cardFile: string;
let devices: DemoDevices;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'devices-'));
  cardFile = path.join(directory, 'cards.json');
  copyFileSync(CARDS, cardFile);
  // Nobody listens there: the cards wait for a pcscd that does not come, which is all these tests need.
  const closed = createServer();
  const port = await new Promise<number>((resolve) => {
    closed.listen(0, '127.0.0.1', () => {
      const address = closed.address();
      if (address !== null && typeof address !== 'string') closed.close(() => resolve(address.port));
    });
  });
  devices = {
    box: new CardBox(cardFile),
    slots: [new VirtualReader({ port }), new VirtualReader({ port })],
    scanner: await VirtualScanner.start(path.join(directory, 'scanner')),
    printer: await VirtualPrinter.start({ link: path.join(directory, 'printer'), slipsDir: path.join(directory, 'slips') }),
    network: await createNetworkLink({ listen: 0, target: port }),
  };
});
afterEach(async () => {
  for (const slot of devices.slots) slot.remove();
  await devices.scanner.unplug();
  await devices.printer.stop();
  await devices.network?.close();
  rmSync(directory, { recursive: true });
});

const ask = (request: ControlInput) => obey(devices, ControlRequest.parse(request));

test('every demo card with a chip can be laid on the reader and taken away', async () => {
  for (const { name } of devices.box.cards.filter(({ model }) => model !== 'code')) {
    await ask({ do: 'card-insert', card: name });
    expect(devices.slots[0].card?.name).toBe(name);
    await ask({ do: 'card-remove' });
    expect(devices.slots[0].card).toBeUndefined();
  }
});

test('a card keeps what is on it when it is taken away', async () => {
  await ask({ do: 'card-insert', card: 'hanako' });
  const { card } = devices.slots[0];
  await ask({ do: 'card-remove' });
  await ask({ do: 'card-insert', card: 'hanako', slot: 1 });
  expect(devices.slots[1].card).toBe(card);
});

test('what is written on a card is still on it when the simulator is started again', async () => {
  const idm = '0101061265a1c8ff';
  writeFileSync(cardFile, JSON.stringify([{ name: 'felica', model: 'felica-lite-s', uid: idm }, { name: 'desfire', model: 'desfire', uid: '04010203040506' }]));
  devices = { ...devices, box: new CardBox(cardFile) };
  const write = Buffer.from(`FF000000202008${idm}01090001800000112233445566778899AABBCCDDEEFF`.replace(/^(FF000000)20/, '$120'), 'hex');
  await ask({ do: 'card-insert', card: 'felica' });
  const answer = devices.slots[0].card!.respond(write);
  expect(Buffer.from(answer).toString('hex')).toMatch(/0000.*9000$/);
  await ask({ do: 'card-remove' });
  const again = new CardBox(cardFile);
  const felica = again.find('felica');
  expect(felica && 'memory' in felica && felica.memory).toContain('00112233445566778899aabbccddeeff');
  expect(memoryOf(again.take(felica as Exclude<DemoCard, { model: 'code' }>))).toContain('00112233445566778899aabbccddeeff');
  // A card on which nothing was written, or that was never taken out, is as it was.
  const kept = JSON.parse(readFileSync(cardFile, 'utf8')) as unknown[];
  expect(kept[1]).toEqual({ name: 'desfire', model: 'desfire', uid: '04010203040506' });
});

test('a card file that is not one names what is wrong', () => {
  writeFileSync(cardFile, JSON.stringify([{ name: 'x', model: 'desfire', uid: '04010203040506', memory: '00' }]));
  expect(() => new CardBox(cardFile)).toThrow('not that of a DESFire card');
  writeFileSync(cardFile, JSON.stringify([{ name: 'x', model: 'gold', uid: '04' }]));
  expect(() => new CardBox(cardFile)).toThrow('model');
});

test('a second card goes on the second slot, and the same card cannot be in two places', async () => {
  await ask({ do: 'card-insert', card: 'hanako' });
  await expect(ask({ do: 'card-insert', card: 'hanako', slot: 1 })).rejects.toBeInstanceOf(ControlRefusal);
  await ask({ do: 'card-insert', card: 'taro', slot: 1 });
  expect(await ask({ do: 'status' })).toMatchObject({ reader: { slots: ['0: hanako (pcscd is away)', '1: taro (pcscd is away)'] } });
});

test('a card nobody knows, a slot that is taken and a slot that is empty are refused in words that help', async () => {
  await expect(ask({ do: 'card-insert', card: 'nobody' })).rejects.toThrow(/hanako/);
  await ask({ do: 'card-insert', card: 'hanako' });
  await expect(ask({ do: 'card-insert', card: 'taro' })).rejects.toThrow(/card remove/);
  await expect(ask({ do: 'card-remove', slot: 1 })).rejects.toBeInstanceOf(ControlRefusal);
});

test('a paper card is shown by its name and says the code of its identifier; any other text is shown as it is', async () => {
  const paper = devices.box.cards.filter((card) => card.model === 'code');
  expect(paper.map(({ name }) => name)).toEqual(['taro-paper']);
  for (const { name, uid, code } of paper) {
    expect(readCardCode(code)).toEqual({ kind: 'card', identifier: Uint8Array.from(Buffer.from(uid, 'hex')) });
    expect(await ask({ do: 'code-scan', code: name })).toEqual({ shown: name });
  }
  expect(await ask({ do: 'code-scan', code: 'https://example.jp/' })).toEqual({ shown: 'https://example.jp/' });
  expect(await ask({ do: 'status' })).toMatchObject({ scanner: { plugged: true, faults: [], codes: 2 } });
});

test('a paper card cannot be laid on the reader, nor a chip card shown to the scanner: the words that help are said', async () => {
  await expect(ask({ do: 'card-insert', card: 'taro-paper' })).rejects.toThrow(/code scan taro-paper/);
  await expect(ask({ do: 'code-scan', code: 'taro' })).rejects.toThrow(/card insert taro/);
});

test('the scanner fails by name, and nothing can be shown to one that is unplugged', async () => {
  expect(await ask({ do: 'scanner-fault', fault: 'silent', repeatedly: true })).toMatchObject({ faults: ['silent (repeatedly)'] });
  await ask({ do: 'code-scan', code: 'taro-paper' });
  expect(await ask({ do: 'scanner-clear' })).toMatchObject({ faults: [], codes: 0 });
  await expect(ask({ do: 'scanner-fault', fault: 'garbeld' })).rejects.toThrow(/garbled/);
  expect(await ask({ do: 'scanner-unplug' })).toMatchObject({ plugged: false });
  await expect(ask({ do: 'code-scan', code: 'taro-paper' })).rejects.toThrow(/scanner replug/);
  expect(await ask({ do: 'scanner-replug' })).toMatchObject({ plugged: true });
});

test('a fault is armed once or repeatedly, and clearing puts everything right', async () => {
  await ask({ do: 'printer-fault', fault: 'paper-out' });
  expect(await ask({ do: 'printer-status' })).toMatchObject({ faults: ['paper-out'], conditions: [] });
  await ask({ do: 'printer-fault', fault: 'paper-out', repeatedly: true });
  expect(await ask({ do: 'printer-status' })).toMatchObject({ faults: ['paper-out (repeatedly)'], conditions: ['paper-out'] });
  expect(await ask({ do: 'printer-clear' })).toMatchObject({ faults: [], conditions: [] });
  await ask({ do: 'reader-fault', fault: 'mute' });
  expect(devices.slots.map((slot) => slot.faults.armed('mute'))).toEqual([true, true]);
  await ask({ do: 'reader-clear' });
  expect(devices.slots.map((slot) => slot.faults.armed('mute'))).toEqual([false, false]);
});

test('another kind of printer can be put on the same cable, and no kind that there is not', async () => {
  expect(await ask({ do: 'printer-status' })).toMatchObject({ kind: 'epson' });
  expect(await ask({ do: 'printer-kind', kind: 'star-line' })).toMatchObject({ kind: 'star-line', powered: true });
  await expect(ask({ do: 'printer-kind', kind: 'laser' })).rejects.toThrow(/generic-escpos/);
});

test('a misspelt fault is refused with the ones there are', async () => {
  await expect(ask({ do: 'printer-fault', fault: 'paper-aut' })).rejects.toThrow(/paper-out/);
  await expect(ask({ do: 'reader-fault', fault: 'mut' })).rejects.toThrow(/mute/);
});

test('the printer’s cable and the network can be pulled and put back', async () => {
  expect(await ask({ do: 'printer-unplug' })).toMatchObject({ plugged: false });
  expect(await ask({ do: 'printer-replug' })).toMatchObject({ plugged: true });
  expect(await ask({ do: 'network-cut' })).toMatchObject({ state: 'cut' });
  expect(await ask({ do: 'network-restore' })).toMatchObject({ state: 'up' });
});

test('without a simulated network nothing can be cut', async () => {
  await expect(obey({ ...devices, network: undefined }, { do: 'network-cut' })).rejects.toBeInstanceOf(ControlRefusal);
});
