/**
 * The serial line of a case, both ends of it: what the driver has in the place of its line, and what the printer is plugged into. Bytes take
 * their time, in order; those that the kiosk's system has taken over go out even when the agent dies. Counts the bytes of the slip, and the
 * answers to it, and tells at which of them the fault of the case strikes.
 */
import { AUTOMATIC_STATUS_ON, CLEAR_BUFFERS, PRINT_MARKER_BYTES, statusRequest } from '../../../hardware/printer/escpos-commands.ts';
import type { LineState, SerialLine, SerialLineOptions } from '../../../hardware/printer/serial-line.ts';
import type { VirtualLine } from '../../../hardware/simulator/virtual-printer-line.ts';
import type { Direction } from './printing-case.ts';

export const BAUD_RATE = 115_200;
/** Bytes that arrive at once, to keep a case short; where the fault strikes they are cut. */
const SLICE_BYTES = 128;
const OPENING_MS = 2;
/** From pulling the adapter out until its driver knows. */
const NOTICED_MS = 5;

const msOf = (bytes: number): number => (bytes * 10 * 1_000) / BAUD_RATE;

interface Watched {
  readonly direction: Direction;
  readonly offset: number;
  readonly strike: () => void;
}

/** What the driver wrote of a slip in one go: a piece of it and its marker. */
export interface SentPiece {
  readonly payload: string;
  readonly marker: string;
}

export class Wire {
  /** Bytes of slips that have arrived at the printer, and of answers that the kiosk has heard, since `watch`. */
  readonly counted: Record<Direction, number> = { byte: 0, answer: 0 };
  /** All pieces of slips that were written, oldest first. */
  readonly pieces: SentPiece[] = [];
  /** Everything that the agent which runs now has heard. */
  heard = '';
  #watched: Watched | undefined;
  #counting = false;
  #toPrinter: { bytes: Uint8Array; readonly ofSlip: boolean }[] = [];
  #moving: NodeJS.Timeout | undefined;
  #answerUntil = 0;
  #plugged = false;
  #carries = true;
  #host: HostEnd | undefined;
  #printer: ((bytes: Uint8Array) => void) | undefined;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** From now on the bytes of a slip count, and the fault strikes where it must. */
  watch(watched: Watched | undefined): void {
    this.#counting = true;
    this.#watched = watched;
  }
  stopWatching(): void {
    this.#counting = false;
    this.#watched = undefined;
  }

  /** The driver's end. One at a time: who opens it anew comes after one that was closed, or killed. */
  open(options: SerialLineOptions): HostEnd {
    const host = new HostEnd(options, this);
    this.#host = host;
    this.heard = '';
    return host;
  }

