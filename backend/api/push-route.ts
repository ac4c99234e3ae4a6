/** POST /v1/device/journal: takes journal entries over and answers how far the journal is safe. */
import { API, PushRequest, PushResponse } from '../../contract/sync.ts';
import { rememberRequests, type KnownDevice } from '../devices/known-devices.ts';
import { keepInQuarantine } from '../devices/quarantine.ts';
import { checkPush, postPushes, type CheckedPush } from '../ledger/post-entries.ts';
import { createPostingQueue, type Postable } from '../ledger/posting-queue.ts';
import type { MunicipalityWork } from '../ledger/change-feed.ts';
import { pushesAtOnce } from './pushes-at-once.ts';
import { DEVICE_SECURITY, REFUSAL_RESPONSES, type Api } from './route.ts';
import { refuse } from './refusal.ts';

/** A push that waits to be posted. */
interface OfferedPush extends Postable {
  readonly device: KnownDevice;
  readonly body: PushRequest;
  readonly push: CheckedPush;
  readonly jti: string;
  readonly keepUntilMs: number;
}

export function pushRoute({ app, database, clock, log, devices, cardKeys }: Api): void {
  const post = createPostingQueue(database, async (work: MunicipalityWork, offered: readonly OfferedPush[]) => {
    const nowMs = clock.now();
    const active = offered.filter(({ device }) => device.state === 'active');
    const heard = await rememberRequests(work, active, nowMs);
    const standing = new Map(offered.map((one) => [one, one.device.state === 'revoked' ? one.device.state : heard[active.indexOf(one)]]));
    const believed = offered.filter((one) => standing.get(one) === 'active');
    const posted = believed.length === 0 ? [] : await postPushes(work, believed.map(({ push }) => push), { nowMs, cardKeys });
    const outcomes = new Map(believed.map((one, index) => [one, posted[index]]));
    const answers = [];
    for (const one of offered) {
      const outcome = outcomes.get(one);
      if (outcome) answers.push(outcome);
      else if (standing.get(one) === 'revoked') answers.push({ kind: 'revoked' as const, ...(await keepInQuarantine(work, one.device, one.body, nowMs)) });
      else answers.push({ kind: 'replayed' as const });
    }
    return answers;
  });
  app.post(
    API.push,
    {
      onRequest: pushesAtOnce(log),
      preValidation: (request, reply) => devices.hook(request, reply, { revokedToo: true }),
      schema: {
        summary: 'Push journal entries',
        description: 'Posts each entry exactly once. Entries that are known already are answered again; `acknowledgedSeq` is durable when the answer arrives.',
        tags: ['device'],
        security: DEVICE_SECURITY,
        body: PushRequest,
        response: { 200: PushResponse, ...REFUSAL_RESPONSES },
      },
    },
    async (request, reply) => {
      const { device, jti, keepUntilMs } = devices.of(request);
      const { municipalityId, deviceId } = device;
      // While others are being posted: what needs no database is done by then.
      const push = checkPush(device, request.body);
      const outcome = await post({ municipalityId, from: deviceId, entries: request.body.entries.length, device, body: request.body, push, jti, keepUntilMs });
      const about = (detail: string) => ({ device: device.deviceId, detail });
      switch (outcome.kind) {
        case 'replayed':
          return refuse(reply, log, { what: 'replayed' }, about('the jti was used before'));
        case 'revoked':
          if (outcome.anomaly) log.event('backend-anomaly', { device: device.deviceId.slice(0, 60), what: outcome.anomaly.what, detail: outcome.anomaly.detail });
          return refuse(reply, log, { what: 'revoked', expectedSeq: outcome.expectedSeq }, about(`${outcome.kept} entries were put into quarantine`));
        case 'gap':
          return refuse(reply, log, { what: 'gap', expectedSeq: outcome.expectedSeq }, about(`expected ${outcome.expectedSeq}`));
        case 'bad-seal':
        case 'conflict':
        case 'chain-broken':
          log.event('backend-anomaly', { device: device.deviceId.slice(0, 60), what: outcome.anomaly.what, detail: outcome.anomaly.detail });
          return refuse(reply, log, { what: outcome.kind === 'bad-seal' ? 'bad-signature' : outcome.kind }, about(outcome.anomaly.detail));
        case 'acknowledged':
          for (const { what, detail } of outcome.anomalies) log.event('backend-anomaly', { device: device.deviceId.slice(0, 60), what, detail });
          if (outcome.posted > 0) log.event('backend-posted', { device: device.deviceId.slice(0, 60), entries: outcome.posted, acknowledgedSeq: outcome.seq });
          return { acknowledgedSeq: outcome.seq, acknowledgedHash: outcome.hash };
      }
    },
  );
}
