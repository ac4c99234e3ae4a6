/**
 * One PC/SC reader, inside the reader process: says what lies on it and carries commands to it, one after another. Must never send a
 * command twice, and never to another card than the one it is meant for.
 *
 * It listens to pcsclite's own `status` event instead of nfc-pcsc's `card` event. nfc-pcsc connects to every card before it says
 * anything, swallows the error when that fails, and misses a card that was exchanged between two events; pcsclite's status carries
 * pcscd's counter of arrivals and departures in its upper 16 bits, which shows the exchange.
 */
import type { PcscReader } from 'nfc-pcsc';
import type { CardCommand, CardState, CommandOutcome, Disposition, Share } from './pcsc-messages.ts';
import { pcscCode, pcscFailure, type PcscFailure } from './pcsc-errors.ts';

/** SCARD_STATE_* bits (pcsclite.h). */
const STATE = { unknown: 0x0004, unavailable: 0x0008, empty: 0x0010, present: 0x0020, mute: 0x0200 } as const;

/** Largest R-APDU: 65 536 bytes and the status word. The native module answers "insufficient buffer" to anything smaller in doubt. */
const ANSWER_LENGTH_MAX = 65_538;
/** SCARD_E_NO_SMARTCARD: pcscd sees nothing there any more, and says so in a status that is on its way. */
const NO_SMARTCARD = 0x8010000c;
const READER_UNAVAILABLE = 0x80100017;
const UNKNOWN_READER = 0x80100009;
/** SCardControl through a connection that ended with its reader: libpcsclite knows the handle no more. */
const INVALID_HANDLE = 0x80100003;
const INVALID_VALUE = 0x80100011;
/** CM_IOCTL_GET_FEATURE_REQUEST (PC/SC part 10): asks the driver for a list of what it can do and leaves the card alone. */
const GET_FEATURES = 3_400;
const FEATURES_LENGTH_MAX = 256;
/** pcscd asks a reader without interrupt for its state every 400 ms; after this long it must have seen a card that left. */
const PCSCD_POLL_MS = 600;
/** How often a card that lies there but did not power up is tried again, and how long to wait before each time. */
const POWER_UP_DELAYS_MS: readonly number[] = [500, 1_000, 2_000];
/** Another program may hold the card for a moment; nothing has been sent yet, so waiting is safe. */
const IN_USE_RETRY = { times: 10, delayMs: 100 } as const;

export interface WatchedReaderEvents {
  card(arrival: number, card: CardState): void;
  outcome(id: number, outcome: CommandOutcome): void;
  trouble(what: string, detail: string): void;
  /** A fresh look is needed: a card lies there of which this process cannot know the ATR any more. */
  stale(why: string): void;
}

export class WatchedReader {
  readonly #reader: PcscReader;
  readonly #events: WatchedReaderEvents;
  #card: CardState = { kind: 'none' };
  /** Whether anything was announced yet: the first state always is, for whoever remembers an earlier one. */
  #announced = false;
  #arrival = 0;
  /** pcscd's counter at the last status, undefined before the first. */
  #counter: number | undefined;
  #occupied = false;
  /** The card of `#counter` failed during a command. It is not announced again before pcscd has seen it leave. */
  #abandoned = false;
  #connection: { readonly share: Share; readonly protocol: number } | undefined;
  #turn: Promise<void> = Promise.resolve();
  #commandsWaiting = 0;
  #powerUpTimer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(reader: PcscReader, events: WatchedReaderEvents) {
    this.#reader = reader;
    this.#events = events;
    reader.removeAllListeners('status');
    reader.on('status', (status: { readonly state: number; readonly atr?: Uint8Array }) => this.#onStatus(status.state, status.atr));
  }

  /** True when nothing lies there and nothing is under way: the process may be replaced without anybody noticing. */
  get idle(): boolean {
    return !this.#occupied && this.#commandsWaiting === 0;
  }

