/** Opens PostgreSQL (15 or newer). Several backends may serve one database; rows are locked, not processes. */
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { BackendUnusable, errorCode } from '../unusable.ts';
import type { BackendDatabase } from './backend-database.ts';
import { DIALECTS } from './dialect.ts';
import { preparing } from './prepared-statements.ts';
import type { Tables } from './tables.ts';

const CONNECTIONS_MAX = 10;
const CONNECT_TIMEOUT_MS = 5_000;
const OLDEST_SERVER_VERSION = 150_000;

/**
 * A connection keeps its plans, also those of the checks of references, as they were made when a table was small; for a table that has grown
 * since, reading all of it would be ruinous. Every statement of ours finds its rows by an index, on a disk that does not turn, and none is
 * worth compiling.
 */
const HOW_TO_PLAN = "select set_config('enable_seqscan', 'off', false), set_config('random_page_cost', '1.1', false), set_config('jit', 'off', false)";

/**
 * @param url `postgres://user:password@host:port/database`
 * @throws BackendUnusable when it is not such a URL, the server does not answer, or it refuses
 */
export async function openPostgres(url: string): Promise<BackendDatabase> {
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new BackendUnusable('configuration', 'The database URL must begin with postgres:// — for example postgres://kazasu@localhost:5432/kazasu. Without one, the backend keeps an SQLite file.');
  }
  const where = describe(url);
  const pool = new pg.Pool({
    connectionString: url,
    // Statements of one transaction may be under way together (overlapping.ts).
    pipeline: true,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'kazasu-backend',
    types: { getTypeParser: (oid: number, format?: 'text' | 'binary') => (INTEGER_OIDS.has(oid) ? exactInteger : pg.types.getTypeParser(oid, format)) as never },
  });
  // A connection that breaks while idle is thrown away by the pool, one that breaks in use fails its next statement; both tell of it
  // by an event besides, which ends the process when nobody listens.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    // Goes out before whatever the connection is asked for; if it cannot be done, neither can that.
    client.query(HOW_TO_PLAN).catch(() => undefined);
  });
  try {
    const { rows } = await pool.query<{ version: number; durable: string }>("select current_setting('server_version_num')::int as version, current_setting('synchronous_commit') as durable");
    const server = rows[0];
    if (!server || server.version < OLDEST_SERVER_VERSION) throw new BackendUnusable('configuration', `The database ${where} is too old: PostgreSQL 15 or newer is needed.`);
    if (server.durable === 'off') throw new BackendUnusable('configuration', `The database ${where} has synchronous_commit switched off and could lose money when the power goes. Switch it on.`);
  } catch (error) {
    await pool.end();
    throw explained(error, where);
  }
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: preparing(pool) }) });
  let closing: Promise<void> | undefined;
  const close = async () => {
    await kysely.destroy();
    if (!pool.ended) await pool.end();
  };
  return { kysely, dialect: DIALECTS.postgres, where, close: () => (closing ??= close()) };
}

/** int8 (sums of int8 are cast back to it) comes as text, because it may be larger than a number can hold exactly. */
const INTEGER_OIDS = new Set([20]);

function exactInteger(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new Error('An integer from the database is too large to be exact');
  return number;
}

/** The URL without user, password and options. */
function describe(url: string): string {
  try {
    const { host, pathname, searchParams } = new URL(url);
    return `postgres://${host || (searchParams.get('host') ?? '')}${pathname}`;
  } catch {
    return 'postgres://…';
  }
}

function explained(error: unknown, where: string): unknown {
  if (error instanceof BackendUnusable) return error;
  const code = errorCode(error);
  switch (code) {
    case '3D000':
      return new BackendUnusable('configuration', `The database ${where} does not exist. Make it with createdb, or correct the URL.`, { cause: error });
    case '28P01':
    case '28000':
      return new BackendUnusable('configuration', `The database ${where} refuses this user or password. Correct the URL or pg_hba.conf.`, { cause: error });
    case 'ERR_INVALID_URL':
      return new BackendUnusable('configuration', 'The database URL is not a valid URL. Special characters in a password must be percent-encoded.', { cause: error });
    default:
      // Everything else (refused, unknown host, starting up, too many connections, timed out) may pass by itself.
      return new BackendUnusable('unavailable', `The database ${where} cannot be reached (${code || (error instanceof Error ? error.message : 'no answer')}). Check that PostgreSQL runs and that the URL is right.`, { cause: error });
  }
}
