/** A card that gives the answers of a script, one a command, so that each answer a card may ever give can be played. */
import type { TransmitResult } from '../../../reader/card-reader.ts';
import { GuardedChannel } from '../apdu-guard.ts';
import { FIRST_GENERATION } from '../profile.ts';

/** Hexadecimal of the whole answer, or what happened instead of one. */
export type ScriptedAnswer = string | Exclude<TransmitResult, { kind: 'answered' }>;

export const SELECT_JPKI = '00A4040C0AD392F000260100000001';
export const SELECT_TEXT = '00A4040C0AD3921000310001010408';
export const SELECT_NEUTRAL = '00A4040C07A0000001510000';
export const selectFileOf = (id: string): string => `00A4020C02${id}`;
export const ASK_TRIES = '00200080';

export class ScriptedCard {
  /** Every command that reached the reader, in hexadecimal. */
  readonly sent: string[] = [];
  /** The very arrays the reader got, to see what is left in them. */
  readonly arrays: Uint8Array[] = [];
  readonly channel: GuardedChannel;

  constructor(...answers: readonly ScriptedAnswer[]) {
    this.channel = new GuardedChannel({ transmit: async (_generation, command) => this.#transmit(answers, command) }, 1, FIRST_GENERATION);
  }

  #transmit(answers: readonly ScriptedAnswer[], command: Uint8Array): TransmitResult {
    const answer = answers[this.sent.length];
    if (answer === undefined) throw new Error('One command too many');
    this.sent.push(hexOf(command));
    this.arrays.push(command);
    return typeof answer === 'string' ? { kind: 'answered', response: bytesOf(answer) } : answer;
  }
}

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}
