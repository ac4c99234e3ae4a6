/**
 * The backend over HTTP: signs each request with the device's key, believes an answer only when it has the agreed shape, and turns
 * everything the network does into a value. Sends a request once; whether to send again is the synchroniser's decision. The
 * exceptions are requests that were not looked at: one with a wrong time is signed again with the time the backend told, one in an
 * encoding that is not known there is sent again as it is.
 */
import { createHash } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import type { z } from 'zod';
import { LinkChallengeResponse, LinkResponse, LinkStateResponse } from '../../contract/link.ts';
import { API, ApiError, CardKeysResponse, EnrolResponse, HoldResponse, PULL_CHANGES_MAX, PullResponse, PushResponse, RequestUploadResponse, WantResponse } from '../../contract/sync.ts';
import { epochOfMoment } from '../../contract/time.ts';
import type { DeviceIdentity } from '../identity.ts';
import type { Log } from '../log/log.ts';
import type { Backend, BackendAnswer, Clock, Randomness } from '../ports.ts';
import { readBackendUrl } from './backend-url.ts';

const TIMEOUT_MS = 10_000;
/** A person stands there with the card in place. */
const AT_THE_COUNTER_MS = 2_500;
/** The same; but the town has to ask others about a certificate. */
const LINK_MS = 7_000;
/** When unpacked. */
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;
/** A body that fits into one packet with its headers is not packed. */
const PACKED_FROM_CHARACTERS = 600;
/** How long a token can be used; well inside the backend's tolerance. */
const TOKEN_SECONDS = 60;

export interface HttpBackendOptions {
  /** Origin of the backend: https, or http on loopback. */
  readonly url: string;
  /** Absent only while enrolling. */
  readonly identity?: Pick<DeviceIdentity, 'deviceId' | 'privateKey'>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Log;
  /** From the request's start to the answer's last byte, in milliseconds. */
  readonly timeoutMs?: number;
  /** The network's lowest seam; Node's own `fetch` when left out. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query. */
  readonly target: string;
  /** As it is sent. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly signed: boolean;
  /** Milliseconds; the usual limit when left out. */
  readonly timeoutMs?: number;
}

