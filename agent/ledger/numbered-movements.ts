/**
 * A step of `migrations.ts`. Lots and postings named their movement by its operation id of 36 characters, and an index found them by it. Now
 * a movement has a small number in this file, and its postings follow from it (posting-ids.ts). The tables are built anew and stand here whole, as
 * in the steps before: a released step is never edited, so none may depend on the text of another.
 * A kiosk that hears of what all others did in weeks writes a quarter less for each of these movements.
 */
export const NUMBERED_MOVEMENTS = `
  ALTER TABLE movement RENAME TO movement_before;
  ALTER TABLE posting RENAME TO posting_before;
  ALTER TABLE lot RENAME TO lot_before;
  ALTER TABLE refused_movement RENAME TO refused_before;
  ALTER TABLE bare_movement RENAME TO bare_before;
  CREATE TABLE movement (
    movement_number INTEGER PRIMARY KEY,
    operation_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind = 'load' OR kind = 'sale' OR kind = 'refund' OR kind = 'exchange' OR kind = 'spend' OR kind = 'give'
      OR kind = 'void' OR kind = 'transfer' OR kind = 'expire' OR kind = 'reallocate' OR kind = 'correct'),
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
  ) STRICT;
  INSERT INTO movement
    SELECT row_number() OVER (ORDER BY first_posting), operation_id, kind, account_id, scheme_id, entitlement_id, occurred_at, of_operation, sets, stock_lease,
      staff, from_account_id, paid_per_set, premium_per_set
    FROM movement_before LEFT JOIN (SELECT operation_id, min(posting_id) AS first_posting FROM posting_before GROUP BY operation_id) USING (operation_id);
  CREATE TABLE posting (
    -- 64 times the movement's number, and which of its postings it is, from 0.
    posting_id INTEGER PRIMARY KEY,
    debit TEXT NOT NULL,
    credit TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 1000000000),
    CHECK (debit <> credit)
  ) STRICT;
  INSERT INTO posting
    SELECT 64 * movement_number + row_number() OVER (PARTITION BY movement_number ORDER BY posting_id) - 1, debit, credit, amount
    FROM posting_before JOIN movement USING (operation_id);
  CREATE TABLE lot (
    account_id TEXT NOT NULL,
    lot_id TEXT NOT NULL,
    scheme_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind = 'paid' OR kind = 'premium' OR kind = 'free'),
    issued_on TEXT NOT NULL,
    last_day TEXT NOT NULL,
    -- With which movement a lot began, and as which of its lots.
    movement_number INTEGER,
    place INTEGER NOT NULL,
    PRIMARY KEY (account_id, lot_id)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO lot
    SELECT lot_before.account_id, lot_id, lot_before.scheme_id, lot_before.kind, issued_on, last_day, movement_number, place
    FROM lot_before LEFT JOIN movement USING (operation_id);
  CREATE TABLE refused_movement (
    operation_id TEXT PRIMARY KEY REFERENCES movement (operation_id),
    takes_grant INTEGER NOT NULL CHECK (takes_grant IN (0, 1))
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE bare_movement (operation_id TEXT PRIMARY KEY REFERENCES movement (operation_id)) STRICT, WITHOUT ROWID;
  INSERT INTO refused_movement SELECT operation_id, takes_grant FROM refused_before;
  INSERT INTO bare_movement SELECT operation_id FROM bare_before;
  DROP TABLE refused_before;
  DROP TABLE bare_before;
  DROP TABLE lot_before;
  DROP TABLE posting_before;
  DROP TABLE movement_before;
  CREATE INDEX movement_of_entitlement ON movement (entitlement_id) WHERE entitlement_id IS NOT NULL;
  CREATE INDEX movement_of_operation ON movement (of_operation) WHERE of_operation IS NOT NULL;
  CREATE INDEX sale_of_account ON movement (account_id) WHERE kind = 'sale';
  CREATE INDEX sale_of_stock_lease ON movement (stock_lease) WHERE stock_lease IS NOT NULL;
  CREATE INDEX posting_by_credit ON posting (credit, amount);
  CREATE INDEX posting_by_debit ON posting (debit, amount);
  CREATE TRIGGER movement_never_changes BEFORE UPDATE ON movement BEGIN SELECT RAISE(ABORT, 'a movement is never changed'); END;
  CREATE TRIGGER movement_never_goes BEFORE DELETE ON movement BEGIN SELECT RAISE(ABORT, 'a movement is never deleted'); END;
  CREATE TRIGGER lot_never_changes BEFORE UPDATE ON lot BEGIN SELECT RAISE(ABORT, 'a lot is never changed'); END;
  CREATE TRIGGER lot_never_goes BEFORE DELETE ON lot BEGIN SELECT RAISE(ABORT, 'a lot is never deleted'); END;
  CREATE TRIGGER posting_never_changes BEFORE UPDATE ON posting BEGIN SELECT RAISE(ABORT, 'a posting is never changed'); END;
  CREATE TRIGGER posting_never_goes BEFORE DELETE ON posting BEGIN SELECT RAISE(ABORT, 'a posting is never deleted'); END;
`;
