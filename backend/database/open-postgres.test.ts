import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { ENGINES } from '../test-support/engines.ts';
import { inTransaction } from './backend-database.ts';

const postgres = ENGINES.find(({ name }) => name === 'PostgreSQL');

it('loses one piece of work, not the process, when the server ends a connection that is being used', async () => {
  if (!postgres) throw new Error('There is no PostgreSQL among the engines');
  const place = await postgres.place();
  const database = await place.open();
  const backendOf = async (executor: Parameters<ReturnType<typeof sql>['execute']>[0]) => (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(executor)).rows[0]?.pid ?? 0;
  const cut = inTransaction(database, async ({ transaction }) => {
    const ours = await backendOf(transaction);
    await sql`select pg_terminate_backend(${ours}, 5000)`.execute(database.kysely);
    // Between two statements: nobody waits for an answer on this connection when the server takes leave of it.
    await new Promise((resolve) => setTimeout(resolve, 50));
    await backendOf(transaction);
  });
  await expect(cut).rejects.toThrow();
  expect(await backendOf(database.kysely)).toBeGreaterThan(0);
  await database.close();
  await place.remove();
});
