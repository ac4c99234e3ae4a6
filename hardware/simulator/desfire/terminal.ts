/** A terminal for the virtual card's tests: speaks in hexadecimal, through the production code's half of the secure messaging. */
import { authenticate, type SecureSession } from '../../card/desfire/secure-messaging.ts';
import { DirectReader } from '../direct-reader.ts';
import { DesfireCard, type DesfireCardOptions } from '../virtual-card-desfire.ts';
import { fromHex } from './byte-fields.ts';
import { factoryMemory, type ApplicationMemory, type DesfireMemory } from './memory.ts';
import { hexOf } from '../virtual-card-answers.ts';

const bytes = (text: string) => fromHex(text.replaceAll(' ', ''));
const ZERO_KEY = '00'.repeat(16);
const AID = 'A1B2C3';

export class Terminal {
  readonly card: DesfireCard;
  readonly reader = new DirectReader();
  #session: SecureSession | undefined;

  constructor(memory: DesfireMemory = factoryMemory('aes'), options: Partial<DesfireCardOptions> = {}) {
    this.card = new DesfireCard({ name: 'card', uid: fromHex('04010203040506'), memory, ...options });
    this.layDown();
  }

  /** A card with an application of five keys of zeros, selected; `files` are made with its master key. */
  static async withFiles(...files: readonly (readonly [command: string, data: string])[]): Promise<Terminal> {
    const terminal = new Terminal();
    await terminal.open(0);
    await terminal.secure('CA', '', `${AID} 0F 85`);
    await terminal.select();
    await terminal.open(0);
    for (const [command, data] of files) {
      const made = await terminal.secure(command, '', data);
      if (made !== '') throw new Error(`The file was not made: ${made}`);
    }
    return terminal;
  }

  layDown(): void {
    this.reader.insert(this.card);
  }

  get application(): ApplicationMemory {
    return this.card.exportMemory().applications[0]!;
  }

  select(): Promise<string> {
    return this.plain('5A', AID);
  }

  /** Sends any APDU. @returns answer and status, or what happened instead */
  async apdu(command: string): Promise<string> {
    const result = await this.reader.transmit(this.#link.generation, bytes(command));
    return result.kind === 'answered' ? hexOf(result.response) : result.kind;
  }

  /** Sends one native command without protection. */
  plain(instruction: string, data = ''): Promise<string> {
    const length = bytes(data).length;
    return this.apdu(`90 ${instruction} 0000 ${length === 0 ? '' : hexOf(Uint8Array.of(length))}${data} 00`);
  }

  /** Proves key `number`. @returns `ok`, or the status of the refusal */
  async open(number: number, key = ZERO_KEY): Promise<string> {
    const opened = await authenticate(this.#link, number, bytes(key), (length) => new Uint8Array(length).fill(0x5a));
    this.#session = opened.kind === 'session' ? opened.session : undefined;
    return opened.kind === 'session' ? 'ok' : told(opened);
  }

  /** Sends a command in the session. @returns the data of its answer, or why there is none */
  async secure(instruction: string, header = '', data = '', protection: 'mac' | 'full' = 'mac'): Promise<string> {
    if (!this.#session) throw new Error('No session is open');
    const answer = await this.#session.transact({ ins: Number.parseInt(instruction, 16), header: bytes(header), data: bytes(data), protection });
    return answer.kind === 'ok' ? hexOf(answer.data) : told(answer);
  }

  get #link() {
    const presence = this.reader.presence();
    return { reader: this.reader, generation: presence.kind === 'present' ? presence.generation : 0 };
  }
}

/** A refusal by its status, anything else by its name. */
function told(failure: { readonly kind: string; readonly status?: number }): string {
  return failure.status === undefined ? failure.kind : hexOf(Uint8Array.of(failure.status));
}
