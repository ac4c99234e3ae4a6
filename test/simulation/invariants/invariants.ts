/** All rules, in the order in which they are looked at. */
import { BOOKS_BALANCE, LEASES_KNOWN, SAME_JOURNAL, SAME_MOVEMENTS } from './books.ts';
import { CASH_COUNTED, LIMITS_KEPT } from './cash.ts';
import type { Invariant } from './invariant.ts';
import { ANOMALIES_EXPLAINED, GRANTS_ONCE, NOTHING_OPEN, ONE_FATE, REVOKED_IS_QUARANTINED } from './operations.ts';
import { NOTHING_PERSONAL } from './personal.ts';
import { REQUESTS } from './requests.ts';
import { SLIPS } from './slips.ts';
import { VALUE_KEPT } from './value.ts';

export const INVARIANTS: readonly Invariant[] = [
  BOOKS_BALANCE, SAME_JOURNAL, SAME_MOVEMENTS, LEASES_KNOWN, ONE_FATE, NOTHING_OPEN, GRANTS_ONCE, ANOMALIES_EXPLAINED, REVOKED_IS_QUARANTINED, VALUE_KEPT, CASH_COUNTED, LIMITS_KEPT, SLIPS, REQUESTS, NOTHING_PERSONAL,
];
