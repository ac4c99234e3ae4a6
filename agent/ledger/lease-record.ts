/**
 * What the backend has set aside for this device: entitlements, rights to buy, stocks of sets, holds of accounts. None of it passes on by
 * a clock: `until` only says how long this device may use it. It is over when the journal says that it was given back, or when the
 * backend ends it.
 */
import type { Database } from 'better-sqlite3';
import type { AccountId, EntitlementId, SchemeId, StockLeaseId } from '../../contract/ids.ts';
import type { ReturnedLease } from '../../contract/journal.ts';
import type { Standing } from '../../contract/refusal.ts';
import type { Change, StockLease } from '../../contract/sync.ts';
import type { LocalDate, Moment } from '../../contract/time.ts';
import type { Movement, PurchaseRight } from '../../contract/value.ts';

export type LeaseChange = Extract<
  Change,
  { type: 'lease' | 'lease-ended' | 'lease-recalled' | 'right' | 'stock' | 'stock-ended' | 'standing' | 'hold' | 'hold-recalled' }
>;
type Kind = ReturnedLease['kind'];

/** What open intents need, so that it cannot be given back before they are decided. */
export interface LeasesInUse {
  readonly entitlements: ReadonlySet<EntitlementId>;
  readonly stocks: ReadonlySet<StockLeaseId>;
  readonly accounts: ReadonlySet<AccountId>;
}

/** @param movements of the open intents */
export function leasesInUse(movements: readonly Movement[]): LeasesInUse {
  const named = <T>(of: (movement: Movement) => T | null | undefined) => new Set(movements.flatMap((movement) => of(movement) ?? []));
  const accounts = named(({ accountId }) => accountId);
  for (const { fromAccountId } of movements) if (fromAccountId !== undefined) accounts.add(fromAccountId);
  return { entitlements: named(({ entitlementId }) => entitlementId), stocks: named(({ stockLease }) => stockLease), accounts };
}

const isInUse = (lease: ReturnedLease, use: LeasesInUse): boolean => {
  switch (lease.kind) {
    case 'entitlement':
      return use.entitlements.has(lease.id);
    case 'stock':
      return use.stocks.has(lease.id);
    case 'hold':
      return use.accounts.has(lease.id);
  }
};

type RightRow = Omit<PurchaseRight, 'accountIds' | 'less'> & { readonly less: string | null };
interface HeldRow {
  readonly id: string;
  readonly over: 0 | 1;
  readonly recalled: 0 | 1;
  readonly busy: 0 | 1;
}

