/** What may stand nowhere in the clear: what cards say of themselves. Their references are secrets of a smaller kind, and stay out of logs. */
import { cardRefOf } from '../../contract/card-ref.ts';
import { identifierOf, RESIDENTS } from './residents.ts';
import { STRANGERS_IDENTIFIER, STRANGERS_UID } from './town-cards.ts';

const identifiers: readonly string[] = [...RESIDENTS.map(identifierOf), STRANGERS_IDENTIFIER, STRANGERS_UID];

/** Each identifier has one of them, in whole bytes. */
const PARTS: readonly string[] = ['c0ffee', 'deadbe'];
const isPartOf = (identifier: string, part: string) => Buffer.from(identifier, 'hex').includes(Buffer.from(part, 'hex'));
for (const identifier of identifiers) if (!PARTS.some((part) => isPartOf(identifier, part))) throw new Error(`${identifier} has no part of those that are looked for first`);

export const PERSONAL_WORDS = {
  /** Hexadecimal, in small letters. */
  identifiers,
  /** The same as bytes, as a database may keep them. */
  identifierBytes: identifiers.map((identifier) => Buffer.from(identifier, 'hex')),
  /** What bytes must hold to hold an identifier in any of these ways: as bytes, in small letters, in capitals. */
  parts: PARTS.flatMap((part) => [Buffer.from(part, 'hex'), Buffer.from(part), Buffer.from(part.toUpperCase())]),
  pointersUnder: (cardKey: Uint8Array): readonly string[] => identifiers.map((identifier) => cardRefOf(cardKey, Buffer.from(identifier, 'hex'))),
};
