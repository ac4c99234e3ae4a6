/**
 * What the backend posts on PostgreSQL, beside what PostgreSQL's own benchmark does on the same server at the same time of day: `pgbench`
 * TPC-B-like, as many clients as here are devices, prepared statements, everything committed to the disk. Its scale is 1, its own default:
 * one branch whose balance every transaction changes, as every posting of ours takes the next cursor of the one town.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { PUSHES_AT_ONCE_MAX } from '../../backend/api/pushes-at-once.ts';
import type { Place } from '../../backend/commands/command.ts';
import { createBackend } from '../../backend/create-backend.ts';
import type { BackendDatabase } from '../../backend/database/backend-database.ts';
import { openDatabase } from '../../backend/database/open-database.ts';
import { inviteDevice } from '../../backend/devices/enrolment.ts';
import { findDevice } from '../../backend/devices/known-devices.ts';
import { takePushes } from '../../backend/devices/take-pushes.ts';
import { createBackendLog } from '../../backend/log.ts';
import { newOfficeKey } from '../../backend/people/office-key.ts';
import { systemClock, systemRandomness } from '../../backend/ports.ts';
import { seedDemo } from '../../backend/seed/demo.ts';
import { postgresPrograms, privateDatabase, type PrivateDatabase } from '../../backend/test-support/private-postgres.ts';
import { sendByInject, TestDevice, uuidV7, valueOf } from '../../backend/test-support/test-device.ts';
import { OperationId, SiteId } from '../../contract/ids.ts';
import type { JournalEntry } from '../../contract/journal.ts';
import { API, PushResponse, type PushRequest } from '../../contract/sync.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import { loadOfEntitlement } from '../../contract/value.ts';
import { freePort } from '../support/free-port.ts';
import { ProductProcess } from '../support/process.ts';
import { fillTown } from './large-town.ts';
import { median, type Row } from './rows.ts';

/** As many pushes as the backend has in hand at most. */
const DEVICES = PUSHES_AT_ONCE_MAX;
const BATCH = 500;
const SCALE = 1;
const SERVER = { durable: true, owner: process.pid };
/** Rounds of pgbench and of ours, one after the other, so that both meet the same machine. */
const ROUNDS = 3;
/** What a resident may receive in a year or two. */
const GRANTS = 4;
const KEEP_MS = 60_000;

/** Loads in each round; each a multiple of the devices. */
export interface PostingSizes {
  readonly alone: number;
  readonly batched: number;
  readonly overHttp: number;
}

