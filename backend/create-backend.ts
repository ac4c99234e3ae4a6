/**
 * The whole production backend in one process: brings the database up to date and builds the interface on it. Listens nowhere by
 * itself, so tests and simulations can ask it through `app.inject`.
 */
import type { FastifyInstance } from 'fastify';
import { createApi } from './api/api.ts';
import type { ApiOptions } from './api/route.ts';
import { migrate } from './database/migrate.ts';

export interface Backend {
  readonly app: FastifyInstance;
  /** Answers what is under way, then closes the interface and the database. */
  close(): Promise<void>;
}

/** @throws BackendUnusable when the database is not ours or newer than this program */
export async function createBackend(options: ApiOptions): Promise<Backend> {
  await migrate(options.database);
  const app = await createApi(options);
  return {
    app,
    async close() {
      await app.close();
      await options.database.close();
    },
  };
}
