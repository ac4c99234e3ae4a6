/** Does what the facts of devices' journal entries mean for the ledger and the cards, in their order. */
import { EntitlementId, type CardRef, type DeviceId } from '../../contract/ids.ts';
import type { JournalBody, JournalEntry, JournalFact } from '../../contract/journal.ts';
import { cardsOnRecord, counterOwners, keepSighting, stopCards } from '../cards/card-records.ts';
import { checkNamedCard } from '../cards/check-card.ts';
import type { CardMasterKeys } from '../cards/master-keys.ts';
import { keepUnknownMovement, unknownMovements } from '../cards/unknown-movements.ts';
import { listLeases } from '../devices/device-leases.ts';
import { endAll } from '../devices/write-off.ts';
import type { AnomalyKind, DeviceAnomaly } from './anomalies.ts';
import { announce, type MunicipalityWork } from './change-feed.ts';
import { generationSeen } from './generations.ts';
import { renewForSuccessors } from './close-account.ts';
import { recallFromOthers } from './grant-leases.ts';
import type { ClaimedMovement } from './movement-verdict.ts';
import { postMovements } from './post-movements.ts';
import { returnLeases } from './return-leases.ts';
import { doubtAfterRefunds } from './standings.ts';
import { settleUnknown, stopIfRolledBack } from './settle-unknown.ts';
import { withoutCovered } from './waiting-debits.ts';
import { keepSurveys } from '../office/surveys.ts';
import { requestMade, stepRequest } from '../requests/request-record.ts';

type FactOf<Type extends JournalFact['type']> = Extract<JournalFact, { type: Type }>;

/** An entry that is in the journal now, with its body. */
export interface TakenEntry {
  readonly deviceId: DeviceId;
  readonly entry: JournalEntry;
  readonly body: JournalBody;
}

interface Applying {
  readonly work: MunicipalityWork;
  readonly cardKeys: CardMasterKeys | undefined;
  readonly nowMs: number;
  /** Writes the entries into the journal, once: before anything that follows from them is written, and while that is being judged. */
  readonly record: () => Promise<void>;
}

/** @returns what staff must see */
export async function applyFacts(applying: Applying, taken: readonly TakenEntry[]): Promise<DeviceAnomaly[]> {
  const anomalies: DeviceAnomaly[] = [];
  // Movements that follow one another are posted together: nearly all entries of a busy day are such.
  let claims: ClaimedMovement[] = [];
  const post = async () => {
    anomalies.push(...(await postClaims(applying, claims)));
    claims = [];
    await applying.record();
  };
  for (const one of taken) {
    const { deviceId, entry } = one;
    const { fact } = one.body;
    switch (fact.type) {
      case 'value-moved':
        claims.push({ deviceId, entry, movement: fact.movement, card: fact.card });
        break;
      case 'cash-moved':
        claims.push({ deviceId, entry, movement: fact.movement, card: null });
        break;
      case 'movement-unknown':
        await post();
        anomalies.push(...(await movementUnknown(applying, one, fact)));
        break;
      case 'card-seen':
        await post();
        anomalies.push(...(await cardSeen(applying, one, fact)));
        break;
      case 'card-suspect':
        await post();
        anomalies.push(await cardSuspect(applying, one, fact));
        break;
      case 'leases-returned':
        await post();
        await returnLeases(applying.work, deviceId, fact.leases);
        await renewForSuccessors(applying.work);
        break;
      case 'generation-seen':
        await post();
        await generationFollowed(applying, one, fact);
        break;
      case 'request-made':
        await post();
        if (!(await requestMade(applying.work, deviceId, fact, one.body.at, applying.nowMs))) anomalies.push(anomaly(one, 'operation-repeated', 'The request is known from another device.'));
        break;
      case 'request-withdrawn':
        await post();
        await stepRequest(applying.work, fact.requestId, 'withdrawn', { device: deviceId }, applying.nowMs);
        break;
      case 'slip-settled':
        if (fact.requestId === undefined || fact.outcome !== 'printed') break;
        await post();
        await stepRequest(applying.work, fact.requestId, 'printed', { device: deviceId }, applying.nowMs);
        break;
      case 'surveys-counted':
        await post();
        await keepSurveys(applying.work, deviceId, fact);
        break;
      case 'staff-called':
      case 'session-ended':
        break;
    }
  }
  await post();
  return withoutCovered(applying.work, anomalies);
}

/** Whatever the device did under leases that it had before stands before this entry: they can be given to others. */
async function generationFollowed({ work }: Applying, { deviceId }: TakenEntry, { generation }: FactOf<'generation-seen'>): Promise<void> {
  if (await generationSeen(work, deviceId, generation)) await endAll(work, deviceId, await listLeases(work.transaction, deviceId), 'returned');
}

