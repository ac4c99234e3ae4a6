/** Brings the schema up (or down) by numbered migrations, each in one transaction, the same on both engines. */
import { sql, type Kysely } from 'kysely';
import { BackendUnusable } from '../unusable.ts';
import type { BackendDatabase } from './backend-database.ts';
import { townAndDevices } from './migrations/0001-town-and-devices.ts';
import { peopleAndCards } from './migrations/0002-people-and-cards.ts';
import { value } from './migrations/0003-value.ts';
import { journalAndFeed } from './migrations/0004-journal-and-feed.ts';
import { cards } from './migrations/0005-cards.ts';
import { movements } from './migrations/0006-movements.ts';
import { leases } from './migrations/0007-leases.ts';
import { journalSeals } from './migrations/0008-journal-seals.ts';
import { staffDecisions } from './migrations/0009-staff-decisions.ts';
import { schemeVersions } from './migrations/0010-scheme-versions.ts';
import { entryIds } from './migrations/0011-entry-ids.ts';
import { whoDecided } from './migrations/0012-who-decided.ts';
import { lessPerPosting } from './migrations/0013-less-per-posting.ts';
import { referencesAtOnce } from './migrations/0014-references-at-once.ts';
import { procedures } from './migrations/0015-procedures.ts';
import { requests } from './migrations/0016-requests.ts';
import { noticesAndSurveys } from './migrations/0017-notices-and-surveys.ts';
import { staff } from './migrations/0018-staff.ts';
import { residentLinks } from './migrations/0019-resident-links.ts';
import type { Migration } from './migrations/migration.ts';
import type { Tables } from './tables.ts';

export const MIGRATIONS: readonly Migration[] = [townAndDevices, peopleAndCards, value, journalAndFeed, cards, movements, leases, journalSeals, staffDecisions, schemeVersions, entryIds, whoDecided, lessPerPosting, referencesAtOnce, procedures, requests, noticesAndSurveys, staff, residentLinks];
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Migrates to `target`, by default the newest. Does nothing when the database is there already.
 * @returns the versions before and after
 * @throws BackendUnusable when the database belongs to something else or was written by a newer version
 */
export async function migrate(database: BackendDatabase, target = SCHEMA_VERSION): Promise<{ readonly from: number; readonly to: number }> {
  const { kysely, dialect } = database;
  const from = await kysely.transaction().execute(async (transaction) => {
    await dialect.migrationLock()?.execute(transaction);
    const tables = await dialect.tableNames(transaction);
    if (!tables.includes('kazasu_migration')) {
      if (tables.length > 0) {
        throw new BackendUnusable(
          'configuration',
          `The database ${database.where} belongs to another program (it has tables such as "${tables.sort()[0] ?? ''}"). Give the backend a database of its own; nothing was changed.`,
        );
      }
      await sql`create table kazasu_migration (version ${dialect.integer} not null primary key, name text not null) ${dialect.tableEnd}`.execute(transaction);
    }
    return currentVersion(transaction);
  });
  if (from > SCHEMA_VERSION) {
    throw new BackendUnusable(
      'configuration',
      `The database ${database.where} was written by a newer version of this program (schema ${from}, this program knows ${SCHEMA_VERSION}). Install the newer version again; nothing was changed.`,
    );
  }
  for (let version = from; version !== target; version = await step(database, target));
  return { from, to: target };
}

/** One migration towards `target`, if it is still needed when the lock is held. */
async function step({ kysely, dialect }: BackendDatabase, target: number): Promise<number> {
  return dialect.whileMigrating(kysely, async (transaction) => {
    await dialect.migrationLock()?.execute(transaction);
    const version = await currentVersion(transaction);
    if (version === target) return version;
    const upwards = version < target;
    const migration = MIGRATIONS[upwards ? version : version - 1];
    if (!migration) throw new Error(`There is no migration from schema ${version} towards ${target}`);
    if (upwards) {
      await migration.up(transaction, dialect);
      await transaction.insertInto('kazasu_migration').values({ version: migration.version, name: migration.name }).execute();
      return migration.version;
    }
    await migration.down(transaction, dialect);
    await transaction.deleteFrom('kazasu_migration').where('version', '=', migration.version).execute();
    return migration.version - 1;
  });
}

/** The version of the database's schema; 0 when it has none. */
export async function schemaVersionOf({ kysely, dialect }: BackendDatabase): Promise<number> {
  if (!(await dialect.tableNames(kysely)).includes('kazasu_migration')) return 0;
  return currentVersion(kysely);
}

async function currentVersion(transaction: Kysely<Tables>): Promise<number> {
  const row = await transaction.selectFrom('kazasu_migration').select((eb) => eb.fn.max('version').as('version')).executeTakeFirst();
  return row?.version ?? 0;
}
