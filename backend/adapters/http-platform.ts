/**
 * A regional-currency platform over HTTP. Believes an answer only when it has the agreed shape and is about what was asked; everything else the
 * network or the platform does is `unknown`, and whoever called asks again under the same key.
 */
import type { z } from 'zod';
import type { PlatformAnswer, ValuePlatform } from './platform.ts';
import { BalanceAnswer, PLATFORM_PATHS, PlatformError, StateAnswer, TransferAnswer } from './platform-wire.ts';

const TIMEOUT_MS = 10_000;
const ANSWER_CHARACTERS_MAX = 65_536;

export interface HttpPlatformOptions {
  /** Origin of the platform: https, or http on loopback. */
  readonly url: string;
  /** Sent as a bearer token; never logged. */
  readonly token: string;
  readonly timeoutMs?: number;
  /** The network's lowest seam; Node's own when left out. */
  readonly fetch?: typeof globalThis.fetch;
}

export function createHttpPlatform({ url, token, timeoutMs = TIMEOUT_MS, fetch = globalThis.fetch }: HttpPlatformOptions): ValuePlatform {
  async function ask<Value>(method: 'GET' | 'PUT' | 'POST', path: string, body: unknown, schema: z.ZodType<Value>, isAbout: (value: Value) => boolean): Promise<PlatformAnswer<Value>> {
    try {
      const response = await fetch(new URL(path, url), {
        method,
        headers: { accept: 'application/json', authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await response.text();
      if (text.length > ANSWER_CHARACTERS_MAX) return { kind: 'unknown', detail: 'the answer is too long' };
      return understood(response.status, text, schema, isAbout);
    } catch (error) {
      return { kind: 'unknown', detail: error instanceof Error ? error.name : 'no answer' };
    }
  }

  return {
    reserve: ({ key, ...transfer }) =>
      ask('PUT', PLATFORM_PATHS.transfer(key), transfer, TransferAnswer, (answer) =>
        answer.key === key && answer.accountId === transfer.accountId && answer.schemeId === transfer.schemeId && answer.direction === transfer.direction && answer.amount === transfer.amount),
    confirm: (key) => ask('POST', PLATFORM_PATHS.confirm(key), undefined, StateAnswer, (answer) => answer.key === key),
    cancel: (key) => ask('POST', PLATFORM_PATHS.cancel(key), undefined, StateAnswer, (answer) => answer.key === key),
    balance: (accountId, schemeId) =>
      ask('GET', PLATFORM_PATHS.balance(accountId, schemeId), undefined, BalanceAnswer, (answer) => answer.accountId === accountId && answer.schemeId === schemeId),
  };
}

function understood<Value>(status: number, text: string, schema: z.ZodType<Value>, isAbout: (value: Value) => boolean): PlatformAnswer<Value> {
  const body = parsed(text);
  if (status === 200) {
    const value = schema.safeParse(body).data;
    if (value === undefined) return { kind: 'unknown', detail: 'the answer does not have the agreed shape' };
    return isAbout(value) ? { kind: 'done', value } : { kind: 'unknown', detail: 'the answer is about something else than was asked' };
  }
  const refusal = status >= 400 && status < 500 ? PlatformError.safeParse(body).data : undefined;
  return refusal ? { kind: 'refused', why: refusal.error } : { kind: 'unknown', detail: `status ${status}` };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
