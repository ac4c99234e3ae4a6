/**
 * The backend's database: SQLite in memory, which survives a crash of the program as a disk does. Whoever opens it gets a connection
 * that can be stopped at any statement; what was not committed then is rolled back, as recovery would do it.
 */
import SqliteFile from 'better-sqlite3';
import { Kysely, SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely';
import type { BackendDatabase } from '../../backend/database/backend-database.ts';
import { DIALECTS } from '../../backend/database/dialect.ts';
import { asKyselyWants, configure } from '../../backend/database/open-sqlite.ts';
import type { Tables } from '../../backend/database/tables.ts';

const WHERE = 'in memory';

/** Thrown to a program that has stopped. */
export class BackendIsDown extends Error {
  constructor() {
    super('The backend went down');
  }
}

/** Asked before each statement; may stop the program (`store.stop()`), or throw what SQLite would. */
export type BeforeStatement = (sql: string) => void;

export class BackendStore {
  #connection: SqliteFile.Database;
  #statements: SqliteDatabase;
  /** Tells the programs that opened the database one after another apart; the one that is running has the highest number. */
  #opening = 0;
  #open = false;

  /** @param image as `image()` gave it; an empty database when left out */
  constructor(image?: Buffer) {
    this.#connection = connect(image);
    this.#statements = asKyselyWants(this.#connection);
  }

  /** Everything that is committed. */
  image(): Buffer {
    return this.#connection.serialize();
  }

  /** Puts an earlier image back, as somebody does who restores a backup. The program must have stopped. */
  restore(image: Buffer): void {
    this.#connection.close();
    this.#connection = connect(image);
    this.#statements = asKyselyWants(this.#connection);
  }

  open(before: BeforeStatement = () => undefined): BackendDatabase {
    this.#opening += 1;
    this.#open = true;
    const own = this.#opening;
    const alive = () => this.#open && own === this.#opening;
    const kysely = new Kysely<Tables>({ dialect: new SqliteDialect({ database: mortal(this.#statements, alive, before) }) });
    return { kysely, dialect: DIALECTS.sqlite, where: WHERE, close: async () => this.stop() };
  }

  /** The program that has the database open stops at once. */
  stop(): void {
    this.#open = false;
    if (this.#connection.inTransaction) this.#connection.exec('rollback');
  }

  /** Reads past the program, what is committed or not. */
  rows<Row>(sql: string, ...parameters: readonly unknown[]): Row[] {
    return this.#connection.prepare<unknown[], Row>(sql).all(...parameters);
  }

  close(): void {
    this.#connection.close();
  }
}

function connect(image: Buffer | undefined): SqliteFile.Database {
  const connection = image === undefined ? new SqliteFile(':memory:') : new SqliteFile(image);
  configure(connection, WHERE);
  return connection;
}

function mortal(statements: SqliteDatabase, alive: () => boolean, before: BeforeStatement): SqliteDatabase {
  const ask = (sql: string): void => {
    if (!alive()) throw new BackendIsDown();
    before(sql);
    if (!alive()) throw new BackendIsDown();
  };
  return {
    close: () => undefined,
    prepare(sql): SqliteStatement {
      // What a dead program still wants to roll back was rolled back when it died.
      if (sql === 'rollback') return alive() ? statements.prepare(sql) : NOTHING;
      const statement = statements.prepare(sql);
      return {
        reader: statement.reader,
        all(parameters) {
          ask(sql);
          return statement.all(parameters);
        },
        run(parameters) {
          ask(sql);
          return statement.run(parameters);
        },
        iterate(parameters) {
          ask(sql);
          return statement.iterate(parameters);
        },
      };
    },
  };
}

const NOTHING: SqliteStatement = { reader: false, all: () => [], run: () => ({ changes: 0, lastInsertRowid: 0 }), iterate: () => [].values() };
