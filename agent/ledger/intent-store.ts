/**
 * Intents: movements written down before the card is touched. `prepared → committed | aborted | unknown`, `unknown → committed |
 * aborted`; what is settled stays settled, and asking for the same again changes nothing.
 */
import type { Database } from 'better-sqlite3';
import type { CardProfile } from '../../contract/card.ts';
import type { CardRef, EntitlementId, OperationId } from '../../contract/ids.ts';
import type { Moment } from '../../contract/time.ts';
import { issuedAccount, pocketAccount, type Entitlement, type LedgerAccount, type Movement } from '../../contract/value.ts';
import type { Intent, NewIntent } from './ledger.ts';
import { POSTINGS_PER_MOVEMENT } from './posting-ids.ts';

interface IntentRow {
  readonly number: number;
  readonly operationId: OperationId;
  readonly cardRef: CardRef;
  readonly cardProfile: CardProfile;
  readonly counterBefore: number | null;
  readonly state: Intent['state'];
  readonly preparedAt: Moment;
  readonly movement: string;
}

/** An intent that has just become something else. */
export interface SettledIntent {
  readonly intent: Intent;
  readonly number: number;
  /** Its movement as JSON, if this process has just written it down itself: it may stand in the journal as it is. */
  readonly text: string | undefined;
}

export function createIntentStore(database: Database) {
  const columns = 'intent_number AS number, operation_id AS operationId, card_ref AS cardRef, card_profile AS cardProfile, counter_before AS counterBefore, state, prepared_at AS preparedAt, movement';
  const insert = database.prepare(
    `INSERT INTO intent (operation_id, card_ref, card_profile, counter_before, entitlement_id, state, prepared_at, movement)
     VALUES (?, ?, ?, ?, ?, 'prepared', ?, ?) ON CONFLICT (operation_id) DO NOTHING`,
  );
  const select = database.prepare<[OperationId], IntentRow>(`SELECT ${columns} FROM intent WHERE operation_id = ?`);
  const selectUse = database.prepare<[EntitlementId], number>("SELECT 1 FROM intent WHERE entitlement_id = ? AND state IN ('prepared', 'unknown')").pluck();
  const selectOpen = database.prepare<[], IntentRow>(`SELECT ${columns} FROM intent INDEXED BY intent_open WHERE state IN ('prepared', 'unknown') ORDER BY intent_number`);
  const selectOpenOfCard = database.prepare<[CardRef], IntentRow>(
    `SELECT ${columns} FROM intent WHERE state IN ('prepared', 'unknown') AND card_ref = ? ORDER BY intent_number`,
  );
  const update = database.prepare('UPDATE intent SET state = ? WHERE intent_number = ?');
  const reserve = database.prepare('INSERT INTO reservation VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount');
  const unreserve = database.prepare('DELETE FROM reservation WHERE ledger_account = ? AND operation_id = ?');
  const selectReserved = database.prepare<[LedgerAccount], number>('SELECT coalesce(sum(amount), 0) FROM reservation WHERE ledger_account = ?').pluck();

  const find = (operation: OperationId): Intent | undefined => numbered(operation)?.intent;
  function numbered(operation: OperationId): { readonly intent: Intent; readonly number: number; readonly text?: undefined } | undefined {
    const row = select.get(operation);
    return row && { intent: toIntent(row), number: row.number };
  }

  /**
   * The intent that was written down last, as it lies in the file: most are settled before another is written down. Known because no other
   * process can write; forgotten whenever a transaction is rolled back.
   */
  let last: { readonly intent: Intent; readonly number: number; readonly text: string } | undefined;

  return {
    /** To be called when a transaction was rolled back. */
    forgetLast(): void {
      last = undefined;
    },
    /** Whether an open intent uses the entitlement. Of those that were committed the books know more. */
    uses: (entitlement: EntitlementId): boolean => selectUse.get(entitlement) !== undefined,
    find,
    numberOf: (operation: OperationId): number | undefined => numbered(operation)?.number,
    /** What open intents would take out of a pocket or a claim. */
    reserved: (account: LedgerAccount): number => selectReserved.get(account) ?? 0,
    open: (card?: CardRef): Intent[] => (card === undefined ? selectOpen.all() : selectOpenOfCard.all(card)).map(toIntent),
    /**
     * Only inside a transaction.
     * @returns false when the operation has an intent already; nothing is written then
     * @throws when neither these books nor the town's could take the movement: before anything is done with a card
     */
    insert(intent: NewIntent): boolean {
      const { operationId, cardRef, cardProfile, counterBefore, movement, preparedAt } = intent;
      if (movement.postings.length > POSTINGS_PER_MOVEMENT) throw new Error(`A movement has at most ${POSTINGS_PER_MOVEMENT} postings; this ${movement.kind} has ${movement.postings.length}`);
      const text = JSON.stringify(movement);
      const inserted = insert.run(operationId, cardRef, cardProfile, counterBefore, grantOf(movement), preparedAt, text);
      if (inserted.changes === 0) return false;
      for (const { debit, amount } of movement.postings) if (isTakenFrom(debit)) reserve.run(debit, operationId, amount);
      last = { intent: { operationId, cardRef, cardProfile, counterBefore, movement, preparedAt, state: 'prepared' }, number: Number(inserted.lastInsertRowid), text };
      return true;
    },
    /**
     * Only inside a transaction.
     * @returns the intent when its state changed, undefined when it was so already
     * @throws when there is no such intent or it was settled in another way: a fault of the program
     */
    settle(operation: OperationId, state: 'committed' | 'aborted' | 'unknown'): SettledIntent | undefined {
      const found = last?.intent.operationId === operation ? last : numbered(operation);
      if (!found) throw new Error(`There is no intent ${operation}`);
      const { intent, number, text } = found;
      if (intent.state === state) return undefined;
      if (intent.state === 'committed' || intent.state === 'aborted') throw new Error(`The intent ${operation} is ${intent.state} and cannot become ${state}`);
      update.run(state, number);
      if (found === last) last = undefined;
      if (state !== 'unknown') for (const { debit } of intent.movement.postings) if (isTakenFrom(debit)) unreserve.run(debit, operation);
      return { intent, number, text };
    },
  };
}

