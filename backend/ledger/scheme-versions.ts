/**
 * Schemes as the office changes them. Every version is kept, with the place in the feed where the next one stands: a kiosk that has not heard
 * the feed up to there works by what it knows, and is right to.
 */
import type { Insertable, Selectable } from 'kysely';
import type { DeviceId, MunicipalityId } from '../../contract/ids.ts';
import type { Scheme } from '../../contract/value.ts';
import { insertAll } from '../database/insert-all.ts';
import type { SchemeTable, SchemeVersionTable } from '../database/tables.ts';
import { announce, type MunicipalityWork } from './change-feed.ts';
import { schemeOfRow } from './stored-value.ts';

/** Puts schemes in place of what they were, keeps them as a version of their own, and tells every device. */
export async function putSchemes(work: MunicipalityWork, schemes: readonly Scheme[]): Promise<void> {
  if (schemes.length === 0) return;
  const { transaction, municipalityId } = work;
  const { last_cursor } = await transaction.selectFrom('change_counter').select('last_cursor').where('municipality_id', '=', municipalityId).executeTakeFirstOrThrow();
  const newest = await transaction
    .selectFrom('scheme_version')
    .select((eb) => ['scheme_id', eb.fn.max('version').as('version')])
    .where('municipality_id', '=', municipalityId)
    .groupBy('scheme_id')
    .execute();
  const versions = new Map(newest.map((row) => [row.scheme_id, row.version]));
  const rows = schemes.map((scheme) => rowOfScheme(municipalityId, scheme));
  for (const row of rows) {
    await transaction.insertInto('scheme').values(row).onConflict((conflict) => conflict.columns(['municipality_id', 'scheme_id']).doUpdateSet(row)).execute();
  }
  await insertAll(work, 'scheme_version', rows.map((row, index) => ({ ...row, version: (versions.get(row.scheme_id) ?? 0) + 1, since_cursor: last_cursor + 1 + index })));
  await announce(work, schemes.map((scheme) => ({ change: { type: 'scheme', scheme } })));
}

function rowOfScheme(municipalityId: MunicipalityId, scheme: Scheme): Insertable<SchemeTable> {
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
    issuer_kind: scheme.issuerKind ?? null,
    rules: scheme.rules === undefined ? null : JSON.stringify(scheme.rules),
  };
}

/** A version that another one has replaced. */
export type ReplacedScheme = Selectable<SchemeVersionTable> & {
  /** Whoever has heard the feed up to here knows the next version. */
  readonly until_cursor: number;
};

/** Scheme by scheme, oldest first. */
export function replacedSchemes({ transaction, municipalityId }: MunicipalityWork): Promise<ReplacedScheme[]> {
  return transaction
    .selectFrom('scheme_version as version')
    .innerJoin('scheme_version as next', (join) =>
      join
        .onRef('next.municipality_id', '=', 'version.municipality_id')
        .onRef('next.scheme_id', '=', 'version.scheme_id')
        .on((eb) => eb('next.version', '=', eb('version.version', '+', 1))),
    )
    .selectAll('version')
    .select('next.since_cursor as until_cursor')
    .where('version.municipality_id', '=', municipalityId)
    .orderBy('version.scheme_id')
    .orderBy('version.version')
    .execute();
}

/** Up to where each of the devices has surely heard the feed: from there it has asked for more. */
export async function heardBy({ transaction, dialect, municipalityId }: MunicipalityWork, devices: readonly DeviceId[]): Promise<Map<string, number>> {
  const rows = await transaction.selectFrom('device').select(['device_id', 'heard_cursor']).where('municipality_id', '=', municipalityId).where(dialect.oneOf('device_id', devices)).execute();
  return new Map(rows.map((row) => [row.device_id, row.heard_cursor]));
}

/**
 * All schemes together as a device may have known them: before each change that it need not have heard of, the latest first.
 * @param named only changes of these schemes
 * @param heard up to where the device had surely heard the feed
 */
export function* schemesBefore(
  { schemes, replaced }: { readonly schemes: ReadonlyMap<string, Scheme>; readonly replaced: readonly ReplacedScheme[] },
  named: ReadonlySet<string>,
  heard: number,
): Generator<ReadonlyMap<string, Scheme>> {
  const own = replaced.filter(({ scheme_id, until_cursor }) => named.has(scheme_id) && until_cursor > heard);
  const changes = [...new Set(own.map(({ until_cursor }) => until_cursor))].sort((a, b) => b - a);
  for (const change of changes) {
    const then = new Map(schemes);
    for (const scheme of named) {
      const version = own.find(({ scheme_id, until_cursor }) => scheme_id === scheme && until_cursor >= change);
      if (version) then.set(scheme, schemeOfRow(version));
    }
    yield then;
  }
}
