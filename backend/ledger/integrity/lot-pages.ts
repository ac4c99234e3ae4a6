/** Goes through every lot and every claim: what is in it now, by the index of postings. */
import { sql } from 'kysely';
import type { BackendDatabase } from '../../database/backend-database.ts';
import type { Faults } from './faults.ts';
import { ROWS_AT_ONCE } from './movement-pages.ts';
import type { Totals } from './totals.ts';

interface LotSum {
  readonly municipality_id: string;
  readonly lot_id: string;
  readonly scheme_id: string;
  readonly amount: number;
  readonly begun: number;
}

/** @param step waits between pages @returns how many lots there are */
export async function checkLots({ kysely }: BackendDatabase, totals: Totals, faults: Faults, step: () => Promise<void>): Promise<number> {
  let count = 0;
  for (let [town, after] = ['', '']; ; ) {
    const { rows } = await sql<LotSum>`
      select municipality_id, lot_id, scheme_id,
        cast((select coalesce(sum(amount), 0) from posting p where p.municipality_id = l.municipality_id and p.credit = l.pocket)
           - (select coalesce(sum(amount), 0) from posting p where p.municipality_id = l.municipality_id and p.debit = l.pocket) as bigint) as amount,
        (select count(*) from posting p where p.operation_id = l.operation_id and p.credit = l.pocket) as begun
      from (select municipality_id, lot_id, scheme_id, operation_id, 'pocket/' || account_id || '/' || lot_id as pocket from lot
            where (municipality_id, lot_id) > (${town}, ${after}) order by municipality_id, lot_id limit ${ROWS_AT_ONCE}) as l
      order by municipality_id, lot_id`.execute(kysely);
    for (const { municipality_id, lot_id, scheme_id, amount, begun } of rows) {
      if (amount < 0) faults.add(`A pocket holds less than nothing: lot ${lot_id} holds ${amount}.`);
      if (begun === 0) faults.add(`The lot ${lot_id} did not begin with the movement that it names.`);
      totals.addLot(municipality_id, scheme_id, amount);
    }
    count += rows.length;
    const last = rows.at(-1);
    if (!last || rows.length < ROWS_AT_ONCE) return count;
    [town, after] = [last.municipality_id, last.lot_id];
    await step();
  }
}

/** Each sale's money is all there, or all gone. @param step waits between pages */
export async function checkClaims({ kysely }: BackendDatabase, faults: Faults, step: () => Promise<void>): Promise<void> {
  for (let [town, after] = ['', '']; ; ) {
    const { rows } = await sql<{ municipality_id: string; operation_id: string; price: number; claim: number }>`
      select municipality_id, operation_id,
        cast((select coalesce(sum(amount), 0) from posting p where p.operation_id = s.operation_id) as bigint) as price,
        cast((select coalesce(sum(amount), 0) from posting p where p.municipality_id = s.municipality_id and p.credit = s.claim)
           - (select coalesce(sum(amount), 0) from posting p where p.municipality_id = s.municipality_id and p.debit = s.claim) as bigint) as claim
      from (select municipality_id, operation_id, 'claim/' || account_id || '/' || operation_id as claim from movement
            where kind = 'sale' and (municipality_id, operation_id) > (${town}, ${after}) order by municipality_id, operation_id limit ${ROWS_AT_ONCE}) as s
      order by municipality_id, operation_id`.execute(kysely);
    for (const { operation_id, price, claim } of rows) {
      if (claim !== 0 && claim !== price) faults.add(`Of the sale ${operation_id} for ${price} yen, ${claim} yen are claimed: neither all of it nor nothing.`);
    }
    const last = rows.at(-1);
    if (!last || rows.length < ROWS_AT_ONCE) return;
    [town, after] = [last.municipality_id, last.operation_id];
    await step();
  }
}
