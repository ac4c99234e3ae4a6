/**
 * A PostgreSQL server of the test run's own: started by the first test file that asks, shared by all, gone when the run ends however
 * it ends. Each test file gets a database copied from a template that is migrated once. Without PostgreSQL the tests fail, they are
 * not skipped: the town's ledger must work on both engines.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import pg from 'pg';

const PROGRAMS = '/usr/lib/postgresql';
const START_TIMEOUT_MS = 60_000;
const LOOK_AGAIN_MS = 50;
export const TEMPLATE = 'kazasu_template';

/** Directory of `initdb`, `postgres` and the others, newest version first. @throws with what to install */
export function postgresPrograms(): string {
  const versions = existsSync(PROGRAMS) ? readdirSync(PROGRAMS).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => path.join(PROGRAMS, version, 'bin')).find((directory) => existsSync(path.join(directory, 'initdb')));
  if (!found) throw new Error(`The backend's tests need PostgreSQL's server programs (${PROGRAMS}/*/bin/initdb). Install them: apt-get install postgresql`);
  return found;
}

/** URL of a database on the server in `directory`; it is reached through a socket in it, never over the network. */
export function urlIn(directory: string, database: string): string {
  return `postgres://postgres@/${database}?host=${encodeURIComponent(directory)}`;
}

/** Whether what is committed is on the disk: for measuring. Tests need no such thing and are quicker without. */
export interface PrivateServer {
  readonly durable: boolean;
  /** With whose end it ends. */
  readonly owner: number;
}

/** The process of the whole run: in a forked worker that is the parent. */
const OF_TESTS: PrivateServer = { durable: false, owner: isMainThread ? process.ppid : process.pid };

async function server({ durable, owner }: PrivateServer): Promise<string> {
  postgresPrograms();
  // Process numbers come again, above all in rooms of their own, of which two may begin at once; one that was killed leaves its directory behind.
  const directory = path.join(tmpdir(), `kazasu-postgres-${owner}-${startOf(owner)}-${room()}${durable ? '-durable' : ''}`);
  const ready = path.join(directory, 'ready');
  const failed = path.join(directory, 'failed');
  if (makeOnce(directory)) {
    spawn(process.execPath, [fileURLToPath(new URL('postgres-keeper.ts', import.meta.url)), directory, String(owner), durable ? 'on' : 'off'], { detached: true, stdio: 'ignore' }).unref();
  }
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!existsSync(ready)) {
    if (existsSync(failed)) throw new Error(`The private PostgreSQL did not start: ${readFileSync(failed, 'utf8')}`);
    if (Date.now() > deadline) throw new Error(`The private PostgreSQL in ${directory} did not start within ${START_TIMEOUT_MS / 1_000} s`);
    await wait(LOOK_AGAIN_MS);
  }
  return directory;
}

/** When a process began, in clock ticks since the machine did (proc(5), field 22 of stat); the name in it may hold blanks. */
function startOf(pid: number): string {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? '';
}

/** Which process numbers these are (pid_namespaces(7)). */
function room(): string {
  return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '';
}

/** Only one of those who try makes it. */
function makeOnce(directory: string): boolean {
  try {
    mkdirSync(directory, { mode: 0o755 });
    return true;
  } catch {
    return false;
  }
}

export interface PrivateDatabase {
  readonly url: string;
  /** Where the server's socket is. */
  readonly directory: string;
  readonly name: string;
  readonly drop: () => Promise<void>;
}

/** A new database with the newest schema. @param template `template0` gives an empty one */
export async function privateDatabase(template: typeof TEMPLATE | 'template0' = TEMPLATE, on = OF_TESTS): Promise<PrivateDatabase> {
  const directory = await server(on);
  const name = `test_${randomBytes(6).toString('hex')}`;
  const asAdministrator = async (statement: string) => {
    const client = new pg.Client({ connectionString: urlIn(directory, 'postgres') });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await asAdministrator(`create database ${name} template ${template}`);
  return { url: urlIn(directory, name), directory, name, drop: () => asAdministrator(`drop database if exists ${name} with (force)`) };
}
