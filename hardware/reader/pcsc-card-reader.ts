/**
 * The production card reader: PC/SC through nfc-pcsc, which lives in a process of its own (pcsc-process.ts). This half runs in the
 * agent; it turns what the process reports into one status and one presence, and numbers the presences, so that whatever comes late
 * belongs to nobody. Must never block, never send a command again, and never believe a process it has given up.
 */
import type { CardPresence, CardReader, ConnectOptions, ReaderStatus, TransmitResult } from './card-reader.ts';
import type { CardCommand, CardState, CommandOutcome, Disposition, FromReaderProcess } from './pcsc-messages.ts';
import { ReaderProcess, type ProcessEnd } from './reader-process.ts';

/** For the log: what happened behind the status. Holds nothing of a card. */
export type ReaderDiagnostic =
  | { readonly kind: 'process-started'; readonly pid: number }
  | { readonly kind: 'process-ended'; readonly why: ProcessEnd; readonly detail: string }
  | { readonly kind: 'driver-missing'; readonly detail: string }
  | { readonly kind: 'trouble'; readonly what: string; readonly detail: string };

export interface PcscCardReaderOptions {
  /** Which readers may be used, by their PC/SC name. */
  readonly allow: (readerName: string) => boolean;
  /** Milliseconds; becomes `arrivedAt`. Default: `Date.now`. */
  readonly now?: () => number;
  /** Milliseconds between two heartbeats; the process is given up when it leaves three unanswered. Default 1000. */
  readonly heartbeatMs?: number;
  /** Milliseconds after which a command without an end means that the process, or the reader under it, is frozen. Default 8000. */
  readonly commandLimitMs?: number;
  readonly onDiagnostic?: (diagnostic: ReaderDiagnostic) => void;
}

/** What is known about PC/SC as a whole. */
type Phase = 'starting' | 'service-down' | 'watching' | 'not-answering' | 'driver-missing';

interface PendingCommand {
  readonly generation: number;
  readonly reader: string;
  settle(outcome: CommandOutcome): void;
}

const HEARTBEAT_MS = 1_000;
/** The slowest true answer is an RSA signature of a My Number card, about 1.5 s, on a reader that asks for more time. */
const COMMAND_LIMIT_MS = 8_000;
/** A reader that was pulled out fails for some milliseconds before it is gone; only a longer failure is shown. */
const READER_ERROR_SHOWN_AFTER_MS = 500;
/**
 * pcsclite can miss a reader that is plugged in, or one that is pulled out and then fails for ever. While a reader is missing or
 * fails, and nothing lies on another, a fresh process looks again after these delays, which double.
 */
const FRESH_LOOK_MS = { first: 2_000, most: 60_000 } as const;
const DRIVER_RETRY_MS = 10_000;

/**
 * Starts watching the PC/SC readers of this machine. Every trouble ends in a status and heals by itself when its cause is gone; nothing
 * is thrown.
 */
export function createPcscCardReader(options: PcscCardReaderOptions): CardReader {
  return new PcscCardReader(options);
}

class PcscCardReader implements CardReader {
  readonly #options: PcscCardReaderOptions;
  readonly #process: ReaderProcess;
  readonly #listeners = new Set<() => void>();
  readonly #pending = new Map<number, PendingCommand>();
  readonly #cards = new Map<string, { readonly arrival: number; readonly card: CardState }>();
  #phase: Phase = 'starting';
  #readers: readonly string[] = [];
  #failing = new Map<string, NodeJS.Timeout>();
  readonly #failed = new Set<string>();
  #incarnation = 0;
  #presence: CardPresence = { kind: 'none' };
  #presenceKey = 'none';
  #generation = 0;
  #arrival = 0;
  #commandId = 0;
  #freshLook: NodeJS.Timeout | undefined;
  #freshLookDelay: number = FRESH_LOOK_MS.first;
  #driverRetry: NodeJS.Timeout | undefined;
  #closed = false;
  #told: { readonly status: string; readonly presence: CardPresence } = { status: JSON.stringify({ kind: 'starting' }), presence: this.#presence };

