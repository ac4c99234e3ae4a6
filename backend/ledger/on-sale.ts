/** What is sold in sets at this moment. */
import type { Kysely } from 'kysely';
import type { SalePhase, SaleTerms } from '../../contract/scheme-rules.ts';
import type { Scheme } from '../../contract/value.ts';
import type { Tables } from '../database/tables.ts';
import { todayAt, type LeasingDevice } from './leasing.ts';
import { phaseOn } from './purchase-rights.ts';
import { schemeOfRow } from './stored-value.ts';

/** A scheme of which sets are sold now. */
export interface OnSale {
  readonly scheme: Scheme;
  readonly sale: SaleTerms;
  readonly phase: SalePhase;
}

export async function onSale(database: Kysely<Tables>, { municipalityId }: Pick<LeasingDevice, 'municipalityId'>, nowMs: number): Promise<OnSale[]> {
  const rows = await database.selectFrom('scheme').selectAll().where('municipality_id', '=', municipalityId).where('rules', 'is not', null).orderBy('scheme_id').execute();
  return rows.map(schemeOfRow).flatMap((scheme) => {
    const phase = phaseOn(scheme, todayAt(nowMs));
    return phase && scheme.rules?.sale ? [{ scheme, sale: scheme.rules.sale, phase }] : [];
  });
}
