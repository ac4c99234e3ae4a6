/**
 * The production backend, asked without a socket; it can stop at any of its statements and is then started again on what was committed.
 * Building the interface takes longer than a whole run, so it is built once and given the database of each run; it keeps nothing of its
 * own but the devices' public keys, which are the same in every run.
 */
import type { FastifyInstance } from 'fastify';
import { createApi } from '../../backend/api/api.ts';
import type { BackendDatabase } from '../../backend/database/backend-database.ts';
import { migrate } from '../../backend/database/migrate.ts';
import type { Generation } from '../../contract/sync.ts';
import { beginGeneration } from '../../backend/ledger/generations.ts';
import type { BackendLog } from '../../backend/log.ts';
import { constantChance } from '../../backend/seed/constant-chance.ts';
import { createSeededRandomness } from '../../agent/test-support/seeded-randomness.ts';
import { BackendStore } from './backend-store.ts';
import type { Strikes } from './fault-kinds.ts';
import { ask, type PlainAnswer, type PlainRequest } from './in-process-request.ts';
import type { SimulatedTime } from './simulated-time.ts';
import { TOWN } from './small-town.ts';
import { masterKeysOf } from './town-cards.ts';
import type { Faults, Trace } from './trace.ts';

interface Served {
  readonly database: BackendDatabase;
  readonly now: () => number;
  readonly log: BackendLog;
}

/** The interface, and the world it serves at the moment. */
export interface BackendProgram {
  readonly app: FastifyInstance;
  serve(served: Served): void;
  close(): Promise<void>;
}

export async function buildBackendProgram(): Promise<BackendProgram> {
  let served: Served | undefined;
  const current = () => {
    if (!served) throw new Error('The backend is asked before it serves');
    return served;
  };
  const database: BackendDatabase = {
    get kysely() {
      return current().database.kysely;
    },
    get dialect() {
      return current().database.dialect;
    },
    get where() {
      return current().database.where;
    },
    close: async () => undefined,
  };
  const log: BackendLog = { event: (name, fields) => current().log.event(name, fields) };
  const app = await createApi({ database, clock: { now: () => current().now() }, randomness: createSeededRandomness(1), log, cardKeys: masterKeysOf(TOWN) });
  return {
    app,
    serve(next) {
      served = next;
    },
    close: () => app.close(),
  };
}

interface BackendWorld {
  readonly time: SimulatedTime;
  readonly trace: Trace;
  readonly faults: Faults;
  readonly strikes: Strikes;
}

/** What a statement that fails says. */
export type StatementFault = 'backend-disk-full' | 'backend-read-error';
const CODES: Readonly<Record<StatementFault, string>> = { 'backend-disk-full': 'SQLITE_FULL', 'backend-read-error': 'SQLITE_IOERR_READ' };
const WRITING = /^(insert|update|delete)/;
const STATEMENTS_TO_CRASH = 25;
/** A kiosk does not wait longer for an answer. */
const ANSWERS_COME_WITHIN_MS = 10_000;

export class SimulatedBackend {
  readonly store: BackendStore;
  readonly #program: BackendProgram;
  readonly #world: BackendWorld;
  readonly #chance;
  #database: BackendDatabase | undefined;
  #statementsLeft: number | undefined;
  #backup: Buffer | undefined;
  #restoredAt = Number.NEGATIVE_INFINITY;
  #failing: { readonly fault: StatementFault; left: number } | undefined;
  /** Milliseconds by which its clock is ahead. */
  clockErrorMs = 0;
  crashes = 0;

  constructor(program: BackendProgram, world: BackendWorld, image: Buffer, seed: number) {
    this.#program = program;
    this.#world = world;
    this.store = new BackendStore(image);
    this.#chance = constantChance(seed);
  }

