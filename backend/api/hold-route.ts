/** POST /v1/device/hold: before value leaves an account that is kept in the ledger, the device must be the only one that may take it. */
import { API, HoldRequest, HoldResponse } from '../../contract/sync.ts';
import { rememberRequest } from '../devices/known-devices.ts';
import { asOnlyWriter } from '../ledger/change-feed.ts';
import { leasingRests } from '../ledger/generations.ts';
import { holdAccount } from '../ledger/holds.ts';
import { DEVICE_SECURITY, REFUSAL_RESPONSES, type Api } from './route.ts';
import { refuse } from './refusal.ts';

export function holdRoute({ app, database, clock, log, devices }: Api): void {
  app.post(
    API.hold,
    {
      preValidation: (request, reply) => devices.hook(request, reply),
      schema: {
        summary: 'Hold an account',
        description: 'Lets this device, and no other, take value out of an account whose value is kept in the ledger, until the device gives the hold back in its journal. Where another device has it, that device is asked to give it back.',
        tags: ['device'],
        security: DEVICE_SECURITY,
        body: HoldRequest,
        response: { 200: HoldResponse, ...REFUSAL_RESPONSES },
      },
    },
    async (request, reply) => {
      const { device, jti, keepUntilMs } = devices.of(request);
      const nowMs = clock.now();
      const answer = await asOnlyWriter(database, device.municipalityId, async (work) => {
        const heard = await rememberRequest(work, device, { jti, keepUntilMs, nowMs });
        if (heard !== 'active') return heard === false ? ('replayed' as const) : heard;
        // After a restore, another device may hold it without the books knowing.
        if (await leasingRests(work.transaction, device.municipalityId)) return { kind: 'elsewhere' as const };
        return holdAccount(work, device, request.body.accountId, nowMs);
      });
      return typeof answer === 'string' ? refuse(reply, log, { what: answer }, { device: device.deviceId, detail: 'while holding an account' }) : answer;
    },
  );
}
