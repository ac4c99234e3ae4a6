/** The real process: its messages when it cannot start, and what is left of its promises when it is killed in the middle of its work. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBooks } from '../ledger/books.ts';
import { ENGINES, type TestPlace } from '../test-support/engines.ts';
import { sendTo, TestDevice, valueOf } from '../test-support/test-device.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const TIMEOUT_MS = 90_000;
const running = new Set<ChildProcess>();

function start(words: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...words], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

function ended(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
}

async function run(words: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = start(words);
  let [out, err] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
  const closed = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return { code: await closed, out, err };
}

/** Starts `serve` on a free port. @returns its address, when it says that it listens */
async function serving(words: readonly string[]): Promise<{ child: ChildProcess; address: string; byIpc: Promise<unknown> }> {
  const child = start(['serve', '--port', '0', ...words]);
  const byIpc = new Promise<unknown>((resolve) => child.once('message', resolve));
  let err = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`The backend ended: ${err}`)));
    if (!child.stdout) throw new Error('No standard output');
    createInterface(child.stdout).on('line', (line) => {
      const report = JSON.parse(line) as { type?: string; address?: string };
      if (report.type === 'listening' && report.address) resolve({ child, address: report.address, byIpc });
    });
  });
}

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

describe.each(ENGINES)('the serving process on $name', (engine) => {
  let place: TestPlace;
  let at: string[];
  beforeEach(async () => {
    place = await engine.place();
    at = ['--data', place.dataDir, ...(place.databaseUrl === undefined ? [] : ['--database-url', place.databaseUrl])];
  });
  afterEach(() => place.remove());

  it(
    'loses and doubles nothing when it is killed again and again in the middle of pushes',
    { timeout: 180_000 },
    async () => {
      expect((await run(['seed', 'demo', ...at])).code).toBe(0);
      const invited = await run(['invite', '--site', 'yakuba', '--label', '役場1', ...at]);
      const code = invited.out.trim().split('\n').at(-1) ?? '';
      let backend = await serving(at);
      expect(await backend.byIpc).toEqual({ type: 'listening', address: backend.address });
      const device = await TestDevice.make(sendTo(backend.address), () => Date.now());
      valueOf(await device.enrol(code));
      await device.pullAll();
      const offers = device.offers();
      expect(offers.length).toBeGreaterThan(200);

      let acknowledged = 0;
      let lost = 0;
      for (let round = 0; round < 3; round += 1) {
        const died = ended(backend.child);
        const killAfter = 10 + round * 7;
        let pushes = 0;
        try {
          for (;;) {
            for (let count = 0; count < 3; count += 1) {
              const offer = offers.pop();
              if (!offer) throw new Error('The entitlements ran out before the backend was killed');
              device.appendMoved(device.load(offer));
            }
            const pushing = device.push(device.entries.slice(Math.max(0, acknowledged - 2)));
            pushes += 1;
            // While the push is under way, at another moment in each round.
            if (pushes === killAfter) setTimeout(() => backend.child.kill('SIGKILL'), round * 2);
            acknowledged = valueOf(await pushing).acknowledgedSeq;
          }
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
          lost += 1;
        }
        expect((await died).signal).toBe('SIGKILL');
        backend = await serving(at);
        device.send = sendTo(backend.address);
        const database = await place.open();
        const stored = await database.kysely.selectFrom('journal_entry').select(['seq', 'hash']).orderBy('seq').execute();
        await database.close();
        expect(stored.length).toBeGreaterThanOrEqual(acknowledged);
        expect(stored.map(({ hash }) => hash)).toEqual(device.entries.slice(0, stored.length).map(({ hash }) => hash));
        acknowledged = valueOf(await device.push(device.entries.slice(acknowledged))).acknowledgedSeq;
        expect(acknowledged).toBe(device.entries.length);
      }
      expect(lost).toBe(3);

      const closing = ended(backend.child);
      backend.child.kill('SIGTERM');
      expect(await closing).toEqual({ code: 0, signal: null });
      const database = await place.open();
      const posted = await database.kysely.selectFrom('movement').select('seq').where('device_id', '=', device.deviceId).orderBy('seq').execute();
      expect(posted.map(({ seq }) => seq)).toEqual(device.entries.map(({ seq }) => seq));
      expect(await database.kysely.selectFrom('anomaly').selectAll().execute()).toEqual([]);
      expect((await readBooks(database)).faults).toEqual([]);
      await database.close();
      const books = await run(['books', ...at]);
      expect([books.code, books.out]).toEqual([0, expect.stringContaining('The books balance.') as string]);
    },
  );

  it('ends when the process that started it lets go of it', { timeout: TIMEOUT_MS }, async () => {
    const { child } = await serving(at);
    const closing = ended(child);
    child.disconnect();
    expect((await closing).code).toBe(0);
  });
});

