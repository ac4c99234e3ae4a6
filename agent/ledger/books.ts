/**
 * The books: movements, lots and postings. Value is only ever added as a debit and a credit; what an account holds is a sum, never
 * something stored. A movement that the town has refused is in no sum; but what was done once with a card or with cash is not done again for that.
 */
import type { Database } from 'better-sqlite3';
import type { AccountId, EntitlementId, OperationId, SchemeId, StaffId, StockLeaseId } from '../../contract/ids.ts';
import type { LocalDate } from '../../contract/time.ts';
import { claimAccount, pocketAccount, type LedgerAccount, type Lot, type Movement, type MovementKind, type Posting } from '../../contract/value.ts';
import { isPostingOf, MOVEMENT_OF_POSTING, POSTINGS_PER_MOVEMENT } from './posting-ids.ts';
import { isWhole, notUsedInVain, stands } from './town-verdict.ts';

interface MovementRow {
  readonly number: number;
  readonly operationId: OperationId;
  readonly kind: MovementKind;
  readonly accountId: AccountId;
  readonly schemeId: SchemeId;
  readonly entitlementId: EntitlementId | null;
  readonly occurredAt: Movement['occurredAt'];
  readonly ofOperation: OperationId | null;
  readonly sets: number | null;
  readonly stockLease: StockLeaseId | null;
  readonly staff: string | null;
  readonly fromAccountId: AccountId | null;
  readonly paidPerSet: number | null;
  readonly premiumPerSet: number | null;
}

/** An account's balance, whichever account it is, with what was refused. */
const heldIn = (account: string) => `
  (SELECT coalesce(sum(amount), 0) FROM posting WHERE credit = ${account}) - (SELECT coalesce(sum(amount), 0) FROM posting WHERE debit = ${account})`;
/** Not a movement that was undone by one of `kind`. */
const without = (kind: MovementKind) =>
  `NOT EXISTS (SELECT 1 FROM movement AS undone WHERE undone.of_operation = movement.operation_id AND undone.kind = '${kind}' AND ${stands('undone')})`;
/**
 * Says in SQL whether any movement, by whichever device, used an entitlement up; a load that was taken back did not. One that was refused
 * does as long as the lease lasts under which it was given out: whoever received it has it in their hand.
 */
export const takenIn = (entitlement: string) =>
  `EXISTS (SELECT 1 FROM movement WHERE movement.entitlement_id = ${entitlement} AND movement.kind = 'load' AND ${without('void')} AND ${isWhole('movement')}
    AND NOT EXISTS (SELECT 1 FROM refused_movement WHERE refused_movement.operation_id = movement.operation_id AND takes_grant = 0))`;

