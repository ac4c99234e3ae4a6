/**
 * Keeps one reader process running: starts it, listens for its heartbeat, kills it when it freezes, starts it again when it dies. Knows
 * nothing about cards. Must never block, and never leave a process behind.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { FromReaderProcess, ToReaderProcess } from './pcsc-messages.ts';

const PROGRAM = path.join(import.meta.dirname, `pcsc-process${path.extname(import.meta.filename)}`);
/** The stripped program is kept here, so that a restart loads no type stripper (18 MB) and takes half the time. */
const COMPILE_CACHE = path.resolve(import.meta.dirname, '../../node_modules/.cache/kazasu-reader');
/** Lets the kernel kill the process when ours dies, even when it is frozen at that moment. Part of util-linux; Linux only. */
const SETPRIV = '/usr/bin/setpriv';

/** Until the first word of a new process. */
const START_LIMIT_MS = 15_000;
const BEATS_MISSED_MAX = 3;
const RESTART_DELAY_MS = { first: 100, most: 5_000 } as const;
/** A process that lived this long was a good one: the next fault starts with the short delay again. */
const SOUND_AFTER_MS = 10_000;
const STDERR_KEPT = 500;

export type ProcessEnd = 'frozen' | 'crashed' | 'replaced';

export interface ReaderProcessEvents {
  message(message: FromReaderProcess): void;
  /** The process is gone and another will follow; everything that was asked of it is lost. */
  ended(why: ProcessEnd, detail: string): void;
  started(pid: number): void;
}

export class ReaderProcess {
  readonly #events: ReaderProcessEvents;
  readonly #heartbeatMs: number;
  #child: ChildProcess | undefined;
  /** Why we killed it, if we did. */
  #killedFor: { readonly why: ProcessEnd; readonly detail: string } | undefined;
  #heard = false;
  #beatsMissed = 0;
  #failures = 0;
  #useSetpriv = process.platform === 'linux' && existsSync(SETPRIV);
  #heartbeat: NodeJS.Timeout | undefined;
  #startLimit: NodeJS.Timeout | undefined;
  #sound: NodeJS.Timeout | undefined;
  #restart: NodeJS.Timeout | undefined;
  #closed: (() => void) | undefined;

  constructor(heartbeatMs: number, events: ReaderProcessEvents) {
    this.#heartbeatMs = heartbeatMs;
    this.#events = events;
  }

  start(): void {
    const nodeOptions = ['--disable-warning=ExperimentalWarning'];
    const child = fork(PROGRAM, [], {
      ...(this.#useSetpriv
        ? { execPath: SETPRIV, execArgv: ['--pdeathsig', 'KILL', process.execPath, ...nodeOptions] }
        : { execPath: process.execPath, execArgv: nodeOptions }),
      env: environment(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    this.#child = child;
    this.#killedFor = undefined;
    this.#heard = false;
    this.#beatsMissed = 0;
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-STDERR_KEPT)));
    child.on('message', (message: FromReaderProcess) => {
      // Only the current process is believed: what a killed one had already said is about a state that is over.
      if (this.#child !== child || this.#killedFor) return;
      this.#beatsMissed = 0;
      if (!this.#heard) {
        this.#heard = true;
        clearTimeout(this.#startLimit);
        this.#sound = setTimeout(() => (this.#failures = 0), SOUND_AFTER_MS);
      }
      if (message.type !== 'pong') this.#events.message(message);
    });
    child.once('error', (error) => this.#onExit(child, error.message));
    child.once('exit', (code, signal) => this.#onExit(child, `${signal ?? `exit ${code ?? '?'}`} ${stderr.trim()}`.trim()));
    this.#startLimit = setTimeout(() => this.kill('frozen', 'it did not start'), START_LIMIT_MS);
    this.#heartbeat = setInterval(() => this.#beat(), this.#heartbeatMs);
    if (child.pid !== undefined) this.#events.started(child.pid);
  }

  /** @returns false when there is no process that could hear it */
  send(message: ToReaderProcess): boolean {
    if (!this.#child?.connected || this.#killedFor) return false;
    // A failure to send means that the process is dying; its end is reported by itself.
    this.#child.send(message, () => undefined);
    return true;
  }

  /** Ends the process; a new one follows, at once after `replaced`, otherwise after a delay that grows with each failure. */
  kill(why: ProcessEnd, detail: string): void {
    if (!this.#child || this.#killedFor) return;
    this.#killedFor = { why, detail };
    this.#child.kill('SIGKILL');
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    clearTimeout(this.#restart);
    await new Promise<void>((resolve) => {
      this.#closed = resolve;
      if (!this.#child) resolve();
      else this.kill('replaced', 'closed');
    });
  }

  #beat(): void {
    if (!this.#heard) return;
    // Counted in beats and not in time: after a sleep of the whole machine nobody is late.
    if (this.#beatsMissed >= BEATS_MISSED_MAX) {
      this.kill('frozen', `${BEATS_MISSED_MAX} heartbeats without an answer`);
      return;
    }
    this.#beatsMissed += 1;
    this.send({ type: 'ping' });
  }

  #onExit(child: ChildProcess, detail: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    clearInterval(this.#heartbeat);
    clearTimeout(this.#startLimit);
    clearTimeout(this.#sound);
    if (this.#closed) {
      this.#closed();
      return;
    }
    if (!this.#heard && !this.#killedFor) this.#useSetpriv = false;
    const end = this.#killedFor ?? { why: 'crashed', detail };
    const delay = end.why === 'replaced' ? 0 : Math.min(RESTART_DELAY_MS.most, RESTART_DELAY_MS.first * 2 ** this.#failures);
    if (end.why !== 'replaced') this.#failures += 1;
    this.#restart = setTimeout(() => this.start(), delay);
    this.#events.ended(end.why, end.detail);
  }
}

/** The process gets what it needs to run and to find pcscd, and none of the agent's own settings. */
function environment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'LANG', 'TZ', 'PCSCLITE_CSOCK_NAME', 'LD_LIBRARY_PATH', 'LD_PRELOAD', 'SystemRoot', 'TEMP', 'TMPDIR'];
  const kept = names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...(Object.fromEntries(kept) as NodeJS.ProcessEnv), NODE_COMPILE_CACHE: COMPILE_CACHE };
}
