/** What staff must know of the town's cards. Looks at everything and changes nothing. */
import { momentFromEpoch, type Moment } from '../../contract/time.ts';
import { Movement } from '../../contract/value.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { rekeyDue, type RekeyDue } from './keys-given.ts';

export interface CounterGap {
  readonly cardRef: string;
  /** Counters of the card under which no device has reported a movement. */
  readonly first: number;
  readonly last: number;
}

export interface OpenUnknownMovement {
  readonly operationId: string;
  readonly deviceId: string;
  readonly cardRef: string;
  readonly amount: number;
  readonly noticedAt: Moment;
}

export interface CardAnomaly {
  readonly what: string;
  readonly deviceId: string;
  /** 0 when it is not about a journal entry. */
  readonly seq: number;
  readonly detail: string;
  readonly noticedAt: Moment;
}

export interface CardReport {
  readonly stopped: ReadonlyArray<{ readonly cardRef: string; readonly accountId: string }>;
  readonly anomalies: readonly CardAnomaly[];
  readonly gaps: readonly CounterGap[];
  readonly openMovements: readonly OpenUnknownMovement[];
  /** Cards whose keys a revoked device has been given, until they are re-keyed. */
  readonly rekeyDue: readonly RekeyDue[];
}

const CARD_ANOMALIES = [
  'card-unknown', 'card-not-of-account', 'card-profile-differs', 'card-evidence-missing', 'card-evidence-wrong', 'card-evidence-unchecked',
  'card-counter-repeated', 'card-counter-gap', 'card-rolled-back', 'card-suspect', 'operation-void', 'too-many-cards',
] as const;

export async function readCardReport(database: BackendDatabase): Promise<CardReport> {
  const { kysely } = database;
  const stopped = await kysely.selectFrom('card').select(['card_ref as cardRef', 'account_id as accountId']).where('state', '=', 'stopped').orderBy('card_ref').execute();
  const anomalies = await kysely
    .selectFrom('anomaly')
    .select(['what', 'device_id as deviceId', 'seq', 'detail', 'noticed_ms'])
    .where('state', '=', 'open')
    .where('what', 'in', CARD_ANOMALIES)
    .orderBy('noticed_ms')
    .orderBy('seq')
    .execute();
  const open = await kysely.selectFrom('unknown_movement').selectAll().where('state', '=', 'open').orderBy('noticed_ms').orderBy('operation_id').execute();
  return {
    stopped,
    anomalies: anomalies.map(({ noticed_ms, ...anomaly }) => ({ ...anomaly, noticedAt: momentFromEpoch(noticed_ms) })),
    gaps: await readGaps(kysely),
    rekeyDue: await rekeyDue(database),
    openMovements: open.map((row) => ({
      operationId: row.operation_id,
      deviceId: row.device_id,
      cardRef: row.card_ref,
      amount: Movement.parse(JSON.parse(row.movement)).postings.reduce((sum, { amount }) => sum + amount, 0),
      noticedAt: momentFromEpoch(row.noticed_ms),
    })),
  };
}

/**
 * A card's counter grows by one with each operation, from 0 on the day it was issued. A number that nobody has reported is a journal
 * that has not come yet, or one that never will.
 */
async function readGaps(kysely: BackendDatabase['kysely']): Promise<CounterGap[]> {
  const reported = await kysely
    .selectFrom('card_operation')
    .select(['municipality_id', 'card_ref', 'counter'])
    .orderBy('municipality_id')
    .orderBy('card_ref')
    .orderBy('counter')
    .execute();
  const shown = await kysely
    .selectFrom('card_sighting')
    .select((eb) => ['municipality_id', 'card_ref', eb.fn.max('counter').as('highest')])
    .groupBy(['municipality_id', 'card_ref'])
    .orderBy('municipality_id')
    .orderBy('card_ref')
    .execute();
  const gaps: CounterGap[] = [];
  const next = new Map<string, number>();
  const upTo = (card: { municipality_id: string; card_ref: string }, counter: number) => {
    const key = `${card.municipality_id}/${card.card_ref}`;
    const first = next.get(key) ?? 1;
    if (first < counter) gaps.push({ cardRef: card.card_ref, first, last: counter - 1 });
    next.set(key, Math.max(first, counter + 1));
  };
  for (const row of reported) upTo(row, row.counter);
  // The highest counter that was shown is itself one that somebody must have reported.
  for (const row of shown) upTo(row, row.highest + 1);
  return gaps;
}
