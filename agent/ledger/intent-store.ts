/**
 * Intents: movements written down before the card is touched. `prepared → committed | aborted | unknown`, `unknown → committed |
 * aborted`; what is settled stays settled, and asking for the same again changes nothing.
 */
import type { Database } from 'better-sqlite3';
import type { CardProfile } from '../../contract/card.ts';
import type { CardRef, EntitlementId, OperationId } from '../../contract/ids.ts';
import type { Moment } from '../../contract/time.ts';
import { issuedAccount, pocketAccount, type Entitlement, type Movement } from '../../contract/value.ts';
import type { Intent, NewIntent } from './ledger.ts';

interface IntentRow {
  readonly operationId: OperationId;
  readonly cardRef: CardRef;
  readonly cardProfile: CardProfile;
  readonly counterBefore: number | null;
  readonly state: Intent['state'];
  readonly preparedAt: Moment;
  readonly movement: string;
}

export function createIntentStore(database: Database) {
  const columns = 'operation_id AS operationId, card_ref AS cardRef, card_profile AS cardProfile, counter_before AS counterBefore, state, prepared_at AS preparedAt, movement';
  const insert = database.prepare(
    `INSERT INTO intent (operation_id, card_ref, card_profile, counter_before, entitlement_id, state, prepared_at, movement)
     VALUES (?, ?, ?, ?, ?, 'prepared', ?, ?)`,
  );
  const select = database.prepare<[OperationId], IntentRow>(`SELECT ${columns} FROM intent WHERE operation_id = ?`);
  const selectUse = database.prepare<[EntitlementId], number>("SELECT 1 FROM intent WHERE entitlement_id = ? AND state <> 'aborted'").pluck();
  const selectOpen = database.prepare<[], IntentRow>(`SELECT ${columns} FROM intent WHERE state IN ('prepared', 'unknown') ORDER BY intent_number`);
  const selectOpenOfCard = database.prepare<[CardRef], IntentRow>(
    `SELECT ${columns} FROM intent WHERE state IN ('prepared', 'unknown') AND card_ref = ? ORDER BY intent_number`,
  );
  const update = database.prepare('UPDATE intent SET state = ? WHERE operation_id = ?');

  return {
    /** Whether an intent that is not aborted uses the entitlement. */
    uses: (entitlement: EntitlementId): boolean => selectUse.get(entitlement) !== undefined,
    find(operation: OperationId): Intent | undefined {
      const row = select.get(operation);
      return row && toIntent(row);
    },
    open: (card?: CardRef): Intent[] => (card === undefined ? selectOpen.all() : selectOpenOfCard.all(card)).map(toIntent),
    insert(intent: NewIntent): void {
      const { operationId, cardRef, cardProfile, counterBefore, movement, preparedAt } = intent;
      insert.run(operationId, cardRef, cardProfile, counterBefore, movement.entitlementId, preparedAt, JSON.stringify(movement));
    },
    /**
     * Only inside a transaction.
     * @returns the intent when its state changed, undefined when it was so already
     * @throws when there is no such intent or it was settled in another way: a fault of the program
     */
    settle(operation: OperationId, state: 'committed' | 'aborted' | 'unknown'): Intent | undefined {
      const row = select.get(operation);
      if (!row) throw new Error(`There is no intent ${operation}`);
      const intent = toIntent(row);
      if (intent.state === state) return undefined;
      if (intent.state === 'committed' || intent.state === 'aborted') throw new Error(`The intent ${operation} is ${intent.state} and cannot become ${state}`);
      update.run(state, operation);
      return intent;
    },
  };
}

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

function toIntent(row: IntentRow): Intent {
  return { ...row, movement: JSON.parse(row.movement) as Movement };
}
