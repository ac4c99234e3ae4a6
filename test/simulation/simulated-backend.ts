/**
 * The production backend on a real SQLite file, asked without a socket; it can crash between any two of its database statements and
 * is then opened again from what was committed. Building the interface takes longer than a whole run, so it is built once and given
 * the database of each run; it keeps nothing of its own but the devices' public keys, which are the same in every run.
 */
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { KyselyPlugin } from 'kysely';
import { createApi } from '../../backend/api/api.ts';
import type { BackendDatabase } from '../../backend/database/backend-database.ts';
import { migrate } from '../../backend/database/migrate.ts';
import { openSqlite } from '../../backend/database/open-sqlite.ts';
import type { BackendLog } from '../../backend/log.ts';
import { constantChance } from '../../backend/seed/constant-chance.ts';
import { createSeededRandomness } from '../../agent/test-support/seeded-randomness.ts';
import { ask, type PlainAnswer, type PlainRequest } from './in-process-request.ts';
import { copyDatabase } from './ledger-image.ts';
import type { SimulatedTime } from './simulated-time.ts';
import { BACKEND_FILE } from './small-town.ts';
import type { Faults, Trace } from './trace.ts';

/** The interface, and the world it serves at the moment. */
export interface BackendProgram {
  readonly app: FastifyInstance;
  serve(database: BackendDatabase, time: Pick<SimulatedTime, 'now'>, log: BackendLog): void;
  close(): Promise<void>;
}

export async function buildBackendProgram(): Promise<BackendProgram> {
  let served: { readonly database: BackendDatabase; readonly time: Pick<SimulatedTime, 'now'>; readonly log: BackendLog } | undefined;
  const now = () => {
    if (!served) throw new Error('The backend is asked before it serves');
    return served;
  };
  const database: BackendDatabase = {
    get kysely() {
      return now().database.kysely;
    },
    get dialect() {
      return now().database.dialect;
    },
    get where() {
      return now().database.where;
    },
    close: async () => undefined,
  };
  const log: BackendLog = { event: (name, fields) => now().log.event(name, fields) };
  const app = await createApi({ database, clock: { now: () => now().time.now() }, randomness: createSeededRandomness(1), log });
  return {
    app,
    serve(opened, time, writer) {
      served = { database: opened, time, log: writer };
    },
    close: () => app.close(),
  };
}

interface BackendWorld {
  readonly time: SimulatedTime;
  readonly trace: Trace;
  readonly faults: Faults;
}

export class SimulatedBackend {
  readonly #program: BackendProgram;
  readonly #world: BackendWorld;
  readonly #directory: string;
  readonly #chance;
  #file: string;
  #database: BackendDatabase | undefined;
  #opened = 0;
  #statementsLeft: number | undefined;
  crashes = 0;

  /** @param directory holds the town's file */
  constructor(program: BackendProgram, world: BackendWorld, directory: string, seed: number) {
    this.#program = program;
    this.#world = world;
    this.#directory = directory;
    this.#file = path.join(directory, BACKEND_FILE);
    this.#chance = constantChance(seed);
  }

  get up(): boolean {
    return this.#database !== undefined;
  }
  /** Path of the file that is open now. */
  get file(): string {
    return this.#file;
  }
  get database(): BackendDatabase {
    if (!this.#database) throw new Error('The backend is down');
    return this.#database;
  }

  async start(): Promise<void> {
    const { time, trace, faults } = this.#world;
    const opened = openSqlite(this.#file);
    await migrate(opened);
    this.#database = { ...opened, kysely: opened.kysely.withPlugin(this.#crashPoint()) };
    this.#statementsLeft = undefined;
    trace.note('backend', 'starts');
    this.#program.serve(this.#database, time, {
      event: (name, fields) => {
        trace.note('backend', name, fields);
        if (name === 'unexpected-error' && this.up) faults.find(`The backend met something unexpected: ${JSON.stringify(fields)}`);
      },
    });
  }

  /** The next request is cut off before one of its next `statements` statements. */
  crashSoon(): void {
    this.#statementsLeft = this.#chance.below(25);
  }

  /** No crash is waiting any more. */
  crashNoMore(): void {
    this.#statementsLeft = undefined;
  }

  /** Stops without a word: what is committed stays. */
  async crash(): Promise<void> {
    const before = this.#die();
    await before?.close();
  }

  /** @returns undefined when the backend is down or went down before it could answer */
  handle(request: PlainRequest): Promise<PlainAnswer | undefined> {
    return this.during(() => ask(this.#program.app, request));
  }

  /** Does `work` on the database that is open now. @returns undefined when there is none, or the backend went down on the way */
  async during<T>(work: (database: BackendDatabase) => Promise<T>): Promise<T | undefined> {
    const asked = this.#database;
    if (!asked) return undefined;
    const result = await work(asked);
    if (this.#database === asked) return result;
    // What the old program still did, it did to a file that nobody looks at any more.
    await asked.close();
    return undefined;
  }

  async close(): Promise<void> {
    await this.#database?.close();
    this.#database = undefined;
  }

  #die(): BackendDatabase | undefined {
    const before = this.#database;
    if (!before) return undefined;
    this.#opened += 1;
    this.crashes += 1;
    this.#file = copyDatabase(this.#file, path.join(this.#directory, `backend-${this.#opened}`));
    this.#database = undefined;
    this.#world.trace.note('backend', 'crashes');
    return before;
  }

  /** Kysely shows every statement to its plugins before it is sent. */
  #crashPoint(): KyselyPlugin {
    return {
      transformQuery: ({ node }) => {
        if (this.#statementsLeft !== undefined && this.up) {
          this.#statementsLeft -= 1;
          if (this.#statementsLeft < 0) this.#die();
        }
        return node;
      },
      transformResult: async ({ result }) => result,
    };
  }
}
