/**
 * Several statements of one transaction under way at once. Kysely sends a statement when the one before was answered; a connection keeps the
 * order of statements by itself, so those that do not need one another's answers can go out together, and come back after one journey.
 */
import {
  DummyDriver, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, Transaction,
  type Dialect as KyselyDialect,
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

/**
 * Runs `task` in the same transaction, where statements may overlap. Only what `task` is given may be used until it is done. When one of several
 * statements fails, the transaction is lost as with a single one.
 */
export function overlapping<Result>({ transaction, dialect }: Work, task: (transaction: Transaction<Tables>) => Promise<Result>): Promise<Result> {
  const executor = transaction.getExecutor();
  const written = WRITTEN[dialect.engine];
  return executor.provideConnection((connection) =>
    task(
      new Transaction<Tables>({
        config: { dialect: written },
        dialect: written,
        driver: written.createDriver(),
        executor: executor.withConnectionProvider({ provideConnection: (consumer) => consumer(connection) }),
      }),
    ),
  );
}
