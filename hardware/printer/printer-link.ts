/**
 * The conversation with a printer over a serial line, in whatever dialect it speaks: asks for its status at a calm pace, listens to what it says by itself,
 * and tells whoever prints what was heard. Must never send print data: that is `serial-slip-printer.ts`.
 */
import { sameStatus } from './escpos-status.ts';
import type { Heard, PrinterDialect } from './printer-dialect.ts';
import { emptyPrinter } from './printer-emptying.ts';
import { createSerialLine, type SerialLine, type SerialLineOptions, type WriteResult } from './serial-line.ts';
import type { PrinterDiagnostic, PrinterTimings } from './printer-timings.ts';
import type { PrinterStatus } from './slip-printer.ts';

export type LinkEvent =
  /** The printer has come as far as this (`Proof.judge`). */
  | { readonly kind: 'mark'; readonly mark: string }
  | { readonly kind: 'cleared' }
  /** A byte came that means nothing. */
  | { readonly kind: 'stray' }
  /** A whole round of status requests was answered. Automatic status alone is not taken as proof of trouble. */
  | { readonly kind: 'confirmed'; readonly status: PrinterStatus }
  /** A status request was not answered in time. */
  | { readonly kind: 'missed' }
  | { readonly kind: 'line-lost' };

export interface PrinterLink {
  status(): PrinterStatus;
  /** @returns a function that stops the calls */
  onStatus(listener: () => void): () => void;
  /** @returns a function that stops the calls */
  onEvent(listener: (event: LinkEvent) => void): () => void;
  /** Asks until the printer has answered or is known not to. */
  freshStatus(): Promise<PrinterStatus>;
  send(bytes: Uint8Array): Promise<WriteResult>;
  /**
   * Everything unprinted that is still in the printer is thrown away; where that cannot be done, it is waited for until it has come out.
   * @returns whether the printer confirmed it
   */
  clearBuffers(): Promise<boolean>;
  /** While true the printer is watched more closely and nothing is sent to it but status requests. */
  setPrinting(printing: boolean): void;
  close(): Promise<void>;
}

/** One unanswered round may be noise; after two the printer is silent. */
const MISSED_ROUNDS_UNTIL_SILENT = 2;

/** Between two rounds however much the printer has to say, so that a broken one cannot keep the processor busy. */
const HURRY_MS = 20;

