/** The office makes a scheme known, or changes one. Every kiosk is told; what was leased under other rules is asked back. */
import type { MunicipalityId } from '../../contract/ids.ts';
import { warningsOf, type SchemeWarning } from '../../contract/movements.ts';
import type { Scheme } from '../../contract/value.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { asOnlyWriter, type MunicipalityWork } from '../ledger/change-feed.ts';
import { reconsiderScheme } from '../ledger/sale-lists.ts';
import { putSchemes } from '../ledger/scheme-versions.ts';
import { schemeOfRow } from '../ledger/stored-value.ts';
import { BackendUnusable } from '../unusable.ts';

export const WARNINGS: Readonly<Record<SchemeWarning, string>> = {
  'prepaid-over-six-months': '組合などが6か月をこえて使える券を売るには、前払式支払手段の登録か届出が要ります（資金決済法）。 An association that sells value usable for longer than six months must be registered (Payment Services Act).',
  'exchange-runs-past-scheme': '交換の期間が制度の終わりより後まであります。 Exchange goes on after the scheme’s last day.',
  'sale-runs-past-scheme': '販売の期間が制度の終わりより後まであります。 The sale goes on after the scheme’s last day.',
};

export type PutScheme =
  | { readonly kind: 'put' | 'changed' | 'unchanged' }
  /** Nothing was changed: somebody must say yes first. */
  | { readonly kind: 'warned'; readonly warnings: readonly SchemeWarning[] };

/** @param sure goes on in spite of warnings @throws BackendUnusable when it would make existing value into something else */
export function putScheme(database: BackendDatabase, municipalityId: MunicipalityId, scheme: Scheme, sure: boolean): Promise<PutScheme> {
  return asOnlyWriter(database, municipalityId, async (work): Promise<PutScheme> => {
    const { transaction } = work;
    const row = await transaction.selectFrom('scheme').selectAll().where('municipality_id', '=', municipalityId).where('scheme_id', '=', scheme.id).executeTakeFirst();
    const before = row && schemeOfRow(row);
    if (before && JSON.stringify(before) === JSON.stringify(scheme)) return { kind: 'unchanged' };
    if (before && (await isUsed(work, scheme))) mustStay(before, scheme);
    const warnings = warningsOf(scheme);
    if (warnings.length > 0 && !sure) return { kind: 'warned', warnings };
    await putSchemes(work, [scheme]);
    if (before?.rules?.sale || scheme.rules?.sale) await reconsiderScheme(work, scheme.id);
    return { kind: before ? 'changed' : 'put' };
  });
}

/** Whether value of the scheme has moved, or came to somebody by another scheme's exchange. */
async function isUsed({ transaction, municipalityId }: MunicipalityWork, { id }: Scheme): Promise<boolean> {
  for (const table of ['movement', 'lot'] as const) {
    const [row] = await transaction.selectFrom(table).select('operation_id').where('municipality_id', '=', municipalityId).where('scheme_id', '=', id).limit(1).execute();
    if (row) return true;
  }
  return false;
}

/** What value of it already is, it stays. */
function mustStay(before: Scheme, after: Scheme): void {
  const changed = [
    ...(before.kind === after.kind ? [] : ['kind']),
    ...(before.unit === after.unit ? [] : ['unit']),
    ...((before.rules?.ledger ?? 'ours') === (after.rules?.ledger ?? 'ours') ? [] : ['rules.ledger']),
  ];
  if (changed.length > 0) {
    throw new BackendUnusable('configuration', `${after.id}: ${changed.join(', ')} は、もう使われている制度では変えられません。 It cannot be changed once value of the scheme has moved; make another scheme.`);
  }
}

export async function listSchemes({ kysely }: BackendDatabase, municipalityId: MunicipalityId): Promise<Scheme[]> {
  const rows = await kysely.selectFrom('scheme').selectAll().where('municipality_id', '=', municipalityId).orderBy('first_day').orderBy('scheme_id').execute();
  return rows.map(schemeOfRow);
}
