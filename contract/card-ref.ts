/**
 * Turns a card's identifier into the only thing the system keeps of it. Used by the agent and the backend, never by the window:
 * it loads `node:crypto`, and the window must not know the town's card key.
 */
import { createHmac } from 'node:crypto';
import { CardRef } from './ids.ts';

const CARD_KEY_BYTES = 32;

/**
 * The first 16 bytes of HMAC-SHA-256 (RFC 2104) of the identifier under the town's card key, as 32 hexadecimal digits.
 * @param cardKey 32 bytes, or the same in base64url as `EnrolResponse` carries them
 * @param identifier the card's own identifier (UID, IDm), exactly as the card gives it
 * @throws when the key is not 32 bytes long or the identifier is empty: a bug, or a damaged configuration
 */
export function cardRefOf(cardKey: Uint8Array | string, identifier: Uint8Array): CardRef {
  const key = typeof cardKey === 'string' ? Buffer.from(cardKey, 'base64url') : cardKey;
  if (key.length !== CARD_KEY_BYTES) throw new Error(`A card key has ${CARD_KEY_BYTES} bytes, this one has ${key.length}`);
  if (identifier.length === 0) throw new Error('A card identifier cannot be empty');
  return CardRef.parse(createHmac('sha256', key).update(identifier).digest('hex').slice(0, 32));
}
