/** Everything that is left of a run, read once: the kiosks' ledgers, the backend's tables, what came out of the printers. */
import SqliteFile from 'better-sqlite3';
import { auditLedger, readJournal, type LedgerAudit } from '../../../agent/ledger/ledger-audit.ts';
import { isPostingOf } from '../../../agent/ledger/posting-ids.ts';
import type { JournalBody, JournalEntry } from '../../../contract/journal.ts';
import type { Movement, Posting } from '../../../contract/value.ts';
import type { SimulatedDevice } from '../simulated-device.ts';
import type { World } from '../world.ts';

export interface Booked {
  readonly operation: string;
  readonly account: string;
  readonly entitlement: string | null;
  readonly kind: string;
  /** Postings in the order of their text. */
  readonly postings: readonly string[];
}

export interface KioskEvidence {
  readonly name: string;
  readonly device: SimulatedDevice;
  readonly file: string;
  readonly audit: LedgerAudit;
  readonly entries: readonly JournalEntry[];
  readonly bodies: readonly JournalBody[];
  /** Movements of its own journal, in order. */
  readonly moved: ReadonlyArray<{ readonly seq: number; readonly movement: Movement }>;
  /** By operation: what its books hold and the town has not refused. */
  readonly booked: ReadonlyMap<string, Booked>;
  readonly openIntents: number;
  /** What is set aside for it: grants, rights, stocks, accounts. */
  readonly held: ReadonlySet<string>;
  /** Sealed requests that the office does not have. */
  readonly waitingRequests: number;
  readonly printJobs: ReadonlyArray<{ readonly id: string; readonly state: string; readonly number: number; readonly reprint: number }>;
}

export interface Anomaly {
  readonly device: string;
  readonly seq: number;
  readonly what: string;
  /** The operation of the entry that it is about. */
  readonly operation: string | undefined;
  readonly entitlement: string | undefined;
}

export interface Evidence {
  readonly world: World;
  /** The town's kiosks. */
  readonly kiosks: readonly KioskEvidence[];
  /** Kiosks that were the town's once. */
  readonly lost: readonly KioskEvidence[];
  /** By operation: what the backend's books hold. */
  readonly posted: ReadonlyMap<string, Booked>;
  readonly anomalies: readonly Anomaly[];
  /** Of the backend's database. */
  readonly rows: <Row>(sql: string, ...parameters: readonly unknown[]) => Row[];
}

const BOOKED = 'select m.operation_id as operation, m.account_id as account, m.entitlement_id as entitlement, m.kind from movement m';
const HELD = 'select entitlement_id as id from lease union all select right_id from purchase_right union all select stock_lease_id from stock_lease union all select account_id from hold';
const POSTED = 'select operation_id as operation, debit, credit, amount from posting';
/** The same of a kiosk's ledger. */
const POSTED_HERE = `select operation_id as operation, debit, credit, amount from movement join posting on ${isPostingOf('movement_number')}`;

export function evidenceOf(world: World): Evidence {
  const kiosks = world.devices.filter((device) => !device.lost).map(readKiosk);
  const lost = world.devices.filter((device) => device.lost).map(readKiosk);
  const rows = <Row>(sql: string, ...parameters: readonly unknown[]) => world.backend.store.rows<Row>(sql, ...parameters);
  const anomalies = rows<{ device: string; seq: number; what: string }>("select device_id as device, seq, what from anomaly where state = 'open' order by 1, 2").map((row): Anomaly => {
    const kiosk = [...kiosks, ...lost].find(({ device }) => device.identity.deviceId === row.device);
    const movement = kiosk?.moved.find(({ seq }) => seq === row.seq)?.movement;
    return { ...row, operation: movement?.operationId, entitlement: movement?.entitlementId ?? undefined };
  });
  return { world, kiosks, lost, posted: bookedIn(rows, POSTED), anomalies, rows };
}

function readKiosk(device: SimulatedDevice): KioskEvidence {
  const { file } = device.disk;
  const entries = readJournal(file);
  const bodies = entries.map((entry) => JSON.parse(entry.body) as JournalBody);
  const moved = bodies.flatMap(({ seq, fact }) => (fact.type === 'value-moved' || fact.type === 'cash-moved' ? [{ seq, movement: fact.movement }] : []));
  const database = new SqliteFile(file, { readonly: true });
  try {
    const rows = <Row>(sql: string) => database.prepare<[], Row>(sql).all();
    const openIntents = rows<{ count: number }>("select count(*) as count from intent where state in ('prepared', 'unknown')")[0]?.count ?? 0;
    const printJobs = rows<{ id: string; state: string; number: number; reprint: number }>('select job_id as id, state, slip_number as number, reprint from print_job order by slip_number, reprint');
    const waitingRequests = rows<{ count: number }>('select count(*) as count from request_outbox')[0]?.count ?? 0;
    const held = new Set(rows<{ id: string }>(HELD).map(({ id }) => id));
    return { name: device.name, device, file, audit: auditLedger(file), entries, bodies, moved, booked: standingIn(rows), openIntents, held, waitingRequests, printJobs };
  } finally {
    database.close();
  }
}

function bookedIn(rows: <Row>(sql: string) => Row[], posted: string): ReadonlyMap<string, Booked> {
  const postings = new Map<string, string[]>();
  for (const { operation, debit, credit, amount } of rows<Posting & { operation: string }>(posted)) {
    const lines = postings.get(operation) ?? [];
    lines.push(`${debit} ${credit} ${amount}`);
    postings.set(operation, lines);
  }
  return new Map(rows<Omit<Booked, 'postings'>>(BOOKED).map((row) => [row.operation, { ...row, postings: (postings.get(row.operation) ?? []).sort() }]));
}

/** What counts in a kiosk's books, as the town has posted it. */
function standingIn(rows: <Row>(sql: string) => Row[]): ReadonlyMap<string, Booked> {
  const operations = (sql: string) => new Set(rows<{ operation: string }>(sql).map(({ operation }) => operation));
  const refused = operations('select operation_id as operation from refused_movement');
  const bare = operations('select operation_id as operation from bare_movement');
  return new Map([...bookedIn(rows, POSTED_HERE)].filter(([operation]) => !refused.has(operation)).map(([operation, booked]) => [operation, bare.has(operation) ? { ...booked, entitlement: null } : booked]));
}

export const textOf = ({ account, entitlement, kind, postings }: Booked): string => `${kind} ${account} ${entitlement ?? ''} ${postings.join(', ')}`;
