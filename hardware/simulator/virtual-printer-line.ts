/**
 * A real pseudo-terminal under a stable path, made by socat: what the virtual printer and the virtual scanner are plugged in with. Pulling it out removes the
 * path, exactly as an unplugged USB adapter does.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, lstatSync, openSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const READY_MS = 5_000;

export class VirtualLine {
  readonly #link: string;
  readonly #onBytes: (bytes: Uint8Array) => void;
  #socat: ChildProcess | undefined;
  #held: number | undefined;

  constructor(link: string, onBytes: (bytes: Uint8Array) => void) {
    this.#link = link;
    this.#onBytes = onBytes;
  }

  get plugged(): boolean {
    return this.#socat !== undefined;
  }

  /** @throws when socat is missing or the path is taken by something that is not a leftover link */
  async plug(): Promise<void> {
    if (this.#socat) return;
    removeLeftover(this.#link);
    // Its standard input is our pipe: when we die, however we die, it ends and takes the path with it.
    const socat = spawn('socat', ['-t0.1', `PTY,link=${this.#link},rawer`, 'STDIO'], { stdio: ['pipe', 'pipe', 'pipe'] });
    let complaint = '';
    socat.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
    socat.stdin.on('error', () => undefined);
    socat.stdout.on('data', (bytes: Buffer) => {
      if (this.#socat === socat) this.#onBytes(bytes);
    });
    const failed = new Promise<never>((_, reject) => {
      socat.once('error', (error) => reject(new Error(`socat could not be started: ${error.message}`)));
      socat.once('exit', (code) => reject(new Error(`socat ended (${code}): ${complaint}`)));
    });
    failed.catch(() => undefined);
    await Promise.race([failed, this.#appears()]);
    this.#socat = socat;
    // While nobody has the line open, a read of the other end fails and socat would end. A cable does not.
    this.#held = openSync(this.#link, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  }

  /** The path vanishes; whoever has it open loses the line. */
  async unplug(): Promise<void> {
    const socat = this.#socat;
    if (!socat) return;
    this.#socat = undefined;
    if (this.#held !== undefined) closeSync(this.#held);
    this.#held = undefined;
    if (socat.exitCode === null && socat.signalCode === null) {
      const ended = once(socat, 'exit');
      socat.kill();
      await ended;
    }
    rmSync(this.#link, { force: true });
  }

  /** Bytes from the device to the computer; lost when nothing is plugged in. */
  send(bytes: Uint8Array): void {
    this.#socat?.stdin?.write(bytes);
  }

  async #appears(): Promise<void> {
    const until = performance.now() + READY_MS;
    while (performance.now() < until) {
      if (lstatSync(this.#link, { throwIfNoEntry: false })) return;
      await delay(5);
    }
    throw new Error(`socat did not make ${this.#link} within ${READY_MS} ms.`);
  }
}

function removeLeftover(link: string): void {
  const found = lstatSync(link, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSymbolicLink()) throw new Error(`${link} exists and is not a link; it is left alone.`);
  rmSync(link);
}
