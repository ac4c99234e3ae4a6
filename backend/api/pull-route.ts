/** GET /v1/device/changes: renews the device's leases and gives it the next page of what it needs to know. */
import { z } from 'zod';
import { API, PULL_CHANGES_MAX, PullResponse } from '../../contract/sync.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import { inTransaction } from '../database/backend-database.ts';
import { rememberRequest } from '../devices/known-devices.ts';
import { readFeed } from '../ledger/change-feed.ts';
import { LEASES_PER_PULL_MAX, refreshLeases } from '../ledger/leases.ts';
import { DEVICE_SECURITY, REFUSAL_RESPONSES, type Api } from './route.ts';
import { refuse } from './refusal.ts';

const PullQuery = z.strictObject({
  after: z.string().regex(/^\d{1,15}$/).transform(Number).meta({ description: 'The cursor of the last page; 0 at first.' }),
});

export function pullRoute({ app, database, clock, log, devices }: Api): void {
  app.get(
    API.pull,
    {
      preValidation: (request, reply) => devices.hook(request, reply),
      schema: {
        summary: 'Pull changes',
        description: 'Gives the device what changed after a cursor, at most a page, and the leases it may work within when it has no network.',
        tags: ['device'],
        security: DEVICE_SECURITY,
        querystring: PullQuery,
        response: { 200: PullResponse, ...REFUSAL_RESPONSES },
      },
    },
    async (request, reply) => {
      const { device, jti, keepUntilMs } = devices.of(request);
      const nowMs = clock.now();
      const first = await inTransaction(database, (work) => rememberRequest(work, device, { jti, keepUntilMs, nowMs }));
      if (!first) return refuse(reply, log, { what: 'replayed' }, { device: device.deviceId, detail: 'the jti was used before' });
      const leased = await refreshLeases(database, device, nowMs);
      const page = await readFeed(database, device, request.query.after, PULL_CHANGES_MAX);
      if (page === 'ahead') return refuse(reply, log, { what: 'conflict' }, { device: device.deviceId, detail: 'the device has a cursor that was never given out' });
      return { ...page, more: page.more || leased === LEASES_PER_PULL_MAX, serverTime: momentFromEpoch(clock.now()) };
    },
  );
}
