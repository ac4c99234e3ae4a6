/** POST /v1/device/want: an account's holder stands at the device, so what is theirs is brought there. */
import { API, WantRequest, WantResponse } from '../../contract/sync.ts';
import { rememberRequest } from '../devices/known-devices.ts';
import { asOnlyWriter } from '../ledger/change-feed.ts';
import { STOCK_PER_DEVICE_MAX } from '../ledger/stock-leases.ts';
import { wantAccount } from '../ledger/wants.ts';
import { DEVICE_SECURITY, REFUSAL_RESPONSES, type Api } from './route.ts';
import { refuse } from './refusal.ts';

export function wantRoute({ app, database, clock, randomness, log, devices, stockPerDeviceMax = STOCK_PER_DEVICE_MAX }: Api): void {
  app.post(
    API.want,
    {
      preValidation: (request, reply) => devices.hook(request, reply),
      schema: {
        summary: 'Want what an account may receive or buy',
        description: 'Leases to this device what nobody holds of the account’s entitlements and rights to buy, and asks other devices to give back what they hold.',
        tags: ['device'],
        security: DEVICE_SECURITY,
        body: WantRequest,
        response: { 200: WantResponse, ...REFUSAL_RESPONSES },
      },
    },
    async (request, reply) => {
      const { device, jti, keepUntilMs } = devices.of(request);
      const nowMs = clock.now();
      const answer = await asOnlyWriter(database, device.municipalityId, async (work) => {
        const heard = await rememberRequest(work, device, { jti, keepUntilMs, nowMs });
        if (heard !== 'active') return heard === false ? ('replayed' as const) : heard;
        return (await wantAccount(work, device, request.body.accountId, { nowMs, randomness, stockPerDeviceMax })) ?? ('not-found' as const);
      });
      return typeof answer === 'string' ? refuse(reply, log, { what: answer }, { device: device.deviceId, detail: 'while an account was wanted' }) : answer;
    },
  );
}
