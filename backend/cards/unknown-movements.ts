/** Movements whose outcome their device did not know: kept until a reading of the card decides them, however long that takes. */
import type { CardProfile } from '../../contract/card.ts';
import { DeviceId, OperationId, type CardRef } from '../../contract/ids.ts';
import { Movement } from '../../contract/value.ts';
import { insertAll } from '../database/insert-all.ts';
import type { MunicipalityWork } from '../ledger/change-feed.ts';
import { heardBy } from '../ledger/scheme-versions.ts';
import type { NamedCard } from './check-card.ts';
import type { OpenMovement, Sighting } from './decide-unknown.ts';

export interface UnknownMovement extends OpenMovement {
  readonly card: NamedCard;
  readonly movement: Movement;
  readonly state: 'open' | 'happened' | 'void';
  /** Up to where its device had heard the feed when it reported the movement. */
  readonly heard: number;
}

/** Those of the operations, and all that are open on these cards. */
export async function unknownMovements(
  { transaction, dialect, municipalityId }: MunicipalityWork,
  { operations, openOn }: { readonly operations: readonly OperationId[]; readonly openOn: readonly CardRef[] },
): Promise<UnknownMovement[]> {
  if (operations.length === 0 && openOn.length === 0) return [];
  const rows = await transaction
    .selectFrom('unknown_movement')
    .selectAll()
    .where('municipality_id', '=', municipalityId)
    .where((eb) =>
      eb.or([
        ...(operations.length > 0 ? [dialect.oneOf('operation_id', operations)] : []),
        ...(openOn.length > 0 ? [eb.and([dialect.oneOf('card_ref', openOn), eb('state', '=', 'open')])] : []),
      ]),
    )
    .orderBy('noticed_ms')
    .orderBy('operation_id')
    .execute();
  return rows.map((row) => {
    const movement = Movement.parse(JSON.parse(row.movement));
    return {
      operationId: movement.operationId,
      deviceId: DeviceId.parse(row.device_id),
      seq: row.seq,
      card: { cardRef: row.card_ref as CardRef, profile: row.profile },
      counterBefore: row.counter_before,
      movement,
      state: row.state,
      heard: row.heard_cursor,
    };
  });
}

export async function keepUnknownMovement(
  work: MunicipalityWork,
  unknown: {
    readonly deviceId: DeviceId;
    readonly seq: number;
    readonly card: { readonly cardRef: CardRef; readonly profile: CardProfile; readonly counterBefore: number | null };
    readonly movement: Movement;
    /** It was in the books before its device said that it did not know. */
    readonly posted: boolean;
  },
  nowMs: number,
): Promise<void> {
  const { deviceId, seq, card, movement, posted } = unknown;
  await insertAll(work, 'unknown_movement', [
    {
      municipality_id: work.municipalityId,
      operation_id: movement.operationId,
      device_id: deviceId,
      seq,
      card_ref: card.cardRef,
      profile: card.profile,
      counter_before: card.counterBefore,
      entitlement_id: movement.entitlementId,
      movement: JSON.stringify(movement),
      noticed_ms: nowMs,
      state: posted ? 'happened' : 'open',
      decided_ms: posted ? nowMs : null,
      heard_cursor: (await heardBy(work, [deviceId])).get(deviceId) ?? 0,
    },
  ]);
}

export async function markDecided(work: MunicipalityWork, operationId: OperationId, state: 'happened' | 'void', nowMs: number): Promise<void> {
  await work.transaction
    .updateTable('unknown_movement')
    .set({ state, decided_ms: nowMs })
    .where('municipality_id', '=', work.municipalityId)
    .where('operation_id', '=', operationId)
    .where('state', '=', 'open')
    .execute();
}

/** Every reported reading of the cards. */
export async function sightingsOf({ transaction, municipalityId }: MunicipalityWork, cardRefs: readonly CardRef[]): Promise<Map<CardRef, Sighting[]>> {
  const sightings = new Map<CardRef, Sighting[]>();
  if (cardRefs.length === 0) return sightings;
  const rows = await transaction.selectFrom('card_sighting').selectAll().where('municipality_id', '=', municipalityId).where('card_ref', 'in', cardRefs).execute();
  for (const row of rows) {
    const cardRef = row.card_ref as CardRef;
    const answers = (JSON.parse(row.answers) as string[]).map((answer) => OperationId.parse(answer));
    const sighting = { deviceId: DeviceId.parse(row.device_id), seq: row.seq, counter: row.counter, answers };
    sightings.set(cardRef, [...(sightings.get(cardRef) ?? []), sighting]);
  }
  return sightings;
}