/** @param seconds of each round of pgbench; ours do a fixed number of loads, about as long */
export async function postingRows(seconds: number, sizes: PostingSizes): Promise<Row[]> {
  const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-bench-posting-'));
  const data = path.join(directory, 'backend');
  mkdirSync(data, { mode: 0o700 });
  const peer = await privateDatabase('template0', SERVER);
  const town = await privateDatabase(undefined, SERVER);
  const place = { dataDir: data, databaseUrl: town.url };
  const database = await openDatabase(place);
  await seedDemo({ database, clock: systemClock, randomness: systemRandomness, officePublicKey: newOfficeKey().x, population: 60 });
  const port = await freePort();
  let server: ProductProcess | undefined;
  try {
    pgbench(peer, '-i', '-s', String(SCALE), '-q');
    const kiosks = await enrolled(database, place);
    const each = ROUNDS * (sizes.alone + sizes.batched + sizes.overHttp);
    const { scheme, residents } = await fillTown(database, {
      dataDir: data, residents: DEVICES * Math.ceil(each / DEVICES / GRANTS), grants: GRANTS, devices: kiosks.map(({ deviceId }) => deviceId), nowMs: systemClock.now(), profile: 'plain-identifier',
    });
    for (const [number, kiosk] of kiosks.entries()) {
      for (const { cardRef, entitlements } of residents.filter((_, index) => index % DEVICES === number)) {
        for (const entitlement of entitlements) {
          const occurredAt = momentFromEpoch(systemClock.now());
          const built = loadOfEntitlement({ entitlement, scheme, operationId: OperationId.parse(uuidV7(systemClock.now())), occurredAt, today: dateInTokyo(occurredAt), balance: 0 });
          if (!built.ok) throw new Error(built.why);
          kiosk.appendMoved(built.movement, { cardRef });
        }
      }
    }
    // As pgbench does with its own tables when it has filled them.
    await sql`analyze`.execute(database.kysely);
    const devices = new Map(await Promise.all(kiosks.map(async ({ deviceId }) => [deviceId, await findDevice(database, deviceId)] as const)));
    const take = takePushes({ database, clock: systemClock });
    const call = async ({ deviceId }: TestDevice, body: PushRequest): Promise<void> => {
      const device = devices.get(deviceId);
      if (!device) throw new Error('The town does not know the device');
      const outcome = await take({ device, jti: uuidV7(systemClock.now()), keepUntilMs: systemClock.now() + KEEP_MS, body });
      if (outcome.kind !== 'acknowledged' || outcome.anomalies.length > 0) throw new Error(`A push was not posted: ${JSON.stringify(outcome)}`);
    };
    const posted = kiosks.map(() => 0);
    const round = async (size: number, batch: number, prepare: (kiosk: TestDevice, body: PushRequest) => Promise<() => Promise<void>>): Promise<number> => {
      const pushes = await Promise.all(kiosks.map(async (kiosk, index) => {
        const from = posted[index] ?? 0;
        posted[index] = from + size / DEVICES;
        return Promise.all(bodies(kiosk, kiosk.entries.slice(from, posted[index]), batch).map((body) => prepare(kiosk, body)));
      }));
      const begun = performance.now();
      await Promise.all(pushes.map(async (own) => {
        for (const push of own) await push();
      }));
      return (size * 1_000) / (performance.now() - begun);
    };
    const calls = async (kiosk: TestDevice, body: PushRequest) => () => call(kiosk, body);
    const agent = new Agent({ keepAlive: true, maxSockets: DEVICES });
    const requests = async (kiosk: TestDevice, body: PushRequest) => {
      const text = JSON.stringify(body);
      const token = await kiosk.token('POST', API.push, text);
      return () => send(port, agent, { token, body: text });
    };
    const [floors, alone, batched, overHttp]: [number[], number[], number[], number[]] = [[], [], [], []];
    for (let number = 0; number < ROUNDS; number += 1) {
      floors.push(transactionsPerSecond(pgbench(peer, '-M', 'prepared', '-c', String(DEVICES), '-j', '1', '-T', String(seconds))));
      alone.push(await round(sizes.alone, 1, calls));
      batched.push(await round(sizes.batched, BATCH, calls));
    }
    // Begins only now: a minute after its start it looks through the whole ledger, which is not what is measured.
    server = new ProductProcess(['backend/main.ts', 'serve', '--port', String(port), '--data', data, '--database-url', town.url]);
    await server.line('listening', (line) => line['type'] === 'listening');
    for (let number = 0; number < ROUNDS; number += 1) overHttp.push(await round(sizes.overHttp, 1, requests));
    agent.destroy();
    const floor = median(floors);
    const same = `floor: pgbench TPC-B-like, scale ${SCALE}, ${DEVICES} clients, prepared, on the same PostgreSQL (fsync on); medians of ${ROUNDS} rounds, each after one of pgbench`;
    return [
      {
        name: 'backend_post_per_s',
        value: median(alone),
        unit: '1/s',
        floor,
        note: `loads posted alone by ${DEVICES} devices at once: each a call with one entry and its Ed25519 seal, checked, posted, durable, acknowledged; ${same}`,
      },
      {
        name: 'backend_post_batched_per_s',
        value: median(batched),
        unit: '1/s',
        floor,
        note: `loads posted ${BATCH} in a call by ${DEVICES} devices at once; ${same}`,
      },
      {
        name: 'backend_push_per_s',
        value: median(overHttp),
        unit: '1/s',
        floor,
        note: `the first once more as requests over loopback HTTP to the served backend, with a signed token each, one load in each; ${same}`,
      },
    ];
  } finally {
    await server?.stop();
    await database.close();
    await town.drop();
    await peer.drop();
    // The server goes with the bench; its files would stay when the bench's room is taken down.
    for (const place of [directory, town.directory]) rmSync(place, { recursive: true, force: true });
  }
}

async function enrolled(database: BackendDatabase, place: Place): Promise<TestDevice[]> {
  const backend = await createBackend({ database: await openDatabase(place), clock: systemClock, randomness: systemRandomness, log: createBackendLog(() => undefined) });
  const kiosks: TestDevice[] = [];
  for (let number = 1; number <= DEVICES; number += 1) {
    const kiosk = await TestDevice.make(sendByInject(backend.app), () => systemClock.now());
    valueOf(await kiosk.enrol(await inviteDevice(database, { siteId: SiteId.parse('yakuba'), label: `計測${number}`, nowMs: systemClock.now() }, systemRandomness)));
    kiosks.push(kiosk);
  }
  await backend.close();
  return kiosks;
}

interface SignedRequest {
  readonly token: string;
  readonly body: string;
}

/** Made before the clock runs: what is measured is the backend. */
function bodies(kiosk: TestDevice, entries: readonly JournalEntry[], batch: number): PushRequest[] {
  const made: PushRequest[] = [];
  for (let start = 0; start < entries.length; start += batch) {
    const some = entries.slice(start, start + batch);
    made.push({ entries: some, seal: kiosk.sealOf(some) });
  }
  return made;
}

function send(port: number, agent: Agent, { token, body }: SignedRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const outgoing = httpRequest({ port, host: '127.0.0.1', method: 'POST', path: API.push, agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => {
        if (response.statusCode === 200 && PushResponse.safeParse(JSON.parse(text)).success) resolve();
        else reject(new Error(`The backend did not take a push: ${text}`));
      });
    });
    outgoing.on('error', reject).end(body);
  });
}

function pgbench({ directory, name }: PrivateDatabase, ...words: readonly string[]): string {
  return execFileSync(path.join(postgresPrograms(), 'pgbench'), ['-h', directory, '-U', 'postgres', ...words, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function transactionsPerSecond(report: string): number {
  const perSecond = Number(/^tps = ([\d.]+)/m.exec(report)?.[1]);
  if (!(perSecond > 0)) throw new Error(`pgbench said nothing of its speed: ${report}`);
  return perSecond;
}
