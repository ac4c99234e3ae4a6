/** Takes over what devices push once they are known to be who they say: each request once, those that wait for the ledger together. */
import type { PushRequest } from '../../contract/sync.ts';
import type { CardMasterKeys } from '../cards/master-keys.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import type { MunicipalityWork } from '../ledger/change-feed.ts';
import { checkPush, postPushes, type CheckedPush, type PostOutcome } from '../ledger/post-entries.ts';
import { createPostingQueue, type Postable } from '../ledger/posting-queue.ts';
import type { BackendClock } from '../ports.ts';
import { rememberRequests, type SignedRequest } from './known-devices.ts';
import { keepInQuarantine, type Quarantined } from './quarantine.ts';

/** A request whose signature was checked. */
export interface PushedRequest extends SignedRequest {
  readonly body: PushRequest;
}

export type PushOutcome = PostOutcome | { readonly kind: 'replayed' } | ({ readonly kind: 'revoked' } & Quarantined);

interface OfferedPush extends PushedRequest, Postable {
  readonly prepared: Promise<CheckedPush>;
}

/** @returns what becomes of a push; durable when the promise is fulfilled */
export function takePushes({
  database,
  clock,
  cardKeys,
}: {
  readonly database: BackendDatabase;
  readonly clock: BackendClock;
  readonly cardKeys?: CardMasterKeys | undefined;
}): (request: PushedRequest) => Promise<PushOutcome> {
  const post = createPostingQueue(database, async (work: MunicipalityWork, offered: readonly OfferedPush[]): Promise<PushOutcome[]> => {
    const nowMs = clock.now();
    const active = offered.filter(({ device }) => device.state === 'active');
    const heard = await rememberRequests(work, active, nowMs);
    const believed = active.filter((_, index) => heard[index] === 'active');
    const posted = await postPushes(work, await Promise.all(believed.map(({ prepared }) => prepared)), { nowMs, cardKeys });
    const outcomes = new Map(believed.map((one, index) => [one, posted[index]]));
    const answers: PushOutcome[] = [];
    for (const one of offered) {
      const replayed = heard[active.indexOf(one)] === false;
      answers.push(outcomes.get(one) ?? (replayed ? { kind: 'replayed' } : { kind: 'revoked', ...(await keepInQuarantine(work, one.device, one.body, nowMs)) }));
    }
    return answers;
  });
  return (request) => {
    const { municipalityId, deviceId } = request.device;
    // While others are being posted: what needs no database is done by then.
    const prepared = checkPush(request.device, request.body);
    return post({ ...request, prepared, municipalityId, from: deviceId, entries: request.body.entries.length });
  };
}
