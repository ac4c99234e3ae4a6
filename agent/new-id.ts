/**
 * Makes identifiers of version 7 (RFC 9562), ordered by the time they were made. They are made and stored here before anything is
 * sent, so that a repeated request is known by its id for ever.
 */
import { v7 } from 'uuid';
import type { EntryId, LinkId, OperationId, RequestId } from '../contract/ids.ts';
import type { Clock, Randomness } from './ports.ts';

/** Last moment and counter given out, for each clock: in one process there is one clock, in a simulation there are many. */
const lastOfClock = new WeakMap<Clock, { milliseconds: number; counter: number }>();
const COUNTER_MAX = 0xffff_ffff;

/**
 * Each id of one clock is greater than the one before, also within a millisecond and after the clock was set back (RFC 9562 §6.2,
 * method 1: a 32-bit counter that begins with a random number whose top bit is zero).
 */
export function newUuidV7(clock: Clock, randomness: Randomness): string {
  const random = randomness.bytes(16);
  const milliseconds = Math.floor(clock.now());
  const last = lastOfClock.get(clock);
  let next: { milliseconds: number; counter: number };
  if (!last || milliseconds > last.milliseconds) next = { milliseconds, counter: startOfCounter(random) };
  else if (last.counter < COUNTER_MAX) next = { milliseconds: last.milliseconds, counter: last.counter + 1 };
  else next = { milliseconds: last.milliseconds + 1, counter: startOfCounter(random) };
  lastOfClock.set(clock, next);
  return v7({ msecs: next.milliseconds, seq: next.counter, random });
}

export function newOperationId(clock: Clock, randomness: Randomness): OperationId {
  return newUuidV7(clock, randomness) as OperationId;
}

export function newEntryId(clock: Clock, randomness: Randomness): EntryId {
  return newUuidV7(clock, randomness) as EntryId;
}

export function newRequestId(clock: Clock, randomness: Randomness): RequestId {
  return newUuidV7(clock, randomness) as RequestId;
}

export function newLinkId(clock: Clock, randomness: Randomness): LinkId {
  return newUuidV7(clock, randomness) as LinkId;
}

function startOfCounter(random: Uint8Array): number {
  return new DataView(random.buffer, random.byteOffset).getUint32(6) & 0x7fff_ffff;
}
