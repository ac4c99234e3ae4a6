/**
 * Who sends this request: a JWT signed with the device's Ed25519 key over method, path and the body's bytes. Nothing is believed
 * before the signature holds. The `jti` is remembered later, in the transaction that serves the request.
 */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { compactVerify, decodeJwt, importJWK, type CryptoKey } from 'jose';
import { DeviceId } from '../../contract/ids.ts';
import { CLOCK_TOLERANCE_SECONDS, RequestClaims, type ApiError } from '../../contract/sync.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { findDevice, type KnownDevice } from '../devices/known-devices.ts';
import type { BackendLog } from '../log.ts';
import type { BackendClock } from '../ports.ts';
import { refuse } from './refusal.ts';
import { rawBodyOf, unpackBody } from './request-body.ts';

export interface AuthenticatedRequest {
  readonly device: KnownDevice;
  readonly jti: string;
  /** Until when the token could be used again. */
  readonly keepUntilMs: number;
}

type Verdict = ({ readonly ok: true } & AuthenticatedRequest) | { readonly ok: false; readonly error: Omit<ApiError, 'message'>; readonly device?: string; readonly detail: string };

const KEYS_KEPT_MAX = 1_000;

/** Checks requests of enrolled devices. @returns a hook for Fastify's `preValidation`, and how to get what it found */
export function deviceAuthentication(options: { readonly database: BackendDatabase; readonly clock: BackendClock; readonly log: BackendLog }) {
  const { database, clock, log } = options;
  const found = new WeakMap<FastifyRequest, AuthenticatedRequest>();
  const keys = new Map<string, CryptoKey | Uint8Array>();

  async function keyOf(publicKey: string) {
    const known = keys.get(publicKey);
    if (known) return known;
    const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: publicKey }, 'EdDSA');
    if (keys.size >= KEYS_KEPT_MAX) keys.clear();
    keys.set(publicKey, key);
    return key;
  }

  async function check(request: FastifyRequest, revokedToo: boolean): Promise<Verdict> {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (!token) return { ok: false, error: { what: 'bad-signature' }, detail: 'no token' };
    const deviceId = claimedIssuer(token);
    if (!deviceId) return { ok: false, error: { what: 'bad-signature' }, detail: 'the token names no device' };
    const device = await findDevice(database, deviceId);
    if (!device) return { ok: false, error: { what: 'unknown-device' }, detail: 'no such device' };
    const refused = (what: ApiError['what'], detail: string): Verdict => ({
      ok: false,
      error: what === 'clock-skew' ? { what, serverTime: momentFromEpoch(clock.now()) } : { what },
      device: device.deviceId,
      detail,
    });

    let payload: unknown;
    try {
      const verified = await compactVerify(token, await keyOf(device.publicKey), { algorithms: ['EdDSA'] });
      payload = JSON.parse(new TextDecoder().decode(verified.payload));
    } catch {
      return refused('bad-signature', 'the signature does not verify');
    }
    const claims = RequestClaims.safeParse(payload).data;
    if (!claims) return refused('bad-signature', 'the claims are not those of a request');
    if (claims.htm !== request.method) return refused('bad-signature', 'signed for another method');
    if (claims.htu !== request.url) return refused('bad-signature', 'signed for another path');
    if (claims.bod !== sha256(rawBodyOf(request))) return refused('bad-signature', 'signed for another body');
    // Of what it signed nothing must be lost, so neither its clock nor a repetition matters.
    if (device.state === 'revoked') return revokedToo ? { ok: true, device, jti: claims.jti, keepUntilMs: 0 } : refused('revoked', 'revoked device');

    const nowSeconds = clock.now() / 1_000;
    if (Math.abs(nowSeconds - claims.iat) > CLOCK_TOLERANCE_SECONDS) return refused('clock-skew', `the clock is off by ${Math.round(claims.iat - nowSeconds)} s`);
    if (claims.exp < claims.iat || claims.exp > claims.iat + CLOCK_TOLERANCE_SECONDS) return refused('bad-signature', 'the token lives too long');
    if (nowSeconds > claims.exp + CLOCK_TOLERANCE_SECONDS) return refused('clock-skew', 'the token has run out');
    // Twice the tolerance beyond `iat`: even if this machine's clock is set back meanwhile, the token is out of use when it is forgotten.
    return { ok: true, device, jti: claims.jti, keepUntilMs: (claims.iat + 3 * CLOCK_TOLERANCE_SECONDS) * 1_000 };
  }

  return {
    /** @param options `revokedToo`: requests of revoked devices are let through; the route must look at `device.state` */
    async hook(request: FastifyRequest, reply: FastifyReply, { revokedToo = false }: { readonly revokedToo?: boolean } = {}): Promise<FastifyReply | undefined> {
      const verdict = await check(request, revokedToo);
      if (verdict.ok) {
        found.set(request, verdict);
        await unpackBody(request);
        return undefined;
      }
      return refuse(reply, log, verdict.error, verdict);
    },
    /** @throws when the route does not run the hook: a bug */
    of(request: FastifyRequest): AuthenticatedRequest {
      const authenticated = found.get(request);
      if (!authenticated) throw new Error('This route does not authenticate devices');
      return authenticated;
    },
  };
}

export type DeviceAuthentication = ReturnType<typeof deviceAuthentication>;

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64url');

function claimedIssuer(token: string): DeviceId | undefined {
  try {
    return DeviceId.safeParse(decodeJwt(token).iss).data;
  } catch {
    return undefined;
  }
}
