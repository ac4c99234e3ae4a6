/** What may stand nowhere in the clear: what cards say of themselves. Their references are secrets of a smaller kind, and stay out of logs. */
import { cardRefOf } from '../../contract/card-ref.ts';
import { identifierOf, RESIDENTS } from './residents.ts';
import { STRANGERS_IDENTIFIER, STRANGERS_UID } from './town-cards.ts';

const identifiers: readonly string[] = [...RESIDENTS.map(identifierOf), STRANGERS_IDENTIFIER, STRANGERS_UID];

export const PERSONAL_WORDS = {
  /** Hexadecimal, in small letters. */
  identifiers,
  /** The same as bytes, as a database may keep them. */
  identifierBytes: identifiers.map((identifier) => Buffer.from(identifier, 'hex')),
  pointersUnder: (cardKey: Uint8Array): readonly string[] => identifiers.map((identifier) => cardRefOf(cardKey, Buffer.from(identifier, 'hex'))),
};
