/** A small demo town on a database of its own, with the production backend on it and a clock that the test sets. */
import { SiteId } from '../../contract/ids.ts';
import type { ApiOptions } from '../api/route.ts';
import { createBackend, type Backend } from '../create-backend.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { inviteDevice } from '../devices/enrolment.ts';
import { createBackendLog } from '../log.ts';
import { officeKeyIn } from '../people/office-key.ts';
import { systemRandomness } from '../ports.ts';
import { seedDemo } from '../seed/demo.ts';
import type { TestEngine, TestPlace } from './engines.ts';
import { sendByInject, TestDevice, valueOf } from './test-device.ts';

/** 2026-11-21 10:00 in Tokyo. */
export const START_MS = Date.parse('2026-11-21T01:00:00.000Z');
export const DAY_MS = 86_400_000;

export interface LogLine {
  readonly event: string;
  readonly [field: string]: unknown;
}

export interface TestTown {
  readonly place: TestPlace;
  readonly database: BackendDatabase;
  readonly backend: Backend;
  readonly clock: { nowMs: number; now(): number };
  readonly logged: LogLine[];
  /** Everything that was logged, as it was written. */
  logText(): string;
  invite(site?: string, label?: string): Promise<string>;
  /** A new device that is enrolled at the site. */
  device(site?: string): Promise<TestDevice>;
  /** A second backend on the same database: another process, as far as the database can tell. */
  another(): Promise<Backend>;
  close(): Promise<void>;
}

/**
 * @param population how many residents; enough of them are of an age to receive something
 * @param cards the town's master keys, for how many cards a device may ask, and how much it is given in advance
 */
export async function testTown(engine: TestEngine, population = 60, cards: Pick<ApiOptions, 'cardKeys' | 'certificates' | 'cardsPerDayMax' | 'keysAheadMax' | 'stockPerDeviceMax'> = {}): Promise<TestTown> {
  const place = await engine.place();
  const clock = { nowMs: START_MS, now: () => clock.nowMs };
  const lines: string[] = [];
  const logged: LogLine[] = [];
  const log = createBackendLog((line) => {
    lines.push(line);
    logged.push(JSON.parse(line) as LogLine);
  });
  const start = async () => {
    const opened = await place.open();
    return { opened, backend: await createBackend({ database: opened, clock, randomness: systemRandomness, log, ...cards }) };
  };
  const { opened: database, backend } = await start();
  await seedDemo({ database, clock, randomness: systemRandomness, officePublicKey: officeKeyIn(place.dataDir).x, population });
  const others: Backend[] = [];
  const invite = (site = 'yakuba', label = '役場1') => inviteDevice(database, { siteId: SiteId.parse(site), label, nowMs: clock.now() }, systemRandomness);
  return {
    place,
    database,
    backend,
    clock,
    logged,
    logText: () => lines.join(''),
    invite,
    async device(site = 'yakuba') {
      const device = await TestDevice.make(sendByInject(backend.app), clock.now);
      valueOf(await device.enrol(await invite(site)));
      return device;
    },
    async another() {
      const { backend: other } = await start();
      others.push(other);
      return other;
    },
    async close() {
      for (const other of others) await other.close();
      await backend.close();
      await place.remove();
    },
  };
}
