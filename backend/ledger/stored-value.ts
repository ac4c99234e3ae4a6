/** Schemes, entitlements and movements between their tables and the words of the contract. */
import type { Kysely, Selectable } from 'kysely';
import { AccountId, type DeviceId, type MunicipalityId, type OperationId } from '../../contract/ids.ts';
import type { LocalDate } from '../../contract/time.ts';
import { Entitlement, Lot, Movement, Scheme } from '../../contract/value.ts';
import { sql } from 'kysely';
import { mirrorToPlatform } from '../adapters/outbox.ts';
import type { Work } from '../database/backend-database.ts';
import { insertAll } from '../database/insert-all.ts';
import type { EntitlementTable, LotTable, SchemeTable, Tables } from '../database/tables.ts';

/** Schemes are read far more often than they change. */
const SCHEMES_KEPT_MAX = 500;
const schemesKept = new Map<string, Scheme>();

/** The same object for the same row, frozen. */
export function schemeOfRow(row: Selectable<SchemeTable>): Scheme {
  const { scheme_id, kind, unit, name, issuer, usable_at, contact, legal_basis, first_day, last_day, issuer_kind, rules } = row;
  const key = JSON.stringify([scheme_id, kind, unit, name, issuer, usable_at, contact, legal_basis, first_day, last_day, issuer_kind, rules]);
  const kept = schemesKept.get(key);
  if (kept) return kept;
  const scheme = frozen(parsedScheme(row));
  if (schemesKept.size >= SCHEMES_KEPT_MAX) schemesKept.clear();
  schemesKept.set(key, scheme);
  return scheme;
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

function parsedScheme(row: Selectable<SchemeTable>): Scheme {
  return Scheme.parse({
    id: row.scheme_id,
    kind: row.kind,
    unit: row.unit,
    name: row.name,
    issuer: row.issuer,
    usableAt: row.usable_at,
    contact: row.contact,
    legalBasis: row.legal_basis,
    firstDay: row.first_day,
    lastDay: row.last_day,
    ...(row.issuer_kind === null ? {} : { issuerKind: row.issuer_kind }),
    ...(row.rules === null ? {} : { rules: JSON.parse(row.rules) as unknown }),
  });
}

export function entitlementOfRow(row: Omit<Selectable<EntitlementTable>, 'municipality_id' | 'state' | 'operation_id'>): Entitlement {
  return Entitlement.parse({
    id: row.entitlement_id,
    accountId: row.account_id,
    schemeId: row.scheme_id,
    amount: row.amount,
    lotKind: row.lot_kind,
    firstDay: row.first_day,
    lastDay: row.last_day,
  });
}

export interface MovementSource {
  readonly deviceId: DeviceId;
  readonly seq: number;
}

export interface PostedMovement {
  readonly movement: Movement;
  /** Null for what the town itself adds to put lots right. */
  readonly source: MovementSource | null;
}

/** Writes movements with their lots and postings, and what a platform must be told. For ever: the database refuses to change or delete them. */
export async function insertMovements(work: Work, municipalityId: MunicipalityId, movements: readonly PostedMovement[], nowMs: number): Promise<void> {
  await insertPosted(work, municipalityId, movements, nowMs);
  await mirrorToPlatform(work, municipalityId, movements.map(({ movement }) => movement), nowMs);
}

/** As `insertMovements`, for who tells the platforms when all is written: nothing is asked of the database, so nothing is waited for. */
export async function insertPosted(work: Work, municipalityId: MunicipalityId, movements: readonly PostedMovement[], nowMs: number): Promise<void> {
  await insertAll(
    work,
    'movement',
    movements.map(({ movement, source }) => ({
      operation_id: movement.operationId,
      kind: movement.kind,
      account_id: movement.accountId,
      scheme_id: movement.schemeId,
      entitlement_id: movement.entitlementId,
      occurred_at: movement.occurredAt,
      device_id: source?.deviceId ?? null,
      seq: source?.seq ?? null,
      of_operation: movement.ofOperation ?? null,
      sets: movement.sets ?? null,
      paid_per_set: movement.perSet?.paid ?? null,
      premium_per_set: movement.perSet?.premium ?? null,
      stock_lease: movement.stockLease ?? null,
      staff: movement.staff === undefined ? null : JSON.stringify(movement.staff),
      from_account_id: movement.fromAccountId ?? null,
    })),
    { same: { municipality_id: municipalityId, posted_ms: nowMs } },
  );
  await insertAll(
    work,
    'lot',
    movements.flatMap(({ movement }) =>
      movement.lots.map((lot) => ({
        lot_id: lot.id,
        operation_id: movement.operationId,
        account_id: lot.accountId,
        scheme_id: lot.schemeId,
        kind: lot.kind,
        issued_on: lot.issuedOn,
        last_day: lot.lastDay,
      })),
    ),
    { same: { municipality_id: municipalityId } },
  );
  await insertAll(
    work,
    'posting',
    movements.flatMap(({ movement }) =>
      movement.postings.map((posting, number) => ({ operation_id: movement.operationId, number, ...posting })),
    ),
    { same: { municipality_id: municipalityId } },
  );
}

/** Movements as they were posted; those that are not there are left out. Operation ids are made once in the world, so no town is named. */
export async function movementsOf({ transaction }: { readonly transaction: Kysely<Tables> }, operations: readonly OperationId[]): Promise<Map<OperationId, Movement>> {
  if (operations.length === 0) return new Map();
  const rows = await transaction.selectFrom('movement').selectAll().where('operation_id', 'in', operations).execute();
  const postings = await transaction
    .selectFrom('posting')
    .select(['operation_id', 'debit', 'credit', 'amount'])
    .where('operation_id', 'in', operations)
    .orderBy('operation_id')
    .orderBy('number')
    .execute();
  // A lot is found by the posting that fills it: lots are not ordered by operation.
  const filled = [...new Set(postings.flatMap(({ credit }) => (credit.startsWith('pocket/') ? [credit.split('/')[2] ?? ''] : [])))];
  const lots = filled.length === 0 ? [] : await transaction.selectFrom('lot').selectAll().where('lot_id', 'in', filled).where('operation_id', 'in', operations).execute();
  return new Map(
    rows.map((row) => {
      const own = lots.filter(({ operation_id }) => operation_id === row.operation_id).sort((a, b) => filled.indexOf(a.lot_id) - filled.indexOf(b.lot_id));
      const movement = Movement.parse({
        operationId: row.operation_id,
        kind: row.kind,
        accountId: row.account_id,
        schemeId: row.scheme_id,
        entitlementId: row.entitlement_id,
        occurredAt: row.occurred_at,
        lots: own.map(lotOfRow),
        postings: postings.filter(({ operation_id }) => operation_id === row.operation_id).map(({ debit, credit, amount }) => ({ debit, credit, amount })),
        ...(row.of_operation === null ? {} : { ofOperation: row.of_operation }),
        ...(row.sets === null ? {} : { sets: row.sets }),
        ...(row.paid_per_set === null || row.premium_per_set === null ? {} : { perSet: { paid: row.paid_per_set, premium: row.premium_per_set } }),
        ...(row.stock_lease === null ? {} : { stockLease: row.stock_lease }),
        ...(row.staff === null ? {} : { staff: JSON.parse(row.staff) as unknown }),
        ...(row.from_account_id === null ? {} : { fromAccountId: row.from_account_id }),
      });
      return [movement.operationId, movement];
    }),
  );
}

const lotOfRow = (row: Pick<Selectable<LotTable>, 'lot_id' | 'account_id' | 'scheme_id' | 'kind' | 'issued_on' | 'last_day'>): Lot =>
  Lot.parse({ id: row.lot_id, accountId: row.account_id, schemeId: row.scheme_id, kind: row.kind, issuedOn: row.issued_on, lastDay: row.last_day });

export interface HeldLot {
  readonly lot: Lot;
  /** Credits less debits of the lot's pocket, in the scheme's unit. */
  readonly amount: number;
}

const pocket = sql<string>`'pocket/' || lot.account_id || '/' || lot.lot_id`;
const expiredOf = sql<string>`'expired/' || lot.scheme_id`;
const ofLot = sql`posting.municipality_id = lot.municipality_id`;
/** Credits less debits of the pocket of the `lot` of the query. */
const AMOUNT = sql<number>`cast((select coalesce(sum(amount), 0) from posting where ${ofLot} and posting.credit = ${pocket})
  - (select coalesce(sum(amount), 0) from posting where ${ofLot} and posting.debit = ${pocket}) as bigint)`;
/** Only what the town took out, and what was brought back since: what a card let expire has left the card. */
const ofTown = sql`exists (select 1 from movement where movement.operation_id = posting.operation_id and movement.device_id is null)`;
const EXPIRED = sql<number>`((select coalesce(sum(amount), 0) from posting where ${ofLot} and posting.debit = ${pocket} and posting.credit = ${expiredOf} and ${ofTown})
  - (select coalesce(sum(amount), 0) from posting where ${ofLot} and posting.credit = ${pocket} and posting.debit = ${expiredOf}))`;
const LOT_COLUMNS = ['lot.lot_id', 'lot.account_id', 'lot.scheme_id', 'lot.kind', 'lot.issued_on', 'lot.last_day'] as const;

/** Not ordered by the database: SQLite would walk through the lots of the whole town, because they lie in this order. */
const byLot = (a: { readonly lot_id: string }, b: { readonly lot_id: string }) => (a.lot_id < b.lot_id ? -1 : 1);

/** What the accounts hold, lot by lot: sums of postings. */
export async function lotsHeld({ transaction }: Pick<Work, 'transaction'>, municipalityId: MunicipalityId, accounts: readonly AccountId[]): Promise<HeldLot[]> {
  if (accounts.length === 0) return [];
  const rows = await transaction
    .selectFrom('lot')
    .select([...LOT_COLUMNS, AMOUNT.as('amount')])
    .where('municipality_id', '=', municipalityId)
    .where('account_id', 'in', accounts)
    .execute();
  return rows.sort(byLot).map((row) => ({ lot: lotOfRow(row), amount: row.amount }));
}

export interface LotWithExpired extends HeldLot {
  /** What the town took out of it because it was past its last day, less what was brought back. */
  readonly expired: number;
}

/** All that ever came into the pockets of each account, of whatever scheme: never less than what it holds, and told much sooner. */
export async function everReceived({ transaction, dialect }: Work, municipalityId: MunicipalityId, accounts: readonly AccountId[]): Promise<Map<AccountId, number>> {
  if (accounts.length === 0) return new Map();
  const rows = await transaction
    .selectFrom('lot')
    .select(['account_id', sql<number>`cast(sum((select coalesce(sum(amount), 0) from posting where ${ofLot} and posting.credit = ${pocket})) as bigint)`.as('received')])
    .where('municipality_id', '=', municipalityId)
    .where(dialect.oneOf('account_id', accounts))
    .groupBy('account_id')
    .execute();
  return new Map(rows.map(({ account_id, received }) => [AccountId.parse(account_id), received]));
}

/** As `lotsHeld`, and of lots whose last day is before `today` how much of them has expired already. */
export async function lotsWithExpired(
  { transaction, dialect }: Work,
  municipalityId: MunicipalityId,
  accounts: readonly AccountId[],
  today: LocalDate,
): Promise<LotWithExpired[]> {
  if (accounts.length === 0) return [];
  const rows = await transaction
    .selectFrom('lot')
    .select([...LOT_COLUMNS, AMOUNT.as('amount'), sql<number>`cast(case when lot.last_day < ${today} then ${EXPIRED} else 0 end as bigint)`.as('expired')])
    .where('municipality_id', '=', municipalityId)
    .where(dialect.oneOf('account_id', accounts))
    .execute();
  return rows.sort(byLot).map((row) => ({ lot: lotOfRow(row), amount: row.amount, expired: row.expired }));
}

/**
 * Lots that still hold something although their last day is before `day`, ordered by account and scheme, at most `limit`. Without those of open accounts
 * that have had a card with the value on it: of such value only a card can say how much there is.
 */
export async function overdueLots({ transaction }: Pick<Work, 'transaction'>, municipalityId: MunicipalityId, day: LocalDate, limit: number): Promise<HeldLot[]> {
  const rows = await transaction
    .selectFrom('lot')
    .innerJoin('account', (join) => join.onRef('account.municipality_id', '=', 'lot.municipality_id').onRef('account.account_id', '=', 'lot.account_id'))
    .select([...LOT_COLUMNS, AMOUNT.as('amount')])
    .where('lot.municipality_id', '=', municipalityId)
    .where('lot.last_day', '<', day)
    .where(AMOUNT, '>', 0)
    .where((eb) =>
      eb.or([
        eb('account.state', '=', 'closed'),
        eb.not(
          eb.exists(
            eb
              .selectFrom('card')
              .select('card.card_ref')
              .whereRef('card.municipality_id', '=', 'lot.municipality_id')
              .whereRef('card.account_id', '=', 'lot.account_id')
              .where('card.profile', '=', 'desfire'),
          ),
        ),
      ]),
    )
    .orderBy('lot.account_id')
    .orderBy('lot.scheme_id')
    .orderBy('lot.lot_id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ lot: lotOfRow(row), amount: row.amount }));
}
