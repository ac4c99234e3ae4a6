/**
 * The office grants amounts by a list, and withdraws what nobody has received yet. A grant's number is made from its key, so a list that is handed
 * in twice, also after a restore, grants once.
 */
import { createHash } from 'node:crypto';
import { EntitlementId, type AccountId, type MunicipalityId, type SchemeId } from '../../contract/ids.ts';
import type { LocalDate } from '../../contract/time.ts';
import type { LotKind } from '../../contract/value.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { insertAll } from '../database/insert-all.ts';
import { asOnlyWriter } from '../ledger/change-feed.ts';
import { HELD } from '../ledger/leasing.ts';
import { refuseMistakes, type Mistake } from './office-file.ts';
import { BackendUnusable } from '../unusable.ts';

export interface Grant {
  /** Of the file, to name mistakes. */
  readonly line: number;
  /** The office's own name for it; never used for another. */
  readonly key: string;
  readonly accountId: AccountId;
  readonly schemeId: SchemeId;
  readonly amount: number;
  readonly lotKind: LotKind;
  readonly firstDay: LocalDate;
  readonly lastDay: LocalDate;
}

export const grantIdOf = (municipalityId: MunicipalityId, key: string): EntitlementId =>
  EntitlementId.parse(`grant-${createHash('sha256').update(`${municipalityId}\n${key}`, 'utf8').digest('hex').slice(0, 32)}`);

const AT_ONCE = 500;

/** All of the list or nothing. @throws BackendUnusable that names every line that cannot be granted */
export function grantAll(database: BackendDatabase, municipalityId: MunicipalityId, file: string, grants: readonly Grant[]): Promise<{ readonly granted: number; readonly known: number }> {
  return asOnlyWriter(database, municipalityId, async (work) => {
    const { transaction } = work;
    const schemes = new Set((await transaction.selectFrom('scheme').select('scheme_id').where('municipality_id', '=', municipalityId).execute()).map((row) => row.scheme_id));
    const before = new Map<string, { readonly account_id: string; readonly scheme_id: string; readonly amount: number }>();
    const ids = grants.map(({ key }) => grantIdOf(municipalityId, key));
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      const rows = await transaction.selectFrom('entitlement').select(['entitlement_id', 'account_id', 'scheme_id', 'amount']).where('municipality_id', '=', municipalityId).where('entitlement_id', 'in', ids.slice(start, start + AT_ONCE)).execute();
      for (const row of rows) before.set(row.entitlement_id, row);
    }
    const mistakes: Mistake[] = [];
    const seen = new Map<string, number>();
    const fresh = grants.filter(({ line, key, accountId, schemeId, amount, firstDay, lastDay }, index) => {
      const wrong = (column: string, why: string) => mistakes.push({ at: `${line}行目 ${column}`, why });
      const twice = seen.get(key);
      if (twice !== undefined) wrong('key', `${twice}行目と同じです。 The same as in line ${twice}`);
      seen.set(key, line);
      if (!schemes.has(schemeId)) wrong('scheme', `${schemeId} という制度はありません。 The town has no such scheme`);
      if (lastDay < firstDay) wrong('lastDay', '始まる日より前です。 Before firstDay');
      const known = before.get(ids[index] ?? '');
      if (known && (known.account_id !== accountId || known.scheme_id !== schemeId || known.amount !== amount)) wrong('key', '同じ名前で別のものが付与されています。 The key stands for another grant');
      return known === undefined;
    });
    refuseMistakes(file, mistakes);
    await insertAll(
      work,
      'entitlement',
      fresh.map(({ key, accountId, schemeId, amount, lotKind, firstDay, lastDay }) => ({
        municipality_id: municipalityId, entitlement_id: grantIdOf(municipalityId, key), account_id: accountId, scheme_id: schemeId, amount, lot_kind: lotKind,
        first_day: firstDay, last_day: lastDay, state: 'open' as const, operation_id: null,
      })),
    );
    return { granted: fresh.length, known: grants.length - fresh.length };
  });
}

/**
 * Takes back a grant that nobody has received.
 * @returns the kiosk that holds it and may still be giving it out until it is heard next: then staff hear of it (anomaly `withdrawn`)
 * @throws BackendUnusable when there is none such, or it was received
 */
export function withdrawGrant(database: BackendDatabase, municipalityId: MunicipalityId, grant: EntitlementId): Promise<{ readonly heldBy: string | undefined }> {
  return asOnlyWriter(database, municipalityId, async ({ transaction }) => {
    const row = await transaction.selectFrom('entitlement').select('state').where('municipality_id', '=', municipalityId).where('entitlement_id', '=', grant).executeTakeFirst();
    if (!row) throw new BackendUnusable('configuration', `${grant} という付与はありません。 There is no such grant.`);
    if (row.state === 'taken') throw new BackendUnusable('configuration', `${grant} はもう受け取られています。 It has been received already.`);
    await transaction.updateTable('entitlement').set({ state: 'withdrawn' }).where('municipality_id', '=', municipalityId).where('entitlement_id', '=', grant).execute();
    const lease = await transaction
      .selectFrom('lease')
      .innerJoin('device', (join) => join.onRef('device.municipality_id', '=', 'lease.municipality_id').onRef('device.device_id', '=', 'lease.device_id'))
      .select('device.label')
      .where('lease.municipality_id', '=', municipalityId)
      .where('lease.entitlement_id', '=', grant)
      .where('lease.state', '=', HELD)
      .executeTakeFirst();
    return { heldBy: lease?.label };
  });
}
