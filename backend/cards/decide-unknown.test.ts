import { describe, expect, it } from 'vitest';
import { DeviceId, OperationId } from '../../contract/ids.ts';
import { decideUnknown, type OpenMovement, type ShownByCard, type Sighting } from './decide-unknown.ts';

const operation = (number: number) => OperationId.parse(`019a0000-0000-7000-8000-00000000000${number}`);
const [OWN, OTHER, THIRD] = [operation(1), operation(2), operation(3)] as const;
const [HERE, THERE] = [DeviceId.parse('dev-here'), DeviceId.parse('dev-there')];
const open: OpenMovement = { operationId: OWN, deviceId: HERE, seq: 10, counterBefore: 5};
const seen = (counter: number, later: Partial<Sighting> = { answers: [OWN] }): Sighting => ({ deviceId: THERE, seq: 1, counter, answers: [], ...later });

function shown({ owners = {}, ownCounter, sightings = [] }: { owners?: Record<number, OperationId[]>; ownCounter?: number; sightings?: Sighting[] }): ShownByCard {
  return { ownersOf: (counter) => new Set(owners[counter]), ownCounter, sightings };
}

describe('a movement of unknown outcome', () => {
  it('stays open while nothing of the card is known', () => {
    expect(decideUnknown(open, shown({}))).toEqual({ kind: 'open' });
  });

  it('happened when the card’s log has it, whatever came after it', () => {
    expect(decideUnknown(open, shown({ owners: { 6: [OWN] }, ownCounter: 6 }))).toEqual({ kind: 'happened', counter: 6 });
    expect(decideUnknown(open, shown({ owners: { 6: [OWN], 7: [OTHER] }, ownCounter: 6, sightings: [seen(9)] }))).toEqual({ kind: 'happened', counter: 6 });
  });

  it('did not happen when another operation has its counter', () => {
    expect(decideUnknown(open, shown({ owners: { 6: [OTHER] } }))).toEqual({ kind: 'void' });
  });

  it('did not happen when the card still has the counter from before', () => {
    expect(decideUnknown(open, shown({ sightings: [seen(5)] }))).toEqual({ kind: 'void' });
  });

  it('stays open when the card is further on and nobody knows whose the next counter was', () => {
    expect(decideUnknown(open, shown({ owners: { 7: [OTHER] }, sightings: [seen(7)] }))).toEqual({ kind: 'open' });
  });

  it('is not decided by a reading that may be older', () => {
    expect(decideUnknown(open, shown({ sightings: [seen(5, {}), seen(5, { answers: [OTHER] })] }))).toEqual({ kind: 'open' });
    expect(decideUnknown(open, shown({ sightings: [seen(5, { deviceId: HERE, seq: 9 })] }))).toEqual({ kind: 'open' });
  });

  it('is decided by a later reading of its own device', () => {
    expect(decideUnknown(open, shown({ sightings: [seen(5, { deviceId: HERE, seq: 11 })] }))).toEqual({ kind: 'void' });
  });

  it('is left to staff when a counter has two owners', () => {
    expect(decideUnknown(open, shown({ owners: { 6: [OTHER, THIRD] } }))).toEqual({ kind: 'open' });
    expect(decideUnknown(open, shown({ owners: { 6: [OWN, OTHER] }, ownCounter: 6 }))).toEqual({ kind: 'open' });
  });

  it('on a card without a count waits for its own device', () => {
    expect(decideUnknown({ ...open, counterBefore: null }, shown({ owners: { 1: [OTHER] }, sightings: [seen(0), seen(5)] }))).toEqual({ kind: 'open' });
  });
});
