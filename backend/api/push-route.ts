/** POST /v1/device/journal: takes journal entries over and answers how far the journal is safe. */
import { API, PushRequest, PushResponse } from '../../contract/sync.ts';
import { takePushes } from '../devices/take-pushes.ts';
import { pushesAtOnce } from './pushes-at-once.ts';
import { DEVICE_SECURITY, REFUSAL_RESPONSES, type Api } from './route.ts';
import { refuse } from './refusal.ts';

export function pushRoute({ app, database, clock, log, devices, cardKeys }: Api): void {
  const take = takePushes({ database, clock, cardKeys });
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
      const outcome = await take({ device, jti, keepUntilMs, body: request.body });
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
