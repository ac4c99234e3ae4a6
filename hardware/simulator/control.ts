/**
 * How a running simulator is driven from outside: one JSON request a line over a unix socket, one JSON answer a line. The socket lies
 * in a directory only its owner may enter; there is no other guard, because whoever owns the process may also replace the cards.
 * Knows the words, not the devices: `main.ts` gives it a function that does what is asked.
 */
import { chmodSync, mkdirSync, unlinkSync } from 'node:fs';
import { createServer, connect, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const slot = z.union([z.literal(0), z.literal(1)]).default(0);
const fault = { fault: z.string().max(60), repeatedly: z.boolean().default(false) };

export const ControlRequest = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('card-insert'), card: z.string().max(60), slot }),
  z.strictObject({ do: z.literal('card-remove'), slot }),
  z.strictObject({ do: z.literal('card-list') }),
  z.strictObject({ do: z.literal('printer-fault'), ...fault }),
  z.strictObject({ do: z.literal('printer-clear') }),
  z.strictObject({ do: z.literal('printer-status') }),
  z.strictObject({ do: z.literal('printer-kind'), kind: z.string().max(60) }),
  z.strictObject({ do: z.literal('printer-unplug') }),
  z.strictObject({ do: z.literal('printer-replug') }),
  // As many characters as the largest QR code holds.
  z.strictObject({ do: z.literal('code-scan'), code: z.string().min(1).max(4_296) }),
  z.strictObject({ do: z.literal('scanner-fault'), ...fault }),
  z.strictObject({ do: z.literal('scanner-clear') }),
  z.strictObject({ do: z.literal('scanner-unplug') }),
  z.strictObject({ do: z.literal('scanner-replug') }),
  z.strictObject({ do: z.literal('reader-fault'), ...fault }),
  z.strictObject({ do: z.literal('reader-clear') }),
  z.strictObject({ do: z.literal('network-cut') }),
  z.strictObject({ do: z.literal('network-restore') }),
  z.strictObject({ do: z.literal('status') }),
]);
export type ControlRequest = z.infer<typeof ControlRequest>;
/** What a caller may leave out is optional here. */
export type ControlInput = z.input<typeof ControlRequest>;

export const ControlAnswer = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), result: z.json() }),
  z.strictObject({ ok: z.literal(false), why: z.string() }),
]);
export type ControlAnswer = z.infer<typeof ControlAnswer>;

/** The world's "no": an unknown card, a slot that is taken. The text is for the person who asked. */
export class ControlRefusal extends Error {}

export interface ControlServer {
  readonly socketPath: string;
  close(): Promise<void>;
}

/** Longest path of a unix socket on Linux, in bytes (sockaddr_un.sun_path without its final zero). */
const SOCKET_PATH_MAX = 107;

/**
 * Serves `answer` at `socketPath`; requests are answered in the order in which they come.
 * @param answer returns what to send back as JSON; throws `ControlRefusal` for what cannot be done
 * @throws Error when another simulator serves there, or the path is too long for a socket
 */
export async function serveControl(socketPath: string, answer: (request: ControlRequest) => Promise<z.core.util.JSONType>): Promise<ControlServer> {
  if (Buffer.byteLength(socketPath) > SOCKET_PATH_MAX) throw new Error(`The control socket's path is longer than ${SOCKET_PATH_MAX} bytes: ${socketPath}`);
  mkdirSync(path.dirname(socketPath), { recursive: true, mode: 0o700 });
  chmodSync(path.dirname(socketPath), 0o700);
  await removeAbandoned(socketPath);

  let turn: Promise<unknown> = Promise.resolve();
  const reply = async (line: string): Promise<ControlAnswer> => {
    const parsed = ControlRequest.safeParse(parseJson(line));
    if (!parsed.success) return { ok: false, why: `This is not a request: ${z.prettifyError(parsed.error)}` };
    try {
      return { ok: true, result: await answer(parsed.data) };
    } catch (error) {
      if (error instanceof ControlRefusal) return { ok: false, why: error.message };
      return { ok: false, why: `The simulator failed: ${error instanceof Error ? error.message : String(error)}` };
    }
  };
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    const lines = createInterface({ input: socket }).on('error', () => undefined);
    lines.on('line', (line) => {
      turn = turn.then(async () => void socket.write(`${JSON.stringify(await reply(line))}\n`));
    });
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => void sockets.add(socket.on('close', () => sockets.delete(socket))));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socketPath, resolve));
  return {
    socketPath,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** A socket file that nobody answers at was left by a process that was killed. */
async function removeAbandoned(socketPath: string): Promise<void> {
  const state = await new Promise<'served' | 'abandoned' | 'none'>((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve('served');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ENOENT' ? 'none' : 'abandoned'));
  });
  if (state === 'served') throw new Error(`Another simulator already serves ${socketPath}`);
  if (state === 'abandoned') unlinkSync(socketPath);
}

/** Nobody serves the socket: no simulator runs there. */
export class NothingRuns extends Error {}

/**
 * Asks a running simulator once and waits for its answer.
 * @throws NothingRuns when there is none
 */
export function askControl(socketPath: string, request: ControlInput): Promise<ControlAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    socket.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' || error.code === 'ECONNREFUSED' ? new NothingRuns(`Nothing runs at ${socketPath}`) : error);
    });
    socket.once('connect', () => void socket.write(`${JSON.stringify(request)}\n`));
    // Readline says the socket's errors a second time.
    const lines = createInterface({ input: socket }).on('error', () => undefined);
    lines.once('line', (line) => {
      resolve(ControlAnswer.parse(JSON.parse(line)));
      socket.destroy();
    });
    lines.once('close', () => reject(new NothingRuns('The simulator ended before it answered')));
  });
}
