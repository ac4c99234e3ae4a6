/** POST /v1/device/request: what a resident asked for, sealed to the office. Not opened here. */
import { API, RequestUpload, RequestUploadResponse } from '../../contract/sync.ts';
import { rememberRequest } from '../devices/known-devices.ts';
import { asOnlyWriter } from '../ledger/change-feed.ts';
import { keepSealedRequest } from '../requests/request-record.ts';
import { DEVICE_SECURITY, REFUSAL_RESPONSES, type Api } from './route.ts';
import { refuse } from './refusal.ts';

export function requestRoute({ app, database, clock, log, devices }: Api): void {
  app.post(
    API.request,
    {
      preValidation: (request, reply) => devices.hook(request, reply),
      schema: {
        summary: 'Hand a request over',
        description: 'Keeps the sealed text of a request that the device’s journal has announced. Only the office’s key opens it.',
        tags: ['device'],
        security: DEVICE_SECURITY,
        body: RequestUpload,
        response: { 200: RequestUploadResponse, ...REFUSAL_RESPONSES },
      },
    },
    async (request, reply) => {
      const { device, jti, keepUntilMs } = devices.of(request);
      const nowMs = clock.now();
      const answer = await asOnlyWriter(database, device.municipalityId, async (work) => {
        const heard = await rememberRequest(work, device, { jti, keepUntilMs, nowMs });
        if (heard !== 'active') return { refused: heard === false ? ('replayed' as const) : heard };
        const kind = await keepSealedRequest(work, device.deviceId, request.body);
        return kind === 'differs' ? { refused: 'conflict' as const } : { kind };
      });
      return 'refused' in answer ? refuse(reply, log, { what: answer.refused }, { device: device.deviceId, detail: 'while handing a request over' }) : answer;
    },
  );
}