export function createBooks(database: Database) {
  const insertMovement = database.prepare('INSERT INTO movement VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING');
  const insertLot = database.prepare('INSERT INTO lot VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING');
  const insertPosting = database.prepare('INSERT INTO posting VALUES (?, ?, ?, ?)');
  const selectTaken = database.prepare<[EntitlementId], number>(`SELECT ${takenIn('?')}`).pluck();
  const selectHas = database.prepare<[OperationId], number>('SELECT 1 FROM movement WHERE operation_id = ?').pluck();
  const lotColumns = 'lot_id AS id, account_id AS accountId, scheme_id AS schemeId, kind, issued_on AS issuedOn, last_day AS lastDay';
  const selectLots = database.prepare<[AccountId], Lot & { amount: number }>(
    `SELECT ${lotColumns}, ${heldIn("'pocket/' || lot.account_id || '/' || lot.lot_id")} AS amount FROM lot WHERE account_id = ? ORDER BY last_day, lot_id`,
  );
  const selectHeld = database.prepare<{ account: LedgerAccount }, number>(`SELECT ${heldIn('@account')}`).pluck();
  // Nearly always there is nothing, and never much: it is looked up from its own side (CROSS JOIN, +), and only when there is any.
  const selectAnyRefused = database.prepare<[], number>('SELECT 1 FROM refused_movement LIMIT 1').pluck();
  const selectRefusedIn = database.prepare<{ account: LedgerAccount }, number>(`
    SELECT coalesce(sum(CASE WHEN credit = @account THEN amount ELSE -amount END), 0)
    FROM refused_movement CROSS JOIN movement USING (operation_id) CROSS JOIN posting ON ${isPostingOf('movement_number')} WHERE +credit = @account OR +debit = @account`).pluck();
  const selectRefusedOf = database.prepare<{ account: AccountId }, Posting>(`
    SELECT debit, credit, amount FROM refused_movement CROSS JOIN movement USING (operation_id) CROSS JOIN posting ON ${isPostingOf('movement_number')}
    WHERE +movement.account_id = @account OR +movement.from_account_id = @account`);

  const columns = `movement.movement_number AS number, movement.operation_id AS operationId, movement.kind, movement.account_id AS accountId, movement.scheme_id AS schemeId,
    movement.entitlement_id AS entitlementId, movement.occurred_at AS occurredAt, movement.of_operation AS ofOperation, movement.sets,
    movement.stock_lease AS stockLease, movement.staff, movement.from_account_id AS fromAccountId, movement.paid_per_set AS paidPerSet, movement.premium_per_set AS premiumPerSet`;
  const selectMovement = database.prepare<[OperationId], MovementRow>(`SELECT ${columns} FROM movement WHERE operation_id = ?`);
  const selectLotsOf = database.prepare<[AccountId, number], Lot>(`SELECT ${lotColumns} FROM lot WHERE account_id = ? AND movement_number = ? ORDER BY place`);
  const selectPostings = database.prepare<{ number: number }, Posting>(`SELECT debit, credit, amount FROM posting WHERE ${isPostingOf('@number')} ORDER BY posting_id`);
  const selectSalesUnder = database.prepare<[EntitlementId], MovementRow>(
    `SELECT ${columns} FROM movement WHERE entitlement_id = ? AND kind = 'sale' AND ${without('refund')} AND ${stands('movement')} AND ${isWhole('movement')} ORDER BY operation_id`,
  );
  const selectSold = database.prepare<[StockLeaseId], number>(
    `SELECT coalesce(sum(sets), 0) FROM movement WHERE stock_lease = ? AND kind = 'sale' AND ${stands('movement')} AND ${isWhole('movement')}`,
  ).pluck();
  const selectSales = database.prepare<[AccountId], MovementRow>(
    `SELECT ${columns} FROM movement WHERE account_id = ? AND kind = 'sale' AND ${without('refund')} AND ${notUsedInVain} ORDER BY operation_id`,
  );
  // From the account's own lots: what moves in a town grows for ever, what one person has had does not.
  const moved = (side: 'credit' | 'debit') =>
    `SELECT ${MOVEMENT_OF_POSTING} AS movement_number FROM lot CROSS JOIN posting ON ${side} = 'pocket/' || lot.account_id || '/' || lot.lot_id WHERE lot.account_id = @account`;
  const selectNewest = database.prepare<{ account: AccountId; most: number }, MovementRow>(`
    SELECT ${columns} FROM (${moved('credit')} UNION ${moved('debit')}) JOIN movement USING (movement_number)
    WHERE ${stands('movement')} ORDER BY occurred_at DESC, movement_number DESC LIMIT @most`);
  const selectBare = database.prepare<[OperationId], number>('SELECT 1 FROM bare_movement WHERE operation_id = ?').pluck();
  const selectLoadOf = database.prepare<[OperationId], number>("SELECT 1 FROM movement WHERE of_operation = ? AND kind = 'load'").pluck();
  const selectLoads = database.prepare<[AccountId, LocalDate], MovementRow>(`
    SELECT ${columns} FROM (SELECT DISTINCT movement_number FROM lot WHERE account_id = ? AND issued_on = ?) JOIN movement USING (movement_number)
    WHERE kind = 'load' AND ${without('void')} AND ${stands('movement')} AND ${notUsedInVain} ORDER BY operation_id`);

  const whole = (row: MovementRow): Movement => {
    const { number, ofOperation, sets, stockLease, staff, fromAccountId, paidPerSet, premiumPerSet, ...always } = row;
    return {
      ...always,
      lots: selectLotsOf.all(row.accountId, number),
      postings: selectPostings.all({ number }),
      ...(ofOperation === null ? {} : { ofOperation }),
      ...(sets === null ? {} : { sets }),
      ...(paidPerSet === null || premiumPerSet === null ? {} : { perSet: { paid: paidPerSet, premium: premiumPerSet } }),
      ...(stockLease === null ? {} : { stockLease }),
      ...(staff === null ? {} : { staff: JSON.parse(staff) as StaffId[] }),
      ...(fromAccountId === null ? {} : { fromAccountId }),
    };
  };
  /** As it stands with the town. */
  const told = (row: MovementRow): Movement =>
    whole(selectBare.get(row.operationId) === undefined ? row : { ...row, entitlementId: null, sets: null, stockLease: null, paidPerSet: null, premiumPerSet: null });
  const heldOf = (account: LedgerAccount): number =>
    (selectHeld.get({ account }) ?? 0) - (selectAnyRefused.get() === undefined ? 0 : (selectRefusedIn.get({ account }) ?? 0));
  /** By pocket, what refused movements of the account put there; less than nothing: took out. */
  function refusedOf(account: AccountId): ReadonlyMap<LedgerAccount, number> {
    const sums = new Map<LedgerAccount, number>();
    for (const { debit, credit, amount } of selectAnyRefused.get() === undefined ? [] : selectRefusedOf.all({ account })) {
      sums.set(credit, (sums.get(credit) ?? 0) + amount);
      sums.set(debit, (sums.get(debit) ?? 0) - amount);
    }
    return sums;
  }

  return {
    /** Only inside a transaction. @returns false when the movement is here already; it is then left as it is */
    post(movement: Movement): boolean {
      const { operationId, kind, accountId, schemeId, entitlementId, occurredAt, ofOperation, sets, perSet, stockLease, staff, fromAccountId } = movement;
      const posted = insertMovement.run(
        operationId, kind, accountId, schemeId, entitlementId, occurredAt,
        ofOperation ?? null, sets ?? null, stockLease ?? null, staff ? JSON.stringify(staff) : null, fromAccountId ?? null, perSet?.paid ?? null, perSet?.premium ?? null,
      );
      if (posted.changes === 0) return false;
      const number = Number(posted.lastInsertRowid);
      for (const [place, lot] of movement.lots.entries()) insertLot.run(lot.accountId, lot.id, lot.schemeId, lot.kind, lot.issuedOn, lot.lastDay, number, place);
      for (const [place, { debit, credit, amount }] of movement.postings.entries()) insertPosting.run(POSTINGS_PER_MOVEMENT * number + place, debit, credit, amount);
      return true;
    },
    holds: (operation: OperationId): boolean => selectHas.get(operation) !== undefined,
    /** Whether any movement, by whichever device, used the entitlement up; a load that was taken back did not. */
    isTaken: (entitlement: EntitlementId): boolean => selectTaken.get(entitlement) === 1,
    heldIn: heldOf,
    lotsOf(account: AccountId): Array<{ readonly lot: Lot; readonly amount: number }> {
      const refused = refusedOf(account);
      return selectLots.all(account).map(({ amount, ...lot }) => ({ lot, amount: amount - (refused.get(pocketAccount(account, lot.id)) ?? 0) }));
    },
    /** As it came into these books, also when the town has refused it. */
    madeAs(operation: OperationId): Movement | undefined {
      const row = selectMovement.get(operation);
      return row && whole(row);
    },
    /** As it was posted; one that was refused as it was made. */
    movementOf(operation: OperationId): Movement | undefined {
      const row = selectMovement.get(operation);
      return row && told(row);
    },
    /** The newest first; none that was refused. */
    movementsOf: (account: AccountId, most: number): Movement[] => selectNewest.all({ account, most }).map(told),
    /** Sales that name the right and were not given back, oldest first. */
    salesUnder: (right: EntitlementId): Movement[] => selectSalesUnder.all(right).map(whole),
    /** Sets sold out of a stock; one that was given back does not come back to the stock here. */
    soldFrom: (stockLease: StockLeaseId): number => selectSold.get(stockLease) ?? 0,
    /** Sales whose claim still holds something, oldest first; without those of which this device has given something, and the town has refused that. */
    claimedSalesOf: (account: AccountId): Movement[] =>
      selectSales.all(account).filter(({ operationId }) => heldOf(claimAccount(account, operationId)) > 0).map(told),
    /** Of these, the ones that are to be received and of which nothing was ever loaded. What was loaded and taken back waits for people to decide. */
    neverReceivedOf: (account: AccountId): Movement[] =>
      selectSales.all(account).filter(({ operationId }) => selectBare.get(operationId) === undefined && selectLoadOf.get(operationId) === undefined && heldOf(claimAccount(account, operationId)) > 0).map(whole),
    /** Loads whose lots came in on the day and that were not taken back, oldest first. */
    loadsOf: (account: AccountId, day: LocalDate): Movement[] => selectLoads.all(account, day).map(told),
  };
}

export type Books = ReturnType<typeof createBooks>;
