import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import SqliteFile from 'better-sqlite3';
import { sql, type Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock, systemRandomness } from '../ports.ts';
import { newOfficeKey } from '../people/office-key.ts';
import { seedDemo } from '../seed/demo.ts';
import { ENGINES, type TestPlace } from '../test-support/engines.ts';
import { BackendUnusable } from '../unusable.ts';
import type { BackendDatabase } from './backend-database.ts';
import { migrate, SCHEMA_VERSION } from './migrate.ts';
import { openPostgres } from './open-postgres.ts';
import { APPLICATION_ID, openSqlite } from './open-sqlite.ts';
import type { Tables } from './tables.ts';

const refusal = async (attempt: () => unknown): Promise<BackendUnusable> => {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof BackendUnusable) return error;
    throw error;
  }
  throw new Error('It was not refused');
};

describe.each(ENGINES)('the schema on $name', (engine) => {
  let place: TestPlace;
  let database: BackendDatabase;
  beforeEach(async () => {
    place = await engine.place(true);
    database = await place.open();
  });
  afterEach(async () => {
    await database.close();
    await place.remove();
  });

  it('goes up, down and up again, and leaves nothing behind', async () => {
    expect(await migrate(database)).toEqual({ from: 0, to: SCHEMA_VERSION });
    const tables = (await database.dialect.tableNames(database.kysely)).sort();
    expect(tables).toContain('posting');
    for (let version = SCHEMA_VERSION - 1; version >= 0; version -= 1) await migrate(database, version);
    expect(await database.dialect.tableNames(database.kysely)).toEqual(['kazasu_migration']);
    await migrate(database);
    expect((await database.dialect.tableNames(database.kysely)).sort()).toEqual(tables);
    const seeded = await seedDemo({ database, clock: systemClock, randomness: systemRandomness, officePublicKey: newOfficeKey().x, population: 5 });
    expect(seeded.kind).toBe('seeded');
  });

  it('takes over cards and devices of the time before cards had keys', async () => {
    const { kysely } = database;
    await migrate(database, 4);
    const municipality_id = 'm';
    await kysely.insertInto('municipality').values({ municipality_id, name: '町', card_key: 'A'.repeat(43), office_public_key: 'A'.repeat(43) }).execute();
    await kysely.insertInto('site').values({ municipality_id, site_id: 's', name: '役場' }).execute();
    await kysely.insertInto('account').values({ municipality_id, account_id: 'a', resident_id: null, home_site_id: 's', state: 'open' }).execute();
    await sql`insert into card (municipality_id, card_ref, account_id, state) values ('m', ${'0'.repeat(32)}, 'a', 'active')`.execute(kysely);
    await sql`insert into device (municipality_id, device_id, site_id, label, public_key, state, enrolled_ms)
      values ('m', 'd', 's', '役場1', ${'A'.repeat(43)}, 'active', 0)`.execute(kysely);
    for (let round = 0; round < 2; round += 1) {
      await migrate(database);
      expect(await kysely.selectFrom('card').select(['profile', 'key_version', 'sealed_identifier', 'state']).execute()).toEqual([
        { profile: 'plain-identifier', key_version: null, sealed_identifier: null, state: 'active' },
      ]);
      expect(await kysely.selectFrom('device').select(['device_id', 'sealing_key']).execute()).toEqual([{ device_id: 'd', sealing_key: null }]);
      await migrate(database, 4);
    }
    await migrate(database);
    const card = kysely.updateTable('card').where('card_ref', '=', '0'.repeat(32));
    await expect(card.set({ profile: 'desfire' }).execute()).rejects.toThrow(/check/i);
    await expect(card.set({ key_version: 1 }).execute()).rejects.toThrow(/check/i);
    await card.set({ profile: 'desfire', key_version: 1 }).execute();
  });

  it('takes nothing that refers to something that is not there, and lets nothing go that is referred to', async () => {
    const { kysely } = database;
    await migrate(database);
    const municipality_id = 'm';
    await kysely.insertInto('municipality').values({ municipality_id, name: '町', card_key: 'A'.repeat(43), office_public_key: 'A'.repeat(43) }).execute();
    await kysely.insertInto('site').values({ municipality_id, site_id: 's', name: '役場' }).execute();
    await kysely.insertInto('account').values({ municipality_id, account_id: 'a', resident_id: null, home_site_id: 's', state: 'open' }).execute();
    await sql`insert into device (municipality_id, device_id, site_id, label, public_key, state, enrolled_ms) values ('m', 'd', 's', '役場1', ${'A'.repeat(43)}, 'active', 0)`.execute(kysely);
    await sql`insert into scheme (municipality_id, scheme_id, kind, unit, name, issuer, usable_at, contact, legal_basis, first_day, last_day)
      values ('m', 'v', 'voucher', 'yen', '券', '町', '町内', '役場', '法', '2026-01-01', '2026-12-31')`.execute(kysely);
    const movement = { municipality_id, operation_id: 'o', kind: 'load' as const, account_id: 'a', scheme_id: 'v', entitlement_id: null, occurred_at: '2026-11-21T01:00:00.000Z', device_id: 'd', seq: 1, posted_ms: 7 };
    const entry = { municipality_id, device_id: 'd', seq: 1, entry_id: 'e', prev_hash: '0'.repeat(64), hash: '1'.repeat(64), body: '{}', received_ms: 7 };
    const lot = { municipality_id, lot_id: 'l', operation_id: 'o', account_id: 'a', scheme_id: 'v', kind: 'free' as const, issued_on: '2026-11-21', last_day: '2026-12-31' };
    const posting = { municipality_id, operation_id: 'o', number: 0, debit: 'issued/v', credit: 'pocket/a/l', amount: 5 };
    const grant = { municipality_id, entitlement_id: 'g', account_id: 'a', scheme_id: 'v', amount: 5, lot_kind: 'free' as const, first_day: '2026-01-01', last_day: '2026-12-31', state: 'open' as const, operation_id: null };
    const seal = { municipality_id, device_id: 'd', seq: 1, hash: '1'.repeat(64), signature: 'A'.repeat(86), received_ms: 7 };
    const nonce = { municipality_id, device_id: 'd', jti: 'j', keep_until_ms: 7 };
    await kysely.insertInto('movement').values(movement).execute();
    await kysely.insertInto('journal_entry').values(entry).execute();
    await kysely.insertInto('lot').values(lot).execute();
    await kysely.insertInto('posting').values(posting).execute();
    await kysely.insertInto('entitlement').values(grant).execute();
    await kysely.insertInto('journal_seal').values(seal).execute();
    await kysely.insertInto('request_nonce').values(nonce).execute();
    await kysely.updateTable('entitlement').set({ state: 'taken', operation_id: 'o' }).execute();
    const another = { operation_id: 'p', seq: 2 };
    const refused: ReadonlyArray<{ execute(): Promise<unknown> }> = [
      ...[{ account_id: 'x' }, { scheme_id: 'x' }, { device_id: 'x' }, { from_account_id: 'x' }, { of_operation: 'x' }, { municipality_id: 'x' }].map((wrong) => kysely.insertInto('movement').values({ ...movement, ...another, ...wrong })),
      // One of several.
      kysely.insertInto('movement').values([{ ...movement, ...another }, { ...movement, operation_id: 'q', seq: 3, account_id: 'x' }]),
      ...[{ operation_id: 'x' }, { account_id: 'x' }, { scheme_id: 'x' }].map((wrong) => kysely.insertInto('lot').values({ ...lot, lot_id: 'k', ...wrong })),
      kysely.insertInto('posting').values({ ...posting, operation_id: 'x' }),
      kysely.insertInto('journal_entry').values({ ...entry, device_id: 'x', entry_id: 'f' }),
      kysely.insertInto('journal_seal').values({ ...seal, seq: 2 }),
      kysely.insertInto('request_nonce').values({ ...nonce, device_id: 'x' }),
      kysely.insertInto('entitlement').values({ ...grant, entitlement_id: 'h', state: 'taken', operation_id: 'x' }),
      kysely.updateTable('entitlement').set({ operation_id: 'x' }),
      ...(['account', 'scheme', 'device'] as const).map((table) => kysely.deleteFrom(table)),
      kysely.updateTable('account').set({ account_id: 'x' }),
      kysely.updateTable('scheme').set({ scheme_id: 'x' }),
      kysely.updateTable('device').set({ device_id: 'x' }),
    ];
    const answers = await Promise.all(refused.map((attempt) => attempt.execute().then(() => 'taken', String)));
    expect(answers.filter((answer) => !/foreign key/i.test(answer))).toEqual([]);
    expect(await kysely.selectFrom('movement').select('operation_id').execute()).toEqual([{ operation_id: 'o' }]);
  });

  it('takes over movements, accounts and schemes of the time when value could only be granted, and gives them back', async () => {
    const { kysely } = database;
    await migrate(database, 5);
    const municipality_id = 'm';
    await kysely.insertInto('municipality').values({ municipality_id, name: '町', card_key: 'A'.repeat(43), office_public_key: 'A'.repeat(43) }).execute();
    await kysely.insertInto('site').values({ municipality_id, site_id: 's', name: '役場' }).execute();
    await kysely.insertInto('household').values({ municipality_id, household_id: 'h', home_site_id: 's' }).execute();
    await kysely.insertInto('resident').values({ municipality_id, resident_id: 'r', household_id: 'h', sealed: '' }).execute();
    await sql`insert into account (municipality_id, account_id, resident_id, home_site_id, state) values ('m', 'a', 'r', 's', 'open')`.execute(kysely);
    await sql`insert into scheme (municipality_id, scheme_id, kind, unit, name, issuer, usable_at, contact, legal_basis, first_day, last_day)
      values ('m', 'v', 'voucher', 'yen', '券', '町', '町内', '役場', '法', '2026-01-01', '2026-12-31')`.execute(kysely);
    await sql`insert into movement (municipality_id, operation_id, kind, account_id, scheme_id, entitlement_id, occurred_at, posted_ms)
      values ('m', 'o', 'load', 'a', 'v', 'e', '2026-11-21T01:00:00.000Z', 7)`.execute(kysely);
    await sql`insert into entitlement (municipality_id, entitlement_id, account_id, scheme_id, amount, lot_kind, first_day, last_day, state, operation_id)
      values ('m', 'e', 'a', 'v', 5, 'free', '2026-01-01', '2026-12-31', 'taken', 'o')`.execute(kysely);
    await sql`insert into lot (municipality_id, lot_id, operation_id, account_id, scheme_id, kind, issued_on, last_day) values ('m', 'l', 'o', 'a', 'v', 'free', '2026-11-21', '2026-12-31')`.execute(kysely);
    await sql`insert into posting (municipality_id, operation_id, number, debit, credit, amount) values ('m', 'o', 0, 'issued/v', 'pocket/a/l', 5)`.execute(kysely);
    const movement = sql<Record<string, unknown>>`select operation_id, kind, account_id, scheme_id, entitlement_id, occurred_at, device_id, seq, posted_ms from movement`;
    const before = (await movement.execute(kysely)).rows;
    for (let round = 0; round < 2; round += 1) {
      await migrate(database);
      expect((await movement.execute(kysely)).rows).toEqual(before);
      expect(await kysely.selectFrom('movement').select(['of_operation', 'staff', 'sets', 'stock_lease', 'from_account_id']).execute()).toEqual([{ of_operation: null, staff: null, sets: null, stock_lease: null, from_account_id: null }]);
      expect(await kysely.selectFrom('account').select(['resident_id', 'state', 'successor_id']).execute()).toEqual([{ resident_id: 'r', state: 'open', successor_id: null }]);
      expect(await kysely.selectFrom('scheme').select(['rules', 'issuer_kind']).execute()).toEqual([{ rules: null, issuer_kind: null }]);
      expect(await kysely.selectFrom('scheme_version').select(['scheme_id', 'version', 'since_cursor', 'name', 'last_day', 'rules']).execute()).toEqual([{ scheme_id: 'v', version: 1, since_cursor: 0, name: '券', last_day: '2026-12-31', rules: null }]);
      await expect(kysely.updateTable('movement').set({ posted_ms: 8 }).execute()).rejects.toThrow('append-only');
      await expect(kysely.deleteFrom('movement').execute()).rejects.toThrow('append-only');
      await expect(kysely.deleteFrom('account').execute()).rejects.toThrow(/foreign key/i);
      await migrate(database, 5);
      expect((await movement.execute(kysely)).rows).toEqual(before);
      await expect(kysely.deleteFrom('movement').execute()).rejects.toThrow('append-only');
      await expect(sql`insert into movement select municipality_id, 'again', kind, account_id, scheme_id, entitlement_id, occurred_at, device_id, seq, posted_ms from movement`.execute(kysely)).rejects.toThrow(/unique/i);
      await expect(sql`insert into account (municipality_id, account_id, resident_id, home_site_id, state) values ('m', 'b', 'r', 's', 'open')`.execute(kysely)).rejects.toThrow(/unique/i);
    }
    await migrate(database);
    const next = { municipality_id, account_id: 'a', scheme_id: 'v', entitlement_id: null, occurred_at: '2026-11-21T02:00:00.000Z', device_id: null, seq: null, posted_ms: 8 };
    await kysely.insertInto('movement').values({ ...next, operation_id: 'w', kind: 'void', of_operation: 'o' }).execute();
    await expect(kysely.insertInto('movement').values({ ...next, operation_id: 'x', kind: 'void', of_operation: 'o' }).execute()).rejects.toThrow(/unique/i);
    await expect(kysely.insertInto('movement').values({ ...next, operation_id: 'x', kind: 'spend', of_operation: 'nothing' }).execute()).rejects.toThrow(/foreign key/i);
    const error = await refusal(() => migrate(database, 5));
    expect([error.exitCode, error.message]).toEqual([78, expect.stringContaining('1 movements') as string]);
    expect(await kysely.selectFrom('movement').select('operation_id').orderBy('operation_id').execute()).toEqual([{ operation_id: 'o' }, { operation_id: 'w' }]);
    await migrate(database);
    await kysely.insertInto('movement').values({ ...next, operation_id: 's', kind: 'sale', sets: 1, paid_per_set: 10, premium_per_set: 3 }).execute();
    expect((await refusal(() => migrate(database, 9))).message).toContain('what was sold');
  });

  it('is brought up once when two processes start at the same time', async () => {
    const other = await place.open();
    const [one, two] = engine.name === 'PostgreSQL' ? await Promise.all([migrate(database), migrate(other)]) : [await migrate(database), await migrate(other)];
    expect([one.to, two.to]).toEqual([SCHEMA_VERSION, SCHEMA_VERSION]);
    await other.close();
  });

  it('has municipality_id in every table', async () => {
    await migrate(database);
    for (const table of (await database.dialect.tableNames(database.kysely)).filter((name) => name !== 'kazasu_migration')) {
      await expect(sql`select municipality_id from ${sql.table(table)} limit 1`.execute(database.kysely), table).resolves.toBeDefined();
    }
  });

  it('is left alone when a newer version of the program wrote it', async () => {
    await migrate(database);
    await database.kysely.insertInto('kazasu_migration').values({ version: 99, name: 'of-the-future' }).execute();
    const error = await refusal(() => migrate(database));
    expect([error.exitCode, error.message]).toEqual([78, expect.stringContaining('newer version') as string]);
  });

  it('is not put among another program’s tables', async () => {
    await sql`create table somebody_elses (id integer)`.execute(database.kysely);
    const error = await refusal(() => migrate(database));
    expect([error.exitCode, error.message]).toEqual([78, expect.stringContaining('somebody_elses') as string]);
    expect(await database.dialect.tableNames(database.kysely)).toEqual(['somebody_elses']);
  });

  it('refuses an amount of nothing or less', async () => {
    await migrate(database);
    const posting = { municipality_id: 'x', operation_id: 'o', number: 0, debit: 'issued/a', credit: 'pocket/b/c' };
    await expect(database.kysely.insertInto('posting').values({ ...posting, amount: 0 }).execute()).rejects.toThrow(/check/i);
  });
});

