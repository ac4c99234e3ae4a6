/**
 * A card reader in memory, for tests of what stands above the reader's seam: cards are identifiers, and each command can be held
 * back, so that a card can be moved at every moment.
 */
import type { CardPresence, CardReader, ReaderStatus, TransmitResult } from '../../hardware/reader/card-reader.ts';

const STORAGE_CARD_ATR = Uint8Array.from(Buffer.from('3B8F8001804F0CA00000030611003B0000000042', 'hex'));
const READY: ReaderStatus = { kind: 'ready', readers: ['scripted'] };

export class ScriptedReader implements CardReader {
  #status: ReaderStatus = READY;
  #presence: CardPresence = { kind: 'none' };
  #generation = 0;
  #identifier: Uint8Array | undefined;
  readonly #listeners = new Set<() => void>();
  /** Resolves held commands; null when commands are answered at once. */
  #held: Array<() => void> | null = null;
  readonly commands: Uint8Array[] = [];

  status(): ReaderStatus {
    return this.#status;
  }
  presence(): CardPresence {
    return this.#presence;
  }
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  async transmit(generation: number, command: Uint8Array): Promise<TransmitResult> {
    this.commands.push(command);
    if (this.#held) await new Promise<void>((resolve) => this.#held?.push(resolve));
    if (this.#status.kind !== 'ready') return { kind: 'reader-lost' };
    if (this.#presence.kind !== 'present' || this.#presence.generation !== generation || !this.#identifier) return { kind: 'card-moved' };
    return { kind: 'answered', response: Uint8Array.from([...this.#identifier, 0x90, 0x00]) };
  }
  async connect(): Promise<'connected'> {
    return 'connected';
  }
  async disconnect(): Promise<void> {}
  async close(): Promise<void> {
    this.#listeners.clear();
  }

  /** Puts a card with this identifier (hexadecimal) on the reader. */
  put(identifier: string): void {
    this.#identifier = Uint8Array.from(Buffer.from(identifier, 'hex'));
    this.#generation += 1;
    this.#set({ kind: 'present', generation: this.#generation, reader: 'scripted', atr: STORAGE_CARD_ATR, arrivedAt: 0 });
  }
  take(): void {
    this.#identifier = undefined;
    this.#set({ kind: 'none' });
  }
  /** A second card on a second reader. */
  putAnother(): void {
    this.#generation += 1;
    this.#set({ kind: 'several', generation: this.#generation, count: 2 });
  }
  unreadable(why: 'moved-too-early' | 'mute'): void {
    this.#generation += 1;
    this.#set({ kind: 'unreadable', generation: this.#generation, reader: 'scripted', why });
  }
  unplug(status: Exclude<ReaderStatus, { kind: 'ready' }> = { kind: 'absent' }): void {
    this.#status = status;
    this.#set({ kind: 'none' });
  }
  /** The reader is back; a card that still lies there is found anew. */
  replug(): void {
    this.#status = READY;
    if (this.#identifier) this.put(Buffer.from(this.#identifier).toString('hex'));
    else this.#set({ kind: 'none' });
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

  #set(presence: CardPresence): void {
    this.#presence = presence;
    for (const listener of this.#listeners) listener();
  }
}
