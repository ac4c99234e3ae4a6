/**
 * The plain identifier profile: the card only points to an account, the value is in the ledger. An identifier can be copied by anyone,
 * so nothing here may ever claim that the card is genuine, or that anything was written on it.
 */
import type { CardPresence, CardReader } from '../reader/card-reader.ts';
import { GET_IDENTIFIER, STATUS, parseResponse } from './apdu.ts';
import { pointingCard } from './pointing-card.ts';
import type { StoredValueCard } from './stored-value.ts';

type Present = Extract<CardPresence, { kind: 'present' }>;

export type IdentifierAnswer =
  | { readonly kind: 'identifier'; readonly identifier: Uint8Array }
  /** The reader has no identifier for this card, or what it gave is not one. */
  | { readonly kind: 'none' }
  | { readonly kind: 'card-moved' }
  | { readonly kind: 'reader-lost' };

/** Lengths of identifiers: single, double and triple size (ISO 14443-3), and FeliCa's IDm. */
const LENGTHS: readonly number[] = [4, 7, 8, 10];
/** First byte of a 4-byte identifier that is made up anew each time (ISO 14443-3, 6.5.4). */
const RANDOM_IDENTIFIER = 0x08;

/** Asks the reader for the identifier of the card that lies there. One round trip. */
export async function askIdentifier(reader: CardReader, generation: number): Promise<IdentifierAnswer> {
  const result = await reader.transmit(generation, GET_IDENTIFIER);
  if (result.kind !== 'answered') return result;
  const response = parseResponse(result.response);
  if (response.kind === 'malformed' || response.status !== STATUS.ok) return { kind: 'none' };
  return isLastingIdentifier(response.data) ? { kind: 'identifier', identifier: response.data } : { kind: 'none' };
}

/** False for lengths no card has, for identifiers that are made up anew each time, and for zeros, which some readers give for "none". */
export function isLastingIdentifier(identifier: Uint8Array): boolean {
  if (!LENGTHS.includes(identifier.length)) return false;
  if (identifier.every((byte) => byte === 0)) return false;
  return identifier.length !== 4 || identifier[0] !== RANDOM_IDENTIFIER;
}

/** The card that lies there and answered `identifier`, as a stored-value card without value of its own. */
export function plainIdentifierCard(reader: CardReader, presence: Present, identifier: Uint8Array): StoredValueCard {
  return pointingCard({
    profile: 'plain-identifier',
    identifier,
    whereabouts: () => {
      const now = reader.presence();
      if (now.kind === 'present' && now.generation === presence.generation) return 'here';
      return reader.status().kind === 'ready' ? 'card-moved' : 'reader-lost';
    },
    confirm: async () => {
      const answer = await askIdentifier(reader, presence.generation);
      switch (answer.kind) {
        case 'card-moved':
        case 'reader-lost':
          return answer.kind;
        case 'none':
          return 'refused';
        case 'identifier':
          return Buffer.from(answer.identifier).equals(identifier) ? 'here' : 'card-moved';
      }
    },
  });
}