export function createPrinterLink(options: {
  readonly path: string;
  readonly baudRate: number;
  readonly dialect: PrinterDialect;
  readonly timings: PrinterTimings;
  readonly onDiagnostic: (diagnostic: PrinterDiagnostic) => void;
  readonly openLine?: ((options: SerialLineOptions) => SerialLine) | undefined;
}): PrinterLink {
  const { dialect, timings, onDiagnostic } = options;
  const { ear } = dialect;
  const statusListeners = new Set<() => void>();
  const eventListeners = new Set<(event: LinkEvent) => void>();
  const lineListeners = new Set<() => void>();
  let status: PrinterStatus = { kind: 'starting' };
  let closed = false;
  let printing = false;
  /** True once buffers were cleared and automatic status switched on since the printer was last heard for the first time. */
  let greeted = false;
  let missedRounds = 0;
  let strayInRound = 0;
  /** Until when, by `performance.now()`, what was handed to the line is still on the wire. */
  let wireBusyUntil = 0;
  let answer: ((bytes: readonly number[] | undefined) => void) | undefined;
  let wake = (): void => undefined;
  let again = false;
  let rounds: Promise<unknown> = Promise.resolve();

  const emit = (event: LinkEvent): void => {
    for (const listener of [...eventListeners]) listener(event);
  };
  const setStatus = (next: PrinterStatus): void => {
    if (sameStatus(status, next)) return;
    status = next;
    onDiagnostic({ kind: 'status', status });
    for (const listener of [...statusListeners]) listener();
  };

  const line = (options.openLine ?? createSerialLine)({
    path: options.path,
    baudRate: options.baudRate,
    retryOpenMs: timings.retryOpenMs,
    writeMs: timings.writeMs,
    closeMs: timings.closeMs,
    onBytes: (bytes) => ear.feed(bytes).forEach(hear),
    onState(state, detail) {
      onDiagnostic({ kind: 'line', state, detail });
      for (const listener of [...lineListeners]) listener();
      ear.abandon();
      greeted = false;
      missedRounds = 0;
      answer?.(undefined);
      if (state !== 'open') emit({ kind: 'line-lost' });
      if (state === 'absent') setStatus({ kind: 'absent' });
      else if (state === 'refused') setStatus({ kind: 'faulty', why: 'line' });
      else setStatus({ kind: 'starting' });
      hurry();
    },
  });

  function hear(heard: Heard): void {
    switch (heard.kind) {
      case 'answer':
        if (answer) return answer(heard.bytes);
        if (heard.status) saidByItself(heard.status);
        return;
      case 'status':
        return saidByItself(heard.status);
      case 'mark':
      case 'cleared':
        return emit(heard);
      case 'stray':
        strayInRound++;
        return emit(heard);
    }
  }

  function saidByItself(next: PrinterStatus): void {
    // Before the first round was answered this may be noise of a line that has just been opened.
    if (greeted) setStatus(next);
    hurry();
  }

  function hurry(): void {
    again = true;
    wake();
  }

  /** One request and its answer. The answer does not say which one it answers, so never two at a time. */
  async function ask(request: Uint8Array): Promise<readonly number[] | undefined> {
    const heard = new Promise<readonly number[] | undefined>((resolve) => {
      const timer = setTimeout(() => answer?.(undefined), timings.replyMs + Math.max(0, wireBusyUntil - performance.now()));
      answer = (bytes) => {
        clearTimeout(timer);
        answer = undefined;
        resolve(bytes);
      };
    });
    if ((await line.write(request)) !== 'written') answer?.(undefined);
    return heard;
  }

  async function round(): Promise<void> {
    if (closed || line.state() !== 'open') return;
    strayInRound = 0;
    const answers: Array<readonly number[]> = [];
    for (const request of dialect.statusRequests) {
      const bytes = await ask(request);
      if (closed || line.state() !== 'open') return;
      if (bytes === undefined) return missed();
      answers.push(bytes);
    }
    missedRounds = 0;
    reportStray();
    setStatus(dialect.statusOf(answers));
    emit({ kind: 'confirmed', status });
  }

  function missed(): void {
    ear.abandon().forEach(hear);
    const nonsense = reportStray();
    emit({ kind: 'missed' });
    if (++missedRounds < MISSED_ROUNDS_UNTIL_SILENT) return hurry();
    greeted = false;
    // Bytes that mean nothing are another trouble than none at all: a wrong speed, a bad cable.
    setStatus(nonsense ? { kind: 'faulty', why: 'line' } : { kind: 'silent' });
  }

  function reportStray(): boolean {
    if (strayInRound === 0) return false;
    onDiagnostic({ kind: 'stray-bytes', count: strayInRound });
    strayInRound = 0;
    return true;
  }

  /** Rounds wait for each other, whoever wants them. */
  function nextRound(): Promise<void> {
    const next = rounds.then(round);
    rounds = next;
    return next;
  }

  function write(bytes: Uint8Array): Promise<WriteResult> {
    wireBusyUntil = Math.max(wireBusyUntil, performance.now()) + (bytes.length * 10 * 1_000) / options.baudRate;
    return line.write(bytes);
  }

  async function clearBuffers(): Promise<boolean> {
    const answered = await emptyPrinter(dialect, {
      write,
      listen,
      look: async () => {
        await round();
        return !closed && line.state() === 'open' && status.kind === 'ready';
      },
      limitMs: () => Math.max(0, wireBusyUntil - performance.now()) + timings.clearMs,
    });
    onDiagnostic({ kind: 'cleared', answered });
    return answered;
  }

  function listen(listener: (event: LinkEvent) => void): () => void {
    eventListeners.add(listener);
    return () => eventListeners.delete(listener);
  }

  /** Waits until the line is open or known not to be. */
  function begun(): Promise<void> {
    if (line.state() !== 'opening' || closed) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        lineListeners.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timings.startMs);
      lineListeners.add(done);
    });
  }

  async function watch(): Promise<void> {
    while (!closed) {
      again = false;
      await nextRound();
      if (!greeted && !printing && missedRounds === 0 && line.state() === 'open' && !closed) {
        greeted = true;
        // What a program that died, or a cable that was pulled, left in the printer must not come out on somebody's slip.
        if (dialect.throwAway) rounds = rounds.then(clearBuffers);
        rounds = rounds.then(() => line.write(dialect.greeting));
        await rounds;
      }
      if (closed) return;
      const pauseMs = again ? HURRY_MS : printing ? timings.pollWhilePrintingMs : timings.pollMs;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs);
        wake = () => {
          if (pauseMs === HURRY_MS && !closed) return;
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
  const watching = watch();

  return {
    status: () => status,
    onStatus(listener) {
      statusListeners.add(listener);
      return () => statusListeners.delete(listener);
    },
    onEvent: listen,
    async freshStatus() {
      await begun();
      do await nextRound();
      while (missedRounds > 0 && missedRounds < MISSED_ROUNDS_UNTIL_SILENT && !closed);
      return status;
    },
    send: write,
    clearBuffers: () => {
      const cleared = rounds.then(clearBuffers);
      rounds = cleared;
      return cleared;
    },
    setPrinting(next) {
      printing = next;
      hurry();
    },
    async close() {
      closed = true;
      answer?.(undefined);
      emit({ kind: 'line-lost' });
      for (const listener of [...lineListeners]) listener();
      hurry();
      await line.close();
      await watching;
    },
  };
}
