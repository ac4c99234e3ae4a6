/**
 * The readers of a case. Commands are numbered through the whole case, whichever kiosk sends them to whichever card, so that a tear is
 * named by one number. Where the journey says so, a tear takes the kiosk's power as well: then nothing of what it was doing goes on.
 */
import type { CardPresence, CardReader, TransmitResult } from '../../../hardware/reader/card-reader.ts';
import { DirectReader, type Tear } from '../../../hardware/simulator/direct-reader.ts';
import type { VirtualCard } from '../../../hardware/simulator/virtual-card.ts';
import type { TornAt } from './tearing-case.ts';

/** All commands of one case. */
export class CommandThread {
  /** Commands that left a reader until now. */
  sent = 0;
  readonly #tears: ReadonlyMap<number, Tear>;
  readonly #tearsCutPower: boolean;
  readonly #toCard = new Map<VirtualCard, Uint8Array[]>();
  #powerFails: 'now' | 'at-next-command' | undefined;

  constructor(tears: readonly TornAt[], tearsCutPower: boolean) {
    this.#tears = new Map(tears.map(({ command, how }) => [command, how]));
    this.#tearsCutPower = tearsCutPower;
  }

  commandsTo(card: VirtualCard): readonly Uint8Array[] {
    return this.#toCard.get(card) ?? [];
  }

  /** A command leaves a reader. @returns what happens to it */
  next(card: VirtualCard, command: Uint8Array): Tear | undefined {
    const commands = this.#toCard.get(card) ?? [];
    commands.push(command);
    this.#toCard.set(card, commands);
    const tear = this.#tears.get(this.sent);
    this.sent += 1;
    // A garbled answer still reaches the kiosk; it fails when it wants to go on.
    if (tear && this.#tearsCutPower) this.#powerFails = tear === 'answer-garbled' ? 'at-next-command' : 'now';
    return tear;
  }

  /** Whether the kiosk's power fails at this moment; it does so once. */
  takePowerCut(moment: 'now' | 'at-next-command'): boolean {
    if (this.#powerFails !== moment) return false;
    this.#powerFails = undefined;
    return true;
  }

  /** The kiosk's work ended before it sent anything more. */
  forgetPowerCut(): void {
    this.#powerFails = undefined;
  }
}

/** What a command comes to when the kiosk that sent it has no power any more. */
const NEVER = new Promise<never>(() => undefined);

/** One kiosk's reader. */
export class TornReader {
  readonly #direct = new DirectReader();
  readonly #thread: CommandThread;

  constructor(thread: CommandThread) {
    this.#thread = thread;
  }

  remove(): void {
    this.#direct.remove();
  }

  /** Lays the card down and does `work` with it, until it is done or the kiosk loses its power. */
  async during<Result>(
    card: VirtualCard,
    work: (reader: CardReader, presence: Extract<CardPresence, { kind: 'present' }>) => Promise<Result>,
  ): Promise<Result | 'power-cut'> {
    const { promise: powerCut, resolve: cutPower } = Promise.withResolvers<'power-cut'>();
    this.#direct.tear = (_, command) => this.#thread.next(card, Uint8Array.from(command));
    const presence = this.#direct.insert(card);
    const result = await Promise.race([work(this.#mortal(() => cutPower('power-cut')), presence), powerCut]);
    this.#thread.forgetPowerCut();
    return result;
  }

  #mortal(die: () => void): CardReader {
    const direct = this.#direct;
    const thread = this.#thread;
    let dead = false;
    const cut = (): Promise<never> => {
      dead = true;
      die();
      return NEVER;
    };
    return {
      status: () => direct.status(),
      presence: () => direct.presence(),
      onChange: (listener) => direct.onChange(listener),
      connect: (generation) => direct.connect(generation),
      disconnect: (generation, disposition) => direct.disconnect(generation, disposition),
      close: async () => undefined,
      async transmit(generation, command): Promise<TransmitResult> {
        if (dead) return NEVER;
        if (thread.takePowerCut('at-next-command')) return cut();
        const result = await direct.transmit(generation, command);
        return thread.takePowerCut('now') ? cut() : result;
      },
    };
  }
}