/** @throws when `url` is one that the configuration should have refused */
export function createHttpBackend(options: HttpBackendOptions): Backend {
  const { identity, clock, randomness, log, timeoutMs = TIMEOUT_MS, fetch = globalThis.fetch } = options;
  const url = readBackendUrl(options.url);
  if (!url.ok) throw new Error(`The backend's address cannot be used: ${url.why}`);
  const { origin } = url;
  /** The backend's time minus ours, in milliseconds; our own clock is never touched. */
  let clockOffsetMs = 0;
  let mayPack = true;

  async function sign({ method, target, body = '' }: OutgoingRequest): Promise<string> {
    if (!identity) throw new Error('Only an enrolled device can sign a request');
    const { SignJWT } = await import('jose/jwt/sign');
    const seconds = Math.floor((clock.now() + clockOffsetMs) / 1_000);
    return new SignJWT({ htm: method, htu: target, bod: createHash('sha256').update(body).digest('base64url') })
      .setProtectedHeader({ alg: 'EdDSA' })
      .setIssuer(identity.deviceId)
      .setAudience('kazasu-backend')
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + TOKEN_SECONDS)
      .setJti(Buffer.from(randomness.bytes(18)).toString('base64url'))
      .sign(identity.privateKey);
  }

  async function exchange<T>(request: OutgoingRequest, schema: z.ZodType<T>): Promise<BackendAnswer<T>> {
    const headers = new Headers({ accept: 'application/json', 'accept-encoding': 'zstd' });
    if (request.body !== undefined) headers.set('content-type', 'application/json');
    if (request.body instanceof Uint8Array) headers.set('content-encoding', 'zstd');
    if (request.signed) headers.set('authorization', `Bearer ${await sign(request)}`);
    const controller = new AbortController();
    const limitMs = Math.min(timeoutMs, request.timeoutMs ?? timeoutMs);
    const cancelTimeout = clock.after(limitMs, () => controller.abort());
    try {
      const response = await fetch(`${origin}${request.target}`, {
        method: request.method,
        headers,
        ...(request.body === undefined ? {} : { body: request.body }),
        redirect: 'error',
        signal: controller.signal,
      });
      const text = await readText(response);
      return text === undefined ? { kind: 'unreachable', detail: 'the answer is too large' } : understand(response, text, schema);
    } catch (error) {
      return { kind: 'unreachable', detail: controller.signal.aborted ? `no answer within ${limitMs} ms` : reasonOf(error) };
    } finally {
      cancelTimeout();
    }
  }

  async function send<T>(request: OutgoingRequest, schema: z.ZodType<T>): Promise<BackendAnswer<T>> {
    const { body } = request;
    if (mayPack && typeof body === 'string' && body.length >= PACKED_FROM_CHARACTERS) {
      const answer = await sendAtGoodTime({ ...request, body: new Uint8Array(zstdCompressSync(body)) }, schema);
      if (answer.kind !== 'refused' || answer.error.what !== 'unknown-encoding') return answer;
      mayPack = false;
    }
    return sendAtGoodTime(request, schema);
  }

  async function sendAtGoodTime<T>(request: OutgoingRequest, schema: z.ZodType<T>): Promise<BackendAnswer<T>> {
    const answer = await exchange(request, schema);
    if (answer.kind !== 'refused' || answer.error.what !== 'clock-skew' || answer.error.serverTime === undefined) return answer;
    clockOffsetMs = epochOfMoment(answer.error.serverTime) - clock.now();
    log.event('clock-off', { seconds: -Math.round(clockOffsetMs / 1_000) });
    return exchange(request, schema);
  }

  return {
    enrol: (body) => exchange({ method: 'POST', target: API.enrol, body: JSON.stringify(body), signed: false }, EnrolResponse),
    push: (body) => send({ method: 'POST', target: API.push, body: JSON.stringify(body), signed: true }, PushResponse),
    cardKeys: (body) =>
      send({ method: 'POST', target: API.cardKeys, body: JSON.stringify(body), signed: true, timeoutMs: AT_THE_COUNTER_MS }, CardKeysResponse),
    hold: (body) => send({ method: 'POST', target: API.hold, body: JSON.stringify(body), signed: true, timeoutMs: AT_THE_COUNTER_MS }, HoldResponse),
    want: (body) => send({ method: 'POST', target: API.want, body: JSON.stringify(body), signed: true, timeoutMs: AT_THE_COUNTER_MS }, WantResponse),
    linkState: (body) => send({ method: 'POST', target: API.linkState, body: JSON.stringify(body), signed: true, timeoutMs: AT_THE_COUNTER_MS }, LinkStateResponse),
    linkChallenge: (body) => send({ method: 'POST', target: API.linkChallenge, body: JSON.stringify(body), signed: true, timeoutMs: AT_THE_COUNTER_MS }, LinkChallengeResponse),
    link: (body) => send({ method: 'POST', target: API.link, body: JSON.stringify(body), signed: true, timeoutMs: LINK_MS }, LinkResponse),
    request: (body) => send({ method: 'POST', target: API.request, body: JSON.stringify(body), signed: true }, RequestUploadResponse),
    pull(after, limit = PULL_CHANGES_MAX, generation = null, heard = after) {
      const unless = (usual: boolean, word: string) => (usual ? '' : `&${word}`);
      const target = `${API.pull}?after=${after}&limit=${limit}${unless(generation === null, `generation=${generation}`)}${unless(heard >= after, `heard=${heard}`)}`;
      return send({ method: 'GET', target, signed: true }, PullResponse);
    },
  };
}

/** A refusal has the contract's shape. Anything else comes from something that stands between us and the backend. */
function understand<T>(response: Response, text: string, schema: z.ZodType<T>): BackendAnswer<T> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: 'unreachable', detail: `HTTP ${response.status} without JSON` };
  }
  if (!response.ok) {
    const error = ApiError.safeParse(json);
    return error.success ? { kind: 'refused', error: error.data } : { kind: 'unreachable', detail: `HTTP ${response.status}` };
  }
  const value = schema.safeParse(json);
  if (value.success) return { kind: 'answered', value: value.data };
  const where = value.error.issues[0]?.path.join('.') ?? '';
  return { kind: 'unreachable', detail: `the answer has another shape at "${where}"` };
}

/** @returns undefined when it is larger than any answer can be; the rest is then not read */
async function readText(response: Response): Promise<string | undefined> {
  if (!response.body) return '';
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks).toString('utf8');
    length += value.byteLength;
    if (length > ANSWER_BYTES_MAX) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
}

/** Node puts the system's word (`ECONNREFUSED`) into the cause of its error. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { cause } = error;
  if (cause instanceof Error) return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
  return error.message;
}
