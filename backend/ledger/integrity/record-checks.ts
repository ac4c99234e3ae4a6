/** Facts that are written in two places and must agree; each check is one statement. */
import { sql, type RawBuilder } from 'kysely';
import type { BackendDatabase } from '../../database/backend-database.ts';
import type { Faults } from './faults.ts';

interface Check {
  readonly counting: RawBuilder<{ count: number }>;
  readonly sentence: (count: number) => string;
}

const CHECKS: readonly Check[] = [
  {
    counting: sql`select count(*) as count from entitlement e left join movement m on m.operation_id = e.operation_id
      where e.state = 'taken' and (m.entitlement_id is null or m.entitlement_id <> e.entitlement_id
        or e.amount <> (select sum(p.amount) from posting p where p.operation_id = m.operation_id))`,
    sentence: (count) => `${count} entitlements are marked as taken, but not by a movement of their amount.`,
  },
  {
    counting: sql`select count(*) as count from movement m where m.kind = 'load' and m.entitlement_id is not null
      and not exists (select 1 from movement v where v.kind = 'void' and v.of_operation = m.operation_id)
      and not exists (select 1 from entitlement e where e.municipality_id = m.municipality_id and e.entitlement_id = m.entitlement_id and e.operation_id = m.operation_id)`,
    sentence: (count) => `${count} movements take an entitlement that does not name them.`,
  },
  {
    counting: sql`select count(*) as count from movement m left join journal_entry j
        on j.municipality_id = m.municipality_id and j.device_id = m.device_id and j.seq = m.seq
      where m.device_id is not null and (j.seq is null or j.body not like '%"operationId":"' || m.operation_id || '"%')`,
    sentence: (count) => `${count} movements name a journal entry that does not speak of them.`,
  },
  {
    counting: sql`select count(*) as count from unknown_movement u join movement m on m.operation_id = u.operation_id where u.state <> 'happened'`,
    sentence: (count) => `${count} movements are posted although they are open or did not happen.`,
  },
  {
    counting: sql`select count(*) as count from unknown_movement u where u.state = 'happened'
      and not exists (select 1 from movement m where m.operation_id = u.operation_id)
      and not exists (select 1 from anomaly a where a.municipality_id = u.municipality_id and a.device_id = u.device_id)`,
    sentence: (count) => `${count} movements of which a card said that they happened were not posted.`,
  },
  {
    counting: sql`select count(*) as count from anomaly a
      where (a.state = 'resolved') <> exists (select 1 from anomaly_resolution r where r.municipality_id = a.municipality_id and r.number = a.number)`,
    sentence: (count) => `${count} anomalies are resolved without a decision, or open in spite of one.`,
  },
];

/** @param step waits between checks */
export async function checkRecords({ kysely }: BackendDatabase, faults: Faults, step: () => Promise<void>): Promise<void> {
  for (const { counting, sentence } of CHECKS) {
    const count = (await counting.execute(kysely)).rows[0]?.count ?? 0;
    if (count > 0) faults.add(sentence(count));
    await step();
  }
}
