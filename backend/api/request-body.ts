/**
 * Bodies of requests: their bytes as they came, because they were signed as they were sent, and what they say. A packed body is
 * unpacked only when its sender is known, so nobody else can make the backend work or fill its memory with a small request.
 */
import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BODY_BYTES_MAX } from '../../contract/sync.ts';

/** Code of the error for a `content-encoding` that nobody here can read. */
export const UNKNOWN_ENCODING = 'UNKNOWN_ENCODING';

const rawBodies = new WeakMap<FastifyRequest, Buffer>();
const NO_BODY = Buffer.alloc(0);
const unpack = promisify(zstdDecompress);

const refusedAs = (message: string, statusCode: number, code?: string) => Object.assign(new Error(message), { statusCode, ...(code === undefined ? {} : { code }) });

/** JSON is the only type that is read; a body in zstd stays as it came until `unpackBody`. */
export function readJsonBodies(app: Pick<FastifyInstance, 'removeAllContentTypeParsers' | 'addContentTypeParser'>): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    rawBodies.set(request, body);
    const encoding = request.headers['content-encoding'] ?? 'identity';
    try {
      if (encoding === 'identity') done(null, parsed(body));
      else if (encoding === 'zstd') done(null, undefined);
      else done(refusedAs('The body has an unknown encoding', 415, UNKNOWN_ENCODING));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** @throws with the status 413 when there is more in it than any request can have, 400 when it is not zstd or not JSON */
export async function unpackBody(request: FastifyRequest): Promise<void> {
  if (request.headers['content-encoding'] !== 'zstd') return;
  let body: Buffer;
  try {
    body = await unpack(rawBodyOf(request), { maxOutputLength: BODY_BYTES_MAX });
  } catch (error) {
    const tooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw tooLarge ? refusedAs('The body is too large when it is unpacked', 413) : refusedAs('The body is not zstd', 400);
  }
  request.body = parsed(body);
}

/** The body's bytes as they were sent. */
export function rawBodyOf(request: FastifyRequest): Buffer {
  return rawBodies.get(request) ?? NO_BODY;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw refusedAs('The body is not JSON', 400);
  }
}
