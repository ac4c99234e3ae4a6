/** POST /v1/enrol: a code and a proof that the caller holds the private key it wants to enrol. */
import { compactVerify, importJWK } from 'jose';
import { API, EnrolRequest, EnrolResponse, type ApiError } from '../../contract/sync.ts';
import { enrolDevice } from '../devices/enrolment.ts';
import { refuse } from './refusal.ts';
import { REFUSAL_RESPONSES, type Api } from './route.ts';

/** Failed attempts a minute, from everywhere together. A code has 80 bits; this only keeps the log and the disk quiet. */
const FAILURES_PER_MINUTE_MAX = 30;
const MINUTE_MS = 60_000;

export function enrolRoute({ app, database, clock, randomness, log }: Api): void {
  let minute = 0;
  let failures = 0;

  app.post(
    API.enrol,
    {
      schema: {
        summary: 'Enrol a device',
        description: 'Uses a one-time code up and makes the device’s public keys known. `proof` is a compact JWS (EdDSA) over the code’s UTF-8 bytes, made with the key that is being enrolled.',
        tags: ['device'],
        body: EnrolRequest,
        response: { 200: EnrolResponse, ...REFUSAL_RESPONSES },
      },
    },
    async (request, reply) => {
      const now = clock.now();
      if (Math.floor(now / MINUTE_MS) !== minute) [minute, failures] = [Math.floor(now / MINUTE_MS), 0];
      const failed = (what: ApiError['what'], detail: string) => {
        failures += 1;
        return refuse(reply, log, { what }, { detail });
      };
      if (failures >= FAILURES_PER_MINUTE_MAX) return refuse(reply, log, { what: 'unavailable' }, { detail: 'too many failed enrolments in this minute' });

      const { code, publicKey, sealingKey, proof } = request.body;
      if (!isKeyOf32Bytes(sealingKey)) return failed('bad-request', 'the sealing key is not 32 bytes');
      if (!(await proves(proof, code, publicKey.x))) return failed('bad-signature', 'the proof of possession does not verify');
      const enrolled = await enrolDevice(database, { code, publicKey: publicKey.x, sealingKey, nowMs: now }, randomness);
      if (!enrolled.ok) return failed('bad-code', enrolled.why);
      log.event('device-enrolled', { device: enrolled.device.deviceId, site: enrolled.device.siteId });
      return enrolled.device;
    },
  );
}

/** Written in the one way in which base64url writes 32 bytes. */
function isKeyOf32Bytes(text: string): boolean {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.length === 32 && bytes.toString('base64url') === text;
}

async function proves(proof: string, code: string, x: string): Promise<boolean> {
  try {
    const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x }, 'EdDSA');
    const { payload } = await compactVerify(proof, key, { algorithms: ['EdDSA'] });
    return Buffer.from(payload).equals(Buffer.from(code, 'utf8'));
  } catch {
    return false;
  }
}
