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

it('finds rows by an index however few there are: the plan is kept when there are many', async () => {
  if (!postgres) throw new Error('There is no PostgreSQL among the engines');
  const place = await postgres.place();
  const database = await place.open();
  const plan = await database.kysely.connection().execute(async (connection) => {
    await sql`create temporary table few (id text primary key)`.execute(connection);
    await sql`insert into few values ('a'), ('b')`.execute(connection);
    await sql`analyze few`.execute(connection);
    return (await sql<{ 'QUERY PLAN': string }>`explain select * from few where id = 'b'`.execute(connection)).rows;
  });
  expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toMatch(/^Index/);
  await database.close();
  await place.remove();
});
