/** Reads the whole ledger and says whether it balances. Looks at everything and changes nothing. */
import { sql } from 'kysely';
import { checkChain } from '../../contract/journal-hash.ts';
import { DeviceId } from '../../contract/ids.ts';
import { GENESIS_HASH } from '../../contract/journal.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { sealFaults } from './journal-seals.ts';

export interface BookAccount {
  readonly municipalityId: string;
  /** `issued/<scheme>` or `pocket/<account>/<lot>`. */
  readonly account: string;
  readonly debit: number;
  readonly credit: number;
}

export interface Books {
  readonly accounts: readonly BookAccount[];
  readonly movements: number;
  readonly journalEntries: number;
  readonly openAnomalies: number;
  /** What does not hold, one sentence each; empty when the books are good. */
  readonly faults: readonly string[];
}

const ENTRIES_AT_ONCE = 1_000;

export async function readBooks(database: BackendDatabase): Promise<Books> {
  const { kysely } = database;
  const faults: string[] = [];
  const { rows: accounts } = await sql<BookAccount>`
    select municipality_id as "municipalityId", account, cast(sum(debit) as bigint) as debit, cast(sum(credit) as bigint) as credit from (
      select municipality_id, debit as account, amount as debit, 0 as credit from posting
      union all
      select municipality_id, credit as account, 0 as debit, amount as credit from posting
    ) as side group by municipality_id, account order by municipality_id, account`.execute(kysely);

  const total = accounts.reduce((sum, { debit, credit }) => sum + debit - credit, 0);
  if (total !== 0) faults.push(`Debits and credits differ by ${total}.`);
  for (const { account, debit, credit } of accounts) {
    if (account.startsWith('pocket/') && credit < debit) faults.push('A pocket holds less than nothing.');
    if (!Number.isSafeInteger(debit) || !Number.isSafeInteger(credit)) faults.push(`The sums of ${account} are too large to be exact.`);
  }
  faults.push(...(await disagreements(database)));
  const journalEntries = await verifyJournals(database, faults);
  const movements = await kysely.selectFrom('movement').select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
  const anomalies = await kysely.selectFrom('anomaly').select((eb) => eb.fn.countAll<number>().as('count')).where('state', '=', 'open').executeTakeFirstOrThrow();
  return { accounts, movements: movements.count, journalEntries, openAnomalies: anomalies.count, faults };
}

/** Facts that are written in two places and must agree. */
async function disagreements({ kysely }: BackendDatabase): Promise<string[]> {
  const count = async (query: ReturnType<typeof sql<{ count: number }>>, sentence: (count: number) => string) => {
    const found = (await query.execute(kysely)).rows[0]?.count ?? 0;
    return found > 0 ? [sentence(found)] : [];
  };
  return [
    ...(await count(
      sql<{ count: number }>`select count(*) as count from movement m where not exists (select 1 from posting p where p.operation_id = m.operation_id)`,
      (found) => `${found} movements have no posting.`,
    )),
    ...(await count(
      sql<{ count: number }>`select count(*) as count from posting p where p.credit like 'pocket/%'
        and not exists (select 1 from lot l where l.municipality_id = p.municipality_id and p.credit = 'pocket/' || l.account_id || '/' || l.lot_id)`,
      (found) => `${found} postings credit a lot that does not exist.`,
    )),
    ...(await count(
      sql<{ count: number }>`select count(*) as count from entitlement e left join movement m on m.operation_id = e.operation_id
        where e.state = 'taken' and (m.entitlement_id is null or m.entitlement_id <> e.entitlement_id
          or e.amount <> (select sum(p.amount) from posting p where p.operation_id = m.operation_id))`,
      (found) => `${found} entitlements are marked as taken, but not by a movement of their amount.`,
    )),
    ...(await count(
      sql<{ count: number }>`select count(*) as count from movement m where m.entitlement_id is not null
        and not exists (select 1 from entitlement e where e.municipality_id = m.municipality_id and e.entitlement_id = m.entitlement_id and e.operation_id = m.operation_id)`,
      (found) => `${found} movements take an entitlement that does not name them.`,
    )),
    ...(await count(
      sql<{ count: number }>`select count(*) as count from journal_entry j where j.body like '%"type":"value-moved"%'
        and not exists (select 1 from movement m where m.municipality_id = j.municipality_id and m.device_id = j.device_id and m.seq = j.seq)
        and not exists (select 1 from anomaly a where a.municipality_id = j.municipality_id and a.device_id = j.device_id and a.seq = j.seq)
        and not exists (select 1 from unknown_movement u join movement m on m.operation_id = u.operation_id
          where u.municipality_id = j.municipality_id and u.device_id = j.device_id and j.body like '%"operationId":"' || u.operation_id || '"%')`,
      (found) => `${found} movements in the journal were neither posted nor kept for staff.`,
    )),
    ...(await count(
      sql<{ count: number }>`select count(*) as count from unknown_movement u join movement m on m.operation_id = u.operation_id where u.state <> 'happened'`,
      (found) => `${found} movements are posted although they are open or did not happen.`,
    )),
  ];
}

/** Checks every device's chain from its first entry, and its seals. @returns how many entries there are */
async function verifyJournals(database: BackendDatabase, faults: string[]): Promise<number> {
  const { kysely } = database;
  const devices = await kysely.selectFrom('device').select(['municipality_id', 'device_id', 'label', 'public_key']).execute();
  let entries = 0;
  for (const device of devices) {
    let head = { seq: 0, hash: GENESIS_HASH };
    for (;;) {
      const rows = await kysely
        .selectFrom('journal_entry')
        .select(['seq', 'prev_hash as prevHash', 'hash', 'body'])
        .where('municipality_id', '=', device.municipality_id)
        .where('device_id', '=', device.device_id)
        .where('seq', '>', head.seq)
        .orderBy('seq')
        .limit(ENTRIES_AT_ONCE)
        .execute();
      if (rows.length === 0) break;
      entries += rows.length;
      const chain = checkChain(DeviceId.parse(device.device_id), rows, head.seq, head.hash);
      if (!chain.ok) {
        faults.push(`The journal of ${device.label} does not verify at entry ${chain.fault.seq} (${chain.fault.why}).`);
        break;
      }
      head = chain;
    }
    faults.push(...(await sealFaults(database, device)));
  }
  return entries;
}
