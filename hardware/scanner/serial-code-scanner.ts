/**
 * A code scanner on a serial line: RS-232, or USB set to "virtual COM port" (USB-CDC). It sends each code it sees as one line; nothing
 * is ever sent to it. Must never let the content of a foreign code out, not even to the log, and keeps none of it.
 *
 * Scanners in the presentation mode read the same code again and again while it is held there; that is one showing. A scanner that is
 * set to end its lines with nothing is understood as well: silence ends a line.
 */
import { createSerialLine, type LineState } from '../printer/serial-line.ts';
import type { CodeScan } from './card-code.ts';
import { EMPTY_LINE, endsLine, scanOf, withByte } from './code-line.ts';
import type { CodeScanner, ScannerStatus } from './code-scanner.ts';

/** All in milliseconds. */
export interface ScannerTimings {
  readonly retryOpenMs: number;
  readonly closeMs: number;
  /** Longer silence within a line ends it. A line at 9,600 baud takes 40 ms. */
  readonly silenceMs: number;
  /** The same code counts as still being shown when it was read less than this before. */
  readonly sameCodeMs: number;
}

const DEFAULT_TIMINGS: ScannerTimings = { retryOpenMs: 500, closeMs: 1_000, silenceMs: 500, sameCodeMs: 2_000 };

export interface SerialCodeScannerOptions {
  /** A stable path of the line, such as /dev/serial/by-path/… */
  readonly path: string;
  readonly baudRate: number;
  readonly timings?: Partial<ScannerTimings>;
}

/** Begins to open the line at once and listens until `close`. */
export function createSerialCodeScanner(options: SerialCodeScannerOptions): CodeScanner {
  const timings: ScannerTimings = { ...DEFAULT_TIMINGS, ...options.timings };
  const changeListeners = new Set<() => void>();
  const scanListeners = new Set<(scan: CodeScan) => void>();
  let line = EMPTY_LINE;
  let silence: NodeJS.Timeout | undefined;
  /** What is being shown now, as far as the scanner tells; forgotten a moment later. */
  let shown = '';
  let forgetting: NodeJS.Timeout | undefined;

  const endLine = (): void => {
    clearTimeout(silence);
    const scan = scanOf(line);
    line = EMPTY_LINE;
    if (!scan) return;
    const key = scan.kind === 'card' ? Buffer.from(scan.identifier).toString('hex') : scan.kind;
    const again = key === shown;
    shown = key;
    clearTimeout(forgetting);
    forgetting = setTimeout(() => (shown = ''), timings.sameCodeMs);
    if (!again) for (const listener of scanListeners) listener(scan);
  };

  const serial = createSerialLine({
    path: options.path,
    baudRate: options.baudRate,
    retryOpenMs: timings.retryOpenMs,
    closeMs: timings.closeMs,
    // Nothing is written.
    writeMs: timings.closeMs,
    onBytes(bytes) {
      clearTimeout(silence);
      for (const byte of bytes) {
        if (endsLine(byte)) endLine();
        else line = withByte(line, byte);
      }
      // It may have been the number of a person.
      bytes.fill(0);
      if (line.length > 0) silence = setTimeout(endLine, timings.silenceMs);
    },
    onState() {
      // What was cut off in the middle says nothing.
      clearTimeout(silence);
      line = EMPTY_LINE;
      for (const listener of changeListeners) listener();
    },
  });

  return {
    status: () => statusOf(serial.state()),
    onChange(listener) {
      changeListeners.add(listener);
      return () => changeListeners.delete(listener);
    },
    onScan(listener) {
      scanListeners.add(listener);
      return () => scanListeners.delete(listener);
    },
    async close() {
      clearTimeout(silence);
      clearTimeout(forgetting);
      changeListeners.clear();
      scanListeners.clear();
      await serial.close();
    },
  };
}

function statusOf(state: LineState): ScannerStatus {
  switch (state) {
    case 'opening':
      return { kind: 'starting' };
    case 'open':
      return { kind: 'ready' };
    case 'absent':
      return { kind: 'absent' };
    case 'refused':
      return { kind: 'faulty', why: 'line-refused' };
  }
}
