/**
 * How long it takes to know a card: its account, what the account has, and what may be received, in the kiosk's ledger; card and lots in the
 * backend's. With a thousand residents and with a million, who are written into the files by SQL, past every rule.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import SqliteFile from 'better-sqlite3';
import { POSTINGS_PER_MOVEMENT } from '../../agent/ledger/posting-ids.ts';
import { LEASE_END, NOW, openOrThrow, SCHEME, TODAY } from '../../agent/test-support/ledger-town.ts';
import { cardsOnRecord } from '../../backend/cards/card-records.ts';
import { openDatabase } from '../../backend/database/open-database.ts';
import { lotsHeld } from '../../backend/ledger/stored-value.ts';
import { newOfficeKey } from '../../backend/people/office-key.ts';
import { systemClock, systemRandomness } from '../../backend/ports.ts';
import { seedDemo } from '../../backend/seed/demo.ts';
import { demoSchemes, TOMAMAE } from '../../backend/seed/demo-town.ts';
import { AccountId, CardRef } from '../../contract/ids.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import { median, type Row } from './rows.ts';

const FEW = 1_000;
const LOOKUPS = 2_000;
/** Few and many turn by turn, so that both meet the same machine. */
const ROUNDS = 5;

const cardOf = (number: number) => CardRef.parse(number.toString(16).padStart(32, '0'));

