import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { askControl, ControlRefusal, NothingRuns, serveControl, type ControlRequest, type ControlServer } from './control.ts';

let directory: string;
let socketPath: string;
let server: ControlServer | undefined;
let asked: ControlRequest[];

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'control-'));
  socketPath = path.join(directory, 'run', 'simulator.sock');
  asked = [];
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(directory, { recursive: true });
});

async function serve(answer: (request: ControlRequest) => Promise<null> = async () => null): Promise<void> {
  server = await serveControl(socketPath, (request) => {
    asked.push(request);
    return answer(request);
  });
}

test('a request arrives with what was left out filled in', async () => {
  await serve();
  expect(await askControl(socketPath, { do: 'card-insert', card: 'hanako' })).toEqual({ ok: true, result: null });
  expect(asked).toEqual([{ do: 'card-insert', card: 'hanako', slot: 0 }]);
});

test('only the owner may enter the socket’s directory', async () => {
  await serve();
  expect(statSync(path.dirname(socketPath)).mode & 0o777).toBe(0o700);
});

test('a refusal comes back in its own words', async () => {
  await serve(async () => {
    throw new ControlRefusal('no such card');
  });
  expect(await askControl(socketPath, { do: 'card-insert', card: 'nobody' })).toEqual({ ok: false, why: 'no such card' });
});

test('text that is no request is refused and reaches no device', async () => {
  await serve();
  const socket = connect(socketPath);
  socket.write('{"do":"format-disk"}\nnot json\n');
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  expect(bytes.toString()).toContain('"ok":false');
  expect(asked).toEqual([]);
  socket.destroy();
});

test('requests are done one after another, in the order in which they came', async () => {
  const order: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await serve(async (request) => {
    if (request.do === 'card-insert') await held;
    order.push(request.do);
    return null;
  });
  // In one write, so that the second has arrived when the first is being done.
  const socket = connect(socketPath);
  socket.write('{"do":"card-insert","card":"taro"}\n{"do":"card-remove"}\n');
  await expect.poll(() => asked.length).toBeGreaterThan(0);
  release();
  await expect.poll(() => order.length).toBe(2);
  socket.destroy();
  expect(order).toEqual(['card-insert', 'card-remove']);
});

test('a socket that a killed simulator left is taken over', async () => {
  await serve();
  await server?.close();
  // A process that is killed leaves the file behind; a listener on it that is gone is the same to us.
  const leftover = createServer();
  leftover.listen(socketPath);
  await once(leftover, 'listening');
  const { renameSync } = await import('node:fs');
  renameSync(socketPath, `${socketPath}.kept`);
  leftover.close();
  await once(leftover, 'close');
  renameSync(`${socketPath}.kept`, socketPath);
  expect(existsSync(socketPath)).toBe(true);
  await serve();
  expect((await askControl(socketPath, { do: 'status' })).ok).toBe(true);
});

test('a second simulator on the same socket is refused and the first goes on', async () => {
  await serve();
  await expect(serveControl(socketPath, async () => null)).rejects.toThrow('Another simulator');
  expect((await askControl(socketPath, { do: 'status' })).ok).toBe(true);
});

test('where nothing runs, the asker is told so', async () => {
  await expect(askControl(socketPath, { do: 'status' })).rejects.toBeInstanceOf(NothingRuns);
});

test('a path too long for a socket is refused before anything is made', async () => {
  await expect(serveControl(path.join(directory, 'x'.repeat(120), 's'), async () => null)).rejects.toThrow('longer than');
});
