import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLedger } from '../agent/ledger/sqlite-ledger.ts';
import { newEntryId } from '../agent/new-id.ts';
import { systemClock, systemRandomness } from '../agent/system-ports.ts';
import { DeviceId } from '../contract/ids.ts';
import { momentFromEpoch } from '../contract/time.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-journal-'));
const file = path.join(directory, 'ledger.db');
const journal = (...words: string[]) => spawnSync(process.execPath, [path.join(import.meta.dirname, 'journal.ts'), ...words], { encoding: 'utf8' });
const open = () => {
  const opened = openLedger({ path: file, device: DeviceId.parse('yakuba-1') });
  if (!opened.ok) throw new Error(opened.detail);
  return opened.ledger;
};

describe('npm run journal', () => {
  beforeAll(() => {
    const ledger = open();
    for (let callNumber = 1; callNumber <= 3; callNumber += 1) {
      ledger.append({ id: newEntryId(systemClock, systemRandomness), at: momentFromEpoch(systemClock.now()), fact: { type: 'staff-called', callNumber, screen: 'start' } });
    }
    ledger.close();
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('verifies a ledger, and what was exported from it', () => {
    const verified = journal('verify', file);
    expect([verified.status, verified.stderr]).toEqual([0, '']);
    expect(verified.stdout).toContain('yakuba-1: 3 entries (0 acknowledged), 0 movements');
    const exported = path.join(directory, 'journal.jsonl');
    writeFileSync(exported, journal('export', file).stdout);
    expect(journal('verify', exported)).toMatchObject({ status: 0, stderr: '' });
    writeFileSync(exported, journal('export', file, '--after', '1').stdout);
    expect(journal('verify', exported).stdout).toContain('entries 2 to 3');
    writeFileSync(exported, journal('export', file).stdout.replace('"callNumber\\":2', '"callNumber\\":9'));
    expect(journal('verify', exported)).toMatchObject({ status: 1, stderr: 'Journal entry 2 does not verify (hash)\n' });
  });

  it('says what does not verify in a ledger', () => {
    const database = new SqliteDatabase(file);
    database.exec("INSERT INTO movement VALUES ('m', 'load', 'a', 's', NULL, 'now'); INSERT INTO posting VALUES (1, 'm', 'pocket/a/l', 'issued/s', 5)");
    database.close();
    expect(journal('verify', file)).toMatchObject({ status: 1, stderr: '1 pocket(s) hold less than nothing\n' });
  });

  it('leaves the ledger of a running kiosk alone', () => {
    const ledger = open();
    const refused = journal('verify', file);
    ledger.close();
    expect(refused.status).toBe(66);
    expect(refused.stderr).toContain('A running kiosk holds');
  });

  it('says how it is used, and that a file is not there', () => {
    expect(journal('verify').status).toBe(64);
    expect(journal('burn', file).status).toBe(64);
    expect(journal('verify', path.join(directory, 'none')).stderr).toContain('Cannot be read');
  });
});
