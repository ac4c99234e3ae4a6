/**
 * What must hold at the end of every run, whatever happened: chains, books on both ends, each operation and each grant with exactly one
 * fate, slips and numbers, and nobody's data where it does not belong. Reads the files themselves, past the programs.
 */
import SqliteFile from 'better-sqlite3';
import { auditLedger, readJournal } from '../../agent/ledger/ledger-audit.ts';
import { slipMarker } from '../../agent/printing/slip-number.ts';
import { readBooks } from '../../backend/ledger/books.ts';
import { JournalBody, type JournalEntry } from '../../contract/journal.ts';
import type { Movement } from '../../contract/value.ts';
import type { SimulatedDevice } from './simulated-device.ts';
import type { World } from './world.ts';

/** Movements as both ends keep them: operation → account, grant and sum. */
type Movements = ReadonlyMap<string, string>;

interface Kiosk {
  readonly device: SimulatedDevice;
  readonly entries: readonly JournalEntry[];
  readonly bodies: readonly JournalBody[];
  readonly moved: readonly Movement[];
  readonly movements: Movements;
}

interface AnomalyRow {
  readonly device: string;
  readonly seq: number;
  readonly what: string;
  readonly entitlement: string | undefined;
  readonly receivedMs: number | null;
}

/** The files must not be in use any more. */
export async function lookOver(world: World): Promise<void> {
  const { faults } = world;
  const kiosks = world.devices.map((device) => readKiosk(world, device));
  const books = await readBooks(world.backend.database);
  for (const fault of books.faults) faults.find(`The backend's books: ${fault}`);
  const file = new SqliteFile(world.backend.file, { readonly: true });
  try {
    const posted = movementsIn(file);
    const anomalies = anomaliesIn(file, kiosks);
    for (const kiosk of kiosks) {
      sameJournal(world, file, kiosk);
      oneFateEach(world, kiosk, posted, anomalies);
      sameMovements(world, kiosk, posted, anomalies);
      slips(world, kiosk);
      noPersonalData(world, kiosk);
    }
    onlyPermittedAnomalies(world, file, anomalies);
    grantsOnce(world, kiosks, anomalies);
  } finally {
    file.close();
  }
}

function readKiosk({ faults }: World, device: SimulatedDevice): Kiosk {
  const audit = auditLedger(device.ledgerFile);
  for (const fault of audit.faults) faults.find(`Kiosk ${device.name}: ${fault}`);
  faults.expect(audit.acknowledgedSeq === audit.entries, `Kiosk ${device.name}: ${audit.entries - audit.acknowledgedSeq} entries were never acknowledged`);
  const entries = readJournal(device.ledgerFile);
  const bodies = entries.map((entry) => JournalBody.parse(JSON.parse(entry.body)));
  const file = new SqliteFile(device.ledgerFile, { readonly: true });
  try {
    const open = file.prepare<[], number>("select count(*) from intent where state in ('prepared', 'unknown')").pluck().get();
    faults.expect(open === 0, `Kiosk ${device.name}: ${open ?? '?'} intents are still open`);
    const moved = bodies.flatMap(({ fact }) => (fact.type === 'value-moved' ? [fact.movement] : []));
    return { device, entries, bodies, moved, movements: movementsIn(file) };
  } finally {
    file.close();
  }
}

function movementsIn(file: SqliteFile.Database): Movements {
  const rows = file
    .prepare<[], { operation: string; text: string }>(
      `select m.operation_id as operation, m.account_id || ' ' || coalesce(m.entitlement_id, '') || ' ' ||
       (select sum(p.amount) from posting p where p.operation_id = m.operation_id) as text from movement m order by 1`,
    )
    .all();
  return new Map(rows.map(({ operation, text }) => [operation, text]));
}

function anomaliesIn(file: SqliteFile.Database, kiosks: readonly Kiosk[]): AnomalyRow[] {
  const rows = file
    .prepare<[], Omit<AnomalyRow, 'entitlement'>>(
      `select a.device_id as device, a.seq, a.what, j.received_ms as receivedMs from anomaly a
       left join journal_entry j on j.device_id = a.device_id and j.seq = a.seq order by 1, 2`,
    )
    .all();
  return rows.map((row) => {
    const fact = kiosks.find(({ device }) => device.identity.deviceId === row.device)?.bodies[row.seq - 1]?.fact;
    return { ...row, entitlement: fact?.type === 'value-moved' ? (fact.movement.entitlementId ?? undefined) : undefined };
  });
}

function sameJournal({ faults }: World, file: SqliteFile.Database, { device, entries }: Kiosk): void {
  const hashes = file.prepare<[string], string>('select hash from journal_entry where device_id = ? order by seq').pluck().all(device.identity.deviceId);
  faults.expect(
    hashes.length === entries.length && entries.every((entry, index) => entry.hash === hashes[index]),
    `Kiosk ${device.name} has ${entries.length} journal entries, the backend ${hashes.length} of them, or others`,
  );
}

