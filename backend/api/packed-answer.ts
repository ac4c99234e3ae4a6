/** Answers that may be long: their JSON text as it is, packed when the device can unpack it. */
import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** What fits into one packet anyway is not packed. */
const PACKED_FROM_CHARACTERS = 1_200;
/** The lowest level: of what kiosks are told it makes less than the usual one, in half the time. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const pack = promisify(zstdCompress);

/** @param json the text of a whole answer, made of parts that were checked before */
export async function packedAnswer(request: FastifyRequest, reply: FastifyReply, json: string): Promise<FastifyReply> {
  reply.type('application/json; charset=utf-8').header('vary', 'accept-encoding').serializer((body: string) => body);
  if (json.length < PACKED_FROM_CHARACTERS || !acceptsZstd(request.headers['accept-encoding'])) return reply.send(json);
  return reply.header('content-encoding', 'zstd').send(await pack(json, LEVEL));
}

const acceptsZstd = (accepted: string | string[] | undefined): boolean => /(^|,)\s*zstd\s*(,|$|;\s*q=(?!0(\.0*)?\s*(,|$)))/.test(String(accepted ?? ''));
