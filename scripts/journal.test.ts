import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ledger } from '../agent/ledger/ledger.ts';
import { openLedger } from '../agent/ledger/sqlite-ledger.ts';
import { Moment } from '../contract/time.ts';
import { balancesOfHledger, balancesOfLedger, checkedByHledger, checkedByLedger } from '../contract/test-support/accounting-programs.ts';
import { BOOKED_DEVICE, BOOKED_SCHEMES, everyMovement, seededDice, sumsOf } from '../contract/test-support/every-movement.ts';
import { entryIdOf, factsOf, newSealer } from '../contract/test-support/sealed-journal.ts';

const AT = Moment.parse('2026-11-21T01:05:00.000Z');
const SEALER = newSealer(BOOKED_DEVICE);
const BOOKED = everyMovement(seededDice(29), 20);
const FACTS = factsOf(BOOKED);
const LAST = FACTS.length + 1;

const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-journal-'));
const place = (name: string) => path.join(directory, name);
const file = place('ledger.db');
const journal = (...words: string[]) => spawnSync(process.execPath, [path.join(import.meta.dirname, 'journal.ts'), ...words], { encoding: 'utf8' });
/** The independent verifier. */
const python = (...words: string[]) => spawnSync('python3', [path.join(import.meta.dirname, '..', 'docs', 'verify-journal.py'), ...words], { encoding: 'utf8' });

function open(): Ledger {
  const opened = openLedger({ path: file, device: BOOKED_DEVICE });
  if (!opened.ok) throw new Error(opened.detail);
  return opened.ledger;
}
const sha256 = (prevHash: string, body: string) => createHash('sha256').update(Buffer.from(prevHash, 'hex')).update(body).digest('hex');
/** A copy of the ledger, and whoever has it may do what the kiosk may not. */
function tampered(sql: string): string {
  const copy = place('tampered.db');
  rmSync(copy, { force: true });
  const database = new SqliteDatabase(file);
  database.prepare('VACUUM INTO ?').run(copy);
  database.close();
  const forged = new SqliteDatabase(copy);
  for (const { name } of forged.prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all()) forged.exec(`DROP TRIGGER ${name}`);
  forged.exec(sql);
  forged.close();
  return copy;
}
const exported = (name: string, lines: readonly string[]) => {
  writeFileSync(place(name), lines.map((line) => `${line}\n`).join(''));
  return place(name);
};