/** The entitlement that a load uses up. A right to buy is used by its sale, and one that is taken back is not used. */
const grantOf = ({ kind, entitlementId }: Movement): EntitlementId | null => (kind === 'load' ? entitlementId : null);

/** What is in a pocket or a claim belongs to somebody, and can be taken only once. */
const isTakenFrom = (account: LedgerAccount): boolean => account.startsWith('pocket/') || account.startsWith('claim/');

/** A load moves exactly what its entitlement grants, from the scheme's issuer to lots of its holder. @throws when it does not */
export function assertLoadOfEntitlement(movement: Movement, entitlement: Entitlement): void {
  const pockets = new Set(movement.lots.map((lot) => pocketAccount(entitlement.accountId, lot.id)));
  const sum = movement.postings.reduce((total, posting) => total + posting.amount, 0);
  const holds =
    movement.accountId === entitlement.accountId &&
    movement.schemeId === entitlement.schemeId &&
    sum === entitlement.amount &&
    movement.lots.every((lot) => lot.accountId === entitlement.accountId && lot.schemeId === entitlement.schemeId && lot.kind === entitlement.lotKind) &&
    movement.postings.every((posting) => posting.debit === issuedAccount(entitlement.schemeId) && pockets.has(posting.credit));
  if (!holds) throw new Error(`The movement ${movement.operationId} does not move what its entitlement grants`);
}

export type IntentStore = ReturnType<typeof createIntentStore>;

function toIntent({ number: _, ...row }: IntentRow): Intent {
  return { ...row, movement: JSON.parse(row.movement) as Movement };
}
