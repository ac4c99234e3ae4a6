/** Opens keys that the backend sealed to this device (HPKE, RFC 9180; `CardKeysResponse` in contract/sync.ts says how). */
import type { KeyObject } from 'node:crypto';
import { openSealedText } from '../../contract/hpke.ts';
import type { CardRef } from '../../contract/ids.ts';
import { CARD_KEYS_INFO, CardKeyMaterial } from '../../contract/sync.ts';
import type { CardKeySet } from '../../hardware/card/card-keys.ts';

/** @returns undefined when it was sealed to another device or for another card, or is damaged */
export async function openCardKeys(sealingKey: KeyObject, cardRef: CardRef, sealed: string): Promise<CardKeySet | undefined> {
  let text: string;
  try {
    text = await openSealedText(sealingKey.export({ format: 'jwk' }), CARD_KEYS_INFO, cardRef, sealed);
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
