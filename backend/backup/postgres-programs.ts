/** Runs PostgreSQL's own programs for backups. Who may connect is told by the environment: a command line can be read by everybody. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { BackendUnusable, errorCode } from '../unusable.ts';

/** Where Debian keeps them, one directory a version. */
const PROGRAMS = '/usr/lib/postgresql';
const OUTPUT_BYTES_MAX = 1_048_576;

/** @throws BackendUnusable when the program is missing or fails; the message has no password */
export async function runPostgresProgram(program: 'pg_dump' | 'pg_restore', words: readonly string[], databaseUrl: string): Promise<void> {
  const { host, port, user, password, database } = new pg.Client({ connectionString: databaseUrl });
  const env = {
    ...process.env,
    PGHOST: host,
    PGPORT: String(port),
    ...(user === undefined ? {} : { PGUSER: user }),
    ...(typeof password === 'string' ? { PGPASSWORD: password } : {}),
    ...(database === undefined ? {} : { PGDATABASE: database }),
    ...(databaseUrl.includes('sslmode=') ? { PGSSLMODE: /sslmode=([\w-]+)/.exec(databaseUrl)?.[1] } : {}),
  };
  try {
    await promisify(execFile)(newest(program), [...words], { env, maxBuffer: OUTPUT_BYTES_MAX });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw new BackendUnusable('configuration', `${program} is not installed. Install it: apt-get install postgresql-client`, { cause: error });
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n')[0] : '';
    throw new BackendUnusable('unavailable', `${program} failed: ${said ?? ''}`, { cause: error });
  }
}

/** The newest one: it can read every older server. */
function newest(program: string): string {
  const versions = existsSync(PROGRAMS) ? readdirSync(PROGRAMS).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => path.join(PROGRAMS, version, 'bin', program)).find((file) => existsSync(file)) ?? program;
}
