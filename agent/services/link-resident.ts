/**
 * Use case: somebody links their My Number card with the stored-value card they came with. The town gives a challenge before anything is asked
 * of the card; the card signs it, with everything that was agreed to, after one entry of its PIN; the town is sent certificate and signature.
 *
 * Nothing of the card is logged or written down here. What is sent can be sent again: the town answers the same wish the same.
 */
import { X509Certificate } from 'node:crypto';
import type { AccountId, DeviceId } from '../../contract/ids.ts';
import { LINK_CONSENT, linkMessage, type LinkRefusal, type LinkRequest } from '../../contract/link.ts';
import type { LinkNotDone } from '../../contract/link-screens.ts';
import { newLinkId } from '../new-id.ts';
import type { Ports } from '../ports.ts';
import { openMyNumberCard, type EntryMade, type NotOpened } from './read-my-number-card.ts';

/** What is to be linked, as it is signed. */
export type LinkWish = Pick<LinkRequest, 'linkId' | 'accountId' | 'challenge' | 'consent'>;
/** What the card gave, in base64url: as personal as a name. */
export type LinkProof = Pick<LinkRequest, 'certificate' | 'signature'>;

export type BeginLinkResult = { readonly kind: 'begun'; readonly wish: LinkWish } | { readonly kind: 'not-begun'; readonly why: LinkNotDone };
export type SendLinkResult =
  | { readonly kind: 'linked' }
  | { readonly kind: 'refused'; readonly why: LinkRefusal }
  /** No answer came: it may be linked, or not. */
  | { readonly kind: 'not-known' };

type Town = Pick<Ports, 'backend' | 'clock' | 'randomness'>;
type Placed = Parameters<typeof openMyNumberCard>[0];

/** How often the same is sent before the person is asked whether to go on asking. */
const SENT_MAX = 2;

/** Whether there is any sense in offering it. */
export async function canBeLinked(accountId: AccountId, { backend }: Pick<Ports, 'backend'>): Promise<boolean> {
  const answer = await backend.linkState({ accountId });
  return answer.kind === 'answered' && answer.value.kind === 'open';
}

/** After the person has agreed, and before the other card is wanted: nobody shall look for a PIN in vain. */
export async function beginLink(accountId: AccountId, { backend, clock, randomness }: Town): Promise<BeginLinkResult> {
  const answer = await backend.linkChallenge({ accountId });
  if (answer.kind === 'refused') return { kind: 'not-begun', why: answer.error.what === 'unavailable' ? 'unreachable' : 'not-offered' };
  if (answer.kind === 'unreachable') return { kind: 'not-begun', why: 'unreachable' };
  const { value } = answer;
  if (value.kind !== 'challenge') return { kind: 'not-begun', why: value.kind === 'linked' ? 'linked-already' : 'not-offered' };
  return { kind: 'begun', wish: { linkId: newLinkId(clock, randomness), accountId, challenge: value.challenge, consent: LINK_CONSENT } };
}

/** Sends the entry to the card once, if at all, and has it sign the wish in the same session. */
export function proveLink(presence: Placed, made: EntryMade, wish: LinkWish, { deviceId }: { readonly deviceId: DeviceId }, ports: Pick<Ports, 'reader'>): Promise<{ readonly kind: 'proved'; readonly proof: LinkProof } | NotOpened> {
  return openMyNumberCard(presence, 'link', made, ports, async (card) => {
    const read = await card.readCertificate();
    if (read.kind !== 'read') return troubleOf(read.kind);
    const certificate = certificateIn(read.bytes);
    if (!certificate) return { kind: 'unreadable' } as const;
    const signed = await card.signChallenge(linkMessage(deviceId, wish), certificate);
    if (signed.kind !== 'signed') return troubleOf(signed.kind);
    const written = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
    return { kind: 'proved', proof: { certificate: written(read.bytes), signature: written(signed.signature) } } as const;
  });
}

/** @returns `not-known` when no answer came; the same may be sent again at any time */
export async function sendLink(wish: LinkWish, proof: LinkProof, { backend }: Pick<Ports, 'backend'>): Promise<SendLinkResult> {
  for (let sent = 0; sent < SENT_MAX; sent += 1) {
    const answer = await backend.link({ ...wish, ...proof });
    if (answer.kind === 'answered') return answer.value;
    // Refused as a request: it was not looked at.
    if (answer.kind === 'refused' && answer.error.what !== 'unavailable') return { kind: 'refused', why: 'not-offered' };
  }
  return { kind: 'not-known' };
}

function certificateIn(bytes: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(bytes);
  } catch {
    return undefined;
  }
}

const troubleOf = (kind: string): NotOpened => (kind === 'card-moved' || kind === 'reader-lost' ? { kind } : { kind: 'unreadable' });
