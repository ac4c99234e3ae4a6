/**
 * Keeps a process alive: starts it, and starts it again after a pause whenever it ends, until it is told to stop. The pause doubles
 * from half a second to half a minute, so that a process that cannot live does not eat the machine, and is short again once one has
 * lived for a while. The process gets an IPC channel; ours end when it breaks, so none of them survives a keeper that was killed.
 * Knows nothing about what the process does. Used by Electron's shell for the agent and by `npm start` for all of them.
 */
import type { ChildProcess } from 'node:child_process';

export interface Pauses {
  readonly firstMs: number;
  readonly longestMs: number;
  /** A process that lived this long was well: the next pause is the first one again. */
  readonly wellAfterMs: number;
}

export const PAUSES: Pauses = { firstMs: 500, longestMs: 30_000, wellAfterMs: 60_000 };

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started at all. */
  readonly error?: Error;
  readonly restartInMs: number;
}

export interface KeepOptions {
  readonly start: () => ChildProcess;
  readonly onMessage?: (message: unknown) => void;
  /** It ended without being told to; it will be started again. */
  readonly onEnd?: (end: ProcessEnd) => void;
  readonly pauses?: Pauses;
  /** How long it may take to end after SIGTERM before it is killed, in milliseconds. */
  readonly patienceMs?: number;
}

export interface KeptProcess {
  /** The process that runs now, if one does. */
  current(): ChildProcess | undefined;
  /** How often it had to be started again. */
  restarts(): number;
  /** Ends it (SIGTERM, later SIGKILL) and does not start it again. Resolves when it is gone. */
  stop(): Promise<void>;
}

export function keepProcess(options: KeepOptions): KeptProcess {
  const pauses = options.pauses ?? PAUSES;
  let child: ChildProcess | undefined;
  let restarts = 0;
  let failures = 0;
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let whenGone: () => void = () => undefined;

  const launch = (): void => {
    const begun = performance.now();
    const started = options.start();
    child = started;
    let ended = false;
    const end = (code: number | null, signal: NodeJS.Signals | null, error?: Error): void => {
      if (ended) return;
      ended = true;
      child = undefined;
      if (stopping) {
        whenGone();
        return;
      }
      failures = performance.now() - begun >= pauses.wellAfterMs ? 1 : failures + 1;
      const restartInMs = Math.min(pauses.firstMs * 2 ** (failures - 1), pauses.longestMs);
      timer = setTimeout(() => {
        restarts += 1;
        launch();
      }, restartInMs);
      options.onEnd?.({ code, signal, restartInMs, ...(error ? { error } : {}) });
    };
    started.once('error', (error) => {
      if (started.pid === undefined) end(null, null, error);
    });
    started.once('exit', (code, signal) => end(code, signal));
    if (options.onMessage) started.on('message', options.onMessage);
  };

  launch();
  return {
    current: () => child,
    restarts: () => restarts,
    async stop() {
      stopping = true;
      clearTimeout(timer);
      const running = child;
      if (!running) return;
      const gone = new Promise<void>((resolve) => (whenGone = resolve));
      running.kill('SIGTERM');
      const kill = setTimeout(() => running.kill('SIGKILL'), options.patienceMs ?? 5_000);
      await gone;
      clearTimeout(kill);
    },
  };
}
