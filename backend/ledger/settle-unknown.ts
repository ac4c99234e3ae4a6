/**
 * Decides open movements by what their cards have shown since (`backend/cards/decide-unknown.ts` has the rules): posts those that
 * happened as if their device had reported them, and tells every device of those that did not.
 */
import type { CardRef, DeviceId } from '../../contract/ids.ts';
import { counterOwners, stopCards } from '../cards/card-records.ts';
import { decideUnknown, isSurelyAfter, type Sighting } from '../cards/decide-unknown.ts';
import type { CardMasterKeys } from '../cards/master-keys.ts';
import { markDecided, sightingsOf, unknownMovements } from '../cards/unknown-movements.ts';
import type { DeviceAnomaly, EntryReference } from './anomalies.ts';
import { announce, type MunicipalityWork } from './change-feed.ts';
import { postMovements } from './post-movements.ts';

/**
 * @param causes of each card the entry that brought the news; what goes wrong is kept with it
 * @returns what staff must see
 */
export async function settleUnknown(
  work: MunicipalityWork,
  causes: ReadonlyMap<CardRef, { readonly deviceId: DeviceId; readonly entry: EntryReference }>,
  cardKeys: CardMasterKeys | undefined,
  nowMs: number,
): Promise<DeviceAnomaly[]> {
  const open = await unknownMovements(work, { operations: [], openOn: [...causes.keys()] });
  if (open.length === 0) return [];
  const concerned = [...new Set(open.map(({ card }) => card.cardRef))];
  const owners = await counterOwners(work, concerned, 'all', open.map(({ operationId }) => operationId));
  const sightings = await sightingsOf(work, concerned);
  const anomalies: DeviceAnomaly[] = [];
  for (const unknown of open) {
    const { operationId, card, movement, deviceId, seq } = unknown;
    const place = owners.placeOf(operationId);
    const decision = decideUnknown(unknown, {
      ownersOf: (counter) => owners.ownersOf(card.cardRef, counter),
      ownCounter: place?.cardRef === card.cardRef ? place.counter : undefined,
      sightings: sightings.get(card.cardRef) ?? [],
    });
    switch (decision.kind) {
      case 'open':
        break;
      case 'void':
        await markDecided(work, operationId, 'void', nowMs);
        await announce(work, [{ change: { type: 'movement-void', operationId } }]);
        break;
      case 'happened': {
        const cause = causes.get(card.cardRef);
        if (!cause) throw new Error('Only what is open on the cards was asked for');
        const noticed = { deviceId: cause.deviceId, seq: cause.entry.seq };
        const claim = { deviceId, entry: { seq, hash: cause.entry.hash }, noticed, movement, card: { ...card, evidence: { kind: 'log' as const, counter: decision.counter } } };
        const refused = await postMovements(work, [claim], cardKeys, nowMs);
        anomalies.push(...refused.map((anomaly) => ({ ...anomaly, deviceId: cause.deviceId, entry: cause.entry, detail: `Of a movement whose outcome its device did not know: ${anomaly.detail}` })));
        break;
      }
    }
  }
  return anomalies;
}

/**
 * A card that shows less than it showed before a movement, although it was read after it, was set back or is a copy. It is stopped.
 * @returns whether it is so
 */
export async function stopIfRolledBack(work: MunicipalityWork, cardRef: CardRef, sighting: Sighting): Promise<boolean> {
  const open = await unknownMovements(work, { operations: [], openOn: [cardRef] });
  const behind = open.some((unknown) => unknown.counterBefore !== null && sighting.counter < unknown.counterBefore && isSurelyAfter(sighting, unknown));
  if (behind) await stopCards(work, [cardRef]);
  return behind;
}
