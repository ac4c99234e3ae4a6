/**
 * Several statements of one transaction under way at once. Kysely sends a statement when the one before was answered; a connection keeps the
 * order of statements by itself, so those that do not need one another's answers can go out together, and come back after one journey.
 */
import {
  DummyDriver, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, Transaction,
  type CompiledQuery, type DatabaseConnection, type Dialect as KyselyDialect, type QueryResult,
} from 'kysely';
import type { Work } from './backend-database.ts';
import type { Engine } from './dialect.ts';
import type { Tables } from './tables.ts';

/** Without connections of their own: they only say how statements are written. */
const WRITTEN: Readonly<Record<Engine, KyselyDialect>> = {
  sqlite: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
  postgres: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (database) => new PostgresIntrospector(database),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
};

/** The connection while statements may overlap: it knows which of them are under way, and which failed first. */
class OverlappingConnection implements DatabaseConnection {
  readonly #connection: DatabaseConnection;
  readonly #underWay = new Set<Promise<unknown>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(connection: DatabaseConnection) {
    this.#connection = connection;
  }

  executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const answer = this.#execute<Row>(query);
    const settled: Promise<unknown> = answer.then(
      () => this.#underWay.delete(settled),
      () => this.#underWay.delete(settled),
    );
    this.#underWay.add(settled);
    return answer;
  }

  streamQuery(): never {
    throw new Error('Rows are not streamed here');
  }

  /** @throws the error of the first statement that failed, when all have been answered */
  async all(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    if (this.#failure) throw this.#failure.error;
  }

  async #execute<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    try {
      return await this.#connection.executeQuery<Row>(query);
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }
}

/** A statement that says nothing but that it was done need not be waited for where statements may overlap: it is before the transaction is committed. */
export async function written({ overlaps }: Work, answer: Promise<unknown>): Promise<void> {
  if (overlaps) answer.catch(() => undefined);
  else await answer;
}

/**
 * Runs `task` in the same transaction, where statements may overlap. Only what `task` is given may be used until it is done. When one of several
 * statements fails, the transaction is lost as with a single one, and that statement's error is the one that is thrown.
 */
export function overlapping<Result>({ transaction, dialect }: Work, task: (work: Work) => Promise<Result>): Promise<Result> {
  const executor = transaction.getExecutor();
  const engine = WRITTEN[dialect.engine];
  return executor.provideConnection(async (connection) => {
    const shared = new OverlappingConnection(connection);
    const own = new Transaction<Tables>({
      config: { dialect: engine },
      dialect: engine,
      driver: engine.createDriver(),
      executor: executor.withConnectionProvider({ provideConnection: (consumer) => consumer(shared) }),
    });
    const result = await task({ transaction: own, dialect, overlaps: true }).catch(async (error: unknown) => {
      // What goes wrong after a statement that failed goes wrong because of it: PostgreSQL refuses all that comes then.
      await shared.all();
      throw error;
    });
    await shared.all();
    return result;
  });
}
