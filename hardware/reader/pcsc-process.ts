/**
 * The reader process: the only place that loads nfc-pcsc. It is a process of its own because nfc-pcsc can freeze its event loop (it
 * spins for ever when pcscd is not there, and waits for a running command inside a status event), and because a fault in native code
 * must not take the kiosk with it. Its parent watches it and replaces it; it keeps nothing worth keeping.
 *
 * Must never outlive its parent, never construct `NFC` while pcscd does not answer, and never decide what a card means.
 */
import { flushCompileCache } from 'node:module';
import { connect, type Socket } from 'node:net';
import type { NFC, Reader } from 'nfc-pcsc';
import type { FromReaderProcess, ToReaderProcess } from './pcsc-messages.ts';
import { WatchedReader } from './watched-reader.ts';

/** Where pcscd listens; the same variable as libpcsclite's own. Windows has no such socket: its service is part of the system. */
const SERVICE_SOCKET = process.platform === 'win32' ? undefined : (process.env['PCSCLITE_CSOCK_NAME'] ?? '/run/pcscd/pcscd.comm');
const SERVICE_PROBE_MS = 500;
/** How long the set of readers must have been quiet before a fresh process looks at it. */
const QUIET_MS = 1_000;
/** How often, `QUIET_MS` apart, readers with a card on them are asked for after a change that pcsclite may have seen only in part. */
const LOOKS_AFTER_CHANGE = 3;
/** Readers that end because pcscd died must not look unplugged: its end is known a moment later. */
const END_TOLD_AFTER_MS = 50;

const watched = new Map<string, WatchedReader>();
/** nfc-pcsc's objects: pcsclite's native threads call into them, so they must not be collected while the reader is there. */
const held = new Map<string, Reader>();
let listed = false;
let replacement: NodeJS.Timeout | undefined;

/** Not `process.exit`: that waits for a native call that may never return. */
function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('unreachable');
}

function tell(message: FromReaderProcess): void {
  if (process.connected) process.send?.(message, (error: Error | null) => error && die());
}

function tellReaders(): void {
  if (listed) tell({ type: 'readers', names: [...watched.keys()] });
}

/**
 * pcsclite looks at the list of readers and then waits for the next change: it misses what happens in between, such as the second slot
 * of a reader. So every change is looked at again by a fresh process, when nobody is served. A reader with a card on it counts as one
 * that serves somebody, unless it turns out that it went as well, unseen.
 */
function askForReplacement(why: string): void {
  clearInterval(replacement);
  let looksLeft = LOOKS_AFTER_CHANGE;
  replacement = setInterval(() => {
    const readers = [...watched.values()];
    if (readers.every((reader) => reader.idle)) tell({ type: 'replace-me', why });
    else if (looksLeft > 0) for (const reader of readers) reader.lookWhetherThere();
    looksLeft -= 1;
  }, QUIET_MS);
}

function watch(device: Reader): void {
  const { name } = device;
  watched.get(name)?.end();
  const reader = new WatchedReader(device.reader, {
    card: (arrival, card) => tell({ type: 'card', reader: name, arrival, card }),
    outcome: (id, outcome) => tell({ type: 'outcome', id, outcome }),
    trouble: (what, detail) => tell({ type: 'trouble', what, detail }),
    stale: (why) => tell({ type: 'replace-me', why }),
  });
  watched.set(name, reader);
  held.set(name, device);
  if (listed) askForReplacement('a reader came');
  device.on('error', (error: Error) => tell({ type: 'trouble', what: 'reader-error', detail: error.message }));
  device.on('end', () => {
    if (watched.get(name) !== reader) return;
    reader.end();
    watched.delete(name);
    held.delete(name);
    setTimeout(tellReaders, END_TOLD_AFTER_MS);
    askForReplacement('a reader went');
  });
  tellReaders();
}

function startWatching(Nfc: typeof NFC): void {
  const nfc = new Nfc();
  nfc.on('reader', watch);
  nfc.on('error', (error: Error) => {
    tell({ type: 'trouble', what: 'monitor-error', detail: error.message });
    askForReplacement('the list of readers is not watched any more');
  });
  // pcsclite begins at the next tick and says nothing when there is no reader; the end of its first listing is known only from inside.
  const { pcsc } = nfc;
  const start = pcsc.start.bind(pcsc);
  pcsc.start = (done) =>
    start((error, readers) => {
      done(error, readers);
      if (error || listed) return;
      listed = true;
      tellReaders();
      flushCompileCache();
    });
}

/** A connection that stays open as long as pcscd lives, so that its end is noticed whatever nfc-pcsc does; undefined if nobody answers. */
async function connectToService(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}

async function waitForService(path: string): Promise<Socket> {
  for (;;) {
    const socket = await connectToService(path);
    if (socket) return socket;
    tell({ type: 'service-down' });
    await new Promise((resolve) => setTimeout(resolve, SERVICE_PROBE_MS));
  }
}

async function main(): Promise<void> {
  let Nfc: typeof NFC;
  try {
    Nfc = (await import('nfc-pcsc')).NFC;
  } catch (error) {
    tell({ type: 'driver-missing', detail: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) });
    return;
  }
  if (SERVICE_SOCKET !== undefined) {
    const path = SERVICE_SOCKET;
    const service = await waitForService(path);
    service.on('error', () => undefined);
    service.once('close', () => {
      listed = false;
      tell({ type: 'service-down' });
      void waitForService(path).then(() => tell({ type: 'replace-me', why: 'PC/SC is back' }));
    });
    service.resume();
  }
  startWatching(Nfc);
}

process.on('disconnect', die);
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`, die);
});
process.on('message', (message: ToReaderProcess) => {
  if (message.type === 'ping') {
    tell({ type: 'pong' });
    return;
  }
  const reader = watched.get(message.reader);
  if (reader) reader.perform(message);
  else tell({ type: 'outcome', id: message.id, outcome: { kind: 'reader-lost' } });
});
void main();
