/**
 * The readers of a case. Commands are numbered through the whole case, whichever kiosk sends them to whichever card, so that a tear is
 * named by one number. Where the journey says so, a tear takes the kiosk's power as well: then nothing of what it was doing goes on.
 */
import type { CardPresence, CardReader } from '../../../hardware/reader/card-reader.ts';
import { DirectReader, type Tear } from '../../../hardware/simulator/direct-reader.ts';
import type { OperationId } from '../../../contract/ids.ts';
import type { VirtualCard } from '../../../hardware/simulator/virtual-card.ts';
import type { TornAt } from './tearing-case.ts';

/** A command, and the operation that was written down last before it. */
export interface SentCommand {
  readonly command: Uint8Array;
  readonly operationId: OperationId | undefined;
}

/** All commands of one case. */
export class CommandThread {
  /** Commands that left a reader until now. */
  sent = 0;
  readonly #tears: ReadonlyMap<number, Tear>;
  readonly #tearsCutPower: boolean;
  readonly #toCard = new Map<VirtualCard, SentCommand[]>();
  #operationId: OperationId | undefined;
  #powerFails: 'now' | 'at-next-command' | undefined;

  constructor(tears: readonly TornAt[], tearsCutPower: boolean) {
    this.#tears = new Map(tears.map(({ command, how }) => [command, how]));
    this.#tearsCutPower = tearsCutPower;
  }

  commandsTo(card: VirtualCard): readonly SentCommand[] {
    return this.#toCard.get(card) ?? [];
  }

  /** An operation was written down; the commands that follow may be its own. */
  begin(operationId: OperationId): void {
    this.#operationId = operationId;
  }

  /** A command leaves a reader. @returns what happens to it */
  next(card: VirtualCard, command: Uint8Array): Tear | undefined {
    const commands = this.#toCard.get(card) ?? [];
    commands.push({ command, operationId: this.#operationId });
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

export type Present = Extract<CardPresence, { kind: 'present' }>;

/** Where the cards of a case are laid down, by one kiosk. */
export interface CaseReader {
  remove(): void;
  /** Lays the card down and does `work` with it, until it is done or the kiosk loses its power. */
  during<Result>(card: VirtualCard, work: (reader: CardReader, presence: Present) => Promise<Result>): Promise<Result | 'power-cut'>;
}

/** Without PC/SC: for many thousands of cases. */
export class DirectCaseReader implements CaseReader {
  readonly #direct = new DirectReader();
  readonly #thread: CommandThread;

  constructor(thread: CommandThread) {
    this.#thread = thread;
  }

  remove(): void {
    this.#direct.remove();
  }

  during<Result>(card: VirtualCard, work: (reader: CardReader, presence: Present) => Promise<Result>): Promise<Result | 'power-cut'> {
    this.#direct.tear = (_, command) => this.#thread.next(card, Uint8Array.from(command));
    const presence = this.#direct.insert(card);
    return untilPowerCut(this.#direct, this.#thread, (reader) => work(reader, presence));
  }
}

/** What a command comes to when the kiosk that sent it has no power any more. */
const NEVER = new Promise<never>(() => undefined);

/** Does `work` through a reader that dies with its kiosk where the thread says so. */
export async function untilPowerCut<Result>(
  reader: CardReader,
  thread: CommandThread,
  work: (reader: CardReader) => Promise<Result>,
): Promise<Result | 'power-cut'> {
  const { promise: powerCut, resolve: cutPower } = Promise.withResolvers<'power-cut'>();
  let dead = false;
  const cut = (): Promise<never> => {
    dead = true;
    cutPower('power-cut');
    return NEVER;
  };
  const mortal = readerWith(reader, async (generation, command) => {
    if (dead) return NEVER;
    if (thread.takePowerCut('at-next-command')) return cut();
    const result = await reader.transmit(generation, command);
    return thread.takePowerCut('now') ? cut() : result;
  });
  const result = await Promise.race([work(mortal), powerCut]);
  thread.forgetPowerCut();
  return result;
}

/** The same reader with another way of sending commands. */
export function readerWith(reader: CardReader, transmit: CardReader['transmit']): CardReader {
  return {
    status: () => reader.status(),
    presence: () => reader.presence(),
    onChange: (listener) => reader.onChange(listener),
    connect: (generation, options) => reader.connect(generation, options),
    disconnect: (generation, disposition) => reader.disconnect(generation, disposition),
    close: () => reader.close(),
    transmit,
  };
}
