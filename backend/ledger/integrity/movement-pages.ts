/** Goes through every movement with its postings, in the order of operation ids, a page at a time. */
import type { Selectable } from 'kysely';
import { AccountId, LotId, OperationId, SchemeId } from '../../../contract/ids.ts';
import { shapeFault } from '../../../contract/movement-shape.ts';
import { Lot, type Movement, type Posting } from '../../../contract/value.ts';
import type { BackendDatabase } from '../../database/backend-database.ts';
import type { LotTable, MovementTable, PostingTable } from '../../database/tables.ts';
import { isMoney, readAccount, schemeOfUnknownLot, type NamedAccount } from './account-kinds.ts';
import type { Faults } from './faults.ts';
import type { Totals } from './totals.ts';

export const ROWS_AT_ONCE = 500;

type MovementRow = Selectable<MovementTable>;
type PostingRow = Selectable<PostingTable>;
type LotRow = Selectable<LotTable>;
/** Lots that a page names: `<municipality> <lot>`. */
type Lots = ReadonlyMap<string, LotRow>;

/** @param step waits between pages @returns how many movements and postings there are */
export async function checkMovements({ kysely }: BackendDatabase, totals: Totals, faults: Faults, step: () => Promise<void>): Promise<{ movements: number; postings: number }> {
  const seen = { movements: 0, postings: 0 };
  for (let after = ''; ; ) {
    const rows = await kysely
      .selectFrom('movement')
      .selectAll()
      .where('operation_id', '>', after)
      .orderBy('operation_id')
      .limit(ROWS_AT_ONCE)
      .execute();
    const last = rows.length < ROWS_AT_ONCE ? undefined : rows.at(-1)?.operation_id;
    const postings = await kysely
      .selectFrom('posting')
      .selectAll()
      .where('operation_id', '>', after)
      .$if(last !== undefined, (query) => query.where('operation_id', '<=', last ?? ''))
      .orderBy('operation_id')
      .orderBy('number')
      .execute();
    await checkPage({ kysely, rows, postings, totals, faults });
    seen.movements += rows.length;
    seen.postings += postings.length;
    if (last === undefined) return seen;
    after = last;
    await step();
  }
}

interface Page {
  readonly kysely: BackendDatabase['kysely'];
  readonly rows: readonly MovementRow[];
  readonly postings: readonly PostingRow[];
  readonly totals: Totals;
  readonly faults: Faults;
}

async function checkPage(page: Page): Promise<void> {
  const { rows, postings, faults } = page;
  const movements = new Map(rows.map((row) => [row.operation_id, row]));
  const posted = Map.groupBy(postings, ({ operation_id }) => operation_id);
  const lots = await lotsOf(page);
  for (const row of rows) checkShape(row, posted.get(row.operation_id) ?? [], lots, faults);
  for (const posting of postings) checkPosting(page, posting, movements.get(posting.operation_id), lots);
  await checkUnknownLots(page);
}

async function lotsOf({ kysely, postings }: Page): Promise<Lots> {
  const named = new Set(postings.flatMap(({ debit, credit }) => [debit, credit].flatMap((name) => readAccount(name)?.of ?? [])));
  if (named.size === 0) return new Map();
  const towns = new Set(postings.map(({ municipality_id }) => municipality_id));
  const rows = await kysely.selectFrom('lot').selectAll().where('municipality_id', 'in', [...towns]).where('lot_id', 'in', [...named]).execute();
  return new Map(rows.map((row) => [`${row.municipality_id} ${row.lot_id}`, row]));
}

