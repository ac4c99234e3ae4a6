/**
 * Everything that can stand in the kiosk's way when it starts or goes on: a sentence that says what to do for staff, a calm screen with
 * a number for residents, nothing lost, and service again when the cause is gone. Never a stack trace.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import SqliteFile from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Album } from '../support/album.ts';
import { ProductProcess, runProduct } from '../support/process.ts';
import { Town, until } from '../support/town.ts';

const EXIT_TROUBLE = 78;
const STACK_TRACE = /^\s+at .*:\d+:\d+\)?$|node:internal|Error:/m;

describe('trouble', () => {
  const album = new Album('trouble');
  let town: Town;
  let kept: string;
  const kiosk = () => path.join(town.directory, 'kiosk');

  beforeAll(async () => {
    town = await Town.start({ slipsDir: album.slips });
    await town.openWindow();
    await town.screen('start');
    // One visit, so that there is a journal.
    town.insert('kiyoshi');
    await town.screen('balance');
    await town.leave();
    await town.agent.stop();
    kept = path.join(town.directory, 'kept');
    cpSync(kiosk(), kept, { recursive: true });
  });
  afterAll(() => town?.close());
  /** The kiosk as it was enrolled, stopped. */
  beforeEach(() => {
    rmSync(kiosk(), { recursive: true, force: true });
    cpSync(kept, kiosk(), { recursive: true });
    town.writeConfiguration();
  });
  afterEach(async () => {
    await town.agent.stop();
    expect(town.agent.said).not.toMatch(STACK_TRACE);
    town.remove();
    town.pcscd.replugReader();
    await town.printer.replug();
    await town.link.restore();
  });

  /** Without `--stay`: the agent says what to do and ends. @returns what it said */
  async function refusesToStart(number: number): Promise<string> {
    const agent = new ProductProcess(['agent/main.ts', '--config', town.configurationFile]);
    const tooLong = setTimeout(() => void agent.stop('SIGKILL'), 20_000);
    expect(await agent.ended).toBe(EXIT_TROUBLE);
    clearTimeout(tooLong);
    expect(agent.said).toContain(`番号 ${number}:`);
    expect(agent.said).toContain('→ ');
    expect(agent.said).not.toMatch(STACK_TRACE);
    expect(agent.lines).toContainEqual(expect.objectContaining({ type: 'trouble', number }));
    return agent.said;
  }

  /** With `--stay`: the window shows the calm screen with this number. */
  async function staysCalm(number: number, sentence: string, what: string): Promise<void> {
    await town.startAgent();
    await town.agent.line(`trouble ${number}`, (line) => line['type'] === 'trouble');
    await town.page.goto(town.address);
    await expectCalm(number, sentence, what);
    expect(await town.shown()).toBe('out-of-service');
  }
  async function expectCalm(number: number, sentence: string, what: string): Promise<void> {
    await town.screen('out-of-service');
    await until(`number ${number}`, async () => (await town.glass()).endsWith(`番号${number}`));
    await album.picture(town.page, `${number}-${what}`);
    const glass = await town.glass();
    expect(glass).toContain(sentence);
    expect(glass).toContain('職員をよんでください');
    expect(glass).not.toMatch(/Error|\.ts|\/tmp/);
  }

  /** Serves without being started again, where the shell then opens the window. */
  async function heals(): Promise<void> {
    await town.agent.line('service', (line) => line['type'] === 'serving');
    await town.page.goto(town.address);
    await town.screen('start');
  }

  describe('the configuration', () => {
    it.each([
      ['is missing', undefined, ['設定ファイル', 'がありません', '"dataDir"']],
      ['is not JSON', '{ "dataDir": "x",, }', ['設定ファイル', 'JSON']],
      ['has a wrong value', { display: { ppi: 'big' } }, ['display.ppi', '"big"', '50〜400']],
      ['has a key nobody knows', { printer: { path: 'x', baudrate: 9_600 } }, ['printer.baudrate']],
      ['names a backend without https', { backend: { url: 'http://kiosk.example.lg.jp' } }, ['backend.url', 'https://']],
    ] as const)('%s: the message names the place and says what to do', async (_, content, texts) => {
      if (content === undefined) rmSync(town.configurationFile);
      else if (typeof content === 'string') writeFileSync(town.configurationFile, content);
      else town.writeConfiguration(content);
      const said = await refusesToStart(101);
      for (const text of [...texts, town.configurationFile]) expect(said).toContain(text);
    });

    it('is wrong: the window is calm, and the kiosk serves when the file is corrected', async () => {
      town.writeConfiguration({ display: { ppi: 'big' } });
      await staysCalm(101, '機械の設定を確かめています', 'configuration');
      // 職員を呼ぶ works there too.
      await town.press('職員を呼ぶ');
      await town.page.getByText(/職員を呼びました/).waitFor();
      town.writeConfiguration();
      await heals();
    });
  });

  describe('the port', () => {
    let other: Server;
    beforeEach(async () => {
      // Hangs up on who calls: a window that still looks for the kiosk there would keep it from closing.
      other = createServer((socket) => socket.destroy());
      await new Promise<void>((resolve) => other.listen(town.agentPort, '127.0.0.1', resolve));
    });
    afterEach(() => void other.close());

    it('is taken: told, ended', async () => {
      expect(await refusesToStart(102)).toContain(String(town.agentPort));
    });

    it('is taken: the window is calm at another port, and the kiosk serves when it is free', async () => {
      await staysCalm(102, 'もう1つの窓口が動いています', 'port-occupied');
      expect(town.address).not.toContain(`:${town.agentPort}/`);
      await new Promise((resolve) => other.close(resolve));
      await heals();
      expect(town.address).toContain(`:${town.agentPort}/`);
    });
  });

  describe('the device', () => {
    it('is not enrolled: told; enrolled, it serves by itself', async () => {
      rmSync(kiosk(), { recursive: true });
      expect(await refusesToStart(103)).toContain('enrol');
      await staysCalm(103, 'この機械は、まだ町に登録されていません', 'not-enrolled');
      const invitation = await runProduct(['backend/main.ts', 'invite', '--site', 'yakuba', '--label', '役場2', ...town.backendPlace]);
      await runProduct(['agent/main.ts', 'enrol', invitation.trim().split('\n').at(-1) ?? '', '--config', town.configurationFile]);
      await heals();
      expect(existsSync(town.ledgerFile)).toBe(true);
    });

    it('has a damaged key: told, and the key is not shown', async () => {
      const file = path.join(kiosk(), 'identity.json');
      const identity = readFileSync(file, 'utf8');
      const secret = (JSON.parse(identity) as { privateKey: string }).privateKey;
      writeFileSync(file, identity.slice(0, -40));
      expect(await refusesToStart(104)).not.toContain(secret);
    });
  });

  it('an unreachable backend is none: the kiosk starts, serves what it knows, and catches up by itself', async () => {
    await town.link.cut();
    await town.startAgent();
    await town.page.goto(town.address);
    await town.screen('start');
    await album.picture(town.page, 'no-backend-at-start');
    town.insert('kiyoshi');
    await town.screen('balance');
    expect(await town.glass()).toContain('13,000円');
    await until('the hint that the balance is as of a time', async () => /の残高です/.test(await town.glass()));
    await album.picture(town.page, 'no-backend-balance');
    await town.link.restore();
    await until('the hint goes', async () => !/の残高です/.test(await town.glass()), 30_000);
    expect(town.agent.lines.some((line) => line['type'] === 'trouble')).toBe(false);
  });

  describe('the ledger', () => {
    const fingerprint = () => createHash('sha256').update(readFileSync(town.ledgerFile)).digest('hex');
    const beside = () => execFileSync('ls', ['-A', kiosk()], { encoding: 'utf8' }).trim().split('\n').sort();
    const edit = (sql: string) => {
      const database = new SqliteFile(town.ledgerFile);
      database.exec(sql);
      database.close();
    };

    it.each([
      ['is another program’s database', 401, () => {
        rmSync(town.ledgerFile);
        const database = new SqliteFile(town.ledgerFile);
        database.exec('PRAGMA journal_mode = WAL; CREATE TABLE somebody (money INTEGER); INSERT INTO somebody VALUES (1)');
        database.close();
      }],
      ['is no database', 401, () => writeFileSync(town.ledgerFile, 'これは台帳ではありません。\n'.repeat(400))],
      ['belongs to another device', 401, () => edit("UPDATE device SET device_id = 'd-somebody-else'")],
      ['is of a newer version', 402, () => edit('PRAGMA user_version = 99')],
      ['has nothing but zeros after its first page', 403, () => writeFileSync(town.ledgerFile, readFileSync(town.ledgerFile).fill(0, 4_096))],
      ['has a journal that was changed by hand', 403, () => edit("DROP TRIGGER journal_never_changes; UPDATE journal SET body = replace(body, 'finished', 'trouble')")],
    ] as const)('%s: number %d, and not a byte of it is changed', async (_, number, spoil) => {
      spoil();
      const [before, files] = [fingerprint(), beside()];
      expect(await refusesToStart(number)).toContain('ledger.db');
      expect(fingerprint()).toBe(before);
      expect(beside()).toEqual(files);
    });

    it('is foreign: the window is calm', async () => {
      writeFileSync(town.ledgerFile, 'これは台帳ではありません。\n'.repeat(400));
      await staysCalm(401, 'この機械の記録ではありません', 'foreign-ledger');
    });
  });

  describe('the disk', () => {
    const filler = () => path.join(kiosk(), 'filler');
    /** Takes every byte that is left. */
    const fill = () => {
      try {
        for (let bytes = 1 << 20; ; ) appendFileSync(filler(), Buffer.alloc(bytes));
      } catch {
        try {
          for (;;) appendFileSync(filler(), Buffer.alloc(512));
        } catch (error) {
          expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
        }
      }
    };

    beforeEach(() => {
      rmSync(kiosk(), { recursive: true });
      mkdirSync(kiosk());
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m,mode=700', 'tmpfs', kiosk()]);
      cpSync(kept, kiosk(), { recursive: true });
    });
    afterEach(async () => {
      await town.agent.stop();
      // What the kiosk did here the town has heard: with an older ledger it would rightly refuse to go on.
      rmSync(kept, { recursive: true });
      cpSync(kiosk(), kept, { recursive: true });
      execFileSync('umount', [kiosk()]);
      rmSync(kiosk(), { recursive: true });
      cpSync(kept, kiosk(), { recursive: true });
    });

    it('is full at the start: told, calm, and served when there is room', async () => {
      fill();
      expect(await refusesToStart(404)).toContain('bytes are free');
      await staysCalm(404, '記録する場所がいっぱいです', 'disk-full-at-start');
      rmSync(filler());
      await heals();
    });

    it('fills up in the middle of a visit: nothing is lost or doubled, and it goes on when there is room', async () => {
      await town.startAgent();
      await town.page.goto(town.address);
      await town.screen('start');
      town.insert('resident-1');
      await town.screen('balance');
      await town.press(/^受け取る/);
      await town.screen('confirm-load');
      fill();
      await town.press(/^入れる/);
      await expectCalm(404, '記録する場所がいっぱいです', 'disk-full-in-a-visit');
      expect((await town.glass()).startsWith('お金はなくなりません')).toBe(true);
      expect((await town.kiosk()).loads).toEqual([]);
      const from = town.agent.lines.length;
      rmSync(filler());
      await town.agent.event('trouble-left', { from });
      // The card still lies there.
      await town.screen('balance');
      expect(await town.glass()).toContain('1つ届いています');
      await town.press(/^受け取る/);
      await town.screen('confirm-load');
      await town.press(/^入れる/);
      await town.screen('loaded');
      const { loads, audit } = await town.kiosk();
      expect(audit.faults).toEqual([]);
      expect(loads).toEqual([expect.objectContaining({ account: await town.account('resident-1'), amount: 5_000 })]);
      await until('the backend has it, once', async () => (await town.office()).loads.length === 1);
    });

    it('cannot be written: told, and calm', async () => {
      execFileSync('mount', ['-o', 'remount,ro', kiosk()]);
      await refusesToStart(405);
      await staysCalm(405, '記録する場所が使えません', 'read-only');
    });
  });

  it('reader and printer are not there: the one has its screen, the other its notice, and both come back by themselves', async () => {
    town.pcscd.unplugReader();
    await town.printer.unplug();
    await town.startAgent();
    await town.page.goto(town.address);
    await expectCalm(202, 'カードを読む機械がつながっていません', 'no-devices');
    town.pcscd.replugReader();
    await town.screen('start', 30_000);
    expect(await town.glass()).toContain('紙を出す機械がつながっていません');
    await album.picture(town.page, 'no-printer');
    await town.printer.replug();
    await until('the notice goes', async () => !(await town.glass()).includes('いまは紙に出せません'));
    expect(town.agent.lines.some((line) => line['type'] === 'trouble')).toBe(false);
  });
});
