/** POST /v1/device/link-state, link-challenge and link: a My Number card and an account belong to one resident. */
import { verify } from 'node:crypto';
import { LinkChallengeRequest, LinkChallengeResponse, linkMessage, LinkRequest, LinkResponse, LinkStateRequest, LinkStateResponse } from '../../contract/link.ts';
import { API } from '../../contract/sync.ts';
import { rememberRequest } from '../devices/known-devices.ts';
import { asOnlyWriter, type MunicipalityWork } from '../ledger/change-feed.ts';
import type { CertificateVerifier } from '../links/certificate-verifier.ts';
import { linkKeysOf } from '../links/link-key.ts';
import { giveChallenge, linkAccount, linkState, type CardProved } from '../links/resident-links.ts';
import type { AuthenticatedRequest } from './device-authentication.ts';
import { DEVICE_SECURITY, REFUSAL_RESPONSES, type Api } from './route.ts';
import { refuse } from './refusal.ts';

const SHARED = { tags: ['device'], security: DEVICE_SECURITY };

export function linkRoutes({ app, database, clock, randomness, log, devices, cardKeys, certificates }: Api): void {
  const means = certificates && cardKeys && { certificates, cardKeys };

  /** Runs `work` for a device that is still one of the town's, once a token. */
  async function heard<T>({ device, jti, keepUntilMs }: AuthenticatedRequest, work: (work: MunicipalityWork) => Promise<T>): Promise<T | 'replayed' | 'revoked'> {
    const nowMs = clock.now();
    return asOnlyWriter(database, device.municipalityId, async (own) => {
      const state = await rememberRequest(own, device, { jti, keepUntilMs, nowMs });
      if (state === 'active') return work(own);
      return state === false ? 'replayed' : state;
    });
  }
  const isRefusal = (answer: unknown): answer is 'replayed' | 'revoked' => typeof answer === 'string';
  const refused = (reply: Parameters<typeof refuse>[0], what: 'replayed' | 'revoked', { device }: AuthenticatedRequest) => refuse(reply, log, { what }, { device: device.deviceId, detail: 'while linking a card' });

  app.post(
    API.linkState,
    {
      preValidation: (request, reply) => devices.hook(request, reply),
      schema: { ...SHARED, summary: 'Whether an account could be linked', description: 'Says whether a My Number card could be linked with the account now. Changes nothing.', body: LinkStateRequest, response: { 200: LinkStateResponse, ...REFUSAL_RESPONSES } },
    },
    async (request, reply) => {
      const from = devices.of(request);
      const answer = await heard(from, async (work) => (means ? linkState(work, request.body.accountId) : { kind: 'not-offered' as const }));
      return isRefusal(answer) ? refused(reply, answer, from) : answer;
    },
  );

  app.post(
    API.linkChallenge,
    {
      preValidation: (request, reply) => devices.hook(request, reply),
      schema: { ...SHARED, summary: 'A challenge for a My Number card to sign', description: 'Good for one link of this account at this device, for ten minutes, once.', body: LinkChallengeRequest, response: { 200: LinkChallengeResponse, ...REFUSAL_RESPONSES } },
    },
    async (request, reply) => {
      const from = devices.of(request);
      const nowMs = clock.now();
      const answer = await heard(from, async (work) => (means ? giveChallenge(work, request.body.accountId, { deviceId: from.device.deviceId, nowMs }, randomness) : { kind: 'not-offered' as const }));
      return isRefusal(answer) ? refused(reply, answer, from) : answer;
    },
  );

  app.post(
    API.link,
    {
      preValidation: (request, reply) => devices.hook(request, reply),
      schema: {
        ...SHARED,
        summary: 'Link a My Number card with an account',
        description: 'Keeps a keyed hash of the certificate’s issuer and serial number beside the account, and nothing else of the card. The same request, sent again, is answered the same.',
        body: LinkRequest,
        response: { 200: LinkResponse, ...REFUSAL_RESPONSES },
      },
    },
    async (request, reply) => {
      const from = devices.of(request);
      const { device } = from;
      const nowMs = clock.now();
      // Before the transaction: whoever answers for certificates may take a while.
      const proved: CardProved & { readonly detail?: string } = means ? await prove(request.body, from, means, nowMs) : { kind: 'refused', why: 'not-checked' };
      const answer = await heard(from, async (work) => (means ? linkAccount(work, request.body, proved, { deviceId: device.deviceId, nowMs }) : { kind: 'refused' as const, why: 'not-offered' as const }));
      if (isRefusal(answer)) return refused(reply, answer, from);
      log.event('link-decided', { device: device.deviceId.slice(0, 60), outcome: answer.kind === 'linked' ? 'linked' : answer.why, detail: proved.detail ?? '' });
      return answer;
    },
  );
}

async function prove(
  request: LinkRequest,
  { device }: AuthenticatedRequest,
  { certificates, cardKeys }: { readonly certificates: CertificateVerifier; readonly cardKeys: NonNullable<Api['cardKeys']> },
  nowMs: number,
): Promise<CardProved & { readonly detail?: string }> {
  const verdict = await certificates.verify(Uint8Array.from(Buffer.from(request.certificate, 'base64url')), nowMs);
  if (verdict.kind === 'not-valid') return { kind: 'refused', why: 'not-valid', detail: verdict.why };
  if (verdict.kind === 'not-checked') return { kind: 'refused', why: 'not-checked' };
  const signed = verify('sha256', linkMessage(device.deviceId, request), verdict.certificate.publicKey, Buffer.from(request.signature, 'base64url'));
  return signed ? { kind: 'proved', keys: linkKeysOf(cardKeys, device.municipalityId, verdict.identity) } : { kind: 'refused', why: 'not-valid', detail: 'signature' };
}
