import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeviceId } from '../../contract/ids.ts';
import { addDays, dateInTokyo, LocalDate } from '../../contract/time.ts';
import type { BookedMovement, BooksFormatName } from '../../contract/export/books-format.ts';
import { balancesOfHledger, balancesOfLedger, checkedByHledger, checkedByLedger, type Balances } from '../../contract/test-support/accounting-programs.ts';
import { BOOKED_SCHEMES, everyMovement, seededDice } from '../../contract/test-support/every-movement.ts';
import { MovementKind } from '../../contract/value.ts';
import { insertAll } from '../database/insert-all.ts';
import { TOMAMAE } from '../seed/demo-town.ts';
import { ENGINES } from '../test-support/engines.ts';
import { START_MS, testTown, type TestTown } from '../test-support/test-town.ts';
import { readBooks } from './books.ts';
import { asOnlyWriter } from './change-feed.ts';
import { exportBooks, type Period } from './export-books.ts';
import { putSchemes } from './scheme-versions.ts';
import { insertMovements } from './stored-value.ts';

const ACCEPTED = { status: 0, complaint: '' };

describe.each(ENGINES)('the books for other programs, on $name', (engine) => {
  let town: TestTown;
  let booked: readonly BookedMovement[];
  const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-export-'));
  beforeAll(async () => {
    town = await testTown(engine);
    const device = await town.device();
    const device_id = DeviceId.parse(device.deviceId);
    booked = everyMovement(seededDice(31), 60).map((movement) => (movement.device === null ? movement : { ...movement, device: device_id }));
    const municipality_id = TOMAMAE.id;
    const accounts = new Set(booked.flatMap(({ movement }) => [movement.accountId, ...movement.lots.map(({ accountId }) => accountId)]));
    await asOnlyWriter(town.database, municipality_id, async (work) => {
      await putSchemes(work, [...BOOKED_SCHEMES.values()]);
      await insertAll(work, 'account', [...accounts].map((account_id) => ({ municipality_id, account_id, resident_id: null, home_site_id: 'yakuba', state: 'open' as const })));
      const posted = booked.map(({ movement, device: deviceId, seq }) => ({ movement, source: deviceId === null || seq === null ? null : { deviceId, seq } }));
      await insertMovements(work, municipality_id, posted, START_MS);
    });
  });
  afterAll(async () => {
    await town.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function exported(format: BooksFormatName, period: Period = {}): Promise<string> {
    let text = '';
    await exportBooks(town.database, { municipalityId: TOMAMAE.id, format, period }, async (piece) => void (text += piece));
    return text;
  }
  const file = (text: string): string => {
    const name = path.join(directory, 'books.journal');
    writeFileSync(name, text);
    return name;
  };
  const byAccount = (balances: Balances) => new Map(Object.entries(balances).map(([key, amount]) => [key.slice(0, key.indexOf(' ')).replaceAll(':', '/'), amount]));
  const ownSums = async () =>
    new Map((await readBooks(town.database)).accounts.map(({ account, debit, credit }) => [account, debit - credit] as const).filter(([, sum]) => sum !== 0));

  it('are every movement as it was posted', async () => {
    const lines = (await exported('json')).trimEnd().split('\n').map((line) => JSON.parse(line) as BookedMovement);
    const operations = new Set(booked.map(({ movement }) => movement.operationId));
    expect(lines.filter(({ movement }) => operations.has(movement.operationId))).toEqual(booked);
    expect(new Set(booked.map(({ movement }) => movement.kind))).toEqual(new Set(MovementKind.options));
    const { count } = await town.database.kysely.selectFrom('movement').select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
    expect(lines).toHaveLength(count);
  });

  it('balance in hledger and ledger to the yen, and are what our own sums are', async () => {
    const name = file(await exported('hledger'));
    expect([checkedByHledger(name), checkedByLedger(name)]).toEqual([ACCEPTED, ACCEPTED]);
    expect(byAccount(balancesOfHledger(name))).toEqual(await ownSums());
    expect(byAccount(balancesOfLedger(name))).toEqual(await ownSums());
  });

  it('begin a period with what stood there before, and end it with the same balances as the whole', async () => {
    const [days] = [[...new Set(booked.map(({ movement }) => dateInTokyo(movement.occurredAt)))].sort()];
    const day = days[1] ?? LocalDate.parse('2026-10-01');
    const name = file(await exported('hledger', { from: day }));
    expect([checkedByHledger(name), checkedByLedger(name)]).toEqual([ACCEPTED, ACCEPTED]);
    expect(byAccount(balancesOfHledger(name))).toEqual(await ownSums());
    expect(byAccount(balancesOfLedger(name))).toEqual(await ownSums());
    const earlier = file(await exported('hledger', { to: addDays(day, -1) }));
    expect([checkedByHledger(earlier), checkedByLedger(earlier)]).toEqual([ACCEPTED, ACCEPTED]);
    expect(byAccount(balancesOfHledger(earlier))).not.toEqual(await ownSums());
  });

  it('have each row in one period, by the day in Tokyo', async () => {
    const rowsOf = (text: string) => text.split('\r\n').slice(1, -1);
    const whole = rowsOf(await exported('csv'));
    const day = LocalDate.parse('2026-10-01');
    const [before, after] = [rowsOf(await exported('csv', { to: addDays(day, -1) })), rowsOf(await exported('csv', { from: day }))];
    expect(before.length * after.length).toBeGreaterThan(0);
    expect([...before, ...after].sort()).toEqual([...whole].sort());
    expect(before.every((row) => row.slice(0, 10) < day) && after.every((row) => row.slice(0, 10) >= day)).toBe(true);
    expect(rowsOf(await exported('csv', { from: day, to: day }))).toEqual(whole.filter((row) => row.startsWith(day)));
  });

  it('tell nothing about a person', async () => {
    const residents = await town.database.kysely.selectFrom('resident').select('resident_id').execute();
    const cards = await town.database.kysely.selectFrom('card').select('card_ref').execute();
    const text = (await exported('json')) + (await exported('csv')) + (await exported('hledger'));
    const named = [...residents.map(({ resident_id }) => resident_id), ...cards.map(({ card_ref }) => card_ref)].filter((word) => text.includes(word));
    expect(named).toEqual([]);
    expect(residents.length).toBeGreaterThan(10);
  });
});
