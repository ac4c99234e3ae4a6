/** What the slip says that a person asks for in a session: from what the session knows, and from the books. Pure. */
import type { AccountId, SchemeId } from '../../contract/ids.ts';
import type { LocalDate } from '../../contract/time.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { BalanceSlip, PocketOnSlip } from '../printing/balance-slip.ts';
import type { IncidentSlip } from '../printing/incident-slip.ts';
import { loadSlipOf, type LoadSlip } from '../printing/load-slip.ts';
import type { PointsSlip } from '../printing/points-slip.ts';
import type { Holder } from '../services/show-balance.ts';
import type { SlipRequest } from './session-parts.ts';

type Books = Pick<Ledger, 'lotsOf' | 'schemes' | 'syncState'>;

/** @param online the town can be asked now */
export function contentOfSlip(slip: Exclude<SlipRequest, { kind: 'request' | 'tickets' }>, ledger: Books, online: boolean): BalanceSlip | LoadSlip | PointsSlip | IncidentSlip {
  switch (slip.kind) {
    case 'balance':
      return balanceSlipOf(slip.holder, ledger, online);
    case 'load':
      return loadSlipOf(slip.movement, slip.scheme, slip.balance);
    case 'points':
      return slip.said;
    case 'incident': {
      const { number, scheme, amount, cash, operationId } = slip.undecided;
      return { kind: 'incident', incident: number, scheme, amount, cash, operation: operationId, office: scheme.contact };
    }
  }
}

function balanceSlipOf({ accountId, today, pockets }: Holder, ledger: Books, online: boolean): BalanceSlip {
  const schemes = ledger.schemes();
  return {
    kind: 'balance',
    asOf: online ? null : ledger.syncState().confirmedAt,
    pockets: pockets.flatMap((pocket): PocketOnSlip[] => {
      const scheme = schemes.get(pocket.schemeId);
      if (!scheme) return [];
      const { name, unit, amount, lastDay } = pocket;
      const ends = endsOf(accountId, pocket.schemeId, today, ledger);
      const known = ends.reduce((sum, end) => sum + end.amount, 0) === amount;
      // A card may hold what the books have not heard of: then only the first of its last days is known.
      return [{ name, unit, amount, ends: known ? ends : [{ lastDay, amount }], usableAt: scheme.usableAt, contact: scheme.contact }];
    }),
  };
}

/** What of a scheme ends on which day, the earliest first. */
function endsOf(account: AccountId, scheme: SchemeId, today: LocalDate, ledger: Books): PocketOnSlip['ends'] {
  const ends = new Map<LocalDate, number>();
  for (const { lot, amount } of ledger.lotsOf(account)) {
    if (lot.schemeId === scheme && lot.lastDay >= today && amount > 0) ends.set(lot.lastDay, (ends.get(lot.lastDay) ?? 0) + amount);
  }
  return [...ends].map(([lastDay, amount]) => ({ lastDay, amount })).sort((a, b) => (a.lastDay < b.lastDay ? -1 : 1));
}