  /** The reader is gone. */
  end(): void {
    clearTimeout(this.#powerUpTimer);
    this.#setCard({ kind: 'reader-error' });
    this.#ended = true;
    this.#occupied = false;
  }

  /** Carries out one command after those before it. Reports exactly one outcome for it. */
  perform(command: CardCommand): void {
    this.#commandsWaiting += 1;
    this.#inTurn(async () => {
      const outcome = await this.#perform(command);
      this.#commandsWaiting -= 1;
      this.#events.outcome(command.id, outcome);
    });
  }

  /** Another reader came or went, and pcsclite may have missed that this one went too: asks PC/SC for it, without touching a card. */
  lookWhetherThere(): void {
    this.#inTurn(async () => {
      if (this.#ended || !this.#occupied) return;
      const gone = this.#connection ? await this.#isConnectionGone() : await this.#cannotBeFound();
      if (gone && !this.#ended) this.#goneUnseen();
    });
  }

  #inTurn(task: () => Promise<void>): void {
    this.#turn = this.#turn.then(task);
  }

  #isHere(arrival: number): boolean {
    return !this.#ended && this.#card.kind === 'present' && this.#arrival === arrival;
  }

  #onStatus(state: number, atr: Uint8Array | undefined): void {
    const counter = state >>> 16;
    const exchanged = this.#counter !== undefined && counter !== this.#counter;
    this.#counter = counter;

    if (state & (STATE.unknown | STATE.unavailable)) {
      this.#occupied = false;
      this.#cardLeft({ kind: 'reader-error' });
      return;
    }
    if (!(state & STATE.present)) {
      this.#occupied = false;
      this.#abandoned = false;
      this.#cardLeft({ kind: 'none' });
      return;
    }
    this.#occupied = true;
    if (exchanged) {
      this.#abandoned = false;
      this.#letGo();
    }
    if (this.#abandoned) return;
    const readable = !(state & STATE.mute) && atr !== undefined && atr.length > 0;
    if (!readable) {
      if (this.#card.kind !== 'unreadable') this.#announceUnreadable();
      return;
    }
    // Sharing changes come as events too; only another card, or one that was reset into another ATR, is news.
    if (this.#card.kind === 'present' && sameBytes(this.#card.atr, atr)) return;
    this.#letGo();
    this.#arrival += 1;
    this.#setCard({ kind: 'present', atr: Uint8Array.from(atr) });
  }

  #setCard(card: CardState): void {
    const unchanged = this.#announced && this.#card.kind === card.kind && card.kind !== 'present' && card.kind !== 'unreadable';
    this.#card = card;
    this.#announced = true;
    if (!unchanged && !this.#ended) this.#events.card(this.#arrival, card);
  }

  #cardLeft(now: { readonly kind: 'none' } | { readonly kind: 'reader-error' }): void {
    const before = this.#card;
    this.#letGo();
    this.#card = before;
    this.#setCard(now);
  }

  /** Whatever lay there is over, and the connection to it with it; what is there now is said by the caller. */
  #letGo(): void {
    clearTimeout(this.#powerUpTimer);
    this.#card = { kind: 'none' };
    if (this.#connection) {
      this.#connection = undefined;
      this.#inTurn(() => this.#release('leave'));
    }
  }

  #announceUnreadable(): void {
    this.#letGo();
    this.#arrival += 1;
    // A card lifted while it was being powered looks the same as a mute one, until it turns out whether it still lies there.
    this.#setCard({ kind: 'unreadable', why: 'moved-too-early' });
    this.#tryPowerUpLater(0);
  }

  /** A card laid down shakily fails its first power-up and would work at the second, which nobody makes unless somebody connects. */
  #tryPowerUpLater(attempt: number): void {
    const delay = POWER_UP_DELAYS_MS[attempt];
    if (delay === undefined) return;
    const arrival = this.#arrival;
    const stillThere = () => !this.#ended && this.#card.kind === 'unreadable' && this.#arrival === arrival;
    this.#powerUpTimer = setTimeout(() => {
      this.#inTurn(async () => {
        if (!stillThere()) return;
        // When it succeeds, the card's own status event follows and announces it. The connection stays: pcscd reports the change only
        // when it next looks at the reader, and would forget about it if the connection were gone by then.
        const connected = await this.#connect('shared');
        if (!stillThere() || connected === 'connected') return;
        if (pcscCode(connected) === NO_SMARTCARD) return;
        if (isGone(connected)) return this.#goneUnseen();
        if (this.#card.kind === 'unreadable' && this.#card.why !== 'mute') this.#setCard({ kind: 'unreadable', why: 'mute' });
        this.#tryPowerUpLater(attempt + 1);
      });
    }, delay);
  }

  async #perform(command: CardCommand): Promise<CommandOutcome> {
    if (!this.#isHere(command.arrival)) return this.#gone();
    switch (command.type) {
      case 'connect':
        return this.#ensureConnected(command.arrival, command.share);
      case 'disconnect':
        await this.#release(command.disposition);
        return { kind: 'done', answer: null };
      case 'transmit':
        return this.#transmit(command.arrival, command.command);
    }
  }

  #gone(): CommandOutcome {
    return { kind: this.#ended || this.#card.kind === 'reader-error' ? 'reader-lost' : 'card-moved' };
  }

  async #transmit(arrival: number, command: Uint8Array): Promise<CommandOutcome> {
    const connected = await this.#ensureConnected(arrival, this.#connection?.share ?? 'shared');
    if (connected.kind !== 'done') return connected;
    const connection = this.#connection;
    if (!connection || !this.#isHere(arrival)) return this.#gone();
    const sent = await new Promise<Error | Buffer>((resolve) => {
      this.#reader.transmit(Buffer.from(command), ANSWER_LENGTH_MAX, connection.protocol, (error, answer) => resolve(error ?? answer));
    });
    if (sent instanceof Error) return this.#failed(arrival, sent);
    // vpcd reports a card whose connection broke during the command as a success without any bytes.
    if (sent.length < 2) return this.#failed(arrival, new Error('An answer without a status word (0x80100016)'));
    if (!this.#isHere(arrival)) return this.#gone();
    return { kind: 'done', answer: Uint8Array.from(sent) };
  }

  async #ensureConnected(arrival: number, share: Share): Promise<CommandOutcome> {
    if (this.#connection?.share === share) return { kind: 'done', answer: null };
    if (this.#connection) await this.#release('leave');
    for (let attempt = 1; ; attempt += 1) {
      const connected = await this.#connect(share);
      if (!this.#isHere(arrival)) return this.#gone();
      if (connected === 'connected') return { kind: 'done', answer: null };
      const failure = pcscFailure(connected);
      if (failure !== 'in-use') return this.#failed(arrival, connected);
      if (attempt === IN_USE_RETRY.times) return { kind: 'in-use' };
      await new Promise((resolve) => setTimeout(resolve, IN_USE_RETRY.delayMs));
      if (!this.#isHere(arrival)) return this.#gone();
    }
  }

  async #connect(share: Share): Promise<'connected' | Error> {
    const mode = share === 'exclusive' ? this.#reader.SCARD_SHARE_EXCLUSIVE : this.#reader.SCARD_SHARE_SHARED;
    return new Promise((resolve) => {
      this.#reader.connect({ share_mode: mode }, (error, protocol) => {
        if (!error) this.#connection = { share, protocol };
        resolve(error ?? 'connected');
      });
    });
  }

  async #isConnectionGone(): Promise<boolean> {
    return new Promise((resolve) => {
      const asked = (error: Error | null | undefined) => {
        const code = error ? pcscCode(error) : undefined;
        resolve(code === INVALID_HANDLE || code === INVALID_VALUE || (error instanceof Error && isGone(error)));
      };
      this.#reader.control(Buffer.alloc(0), this.#reader.SCARD_CTL_CODE(GET_FEATURES), FEATURES_LENGTH_MAX, asked);
    });
  }

  async #cannotBeFound(): Promise<boolean> {
    const connected = await this.#connect('shared');
    if (connected !== 'connected') return isGone(connected);
    // A card that powers up only now keeps its connection, as in `#tryPowerUpLater`.
    if (this.#card.kind !== 'unreadable') await this.#release('leave');
    return false;
  }

  async #release(disposition: Disposition): Promise<void> {
    this.#connection = undefined;
    if (!this.#reader.connected) return;
    const how = disposition === 'power-off' ? this.#reader.SCARD_UNPOWER_CARD : this.#reader.SCARD_LEAVE_CARD;
    const error = await new Promise<Error | null | undefined>((resolve) => this.#reader.disconnect(how, resolve));
    if (error) {
      // The handle was dead already. Left "connected", pcsclite would never connect again.
      this.#reader.connected = false;
      this.#events.trouble('disconnect-failed', error.message);
    }
  }

  #failed(arrival: number, error: Error): CommandOutcome {
    const failure: PcscFailure = pcscFailure(error);
    this.#events.trouble('command-failed', (pcscCode(error) ?? 0).toString(16));
    if (this.#isHere(arrival)) this.#abandon();
    return { kind: failure };
  }

  /**
   * After a command failed, nobody knows which card lies there, or in what state: it may have been exchanged without pcscd noticing.
   * So the card is given up. If something still lies there when pcscd has had time to look again, its power is cut and given anew, which
   * renews the ATR that pcscd remembers, and a fresh process announces it under a new arrival. The power is not cut at once: pcscd
   * 1.9.9 would believe for ever that the reader is empty if it found it empty in SCardDisconnect and full again at its next look.
   */
  #abandon(): void {
    this.#abandoned = true;
    this.#setCard({ kind: 'none' });
    const counter = this.#counter;
    const stillThere = () => !this.#ended && this.#abandoned && this.#occupied && this.#counter === counter;
    setTimeout(() => {
      this.#inTurn(async () => {
        if (!stillThere()) return;
        await this.#release('power-off');
        const connected = await this.#connect('shared');
        if (connected === 'connected') await this.#release('leave');
        if (!stillThere()) return;
        if (connected === 'connected') this.#events.stale('a command failed and something still lies there');
        else if (isGone(connected)) this.#goneUnseen();
        else if (pcscCode(connected) !== NO_SMARTCARD) {
          this.#abandoned = false;
          this.#announceUnreadable();
        }
      });
    }, PCSCD_POLL_MS);
  }

  /** The reader was pulled out, and pcsclite has missed it: what it last said, that a card lies there, would stand for ever. A fresh process sees what is there. */
  #goneUnseen(): void {
    this.#events.stale('a reader has gone unseen');
  }
}

/** PC/SC knows no such reader any more: nothing is wrong with a card. */
function isGone(error: Error): boolean {
  const code = pcscCode(error);
  return code === READER_UNAVAILABLE || code === UNKNOWN_READER;
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