/** @param many residents of the larger town */
export async function lookupRows(many: number): Promise<Row[]> {
  const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-bench-lookups-'));
  try {
    const kiosk = compare(many, FEW, await Promise.all([FEW, many].map((residents) => kioskLookup(path.join(directory, `kiosk-${residents}.db`), residents))));
    const backend = await compareLater(many, FEW, await Promise.all([FEW, many].map((residents) => backendLookup(path.join(directory, `backend-${residents}`), residents))));
    const manyWords = many.toLocaleString('en');
    return [
      { name: 'lookup_us_1e3', value: kiosk.few, unit: 'µs', floor: kiosk.bare, note: `card, account, lots and offers in the ledger file of a kiosk with ${FEW.toLocaleString('en')} residents, each another one; floor: bare better-sqlite3 reads the card’s row alone` },
      { name: 'lookup_us_1e6', value: kiosk.many, unit: 'µs', floor: kiosk.few, note: `the same with ${manyWords} residents${many < 1_000_000 ? ' (--quick: not a million)' : ''}; floor: with ${FEW.toLocaleString('en')}` },
      { name: 'backend_lookup_us_1e6', value: backend.many, unit: 'µs', floor: backend.few, note: `card and lots in the backend’s SQLite file with ${manyWords} residents; floor: with ${FEW.toLocaleString('en')}` },
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Place<Looked> {
  readonly look: (number: number) => Looked;
  readonly bare?: (number: number) => unknown;
  readonly close: () => void;
}

/** Somebody else each time, all over the file. */
const numberOf = (turn: number, residents: number) => (turn * 7_919) % residents;

function compare(many: number, few: number, [small, large]: ReadonlyArray<Place<void>>) {
  if (!small?.bare || !large) throw new Error('There are two towns to compare');
  const times = { few: [] as number[], many: [] as number[], bare: [] as number[] };
  const timed = (look: (number: number) => unknown, residents: number) => {
    const begun = performance.now();
    for (let turn = 0; turn < LOOKUPS; turn += 1) look(numberOf(turn, residents));
    return ((performance.now() - begun) * 1_000) / LOOKUPS;
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.few.push(timed(small.look, few));
    times.many.push(timed(large.look, many));
    times.bare.push(timed(small.bare, few));
  }
  small.close();
  large.close();
  return { few: median(times.few), many: median(times.many), bare: median(times.bare) };
}

async function compareLater(many: number, few: number, [small, large]: ReadonlyArray<Place<Promise<void>>>) {
  if (!small || !large) throw new Error('There are two towns to compare');
  const times = { few: [] as number[], many: [] as number[] };
  const timed = async (look: (number: number) => Promise<void>, residents: number) => {
    const begun = performance.now();
    for (let turn = 0; turn < LOOKUPS / 4; turn += 1) await look(numberOf(turn, residents));
    return ((performance.now() - begun) * 4_000) / LOOKUPS;
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.few.push(await timed(small.look, few));
    times.many.push(await timed(large.look, many));
  }
  small.close();
  large.close();
  return { few: median(times.few), many: median(times.many) };
}

/** Writes quickly; nothing of it needs to survive. */
function fill(file: string, residents: number, statements: readonly string[]): void {
  const database = new SqliteFile(file);
  database.pragma('synchronous = OFF');
  database.pragma('foreign_keys = OFF');
  database.pragma('cache_size = -400000');
  database.exec('create temporary table person (n integer primary key, card text)');
  database.prepare("insert into person with recursive count (n) as (select 0 union all select n + 1 from count where n + 1 < ?) select n, printf('%032x', n) from count").run(residents);
  const write = database.transaction(() => {
    for (const statement of statements) database.exec(statement);
  });
  write();
  database.pragma('wal_checkpoint(truncate)');
  database.close();
}

async function kioskLookup(file: string, residents: number): Promise<Place<void>> {
  const made = openOrThrow(file);
  made.applyChanges([{ type: 'scheme', scheme: SCHEME }], 1, NOW);
  made.close();
  fill(file, residents, [
    "insert into account select 'a-' || n, 1 from person",
    "insert into card (card_ref, account_id, state, profile) select card, 'a-' || n, 'active', 'desfire' from person",
    `insert into lease (entitlement_id, account_id, scheme_id, amount, lot_kind, first_day, last_day, until) select 'e-' || n, 'a-' || n, '${SCHEME.id}', 500, 'free', '${SCHEME.firstDay}', '${SCHEME.lastDay}', '${LEASE_END}' from person`,
    `insert into movement (movement_number, operation_id, kind, account_id, scheme_id, occurred_at) select n + 1, 'op-' || card, 'load', 'a-' || n, '${SCHEME.id}', '${NOW}' from person`,
    `insert into lot (account_id, lot_id, scheme_id, kind, issued_on, last_day, movement_number, place) select 'a-' || n, 'lot-' || n, '${SCHEME.id}', 'free', '${TODAY}', '${SCHEME.lastDay}', n + 1, 0 from person`,
    `insert into posting (posting_id, debit, credit, amount) select (n + 1) * ${POSTINGS_PER_MOVEMENT}, 'issued/${SCHEME.id}', 'pocket/a-' || n || '/lot-' || n, 1000 from person`,
  ]);
  const ledger = openOrThrow(file);
  return {
    look: (number) => {
      const card = ledger.lookupCard(cardOf(number));
      if (card.kind !== 'account') throw new Error(`Card ${number} is ${card.kind}`);
      const lots = ledger.lotsOf(card.accountId);
      const offers = ledger.offersOf(card.accountId, TODAY, NOW);
      if (lots[0]?.amount !== 1_000 || offers.length !== 1) throw new Error(`Resident ${number} has ${lots.length} lots and ${offers.length} offers`);
    },
    bare: bareLookup(path.join(path.dirname(file), `bare-${residents}.db`), residents),
    close: () => ledger.close(),
  };
}

function bareLookup(file: string, residents: number): (number: number) => unknown {
  const database = new SqliteFile(file);
  database.exec('create table card (card_ref text primary key, account_id text not null) strict, without rowid');
  database.prepare("insert into card with recursive count (n) as (select 0 union all select n + 1 from count where n + 1 < ?) select printf('%032x', n), 'a-' || n from count").run(residents);
  const select = database.prepare('select account_id from card where card_ref = ?');
  return (number) => select.get(cardOf(number));
}

async function backendLookup(dataDir: string, residents: number): Promise<Place<Promise<void>>> {
  const made = await openDatabase({ dataDir });
  await seedDemo({ database: made, clock: systemClock, randomness: systemRandomness, officePublicKey: newOfficeKey().x, population: 10 });
  await made.close();
  const { points } = demoSchemes(dateInTokyo(momentFromEpoch(systemClock.now())));
  const town = TOMAMAE.id;
  fill(path.join(dataDir, 'backend.sqlite'), residents, [
    `insert into account (municipality_id, account_id, home_site_id, state) select '${town}', 'a-many-' || n, 'yakuba', 'open' from person`,
    `insert into card (municipality_id, card_ref, account_id, state, profile) select '${town}', card, 'a-many-' || n, 'active', 'plain-identifier' from person`,
    `insert into movement (municipality_id, operation_id, kind, account_id, scheme_id, occurred_at, posted_ms) select '${town}', 'op-' || card, 'load', 'a-many-' || n, '${points.id}', '${NOW}', 0 from person`,
    `insert into lot (municipality_id, lot_id, operation_id, account_id, scheme_id, kind, issued_on, last_day) select '${town}', 'lot-many-' || n, 'op-' || card, 'a-many-' || n, '${points.id}', 'free', '${TODAY}', '${SCHEME.lastDay}' from person`,
    `insert into posting (municipality_id, operation_id, number, debit, credit, amount) select '${town}', 'op-' || card, 0, 'issued/${points.id}', 'pocket/a-many-' || n || '/lot-many-' || n, 1000 from person`,
  ]);
  const database = await openDatabase({ dataDir });
  return {
    look: (number) =>
      database.kysely.transaction().execute(async (transaction) => {
        const work = { transaction, dialect: database.dialect, municipalityId: town, feed: { lastCursor: 0 } };
        const card = (await cardsOnRecord(work, [cardOf(number)])).get(cardOf(number));
        const lots = card ? await lotsHeld(work, town, [AccountId.parse(card.accountId)]) : [];
        if (lots[0]?.amount !== 1_000) throw new Error(`Resident ${number} has ${lots.length} lots`);
      }),
    close: () => void database.close(),
  };
}
