/** Hands a request that would have gone over the network to a backend in this process, byte for byte. */
import type { FastifyInstance } from 'fastify';

export interface PlainRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface PlainAnswer {
  readonly status: number;
  readonly body: string;
}

export function plainRequest(url: string, init: RequestInit): PlainRequest {
  const { pathname, search } = new URL(url);
  if (init.body !== undefined && init.body !== null && typeof init.body !== 'string') throw new Error('The agent sends text');
  return {
    method: init.method === 'POST' ? 'POST' : 'GET',
    url: `${pathname}${search}`,
    headers: Object.fromEntries(new Headers(init.headers)),
    body: init.body ?? undefined,
  };
}

export async function ask(app: FastifyInstance, { method, url, headers, body }: PlainRequest): Promise<PlainAnswer> {
  const answer = await app.inject({ method, url, headers, ...(body === undefined ? {} : { payload: body }) });
  return { status: answer.statusCode, body: answer.body };
}

export const responseOf = ({ status, body }: PlainAnswer): Response => new Response(body, { status, headers: { 'content-type': 'application/json' } });

/** A `fetch` for a network on which nothing ever happens. */
export function fetchFrom(app: () => FastifyInstance): (url: string, init: RequestInit) => Promise<Response> {
  return async (url, init) => responseOf(await ask(app(), plainRequest(url, init)));
}
