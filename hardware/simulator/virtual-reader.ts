/**
 * A virtual contactless reader under the real pcscd: the "card" end of vsmartcard's vpcd protocol. The driver in pcscd listens on a TCP
 * port per slot; a card is inserted by connecting to it and removed by closing the connection. Everything above it, from pcscd to the
 * screen, is the production code.
 *
 * Protocol (vsmartcard, ifd-vpcd.c and vpcd.c): each frame is a 2-byte big-endian length and so many bytes. A frame of one byte
 * from the driver is a control: 00 power off, 01 power on, 02 reset (none is answered), 04 "give me the ATR" (asked every 400 ms as
 * well, to see whether the card is there). Any other is a C-APDU, answered by the framed R-APDU. The driver waits for ever for an
 * answer. Every answer is one write: a second one would wait for the driver's delayed acknowledgement.
 */
import { connect, type Socket } from 'node:net';
import { Faults } from './faults.ts';
import type { VirtualCard } from './virtual-card.ts';

export const VIRTUAL_READER_FAULTS = [
  /** The card lies there but does not power up. */
  'mute',
  /** The card is taken away at the moment it is being powered. */
  'lifted-during-power-up',
  /** The radio link breaks before the card gets the command; the card stays and can be found again. */
  'lost-command',
  /** The card carries the command out; the radio link breaks before the answer. */
  'lost-answer',
  /** Every bit of the answer is wrong. */
  'garbled-answer',
  /** Only the answer's first byte arrives. */
  'short-answer',
  /** The answer takes `slowAnswerMs`. */
  'slow-answer',
  /** The reader says nothing any more until the card is removed: it is frozen. */
  'silent',
] as const;
export type VirtualReaderFault = (typeof VIRTUAL_READER_FAULTS)[number];

export interface VirtualReaderOptions {
  /** vpcd's port: 35963 is "Virtual PCD 00 00", 35964 is "Virtual PCD 00 01". */
  readonly port?: number;
  readonly host?: string;
  /** Milliseconds that a slow answer takes. Default 1500. */
  readonly slowAnswerMs?: number;
  /** Milliseconds between two attempts to reach pcscd's driver. Default 100. */
  readonly reconnectMs?: number;
}

const CONTROL = { powerOff: 0x00, powerOn: 0x01, reset: 0x02, getAtr: 0x04 } as const;

export class VirtualReader {
  readonly faults = new Faults<VirtualReaderFault>(VIRTUAL_READER_FAULTS);
  /** Every command the card got, in order; for tests that count. Newest last, at most 1000. */
  readonly commands: Uint8Array[] = [];
  /** Asked before each answer leaves, for tests that act at exactly that moment; the answer waits for the promise it may return. */
  beforeAnswer: ((command: Uint8Array) => void | Promise<void>) | undefined;
  readonly #port: number;
  readonly #host: string;
  readonly #slowAnswerMs: number;
  readonly #reconnectMs: number;
  #card: VirtualCard | undefined;
  #socket: Socket | undefined;
  #retry: NodeJS.Timeout | undefined;
  #mute = false;

  constructor(options: VirtualReaderOptions = {}) {
    this.#port = options.port ?? 35_963;
    this.#host = options.host ?? '127.0.0.1';
    this.#slowAnswerMs = options.slowAnswerMs ?? 1_500;
    this.#reconnectMs = options.reconnectMs ?? 100;
  }

  get card(): VirtualCard | undefined {
    return this.#card;
  }

  /** True while pcscd's driver is connected to the card. */
  get connected(): boolean {
    return this.#socket?.readyState === 'open';
  }

  /**
   * Lays a card on the reader. While pcscd is not there, the card waits and is connected as soon as it is.
   * @throws Error when a card lies there already
   */
  insert(card: VirtualCard): void {
    if (this.#card) throw new Error(`"${this.#card.name}" already lies on the virtual reader`);
    this.#card = card;
    this.#connect();
  }

  /** Takes the card away. pcscd notices when it looks next, within 400 ms. */
  remove(): void {
    const card = this.#card;
    this.#card = undefined;
    clearTimeout(this.#retry);
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#mute = false;
    card?.powerOff();
  }

  #connect(): void {
    const card = this.#card;
    if (!card) return;
    const socket = connect({ port: this.#port, host: this.#host, noDelay: true });
    this.#socket = socket;
    let received = Buffer.alloc(0);
    let busy = false;
    const work = async () => {
      if (busy) return;
      busy = true;
      for (;;) {
        if (received.length < 2) break;
        const length = received.readUInt16BE(0);
        if (received.length < 2 + length) break;
        const frame = Uint8Array.from(received.subarray(2, 2 + length));
        received = received.subarray(2 + length);
        await this.#onFrame(socket, card, frame);
        if (this.#socket !== socket) return;
      }
      busy = false;
    };
    socket.on('data', (data) => {
      received = Buffer.concat([received, data]);
      void work();
    });
    // While nobody listens there, the kernel may choose that very port for this end, and the connection reaches itself.
    socket.on('connect', () => {
      if (socket.localPort === socket.remotePort) socket.destroy();
    });
    socket.on('error', () => undefined);
    // pcscd's end, a restart of pcscd, or a broken radio link: the card still lies there and lost its power.
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      card.powerOff();
      this.#retry = setTimeout(() => this.#connect(), this.#reconnectMs);
    });
  }

  async #onFrame(socket: Socket, card: VirtualCard, frame: Uint8Array): Promise<void> {
    if (frame.length === 1) {
      this.#onControl(socket, card, frame[0]!);
      return;
    }
    if (this.faults.take('silent')) return;
    if (this.faults.take('lost-command')) {
      socket.destroy();
      return;
    }
    this.commands.push(frame);
    if (this.commands.length > 1_000) this.commands.shift();
    let answer = card.respond(frame);
    if (this.faults.take('slow-answer')) await new Promise((resolve) => setTimeout(resolve, this.#slowAnswerMs));
    await this.beforeAnswer?.(frame);
    if (this.faults.take('lost-answer')) {
      socket.destroy();
      return;
    }
    if (this.faults.take('garbled-answer')) answer = answer.map((byte) => byte ^ 0xff);
    if (this.faults.take('short-answer')) answer = answer.slice(0, 1);
    this.#send(socket, answer);
  }

  #onControl(socket: Socket, card: VirtualCard, control: number): void {
    switch (control) {
      case CONTROL.powerOff:
        card.powerOff();
        return;
      case CONTROL.powerOn:
        if (this.faults.take('lifted-during-power-up')) {
          this.remove();
          return;
        }
        this.#mute = this.faults.take('mute');
        if (!this.#mute) card.powerOn();
        return;
      case CONTROL.reset:
        card.reset();
        return;
      case CONTROL.getAtr:
        // The driver asks once after each power-on, and otherwise only to see whether the card is there. It takes a broken connection
        // for a power-up that failed; an empty answer would block it. The card connects anew before pcscd looks again.
        if (this.#mute) socket.destroy();
        else this.#send(socket, card.atr);
        this.#mute = false;
        return;
    }
  }

  #send(socket: Socket, bytes: Uint8Array): void {
    if (socket.destroyed) return;
    const frame = Buffer.alloc(2 + bytes.length);
    frame.writeUInt16BE(bytes.length, 0);
    frame.set(bytes, 2);
    socket.write(frame);
  }
}
