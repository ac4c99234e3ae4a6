/**
 * A PostgreSQL of the tier's own, with fsync on, whose processes can be killed like any others: what it had acknowledged must be there when
 * it is started again.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { postgresPrograms, urlIn } from '../../../backend/test-support/private-postgres.ts';
import { until } from '../../support/wait.ts';

const START_LIMIT_MS = 30_000;
const DATABASE = 'kazasu';

/** PostgreSQL refuses to run as root; Debian's package brings the user. */
const asPostgres = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];

export class OwnPostgres {
  readonly url: string;
  readonly #directory: string;
  #server: ChildProcess | undefined;

  private constructor(directory: string) {
    this.#directory = directory;
    this.url = urlIn(directory, DATABASE);
  }

  /** @param directory that does not exist yet, in a place every user may enter */
  static async make(directory: string): Promise<OwnPostgres> {
    const data = path.join(directory, 'data');
    mkdirSync(data, { recursive: true, mode: 0o700 });
    if (asPostgres.length > 0) {
      const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
      for (const place of [directory, data]) chownSync(place, id('-u'), id('-g'));
    }
    const postgres = new OwnPostgres(directory);
    postgres.#run('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8');
    await postgres.start();
    postgres.#run('createdb', '-h', directory, '-U', 'postgres', DATABASE);
    return postgres;
  }

  async start(): Promise<void> {
    const words = ['-D', this.#data, '-k', this.#directory, '-c', 'listen_addresses=', '-c', 'shared_buffers=32MB'];
    const [program = '', ...rest] = [...asPostgres, path.join(postgresPrograms(), 'postgres'), ...words];
    this.#server = spawn(program, rest, { stdio: 'ignore', cwd: this.#directory });
    await until('the tier’s own PostgreSQL answers', () => this.#answers(), START_LIMIT_MS);
  }

  /** Kills the server and everything it started, as `kill -9` does: nothing is written any more. */
  async kill(): Promise<void> {
    const postmaster = Number(readFileSync(path.join(this.#data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    // Stopped, it cannot start another one while those that it has are being listed.
    process.kill(postmaster, 'SIGSTOP');
    const processes = [postmaster, ...childrenOf(postmaster)];
    for (const pid of processes) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself meanwhile.
      }
    }
    // While one of them has the memory that they share, no server starts. And runuser stops with its child: it is to see that it ended.
    await until('every process of PostgreSQL is gone', () => !this.#server?.kill('SIGCONT') && processes.every(isGone), START_LIMIT_MS);
  }

  /** Does nothing when it has ended already. */
  async stop(): Promise<void> {
    if (this.#server?.exitCode !== null || this.#server.signalCode !== null) return;
    const ended = this.#ended();
    this.#run('pg_ctl', '-D', this.#data, 'stop', '-m', 'fast');
    await ended;
  }

  get #data(): string {
    return path.join(this.#directory, 'data');
  }

  #ended(): Promise<void> {
    const server = this.#server;
    if (!server || server.exitCode !== null || server.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => server.once('exit', () => resolve()));
  }

  async #answers(): Promise<boolean> {
    const client = new pg.Client({ connectionString: urlIn(this.#directory, 'postgres') });
    // A server that is being killed ends the connection by itself.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      return false;
    }
  }

  #run(program: string, ...words: string[]): void {
    const [first = program, ...rest] = [...asPostgres, path.join(postgresPrograms(), program), ...words];
    execFileSync(first, rest, { stdio: 'pipe', cwd: this.#directory });
  }
}

function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? [] : children.split(' ').map(Number);
}

/** Also of one that has ended and whose end nobody has asked for. */
function isGone(pid: number): boolean {
  try {
    return /^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}