/** Every movement a kiosk made is posted under its own id, or lies before staff; never both, never neither. */
function oneFateEach({ faults }: World, { device, bodies, moved }: Kiosk, posted: Movements, anomalies: readonly AnomalyRow[]): void {
  const operations = new Set(moved.map(({ operationId }) => operationId));
  faults.expect(operations.size === moved.length, `Kiosk ${device.name} journalled an operation twice`);
  for (const { seq, fact } of bodies) {
    if (fact.type !== 'value-moved') continue;
    const isPosted = posted.has(fact.movement.operationId);
    const isAnomaly = anomalies.some((anomaly) => anomaly.device === device.identity.deviceId && anomaly.seq === seq);
    if (isPosted === isAnomaly) faults.find(`An operation of kiosk ${device.name} is ${isPosted ? 'posted and an anomaly' : 'neither posted nor an anomaly'}`);
  }
}

/** The kiosk holds what the backend holds, and besides only its own movements that staff must look at. */
function sameMovements({ faults }: World, { device, bodies, movements }: Kiosk, posted: Movements, anomalies: readonly AnomalyRow[]): void {
  const own = anomalies.filter((anomaly) => anomaly.device === device.identity.deviceId);
  const beforeStaff = new Set<string>(own.flatMap(({ seq }) => {
    const fact = bodies[seq - 1]?.fact;
    return fact?.type === 'value-moved' ? [fact.movement.operationId] : [];
  }));
  for (const [operation, text] of posted) {
    faults.expect(movements.get(operation) === text, `Kiosk ${device.name} has "${movements.get(operation) ?? 'nothing'}" where the backend has "${text}"`);
  }
  for (const [operation, text] of movements) {
    faults.expect(posted.has(operation) || beforeStaff.has(operation), `Kiosk ${device.name} has "${text}", which the backend does not have`);
  }
}

/**
 * When a lease ran out unheard and passed on to the other kiosk, both may have loaded; whoever is heard second lies before staff. And a
 * kiosk whose clock is wrong by days may have loaded what it no longer held. Nothing else may ever lie there.
 */
function onlyPermittedAnomalies({ faults, wildClocks }: World, file: SqliteFile.Database, anomalies: readonly AnomalyRow[]): void {
  const leases = file.prepare<[string], { until: number }>("select until_ms as until from lease where entitlement_id = ? order by until_ms");
  for (const { what, entitlement, receivedMs } of anomalies) {
    const [first, ...later] = entitlement === undefined ? [] : leases.all(entitlement);
    const passedOn = first !== undefined && later.length > 0 && receivedMs !== null && receivedMs > first.until;
    const superseded = passedOn && (what === 'already-taken' || what === 'not-leased');
    const byClock = wildClocks && (what === 'already-taken' || what === 'not-leased' || what === 'from-the-future');
    faults.expect(superseded || byClock, `The backend found "${what}" although no lease had passed on and no clock was wrong`);
  }
}

/** A grant is taken once in the world; every other taking of it lies before staff. */
function grantsOnce({ faults }: World, kiosks: readonly Kiosk[], anomalies: readonly AnomalyRow[]): void {
  const takings = new Map<string, number>();
  for (const { moved } of kiosks) for (const { entitlementId } of moved) takings.set(entitlementId ?? '', (takings.get(entitlementId ?? '') ?? 0) + 1);
  for (const [entitlement, count] of takings) {
    const beforeStaff = anomalies.filter((anomaly) => anomaly.entitlement === entitlement).length;
    faults.expect(count - beforeStaff <= 1, `A grant was taken ${count} times`);
  }
}

/** Numbers are given once; every job has one end; what the journal calls printed came out of the slot, once. */
function slips({ faults }: World, { device, bodies }: Kiosk): void {
  const file = new SqliteFile(device.ledgerFile, { readonly: true });
  const jobs = file.prepare<[], { id: string; state: string; number: number }>('select job_id as id, state, slip_number as number from print_job order by slip_number').all();
  file.close();
  const out = device.printers.flatMap(({ printed }) => printed.map(({ marker, markup }) => ({ marker, number: /番号　(\S+)/.exec(markup)?.[1] })));
  faults.expect(new Set(out.map(({ number }) => number)).size === out.length, `Kiosk ${device.name} printed two slips with one number`);
  faults.expect(out.every(({ number }) => number !== undefined), `Kiosk ${device.name} printed a slip without a number`);
  for (const { id, state, number } of jobs) {
    const ends = bodies.flatMap(({ fact }) => (fact.type === 'slip-settled' && fact.jobId === id ? [fact.outcome] : []));
    faults.expect(ends.length === 1 && ends[0] === state, `Kiosk ${device.name}: a slip that is ${state} was journalled as ${ends.join(', ') || 'nothing'}`);
    const cameOut = out.filter(({ marker }) => marker === slipMarker(number)).length;
    if (state === 'printed') faults.expect(cameOut === 1, `Kiosk ${device.name}: a slip is called printed, but ${cameOut} came out`);
    if (state === 'failed') faults.expect(cameOut === 0, `Kiosk ${device.name}: a slip is called failed, but it came out`);
  }
  const calls = bodies.flatMap(({ fact }) => (fact.type === 'staff-called' ? [fact.callNumber] : []));
  faults.expect(calls.every((call, index) => index === 0 || call > (calls[index - 1] ?? 0)), `Kiosk ${device.name} gave a number of a call for staff twice`);
}

function noPersonalData({ faults }: World, { device, entries }: Kiosk): void {
  for (const { body } of entries) {
    const text = body.toLowerCase();
    if (device.identifiers.some((word) => text.includes(word))) faults.find(`The journal of kiosk ${device.name} holds a card's identifier`);
  }
}
