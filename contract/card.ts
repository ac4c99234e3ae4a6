/** What the journal says of cards: their profile, their counter, what they leave behind of a movement, and why one is not believed. */
import { z } from 'zod';

/** How a card is spoken to, and so how far it is believed. `plain-identifier` and `code` can be copied by anyone. */
export const CardProfile = z.enum(['plain-identifier', 'code', 'desfire', 'felica-lite-s']);
export type CardProfile = z.infer<typeof CardProfile>;

/** The card's own count of operations; grows by one with each. */
export const CardCounter = z.int().min(0).max(0xffff_ffff);

const hex = (bytesMin: number, bytesMax: number) => z.string().regex(new RegExp(`^([0-9a-f]{2}){${bytesMin},${bytesMax}}$`));

/** What a card left behind of a movement. Bytes in hexadecimal. */
export const CardEvidence = z.discriminatedUnion('kind', [
  /** The card only points to an account. */
  z.strictObject({ kind: z.literal('none') }),
  /** Found in the card's authenticated log. */
  z.strictObject({ kind: z.literal('log'), counter: CardCounter }),
  /** DESFire: transaction counter (TMC) and MAC (TMV) of the committed transaction, and the bytes that the MAC covers (TMI). */
  z.strictObject({
    kind: z.literal('transaction-mac'),
    counter: CardCounter,
    transactionCounter: CardCounter,
    value: hex(8, 8),
    input: hex(1, 1024),
  }),
  /** FeliCa Lite-S: the write counter under which the mirror was written. */
  z.strictObject({ kind: z.literal('write-counter'), counter: CardCounter, writeCounter: z.int().min(0).max(0xff_ffff) }),
]);
export type CardEvidence = z.infer<typeof CardEvidence>;

/** The card's counter after a movement; null when the card has none. */
export function counterOf(evidence: CardEvidence): number | null {
  return evidence.kind === 'none' ? null : evidence.counter;
}

/** Why a card is not believed any more. */
export const CardSuspicion = z.enum(['not-genuine', 'inconsistent', 'rolled-back']);
export type CardSuspicion = z.infer<typeof CardSuspicion>;
