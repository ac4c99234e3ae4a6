/**
 * Ten kiosks that were without a network for thirty days come back at once: until when does everybody know everything, and what does it
 * cost on the wire. Every kiosk and the backend are processes of their own, with files on the disk, HTTP on loopback and real signatures.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import SqliteFile from 'better-sqlite3';
import { openDatabase } from '../../backend/database/open-database.ts';
import { inviteDevice } from '../../backend/devices/enrolment.ts';
import { lotsHeld } from '../../backend/ledger/stored-value.ts';
import { newOfficeKey } from '../../backend/people/office-key.ts';
import { systemClock, systemRandomness } from '../../backend/ports.ts';
import { seedDemo } from '../../backend/seed/demo.ts';
import { TOMAMAE } from '../../backend/seed/demo-town.ts';
import { SiteId, type AccountId, type DeviceId } from '../../contract/ids.ts';
import { freePort } from '../support/free-port.ts';
import { ProductProcess } from '../support/process.ts';
import { countingProxy } from './counting-proxy.ts';
import { fillTown, makeCardMasterKey } from './large-town.ts';
import type { FromKiosk, KioskWork, ToKiosk } from './reconnect-kiosk.ts';
import type { Row } from './rows.ts';

const KIOSKS = 10;
const RESIDENTS = 3_000;
const DAYS = 30;
const DAY_MS = 86_400_000;
const SECONDS_ALLOWED = 60;
const BYTES_ALLOWED = 250;
const GIVE_UP_MS = 15 * 60_000;

class KioskProcess {
  readonly #child: ChildProcess;
  readonly #said: FromKiosk[] = [];
  #heard: () => void = () => undefined;

  constructor(words: readonly string[]) {
    this.#child = fork(path.join(import.meta.dirname, 'reconnect-kiosk.ts'), words, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.on('message', (message) => {
      this.#said.push(message as FromKiosk);
      this.#heard();
    });
    this.#child.on('exit', () => this.#heard());
  }

  tell(message: ToKiosk): void {
    this.#child.send(message);
  }

  async hear<Said extends FromKiosk['said']>(said: Said): Promise<Extract<FromKiosk, { said: Said }>> {
    const deadline = performance.now() + GIVE_UP_MS;
    for (;;) {
      const found = this.#said.find((message): message is Extract<FromKiosk, { said: Said }> => message.said === said);
      if (found) return found;
      if (this.#child.exitCode !== null) throw new Error(`A kiosk ended (${this.#child.exitCode}) before it had ${said}`);
      if (performance.now() > deadline) throw new Error(`A kiosk has not ${said} in time`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1_000);
        this.#heard = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async end(): Promise<void> {
    this.tell({ say: 'end' });
    if (this.#child.exitCode === null) await new Promise((resolve) => this.#child.once('exit', resolve));
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

/** @param intents of all kiosks together */
export async function reconnectRows(intents: number): Promise<Row[]> {
  const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-bench-reconnect-'));
  const data = path.join(directory, 'backend');
  mkdirSync(data, { mode: 0o700 });
  const kiosks: KioskProcess[] = [];
  const master = makeCardMasterKey(data);
  const database = await openDatabase({ dataDir: data });
  await seedDemo({ database, clock: systemClock, randomness: systemRandomness, officePublicKey: newOfficeKey().x, population: 60 });
  const codes: string[] = [];
  for (let number = 1; number <= KIOSKS; number += 1) {
    codes.push(await inviteDevice(database, { siteId: SiteId.parse('yakuba'), label: `計測${number}`, nowMs: systemClock.now() }, systemRandomness));
  }
  const port = await freePort();
  const server = new ProductProcess(['backend/main.ts', 'serve', '--port', String(port), '--data', data]);
  const pushes = await countingProxy(port);
  const pulls = await countingProxy(port);
  try {
    await server.line('listening', (line) => line['type'] === 'listening');
    for (const [number, code] of codes.entries()) {
      kiosks.push(new KioskProcess([path.join(directory, `kiosk-${number}`), code, `http://127.0.0.1:${pushes.port}`, `http://127.0.0.1:${pulls.port}`]));
    }
    const devices: DeviceId[] = [];
    for (const kiosk of kiosks) devices.push((await kiosk.hear('enrolled')).deviceId as DeviceId);

    const nowMs = systemClock.now();
    const grants = Math.ceil(intents / RESIDENTS) + 1;
    const { residents } = await fillTown(database, { dataDir: data, residents: RESIDENTS, grants, devices, nowMs });
    const accounts = residents.map(({ accountId }) => accountId);
    for (const [number, kiosk] of kiosks.entries()) {
      const own: KioskWork = { master, residents: residents.filter((_, index) => index % KIOSKS === number), accounts };
      writeFileSync(path.join(directory, `work-${number}.json`), JSON.stringify(own));
      kiosk.tell({ say: 'learn' });
      await kiosk.hear('learnt');
    }
    for (const [number, kiosk] of kiosks.entries()) {
      kiosk.tell({ say: 'work', file: path.join(directory, `work-${number}.json`), intents: intents / KIOSKS, fromMs: nowMs - DAYS * DAY_MS + 3_600_000, toMs: nowMs });
    }
    for (const kiosk of kiosks) await kiosk.hear('worked');

    const before = { pushed: pushes.bytes(), pulled: pulls.bytes() };
    const begun = performance.now();
    for (const kiosk of kiosks) kiosk.tell({ say: 'reconnect' });
    for (const kiosk of kiosks) await kiosk.hear('pushed');
    const pushedSeconds = (performance.now() - begun) / 1_000;
    const pushedBytes = pushes.bytes() - before.pushed;
    const books = lookInto(data, devices);
    for (const [number, kiosk] of kiosks.entries()) kiosk.tell({ say: 'all-is-posted', cursor: books.cursors[number] ?? 0 });
    for (const kiosk of kiosks) await kiosk.hear('converged');
    const seconds = (performance.now() - begun) / 1_000;
    const pulledBytes = pulls.bytes() - before.pulled;
    const digests: string[] = [];
    for (const kiosk of kiosks) {
      kiosk.tell({ say: 'compare' });
      digests.push((await kiosk.hear('compared')).digest);
    }
    for (const kiosk of kiosks) await kiosk.end();

    if (books.movements !== intents || books.anomalies !== 0) throw new Error(`The backend posted ${books.movements} of ${intents} movements, with ${books.anomalies} anomalies`);
    const known = await digestOf(database, accounts);
    if (digests.some((digest) => digest !== known)) throw new Error('A kiosk does not know every account’s lots as the backend does');
    return [
      {
        name: 'reconnect_seconds',
        value: seconds,
        unit: 's',
        floor: SECONDS_ALLOWED,
        note: `${KIOSKS} kiosks, ${DAYS} days without a network, ${intents} loads by DESFire cards together, all back at once until every journal is acknowledged (after ${pushedSeconds.toFixed(1)} s) and every kiosk knows every account’s lots as the backend does (compared afterwards); ${KIOSKS + 1} processes on this machine, the kiosks’ at a lower priority (they have machines of their own), SQLite synchronous=FULL at both ends; floor: the limit`,
      },
      {
        name: 'reconnect_bytes_per_intent',
        value: pushedBytes / intents,
        unit: 'bytes',
        floor: BYTES_ALLOWED,
        note: `pushing, all kiosks together, both directions with headers, signatures and seals; pulling what the other ${KIOSKS - 1} kiosks did costs another ${(pulledBytes / intents / KIOSKS).toFixed(0)} bytes an intent and kiosk; floor: the limit`,
      },
    ];
  } finally {
    for (const kiosk of kiosks) kiosk.kill();
    await server.stop();
    await database.close();
    await pushes.close();
    await pulls.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What the backend holds, read beside it; of each device, the last cursor that is for it. */
function lookInto(data: string, devices: readonly DeviceId[]): { readonly movements: number; readonly anomalies: number; readonly cursors: readonly number[] } {
  const file = new SqliteFile(path.join(data, 'backend.sqlite'), { readonly: true });
  try {
    const one = (text: string, ...values: readonly string[]) => file.prepare<unknown[], number>(text).pluck().get(...values) ?? 0;
    return {
      movements: one("select count(*) from movement where entitlement_id like 'e-large-%'"),
      anomalies: one('select count(*) from anomaly'),
      cursors: devices.map((device) => one('select max(cursor) from change where device_id is null or device_id = ?', device)),
    };
  } finally {
    file.close();
  }
}

/** As the kiosks make theirs. */
async function digestOf(database: Awaited<ReturnType<typeof openDatabase>>, accounts: readonly AccountId[]): Promise<string> {
  const held = new Map<AccountId, string[]>();
  for (let start = 0; start < accounts.length; start += 500) {
    const lots = await database.kysely.transaction().execute((transaction) => lotsHeld({ transaction }, TOMAMAE.id, accounts.slice(start, start + 500)));
    for (const { lot, amount } of [...lots].sort((a, b) => (a.lot.id < b.lot.id ? -1 : 1))) {
      held.set(lot.accountId, [...(held.get(lot.accountId) ?? []), `${lot.accountId} ${lot.id} ${lot.lastDay} ${amount}\n`]);
    }
  }
  const hash = createHash('sha256');
  for (const account of accounts) for (const line of held.get(account) ?? []) hash.update(line);
  return hash.digest('hex');
}
