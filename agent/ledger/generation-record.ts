/**
 * Which generation of the town's feed this ledger is a copy of. When the backend was put back from a backup, the copy is made anew: what others
 * did and the town said is forgotten and told again; what this device did itself stays, for nobody else has it. What the town thought of that counts
 * until it says something else: it does, for it either has it still in its feed or judges anew what this device pushes again.
 */
import type { Database } from 'better-sqlite3';
import type { Generation } from '../../contract/sync.ts';
import { MOVEMENT_OF_POSTING } from './posting-ids.ts';

/** Done by this device itself: its journal says so. */
const OWN = `SELECT json_extract(body, '$.fact.movement.operationId') FROM journal WHERE json_extract(body, '$.fact.type') IN ('value-moved', 'cash-moved')`;
const OWN_NUMBERS = `SELECT movement_number FROM movement WHERE operation_id IN (${OWN})`;
const GUARDED = ['movement', 'posting', 'lot'] as const;

export function createGenerationRecord(database: Database) {
  const select = database.prepare<[], Generation | null>('SELECT generation FROM sync').pluck();
  const update = database.prepare('UPDATE sync SET generation = ?');
  const restart = database.prepare('UPDATE sync SET generation = ?, cursor = 0, heard = NULL, behind = 1, acknowledged_seq = ?');
  const mark = database.prepare('UPDATE sync SET set_back = ?');
  const selectGuard = database.prepare<[string], string>("SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = ?").pluck();

  return {
    current: (): Generation | null => select.get() ?? null,
    /** Only inside a transaction: nothing was heard before. */
    begin: (generation: Generation): void => void update.run(generation),

    /**
     * Only inside a transaction, and only when no movement is under way. What the ledger keeps others from deleting is deleted here: it is the
     * town's word, and the town says it again.
     * @param acknowledgedSeq how far the backend has this device's journal
     */
    beginAnew(generation: Generation, acknowledgedSeq: number): void {
      const guards = GUARDED.map((table) => ({ name: `${table}_never_goes`, sql: selectGuard.get(`${table}_never_goes`) }));
      for (const { name, sql } of guards) {
        if (sql === undefined) throw new Error(`The ledger has no trigger ${name}`);
        database.exec(`DROP TRIGGER ${name}`);
      }
      database.exec(`
        DELETE FROM refused_movement WHERE operation_id NOT IN (${OWN});
        DELETE FROM bare_movement WHERE operation_id NOT IN (${OWN});
        UPDATE refused_movement SET takes_grant = 0;
        DELETE FROM posting WHERE ${MOVEMENT_OF_POSTING} NOT IN (${OWN_NUMBERS});
        DELETE FROM lot WHERE movement_number IS NULL OR movement_number NOT IN (${OWN_NUMBERS});
        DELETE FROM movement WHERE operation_id NOT IN (${OWN});
        DELETE FROM lease; DELETE FROM purchase_right; DELETE FROM stock_lease; DELETE FROM hold; DELETE FROM standing;
        DELETE FROM recalled_lease; DELETE FROM returned_lease; DELETE FROM open_movement; DELETE FROM account_follows; DELETE FROM procedure; DELETE FROM staff_member;`);
      for (const { sql } of guards) database.exec(sql ?? '');
      restart.run(generation, acknowledgedSeq);
    },

    /** Only inside a transaction: this file must not be written on any more. */
    markSetBack: (why: string): void => void mark.run(why),
  };
}

/** Why the file must not be written on; null when it may be. */
export const setBackMark = (database: Database): string | null => database.prepare<[], string | null>('SELECT set_back FROM sync').pluck().get() ?? null;
