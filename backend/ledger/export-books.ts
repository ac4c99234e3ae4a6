/** Writes a town's books down for other programs, from one state of the database, piece by piece. Looks only. */
import { sql } from 'kysely';
import type { BooksFormat, BooksFormatName, NamedSchemes } from '../../contract/export/books-format.ts';
import { csvBooks } from '../../contract/export/csv-books.ts';
import { hledgerBooks, type OpeningBalance } from '../../contract/export/hledger-books.ts';
import { jsonBooks } from '../../contract/export/json-books.ts';
import { KnownLots, measureOfAccount } from '../../contract/export/measure.ts';
import { AccountId, DeviceId, LotId, OperationId, SchemeId, type MunicipalityId } from '../../contract/ids.ts';
import { addDays, momentFromEpoch, type LocalDate, type Moment } from '../../contract/time.ts';
import { LedgerAccount, pocketAccount } from '../../contract/value.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { inSnapshot } from './integrity.ts';
import { movementsOf, schemeOfRow } from './stored-value.ts';

const MOVEMENTS_AT_ONCE = 500;

/** Days in Tokyo, both included. Left out: from the first movement, to the last. */
export interface Period {
  readonly from?: LocalDate;
  readonly to?: LocalDate;
}

/**
 * Movements come in the order of their operation ids, which is nearly that of time. In hledger's format a period begins with what stood on
 * every account before it, so that its balances are those of the books.
 * @param write takes the next piece of text; waited for
 */
export function exportBooks(
  database: BackendDatabase,
  options: { readonly municipalityId: MunicipalityId; readonly format: BooksFormatName; readonly period: Period },
  write: (text: string) => Promise<void>,
): Promise<void> {
  const { municipalityId, format: name, period } = options;
  return inSnapshot(database, async (snapshot) => {
    const format = await formatOf(snapshot, municipalityId, name, period);
    await write(format.head());
    for (let after: OperationId | undefined; ; ) {
      const page = await pageOf(snapshot, municipalityId, period, after);
      after = page.at(-1);
      if (after === undefined) break;
      await write(await textOf(snapshot, page, format));
    }
    await write(format.end());
  });
}

async function formatOf(snapshot: BackendDatabase, municipalityId: MunicipalityId, name: BooksFormatName, { from }: Period): Promise<BooksFormat> {
  if (name === 'json') return jsonBooks();
  const schemes = await schemesOf(snapshot, municipalityId);
  if (name === 'csv') return csvBooks(schemes);
  return hledgerBooks(schemes, from === undefined ? undefined : { on: from, balances: await balancesBefore(snapshot, municipalityId, from) });
}

async function schemesOf({ kysely }: BackendDatabase, municipalityId: MunicipalityId): Promise<NamedSchemes> {
  const rows = await kysely.selectFrom('scheme').selectAll().where('municipality_id', '=', municipalityId).execute();
  return new Map(rows.map(schemeOfRow).map((scheme) => [scheme.id, scheme]));
}

/** The moment at which the day begins in Tokyo. */
const beginOf = (day: LocalDate): Moment => momentFromEpoch(Date.parse(`${day}T00:00:00.000+09:00`));

async function pageOf({ kysely }: BackendDatabase, municipalityId: MunicipalityId, { from, to }: Period, after: OperationId | undefined): Promise<OperationId[]> {
  const rows = await kysely
    .selectFrom('movement')
    .select('operation_id')
    .where('municipality_id', '=', municipalityId)
    .$if(after !== undefined, (query) => query.where('operation_id', '>', after ?? ''))
    .$if(from !== undefined, (query) => query.where('occurred_at', '>=', from ? beginOf(from) : ''))
    .$if(to !== undefined, (query) => query.where('occurred_at', '<', to ? beginOf(addDays(to, 1)) : ''))
    .orderBy('operation_id')
    .limit(MOVEMENTS_AT_ONCE)
    .execute();
  return rows.map((row) => OperationId.parse(row.operation_id));
}

async function textOf({ kysely }: BackendDatabase, operations: readonly OperationId[], format: BooksFormat): Promise<string> {
  const movements = await movementsOf({ transaction: kysely }, operations);
  const rows = await kysely.selectFrom('movement').select(['operation_id', 'device_id', 'seq']).where('operation_id', 'in', operations).execute();
  const sources = new Map(rows.map((row) => [row.operation_id, row]));
  let text = '';
  for (const operation of operations) {
    const movement = movements.get(operation);
    const source = sources.get(operation);
    if (!movement || !source) throw new Error(`The movement ${operation} is gone from a snapshot`);
    text += format.movement({ movement, device: source.device_id === null ? null : DeviceId.parse(source.device_id), seq: source.seq });
  }
  return text;
}

/** What stands on every account on the morning of the day; accounts with nothing are left out. */
async function balancesBefore(snapshot: BackendDatabase, municipalityId: MunicipalityId, day: LocalDate): Promise<OpeningBalance[]> {
  const ofPostings = sql`from posting join movement on movement.operation_id = posting.operation_id
    where posting.municipality_id = ${municipalityId} and movement.occurred_at < ${beginOf(day)}`;
  const { rows } = await sql<{ account: string; schemeId: string; amount: number }>`
    select account, max(scheme_id) as "schemeId", cast(sum(amount) as bigint) as amount from (
      select posting.debit as account, movement.scheme_id, posting.amount as amount ${ofPostings}
      union all
      select posting.credit as account, movement.scheme_id, -posting.amount as amount ${ofPostings}
    ) as side group by account having sum(amount) <> 0 order by account`.execute(snapshot.kysely);
  const accounts = rows.map((row) => LedgerAccount.parse(row.account));
  const lots = await schemesOfPockets(snapshot, municipalityId, accounts);
  return rows.map(({ schemeId, amount }, index) => {
    const account = LedgerAccount.parse(accounts[index]);
    // Only the pocket of a lot not yet known is without a lot; whatever came from it was of its movement's scheme.
    return { account, amount, measure: measureOfAccount(account, lots) ?? { kind: 'scheme', schemeId: SchemeId.parse(schemeId) } };
  });
}

async function schemesOfPockets({ kysely }: BackendDatabase, municipalityId: MunicipalityId, accounts: readonly LedgerAccount[]): Promise<KnownLots> {
  const known = new KnownLots();
  const ids = accounts.flatMap((account) => (account.startsWith('pocket/') ? [account.split('/')[2] ?? ''] : []));
  for (let start = 0; start < ids.length; start += MOVEMENTS_AT_ONCE) {
    const rows = await kysely
      .selectFrom('lot')
      .select(['account_id', 'lot_id', 'scheme_id'])
      .where('municipality_id', '=', municipalityId)
      .where('lot_id', 'in', ids.slice(start, start + MOVEMENTS_AT_ONCE))
      .execute();
    for (const row of rows) known.note(pocketAccount(AccountId.parse(row.account_id), LotId.parse(row.lot_id)), SchemeId.parse(row.scheme_id));
  }
  return known;
}