  get up(): boolean {
    return this.#database !== undefined;
  }
  get database(): BackendDatabase {
    if (!this.#database) throw new Error('The backend is down');
    return this.#database;
  }

  async start(): Promise<void> {
    const { time, trace } = this.#world;
    const opened = this.store.open((sql) => this.#before(sql));
    this.#statementsLeft = undefined;
    this.#failing = undefined;
    await migrate(opened);
    this.#database = opened;
    trace.note('backend', 'starts');
    this.#program.serve({ database: opened, now: () => time.now() + this.clockErrorMs, log: { event: (name, fields) => this.#onLog(opened, name, fields) } });
  }

  /** The next request is cut off before one of its next statements. */
  crashSoon(): void {
    this.#statementsLeft = this.#chance.below(STATEMENTS_TO_CRASH);
  }
  /** One of the next statements fails. */
  failSoon(fault: StatementFault): void {
    this.#failing = { fault, left: this.#chance.below(6) };
  }
  /** No crash or failure is waiting any more. */
  mend(): void {
    this.#statementsLeft = undefined;
    this.#failing = undefined;
  }

  /** Stops without a word: what is committed stays. */
  crash(): void {
    if (!this.#database) return;
    this.crashes += 1;
    this.#database = undefined;
    this.store.stop();
    this.#world.trace.note('backend', 'crashes');
  }

  get hasBackup(): boolean {
    return this.#backup !== undefined;
  }
  backUp(): void {
    this.#backup = this.store.image();
    this.#world.trace.note('backend', 'is backed up');
  }
  /** How often it was put back from a backup. */
  restorations = 0;
  /**
   * Whether an answer may still arrive that was given before the backend was put back: it is of what the backend does not have any more. It may come
   * hours later to a kiosk that was asleep, which then does not follow the feed's new generation yet.
   */
  mayAnswerFromBefore(generation: Generation | null): boolean {
    if (this.restorations === 0) return false;
    const [row] = this.store.rows<{ generation: string }>('select generation from change_counter');
    return row?.generation !== generation || this.#world.time.elapsed() - this.#restoredAt < ANSWERS_COME_WITHIN_MS;
  }

  /** Puts the backup back, as the command for it does, and serves again. */
  async restore(): Promise<void> {
    const { time, trace } = this.#world;
    const backup = this.#backup;
    if (!backup) throw new Error('There is no backup');
    this.#backup = undefined;
    this.crash();
    this.store.restore(backup);
    this.#restoredAt = time.elapsed();
    this.restorations += 1;
    const opened = this.store.open();
    await beginGeneration(opened, time.now() + this.clockErrorMs, createSeededRandomness(this.#chance.below(2 ** 31)));
    await opened.close();
    trace.note('backend', 'is put back from its backup');
    await this.start();
  }

  /** @returns undefined when the backend is down or went down before it could answer */
  handle(request: PlainRequest): Promise<PlainAnswer | undefined> {
    return this.during(() => ask(this.#program.app, request));
  }

  /** Does `work` on the database that is open now. @returns undefined when there is none, or the backend went down or failed on the way */
  async during<T>(work: (database: BackendDatabase) => Promise<T>): Promise<T | undefined> {
    const asked = this.#database;
    if (!asked) return undefined;
    try {
      const result = await work(asked);
      return this.#database === asked ? result : undefined;
    } catch (error) {
      if (this.#database !== asked || error instanceof StatementFailed) return undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#database = undefined;
    this.store.close();
  }

  #onLog(database: BackendDatabase, name: string, fields: unknown): void {
    // Nobody hears what a dead program still says.
    if (this.#database !== database) return;
    const { trace, faults } = this.#world;
    const text = JSON.stringify(fields);
    trace.note('backend', name, text);
    if (name === 'unexpected-error' && !text.includes(StatementFailed.WORDS) && !text.includes('disk-full')) faults.find(`The backend met something unexpected: ${text}`);
  }

  #before(sql: string): void {
    if (!this.#database) return;
    const { strikes } = this.#world;
    if (this.#statementsLeft !== undefined) {
      this.#statementsLeft -= 1;
      if (this.#statementsLeft < 0) {
        strikes.add('backend-crash-at-statement');
        return this.crash();
      }
    }
    const failing = this.#failing;
    if (!failing || WRITING.test(sql) !== (failing.fault === 'backend-disk-full')) return;
    failing.left -= 1;
    if (failing.left >= 0) return;
    this.#failing = undefined;
    strikes.add(failing.fault);
    throw new StatementFailed(CODES[failing.fault]);
  }
}

class StatementFailed extends Error {
  static readonly WORDS = 'The simulated disk failed';
  readonly code: string;

  constructor(code: string) {
    super(StatementFailed.WORDS);
    this.code = code;
  }
}
