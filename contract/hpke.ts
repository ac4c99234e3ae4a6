/**
 * Sealing to a public key: HPKE (RFC 9180) in base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM. The only set of
 * algorithms in use; what a sealed text is for is said by its `info`, and what it belongs to by its associated data. Never loaded by the window.
 */
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';

const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() });
/** An encapsulated X25519 key. */
const ENCAPSULATED_BYTES = 32;

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/**
 * @param publicKey X25519, 32 bytes in base64url
 * @returns a function that seals a text; its answer is the encapsulated key and the ciphertext in base64url. `entropy`: 32 random bytes from which the
 *   ephemeral key is derived (RFC 9180 §7.1.3), never the same twice; the system's own when left out
 */
export async function sealerTo(publicKey: string, info: string): Promise<(associated: string, text: string, entropy?: Uint8Array) => Promise<string>> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(Buffer.from(publicKey, 'base64url'));
  return async (associated, text, entropy) => {
    const ephemeral = entropy === undefined ? {} : { ekm: entropy };
    const sealed = await suite.seal({ recipientPublicKey, info: utf8(info), ...ephemeral }, utf8(text), utf8(associated));
    return Buffer.concat([Buffer.from(sealed.enc), Buffer.from(sealed.ct)]).toString('base64url');
  };
}

/**
 * Opens what a sealer with the same `info` sealed.
 * @param privateKey X25519 as JWK
 * @throws when the key is another, or the text was changed or belongs to something else
 */
export async function openSealedText(privateKey: JsonWebKey, info: string, associated: string, sealed: string): Promise<string> {
  const recipientKey = await suite.kem.importKey('jwk', privateKey, false);
  const bytes = Buffer.from(sealed, 'base64url');
  const plain = await suite.open({ recipientKey, enc: bytes.subarray(0, ENCAPSULATED_BYTES), info: utf8(info) }, bytes.subarray(ENCAPSULATED_BYTES), utf8(associated));
  return new TextDecoder().decode(plain);
}
