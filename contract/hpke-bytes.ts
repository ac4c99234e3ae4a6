/**
 * HPKE (RFC 9180) in base mode on bytes: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM. The only set of algorithms in use. Needs WebCrypto with
 * X25519 and nothing of Node, so that a page in a browser can open what was sealed.
 */
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';

const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() });
/** An encapsulated X25519 key. */
const ENCAPSULATED_BYTES = 32;
/** How much longer a sealed text is than the text: the encapsulated key, and the tag of AES-GCM. */
export const SEAL_BYTES = ENCAPSULATED_BYTES + 16;

/** WebCrypto takes views of plain memory only. */
export type Bytes = Uint8Array<ArrayBuffer>;

const utf8 = (text: string): Bytes => new TextEncoder().encode(text);

/**
 * @param publicKey X25519, 32 bytes
 * @returns a function that seals; its answer is the encapsulated key and the ciphertext. `entropy`: 32 random bytes from which the ephemeral key is derived
 *   (RFC 9180 §7.1.3), never the same twice; the system's own when left out
 */
export async function byteSealerTo(publicKey: Bytes, info: string): Promise<(associated: Bytes, plain: Bytes, entropy?: Uint8Array) => Promise<Bytes>> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(publicKey);
  return async (associated, plain, entropy) => {
    const ephemeral = entropy === undefined ? {} : { ekm: entropy };
    const { enc, ct } = await suite.seal({ recipientPublicKey, info: utf8(info), ...ephemeral }, plain, associated);
    const sealed = new Uint8Array(enc.byteLength + ct.byteLength);
    sealed.set(new Uint8Array(enc));
    sealed.set(new Uint8Array(ct), enc.byteLength);
    return sealed;
  };
}

/** @param key X25519 as JWK @returns the key as it opens; it cannot be read out again @throws when it is no such key */
export function importPrivateKey(key: JsonWebKey): Promise<CryptoKey> {
  return suite.kem.importKey('jwk', key, false);
}

/**
 * Opens what a sealer with the same `info` sealed.
 * @throws when the key is another, or the bytes were changed or belong to something else
 */
export async function openSealedBytes(recipientKey: CryptoKey, info: string, associated: Bytes, sealed: Bytes): Promise<Bytes> {
  return new Uint8Array(await suite.open({ recipientKey, enc: sealed.slice(0, ENCAPSULATED_BYTES), info: utf8(info) }, sealed.slice(ENCAPSULATED_BYTES), associated));
}
