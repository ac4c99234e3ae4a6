/**
 * Takes value that is past its last day out of the ledger. A kiosk without a network may have let somebody use it in time and not have said so yet: the
 * town waits some days, and what is reported later all the same is brought back (`reallocate`). Value on cards is left to the cards.
 */
import { expireLots } from '../../contract/movements.ts';
import type { MunicipalityId } from '../../contract/ids.ts';
import { MunicipalityId as MunicipalityIdSchema } from '../../contract/ids.ts';
import { addDays, dateInTokyo, epochOfMoment, momentFromEpoch, type LocalDate } from '../../contract/time.ts';
import type { Movement } from '../../contract/value.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { announce, asOnlyWriter, type MunicipalityWork } from './change-feed.ts';
import { derivedOperationId } from './derived-id.ts';
import { insertMovements, overdueLots, type HeldLot } from './stored-value.ts';

/** Days that value is left in the ledger after its last day. */
export const GRACE_DAYS = 7;
/** Lots of one transaction; kiosks that push wait for it. */
const LOTS_AT_ONCE = 500;

export interface Expiry {
  /** The day it is. */
  readonly today: LocalDate;
  readonly graceDays: number;
  readonly nowMs: number;
}

/**
 * Expires some of what is overdue in one transaction. The ids of the movements follow from what they take, so doing it twice does nothing more.
 * @returns the movements that were posted; none when nothing was left to do
 */
export async function expireOverdue(work: MunicipalityWork, { today, graceDays, nowMs }: Expiry): Promise<Movement[]> {
  const lots = await overdueLots(work, work.municipalityId, addDays(today, -graceDays), LOTS_AT_ONCE);
  const movements = [...Map.groupBy(lots, ({ lot }) => `${lot.accountId} ${lot.schemeId}`).values()].flatMap((held) => expiryOf(held, today));
  await insertMovements(work, work.municipalityId, movements.map((movement) => ({ movement, source: null })), nowMs);
  await announce(work, movements.map((movement) => ({ change: { type: 'movement', movement } })));
  return movements;
}

const TOKYO_OFFSET_MS = 9 * 3_600_000;

/** Of one account and one scheme. */
function expiryOf(lots: readonly HeldLot[], today: LocalDate): Movement[] {
  const [first] = lots;
  if (!first) return [];
  const { accountId, schemeId } = first.lot;
  // The day's first moment in Tokyo, so that a second run on the same day makes the same movement.
  const occurredAt = momentFromEpoch(Date.parse(today) - TOKYO_OFFSET_MS);
  const what = lots.map(({ lot, amount }) => `${lot.id} ${amount}`).join();
  const built = expireLots({ operationId: derivedOperationId(`expire ${accountId} ${schemeId} ${today} ${what}`, epochOfMoment(occurredAt)), occurredAt, accountId, scheme: schemeId, lots });
  return built.ok ? [built.movement] : [];
}

/** Expires all that is overdue, in all towns. @returns how many movements were posted */
export async function expireEverywhere(database: BackendDatabase, nowMs: number, graceDays = GRACE_DAYS): Promise<number> {
  const today = dateInTokyo(momentFromEpoch(nowMs));
  const towns = await database.kysely.selectFrom('municipality').select('municipality_id').orderBy('municipality_id').execute();
  let posted = 0;
  for (const town of towns) {
    const municipalityId: MunicipalityId = MunicipalityIdSchema.parse(town.municipality_id);
    for (;;) {
      const movements = await asOnlyWriter(database, municipalityId, (work) => expireOverdue(work, { today, graceDays, nowMs }));
      if (movements.length === 0) break;
      posted += movements.length;
    }
  }
  return posted;
}
