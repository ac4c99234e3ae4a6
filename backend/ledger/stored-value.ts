/** Schemes, entitlements and movements between their tables and the words of the contract. */
import type { Insertable, Selectable } from 'kysely';
import type { AccountId, DeviceId, MunicipalityId } from '../../contract/ids.ts';
import { Entitlement, Lot, Scheme, type Movement } from '../../contract/value.ts';
import { sql } from 'kysely';
import type { Work } from '../database/backend-database.ts';
import { insertAll } from '../database/insert-all.ts';
import type { EntitlementTable, SchemeTable } from '../database/tables.ts';

export function schemeOfRow(row: Selectable<SchemeTable>): Scheme {
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
  });
}

export function rowOfScheme(municipalityId: MunicipalityId, scheme: Scheme): Insertable<SchemeTable> {
  return {
    municipality_id: municipalityId,
    scheme_id: scheme.id,
    kind: scheme.kind,
    unit: scheme.unit,
    name: scheme.name,
    issuer: scheme.issuer,
    usable_at: scheme.usableAt,
    contact: scheme.contact,
    legal_basis: scheme.legalBasis,
    first_day: scheme.firstDay,
    last_day: scheme.lastDay,
  };
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

/** Writes movements with their lots and postings. For ever: the database refuses to change or delete them. */
export async function insertMovements(
  work: Work,
  municipalityId: MunicipalityId,
  movements: ReadonlyArray<{ readonly movement: Movement; readonly source: MovementSource | null }>,
  nowMs: number,
): Promise<void> {
  await insertAll(
    work,
    'movement',
    movements.map(({ movement, source }) => ({
      municipality_id: municipalityId,
      operation_id: movement.operationId,
      kind: movement.kind,
      account_id: movement.accountId,
      scheme_id: movement.schemeId,
      entitlement_id: movement.entitlementId,
      occurred_at: movement.occurredAt,
      device_id: source?.deviceId ?? null,
      seq: source?.seq ?? null,
      posted_ms: nowMs,
    })),
  );
  await insertAll(
    work,
    'lot',
    movements.flatMap(({ movement }) =>
      movement.lots.map((lot) => ({
        municipality_id: municipalityId,
        lot_id: lot.id,
        operation_id: movement.operationId,
        account_id: lot.accountId,
        scheme_id: lot.schemeId,
        kind: lot.kind,
        issued_on: lot.issuedOn,
        last_day: lot.lastDay,
      })),
    ),
  );
  await insertAll(
    work,
    'posting',
    movements.flatMap(({ movement }) =>
      movement.postings.map((posting, number) => ({ municipality_id: municipalityId, operation_id: movement.operationId, number, ...posting })),
    ),
  );
}

export interface HeldLot {
  readonly lot: Lot;
  /** Credits less debits of the lot's pocket, in the scheme's unit. */
  readonly amount: number;
}

/** What the accounts hold, lot by lot: sums of postings. */
export async function lotsHeld({ transaction }: Pick<Work, 'transaction'>, municipalityId: MunicipalityId, accounts: readonly AccountId[]): Promise<HeldLot[]> {
  if (accounts.length === 0) return [];
  const pocket = sql<string>`'pocket/' || lot.account_id || '/' || lot.lot_id`;
  const side = (column: 'credit' | 'debit') =>
    sql<number>`(select coalesce(sum(amount), 0) from posting where posting.municipality_id = lot.municipality_id and posting.${sql.ref(column)} = ${pocket})`;
  const rows = await transaction
    .selectFrom('lot')
    .select(['lot_id', 'account_id', 'scheme_id', 'kind', 'issued_on', 'last_day', sql<number>`cast(${side('credit')} - ${side('debit')} as bigint)`.as('amount')])
    .where('municipality_id', '=', municipalityId)
    .where('account_id', 'in', accounts)
    .orderBy('lot_id')
    .execute();
  return rows.map((row) => ({
    lot: Lot.parse({ id: row.lot_id, accountId: row.account_id, schemeId: row.scheme_id, kind: row.kind, issuedOn: row.issued_on, lastDay: row.last_day }),
    amount: row.amount,
  }));
}
