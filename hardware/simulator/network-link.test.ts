import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createNetworkLink, type NetworkLink } from './network-link.ts';

let target: Server;
let link: NetworkLink;

beforeEach(async () => {
  target = createServer((socket) => void socket.on('error', () => undefined).pipe(socket));
  target.listen(0, '127.0.0.1');
  await once(target, 'listening');
  const address = target.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  link = await createNetworkLink({ listen: 0, target: address.port });
});
afterEach(async () => {
  await link.close();
  target.close();
});

async function reach(): Promise<Socket> {
  const socket = connect(link.port, '127.0.0.1');
  await once(socket, 'connect');
  // A connection that is cut later says so by an error; the tests look at the outcome.
  socket.on('error', () => undefined);
  return socket;
}

async function echo(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

test('what goes in comes out at the other end and back', async () => {
  expect(await echo(await reach(), 'journal')).toBe('journal');
  expect(link.connections()).toBe(1);
});

test('a cut ends the connection that is open', async () => {
  const socket = await reach();
  await echo(socket, 'before');
  const ended = new Promise((resolve) => socket.once('error', resolve).once('close', resolve));
  await link.cut();
  await ended;
  expect(socket.destroyed).toBe(true);
  expect(link.state()).toBe('cut');
  expect(link.connections()).toBe(0);
});

test('while it is cut nobody gets through', async () => {
  await link.cut();
  await expect(reach()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('restored, it lets connections through at the same port', async () => {
  const { port } = link;
  await link.cut();
  await link.restore();
  expect(link.port).toBe(port);
  expect(await echo(await reach(), 'after')).toBe('after');
});

test('cutting and restoring twice changes nothing more', async () => {
  await link.cut();
  await link.cut();
  await link.restore();
  await link.restore();
  expect(await echo(await reach(), 'still')).toBe('still');
});

test('a target that is not there ends the connection instead of leaving it hanging', async () => {
  target.close();
  const socket = await reach();
  await new Promise((resolve) => socket.once('error', resolve).once('close', resolve));
  expect(socket.destroyed).toBe(true);
});

test('a taken port is said at once', async () => {
  await expect(createNetworkLink({ listen: link.port, target: 1 })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
