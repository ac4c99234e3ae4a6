/** Where an export goes: a new file or standard output, in large pieces. */
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';

const STDOUT = 1;
const PIECE_CHARACTERS = 65_536;
/** How long to wait for whoever reads our output, in milliseconds. */
const PAUSE_MS = 5;

export class NotWritten extends Error {}

/**
 * @param out a file that is not there yet; standard output when left out. What could not be finished is removed again
 * @throws NotWritten when it cannot be written; what `work` throws
 */
export function withOutput(out: string | undefined, work: (write: (text: string) => void) => void): void {
  const descriptor = out === undefined ? STDOUT : writing(() => openSync(out, 'wx', 0o600));
  let piece = '';
  const flush = () => {
    writing(() => writeAll(descriptor, Buffer.from(piece, 'utf8')));
    piece = '';
  };
  let finished = false;
  try {
    work((text) => {
      piece += text;
      if (piece.length >= PIECE_CHARACTERS) flush();
    });
    flush();
    if (out !== undefined) writing(() => fsyncSync(descriptor));
    finished = true;
  } finally {
    if (out !== undefined) {
      closeSync(descriptor);
      if (!finished) rmSync(out, { force: true });
    }
  }
}

function writing<T>(task: () => T): T {
  try {
    return task();
  } catch (error) {
    throw new NotWritten(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** A pipe takes only so much at once, and says so with EAGAIN. */
function writeAll(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}
