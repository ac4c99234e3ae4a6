/**
 * The last thing between this program and a card: a reader that lets only those commands through that the program has any business with.
 * By default nothing passes. It stands below recognition and all profiles, so that no mistake in any of them, nor in what is added later,
 * can reach a file of a My Number card that is not listed, or try anything on a card that is none of the town's.
 *
 * - To a card that is not known yet: the questions that recognition asks, each in its one exact shape.
 * - To a card that has the town's application: that application's own commands (class 90).
 * - To a storage card: the pass-through commands of FeliCa readers. Never to a card with applications: they would carry anything.
 * - Everything else must be allowed by the guard for My Number cards, which knows what is current on the card.
 */
import type { CardPresence, CardReader, ConnectOptions, ReaderStatus, TransmitResult } from '../reader/card-reader.ts';
import { isStorageCard } from './answer-to-reset.ts';
import { GET_IDENTIFIER, isExactly, parseResponse, STATUS } from './apdu.ts';
import { SELECT_TOWN_CARD } from './desfire/card-session.ts';
import { guardRules } from './mynumber/allowed-commands.ts';
import { ApduGuard, BlockedCommand } from './mynumber/apdu-guard.ts';
import { FIRST_GENERATION } from './mynumber/profile.ts';
import { SELECT_PAYMENT_DIRECTORY } from './recognise-card.ts';

const WRAPPED_CLASS = 0x90;
const READER_CLASS = 0xff;
/** Pass-through of frames, transparent session, and the three block commands (felica-lite-s/felica-channel.ts). */
const FELICA_COMMANDS: readonly number[] = [0x00, 0x50, 0xa4, 0xb0, 0xd6];
const MY_NUMBER_RULES = guardRules(FIRST_GENERATION);

/** What is known about the card that lies there. */
interface Standing {
  readonly generation: number;
  /** The town's application is current: the card itself said so, and nothing else was selected since. */
  town: boolean;
  myNumber: ApduGuard;
}

/** The same reader, but for what it refuses to send. `transmit` throws BlockedCommand then: a bug in whoever made the command. */
export function guardedReader(reader: CardReader): CardReader {
  return new GuardedReader(reader);
}

class GuardedReader implements CardReader {
  readonly #reader: CardReader;
  #standing: Standing = freshStanding(0);

  constructor(reader: CardReader) {
    this.#reader = reader;
  }

  status(): ReaderStatus {
    return this.#reader.status();
  }
  presence(): CardPresence {
    return this.#reader.presence();
  }
  onChange(listener: () => void): () => void {
    return this.#reader.onChange(listener);
  }
  connect(generation: number, options: ConnectOptions): ReturnType<CardReader['connect']> {
    return this.#reader.connect(generation, options);
  }
  async disconnect(generation: number, disposition: 'leave' | 'power-off'): Promise<void> {
    this.#standing = freshStanding(generation);
    await this.#reader.disconnect(generation, disposition);
  }
  close(): Promise<void> {
    return this.#reader.close();
  }

  async transmit(generation: number, command: Uint8Array): Promise<TransmitResult> {
    // Whoever still speaks to a card that has gone has made no mistake, and the card that lies there now is none of its business.
    if (!this.#lies(generation)) return { kind: this.#reader.status().kind === 'ready' ? 'card-moved' : 'reader-lost' };
    if (this.#standing.generation !== generation) this.#standing = freshStanding(generation);
    const standing = this.#standing;
    // What is judged is what is sent, even if the caller changes its bytes meanwhile.
    const judged = Uint8Array.from(command);
    try {
      return standing.myNumber.check(judged) === 'pass' ? await this.#sendListed(standing, judged) : await this.#sendOther(standing, judged);
    } finally {
      // It may have held a PIN.
      judged.fill(0);
    }
  }

  /** A command that the guard for My Number cards allows. */
  async #sendListed(standing: Standing, command: Uint8Array): Promise<TransmitResult> {
    standing.town = false;
    let response: Uint8Array | undefined;
    try {
      const result = await this.#reader.transmit(standing.generation, command);
      if (result.kind === 'answered') response = result.response;
      return result;
    } finally {
      standing.myNumber.note(command, response);
    }
  }

  async #sendOther(standing: Standing, command: Uint8Array): Promise<TransmitResult> {
    const selectsTown = isExactly(command, SELECT_TOWN_CARD);
    const allowed =
      selectsTown ||
      isExactly(command, SELECT_PAYMENT_DIRECTORY) ||
      isExactly(command, GET_IDENTIFIER) ||
      (command[0] === WRAPPED_CLASS && standing.town) ||
      (command[0] === READER_CLASS && FELICA_COMMANDS.includes(command[1] ?? -1) && this.#storageCardLies());
    if (!allowed) throw new BlockedCommand('not-allowed');
    // What is current on a My Number card after a command that its guard does not know, nobody can say.
    if (command[0] !== READER_CLASS) standing.myNumber = new ApduGuard(MY_NUMBER_RULES);
    if (command[0] === 0x00) standing.town = false;
    const result = await this.#reader.transmit(standing.generation, command);
    if (selectsTown && result.kind === 'answered') {
      const answer = parseResponse(result.response);
      standing.town = answer.kind === 'response' && answer.status === STATUS.ok;
    }
    return result;
  }

  #lies(generation: number): boolean {
    const presence = this.#reader.presence();
    return presence.kind === 'present' && presence.generation === generation;
  }

  #storageCardLies(): boolean {
    const presence = this.#reader.presence();
    return presence.kind === 'present' && isStorageCard(presence.atr);
  }
}

function freshStanding(generation: number): Standing {
  return { generation, town: false, myNumber: new ApduGuard(MY_NUMBER_RULES) };
}