describe('the command line', { timeout: TIMEOUT_MS }, () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(path.join(tmpdir(), 'kazasu-commands-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));
  const plain = /^kazasu backend: [^\n]+\n$/;

  it('says in one sentence that the port is occupied', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, err } = await run(['serve', '--port', String(port), '--data', dataDir]);
    other.close();
    expect([code, err]).toEqual([69, expect.stringMatching(plain) as string]);
    expect(err).toContain(`Port ${port}`);
  });

  it('lets one process serve a data directory, and the short commands look in meanwhile', async () => {
    await serving(['--data', dataDir]);
    const second = await run(['serve', '--port', '0', '--data', dataDir]);
    expect([second.code, second.err]).toEqual([69, expect.stringContaining('already serves') as string]);
    const books = await run(['books', '--data', dataDir]);
    expect([books.code, books.out]).toEqual([0, expect.stringContaining('The books balance.') as string]);
  });

  it('says in one sentence that the database cannot be reached, is wrong, or is another program’s', async () => {
    const unreachable = await run(['serve', '--data', dataDir, '--database-url', 'postgres://u:hidden@127.0.0.1:1/x']);
    expect([unreachable.code, unreachable.err]).toEqual([69, expect.stringMatching(plain) as string]);
    expect(unreachable.err).not.toContain('hidden');
    const wrong = await run(['serve', '--data', dataDir, '--database-url', 'http://127.0.0.1/x']);
    expect([wrong.code, wrong.err]).toEqual([78, expect.stringMatching(plain) as string]);
    writeFileSync(path.join(dataDir, 'backend.sqlite'), 'not a database, but long enough to be looked at'.repeat(50));
    const foreign = await run(['serve', '--port', '0', '--data', dataDir]);
    expect([foreign.code, foreign.err]).toEqual([78, expect.stringMatching(plain) as string]);
  });

  it('explains itself when it is not understood', async () => {
    const { code, err } = await run(['sreve']);
    expect([code, err]).toEqual([64, expect.stringContaining('There is no command "sreve"') as string]);
    expect((await run(['invite', '--data', dataDir])).err).toContain('--site is missing');
    expect((await run(['serve', '--port', '99999'])).err).toContain('--port must be a whole number');
    const nowhere = await run(['invite', '--site', 'yakuba', '--label', '役場1', '--data', dataDir]);
    expect([nowhere.code, nowhere.err]).toEqual([78, expect.stringContaining('seed demo') as string]);
  });

  it('makes the database and the office’s key readable to their owner only', async () => {
    expect((await run(['seed', 'demo', '--data', dataDir])).code).toBe(0);
    for (const file of ['backend.sqlite', 'office-key.json']) expect(statSync(path.join(dataDir, file)).mode & 0o777, file).toBe(0o600);
    const revoked = await run(['revoke', '--device', 'dev-nobody', '--data', dataDir]);
    expect([revoked.code, revoked.err]).toEqual([78, expect.stringContaining('There is no kiosk') as string]);
  });

  it('lists what is wrong with cards', async () => {
    expect((await run(['seed', 'demo', '--data', dataDir])).code).toBe(0);
    const { code, out, err } = await run(['cards', '--data', dataDir]);
    expect([code, out, err]).toEqual([0, expect.stringMatching(/^stopped\t[0-9a-f]{32}\ta-[0-9a-f]+\n$/) as string, expect.stringContaining('1 stopped cards') as string]);
  });

  it('does not serve with card keys that are missing or that others can read', async () => {
    const missing = await run(['serve', '--port', '0', '--data', dataDir, '--card-keys', path.join(dataDir, 'none.json')]);
    expect([missing.code, missing.err]).toEqual([78, expect.stringMatching(plain) as string]);
    writeFileSync(path.join(dataDir, 'card-keys.json'), '{}', { mode: 0o644 });
    const open = await run(['serve', '--port', '0', '--data', dataDir]);
    expect([open.code, open.err]).toEqual([78, expect.stringContaining('chmod 600') as string]);
    expect((await run(['serve', '--cards-per-day', 'many', '--data', dataDir])).err).toContain('--cards-per-day must be a whole number');
  });

  it('prints the description of the interface', async () => {
    const { code, out } = await run(['openapi']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ openapi: '3.1.0' });
  });
});
