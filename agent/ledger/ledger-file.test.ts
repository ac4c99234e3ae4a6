import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeviceId } from '../../contract/ids.ts';
import { idsOf, openOrThrow, temporaryLedger, TOWN_DEVICE } from '../test-support/ledger-town.ts';
import { openLedger } from './sqlite-ledger.ts';

describe('opening a ledger', () => {
  const place = temporaryLedger();
  const open = () => openLedger({ path: place.file, device: TOWN_DEVICE });
  const troubleOf = (opened: ReturnType<typeof open>) => {
    if (!opened.ok) return opened.trouble;
    opened.ledger.close();
    return 'opened';
  };
  /** Changes the closed ledger behind its back, as a faulty disk or a curious person might. */
  const tamper = (sql: string) => {
    const database = new SqliteDatabase(place.file);
    database.exec(sql);
    database.close();
  };
  const withEntries = (count: number) => {
    const ledger = openOrThrow(place.file);
    const ids = idsOf(3);
    for (let callNumber = 1; callNumber <= count; callNumber += 1) {
      ledger.append({ ...ids.entry(), fact: { type: 'staff-called', callNumber, screen: 'start' } });
    }
    ledger.close();
  };

  beforeEach(() => void mkdirSync(place.directory, { recursive: true }));
  afterEach(() => place.remove());

  it('makes an empty one that only its owner can read, and leaves no draft behind', () => {
    expect(troubleOf(open())).toBe('opened');
    expect(statSync(place.file).mode & 0o777).toBe(0o600);
    expect(existsSync(`${place.file}.new`)).toBe(false);
  });

  it('is not stopped by a draft that a power cut left', () => {
    writeFileSync(`${place.file}.new`, 'half a ledger');
    expect(troubleOf(open())).toBe('opened');
  });

  it.each([
    ['text', () => writeFileSync(place.file, 'ここは台帳ではありません。'.repeat(20))],
    ['an empty file', () => writeFileSync(place.file, '')],
    ['a database of another program', () => tamper('CREATE TABLE orders (id INTEGER); PRAGMA journal_mode = WAL; INSERT INTO orders VALUES (1);')],
  ])('refuses %s and leaves every byte of it', (_name, make) => {
    make();
    const before = readFileSync(place.file);
    expect(troubleOf(open())).toBe('ledger-foreign');
    expect(readFileSync(place.file).equals(before)).toBe(true);
    expect([existsSync(`${place.file}-wal`), existsSync(`${place.file}.new`)]).toEqual([false, false]);
  });

  it('refuses the ledger of another device', () => {
    withEntries(2);
    const before = readFileSync(place.file);
    expect(troubleOf(openLedger({ path: place.file, device: DeviceId.parse('yakuba-2') }))).toBe('ledger-foreign');
    expect(readFileSync(place.file).equals(before)).toBe(true);
    expect(troubleOf(open())).toBe('opened');
  });

  it('refuses a ledger that a newer program wrote', () => {
    withEntries(1);
    tamper('PRAGMA user_version = 99');
    const before = readFileSync(place.file);
    expect(troubleOf(open())).toBe('ledger-newer');
    expect(readFileSync(place.file).equals(before)).toBe(true);
  });

  it.each([
    ['a changed fact', "UPDATE journal SET body = replace(body, 'start', 'other') WHERE seq = 2"],
    ['a missing entry', 'DELETE FROM journal WHERE seq = 2'],
    ['a cut-off end that the backend has seen', 'UPDATE sync SET acknowledged_seq = 3; DELETE FROM journal WHERE seq = 3'],
  ])('refuses a journal with %s', (_name, sql) => {
    withEntries(3);
    tamper(`DROP TRIGGER journal_never_changes; DROP TRIGGER journal_never_shrinks; UPDATE opening SET verified_seq = 0, verified_hash = '${'0'.repeat(64)}'; ${sql}`);
    expect(troubleOf(open())).toBe('ledger-damaged');
  });

  it('lets nothing be changed or deleted, whoever asks', () => {
    withEntries(2);
    expect(() => tamper("UPDATE journal SET body = '{}' WHERE seq = 1")).toThrow('never changed');
    expect(() => tamper('DELETE FROM journal WHERE seq = 2')).toThrow('never shortened');
    expect(() => tamper(`INSERT INTO journal VALUES (4, 'x', '${'0'.repeat(64)}', '${'0'.repeat(64)}', '{}')`)).toThrow('follow');
  });

  it('says that a damaged page is damage', () => {
    withEntries(200);
    const bytes = readFileSync(place.file);
    bytes.fill(0x5a, 4_096, bytes.length);
    writeFileSync(place.file, bytes);
    expect(troubleOf(open())).toBe('ledger-damaged');
  });

  it('does not make a new ledger beside the log of a lost one', () => {
    withEntries(1);
    renameSync(place.file, `${place.file}.moved`);
    writeFileSync(`${place.file}-wal`, 'log');
    expect(troubleOf(open())).toBe('ledger-damaged');
  });

  it('refuses a second opening in this process without loosening the first', async () => {
    const ledger = openOrThrow(place.file);
    expect(troubleOf(open())).toBe('data-directory');
    expect(await openInAnotherProcess(place.file)).toBe('data-directory');
    ledger.close();
    expect(await openInAnotherProcess(place.file)).toBe('opened');
  });

  it('says that a directory that cannot be is the trouble', () => {
    writeFileSync(path.join(place.directory, 'file'), '');
    expect(troubleOf(openLedger({ path: path.join(place.directory, 'file', 'ledger.db'), device: TOWN_DEVICE }))).toBe('data-directory');
  });

  it('opens a copy that was made after closing', () => {
    withEntries(3);
    copyFileSync(place.file, path.join(place.directory, 'copy.db'));
    const copy = openOrThrow(path.join(place.directory, 'copy.db'));
    expect(copy.syncState().lastSeq).toBe(3);
    copy.close();
  });
});

async function openInAnotherProcess(file: string): Promise<string> {
  const script = `import { openLedger } from ${JSON.stringify(path.join(import.meta.dirname, 'sqlite-ledger.ts'))};
    const opened = openLedger({ path: process.argv[1], device: ${JSON.stringify(TOWN_DEVICE)} });
    process.stdout.write(opened.ok ? 'opened' : opened.trouble);
    if (opened.ok) opened.ledger.close();`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(child, 'close');
  return said;
}
