/**
 * A staff member's PIN as it is kept and told: scrypt (RFC 7914) with a salt of its own. Checked by the kiosk, without a network. Never loaded by the
 * window: it takes `node:crypto`.
 */
import { scrypt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { StaffPinHash } from './sync.ts';

const HASH_BYTES = 32;
const SALT_BYTES = 16;
const COST = { N: 2 ** 15, r: 8, p: 1 } as const;
/** As much as these costs take, and a little more. */
const MEMORY_MAX = 64 * 2 ** 20;

/** Wrong PINs in a row before only the office can let the card sign in again. */
export const STAFF_TRIES_MAX = 5;

/** Six to eight digits: fewer could be tried through by whoever has a kiosk's disk. */
export const StaffPin = z.string().regex(/^\d{6,8}$/);

/** @param salt 16 random bytes */
export async function hashStaffPin(pin: string, salt: Uint8Array): Promise<StaffPinHash> {
  if (salt.length !== SALT_BYTES) throw new Error(`A salt has ${SALT_BYTES} bytes, this one has ${salt.length}`);
  return { salt: Buffer.from(salt).toString('base64url'), hash: (await derive(pin, salt)).toString('base64url') };
}

/** Takes as long for a wrong PIN as for the right one. */
export async function isStaffPin(pin: string | Uint8Array, { salt, hash }: StaffPinHash): Promise<boolean> {
  return timingSafeEqual(await derive(pin, Buffer.from(salt, 'base64url')), Buffer.from(hash, 'base64url'));
}

function derive(pin: string | Uint8Array, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(pin, salt, HASH_BYTES, { ...COST, maxmem: MEMORY_MAX }, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
