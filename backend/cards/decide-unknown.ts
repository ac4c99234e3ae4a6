/**
 * Whether a movement of unknown outcome happened, decided by what the card showed, never by a clock alone and never by waiting. Pure.
 *
 * A card that still shows the counter from before has not done it, and never will: the movement's session ended with the lost answer.
 * That needs a reading that surely came afterwards, for a reading of the time before shows the same. A counter that belongs to an operation
 * needs no such care: it belongs to it for ever.
 */
import type { DeviceId, OperationId } from '../../contract/ids.ts';
import { CLOCK_TOLERANCE_SECONDS } from '../../contract/sync.ts';

export interface OpenMovement {
  readonly operationId: OperationId;
  readonly deviceId: DeviceId;
  /** Of the device's journal entry that says so. */
  readonly seq: number;
  readonly counterBefore: number | null;
  readonly occurredMs: number;
}

/** A reading of the same card. */
export interface Sighting {
  readonly deviceId: DeviceId;
  readonly seq: number;
  readonly counter: number;
  readonly seenMs: number;
  /** Open movements that the device knew of before it read the card. */
  readonly answers: readonly OperationId[];
}

export interface ShownByCard {
  ownersOf(counter: number): ReadonlySet<OperationId>;
  /** The counter of the movement's own operation, if any reading of this card shows it. */
  readonly ownCounter: number | undefined;
  readonly sightings: readonly Sighting[];
}

export type Decision = { readonly kind: 'open' } | { readonly kind: 'happened'; readonly counter: number } | { readonly kind: 'void' };

/** Longer than any movement takes, from when it is written down until the card's field is off. */
const MOVEMENT_TAKES_MS_MAX = 60_000;
/** Both clocks may be wrong, each in its own direction. */
const SURELY_LATER_MS = 2 * CLOCK_TOLERANCE_SECONDS * 1_000 + MOVEMENT_TAKES_MS_MAX;

export function decideUnknown(open: OpenMovement, card: ShownByCard): Decision {
  const { operationId, counterBefore } = open;
  if (card.ownCounter !== undefined) {
    // A counter with two owners is a copy's doing: nothing that rests on it is believed without a person.
    return card.ownersOf(card.ownCounter).size === 1 ? { kind: 'happened', counter: card.ownCounter } : { kind: 'open' };
  }
  if (counterBefore === null) return { kind: 'open' };
  const owners = card.ownersOf(counterBefore + 1);
  if (owners.size === 1 && !owners.has(operationId)) return { kind: 'void' };
  const unchanged = card.sightings.some((sighting) => sighting.counter === counterBefore && isSurelyAfter(sighting, open));
  return { kind: unchanged ? 'void' : 'open' };
}

/** True when the card was surely read after the movement could still have happened. */
export function isSurelyAfter(sighting: Sighting, open: OpenMovement): boolean {
  if (sighting.deviceId === open.deviceId) return sighting.seq > open.seq;
  return sighting.answers.includes(open.operationId) || sighting.seenMs > open.occurredMs + SURELY_LATER_MS;
}
