/** Opening what sealed QR codes carry, with the office's key, and telling who made it. For the clerk's page: nothing of Node. */
import { z } from 'zod';
import { importPrivateKey, openSealedBytes, type Bytes } from '../hpke-bytes.ts';
import { DeviceId } from '../ids.ts';
import { INFO, readMessage, readPlainBytes, type SealedContent, type SealedMessage } from './sealed-content.ts';
import { beginningOfHash, bytesOfParts, hexadecimal, type Part } from './sealed-parts.ts';

/** The file of `npm run backend -- device-keys`: who may have signed. */
export const DeviceKeys = z.strictObject({
  kind: z.literal('kazasu device keys'),
  devices: z.array(z.strictObject({ device: DeviceId, label: z.string().max(80), publicKey: z.string().length(43), state: z.enum(['active', 'revoked']) })).max(10_000),
});
export type DeviceKeys = z.infer<typeof DeviceKeys>;

const OfficeKeyFile = z.object({ kty: z.literal('OKP'), crv: z.literal('X25519'), x: z.string().length(43), d: z.string().length(43) });

/** In memory only; the private part cannot be read out of it. */
export interface OfficeKeyInHand {
  readonly key: CryptoKey;
  readonly hint: string;
}

/** @param content of the office's key file, parsed @returns undefined when it is none */
export async function takeOfficeKey(content: unknown): Promise<OfficeKeyInHand | undefined> {
  const file = OfficeKeyFile.safeParse(content).data;
  if (!file) return undefined;
  try {
    const { kty, crv, x, d } = file;
    return { key: await importPrivateKey({ kty, crv, x, d }), hint: hexadecimal(await beginningOfHash(fromBase64Url(x))) };
  } catch {
    // Its two halves are not one key.
    return undefined;
  }
}

export type Maker =
  /** Signed by a device of the list. */
  | { readonly kind: 'known'; readonly label: string }
  /** By one that the town has refused since. */
  | { readonly kind: 'revoked'; readonly label: string }
  /** There is no list, or the device is not in it. */
  | { readonly kind: 'unknown' };

export type Opened =
  | { readonly kind: 'opened'; readonly content: SealedContent; readonly maker: Maker }
  /** Sealed to a key that this is not. */
  | { readonly kind: 'other-key' }
  /** It names a device of the list, which has not signed it. */
  | { readonly kind: 'forged' }
  | { readonly kind: 'damaged' };

/** @param parts all parts of one code */
export async function openParts(parts: readonly Part[], office: OfficeKeyInHand, keys: DeviceKeys | null): Promise<Opened> {
  const whole = await bytesOfParts(parts);
  const message = whole && readMessage(whole);
  if (!message) return { kind: 'damaged' };
  if (hexadecimal(message.head.keyHint) !== office.hint) return { kind: 'other-key' };
  const maker = await makerOf(message, keys);
  if (maker === 'forged') return { kind: 'forged' };
  try {
    const plain = await openSealedBytes(office.key, INFO, message.associated, message.sealed);
    return { kind: 'opened', content: await readPlainBytes(plain, message.head), maker };
  } catch {
    return { kind: 'damaged' };
  }
}

async function makerOf({ head, signed, signature }: SealedMessage, keys: DeviceKeys | null): Promise<Maker | 'forged'> {
  const entry = keys?.devices.find(({ device }) => device === head.device);
  if (!entry) return { kind: 'unknown' };
  const genuine = await isSigned(fromBase64Url(entry.publicKey), signature, signed);
  return genuine ? { kind: entry.state === 'active' ? 'known' : 'revoked', label: entry.label } : 'forged';
}

async function isSigned(publicKey: Bytes, signature: Bytes, signed: Bytes): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', key, signature, signed);
  } catch {
    // Not a key at all.
    return false;
  }
}

function fromBase64Url(text: string): Bytes {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
}
