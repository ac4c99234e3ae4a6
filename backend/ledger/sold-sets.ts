/** How many sets were sold and not given back: sums over the sales in the books. */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { MunicipalityId, SchemeId } from '../../contract/ids.ts';
import type { Tables } from '../database/tables.ts';

/**
 * @param which a condition on the movement `sale`
 * @param key what the sums are for: a text of the movement `sale`
 */
export function soldSets(
  database: Kysely<Tables>,
  municipalityId: MunicipalityId,
  scheme: SchemeId,
  which: RawBuilder<unknown>,
  key: RawBuilder<unknown>,
): Promise<{ readonly rows: ReadonlyArray<{ readonly key: string; readonly sets: number }> }> {
  return sql<{ key: string; sets: number }>`select ${key} as key, cast(sum(sale.sets) as bigint) as sets from movement sale
    where sale.municipality_id = ${municipalityId} and sale.scheme_id = ${scheme} and sale.kind = 'sale' and sale.sets is not null and ${which}
      and not exists (select 1 from movement refund where refund.of_operation = sale.operation_id and refund.kind = 'refund')
    group by ${key}`.execute(database);
}