beforeAll(() => {
  const ledger = open();
  const schemes = [...BOOKED_SCHEMES.values()].map((scheme) => ({ type: 'scheme', scheme }) as const);
  const movements = BOOKED.map(({ movement }) => ({ type: 'movement', movement }) as const);
  ledger.applyChanges([...schemes, ...movements], 1, AT);
  const seal = () => {
    const [head] = ledger.entriesAfter(ledger.syncState().lastSeq - 1, 1);
    if (head) ledger.keepSeal(SEALER.seal(head));
  };
  for (const [index, fact] of FACTS.entries()) {
    ledger.append({ id: entryIdOf(index + 1), at: AT, fact });
    if (index % 10 === 9) seal();
  }
  seal();
  ledger.append({ id: entryIdOf(LAST), at: AT, fact: { type: 'staff-called', callNumber: 1, screen: 'start' } });
  ledger.close();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Each look starts a program of its own. */
const PATIENT = { timeout: 120_000 };

describe('npm run journal -- verify', PATIENT, () => {
  it('says of a ledger whose it is, from when to when, how far it is sealed and with which key', () => {
    const { status, stdout, stderr } = journal('verify', file, '--key', SEALER.publicKey);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`yakuba-1: entries 1 to ${LAST}, from ${AT} to ${AT}, head `);
    expect(stdout).toContain(`${FACTS.length} movements\n`);
    expect(stdout).toContain(`seals up to entry ${FACTS.length}; entries ${LAST} to ${LAST} are not sealed yet\n`);
    expect(stdout).toContain(`signed with the key ${SEALER.publicKey} (the key that was given)\n`);
    expect(stdout).toContain(`yakuba-1: 0 entries acknowledged, ${BOOKED.length} movements in the books\n`);
    expect(stdout).toContain('Everything verifies.');
    expect(journal('verify', file).stdout).toContain('(as the file itself says');
  });

  it.each([
    ['an entry was changed', "UPDATE journal SET body = replace(body, 'minato', 'other') WHERE body LIKE '%minato%'", /^Journal entry \d+ was changed/m],
    ['an entry is missing', 'DELETE FROM journal WHERE seq = 7', /^Journal entry 7 is missing\.$/m],
    ['the end was cut off', `DELETE FROM journal WHERE seq > 15`, new RegExp(`^Journal entry 16 is missing: the journal was sealed up to entry ${LAST - 1}, but ends with 15\\.$`, 'm')],
    ['a seal is of another key', `UPDATE journal_seal SET public_key = '${'A'.repeat(43)}' WHERE seq = 20`, /^Journal entry 20 is sealed with another key/m],
    ['a seal was changed', `UPDATE journal_seal SET signature = '${'A'.repeat(86)}' WHERE seq = 20`, /^Journal entry 20 has a seal that does not hold\.$/m],
    ['the books have other amounts', 'UPDATE posting SET amount = amount - 1 WHERE posting_id = 64', /^Journal entry 1 moved value that the books do not have$/m],
    ['a pocket holds less than nothing', "INSERT INTO movement (movement_number, operation_id, kind, account_id, scheme_id, occurred_at) VALUES (99, 'm', 'load', 'a', 's', 'now'); INSERT INTO posting VALUES (64 * 99, 'pocket/a/l', 'issued/s', 5)", /^1 pocket\(s\) or claim\(s\) hold less than nothing$/m],
    ['a posting stands alone', "INSERT INTO posting VALUES (64 * 99, 'issued/s', 'pocket/a/l', 5)", /^1 posting\(s\) belong to no movement$/m],
  ])('names what does not verify when %s', (_, sql, named) => {
    const { status, stdout, stderr } = journal('verify', tampered(sql));
    expect([status, stdout.includes('Everything verifies')]).toEqual([1, false]);
    expect(stderr).toMatch(named);
  });

  it('does not take another device’s key for this one’s', () => {
    for (const key of [newSealer(BOOKED_DEVICE).publicKey, `-${newSealer(BOOKED_DEVICE).publicKey.slice(1)}`]) {
      const { status, stderr } = journal('verify', file, '--key', key);
      expect(status).toBe(1);
      expect(stderr).toContain('Journal entry 10 is sealed with another key');
    }
  });

  it('leaves the ledger of a running kiosk alone', () => {
    const ledger = open();
    const refused = journal('verify', file);
    ledger.close();
    expect(refused.status).toBe(66);
    expect(refused.stderr).toContain('A running kiosk holds');
  });

  it('says how it is used, and that a file is not there', () => {
    const wrong = [['verify'], ['burn', file], ['verify', file, '--key', 'short'], ['verify', file, '--out', 'x'], ['export', file, '--format', 'xml'], ['export', file, '--after', '-1']];
    for (const words of wrong) expect([words, journal(...words).status]).toEqual([words, 64]);
    expect(journal('verify', place('none'))).toMatchObject({ status: 66, stderr: expect.stringContaining('Cannot be read') as string });
  });
});

describe('an exported journal', PATIENT, () => {
  let lines: readonly string[];
  let seals: number;
  beforeAll(() => {
    const { status, stdout, stderr } = journal('export', file);
    expect([status, stderr]).toEqual([0, '']);
    lines = stdout.trimEnd().split('\n');
    seals = lines.filter((line) => line.startsWith('{"seal":')).length;
  });

  /** The lines with one of them changed; sequence numbers begin with 1. */
  const entry = (seq: number) => lines[seals + seq - 1] ?? '';
  const withEntry = (seq: number, text: readonly string[]) => [...lines.slice(0, seals + seq - 1), ...text, ...lines.slice(seals + seq)];

  it('is the entries as they stand there, after their seals', () => {
    const ledger = open();
    const entries = ledger.entriesAfter(0, LAST);
    ledger.close();
    expect(lines.slice(seals).map((line) => JSON.parse(line) as unknown)).toEqual(entries);
    expect(lines.slice(0, seals).map((line) => (JSON.parse(line) as { seal: { seq: number } }).seal.seq)).toEqual([10, 20, 30, 40].filter((seq) => seq < LAST - 1).concat(LAST - 1));
  });

  it('verifies with our command and with the independent one, as a whole and from any entry on', () => {
    const whole = exported('whole.jsonl', lines);
    for (const key of [[], [SEALER.publicKey]]) {
      expect(journal('verify', whole, ...key.flatMap((text) => ['--key', text]))).toMatchObject({ status: 0, stderr: '' });
      expect(python(whole, ...key)).toMatchObject({ status: 0, stderr: '' });
    }
    expect(python(whole).stdout).toContain(`device yakuba-1, entries 1 to ${LAST}, ${FACTS.length} movements\n${seals} seals hold, up to entry ${LAST - 1}, made with the key ${SEALER.publicKey}`);
    const part = place('part.jsonl');
    expect(journal('export', file, '--after', '13', '--out', part)).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(journal('verify', part).stdout).toContain(`entries 14 to ${LAST}`);
    expect(python(part)).toMatchObject({ status: 0, stderr: '' });
  });

  it.each<readonly [string, () => readonly string[], number]>([
    ['changed', () => withEntry(6, [entry(6).replace('2026-11-21T01', '2026-11-21T02')]), 6],
    ['left out', () => withEntry(6, []), 6],
    ['put after the next one', () => withEntry(6, []).toSpliced(seals + 6, 0, entry(6)), 6],
    ['there twice', () => withEntry(6, [entry(6), entry(6)]), 6],
    ['of another device', () => withEntry(6, [entry(6).replace('yakuba-1', 'yakuba-2')]), 6],
    ['not what was sealed', () => withEntry(10, [entry(10).replace(/"hash":"[0-9a-f]{64}"/, `"hash":"${'0'.repeat(64)}"`)]), 10],
    ['the last of what was cut off', () => lines.slice(0, seals + 12), 13],
    ['sealed with a changed seal', () => [(lines[0] ?? '').replace(/"signature":"..../, '"signature":"AAAA'), ...lines.slice(1)], 10],
    ['sealed by another device', () => [`{"seal":${JSON.stringify(newSealer(BOOKED_DEVICE).seal({ seq: 20, hash: 'a'.repeat(64) }))}}`, ...lines], 20],
  ])('is found out by both when an entry is %s', (_, forged, seq) => {
    const name = exported('forged.jsonl', forged());
    const [ours, theirs] = [journal('verify', name), python(name)];
    expect([ours.status, theirs.status]).toEqual([1, 1]);
    expect(ours.stderr).toMatch(new RegExp(`^Journal entry ${seq} `, 'm'));
    // The independent one names the entry at which it noticed; of a cut-off end that is what had been sealed, of a gap what comes after it.
    expect(theirs.stderr).toMatch(new RegExp(`^entry (${seq}|${seq + 1}|${LAST - 1}): `, 'm'));
  });

  it('is found out by both when the key is another device’s, or a line is no entry', () => {
    const whole = exported('whole.jsonl', lines);
    const { publicKey } = newSealer(BOOKED_DEVICE);
    expect([journal('verify', whole, '--key', publicKey).status, python(whole, publicKey).status]).toEqual([1, 1]);
    const torn = exported('torn.jsonl', [...lines.slice(0, -1), (lines.at(-1) ?? '').slice(0, 40)]);
    expect(journal('verify', torn)).toMatchObject({ status: 1, stderr: `Line ${lines.length} is neither a journal entry nor a seal.\n` });
    expect(python(torn)).toMatchObject({ status: 1, stderr: `line ${lines.length}: neither an entry nor a seal\n` });
    const empty = exported('empty.jsonl', []);
    expect([journal('verify', empty).status, python(empty).status]).toEqual([1, 1]);
  });

  it('is found out by the independent one when a movement does not balance, though every hash is right', () => {
    const unsealed = lines.slice(seals).map((line) => JSON.parse(line) as { seq: number; prevHash: string; hash: string; body: string });
    const first = unsealed[0];
    if (!first) throw new Error('There are entries');
    const body = first.body.replace('"debit":"issued/ayumi"', '"debit":"issued/shohinken-r8"');
    const bent = python(exported('bent.jsonl', [JSON.stringify({ ...first, body, hash: sha256(first.prevHash, body) })]));
    expect(bent).toMatchObject({ status: 1, stderr: expect.stringContaining('entry 1: does not balance: from issued/shohinken-r8 to pocket/a-1/') as string });
  });

  it('is never written over something else', () => {
    const name = exported('kept.jsonl', ['kept']);
    expect(journal('export', file, '--out', name)).toMatchObject({ status: 73, stderr: expect.stringContaining('Cannot be written') as string });
    expect(readFileSync(name, 'utf8')).toBe('kept\n');
  });
});

describe('a journal for other programs', () => {
  it('balances in hledger and ledger to the yen', () => {
    const name = place('books.journal');
    expect(journal('export', file, '--format', 'hledger', '--out', name)).toMatchObject({ status: 0, stderr: '' });
    expect([checkedByHledger(name), checkedByLedger(name)]).toEqual([{ status: 0, complaint: '' }, { status: 0, complaint: '' }]);
    const own = [...sumsOf(BOOKED.filter(({ device }) => device !== null))].filter(([, sum]) => sum !== 0);
    const byAccount = (balances: Readonly<Record<string, number>>) => new Map(Object.entries(balances).map(([key, amount]) => [key.slice(0, key.indexOf(' ')).replaceAll(':', '/'), amount]));
    expect(byAccount(balancesOfHledger(name))).toEqual(new Map(own));
    expect(byAccount(balancesOfLedger(name))).toEqual(new Map(own));
    expect(readFileSync(name, 'utf8')).toContain(`    ; seq: ${FACTS.length}\n`);
  });

  it('is a table with one posting a row', () => {
    const { status, stdout } = journal('export', file, '--format', 'csv', '--after', '1');
    const rows = stdout.split('\r\n');
    expect([status, rows[0]?.split(',').slice(0, 4)]).toEqual([0, ['date', 'occurred_at', 'device_id', 'seq']]);
    expect(rows.slice(1, -1)).toHaveLength(FACTS.slice(1).reduce((sum, { movement }) => sum + movement.postings.length, 0));
  });
});
