/**
 * Back-pressure: how many pushes the backend has in hand. What comes beyond that is refused before its body is read, with the time after
 * which the kiosk may try again, so that memory stays bounded however many kiosks come back at once.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BackendLog } from '../log.ts';
import { refuse } from './refusal.ts';

/** Times what a request may have in it, unpacked and parsed, this stays at some hundreds of megabytes. */
export const PUSHES_AT_ONCE_MAX = 32;
const RETRY_AFTER_SECONDS = 2;

/** @returns a hook for Fastify's `onRequest` */
export function pushesAtOnce(log: BackendLog, max = PUSHES_AT_ONCE_MAX) {
  let inHand = 0;
  return async (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    if (inHand >= max) return refuse(reply, log, { what: 'unavailable', retryAfterSeconds: RETRY_AFTER_SECONDS }, { detail: `${inHand} pushes are in hand` });
    inHand += 1;
    let over = false;
    const end = () => {
      if (!over) inHand -= 1;
      over = true;
    };
    // Answered, or the connection is gone.
    reply.raw.once('finish', end).once('close', end);
    return undefined;
  };
}
