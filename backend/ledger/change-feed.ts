/**
 * The feed that kiosks pull: one growing cursor a municipality. The order of cursors is the order of commits, because every writer
 * holds the counter's row from its first statement until it commits. A reader that has seen cursor 7 can therefore never be given
 * a 6 later — with a database sequence it could.
 */
import { sql, type Kysely } from 'kysely';
import type { DeviceId, MunicipalityId } from '../../contract/ids.ts';
import { Change } from '../../contract/sync.ts';
import type { BackendDatabase, Work } from '../database/backend-database.ts';
import { insertAll } from '../database/insert-all.ts';
import { overlapping, written } from '../database/overlapping.ts';
import type { Tables } from '../database/tables.ts';

/**
 * A transaction in which this municipality's ledger, leases and feed may be written: nobody else writes them meanwhile. Statements that do not
 * need one another's answers may overlap.
 */
export interface MunicipalityWork extends Work {
  readonly municipalityId: MunicipalityId;
  /** Nobody else takes cursors meanwhile, so they are counted here (`announce`). */
  readonly feed: { lastCursor: number };
}

/** Runs `work` as the only writer of the municipality. All of it or nothing. */
export function asOnlyWriter<Result>(
  database: BackendDatabase,
  municipalityId: MunicipalityId,
  work: (work: MunicipalityWork) => Promise<Result>,
): Promise<Result> {
  return database.kysely.transaction().execute(async (transaction) => {
    const { dialect } = database;
    const { rows } = await sql<{ last_cursor: number }>`select last_cursor from change_counter where municipality_id = ${municipalityId} ${dialect.forUpdate}`.execute(transaction);
    const [counter] = rows;
    if (!counter) throw new Error(`There is no municipality "${municipalityId}"`);
    return overlapping({ transaction, dialect }, (own) => work({ ...own, municipalityId, feed: { lastCursor: counter.last_cursor } }));
  });
}

export interface Announcement {
  readonly change: Change;
  /** For this device alone; for all when left out. */
  readonly deviceId?: DeviceId;
  /**
   * The row of an earlier change of the same subject for the same device is taken out, so that renewals do not pile up. Only for
   * changes that no other change builds on: taking them out must not reverse an order that a new device depends on.
   */
  readonly subject?: string;
}

/** Appends changes to the feed, in this order. */
export async function announce(work: MunicipalityWork, announcements: readonly Announcement[]): Promise<void> {
  if (announcements.length === 0) return;
  const { transaction, municipalityId, feed } = work;
  const first = feed.lastCursor + 1;
  feed.lastCursor += announcements.length;
  await written(work, transaction.updateTable('change_counter').set({ last_cursor: feed.lastCursor }).where('municipality_id', '=', municipalityId).execute());
  await takeOutReplaced(work, announcements);
  await insertAll(
    work,
    'change',
    announcements.map(({ change, deviceId, subject }, index) => ({
      cursor: first + index,
      device_id: deviceId ?? null,
      subject: subject ?? null,
      // A movement was checked when it came, or made here; checking each again took as long as all the rest of it.
      body: JSON.stringify(change.type === 'movement' ? change : Change.parse(change)),
    })),
    { same: { municipality_id: municipalityId } },
  );
}

async function takeOutReplaced(work: MunicipalityWork, announcements: readonly Announcement[]): Promise<void> {
  const { transaction, dialect, municipalityId } = work;
  const replaced = announcements.flatMap(({ deviceId, subject }) => {
    if (subject === undefined) return [];
    if (!deviceId) throw new Error('Only changes for one device may be replaced');
    return [{ deviceId, subject }];
  });
  for (const [deviceId, own] of Map.groupBy(replaced, ({ deviceId }) => deviceId)) {
    const subjects = own.map(({ subject }) => subject);
    await written(work, transaction.deleteFrom('change').where('municipality_id', '=', municipalityId).where('device_id', '=', deviceId).where(dialect.oneOf('subject', subjects)).execute());
  }
}

export interface FeedPage {
  /** JSON texts of `Change`s, as `announce` has checked and kept them. */
  readonly changes: readonly string[];
  /** Cursor of the last change of the page, or `after` when there is none. */
  readonly cursor: number;
  readonly more: boolean;
}

/**
 * One page of what `deviceId` may know, after `after`.
 * @returns `ahead` when `after` was never given out: the backend was set back to an older state, or the device belongs elsewhere
 */
export async function readFeed(
  database: Kysely<Tables>,
  device: { readonly municipalityId: MunicipalityId; readonly deviceId: DeviceId },
  after: number,
  limit: number,
): Promise<FeedPage | 'ahead'> {
  const rows = await database
    .selectFrom('change')
    .select(['cursor', 'body'])
    .where('municipality_id', '=', device.municipalityId)
    .where('cursor', '>', after)
    .where((eb) => eb.or([eb('device_id', 'is', null), eb('device_id', '=', device.deviceId)]))
    .orderBy('cursor')
    .limit(limit + 1)
    .execute();
  if (rows.length === 0) {
    const counter = await database.selectFrom('change_counter').select('last_cursor').where('municipality_id', '=', device.municipalityId).executeTakeFirstOrThrow();
    return after > counter.last_cursor ? 'ahead' : { changes: [], cursor: after, more: false };
  }
  const page = rows.slice(0, limit);
  return {
    changes: page.map((row) => row.body),
    cursor: page.at(-1)?.cursor ?? after,
    more: rows.length > limit,
  };
}
