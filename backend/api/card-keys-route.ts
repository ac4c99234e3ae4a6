/** POST /v1/device/card-keys: the keys of a card that lies on a device, sealed to that device. */
import { API, CardKeysRequest, CardKeysResponse } from '../../contract/sync.ts';
import { CARDS_PER_DAY_MAX, findCardKeys, sealCardKeys } from '../cards/card-keys.ts';
import { inTransaction } from '../database/backend-database.ts';
import { rememberRequest } from '../devices/known-devices.ts';
import { DEVICE_SECURITY, REFUSAL_RESPONSES, type Api } from './route.ts';
import { refuse } from './refusal.ts';

export function cardKeysRoute({ app, database, clock, randomness, log, devices, cardKeys, cardsPerDayMax = CARDS_PER_DAY_MAX }: Api): void {
  app.post(
    API.cardKeys,
    {
      preValidation: (request, reply) => devices.hook(request, reply),
      schema: {
        summary: 'Ask for the keys of a card',
        description:
          'Gives the diversified keys of one card of the town, sealed (HPKE) to the device, for a week. `identifier` is the card’s own; it becomes a CardRef and is forgotten. A device may ask for so many different cards a day and no more.',
        tags: ['device'],
        security: DEVICE_SECURITY,
        body: CardKeysRequest,
        response: { 200: CardKeysResponse, ...REFUSAL_RESPONSES },
      },
    },
    async (request, reply) => {
      const { device, jti, keepUntilMs } = devices.of(request);
      const nowMs = clock.now();
      const unavailable = (detail: string) => refuse(reply, log, { what: 'unavailable' }, { device: device.deviceId, detail });
      const found = await inTransaction(database, async (work) => {
        if (!(await rememberRequest(work, device, { jti, keepUntilMs, nowMs }))) return { kind: 'replayed' as const };
        if (!cardKeys || cardKeys.municipality !== device.municipalityId) return { kind: 'no-master-key' as const };
        return findCardKeys(work, { device, request: request.body, masterKeys: cardKeys, cardsPerDayMax, nowMs }, randomness);
      });
      switch (found.kind) {
        case 'replayed':
          return refuse(reply, log, { what: 'replayed' }, { device: device.deviceId, detail: 'the jti was used before' });
        case 'no-master-key':
          return unavailable('the town’s master keys of cards are not here');
        case 'too-many-cards':
          log.event('backend-anomaly', { device: device.deviceId.slice(0, 60), what: found.anomaly.what, detail: found.anomaly.detail });
          return unavailable(found.anomaly.what);
        case 'unknown-card':
          return found;
        case 'keys':
          if (device.sealingKey === null) return unavailable('the device was enrolled before cards had keys; enrol it again');
          return sealCardKeys(found, device.sealingKey, nowMs);
      }
    },
  );
}
