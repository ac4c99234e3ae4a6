/** Opens keys that the backend sealed to this device (HPKE, RFC 9180; `CardKeysResponse` in contract/sync.ts says how). */
import type { KeyObject } from 'node:crypto';
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import type { CardRef } from '../../contract/ids.ts';
import { CARD_KEYS_INFO, CardKeyMaterial } from '../../contract/sync.ts';
import type { CardKeySet } from '../../hardware/card/card-keys.ts';

/** An encapsulated X25519 key. */
const ENCAPSULATED_BYTES = 32;

const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() });

/** @returns undefined when it was sealed to another device or for another card, or is damaged */
export async function openCardKeys(sealingKey: KeyObject, cardRef: CardRef, sealed: string): Promise<CardKeySet | undefined> {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length <= ENCAPSULATED_BYTES) return undefined;
  const recipientKey = await suite.kem.importKey('jwk', sealingKey.export({ format: 'jwk' }), false);
  let text: string;
  try {
    const opened = await suite.open(
      { recipientKey, enc: bytes.subarray(0, ENCAPSULATED_BYTES), info: new TextEncoder().encode(CARD_KEYS_INFO) },
      bytes.subarray(ENCAPSULATED_BYTES),
      new TextEncoder().encode(cardRef),
    );
    text = new TextDecoder().decode(opened);
  } catch {
    return undefined;
  }
  const material = CardKeyMaterial.parse(JSON.parse(text));
  switch (material.profile) {
    case 'desfire':
      return {
        profile: 'desfire',
        version: material.version,
        spend: keyOf(material.spend),
        ...(material.load === undefined ? {} : { load: keyOf(material.load) }),
      };
    case 'felica-lite-s':
      return { profile: 'felica-lite-s', version: material.version, card: keyOf(material.card) };
  }
}

const keyOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
