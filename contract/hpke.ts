/**
 * Sealing texts to a public key, in base64url (`hpke-bytes.ts` says with which algorithms). What a sealed text is for is said by its `info`, and what it
 * belongs to by its associated data. Never loaded by the window.
 */
import { byteSealerTo, importPrivateKey, openSealedBytes } from './hpke-bytes.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

/**
 * @param publicKey X25519, 32 bytes in base64url
 * @returns a function that seals a text; its answer is the encapsulated key and the ciphertext in base64url. `entropy` as in
 *   `byteSealerTo`
 */
export async function sealerTo(publicKey: string, info: string): Promise<(associated: string, text: string, entropy?: Uint8Array) => Promise<string>> {
  const seal = await byteSealerTo(new Uint8Array(Buffer.from(publicKey, 'base64url')), info);
  return async (associated, text, entropy) => Buffer.from(await seal(utf8(associated), utf8(text), entropy)).toString('base64url');
}

/**
 * Opens what a sealer with the same `info` sealed.
 * @param privateKey X25519 as JWK
 * @throws when the key is another, or the text was changed or belongs to something else
 */
export async function openSealedText(privateKey: JsonWebKey, info: string, associated: string, sealed: string): Promise<string> {
  const plain = await openSealedBytes(await importPrivateKey(privateKey), info, utf8(associated), new Uint8Array(Buffer.from(sealed, 'base64url')));
  return new TextDecoder().decode(plain);
}
