/** Both engines, for tests that must hold on each: `describe.each(ENGINES)('… on $name', …)`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BackendDatabase } from '../database/backend-database.ts';
import type { Place } from '../commands/command.ts';
import { openDatabase } from '../database/open-database.ts';
import { privateDatabase, TEMPLATE } from './private-postgres.ts';

/** A database of a test's own. It can be opened several times: a second opening is a second connection, as of another process. */
export interface TestPlace extends Place {
  readonly open: () => Promise<BackendDatabase>;
  readonly remove: () => Promise<void>;
}

export interface TestEngine {
  readonly name: 'SQLite' | 'PostgreSQL';
  /** @param empty true: without any schema */
  readonly place: (empty?: boolean) => Promise<TestPlace>;
}

function asPlace(place: Place, removeDatabase: () => Promise<void>): TestPlace {
  return {
    ...place,
    open: () => openDatabase(place),
    async remove() {
      await removeDatabase();
      rmSync(place.dataDir, { recursive: true, force: true });
    },
  };
}

const temporaryDirectory = () => mkdtempSync(path.join(tmpdir(), 'kazasu-backend-'));

const sqlite: TestEngine = {
  name: 'SQLite',
  place: async () => asPlace({ dataDir: temporaryDirectory() }, async () => undefined),
};

const postgres: TestEngine = {
  name: 'PostgreSQL',
  place: async (empty = false) => {
    const { url, drop } = await privateDatabase(empty ? 'template0' : TEMPLATE);
    return asPlace({ dataDir: temporaryDirectory(), databaseUrl: url }, drop);
  },
};

export const ENGINES: readonly TestEngine[] = [sqlite, postgres];
