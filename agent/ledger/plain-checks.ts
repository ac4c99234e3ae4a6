/**
 * A step of `migrations.ts`. SQLite builds a table of its own for every list of more than two words in a CHECK, anew for each row it writes;
 * said as alternatives the same check costs next to nothing. SQLite cannot change a CHECK: the tables are built anew, and what refers to one
 * of them with it.
 */
export const oneOf = (column: string, words: readonly string[]): string => words.map((word) => `${column} = '${word}'`).join(' OR ');

const MOVEMENT_KINDS = ['load', 'sale', 'refund', 'exchange', 'spend', 'give', 'void', 'transfer', 'expire', 'reallocate', 'correct'];

export const PLAIN_CHECKS = `
  ALTER TABLE movement RENAME TO movement_before;
  ALTER TABLE posting RENAME TO posting_before;
  CREATE TABLE movement (
    operation_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (${oneOf('kind', MOVEMENT_KINDS)}),
    account_id TEXT NOT NULL,
    scheme_id TEXT NOT NULL,
    entitlement_id TEXT,
    occurred_at TEXT NOT NULL,
    of_operation TEXT,
    sets INTEGER CHECK (sets >= 1),
    stock_lease TEXT,
    -- A JSON array.
    staff TEXT,
    from_account_id TEXT,
    -- What one of the sets gives.
    paid_per_set INTEGER CHECK (paid_per_set >= 1),
    premium_per_set INTEGER CHECK (premium_per_set >= 0),
    CHECK ((paid_per_set IS NULL) = (premium_per_set IS NULL))
  ) STRICT, WITHOUT ROWID;
  INSERT INTO movement
    SELECT operation_id, kind, account_id, scheme_id, entitlement_id, occurred_at, of_operation, sets, stock_lease, staff, from_account_id, paid_per_set, premium_per_set
    FROM movement_before;
  CREATE TABLE posting (
    posting_id INTEGER PRIMARY KEY,
    operation_id TEXT NOT NULL REFERENCES movement (operation_id),
    debit TEXT NOT NULL,
    credit TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 1000000000),
    CHECK (debit <> credit)
  ) STRICT;
  INSERT INTO posting SELECT posting_id, operation_id, debit, credit, amount FROM posting_before;
  DROP TABLE posting_before;
  DROP TABLE movement_before;
  CREATE INDEX movement_of_entitlement ON movement (entitlement_id) WHERE entitlement_id IS NOT NULL;
  CREATE INDEX movement_of_operation ON movement (of_operation) WHERE of_operation IS NOT NULL;
  CREATE INDEX sale_of_account ON movement (account_id) WHERE kind = 'sale';
  CREATE INDEX sale_of_stock_lease ON movement (stock_lease) WHERE stock_lease IS NOT NULL;
  CREATE INDEX posting_by_credit ON posting (credit, amount);
  CREATE INDEX posting_by_debit ON posting (debit, amount);
  CREATE INDEX posting_of_movement ON posting (operation_id);
  CREATE TRIGGER movement_never_changes BEFORE UPDATE ON movement BEGIN SELECT RAISE(ABORT, 'a movement is never changed'); END;
  CREATE TRIGGER movement_never_goes BEFORE DELETE ON movement BEGIN SELECT RAISE(ABORT, 'a movement is never deleted'); END;
  CREATE TRIGGER posting_never_changes BEFORE UPDATE ON posting BEGIN SELECT RAISE(ABORT, 'a posting is never changed'); END;
  CREATE TRIGGER posting_never_goes BEFORE DELETE ON posting BEGIN SELECT RAISE(ABORT, 'a posting is never deleted'); END;

  ALTER TABLE lot RENAME TO lot_before;
  CREATE TABLE lot (
    account_id TEXT NOT NULL,
    lot_id TEXT NOT NULL,
    scheme_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (${oneOf('kind', ['paid', 'premium', 'free'])}),
    issued_on TEXT NOT NULL,
    last_day TEXT NOT NULL,
    -- With which movement a lot began, and as which of its lots.
    operation_id TEXT,
    place INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, lot_id)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO lot SELECT account_id, lot_id, scheme_id, kind, issued_on, last_day, operation_id, place FROM lot_before;
  DROP TABLE lot_before;
  CREATE TRIGGER lot_never_changes BEFORE UPDATE ON lot BEGIN SELECT RAISE(ABORT, 'a lot is never changed'); END;
  CREATE TRIGGER lot_never_goes BEFORE DELETE ON lot BEGIN SELECT RAISE(ABORT, 'a lot is never deleted'); END;

  ALTER TABLE intent RENAME TO intent_before;
  ALTER TABLE reservation RENAME TO reservation_before;
  CREATE TABLE intent (
    intent_number INTEGER PRIMARY KEY,
    operation_id TEXT NOT NULL UNIQUE,
    card_ref TEXT NOT NULL,
    card_profile TEXT NOT NULL,
    -- The card's counter when the intent was written down: the card decides by it whether the movement happened.
    counter_before INTEGER CHECK (counter_before >= 0),
    entitlement_id TEXT,
    state TEXT NOT NULL CHECK (${oneOf('state', ['prepared', 'committed', 'aborted', 'unknown'])}),
    prepared_at TEXT NOT NULL,
    movement TEXT NOT NULL
  ) STRICT;
  INSERT INTO intent
    SELECT intent_number, operation_id, card_ref, card_profile, counter_before, entitlement_id, state, prepared_at, movement FROM intent_before;
  CREATE TABLE reservation (
    ledger_account TEXT NOT NULL,
    operation_id TEXT NOT NULL REFERENCES intent (operation_id),
    amount INTEGER NOT NULL CHECK (amount >= 1),
    PRIMARY KEY (ledger_account, operation_id)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO reservation SELECT ledger_account, operation_id, amount FROM reservation_before;
  DROP TABLE reservation_before;
  DROP TABLE intent_before;
  -- What is committed is in the books, which know whether it was taken back.
  CREATE UNIQUE INDEX intent_uses_entitlement_once ON intent (entitlement_id) WHERE entitlement_id IS NOT NULL AND state IN ('prepared', 'unknown');
  CREATE INDEX intent_open ON intent (card_ref) WHERE state IN ('prepared', 'unknown');
  CREATE TRIGGER intent_settles_once BEFORE UPDATE ON intent
    WHEN OLD.state IN ('committed', 'aborted') OR NEW.state = 'prepared' OR NEW.operation_id <> OLD.operation_id
      OR NEW.movement <> OLD.movement OR NEW.entitlement_id IS NOT OLD.entitlement_id
    BEGIN SELECT RAISE(ABORT, 'an intent is settled once and not changed otherwise'); END;
  CREATE TRIGGER intent_never_goes BEFORE DELETE ON intent BEGIN SELECT RAISE(ABORT, 'an intent is never deleted'); END;
`;
