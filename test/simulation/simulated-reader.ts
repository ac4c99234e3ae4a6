/**
 * A card reader of the simulated world: real virtual cards answer in the same process. Answers can be held back, commands and answers
 * torn, cards swapped between two commands; another reader beside it can hold a second card.
 */
import type { CardPresence, CardReader, ReaderStatus, TransmitResult } from '../../hardware/reader/card-reader.ts';
import type { VirtualCard } from '../../hardware/simulator/virtual-card.ts';

/** CommitTransaction of a DESFire card. */
const COMMIT = 0xc7;
const READY: ReaderStatus = { kind: 'ready', readers: ['direct'] };

/**
 * What becomes of one command. After `command-lost` and `answer-lost` the card has lost its power and its place; with `garbled` it stays and
 * every bit of the answer is turned over.
 */
export type CommandFault = 'command-lost' | 'answer-lost' | 'answer-garbled' | 'swapped';

export interface ArmedFault {
  /** Commands that pass before it; or it strikes the command with which a card makes a movement final. */
  after: number | 'commit';
  readonly how: CommandFault;
  /** Of `swapped`: what lies there from then on. */
  readonly other?: VirtualCard;
  /** Called when it strikes. */
  readonly struck: () => void;
}

export class SimulatedReader implements CardReader {
  #status: ReaderStatus = READY;
  #card: VirtualCard | undefined;
  #several = false;
  #generation = 0;
  readonly #listeners = new Set<() => void>();
  #held: Array<() => void> | null = null;
  armed: ArmedFault | undefined;
  commands = 0;

  status(): ReaderStatus {
    return this.#status;
  }
  presence(): CardPresence {
    if (this.#status.kind !== 'ready') return { kind: 'none' };
    if (this.#several) return { kind: 'several', generation: this.#generation, count: 2 };
    if (!this.#card) return { kind: 'none' };
    return { kind: 'present', generation: this.#generation, reader: 'direct', atr: this.#card.atr, arrivedAt: 0 };
  }
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  async connect(generation: number): Promise<'connected' | 'card-moved' | 'reader-lost'> {
    if (this.#status.kind !== 'ready') return 'reader-lost';
    return this.#isHere(generation) ? 'connected' : 'card-moved';
  }
  async disconnect(generation: number, disposition: 'leave' | 'power-off'): Promise<void> {
    if (disposition === 'power-off' && this.#isHere(generation)) this.#card?.reset();
  }
  async close(): Promise<void> {
    this.#listeners.clear();
    this.#card?.powerOff();
  }

  async transmit(generation: number, command: Uint8Array): Promise<TransmitResult> {
    if (this.#held) await new Promise<void>((resolve) => this.#held?.push(resolve));
    if (this.#status.kind !== 'ready') return { kind: 'reader-lost' };
    if (!this.#isHere(generation) || !this.#card) return { kind: 'card-moved' };
    this.commands += 1;
    const fault = this.#faultNow(command);
    if (fault?.how === 'command-lost') {
      this.take();
      return { kind: 'card-moved' };
    }
    if (fault?.how === 'swapped') {
      this.put(fault.other ?? this.#card);
      return { kind: 'card-moved' };
    }
    const response = this.#card.respond(command);
    if (fault?.how === 'answer-lost') {
      this.take();
      return { kind: 'card-moved' };
    }
    return { kind: 'answered', response: fault ? response.map((byte) => byte ^ 0xff) : response };
  }

  /** Lays a card down; whatever lay there is gone. */
  put(card: VirtualCard): void {
    this.#card?.powerOff();
    this.#card = card;
    this.#several = false;
    this.#generation += 1;
    card.powerOn();
    this.#changed();
  }
  take(): void {
    this.#card?.powerOff();
    this.#card = undefined;
    this.#several = false;
    this.#changed();
  }
  /** A second card comes near. */
  putAnother(): void {
    this.#card?.powerOff();
    this.#several = true;
    this.#generation += 1;
    this.#changed();
  }
  unplug(status: Exclude<ReaderStatus, { kind: 'ready' }>): void {
    this.#card?.powerOff();
    this.#status = status;
    this.#changed();
  }
  /** The reader is back; a card that still lies there is found anew. */
  replug(): void {
    this.#status = READY;
    if (this.#card) this.put(this.#card);
    else this.#changed();
  }
  /** Holds every answer back until `release`. */
  hold(): void {
    this.#held ??= [];
  }
  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const go of held) go();
  }

  #faultNow(command: Uint8Array): ArmedFault | undefined {
    const { armed } = this;
    if (!armed) return undefined;
    if (armed.after !== 'commit') armed.after -= 1;
    if (armed.after === 'commit' ? command[1] !== COMMIT : armed.after >= 0) return undefined;
    this.armed = undefined;
    armed.struck();
    return armed;
  }
  #isHere(generation: number): boolean {
    return !this.#several && this.#card !== undefined && this.#generation === generation;
  }
  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
