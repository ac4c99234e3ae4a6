import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApi } from '../api/api.ts';
import { systemRandomness } from '../ports.ts';
import { ENGINES } from '../test-support/engines.ts';
import { DAY_MS, START_MS, testTown, type TestTown } from '../test-support/test-town.ts';
import { createBackendLog } from '../log.ts';
import { startIntegrityWatch, untilNight, type IntegrityWatch } from './integrity-watch.ts';

const HOUR_MS = 3_600_000;

it.each([
  ['in the morning, for the coming night', '2026-11-21T01:00:00Z', 17.5],
  ['just before its hour, for tonight', '2026-11-21T18:29:00Z', 1 / 60],
  ['at its hour, for the night after', '2026-11-21T18:30:00Z', 24],
  ['after midnight in Tokyo, for the same night', '2026-11-21T15:30:00Z', 3],
])('waits %s', (_, now, hours) => {
  expect(untilNight(Date.parse(now))).toBe(hours * HOUR_MS);
});

describe.each(ENGINES)('the nightly look at the ledger on $name', (engine) => {
  let town: TestTown;
  let watch: IntegrityWatch;
  let busy: boolean;
  /** What waits, and for how long; steps of a look do not wait. */
  let waiting: Array<{ readonly ms: number; readonly task: () => void }>;
  const logged: Array<{ readonly event: string; readonly detail?: string }> = [];
  const log = createBackendLog((line) => void logged.push(JSON.parse(line) as (typeof logged)[number]));
  const settled = async () => {
    const before = logged.length;
    waiting.shift()?.task();
    while (logged.length === before || waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
  };

  beforeEach(async () => {
    town = await testTown(engine, 8);
    logged.length = 0;
    waiting = [];
    busy = false;
    watch = startIntegrityWatch({
      open: () => town.place.open(),
      clock: town.clock,
      log,
      busy: () => busy,
      after(ms, task) {
        if (ms < 1_000) setImmediate(task);
        else waiting.push({ ms, task });
        return () => void (waiting = []);
      },
    });
  });
  afterEach(async () => {
    await watch.stop();
    await town.close();
  });

  it('begins a minute after the start, goes on every night, and health says when it held', async () => {
    const api = await createApi({ database: town.database, clock: town.clock, randomness: systemRandomness, log, lastIntegrity: () => watch.last() });
    const health = async () => (await api.inject('/v1/health')).json<{ integrity: unknown }>().integrity;
    expect(await health()).toEqual({ heldAt: null, faults: null });
    expect(waiting.map(({ ms }) => ms)).toEqual([60_000]);
    await settled();
    expect(logged.map(({ event }) => event)).toEqual(['integrity-held']);
    expect(await health()).toEqual({ heldAt: '2026-11-21T01:00:00.000Z', faults: 0 });
    expect(waiting.map(({ ms }) => ms)).toEqual([17.5 * HOUR_MS]);

    town.clock.nowMs = START_MS + DAY_MS;
    await sql`update change_counter set last_cursor = 1`.execute(town.database.kysely);
    await settled();
    expect(logged.at(-1)).toMatchObject({ event: 'integrity-failed', detail: expect.stringContaining('its counter says 1') as string });
    expect(await health()).toEqual({ heldAt: '2026-11-21T01:00:00.000Z', faults: 1 });
    await api.close();
  });

  it('is put off while kiosks keep the backend busy, for an hour at most', async () => {
    busy = true;
    waiting.shift()?.task();
    expect([waiting.map(({ ms }) => ms), logged]).toEqual([[30_000], []]);
    busy = false;
    await settled();
    expect(logged.map(({ event }) => event)).toEqual(['integrity-held']);

    busy = true;
    let put = 0;
    for (waiting.shift()?.task(); waiting.length > 0; waiting.shift()?.task()) put += waiting[0]?.ms ?? 0;
    expect(put).toBe(HOUR_MS);
    while (logged.length === 1) await new Promise((resolve) => setImmediate(resolve));
    expect(logged.map(({ event }) => event)).toEqual(['integrity-held', 'integrity-held']);
  });

  it('ends in the middle when it is told to', async () => {
    const [first] = waiting;
    first?.task();
    await watch.stop();
    expect(logged).toEqual([]);
    expect(watch.last()).toEqual({ heldAt: null, faults: null });
  });
});
