import { existsSync, mkdirSync } from 'node:fs';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { journalHash } from '../../contract/journal-hash.ts';
import { GENESIS_HASH } from '../../contract/journal.ts';
import { cardOf, entitlementOf, idsOf, LEASE_END, loadOf, NO_EVIDENCE, NOW, openOrThrow, pointingCard, prepareLoad, SCHEME, temporaryLedger, TODAY, TOWN_DEVICE, accountOf } from '../test-support/ledger-town.ts';
import { auditLedger } from './ledger-audit.ts';
import { LEDGER_APPLICATION_ID, LEDGER_VERSION, migrateLedger } from './migrations.ts';

/** The last version whose ledgers are in use and know only loads of grants. */
const BEFORE = 2;
const BEFORE_PLAIN_CHECKS = 6;
const BEFORE_NUMBERED_MOVEMENTS = 9;

describe('a ledger file of an earlier release', () => {
  const place = temporaryLedger();
  const ids = idsOf(5);
  const [done, open, dropped] = [ids.operation(), ids.operation(), ids.operation()];

  /** As that release wrote it: one load committed and journalled, one unknown, one aborted; leases, a scheme, a card. */
  function writeOldFile(): void {
    const database = new SqliteDatabase(place.file);
    database.pragma('journal_mode = WAL');
    database.pragma('foreign_keys = ON');
    database.pragma('recursive_triggers = ON');
    database.pragma(`application_id = ${LEDGER_APPLICATION_ID}`);
    migrateLedger(database, BEFORE);
    database.prepare('INSERT INTO device VALUES (1, ?)').run(TOWN_DEVICE);
    const { id, kind, unit, name, issuer, usableAt, contact, legalBasis, firstDay, lastDay } = SCHEME;
    database.prepare('INSERT INTO scheme VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(id, kind, unit, name, issuer, usableAt, contact, legalBasis, firstDay, lastDay);
    for (const person of [0, 1, 2]) {
      const { id: entitlement, accountId, schemeId, amount, lotKind, firstDay: from, lastDay: to } = entitlementOf(person);
      database.prepare('INSERT INTO lease VALUES (?, ?, ?, ?, ?, ?, ?, ?)').run(entitlement, accountId, schemeId, amount, lotKind, from, to, LEASE_END);
      database.prepare('INSERT INTO card VALUES (?, ?, ?, ?)').run(cardOf(person), accountId, 'active', 'plain-identifier');
    }
    const intent = database.prepare(
      'INSERT INTO intent (operation_id, card_ref, card_profile, counter_before, entitlement_id, state, prepared_at, movement) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    for (const [person, operation, state] of [[0, done, 'committed'], [1, open, 'unknown'], [2, dropped, 'aborted']] as const) {
      intent.run(operation, cardOf(person), 'desfire', 4, entitlementOf(person).id, state, NOW, JSON.stringify(loadOf(person, operation)));
    }
    post(database);
    database.close();
  }

  function post(database: Database): void {
    const movement = loadOf(0, done);
    const [lot] = movement.lots;
    const { operationId, kind, accountId, schemeId, entitlementId, occurredAt } = movement;
    database.prepare('INSERT INTO movement VALUES (?, ?, ?, ?, ?, ?)').run(operationId, kind, accountId, schemeId, entitlementId, occurredAt);
    database.prepare('INSERT INTO lot VALUES (?, ?, ?, ?, ?, ?)').run(lot!.accountId, lot!.id, lot!.schemeId, lot!.kind, lot!.issuedOn, lot!.lastDay);
    for (const { debit, credit, amount } of movement.postings) {
      database.prepare('INSERT INTO posting (operation_id, debit, credit, amount) VALUES (?, ?, ?, ?)').run(operationId, debit, credit, amount);
    }
    const card = { cardRef: cardOf(0), profile: 'desfire' };
    const facts = [
      { type: 'value-moved', movement, card: { ...card, evidence: { kind: 'log', counter: 5 } } },
      { type: 'movement-unknown', movement: loadOf(1, open), card: { ...card, cardRef: cardOf(1), counterBefore: 4 } },
    ];
    let prevHash = GENESIS_HASH;
    for (const [index, fact] of facts.entries()) {
      const { id, at } = ids.entry();
      const body = JSON.stringify({ id, device: TOWN_DEVICE, seq: index + 1, at, fact });
      const hash = journalHash(prevHash, body);
      database.prepare('INSERT INTO journal (seq, entry_id, prev_hash, hash, body) VALUES (?, ?, ?, ?, ?)').run(index + 1, id, prevHash, hash, body);
      prevHash = hash;
    }
  }

  const look = <T>(read: (database: Database) => T): T => {
    const database = new SqliteDatabase(place.file, { readonly: true });
    try {
      return read(database);
    } finally {
      database.close();
    }
  };
  const rows = (sql: string) => look((database) => database.prepare(sql).all());

  beforeEach(() => {
    mkdirSync(place.directory, { recursive: true });
    writeOldFile();
  });
  afterEach(() => place.remove());

  it('opens with everything that was in it, and goes on', () => {
    expect(look((database) => database.pragma('user_version', { simple: true }))).toBe(BEFORE);
    const journal = rows('SELECT * FROM journal');
    const ledger = openOrThrow(place.file);
    expect(ledger.movementOf(done)).toStrictEqual(loadOf(0, done));
    expect(ledger.lotsOf(accountOf(0)).map(({ amount }) => amount)).toEqual([entitlementOf(0).amount]);
    expect(ledger.schemes().get(SCHEME.id)).toStrictEqual(SCHEME);
    expect(ledger.openIntents()).toEqual([
      { operationId: open, cardRef: cardOf(1), cardProfile: 'desfire', counterBefore: 4, state: 'unknown', preparedAt: NOW, movement: loadOf(1, open) },
    ]);
    expect([0, 1, 2].map((person) => ledger.offersOf(accountOf(person), TODAY, NOW).length)).toEqual([0, 0, 1]);
    expect([0, 1].map((person) => prepareLoad(ledger, person, ids.operation()))).toEqual(['already-taken', 'already-taken']);
    // What was open is decided, and what was aborted may be tried again.
    ledger.commit(open, ids.entry(), { kind: 'log', counter: 5 });
    const again = ids.operation();
    expect(ledger.prepare({ operationId: again, ...pointingCard(2), movement: loadOf(2, again), preparedAt: NOW })).toBe('prepared');
    ledger.commit(again, ids.entry(), NO_EVIDENCE);
    expect([1, 2].map((person) => ledger.lotsOf(accountOf(person)).map(({ amount }) => amount))).toEqual([[entitlementOf(1).amount], [entitlementOf(2).amount]]);
    ledger.close();
    expect(rows('SELECT * FROM journal').slice(0, journal.length)).toEqual(journal);
    expect(auditLedger(place.file)).toMatchObject({ faults: [], movements: 3 });
  });

  it('comes over row by row when its tables are built anew', () => {
    place.remove();
    mkdirSync(place.directory, { recursive: true });
    const database = new SqliteDatabase(place.file);
    database.pragma('foreign_keys = ON');
    migrateLedger(database, BEFORE_PLAIN_CHECKS);
    database.exec(`
      INSERT INTO movement VALUES ('m1', 'load', 'a', 's', 'e', 't', 'o', 1, 'sl', '["x"]', 'f', 5, 6), ('m2', 'correct', 'a', 's', NULL, 't', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
      INSERT INTO lot VALUES ('a', 'l', 's', 'premium', 'd1', 'd2', 'm1', 1);
      INSERT INTO posting VALUES (7, 'm1', 'x', 'y', 3), (9, 'm2', 'y', 'x', 2);
      INSERT INTO intent VALUES (4, 'i1', 'c', 'desfire', 8, NULL, 'unknown', 't', '{}'), (6, 'i2', 'c', 'code', NULL, 'e', 'aborted', 't', '{}');
      INSERT INTO reservation VALUES ('pocket/a/l', 'i1', 3);`);
    const tables = ['movement', 'lot', 'posting', 'intent', 'reservation'];
    const all = () => tables.map((table) => database.prepare(`SELECT * FROM ${table}`).all());
    const before = all();
    expect(before.map((of) => of.length)).toEqual([2, 1, 2, 2, 1]);
    migrateLedger(database, BEFORE_PLAIN_CHECKS + 1);
    expect(all()).toEqual(before);
    expect(database.pragma('foreign_key_check')).toEqual([]);
    database.close();
  });

  it('keeps which lots and postings are a movement’s when movements get numbers, and what the town thought of them', () => {
    place.remove();
    mkdirSync(place.directory, { recursive: true });
    const database = new SqliteDatabase(place.file);
    database.pragma('foreign_keys = ON');
    migrateLedger(database, BEFORE_NUMBERED_MOVEMENTS);
    // In the order of their ids the movements stand otherwise than in which they were made.
    database.exec(`
      INSERT INTO movement VALUES ('m2', 'load', 'a', 's', 'e', 't', 'o', 1, 'sl', '["x"]', 'f', 5, 6), ('m1', 'spend', 'b', 's', NULL, 't', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
      INSERT INTO lot VALUES ('a', 'l1', 's', 'paid', 'd1', 'd2', 'm2', 0), ('a', 'l2', 's', 'premium', 'd1', 'd2', 'm2', 1), ('z', 'l0', 's', 'free', 'd1', 'd2', NULL, 0);
      INSERT INTO posting VALUES (7, 'm2', 'x', 'y1', 3), (8, 'm2', 'x', 'y2', 4), (9, 'm1', 'y1', 'z', 2);
      INSERT INTO refused_movement VALUES ('m1', 0);
      INSERT INTO bare_movement VALUES ('m2');`);
    migrateLedger(database, BEFORE_NUMBERED_MOVEMENTS + 1);
    const all = (sql: string) => database.prepare(sql).raw().all();
    expect(all('SELECT * FROM movement')).toEqual([
      [1, 'm2', 'load', 'a', 's', 'e', 't', 'o', 1, 'sl', '["x"]', 'f', 5, 6],
      [2, 'm1', 'spend', 'b', 's', null, 't', null, null, null, null, null, null, null],
    ]);
    expect(all('SELECT * FROM lot')).toEqual([
      ['a', 'l1', 's', 'paid', 'd1', 'd2', 1, 0],
      ['a', 'l2', 's', 'premium', 'd1', 'd2', 1, 1],
      ['z', 'l0', 's', 'free', 'd1', 'd2', null, 0],
    ]);
    expect(all('SELECT * FROM posting')).toEqual([[64, 'x', 'y1', 3], [65, 'x', 'y2', 4], [128, 'y1', 'z', 2]]);
    expect([all('SELECT * FROM refused_movement'), all('SELECT * FROM bare_movement')]).toEqual([[['m1', 0]], [['m2']]]);
    expect(() => database.exec("INSERT INTO bare_movement VALUES ('m3')")).toThrow('FOREIGN KEY');
    expect(database.pragma('foreign_key_check')).toEqual([]);
    database.close();
  });

  it('has the tables, indexes and triggers of a new one', () => {
    openOrThrow(place.file).close();
    const migrated = rows("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name");
    place.remove();
    mkdirSync(place.directory, { recursive: true });
    expect(existsSync(place.file)).toBe(false);
    openOrThrow(place.file).close();
    expect(migrated).toEqual(rows("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"));
    expect(look((database) => database.pragma('user_version', { simple: true }))).toBe(LEDGER_VERSION);
  });

  it('still lets nothing be changed or deleted', () => {
    openOrThrow(place.file).close();
    const database = new SqliteDatabase(place.file);
    try {
      for (const table of ['movement', 'posting', 'lot', 'intent', 'journal']) {
        expect(() => database.exec(`DELETE FROM ${table}`)).toThrow(/never/);
      }
      for (const change of ["movement SET kind = 'give'", 'posting SET amount = 1', "lot SET kind = 'free'"]) expect(() => database.exec(`UPDATE ${change}`)).toThrow(/never changed/);
      expect(() => database.exec("UPDATE intent SET state = 'prepared'")).toThrow('settled once');
      for (const change of ['intent_number = intent_number + 1000', "card_ref = '00'", "card_profile = 'code'", "prepared_at = ''", "movement = '{}'", "operation_id = ''", 'counter_before = 7', "entitlement_id = 'e'"]) {
        expect(() => database.exec(`UPDATE intent SET ${change}`)).toThrow('not changed otherwise');
      }
      const { seq, hash } = database.prepare<[], { seq: number; hash: string }>('SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1').get() ?? { seq: 0, hash: '' };
      const entry = database.prepare(`INSERT INTO journal VALUES (?, 'x', ?, '${'f'.repeat(64)}', '{}')`);
      for (const [at, after] of [[seq + 2, hash], [seq + 1, 'f'.repeat(64)], [1, '0'.repeat(64)], [seq, hash]] as const) expect(() => entry.run(at, after)).toThrow(/follow the last one|UNIQUE/);
      expect(seq).toBeGreaterThan(1);
      expect(() => database.prepare("INSERT INTO movement (operation_id, kind, account_id, scheme_id, occurred_at) VALUES ('x', 'steal', 'a', 's', 't')").run()).toThrow('CHECK');
      expect(() => database.prepare("INSERT INTO lot VALUES ('a', 'l', 's', 'lost', 'd', 'd', NULL, 0)").run()).toThrow('CHECK');
      expect(() => database.prepare("INSERT INTO intent (operation_id, card_ref, card_profile, state, prepared_at, movement) VALUES ('x', 'c', 'p', 'maybe', 't', '{}')").run()).toThrow('CHECK');
      expect(database.pragma('foreign_key_check')).toEqual([]);
    } finally {
      database.close();
    }
  });
});
