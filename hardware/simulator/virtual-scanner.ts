/**
 * A code scanner behind a real pseudo-terminal: the production driver cannot tell it from one. It sends what is held before it as one
 * line, as scanners do, and fails by name. Must never know what a code means: cards' codes and anything else are text to it.
 */
import { Faults } from './faults.ts';
import { VirtualLine } from './virtual-printer-line.ts';

export const SCANNER_FAULTS = [
  // One character of the next code arrives as another one.
  'garbled',
  // The next code stops half-way, and its line is never ended.
  'cut-line',
  // The next code is not seen: no light, a cover over the window.
  'silent',
  // The line ends without CR, as some scanners are set.
  'no-line-end',
] as const;
export type ScannerFault = (typeof SCANNER_FAULTS)[number];

export class VirtualScanner {
  readonly faults = new Faults<ScannerFault>(SCANNER_FAULTS);
  /** How many codes were sent, whole or not. */
  sent = 0;
  /** Bytes that came from the computer. A scanner is never told anything, so there are none. */
  received = 0;
  readonly #line: VirtualLine;

  /** Plugs a scanner in. @param link path of its serial line; appears and vanishes with the plug */
  static async start(link: string): Promise<VirtualScanner> {
    const scanner = new VirtualScanner(link);
    await scanner.#line.plug();
    return scanner;
  }

  private constructor(link: string) {
    this.#line = new VirtualLine(link, (bytes) => (this.received += bytes.length));
  }

  get plugged(): boolean {
    return this.#line.plugged;
  }

  /** Holds a code before the scanner. @param text characters up to U+00FF, one byte each */
  show(text: string): void {
    if (this.faults.take('silent')) return;
    this.sent += 1;
    if (this.faults.take('garbled')) return this.raw(`${garbled(text)}\r`);
    if (this.faults.take('cut-line')) return this.raw(text.slice(0, Math.ceil(text.length / 2)));
    this.raw(this.faults.take('no-line-end') ? text : `${text}\r`);
  }

  /** Sends bytes as they are. */
  raw(text: string): void {
    this.#line.send(Buffer.from(text, 'latin1'));
  }

  unplug(): Promise<void> {
    return this.#line.unplug();
  }
  replug(): Promise<void> {
    return this.#line.plug();
  }
}

/** The character in the middle becomes its neighbour. */
function garbled(text: string): string {
  const middle = Math.floor(text.length / 2);
  return text.slice(0, middle) + String.fromCharCode(text.charCodeAt(middle) ^ 1) + text.slice(middle + 1);
}