describe('the SQLite file', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'kazasu-sqlite-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('survives a power cut: WAL, every commit on the disk, marked as ours', async () => {
    const database = openSqlite(path.join(directory, 'new', 'backend.sqlite'));
    const pragma = async (name: string) => Object.values((await sql<Record<string, unknown>>`pragma ${sql.raw(name)}`.execute(database.kysely)).rows[0] ?? {})[0];
    expect([await pragma('journal_mode'), await pragma('synchronous'), await pragma('foreign_keys'), await pragma('application_id')]).toEqual(['wal', 2, 1, APPLICATION_ID]);
    await database.close();
  });

  it('lets nothing come between the statements of a transaction', async () => {
    const database = openSqlite(':memory:');
    await migrate(database);
    const order: string[] = [];
    const transaction = database.kysely.transaction().execute(async (work) => {
      for (const step of ['first', 'second', 'third']) {
        await sql`select 1`.execute(work);
        order.push(step);
      }
    });
    const outside = sql`select 1`.execute(database.kysely).then(() => order.push('outside'));
    await Promise.all([transaction, outside]);
    expect(order).toEqual(['first', 'second', 'third', 'outside']);
    await database.close();
  });

  it('tells the true error when SQLite has ended the transaction by itself, as it does on a full disk', async () => {
    const database = openSqlite(':memory:');
    await migrate(database);
    const ending = database.kysely.transaction().execute((work) => sql`insert or rollback into kazasu_migration (version, name) values (1, 'again')`.execute(work));
    await expect(ending).rejects.toThrow('UNIQUE');
    await migrate(database);
    await database.close();
  });

  it('does nothing outside of a transaction that SQLite has ended by itself, whatever was on its way', async () => {
    const database = openSqlite(':memory:');
    await migrate(database);
    const add = (name: string, work: Kysely<Tables>) => sql`insert into kazasu_migration (version, name) values (${1_000 + name.length}, ${name})`.execute(work);
    const ending = database.kysely.transaction().execute(async (work) => {
      await sql`insert or rollback into kazasu_migration (version, name) values (1, 'again')`.execute(work).catch(() => undefined);
      await expect(add('a', work)).rejects.toThrow('rolled the transaction back');
      await expect(add('bb', work)).rejects.toThrow('rolled the transaction back');
    });
    await expect(ending).rejects.toThrow('rolled the transaction back');
    await add('ccc', database.kysely);
    const { rows } = await sql`select name from kazasu_migration where version > 1000`.execute(database.kysely);
    expect(rows).toEqual([{ name: 'ccc' }]);
    await database.close();
  });

  it('of another program is refused and not touched', async () => {
    const file = path.join(directory, 'backend.sqlite');
    const foreign = new SqliteFile(file);
    foreign.exec('create table notes (text)');
    foreign.close();
    const before = readFileSync(file);
    const error = await refusal(() => openSqlite(file));
    expect([error.exitCode, error.message]).toEqual([78, expect.stringContaining('not a Kazasu backend') as string]);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('that is no database, or cannot be written, is refused with what to do', async () => {
    const text = path.join(directory, 'text.sqlite');
    writeFileSync(text, 'This is a letter, not a database. '.repeat(100));
    expect((await refusal(() => openSqlite(text))).message).toContain('not an SQLite database');
    mkdirSync(path.join(directory, 'is-a-directory'));
    const error = await refusal(() => openSqlite(path.join(directory, 'is-a-directory')));
    expect([error.exitCode, error.message]).toEqual([78, expect.stringContaining('cannot be written') as string]);
    expect((await refusal(() => openSqlite(path.join(text, 'below', 'a-file.sqlite')))).exitCode).toBe(78);
  });
});

describe('the PostgreSQL address', () => {
  it('is refused with what to do when it is none', async () => {
    expect((await refusal(() => openPostgres('mysql://localhost/town'))).message).toContain('postgres://');
    expect((await refusal(() => openPostgres('postgres://user:p%ZZ@localhost:port/town'))).exitCode).toBe(78);
  });

  it('is not reachable: it says so and never shows the password', async () => {
    const error = await refusal(() => openPostgres('postgres://kazasu:secret-word@127.0.0.1:1/town'));
    expect([error.exitCode, error.message]).toEqual([69, expect.stringContaining('127.0.0.1:1/town') as string]);
    expect(error.message).not.toContain('secret-word');
  });

  it('names a database that does not exist', async () => {
    const [, postgres] = ENGINES;
    const place = await postgres?.place();
    const error = await refusal(() => openPostgres(place?.databaseUrl?.replace(/test_\w+/, 'no_such_town') ?? ''));
    expect([error.exitCode, error.message]).toEqual([78, expect.stringContaining('does not exist') as string]);
    await place?.remove();
  });
});
