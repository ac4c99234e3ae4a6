/**
 * Keeps the private PostgreSQL of a test run: `postgres-keeper.ts DIRECTORY OWNER FSYNC`. Makes the cluster and the template, says `ready`
 * by a file, and ends when the process OWNER has ended — also when that was killed.
 */
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { migrate } from '../database/migrate.ts';
import { openPostgres } from '../database/open-postgres.ts';
import { postgresPrograms, TEMPLATE, urlIn } from './private-postgres.ts';

const LOOK_AFTER_OWNER_MS = 500;
const START_TIMEOUT_MS = 30_000;
const [directory = '', owner = '', fsync = ''] = process.argv.slice(2);

/** PostgreSQL refuses to run as root; Debian's package brings the user. */
const asPostgres = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];

function run(program: string, ...words: string[]): void {
  const [first = program, ...rest] = [...asPostgres, path.join(postgresPrograms(), program), ...words];
  execFileSync(first, rest, { stdio: 'pipe', cwd: directory });
}

async function reachable(deadline: number): Promise<void> {
  for (;;) {
    const client = new pg.Client({ connectionString: urlIn(directory, 'postgres') });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (Date.now() > deadline) throw error;
      await wait(50);
    }
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const data = path.join(directory, 'data');
try {
  mkdirSync(data, { mode: 0o700 });
  if (asPostgres.length > 0) {
    const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
    for (const place of [directory, data]) chownSync(place, id('-u'), id('-g'));
  }
  run('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C.UTF-8');
  const [program = '', ...words] = [
    ...asPostgres,
    path.join(postgresPrograms(), 'postgres'),
    ...['-D', data, '-k', directory, '-c', 'listen_addresses=', '-c', `fsync=${fsync}`, '-c', `full_page_writes=${fsync}`, '-c', 'max_connections=200', '-c', 'shared_buffers=32MB'],
  ];
  const postgres = spawn(program, words, { stdio: 'ignore', cwd: directory });
  const ended = new Promise<void>((resolve) => postgres.once('exit', () => resolve()));
  await reachable(Date.now() + START_TIMEOUT_MS);
  run('createdb', '-h', directory, '-U', 'postgres', TEMPLATE);
  const template = await openPostgres(urlIn(directory, TEMPLATE));
  await migrate(template);
  await template.close();
  writeFileSync(path.join(directory, 'ready'), '');
  while (alive(Number(owner)) && existsSync(directory)) await wait(LOOK_AFTER_OWNER_MS);
  // runuser passes SIGTERM on; the server's postmaster.pid names it directly, and SIGINT ends it at once.
  run('pg_ctl', '-D', data, 'stop', '-m', 'immediate');
  await ended;
  rmSync(directory, { recursive: true, force: true });
} catch (error) {
  writeFileSync(path.join(directory, 'failed'), error instanceof Error ? error.message : String(error));
  while (alive(Number(owner))) await wait(LOOK_AFTER_OWNER_MS);
  rmSync(directory, { recursive: true, force: true });
}
