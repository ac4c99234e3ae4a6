/**
 * The symmetric primitives that card profiles need, and nothing else: AES-128 in CBC mode without padding and AES-CMAC (RFC 4493) from
 * an audited library, two-key Triple DES from OpenSSL. Pure; no keys are kept here.
 */
import { createCipheriv, createDecipheriv, timingSafeEqual } from 'node:crypto';
import { cbc, cmac } from '@noble/ciphers/aes.js';

const AES_BLOCK = 16;

/** AES-128-CBC without padding. @throws when the data is not whole blocks of 16 bytes: a bug in the caller */
export function aesCbcEncrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  return cbc(key, iv, { disablePadding: true }).encrypt(data);
}

/** @throws when the data is not whole blocks of 16 bytes: a bug in the caller, who checks lengths that come from a card */
export function aesCbcDecrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  return cbc(key, iv, { disablePadding: true }).decrypt(data);
}

/** AES-CMAC (NIST SP 800-38B, RFC 4493), 16 bytes. */
export function aesCmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  return cmac(data, key);
}

/** Padding method 2 of ISO/IEC 9797-1: 80 00 … to whole blocks of 16 bytes, always at least one byte. */
export function padded(data: Uint8Array): Uint8Array {
  const whole = new Uint8Array((Math.floor(data.length / AES_BLOCK) + 1) * AES_BLOCK);
  whole.set(data);
  whole[data.length] = 0x80;
  return whole;
}

/** Two-key Triple DES in CBC mode without padding. @param key 16 bytes @throws when the data is not whole blocks of 8 bytes */
export function tripleDesCbcEncrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const cipher = createCipheriv('des-ede-cbc', key, iv).setAutoPadding(false);
  return Uint8Array.from(Buffer.concat([cipher.update(data), cipher.final()]));
}

/** @param key 16 bytes @throws when the data is not whole blocks of 8 bytes */
export function tripleDesCbcDecrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const decipher = createDecipheriv('des-ede-cbc', key, iv).setAutoPadding(false);
  return Uint8Array.from(Buffer.concat([decipher.update(data), decipher.final()]));
}

/** Compares without telling by its time where the difference is. */
export function sameSecret(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
