/** A virtual My Number card that proves itself to a test town, by the agent's own steps. */
import { X509Certificate } from 'node:crypto';
import { LINK_CONSENT, type LinkRequest } from '../../contract/link.ts';
import { PinEntry } from '../../hardware/card/mynumber/pin-entry.ts';
import { DirectReader } from '../../hardware/simulator/direct-reader.ts';
import { issueIdentity, testHierarchy, type IdentityVariant } from '../../hardware/simulator/my-number/card-identity.ts';
import { TEST_SECRETS } from '../../hardware/simulator/my-number/secrets.ts';
import { MyNumberCard } from '../../hardware/simulator/virtual-card-my-number.ts';
import { proveLink, type LinkProof, type LinkWish } from '../../agent/services/link-resident.ts';
import { newLinkId } from '../../agent/new-id.ts';
import { createManualClock } from '../../agent/test-support/manual-clock.ts';
import { createSeededRandomness } from '../../agent/test-support/seeded-randomness.ts';
import { createCertificateVerifier, type CertificateStatus } from '../../backend/links/certificate-verifier.ts';
import { START_MS } from '../../backend/test-support/test-town.ts';
import type { AccountId, DeviceId } from '../../contract/ids.ts';

/** Keys of 2048 bits take their time: made once for all tests of a file. */
const HIERARCHY = testHierarchy({ at: new Date(START_MS) });
const identity = (variant: IdentityVariant = 'good') => issueIdentity(HIERARCHY, { at: new Date(START_MS), variant });
export const HANAKO = identity();
export const TARO = identity();
export const EXPIRED = identity('expired');
export const FOREIGN = identity('foreign');

export const AUTHORITIES = [new X509Certificate(HIERARCHY.authentication.certificate)];

/** @param status what is said of every certificate */
export const verifier = (status: () => Awaited<ReturnType<CertificateStatus>> = () => 'good') =>
  createCertificateVerifier({ authorities: AUTHORITIES, mode: 'test', status: async () => status() });

const clock = createManualClock(START_MS);
const randomness = createSeededRandomness(5);

export const wishOf = (accountId: AccountId, challenge: string, consent = LINK_CONSENT): LinkWish => ({ linkId: newLinkId(clock, randomness), accountId, challenge, consent });

/** What the card of this identity signs of the wish, at this device. */
export async function proofOf(owner: typeof HANAKO, wish: LinkWish, deviceId: DeviceId): Promise<LinkProof> {
  const reader = new DirectReader();
  const presence = reader.insert(new MyNumberCard('card', { identity: owner }));
  const entry = new PinEntry(Uint8Array.from(Buffer.from(TEST_SECRETS['authentication-pin'], 'ascii')));
  const outcome = await proveLink(presence, { way: 'pin', entry, warnedOfLastTry: false }, wish, { deviceId }, { reader });
  if (outcome.kind !== 'proved') throw new Error(`The card proved nothing: ${outcome.kind}`);
  return outcome.proof;
}

export async function requestOf(owner: typeof HANAKO, wish: LinkWish, deviceId: DeviceId): Promise<LinkRequest> {
  return { ...wish, ...(await proofOf(owner, wish, deviceId)) };
}

