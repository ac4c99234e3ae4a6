/**
 * Sealing of personal data to the office's key: HPKE (RFC 9180) in base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM.
 * Whoever has the database but not the key file has numbers, not people.
 */
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { z } from 'zod';

const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() });
/** Bound to every sealed text, so that it cannot be passed off as something else. */
const INFO = new TextEncoder().encode('kazasu resident v1');
/** An encapsulated X25519 key. */
const ENCAPSULATED_BYTES = 32;

export const Person = z.strictObject({ name: z.string(), kana: z.string(), address: z.string(), birthday: z.iso.date() });
export type Person = z.infer<typeof Person>;

/** @param officePublicKey 32 bytes, base64url @returns a function that seals one person for one resident number */
export async function sealerFor(officePublicKey: string): Promise<(residentId: string, person: Person) => Promise<string>> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(Buffer.from(officePublicKey, 'base64url'));
  return async (residentId, person) => {
    const sealed = await suite.seal({ recipientPublicKey, info: INFO }, Buffer.from(JSON.stringify(Person.parse(person)), 'utf8'), Buffer.from(residentId, 'utf8'));
    return Buffer.concat([Buffer.from(sealed.enc), Buffer.from(sealed.ct)]).toString('base64url');
  };
}

/**
 * Opens what `sealerFor` sealed.
 * @param officePrivateKey the office's key as JWK
 * @throws when the key is another, or the text was changed or belongs to another resident
 */
export async function openSealed(officePrivateKey: JsonWebKey, residentId: string, sealed: string): Promise<Person> {
  const recipientKey = await suite.kem.importKey('jwk', officePrivateKey, false);
  const bytes = Buffer.from(sealed, 'base64url');
  const plain = await suite.open({ recipientKey, enc: bytes.subarray(0, ENCAPSULATED_BYTES), info: INFO }, bytes.subarray(ENCAPSULATED_BYTES), Buffer.from(residentId, 'utf8'));
  return Person.parse(JSON.parse(new TextDecoder().decode(plain)));
}
