/**
 * The files of a kiosk's ledger, and what a machine that stops leaves of them. Every commit is on the disk when it returns
 * (synchronous=FULL), so a stop keeps what is committed; a power cut besides leaves some of what was just being written.
 */
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export class KioskDisk {
  readonly #directory: string;
  #file: string;
  #images = 0;

  /** @param directory of this kiosk's files alone @param ledger what is there in the beginning */
  constructor(directory: string, ledger: Uint8Array) {
    this.#directory = directory;
    const first = path.join(directory, 'image-0');
    mkdirSync(first, { recursive: true, mode: 0o700 });
    this.#file = path.join(first, 'ledger.db');
    writeFileSync(this.#file, ledger, { mode: 0o600 });
  }

  get file(): string {
    return this.#file;
  }

  /** What a machine that stops at this moment leaves. Taken between two calls of SQLite, so the file and its log belong together. */
  picture(): string {
    this.#images += 1;
    const to = path.join(this.#directory, `image-${this.#images}`);
    rmSync(to, { recursive: true, force: true });
    mkdirSync(to, { recursive: true, mode: 0o700 });
    const copy = path.join(to, path.basename(this.#file));
    for (const part of ['', '-wal']) if (existsSync(`${this.#file}${part}`)) copyFileSync(`${this.#file}${part}`, `${copy}${part}`);
    return copy;
  }

  /** The whole ledger, when no program has it open. */
  bytes(): Buffer {
    return readFileSync(this.#file);
  }

  /** From now on this picture is the ledger. */
  use(picture: string): void {
    this.#file = picture;
  }
}

/** The beginning of a frame whose end never reached the disk: it looks like the next one of the log, and its check sum is wrong. */
export function tearLog(picture: string, bytes: Uint8Array): boolean {
  const log = `${picture}-wal`;
  if (!existsSync(log)) return false;
  appendFileSync(log, bytes);
  return true;
}
