import fc from 'fast-check';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { virtualCardOf } from './virtual-card.ts';
import { VirtualReader } from './virtual-reader.ts';

/** Stands for vpcd's driver: listens, and speaks frames. */
class Driver {
  readonly server: Server = createServer();
  socket: Socket | undefined;
  /** The answers as they arrived: one entry per piece that came through the socket. */
  readonly pieces: Buffer[] = [];

  async listen(port = 0): Promise<number> {
    this.server.on('connection', (socket) => {
      this.socket = socket;
      socket.on('data', (piece) => this.pieces.push(piece));
      socket.on('error', () => undefined);
    });
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  get received(): string {
    return Buffer.concat(this.pieces).toString('hex').toUpperCase();
  }

  async until(condition: () => boolean): Promise<void> {
    await expect.poll(condition, { timeout: 5_000, interval: 2 }).toBe(true);
  }

  close(): void {
    this.socket?.destroy();
    this.server.close();
  }
}

const frame = (hex: string) => {
  const body = Buffer.from(hex, 'hex');
  return Buffer.concat([Buffer.from([body.length >> 8, body.length & 0xff]), body]);
};
const card = () => virtualCardOf({ name: 'guest', model: 'identifier', uid: '11223344' });
const ATR_FRAME = '00143B8F8001804F0CA000000306030001000000006A';
const UID_FRAME = '0006112233449000';

let driver: Driver;
let reader: VirtualReader;

beforeEach(async () => {
  driver = new Driver();
  reader = new VirtualReader({ port: await driver.listen(), reconnectMs: 10, slowAnswerMs: 60 });
});
afterEach(() => {
  reader.remove();
  driver.close();
});

async function inserted(): Promise<Socket> {
  reader.insert(card());
  await driver.until(() => driver.socket !== undefined);
  return driver.socket!;
}

test('ATR and commands are answered, each in one write; power and reset are not answered', async () => {
  const socket = await inserted();
  socket.setNoDelay(true);
  for (const control of ['01', '02', '00', '01']) socket.write(frame(control));
  socket.write(frame('04'));
  await driver.until(() => driver.received === ATR_FRAME);
  socket.write(frame('FFCA000000'));
  await driver.until(() => driver.received === ATR_FRAME + UID_FRAME);
  expect(driver.pieces).toHaveLength(2);
});

test('frames may come split or joined in any way', async () => {
  const socket = await inserted();
  socket.setNoDelay(true);
  const stream = Buffer.concat([frame('01'), frame('04'), frame('FFCA000000'), frame('04'), frame('FFCA000000'), frame('FFCA000000')]);
  const expected = ATR_FRAME + UID_FRAME + ATR_FRAME + UID_FRAME + UID_FRAME;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 6 }), async (cuts) => {
      driver.pieces.length = 0;
      let from = 0;
      for (const to of [...new Set(cuts)].sort((a, b) => a - b).concat(stream.length)) {
        socket.write(stream.subarray(from, to));
        await new Promise((resolve) => setImmediate(resolve));
        from = to;
      }
      await driver.until(() => driver.received.length >= expected.length);
      expect(driver.received).toBe(expected);
    }),
    { numRuns: 30 },
  );
});

test('removing the card closes the connection, and only one card can lie there', async () => {
  const socket = await inserted();
  expect(() => reader.insert(card())).toThrow(/guest/);
  const closed = once(socket, 'close');
  socket.resume();
  reader.remove();
  await closed;
  expect([reader.card, reader.connected]).toEqual([undefined, false]);
});

test('a card that lies there is connected again when the driver comes back', async () => {
  await inserted();
  const { port } = driver.server.address() as AddressInfo;
  driver.close();
  driver = new Driver();
  await driver.listen(port);
  await driver.until(() => driver.socket !== undefined && reader.connected);
});

test.each([
  ['lost-command', 0],
  ['lost-answer', 1],
] as const)('%s: the connection breaks, the card got %i commands and is found again', async (fault, commands) => {
  const socket = await inserted();
  reader.faults.failNext(fault);
  driver.socket = undefined;
  socket.write(frame('FFCA000000'));
  await driver.until(() => driver.socket !== undefined);
  expect(reader.commands).toHaveLength(commands);
  expect(driver.received).toBe('');
  driver.socket!.write(frame('FFCA000000'));
  await driver.until(() => driver.received === UID_FRAME);
});

test.each([
  ['garbled-answer', '0006EEDDCCBB6FFF'],
  ['short-answer', '000111'],
] as const)('%s', async (fault, expected) => {
  const socket = await inserted();
  reader.faults.failNext(fault);
  socket.write(frame('FFCA000000'));
  await driver.until(() => driver.received === expected);
});

test('slow-answer: it comes late, and the next command waits its turn', async () => {
  const socket = await inserted();
  reader.faults.failNext('slow-answer');
  const begun = performance.now();
  socket.write(Buffer.concat([frame('FFCA000000'), frame('04')]));
  await driver.until(() => driver.received === UID_FRAME + ATR_FRAME);
  expect(performance.now() - begun).toBeGreaterThan(55);
});

test('silent: that command is never answered', async () => {
  const socket = await inserted();
  reader.faults.failNext('silent');
  socket.write(Buffer.concat([frame('FFCA000000'), frame('04')]));
  await driver.until(() => driver.received !== '');
  expect(driver.received).toBe(ATR_FRAME);
});

test('mute: the power-up fails and the card is still there afterwards', async () => {
  const socket = await inserted();
  reader.faults.failNext('mute');
  driver.socket = undefined;
  socket.write(Buffer.concat([frame('01'), frame('04')]));
  await driver.until(() => driver.socket !== undefined);
  expect([driver.received, reader.card?.name]).toEqual(['', 'guest']);
});

test('lifted-during-power-up: the card is gone', async () => {
  const socket = await inserted();
  reader.faults.failNext('lifted-during-power-up');
  const closed = once(socket, 'close');
  socket.resume().write(frame('01'));
  await closed;
  expect(reader.card).toBeUndefined();
});