  constructor(options: PcscCardReaderOptions) {
    this.#options = options;
    this.#process = new ReaderProcess(options.heartbeatMs ?? HEARTBEAT_MS, {
      message: (message) => this.#onMessage(message),
      ended: (why, detail) => this.#onEnded(why, detail),
      started: (pid) => this.#diagnose({ kind: 'process-started', pid }),
    });
    this.#process.start();
  }

  status(): ReaderStatus {
    switch (this.#phase) {
      case 'starting':
        return { kind: 'starting' };
      case 'service-down':
        return { kind: 'service-down' };
      case 'not-answering':
        return { kind: 'faulty', why: 'not-answering' };
      case 'driver-missing':
        return { kind: 'faulty', why: 'driver-missing' };
      case 'watching': {
        const working = this.#readers.filter((name) => !this.#failed.has(name));
        if (working.length > 0) return { kind: 'ready', readers: working };
        return this.#readers.length > 0 ? { kind: 'faulty', why: 'reader-error' } : { kind: 'absent' };
      }
    }
  }

  presence(): CardPresence {
    return this.#presence;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async transmit(generation: number, command: Uint8Array): Promise<TransmitResult> {
    const outcome = await this.#ask(generation, (address) => ({ ...address, type: 'transmit', command }));
    switch (outcome.kind) {
      case 'done':
        return outcome.answer ? { kind: 'answered', response: outcome.answer } : { kind: 'reader-lost' };
      case 'card-moved':
        return { kind: 'card-moved' };
      // Another program keeps the card to itself: nothing was sent, and for us the reader is out of reach.
      case 'in-use':
      case 'reader-lost':
        return { kind: 'reader-lost' };
    }
  }

  async connect(generation: number, options: ConnectOptions): Promise<'connected' | 'card-moved' | 'reader-lost' | 'in-use'> {
    const outcome = await this.#ask(generation, (address) => ({ ...address, type: 'connect', share: options.share }));
    return outcome.kind === 'done' ? 'connected' : outcome.kind;
  }

  async disconnect(generation: number, disposition: Disposition): Promise<void> {
    await this.#ask(generation, (address) => ({ ...address, type: 'disconnect', disposition }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopLookingAgain();
    clearTimeout(this.#driverRetry);
    this.#forgetReaders();
    this.#listeners.clear();
    for (const command of this.#pending.values()) command.settle({ kind: 'reader-lost' });
    await this.#process.close();
  }

  async #ask(
    generation: number,
    make: (address: { readonly id: number; readonly reader: string; readonly arrival: number }) => CardCommand,
  ): Promise<CommandOutcome> {
    const presence = this.#presence;
    if (presence.kind !== 'present' || presence.generation !== generation) return this.#lost();
    this.#commandId += 1;
    const id = this.#commandId;
    return new Promise((resolve) => {
      const limit = setTimeout(
        () => this.#process.kill('frozen', 'a command did not end'),
        this.#options.commandLimitMs ?? COMMAND_LIMIT_MS,
      );
      this.#pending.set(id, {
        generation,
        reader: presence.reader,
        settle: (outcome) => {
          clearTimeout(limit);
          this.#pending.delete(id);
          resolve(outcome);
        },
      });
      const message = make({ id, reader: presence.reader, arrival: this.#arrival });
      if (!this.#process.send(message)) this.#pending.get(id)?.settle({ kind: 'reader-lost' });
    });
  }

  #lost(reader?: string): CommandOutcome {
    const there = this.#phase === 'watching' && (reader === undefined ? this.status().kind === 'ready' : this.#readers.includes(reader) && !this.#failed.has(reader));
    return { kind: there ? 'card-moved' : 'reader-lost' };
  }

  #onMessage(message: FromReaderProcess): void {
    switch (message.type) {
      case 'pong':
        return;
      case 'outcome':
        this.#pending.get(message.id)?.settle(message.outcome);
        return;
      case 'trouble':
        this.#diagnose({ kind: 'trouble', what: message.what, detail: message.detail });
        return;
      case 'replace-me':
        this.#process.kill('replaced', message.why);
        return;
      case 'driver-missing':
        this.#diagnose({ kind: 'driver-missing', detail: message.detail });
        this.#forgetReaders();
        this.#driverRetry = setTimeout(() => this.#process.kill('replaced', 'is the driver there now?'), DRIVER_RETRY_MS);
        this.#change('driver-missing');
        return;
      case 'service-down':
        this.#forgetReaders();
        this.#change('service-down');
        return;
      case 'readers': {
        this.#readers = message.names.filter((name) => this.#options.allow(name));
        for (const name of this.#known()) if (!this.#readers.includes(name)) this.#forgetReader(name);
        this.#change('watching');
        return;
      }
      case 'card':
        if (!this.#options.allow(message.reader)) return;
        this.#cards.set(message.reader, { arrival: message.arrival, card: message.card });
        this.#noteFailing(message.reader, message.card.kind === 'reader-error');
        this.#change(this.#phase);
        return;
    }
  }

  #onEnded(why: ProcessEnd, detail: string): void {
    this.#incarnation += 1;
    this.#stopLookingAgain();
    clearTimeout(this.#driverRetry);
    this.#diagnose({ kind: 'process-ended', why, detail });
    // A replacement is our own doing: what is known about the readers, also that they fail, stays until the new process says
    // otherwise, and what lay on them is seen anew.
    const readers = this.#readers;
    const failed = [...this.#failed];
    this.#forgetReaders();
    if (why === 'replaced') {
      this.#readers = readers;
      for (const name of failed) this.#failed.add(name);
    }
    for (const command of this.#pending.values()) command.settle({ kind: 'reader-lost' });
    this.#change(why === 'replaced' ? this.#phase : 'not-answering');
  }

  /** Every reader that something is remembered of. */
  #known(): readonly string[] {
    return [...this.#cards.keys(), ...this.#failing.keys(), ...this.#failed];
  }

  #forgetReaders(): void {
    for (const name of this.#known()) this.#forgetReader(name);
    this.#readers = [];
  }

  #forgetReader(name: string): void {
    this.#cards.delete(name);
    this.#noteFailing(name, false);
  }

  #noteFailing(name: string, failing: boolean): void {
    if (failing && !this.#failing.has(name)) {
      const show = () => {
        this.#failed.add(name);
        this.#notify();
      };
      this.#failing.set(name, setTimeout(show, READER_ERROR_SHOWN_AFTER_MS));
    } else if (!failing) {
      clearTimeout(this.#failing.get(name));
      this.#failing.delete(name);
      this.#failed.delete(name);
    }
  }

  #lookAgainWhileNeeded(): void {
    if (this.#phase !== 'watching' || this.#closed) return;
    if (this.#readers.length > 0 && this.#failed.size === 0) {
      this.#stopLookingAgain();
      this.#freshLookDelay = FRESH_LOOK_MS.first;
      return;
    }
    this.#freshLook ??= setTimeout(() => {
      this.#freshLook = undefined;
      if (this.#presence.kind !== 'none') return this.#lookAgainWhileNeeded();
      this.#freshLookDelay = Math.min(this.#freshLookDelay * 2, FRESH_LOOK_MS.most);
      this.#process.kill('replaced', 'a reader is missing or fails: is it there now?');
    }, this.#freshLookDelay);
  }

  #stopLookingAgain(): void {
    clearTimeout(this.#freshLook);
    this.#freshLook = undefined;
  }

  /** Everything that changes status or presence ends here: the presence is worked out anew and late answers are cut off. */
  #change(phase: Phase): void {
    this.#phase = phase;
    this.#updatePresence();
    for (const command of this.#pending.values()) {
      const current = this.#presence;
      if (current.kind !== 'present' || current.generation !== command.generation) command.settle(this.#lost(command.reader));
    }
    this.#notify();
  }

  #updatePresence(): void {
    const lying = [...this.#cards].filter(([, { card }]) => card.kind === 'present' || card.kind === 'unreadable');
    const key = lying.map(([reader, { arrival }]) => `${this.#incarnation}/${reader}/${arrival}`).join(' ') || 'none';
    const [only] = lying;
    const isNew = key !== this.#presenceKey;
    if (isNew) {
      this.#presenceKey = key;
      this.#generation += 1;
    }
    if (!only) {
      if (isNew) this.#presence = { kind: 'none' };
      return;
    }
    const generation = this.#generation;
    const [reader, { arrival, card }] = only;
    if (lying.length > 1) {
      if (isNew) this.#presence = { kind: 'several', generation, count: lying.length };
    } else if (card.kind === 'unreadable') {
      if (isNew || this.#presence.kind !== 'unreadable' || this.#presence.why !== card.why) {
        this.#presence = { kind: 'unreadable', generation, reader, why: card.why };
      }
    } else if (card.kind === 'present' && isNew) {
      this.#arrival = arrival;
      this.#presence = { kind: 'present', generation, reader, atr: card.atr, arrivedAt: (this.#options.now ?? Date.now)() };
    }
  }

  /** Calls the listeners if status or presence is not what they were last called for. */
  #notify(): void {
    this.#lookAgainWhileNeeded();
    const status = JSON.stringify(this.status());
    if (this.#closed || (status === this.#told.status && this.#presence === this.#told.presence)) return;
    this.#told = { status, presence: this.#presence };
    for (const listener of [...this.#listeners]) listener();
  }

  #diagnose(diagnostic: ReaderDiagnostic): void {
    this.#options.onDiagnostic?.(diagnostic);
  }
}
