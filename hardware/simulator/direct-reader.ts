/**
 * A card reader without PC/SC: virtual cards answer directly, in the same process. For tests that run many thousands of cases, which
 * pcscd could not; a smaller set of the same cases runs through the real pcscd. Every command is counted and can be torn.
 */
import type { CardPresence, CardReader, ReaderStatus, TransmitResult } from '../reader/card-reader.ts';
import type { VirtualCard } from './virtual-card.ts';

/**
 * What happens to one command. After `lost` and `answer-lost` the card has lost its power and its place: the session is over and the
 * card must be laid down again. `garbled` turns every bit of the answer over; the card stays.
 */
export type Tear = 'command-lost' | 'answer-lost' | 'answer-garbled';

export class DirectReader implements CardReader {
  /** Every command that left the reader, also those that the card never got. */
  readonly sent: Uint8Array[] = [];
  /** Asked before each command, with its number from 0; undefined lets it pass. */
  tear: ((index: number, command: Uint8Array) => Tear | undefined) | undefined;
  readonly #listeners = new Set<() => void>();
  #card: VirtualCard | undefined;
  #generation = 0;
  #lies = false;
  #plugged = true;

  constructor(card?: VirtualCard) {
    if (card) this.insert(card);
  }

  /** Lays a card down (the one that lay there is taken away), with its power on. @returns what a caller needs to talk to it */
  insert(card: VirtualCard): Extract<CardPresence, { kind: 'present' }> {
    this.remove();
    this.#card = card;
    this.#generation += 1;
    this.#lies = true;
    card.powerOn();
    this.#changed();
    return this.presence() as Extract<CardPresence, { kind: 'present' }>;
  }

  /** Takes the card away; it loses its power. */
  remove(): void {
    if (!this.#lies) return;
    this.#lies = false;
    this.#card?.powerOff();
    this.#changed();
  }

  unplug(): void {
    this.remove();
    this.#plugged = false;
    this.#changed();
  }

  replug(): void {
    this.#plugged = true;
    this.#changed();
  }

  status(): ReaderStatus {
    return this.#plugged ? { kind: 'ready', readers: ['direct'] } : { kind: 'absent' };
  }

  presence(): CardPresence {
    const card = this.#card;
    if (!this.#lies || !card) return { kind: 'none' };
    return { kind: 'present', generation: this.#generation, reader: 'direct', atr: card.atr, arrivedAt: 0 };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async transmit(generation: number, command: Uint8Array): Promise<TransmitResult> {
    if (!this.#plugged) return { kind: 'reader-lost' };
    if (!this.#isHere(generation)) return { kind: 'card-moved' };
    const tear = this.tear?.(this.sent.length, command);
    this.sent.push(Uint8Array.from(command));
    if (tear === 'command-lost') {
      this.remove();
      return { kind: 'card-moved' };
    }
    const answer = this.#card!.respond(command);
    if (tear === 'answer-lost') {
      this.remove();
      return { kind: 'card-moved' };
    }
    return { kind: 'answered', response: tear === 'answer-garbled' ? answer.map((byte) => byte ^ 0xff) : answer };
  }

  async connect(generation: number): Promise<'connected' | 'card-moved' | 'reader-lost' | 'in-use'> {
    if (!this.#plugged) return 'reader-lost';
    return this.#isHere(generation) ? 'connected' : 'card-moved';
  }

  async disconnect(generation: number, disposition: 'leave' | 'power-off'): Promise<void> {
    if (disposition !== 'power-off' || !this.#isHere(generation)) return;
    this.#card!.powerOff();
    this.#card!.powerOn();
  }

  async close(): Promise<void> {
    this.remove();
    this.#listeners.clear();
  }

  #isHere(generation: number): boolean {
    return this.#lies && this.#generation === generation;
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
