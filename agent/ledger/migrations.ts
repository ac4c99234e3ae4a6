/**
 * The numbered steps that bring a ledger file to the present shape. A step that was once released is never changed; a new need is a
 * new step. Each runs in one transaction together with its own record, so an interrupted step never happened.
 */
import type { Database } from 'better-sqlite3';

/** 「KZSU」 in `PRAGMA application_id`: says that a SQLite file is ours. */
export const LEDGER_APPLICATION_ID = 0x4b5a_5355;

interface Migration {
  readonly name: string;
  readonly sql: string;
}

const MIGRATIONS: readonly Migration[] = [
  {
    name: 'journal, books, what the backend told us',
    sql: `
      CREATE TABLE device (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
        device_id TEXT NOT NULL
      ) STRICT;

      -- The journal: written once, never changed. body is the exact text that was hashed and travels.
      CREATE TABLE journal (
        seq INTEGER PRIMARY KEY CHECK (seq >= 1),
        entry_id TEXT NOT NULL UNIQUE,
        prev_hash TEXT NOT NULL CHECK (length(prev_hash) = 64),
        hash TEXT NOT NULL CHECK (length(hash) = 64),
        body TEXT NOT NULL
      ) STRICT;
      CREATE TRIGGER journal_grows_by_one BEFORE INSERT ON journal BEGIN
        SELECT RAISE(ABORT, 'a journal entry must follow the last one')
        WHERE NEW.seq <> coalesce((SELECT max(seq) FROM journal), 0) + 1
           OR NEW.prev_hash <> coalesce((SELECT hash FROM journal WHERE seq = NEW.seq - 1), '${'0'.repeat(64)}');
      END;
      CREATE TRIGGER journal_never_changes BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END;
      CREATE TRIGGER journal_never_shrinks BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is never shortened'); END;

      -- The books: movements of value, by this device and by others. A balance is a sum of postings.
      CREATE TABLE movement (
        operation_id TEXT PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('load')),
        account_id TEXT NOT NULL,
        scheme_id TEXT NOT NULL,
        entitlement_id TEXT,
        occurred_at TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX movement_of_entitlement ON movement (entitlement_id) WHERE entitlement_id IS NOT NULL;
      CREATE TABLE lot (
        account_id TEXT NOT NULL,
        lot_id TEXT NOT NULL,
        scheme_id TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('paid', 'premium', 'free')),
        issued_on TEXT NOT NULL,
        last_day TEXT NOT NULL,
        PRIMARY KEY (account_id, lot_id)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE posting (
        posting_id INTEGER PRIMARY KEY,
        operation_id TEXT NOT NULL REFERENCES movement (operation_id),
        debit TEXT NOT NULL,
        credit TEXT NOT NULL,
        amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 1000000000),
        CHECK (debit <> credit)
      ) STRICT;
      CREATE INDEX posting_by_credit ON posting (credit, amount);
      CREATE INDEX posting_by_debit ON posting (debit, amount);
      CREATE TRIGGER movement_never_changes BEFORE UPDATE ON movement BEGIN SELECT RAISE(ABORT, 'a movement is never changed'); END;
      CREATE TRIGGER movement_never_goes BEFORE DELETE ON movement BEGIN SELECT RAISE(ABORT, 'a movement is never deleted'); END;
      CREATE TRIGGER lot_never_changes BEFORE UPDATE ON lot BEGIN SELECT RAISE(ABORT, 'a lot is never changed'); END;
      CREATE TRIGGER lot_never_goes BEFORE DELETE ON lot BEGIN SELECT RAISE(ABORT, 'a lot is never deleted'); END;
      CREATE TRIGGER posting_never_changes BEFORE UPDATE ON posting BEGIN SELECT RAISE(ABORT, 'a posting is never changed'); END;
      CREATE TRIGGER posting_never_goes BEFORE DELETE ON posting BEGIN SELECT RAISE(ABORT, 'a posting is never deleted'); END;

      -- Intents: movements written down before the card is touched.
      CREATE TABLE intent (
        intent_number INTEGER PRIMARY KEY,
        operation_id TEXT NOT NULL UNIQUE,
        card_ref TEXT NOT NULL,
        entitlement_id TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('prepared', 'committed', 'aborted', 'unknown')),
        prepared_at TEXT NOT NULL,
        movement TEXT NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX intent_uses_entitlement_once ON intent (entitlement_id) WHERE state <> 'aborted';
      CREATE INDEX intent_open ON intent (card_ref) WHERE state IN ('prepared', 'unknown');
      CREATE TRIGGER intent_settles_once BEFORE UPDATE ON intent
        WHEN OLD.state IN ('committed', 'aborted') OR NEW.state = 'prepared' OR NEW.operation_id <> OLD.operation_id
          OR NEW.movement <> OLD.movement OR NEW.entitlement_id <> OLD.entitlement_id
        BEGIN SELECT RAISE(ABORT, 'an intent is settled once and not changed otherwise'); END;
      CREATE TRIGGER intent_never_goes BEFORE DELETE ON intent BEGIN SELECT RAISE(ABORT, 'an intent is never deleted'); END;

      -- What the backend told us; a later word replaces an earlier one.
      CREATE TABLE scheme (
        scheme_id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        unit TEXT NOT NULL,
        name TEXT NOT NULL,
        issuer TEXT NOT NULL,
        usable_at TEXT NOT NULL,
        contact TEXT NOT NULL,
        legal_basis TEXT NOT NULL,
        first_day TEXT NOT NULL,
        last_day TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE account (account_id TEXT PRIMARY KEY, open INTEGER NOT NULL CHECK (open IN (0, 1))) STRICT, WITHOUT ROWID;
      CREATE TABLE card (
        card_ref TEXT PRIMARY KEY,
        account_id TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('active', 'stopped'))
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE lease (
        entitlement_id TEXT PRIMARY KEY,
        account_id TEXT NOT NULL,
        scheme_id TEXT NOT NULL,
        amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 1000000000),
        lot_kind TEXT NOT NULL CHECK (lot_kind IN ('paid', 'premium', 'free')),
        first_day TEXT NOT NULL,
        last_day TEXT NOT NULL,
        until TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX lease_of_account ON lease (account_id);
      CREATE TABLE notice (
        notice_id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        first_day TEXT NOT NULL,
        last_day TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE sync (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
        cursor INTEGER NOT NULL CHECK (cursor >= 0),
        acknowledged_seq INTEGER NOT NULL CHECK (acknowledged_seq >= 0),
        confirmed_at TEXT
      ) STRICT;
      INSERT INTO sync VALUES (1, 0, 0, NULL);

      -- The kiosk's own matters.
      CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL CHECK (value >= 1)) STRICT, WITHOUT ROWID;
      CREATE TABLE print_job (
        job_id TEXT PRIMARY KEY,
        state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'printed', 'failed', 'unknown')),
        slip TEXT NOT NULL,
        account_id TEXT NOT NULL,
        slip_number INTEGER NOT NULL UNIQUE,
        created_at TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX print_job_unsettled ON print_job (slip_number) WHERE state IN ('queued', 'sending');
      CREATE TRIGGER print_job_settles_once BEFORE UPDATE ON print_job
        WHEN OLD.state IN ('printed', 'failed', 'unknown') OR NEW.state = 'queued'
        BEGIN SELECT RAISE(ABORT, 'a print job is settled once'); END;

      -- How often the ledger was opened, and how far its chain had been verified then.
      CREATE TABLE opening (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
        times INTEGER NOT NULL,
        verified_seq INTEGER NOT NULL,
        verified_hash TEXT NOT NULL
      ) STRICT;
      INSERT INTO opening VALUES (1, 0, 0, '${'0'.repeat(64)}');
    `,
  },
  {
    name: 'cards that hold value or prove themselves',
    sql: `
      ALTER TABLE card ADD COLUMN profile TEXT NOT NULL DEFAULT 'plain-identifier';
      ALTER TABLE intent ADD COLUMN card_profile TEXT NOT NULL DEFAULT 'plain-identifier';
      -- The card's counter when the intent was written down: the card decides by it whether the movement happened.
      ALTER TABLE intent ADD COLUMN counter_before INTEGER CHECK (counter_before >= 0);

      -- The highest counter a card has shown here. A lower one later means that an earlier memory was put back.
      CREATE TABLE card_counter (card_ref TEXT PRIMARY KEY, counter INTEGER NOT NULL CHECK (counter >= 0)) STRICT, WITHOUT ROWID;
      CREATE TRIGGER card_counter_only_grows BEFORE UPDATE ON card_counter WHEN NEW.counter < OLD.counter
        BEGIN SELECT RAISE(ABORT, 'the counter of a card only grows'); END;

      -- Cards this device does not believe, until the backend has heard of it and stopped them for all.
      CREATE TABLE stopped_card (card_ref TEXT PRIMARY KEY, why TEXT NOT NULL, stopped_at TEXT NOT NULL) STRICT, WITHOUT ROWID;

      -- Movements of any device whose outcome is not known. Answered: this device has reported what the card shows.
      CREATE TABLE open_movement (
        operation_id TEXT PRIMARY KEY,
        card_ref TEXT NOT NULL,
        answered INTEGER NOT NULL CHECK (answered IN (0, 1))
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX open_movement_of_card ON open_movement (card_ref) WHERE answered = 0;

      -- Keys of single cards, sealed to this device.
      CREATE TABLE card_keys (card_ref TEXT PRIMARY KEY, profile TEXT NOT NULL, until TEXT NOT NULL, sealed TEXT NOT NULL) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'every kind of movement, and the rules of schemes',
    sql: '',
  },
  {
    name: 'purchase rights, stock, holds, and what is given back',
    sql: '',
  },
  {
    name: 'seals of the journal',
    sql: '',
  },
];

export const LEDGER_VERSION = MIGRATIONS.length;

/** Runs the steps a file has not seen. `PRAGMA user_version` is the number of the last one. */
export function migrateLedger(database: Database): void {
  const version = Number(database.pragma('user_version', { simple: true }));
  for (const [index, migration] of MIGRATIONS.entries()) {
    const number = index + 1;
    if (number <= version) continue;
    database
      .transaction(() => {
        database.exec('CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;');
        database.exec(migration.sql);
        database.prepare('INSERT INTO migration VALUES (?, ?)').run(number, migration.name);
        database.pragma(`user_version = ${number}`);
      })
      .immediate();
  }
}
