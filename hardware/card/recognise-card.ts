/**
 * Finds out what lies on the reader, with as few commands as possible, and stops as soon as it is a card that is none of our business:
 * nothing more is ever sent to a bank card or a My Number card, not even a question for its identifier.
 */
import type { CardPresence, CardReader } from '../reader/card-reader.ts';
import { isStorageCard, mayBeTypeB } from './answer-to-reset.ts';
import { parseResponse, selectByName, wasSelected, type CommandApdu } from './apdu.ts';
import { askIdentifier, plainIdentifierCard } from './plain-identifier.ts';
import type { StoredValueCard } from './stored-value.ts';

export type RecognisedCard =
  | { readonly kind: 'identifier'; readonly card: StoredValueCard }
  /** A bank card: it has a payment directory (EMV contactless). */
  | { readonly kind: 'payment' }
  /** A My Number card: it has the JPKI application. Nothing was read of it. */
  | { readonly kind: 'my-number' }
  /** A card without an identifier that lasts. */
  | { readonly kind: 'unrecognised' }
  | { readonly kind: 'card-moved' }
  | { readonly kind: 'reader-lost' };

/** SELECT 2PAY.SYS.DDF01, the directory every contactless payment card has (EMV Contactless Book B, 3.3.2). */
export const SELECT_PAYMENT_DIRECTORY: CommandApdu = selectByName(Uint8Array.from(Buffer.from('2PAY.SYS.DDF01', 'ascii')), 'fci');
/** SELECT the JPKI application (公的個人認証AP) without asking for anything back. The full name: the card also accepts beginnings of it. */
export const SELECT_JPKI: CommandApdu = selectByName(Uint8Array.from(Buffer.from('D392F000260100000001', 'hex')), 'nothing');

/**
 * Recognises the card of `presence`. A storage card takes one round trip, a card with applications one to three.
 * @returns `card-moved` or `reader-lost` as soon as a command ends so; nothing is sent again
 */
export async function recogniseCard(reader: CardReader, presence: Extract<CardPresence, { kind: 'present' }>): Promise<RecognisedCard> {
  const { generation, atr } = presence;
  if (!isStorageCard(atr)) {
    const payment = await selects(reader, generation, SELECT_PAYMENT_DIRECTORY);
    if (payment !== 'no') return payment === 'yes' ? { kind: 'payment' } : { kind: payment };
    const myNumber = await selects(reader, generation, SELECT_JPKI);
    if (myNumber !== 'no') return myNumber === 'yes' ? { kind: 'my-number' } : { kind: myNumber };
  }
  const answer = await askIdentifier(reader, generation);
  switch (answer.kind) {
    case 'none':
      return { kind: 'unrecognised' };
    case 'card-moved':
    case 'reader-lost':
      return { kind: answer.kind };
    case 'identifier':
      // The four bytes of a type B card (a driving licence, a passport) are new at each touch: they would be nobody's card tomorrow.
      if (answer.identifier.length === 4 && mayBeTypeB(atr)) return { kind: 'unrecognised' };
      return { kind: 'identifier', card: plainIdentifierCard(reader, presence, answer.identifier) };
  }
}

/** An answer that is none leaves open whether this is a bank card; then nothing more is sent, and the card counts as moved. */
async function selects(reader: CardReader, generation: number, select: CommandApdu): Promise<'yes' | 'no' | 'card-moved' | 'reader-lost'> {
  const result = await reader.transmit(generation, select);
  if (result.kind !== 'answered') return result.kind;
  const response = parseResponse(result.response);
  if (response.kind === 'malformed') return 'card-moved';
  return wasSelected(response.status) ? 'yes' : 'no';
}
