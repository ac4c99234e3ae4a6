/**
 * The guard below everything that talks to a My Number card: by default every command is denied. It makes it impossible, whatever a
 * module above does, to reach the twelve-digit number, its hashes, 照合番号A or the image of the number. All of `mynumber/` gets a
 * `GuardedChannel` and never a reader. The guard must never log, keep or repeat what is in a command or an answer.
 *
 * A blocked command is a bug in the module that made it: the channel throws and nothing reaches the reader.
 */
import { parseResponse, type StatusWord } from '../apdu.ts';
import type { CardReader } from '../../reader/card-reader.ts';
import { guardRules, type GuardRules, type GuardState } from './allowed-commands.ts';
import type { ListedApplication, MyNumberProfile } from './profile.ts';

export type BlockedReason =
  /** It is not one of the allowed commands, or not in the current application and file. */
  | 'not-allowed'
  /** Another command has not been answered yet, so nobody knows what is current. */
  | 'unanswered-command'
  /** The session is over. */
  | 'closed';

export type GuardVerdict = 'pass' | { readonly kind: 'blocked'; readonly why: BlockedReason };

/**
 * Judges commands by what was sent *and answered* before. Pure state, no reader.
 *
 * The rules are an argument so that a test can take one away and see the number become reachable. Production never makes a guard
 * itself: `GuardedChannel` does, and only with the rules of a profile.
 */
export class ApduGuard {
  readonly #rules: GuardRules;
  #state: GuardState = { kind: 'unknown' };
  #unanswered = false;

  constructor(rules: GuardRules) {
    this.#rules = rules;
  }

  /** The current application, as far as it is known. */
  get application(): ListedApplication | undefined {
    return this.#state.kind === 'known' ? this.#state.application : undefined;
  }

  /** Judges a command that is about to be sent. After a `pass` nothing else passes until `note`. */
  check(command: Uint8Array): GuardVerdict {
    if (this.#unanswered) return { kind: 'blocked', why: 'unanswered-command' };
    if (!this.#rules.allowed.some(({ fits }) => fits(command, this.#state))) return { kind: 'blocked', why: 'not-allowed' };
    this.#unanswered = true;
    return 'pass';
  }

  /** @param response to the command that passed; undefined when it was lost */
  note(command: Uint8Array, response: Uint8Array | undefined): void {
    this.#state = this.#rules.after(this.#state, command, response);
    this.#unanswered = false;
  }
}

/** Names the reason and nothing of the command. */
export class BlockedCommand extends Error {
  readonly why: BlockedReason;

  constructor(why: BlockedReason) {
    super(`A command to a My Number card was blocked: ${why}`);
    this.why = why;
  }
}

export type ChannelAnswer =
  | { readonly kind: 'answered'; readonly data: Uint8Array; readonly status: StatusWord }
  /** Also for an answer that is none: then nobody knows what lies there. */
  | { readonly kind: 'card-moved' }
  | { readonly kind: 'reader-lost' };

/** The only way to a My Number card. Belongs to one card on one reader, and ends with its session. */
export class GuardedChannel {
  readonly #reader: Pick<CardReader, 'transmit'>;
  readonly #generation: number;
  readonly #guard: ApduGuard;
  #closed = false;

  /** @param generation from the presence of the card */
  constructor(reader: Pick<CardReader, 'transmit'>, generation: number, profile: MyNumberProfile) {
    this.#reader = reader;
    this.#generation = generation;
    this.#guard = new ApduGuard(guardRules(profile));
  }

  /** True when the card itself confirmed `application` as the current one. */
  isCurrent(application: ListedApplication): boolean {
    return this.#guard.application === application;
  }

  /**
   * Sends one command, once.
   * @throws BlockedCommand when the guard denies it; nothing was sent
   */
  async transmit(command: Uint8Array): Promise<ChannelAnswer> {
    if (this.#closed) throw new BlockedCommand('closed');
    // What is judged is what is sent, even if the caller changes its bytes meanwhile.
    const judged = Uint8Array.from(command);
    const verdict = this.#guard.check(judged);
    if (verdict !== 'pass') {
      judged.fill(0);
      throw new BlockedCommand(verdict.why);
    }
    let response: Uint8Array | undefined;
    try {
      const result = await this.#reader.transmit(this.#generation, judged);
      if (result.kind !== 'answered') return result;
      response = result.response;
    } finally {
      this.#guard.note(judged, response);
      // It may have held a PIN.
      judged.fill(0);
    }
    const answer = parseResponse(response);
    return answer.kind === 'malformed' ? { kind: 'card-moved' } : { kind: 'answered', data: answer.data, status: answer.status };
  }

  /** Nothing passes any more. */
  close(): void {
    this.#closed = true;
  }
}