export function createLeaseRecord(database: Database) {
  const putLease = database.prepare('INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const dropLease = database.prepare('DELETE FROM lease WHERE entitlement_id = ?');
  const putRight = database.prepare('INSERT INTO purchase_right VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const putRightAccount = database.prepare('INSERT INTO purchase_right_account VALUES (?, ?)');
  const dropRight = database.prepare('DELETE FROM purchase_right WHERE right_id = ?');
  const putStock = database.prepare('INSERT OR REPLACE INTO stock_lease VALUES (?, ?, ?, ?)');
  const dropStock = database.prepare('DELETE FROM stock_lease WHERE stock_lease_id = ?');
  const putHold = database.prepare('INSERT OR REPLACE INTO hold VALUES (?, ?)');
  const dropHold = database.prepare('DELETE FROM hold WHERE account_id = ?');
  const putStanding = database.prepare('INSERT OR REPLACE INTO standing VALUES (?, ?, ?)');
  const dropStanding = database.prepare('DELETE FROM standing WHERE account_id = ? AND scheme_id = ?');
  const putRecalled = database.prepare('INSERT OR IGNORE INTO recalled_lease VALUES (?, ?)');
  const dropRecalled = database.prepare('DELETE FROM recalled_lease WHERE kind = ? AND lease_id = ?');
  const release = database.prepare('UPDATE refused_movement SET takes_grant = 0 WHERE operation_id IN (SELECT operation_id FROM movement WHERE entitlement_id = ?)');
  const putReturned = database.prepare('INSERT OR REPLACE INTO returned_lease VALUES (?, ?, ?)');
  const dropReturned = database.prepare('DELETE FROM returned_lease WHERE seq <= ?');
  const selectReturned = database.prepare<[Kind, string], number>('SELECT 1 FROM returned_lease WHERE kind = ? AND lease_id = ?').pluck();

  const selectAnyOfIt = database.prepare<{ id: EntitlementId }, number>(`
    SELECT EXISTS (SELECT 1 FROM lease WHERE entitlement_id = @id) OR EXISTS (SELECT 1 FROM purchase_right WHERE right_id = @id)
      OR EXISTS (SELECT 1 FROM recalled_lease WHERE kind = 'entitlement' AND lease_id = @id) OR EXISTS (SELECT 1 FROM refused_movement)`).pluck();
  const selectHold = database.prepare<[AccountId, Moment], number>('SELECT 1 FROM hold WHERE account_id = ? AND until > ?').pluck();
  const selectRights = database.prepare<{ account: AccountId; scheme: SchemeId; today: LocalDate; now: Moment }, RightRow>(`
    SELECT right_id AS id, scheme_id AS schemeId, sets, per_account AS perAccount, less, limit_kind AS "limit", first_day AS firstDay, last_day AS lastDay
    FROM purchase_right JOIN purchase_right_account USING (right_id)
    WHERE account_id = @account AND scheme_id = @scheme AND until > @now AND @today BETWEEN first_day AND last_day
    ORDER BY last_day, right_id`);
  const selectRightAccounts = database.prepare<[EntitlementId], AccountId>('SELECT account_id FROM purchase_right_account WHERE right_id = ? ORDER BY account_id').pluck();
  const selectStocks = database.prepare<[SchemeId, Moment], StockLease>(
    'SELECT stock_lease_id AS id, scheme_id AS schemeId, sets FROM stock_lease WHERE scheme_id = ? AND until > ? ORDER BY stock_lease_id',
  );
  const selectStanding = database.prepare<[AccountId, SchemeId], Standing>('SELECT why FROM standing WHERE account_id = ? AND scheme_id = ?').pluck();
  const recalled = (id: string) => `EXISTS (SELECT 1 FROM recalled_lease WHERE kind = 'entitlement' AND lease_id = ${id}) AS recalled`;
  const selectEntitlements = database.prepare<{ now: Moment; busy: AccountId | null }, HeldRow>(`
    SELECT entitlement_id AS id, until <= @now AS over, account_id IS @busy AS busy, ${recalled('entitlement_id')} FROM lease
    UNION ALL
    SELECT right_id, until <= @now, EXISTS (SELECT 1 FROM purchase_right_account WHERE right_id = purchase_right.right_id AND account_id IS @busy), ${recalled('right_id')}
    FROM purchase_right
    ORDER BY id`);
  const selectUnheard = database.prepare<[], EntitlementId>(`
    SELECT lease_id FROM recalled_lease
    WHERE kind = 'entitlement' AND lease_id NOT IN (SELECT entitlement_id FROM lease) AND lease_id NOT IN (SELECT right_id FROM purchase_right)
    ORDER BY lease_id`).pluck();
  const selectOldStocks = database.prepare<[Moment], StockLeaseId>('SELECT stock_lease_id FROM stock_lease WHERE until <= ? ORDER BY stock_lease_id').pluck();
  const selectHolds = database.prepare<[AccountId | null], AccountId>(`
    SELECT account_id AS id FROM (SELECT account_id FROM hold UNION SELECT lease_id FROM recalled_lease WHERE kind = 'hold') WHERE account_id IS NOT ? ORDER BY account_id`).pluck();

  /** The journal has given it back, and the backend did not know that yet when it wrote this change. */
  const isGivenBack = (kind: Kind, id: string): boolean => selectReturned.get(kind, id) !== undefined;

  function drop({ kind, id }: ReturnedLease): void {
    switch (kind) {
      case 'entitlement':
        dropLease.run(id);
        dropRight.run(id);
        // If it is leased to this device again, the town has decided so.
        release.run(id);
        break;
      case 'stock':
        dropStock.run(id);
        break;
      case 'hold':
        dropHold.run(id);
        break;
    }
    dropRecalled.run(kind, id);
  }

  return {
    /** Whether this device alone may take value out of the account. */
    holdsAccount: (account: AccountId, now: Moment): boolean => selectHold.get(account, now) !== undefined,
    rightsOf: (account: AccountId, scheme: SchemeId, today: LocalDate, now: Moment): PurchaseRight[] =>
      selectRights.all({ account, scheme, today, now }).map(({ less, ...right }) => ({
        ...right,
        accountIds: selectRightAccounts.all(right.id),
        ...(less === null ? {} : { less: JSON.parse(less) as PurchaseRight['less'] }),
      })),
    /** Every stock of the scheme that may be sold from at `now`. */
    stocksOf: (scheme: SchemeId, now: Moment): StockLease[] => selectStocks.all(scheme, now),
    standingOf: (account: AccountId, scheme: SchemeId): Standing | undefined => selectStanding.get(account, scheme),

    /**
     * What the device should give back: what is past its time, what is recalled, and every hold. What an open intent needs stays; what is
     * recalled stays as well while its holder stands here.
     */
    toReturn(now: Moment, use: LeasesInUse, busy: AccountId | null): ReturnedLease[] {
      const entitlements = selectEntitlements.all({ now, busy }).flatMap(({ id, ...row }): EntitlementId[] =>
        row.over === 1 || (row.recalled === 1 && row.busy === 0) ? [id as EntitlementId] : [],
      );
      const leases: ReturnedLease[] = [
        ...[...entitlements, ...selectUnheard.all()].map((id) => ({ kind: 'entitlement' as const, id })),
        ...selectOldStocks.all(now).map((id) => ({ kind: 'stock' as const, id })),
        ...selectHolds.all(busy).map((id) => ({ kind: 'hold' as const, id })),
      ];
      return leases.filter((lease) => !isInUse(lease, use));
    },

    /**
     * Only inside a transaction, together with the journal entry `seq` that says so.
     * @returns what may be given back of these leases: all but what an open intent needs
     */
    giveBack(leases: readonly ReturnedLease[], use: LeasesInUse, seq: number): ReturnedLease[] {
      const given = leases.filter((lease) => !isInUse(lease, use));
      for (const lease of given) {
        drop(lease);
        putReturned.run(lease.kind, lease.id, seq);
      }
      return given;
    },
    /** Only inside a transaction. What the backend says from now on, it says knowing what was given back up to here: it counts again. */
    known(seq: number): void {
      dropReturned.run(seq);
    },
    /** Only inside a transaction. Somebody has received it. */
    taken(id: EntitlementId): void {
      // Most of what others were given was never leased to this device.
      if (selectAnyOfIt.get({ id }) === 1) drop({ kind: 'entitlement', id });
    },
    /** Only inside a transaction. Nothing is set aside for this device any more. */
    forgetAll(): void {
      database.exec('DELETE FROM lease; DELETE FROM purchase_right; DELETE FROM stock_lease; DELETE FROM hold; DELETE FROM recalled_lease; UPDATE refused_movement SET takes_grant = 0;');
    },

    /** Only inside a transaction. */
    apply(change: LeaseChange): void {
      switch (change.type) {
        case 'lease': {
          const { id, accountId, schemeId, amount, lotKind, firstDay, lastDay } = change.entitlement;
          if (isGivenBack('entitlement', id)) return;
          putLease.run(id, accountId, schemeId, amount, lotKind, firstDay, lastDay, change.until);
          return;
        }
        case 'right': {
          const { id, schemeId, accountIds, sets, perAccount, less, limit, firstDay, lastDay } = change.right;
          if (isGivenBack('entitlement', id)) return;
          dropRight.run(id);
          putRight.run(id, schemeId, sets, perAccount, less ? JSON.stringify(less) : null, limit, firstDay, lastDay, change.until);
          for (const account of new Set(accountIds)) putRightAccount.run(account, id);
          return;
        }
        case 'lease-ended':
          drop({ kind: 'entitlement', id: change.entitlementId });
          return;
        case 'lease-recalled':
          if (!isGivenBack('entitlement', change.entitlementId)) putRecalled.run('entitlement', change.entitlementId);
          return;
        case 'stock':
          if (!isGivenBack('stock', change.lease.id)) putStock.run(change.lease.id, change.lease.schemeId, change.lease.sets, change.until);
          return;
        case 'stock-ended':
          drop({ kind: 'stock', id: change.stockLease });
          return;
        case 'standing':
          if (change.why === null) dropStanding.run(change.accountId, change.schemeId);
          else putStanding.run(change.accountId, change.schemeId, change.why);
          return;
        case 'hold':
          if (!isGivenBack('hold', change.accountId)) putHold.run(change.accountId, change.until);
          return;
        case 'hold-recalled':
          if (!isGivenBack('hold', change.accountId)) putRecalled.run('hold', change.accountId);
          return;
      }
    },
  };
}
