/**
 * A serial line that comes back by itself: bytes in, bytes out, and whether the line is there. It opens one stable path, notices when
 * the device goes away and tries again on the same path. Must never interpret a byte, and must never send one twice.
 *
 * serialport 13, as measured: without a `data` listener an unplugged device goes unnoticed; `close` may come twice; a write to a peer
 * that does not read never ends; while a write waits under kernel flow control nothing is read (so none is used here); `set()` and
 * `get()` fail on lines without modem wires; and when the device goes in the moment between two of its reads, it reads nothing for ever, keeps
 * a processor busy with that and says nothing: so whether the path is still there is looked at as well.
 */
import { existsSync } from 'node:fs';
import type { SerialPort } from 'serialport';

/** `refused`: the path is there and cannot be opened – no permission, in use by another program, not a serial line. */
export type LineState = 'opening' | 'open' | 'absent' | 'refused';
export type WriteResult = 'written' | 'line-lost' | 'too-slow';

export interface SerialLineOptions {
  /** A name that does not depend on the order of plugging in, such as /dev/serial/by-path/…; for USB by-path, one socket. */
  readonly path: string;
  readonly baudRate: number;
  /** Between two tries to open it; and, while it is open, between two looks whether its path is still there. */
  readonly retryOpenMs: number;
  readonly writeMs: number;
  readonly closeMs: number;
  readonly onBytes: (bytes: Uint8Array) => void;
  /** Called after each change of `state()`. `detail` is for the log. */
  readonly onState: (state: LineState, detail: string) => void;
}

export interface SerialLine {
  state(): LineState;
  /** Sends all of `bytes`, once. `too-slow` and `line-lost`: nobody knows how much left; the line is then opened anew. */
  write(bytes: Uint8Array): Promise<WriteResult>;
  close(): Promise<void>;
}

/** Begins to open the line at once and keeps at it until `close`. */
export function createSerialLine(options: SerialLineOptions): SerialLine {
  let state: LineState = 'opening';
  let current: SerialPort | undefined;
  let retry: NodeJS.Timeout | undefined;
  let watch: NodeJS.Timeout | undefined;
  let closed = false;
  let attempting = Promise.resolve();

  const setState = (next: LineState, detail: string): void => {
    if (state === next) return;
    state = next;
    if (!closed) options.onState(next, detail);
  };

  const tryLater = (): void => {
    if (closed) return;
    clearTimeout(retry);
    retry = setTimeout(() => {
      attempting = attempt();
    }, options.retryOpenMs);
  };

  /** Called for every sign that `port` is gone; only the first counts. */
  const lose = (port: SerialPort, detail: string): void => {
    if (current !== port) return;
    current = undefined;
    clearInterval(watch);
    setState(isThere(options.path) ? 'opening' : 'absent', detail);
    attempting = closePort(port, options.closeMs).then(tryLater);
  };

  const attempt = async (): Promise<void> => {
    try {
      await tryToOpen();
    } catch (error) {
      // Settings that the library or the line refuses, or a library that cannot be loaded.
      setState('refused', error instanceof Error ? error.message : String(error));
      tryLater();
    }
  };

  const tryToOpen = async (): Promise<void> => {
    if (!isThere(options.path)) {
      setState('absent', 'the path does not exist');
      return tryLater();
    }
    // Loaded only when a line is really opened: it costs 17 MB.
    const { SerialPort } = await import('serialport');
    if (closed) return;
    const port = new SerialPort({ path: options.path, baudRate: options.baudRate, autoOpen: false });
    port.on('error', (error) => lose(port, error.message));
    port.on('close', (error: Error | null) => lose(port, error?.message ?? 'closed'));
    port.on('data', (bytes: Buffer) => {
      if (current === port) options.onBytes(bytes);
    });
    const failure = await new Promise<Error | null>((resolve) => port.open(resolve));
    if (failure) {
      setState(isThere(options.path) && !/file not found/i.test(failure.message) ? 'refused' : 'absent', failure.message);
      return tryLater();
    }
    if (closed) return closePort(port, options.closeMs);
    current = port;
    watch = setInterval(() => isThere(options.path) || lose(port, 'the path is gone'), options.retryOpenMs);
    setState('open', options.path);
  };

  attempting = attempt();

  return {
    state: () => state,
    write(bytes) {
      const port = current;
      if (!port) return Promise.resolve('line-lost');
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          resolve('too-slow');
          lose(port, `a write of ${bytes.length} bytes did not end`);
        }, options.writeMs);
        port.write(Buffer.from(bytes), (error) => {
          clearTimeout(timer);
          resolve(error ? 'line-lost' : 'written');
          if (error) lose(port, error.message);
        });
      });
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      clearInterval(watch);
      const port = current;
      current = undefined;
      await attempting;
      if (port) await closePort(port, options.closeMs);
    },
  };
}

/** Windows' names of serial lines (COM3) are not files: there only opening tells. */
function isThere(path: string): boolean {
  return process.platform === 'win32' || existsSync(path);
}

/** Closes within `closeMs` or gives up waiting: the operating system frees the line when its descriptor goes. */
async function closePort(port: SerialPort, closeMs: number): Promise<void> {
  if (!port.isOpen) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, closeMs);
    port.close(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
