/**
 * A card's identifier, kept so that the backend can check the card's own proofs (the transaction MAC is made over it) and of no use to
 * whoever has only the database: AES-256-GCM under a key made of the town's master key (HKDF, RFC 5869). No second key file is needed,
 * and whoever has the master keys could make every card's keys anyway.
 */
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { CardRef, MunicipalityId } from '../../contract/ids.ts';
import type { BackendRandomness } from '../ports.ts';
import type { CardMasterKeys } from './master-keys.ts';

const INFO = 'kazasu card identifier v1';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

interface SealedFor {
  readonly municipalityId: MunicipalityId;
  readonly cardRef: CardRef;
}

/** Made once for each master key: every proof of a card needs it. Gone with the master key. */
const made = new WeakMap<Uint8Array, Map<MunicipalityId, KeyObject>>();

function keyOf(masterKey: Uint8Array, municipalityId: MunicipalityId): KeyObject {
  const ofMaster = made.get(masterKey) ?? new Map<MunicipalityId, KeyObject>();
  made.set(masterKey, ofMaster);
  const key = ofMaster.get(municipalityId) ?? createSecretKey(new Uint8Array(hkdfSync('sha256', masterKey, Buffer.from(municipalityId, 'utf8'), INFO, 32)));
  ofMaster.set(municipalityId, key);
  return key;
}

/** @returns `<version>.<base64url>`; undefined when there is no such master key */
export function sealIdentifier(keys: CardMasterKeys, version: number, { municipalityId, cardRef }: SealedFor, identifier: Uint8Array, randomness: BackendRandomness): string | undefined {
  const master = keys.master(version);
  if (!master) return undefined;
  const nonce = randomness.bytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(master, municipalityId), nonce);
  cipher.setAAD(Buffer.from(cardRef, 'utf8'));
  const sealed = Buffer.concat([nonce, cipher.update(identifier), cipher.final(), cipher.getAuthTag()]);
  return `${version}.${sealed.toString('base64url')}`;
}

/** Whether `sealed` was sealed under this version of the master key. */
export function isSealedUnder(sealed: string, version: number): boolean {
  return sealed.startsWith(`${version}.`);
}

/** @returns undefined when its master key is not here any more, or it was changed or belongs to another card */
export function openIdentifier(keys: CardMasterKeys, { municipalityId, cardRef }: SealedFor, sealed: string): Uint8Array | undefined {
  const [version = '', text = ''] = sealed.split('.');
  const master = keys.master(Number(version));
  const bytes = Buffer.from(text, 'base64url');
  if (!master || bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, keyOf(master, municipalityId), bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(cardRef, 'utf8'));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Uint8Array.from(Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]));
  } catch {
    return undefined;
  }
}
