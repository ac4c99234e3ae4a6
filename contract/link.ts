/**
 * Agent ⇄ backend: a My Number card and an account belong to one resident. The town gives a challenge, the card's user-authentication key signs
 * it after its PIN, and the town keeps a keyed hash of the certificate's serial: never the certificate, a name, or the twelve digits.
 */
import { z } from 'zod';
import { AccountId, LinkId, type DeviceId } from './ids.ts';
import { Moment } from './time.ts';

/** Which words somebody agreed to (`link-about`). Grows when what is linked, kept or done with it changes. */
export const LINK_CONSENT = 1;

/** POST `/v1/device/link-state`: whether the account could be linked now. Keeps nothing. `not-offered`: the town links no cards, or not this one. */
export const LinkStateRequest = z.strictObject({ accountId: AccountId });
export type LinkStateRequest = z.infer<typeof LinkStateRequest>;
export const LinkStateResponse = z.strictObject({ kind: z.enum(['open', 'linked', 'not-offered']) });
export type LinkStateResponse = z.infer<typeof LinkStateResponse>;

/** 32 bytes in base64url. */
export const LinkChallenge = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** POST `/v1/device/link-challenge`: good for one link of this account at this device, until then, once. A later one takes its place. */
export const LinkChallengeRequest = z.strictObject({ accountId: AccountId });
export type LinkChallengeRequest = z.infer<typeof LinkChallengeRequest>;
export const LinkChallengeResponse = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('challenge'), challenge: LinkChallenge, until: Moment }),
  z.strictObject({ kind: z.enum(['linked', 'not-offered']) }),
]);
export type LinkChallengeResponse = z.infer<typeof LinkChallengeResponse>;

/** POST `/v1/device/link`. `signature`: of `linkMessage`, RSASSA-PKCS1-v1_5 with SHA-256. Certificate (DER) and signature are in base64url. Sent again, it is answered the same. */
export const LinkRequest = z.strictObject({
  linkId: LinkId,
  accountId: AccountId,
  challenge: LinkChallenge,
  consent: z.int().min(1).max(9_999),
  certificate: z.string().regex(/^[A-Za-z0-9_-]+$/).min(64).max(8_192),
  signature: z.string().regex(/^[A-Za-z0-9_-]+$/).min(64).max(1_024),
});
export type LinkRequest = z.infer<typeof LinkRequest>;

/** Why nothing was linked, and nothing changed. */
export const LinkRefusal = z.enum([
  /** The My Number card is linked to another card. */
  'other-account',
  /** The account is linked to another My Number card. */
  'other-card',
  /** Its certificate is expired, revoked, or none that the town trusts. */
  'not-valid',
  /** Whether it is revoked, nobody can say now. */
  'not-checked',
  /** The challenge is over, was used, or is another's. */
  'too-late',
  'not-offered',
]);
export type LinkRefusal = z.infer<typeof LinkRefusal>;

/** `linked` also when these two were linked before. */
export const LinkResponse = z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('linked') }), z.strictObject({ kind: z.literal('refused'), why: LinkRefusal })]);
export type LinkResponse = z.infer<typeof LinkResponse>;

/** What the card signs: with the challenge everything that was agreed to, so that a signature is good for nothing else. */
export function linkMessage(deviceId: DeviceId, { linkId, accountId, challenge, consent }: Pick<LinkRequest, 'linkId' | 'accountId' | 'challenge' | 'consent'>): Uint8Array {
  return new TextEncoder().encode(['kazasu link v1', deviceId, accountId, linkId, consent, challenge].join('\n'));
}
