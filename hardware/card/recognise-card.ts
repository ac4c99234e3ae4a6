/**
 * Finds out what lies on the reader, with as few commands as possible, and stops as soon as it is a card that is none of our business:
 * nothing more is ever sent to a bank card or a My Number card, not even a question for its identifier. The town's own card is asked for
 * first: one command tells it from all others, and residents should wait least for the card they use most.
 */
import type { CardPresence, CardReader } from '../reader/card-reader.ts';
import { isStorageCard, mayBeTypeB } from './answer-to-reset.ts';
import { parseResponse, selectByName, wasSelected, type CommandApdu } from './apdu.ts';
import type { CardKeys } from './card-keys.ts';
import { selectDesfireApplication } from './desfire/card-session.ts';
import { desfireCard } from './desfire/desfire-card.ts';
import { felicaLiteSCard } from './felica-lite-s/felica-lite-s-card.ts';
import { felicaReaderStyle, type NamedReaderStyle } from './felica-lite-s/felica-channel.ts';
import { askIdentifier, plainIdentifierCard } from './plain-identifier.ts';
import type { StoredValueCard } from './stored-value.ts';

export type RecognisedCard =
  /** A card that can be the town's. How far it is to be believed, its capabilities say; nothing of it has been proved yet. */
  | { readonly kind: 'stored-value'; readonly card: StoredValueCard }
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

export interface RecogniseOptions {
  readonly cardKeys: CardKeys;
  /** Ids of the schemes that the town has now. */
  readonly pocketNames: () => readonly string[];
  /** How the town's card with this identifier proves itself; undefined when the town knows no such card. */
  readonly profileOf: (identifier: Uint8Array) => StoredValueCard['profile'] | undefined;
  /** How to speak FeliCa through readers that this program does not know by name. */
  readonly felicaReaders?: readonly NamedReaderStyle[];
  /** Gives that many unpredictable bytes. */
  readonly random: (bytes: number) => Uint8Array;
}

/**
 * Recognises the card of `presence`. A storage card takes one round trip, the town's DESFire card two, another card with applications up
 * to four.
 * @returns `card-moved` or `reader-lost` as soon as a command ends so; nothing is sent again
 */
export async function recogniseCard(
  reader: CardReader,
  presence: Extract<CardPresence, { kind: 'present' }>,
  options: RecogniseOptions,
): Promise<RecognisedCard> {
  const { generation, atr } = presence;
  let desfire = false;
  if (!isStorageCard(atr)) {
    const ours = await selectDesfireApplication(reader, generation);
    if (ours === 'card-moved' || ours === 'reader-lost') return { kind: ours };
    desfire = ours === 'yes';
  }
  if (!isStorageCard(atr) && !desfire) {
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
      if (desfire) return { kind: 'stored-value', card: desfireCard(reader, presence, answer.identifier, options.cardKeys, options) };
      // The four bytes of a type B card (a driving licence, a passport) are new at each touch: they would be nobody's card tomorrow.
      if (answer.identifier.length === 4 && mayBeTypeB(atr)) return { kind: 'unrecognised' };
      if (options.profileOf(answer.identifier) === 'felica-lite-s') {
        const style = felicaReaderStyle(presence.reader, options.felicaReaders);
        const { cardKeys, random, pocketNames } = options;
        if (style) return { kind: 'stored-value', card: felicaLiteSCard(reader, presence, answer.identifier, cardKeys, { style, random, pockets: pocketNames() }) };
      }
      return { kind: 'stored-value', card: plainIdentifierCard(reader, presence, answer.identifier) };
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