async function postClaims({ work, cardKeys, nowMs, record }: Applying, claims: readonly ClaimedMovement[]): Promise<DeviceAnomaly[]> {
  if (claims.length === 0) return [];
  const anomalies = await postMovements(work, claims, cardKeys, nowMs, record);
  await doubtAfterRefunds(work, claims.map(({ movement }) => movement).filter(({ kind }) => kind === 'refund'));
  // A card that keeps no count says nothing of other movements.
  const counted = new Map(claims.flatMap(({ card, deviceId, entry }) => (card && card.evidence.kind !== 'none' ? [[card.cardRef, { deviceId, entry }] as const] : [])));
  return [...anomalies, ...(await settleUnknown(work, counted, cardKeys, nowMs))];
}

const anomaly = ({ deviceId, entry }: TakenEntry, what: AnomalyKind, detail: string): DeviceAnomaly => ({ deviceId, entry, what, detail });

async function movementUnknown({ work, cardKeys, nowMs }: Applying, taken: TakenEntry, { movement, card }: FactOf<'movement-unknown'>): Promise<DeviceAnomaly[]> {
  const { deviceId, entry } = taken;
  const named = checkNamedCard(card, movement.accountId, (await cardsOnRecord(work, [card.cardRef])).get(card.cardRef));
  if (!named.ok) return [anomaly(taken, named.what, named.detail)];
  if (movement.kind === 'sale' || movement.kind === 'refund') return [anomaly(taken, 'differs', `A ${movement.kind} touches no card: its outcome is always known.`)];
  const { operationId } = movement;
  const [known] = await unknownMovements(work, { operations: [operationId], openOn: [] });
  if (known?.deviceId === deviceId) return [];
  const posted = await work.transaction.selectFrom('movement').select('device_id').where('operation_id', '=', operationId).executeTakeFirst();
  if (known || (posted && posted.device_id !== deviceId)) return [anomaly(taken, 'operation-repeated', 'The operation is known from another device.')];
  await keepUnknownMovement(work, { deviceId, seq: entry.seq, card, movement, posted: posted !== undefined }, nowMs);
  if (movement.entitlementId !== null) await recallFromOthers(work, deviceId, EntitlementId.parse(movement.entitlementId));
  const anomalies = await settleUnknown(work, new Map([[card.cardRef, taken]]), cardKeys, nowMs);
  const [still] = await unknownMovements(work, { operations: [operationId], openOn: [] });
  // A card without a count cannot tell anybody.
  if (still?.state === 'open' && card.counterBefore !== null) await announce(work, [{ change: { type: 'movement-open', operationId, cardRef: card.cardRef } }]);
  return anomalies;
}

async function cardSeen({ work, cardKeys, nowMs }: Applying, taken: TakenEntry, fact: FactOf<'card-seen'>): Promise<DeviceAnomaly[]> {
  const { deviceId, entry } = taken;
  const { card, counter, log, answers = [] } = fact;
  const named = checkNamedCard(card, null, (await cardsOnRecord(work, [card.cardRef])).get(card.cardRef));
  if (!named.ok) return [anomaly(taken, named.what, named.detail)];
  const repeated = await repeatedCounters(work, card.cardRef, log);
  const sighting = { deviceId, seq: entry.seq, counter, answers };
  await keepSighting(work, deviceId, { card, log, ...sighting });
  if (repeated) {
    await stopCards(work, [card.cardRef]);
    return [anomaly(taken, 'card-counter-repeated', 'The card’s log has another operation under a counter than another report: a copy of the card exists.')];
  }
  const anomalies = (await stopIfRolledBack(work, card.cardRef, sighting)) ? [anomaly(taken, 'card-rolled-back', 'The card’s counter is behind one that it had before.')] : [];
  const shown = await unknownMovements(work, { operations: log.map(({ operationId }) => operationId), openOn: [] });
  if (shown.some(({ state }) => state === 'void')) {
    anomalies.push(anomaly(taken, 'operation-void', 'The card’s log has a movement of which an earlier reading had shown that it did not happen.'));
  }
  return [...anomalies, ...(await settleUnknown(work, new Map([[card.cardRef, taken]]), cardKeys, nowMs))];
}

/** Whether a line of the log gives a counter, or an operation, another partner than some report before, or than another line. */
async function repeatedCounters(work: MunicipalityWork, cardRef: CardRef, log: FactOf<'card-seen'>['log']): Promise<boolean> {
  const owners = await counterOwners(work, [cardRef], log.map(({ counter }) => counter), log.map(({ operationId }) => operationId));
  return log.some(({ operationId, counter }) => {
    const place = owners.placeOf(operationId);
    const elsewhere = place !== undefined && (place.cardRef !== cardRef || place.counter !== counter);
    owners.add(cardRef, counter, operationId, false);
    return elsewhere || owners.ownersOf(cardRef, counter).size > 1;
  });
}

async function cardSuspect({ work }: Applying, taken: TakenEntry, { card, why }: FactOf<'card-suspect'>): Promise<DeviceAnomaly> {
  const known = (await cardsOnRecord(work, [card.cardRef])).has(card.cardRef);
  if (!known) return anomaly(taken, 'card-unknown', 'The town has no such card.');
  await stopCards(work, [card.cardRef]);
  return anomaly(taken, 'card-suspect', `The device no longer believes the card: ${why}.`);
}
