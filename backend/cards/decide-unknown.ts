/**
 * Whether a movement of unknown outcome happened, decided by what the card showed, never by a clock and never by waiting. Pure.
 *
 * A card that still shows the counter from before has not done it, and never will: the movement's session ended with the lost answer.
 * That needs a reading that surely came afterwards, for a reading of the time before shows the same. No clock can say so: a kiosk's may be a
 * day ahead. A counter that belongs to an operation
 * needs no such care: it belongs to it for ever.
 */
import type { DeviceId, OperationId } from '../../contract/ids.ts';

export interface OpenMovement {
  readonly operationId: OperationId;
  readonly deviceId: DeviceId;
  /** Of the device's journal entry that says so. */
  readonly seq: number;
  readonly counterBefore: number | null;
}

/** A reading of the same card. */
export interface Sighting {
  readonly deviceId: DeviceId;
  readonly seq: number;
  readonly counter: number;
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

/** True when the card was surely read after the movement could still have happened: by its own device later, or by one that knew of it. */
export function isSurelyAfter(sighting: Sighting, open: OpenMovement): boolean {
  if (sighting.deviceId === open.deviceId) return sighting.seq > open.seq;
  return sighting.answers.includes(open.operationId);
}