/** From where to where, as its kind allows. */
function checkShape(row: MovementRow, postings: readonly PostingRow[], lots: Lots, faults: Faults): void {
  const { operation_id, municipality_id } = row;
  if (postings.length === 0) return faults.add(`The movement ${operation_id} has no posting.`);
  const own = postings.flatMap(({ credit }) => lots.get(`${municipality_id} ${readAccount(credit)?.of ?? ''}`) ?? []).filter((lot) => lot.operation_id === operation_id);
  const movement: Movement = {
    operationId: OperationId.parse(operation_id),
    kind: row.kind,
    accountId: AccountId.parse(row.account_id),
    schemeId: SchemeId.parse(row.scheme_id),
    entitlementId: null,
    occurredAt: row.occurred_at as Movement['occurredAt'],
    lots: [...new Map(own.map((lot) => [lot.lot_id, lotOfRow(lot)])).values()],
    postings: postings.map(({ debit, credit, amount }) => ({ debit, credit, amount }) as Posting),
    ...(row.of_operation === null ? {} : { ofOperation: OperationId.parse(row.of_operation) }),
    ...(row.from_account_id === null ? {} : { fromAccountId: AccountId.parse(row.from_account_id) }),
  };
  const fault = shapeFault(movement);
  if (fault) faults.add(`The movement ${operation_id} cannot be: ${fault}.`);
}

const lotOfRow = (row: LotRow): Lot =>
  Lot.parse({ id: LotId.parse(row.lot_id), accountId: row.account_id, schemeId: row.scheme_id, kind: row.kind, issuedOn: row.issued_on, lastDay: row.last_day });

function checkPosting({ totals, faults }: Page, posting: PostingRow, movement: MovementRow | undefined, lots: Lots): void {
  const { operation_id, municipality_id, amount } = posting;
  if (!movement) return faults.add(`A posting belongs to the movement ${operation_id}, which does not exist.`);
  if (movement.municipality_id !== municipality_id) faults.add(`A posting of the movement ${operation_id} belongs to another town.`);
  const debit = readAccount(posting.debit);
  const credit = readAccount(posting.credit);
  if (!debit || !credit) return faults.add(`The movement ${operation_id} names a ledger account that cannot be.`);
  const schemeOf = (side: NamedAccount): string | undefined => {
    if (side.scheme !== undefined) return side.scheme;
    if (side.kind !== 'pocket') return 'yen';
    const lot = lots.get(`${municipality_id} ${side.of ?? ''}`);
    const unknown = schemeOfUnknownLot(side.of ?? '');
    if (!lot && unknown === undefined) faults.add(`The movement ${operation_id} names a lot that does not exist.`);
    if (lot && lot.account_id !== side.account) faults.add(`The movement ${operation_id} names a lot under another account than its own.`);
    return lot?.scheme_id ?? unknown;
  };
  const [from, to] = [schemeOf(debit), schemeOf(credit)];
  if (isMoney(debit.kind) !== isMoney(credit.kind) || (!isMoney(debit.kind) && from !== to)) {
    faults.add(`The movement ${operation_id} is not balanced: a posting goes from one scheme to another, or between value and money.`);
  }
  if (from !== undefined) totals.add(municipality_id, debit.kind, from, -amount);
  if (to !== undefined) totals.add(municipality_id, credit.kind, to, amount);
}

/** What a device had not heard of must have been put right in the same transaction: nothing may be left there. */
async function checkUnknownLots({ kysely, postings, faults }: Page): Promise<void> {
  const named = new Map(
    postings.flatMap(({ municipality_id, debit, credit }) =>
      [debit, credit].filter((name) => schemeOfUnknownLot(readAccount(name)?.of ?? '') !== undefined).map((name) => [`${municipality_id} ${name}`, { municipality_id, name }] as const),
    ),
  );
  for (const { municipality_id, name } of named.values()) {
    const left = await balanceOf(kysely, municipality_id, name);
    if (left !== 0) faults.add(`${left} is left in a lot that nobody knows (a debit was not put right).`);
  }
}

/** Credits less debits of one ledger account. */
export async function balanceOf(kysely: BackendDatabase['kysely'], municipality: string, account: string): Promise<number> {
  const side = (column: 'debit' | 'credit') =>
    kysely
      .selectFrom('posting')
      .select((eb) => eb.fn.coalesce(eb.fn.sum<string | number>('amount'), eb.lit(0)).as('sum'))
      .where('municipality_id', '=', municipality)
      .where(column, '=', account)
      .executeTakeFirstOrThrow();
  return Number((await side('credit')).sum) - Number((await side('debit')).sum);
}
