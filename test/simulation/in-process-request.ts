/** Hands a request that would have gone over the network to a backend in this process, byte for byte. */
import { zstdDecompressSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';

export interface PlainRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
}

export interface PlainAnswer {
  readonly status: number;
  /** Unpacked, as `fetch` gives it. */
  readonly body: string;
  /** The connection ends after so many characters of the body. */
  readonly cutAt?: number;
}

export function plainRequest(url: string, init: RequestInit): PlainRequest {
  const { pathname, search } = new URL(url);
  return {
    method: init.method === 'POST' ? 'POST' : 'GET',
    url: `${pathname}${search}`,
    headers: Object.fromEntries(new Headers(init.headers)),
    body: bodyOf(init.body),
  };
}

function bodyOf(body: RequestInit['body']): PlainRequest['body'] {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return Buffer.from(body);
  throw new Error('The agent sends text or bytes');
}

export async function ask(app: FastifyInstance, { method, url, headers, body }: PlainRequest): Promise<PlainAnswer> {
  const answer = await app.inject({ method, url, headers, ...(body === undefined ? {} : { payload: body }) });
  const packed = answer.headers['content-encoding'] === 'zstd';
  return { status: answer.statusCode, body: packed ? zstdDecompressSync(answer.rawPayload).toString('utf8') : answer.body };
}

export function responseOf({ status, body, cutAt }: PlainAnswer): Response {
  return new Response(cutAt === undefined ? body : cutOff(body.slice(0, cutAt)), { status, headers: { 'content-type': 'application/json' } });
}

function cutOff(text: string): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream({
    pull(controller) {
      if (sent) controller.error(new TypeError('terminated'));
      else controller.enqueue(new TextEncoder().encode(text));
      sent = true;
    },
  });
}

/** A `fetch` for a network on which nothing ever happens. */
export function fetchFrom(app: () => FastifyInstance): (url: string, init: RequestInit) => Promise<Response> {
  return async (url, init) => responseOf(await ask(app(), plainRequest(url, init)));
}