  /** The printer's end. */
  printerEnd(onBytes: (bytes: Uint8Array) => void): Pick<VirtualLine, keyof VirtualLine> {
    this.#printer = onBytes;
    const plugged = (): boolean => this.#plugged;
    return {
      get plugged() {
        return plugged();
      },
      plug: () => Promise.resolve(this.#plug()),
      unplug: () => Promise.resolve(this.#unplug()),
      send: (bytes) => this.#answer(bytes),
    };
  }

  get plugged(): boolean {
    return this.#plugged;
  }
  /** The cable is put in, or pulled out, at the printer. The kiosk's adapter stays. */
  carry(carries: boolean): void {
    this.#carries = carries;
  }

  /** The kiosk's system takes bytes over. */
  take(bytes: Uint8Array): void {
    const ofSlip = isOfSlip(bytes);
    if (ofSlip) {
      const text = Buffer.from(bytes).toString('latin1');
      this.pieces.push({ payload: text.slice(0, -PRINT_MARKER_BYTES), marker: text.slice(-4) });
    }
    this.#toPrinter.push({ bytes, ofSlip });
    if (ofSlip && this.#counting && this.#watched?.direction === 'byte' && this.#watched.offset === 0) this.#strike();
    this.#move();
  }

  #plug(): void {
    this.#plugged = true;
    this.#carries = true;
  }
  #unplug(): void {
    this.#plugged = false;
    this.#toPrinter = [];
    clearTimeout(this.#moving);
    this.#moving = undefined;
    const host = this.#host;
    setTimeout(() => host?.vanished(), NOTICED_MS);
  }

  #move(): void {
    const [first] = this.#toPrinter;
    if (!first || this.#moving !== undefined) return;
    const until = this.#untilStrike('byte');
    const slice = first.bytes.subarray(0, first.ofSlip ? Math.min(SLICE_BYTES, until) : SLICE_BYTES);
    this.#moving = setTimeout(() => {
      this.#moving = undefined;
      first.bytes = first.bytes.subarray(slice.length);
      if (first.bytes.length === 0) this.#toPrinter.shift();
      if (this.#carries) this.#printer?.(slice);
      if (first.ofSlip) this.#count('byte', slice.length);
      this.#move();
    }, msOf(slice.length));
  }

  #answer(bytes: Uint8Array): void {
    this.#answerUntil = Math.max(this.#now(), this.#answerUntil) + msOf(bytes.length);
    const host = this.#host;
    setTimeout(() => {
      if (!this.#carries || !this.#plugged || host !== this.#host) return;
      const first = bytes.subarray(0, this.#untilStrike('answer'));
      this.#hear(first);
      this.#count('answer', first.length);
      // What comes after the strike is cut off, whatever it was that struck.
      if (first.length === bytes.length) return;
    }, this.#answerUntil - this.#now());
  }
  #hear(bytes: Uint8Array): void {
    this.heard += Buffer.from(bytes).toString('latin1');
    this.#host?.hear(bytes);
  }

  #untilStrike(direction: Direction): number {
    const watched = this.#watched;
    return watched?.direction === direction ? watched.offset - this.counted[direction] : Infinity;
  }
  #count(direction: Direction, bytes: number): void {
    if (!this.#counting) return;
    this.counted[direction] += bytes;
    if (this.#untilStrike(direction) === 0) this.#strike();
  }
  #strike(): void {
    const watched = this.#watched;
    this.#watched = undefined;
    watched?.strike();
  }
}

/** Everything but questions, clearing, and markers that stand alone. */
function isOfSlip(bytes: Uint8Array): boolean {
  const isQuestion = bytes.length === statusRequest(1).length && bytes[0] === 0x10;
  const isMarkerAlone = bytes.length === PRINT_MARKER_BYTES && bytes[0] === 0x1d && bytes[1] === 0x28;
  return !isQuestion && !isMarkerAlone && !equal(bytes, CLEAR_BUFFERS) && !equal(bytes, AUTOMATIC_STATUS_ON);
}
const equal = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

class HostEnd implements SerialLine {
  readonly #options: SerialLineOptions;
  readonly #wire: Wire;
  #state: LineState = 'opening';
  #dead = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: SerialLineOptions, wire: Wire) {
    this.#options = options;
    this.#wire = wire;
    this.#tryIn(OPENING_MS);
  }

  state(): LineState {
    return this.#state;
  }
  write(bytes: Uint8Array): Promise<'written' | 'line-lost'> {
    if (this.#dead || this.#state !== 'open') return Promise.resolve('line-lost');
    // The system takes everything at once, whether or not it ever arrives.
    if (this.#wire.plugged) this.#wire.take(bytes);
    return Promise.resolve('written');
  }
  close(): Promise<void> {
    this.#dead = true;
    clearTimeout(this.#retry);
    return Promise.resolve();
  }

  hear(bytes: Uint8Array): void {
    if (!this.#dead && this.#state === 'open') this.#options.onBytes(bytes);
  }
  vanished(): void {
    if (this.#dead || this.#state !== 'open') return;
    this.#set('absent');
    this.#tryIn(this.#options.retryOpenMs);
  }

  #tryIn(ms: number): void {
    this.#retry = setTimeout(() => {
      this.#set(this.#wire.plugged ? 'open' : 'absent');
      if (!this.#wire.plugged) this.#tryIn(this.#options.retryOpenMs);
    }, ms);
  }
  #set(state: LineState): void {
    if (this.#dead || this.#state === state) return;
    this.#state = state;
    this.#options.onState(state, state);
  }
}
