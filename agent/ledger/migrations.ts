/**
 * The numbered steps that bring a ledger file to the present shape. A step that was once released is never changed; a new need is a
 * new step. Each runs in one transaction together with its own record, so an interrupted step never happened.
 */
import type { Database } from 'better-sqlite3';
import { NUMBERED_MOVEMENTS } from './numbered-movements.ts';
import { oneOf, PLAIN_CHECKS } from './plain-checks.ts';

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
    sql: `
      -- SQLite cannot change a CHECK or a NOT NULL: the tables are built anew, and what refers to one of them with it.
      ALTER TABLE movement RENAME TO movement_before;
      ALTER TABLE posting RENAME TO posting_before;
      CREATE TABLE movement (
        operation_id TEXT PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('load', 'sale', 'refund', 'exchange', 'spend', 'give', 'void', 'transfer', 'expire', 'reallocate', 'correct')),
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
      INSERT INTO movement SELECT operation_id, kind, account_id, scheme_id, entitlement_id, occurred_at, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM movement_before;
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

      -- With which movement a lot began, and as which of its lots.
      ALTER TABLE lot ADD COLUMN operation_id TEXT;
      ALTER TABLE lot ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
      DROP TRIGGER lot_never_changes;
      UPDATE lot SET operation_id = (
        SELECT operation_id FROM posting WHERE credit = 'pocket/' || lot.account_id || '/' || lot.lot_id ORDER BY posting_id LIMIT 1);
      CREATE TRIGGER lot_never_changes BEFORE UPDATE ON lot BEGIN SELECT RAISE(ABORT, 'a lot is never changed'); END;

      -- An intent that loads a grant names its entitlement; all others stand behind none.
      ALTER TABLE intent RENAME TO intent_before;
      CREATE TABLE intent (
        intent_number INTEGER PRIMARY KEY,
        operation_id TEXT NOT NULL UNIQUE,
        card_ref TEXT NOT NULL,
        card_profile TEXT NOT NULL,
        -- The card's counter when the intent was written down: the card decides by it whether the movement happened.
        counter_before INTEGER CHECK (counter_before >= 0),
        entitlement_id TEXT,
        state TEXT NOT NULL CHECK (state IN ('prepared', 'committed', 'aborted', 'unknown')),
        prepared_at TEXT NOT NULL,
        movement TEXT NOT NULL
      ) STRICT;
      INSERT INTO intent
        SELECT intent_number, operation_id, card_ref, card_profile, counter_before, entitlement_id, state, prepared_at, movement FROM intent_before;
      DROP TABLE intent_before;
      -- What is committed is in the books, which know whether it was taken back.
      CREATE UNIQUE INDEX intent_uses_entitlement_once ON intent (entitlement_id) WHERE entitlement_id IS NOT NULL AND state IN ('prepared', 'unknown');
      CREATE INDEX intent_open ON intent (card_ref) WHERE state IN ('prepared', 'unknown');
      CREATE TRIGGER intent_settles_once BEFORE UPDATE ON intent
        WHEN OLD.state IN ('committed', 'aborted') OR NEW.state = 'prepared' OR NEW.operation_id <> OLD.operation_id
          OR NEW.movement <> OLD.movement OR NEW.entitlement_id IS NOT OLD.entitlement_id
        BEGIN SELECT RAISE(ABORT, 'an intent is settled once and not changed otherwise'); END;
      CREATE TRIGGER intent_never_goes BEFORE DELETE ON intent BEGIN SELECT RAISE(ABORT, 'an intent is never deleted'); END;

      -- What open intents would take out of pockets and claims: nobody else may take it until they are settled.
      CREATE TABLE reservation (
        ledger_account TEXT NOT NULL,
        operation_id TEXT NOT NULL REFERENCES intent (operation_id),
        amount INTEGER NOT NULL CHECK (amount >= 1),
        PRIMARY KEY (ledger_account, operation_id)
      ) STRICT, WITHOUT ROWID;

      ALTER TABLE scheme ADD COLUMN issuer_kind TEXT;
      -- A JSON object; null when value of the scheme can only be granted.
      ALTER TABLE scheme ADD COLUMN rules TEXT;
      CREATE INDEX card_of_account ON card (account_id) WHERE state = 'active';
      -- Of one person: value of a lost card goes from the account that is followed to the other.
      CREATE TABLE account_follows (account_id TEXT NOT NULL, follows TEXT NOT NULL, PRIMARY KEY (account_id, follows)) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'purchase rights, stock, holds, and what is given back',
    sql: `
      -- Rights to buy. What was bought under one is counted from the sales in the books, and so is what is left of a stock.
      CREATE TABLE purchase_right (
        right_id TEXT PRIMARY KEY,
        scheme_id TEXT NOT NULL,
        sets INTEGER NOT NULL CHECK (sets >= 1),
        per_account INTEGER NOT NULL CHECK (per_account >= 1),
        -- A JSON array, where some of its accounts may buy fewer.
        less TEXT,
        limit_kind TEXT NOT NULL CHECK (limit_kind IN ('person', 'household', 'lottery')),
        first_day TEXT NOT NULL,
        last_day TEXT NOT NULL,
        until TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE purchase_right_account (
        account_id TEXT NOT NULL,
        right_id TEXT NOT NULL REFERENCES purchase_right (right_id) ON DELETE CASCADE,
        PRIMARY KEY (account_id, right_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX purchase_right_has_accounts ON purchase_right_account (right_id);
      CREATE TABLE stock_lease (
        stock_lease_id TEXT PRIMARY KEY,
        scheme_id TEXT NOT NULL,
        sets INTEGER NOT NULL CHECK (sets >= 1),
        until TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX stock_lease_of_scheme ON stock_lease (scheme_id);
      -- Accounts of which only this device may take value out.
      CREATE TABLE hold (account_id TEXT PRIMARY KEY, until TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE standing (
        account_id TEXT NOT NULL,
        scheme_id TEXT NOT NULL,
        why TEXT NOT NULL,
        PRIMARY KEY (account_id, scheme_id)
      ) STRICT, WITHOUT ROWID;

      -- What somebody waits for elsewhere; also what this device never heard that it holds.
      CREATE TABLE recalled_lease (
        kind TEXT NOT NULL CHECK (kind IN ('entitlement', 'hold')),
        lease_id TEXT NOT NULL,
        PRIMARY KEY (kind, lease_id)
      ) STRICT, WITHOUT ROWID;
      -- What the journal has given back in an entry that is not acknowledged yet. What the backend said of it meanwhile, it said not knowing.
      CREATE TABLE returned_lease (
        kind TEXT NOT NULL CHECK (kind IN ('entitlement', 'stock', 'hold')),
        lease_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        PRIMARY KEY (kind, lease_id)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'seals of the journal',
    sql: `
      -- With what this device signed its journal, so that a copy of the file proves itself. No reference to the journal: a seal must
      -- still say how far the journal went when its end was cut off.
      CREATE TABLE journal_seal (
        seq INTEGER PRIMARY KEY CHECK (seq >= 1),
        hash TEXT NOT NULL CHECK (length(hash) = 64),
        public_key TEXT NOT NULL CHECK (length(public_key) = 43),
        signature TEXT NOT NULL CHECK (length(signature) = 86)
      ) STRICT;
      CREATE TRIGGER journal_seal_is_of_an_entry BEFORE INSERT ON journal_seal
        WHEN NEW.hash IS NOT (SELECT hash FROM journal WHERE seq = NEW.seq)
        BEGIN SELECT RAISE(ABORT, 'a seal must be of an entry of the journal'); END;
      CREATE TRIGGER journal_seal_never_changes BEFORE UPDATE ON journal_seal BEGIN SELECT RAISE(ABORT, 'a seal is never changed'); END;
      CREATE TRIGGER journal_seal_never_goes BEFORE DELETE ON journal_seal BEGIN SELECT RAISE(ABORT, 'a seal is never deleted'); END;
    `,
  },
  {
    name: 'generations of the feed, and copies of the ledger',
    sql: `
      ALTER TABLE sync ADD COLUMN generation TEXT CHECK (length(generation) = 16);
      -- Why this file must not be written on any more: it is a copy, and the device has gone on, or may have.
      ALTER TABLE sync ADD COLUMN set_back TEXT;
    `,
  },
  { name: 'checks that cost nothing', sql: PLAIN_CHECKS },
  {
    name: 'what the town made of this device’s own movements',
    sql: `
      -- Not posted: it stays in the books as it was made, and counts for nothing. takes_grant: the lease under which it was given out still
      -- runs, and must not give the same again.
      CREATE TABLE refused_movement (
        operation_id TEXT PRIMARY KEY REFERENCES movement (operation_id),
        takes_grant INTEGER NOT NULL CHECK (takes_grant IN (0, 1))
      ) STRICT, WITHOUT ROWID;
      -- Posted, but without the grant, the right, the stock and the sets that it names: money without sets, value without a grant.
      CREATE TABLE bare_movement (operation_id TEXT PRIMARY KEY REFERENCES movement (operation_id)) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'what was known when it was done',
    sql: `
      -- Where the cursor stood when the oldest was begun of what the town does not have yet. Null: all that it does not have was begun where the cursor is.
      ALTER TABLE sync ADD COLUMN heard INTEGER CHECK (heard >= 0);
    `,
  },
  { name: 'movements with numbers of their own', sql: NUMBERED_MOVEMENTS },
  {
    name: 'what every load asks, asked once',
    sql: `
      -- An entry stands on the one before it, and none ever goes: so there is none after it.
      DROP TRIGGER journal_grows_by_one;
      CREATE TRIGGER journal_grows_by_one BEFORE INSERT ON journal
      WHEN NEW.prev_hash IS NOT CASE NEW.seq WHEN 1 THEN '${'0'.repeat(64)}' ELSE (SELECT hash FROM journal WHERE seq = NEW.seq - 1) END
      BEGIN
        SELECT RAISE(ABORT, 'a journal entry must follow the last one');
      END;
      DROP TRIGGER intent_settles_once;
      CREATE TRIGGER intent_settles_once BEFORE UPDATE OF state ON intent WHEN OLD.state IN ('committed', 'aborted') OR NEW.state = 'prepared'
      BEGIN
        SELECT RAISE(ABORT, 'an intent is settled once');
      END;
      CREATE TRIGGER intent_never_changes BEFORE UPDATE OF intent_number, operation_id, card_ref, card_profile, counter_before, entitlement_id, prepared_at, movement ON intent
      BEGIN
        SELECT RAISE(ABORT, 'an intent is settled, and not changed otherwise');
      END;
      -- Few accounts have their value on a card.
      CREATE INDEX card_with_value ON card (account_id) WHERE profile = 'desfire' AND state = 'active';
    `,
  },
  {
    name: 'what residents can ask for',
    sql: `
      CREATE TABLE procedure (procedure_id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
      -- The parts of the town ('areas') and its fees ('fees'), each as one list.
      CREATE TABLE town_list (list TEXT PRIMARY KEY CHECK (list = 'areas' OR list = 'fees'), body TEXT NOT NULL) STRICT;
    `,
  },
  {
    name: 'whether the feed was heard to its end',
    sql: `
      -- 1 from when a feed is begun anew until it was heard to its end: what the books say of others is not whole.
      ALTER TABLE sync ADD COLUMN behind INTEGER NOT NULL DEFAULT 0 CHECK (behind = 0 OR behind = 1);
    `,
  },
  {
    name: 'requests',
    sql: `
      -- X25519, 32 bytes in base64url; null until the town has said it.
      ALTER TABLE sync ADD COLUMN office_key TEXT;
      CREATE TABLE request_outbox (
        request_id TEXT PRIMARY KEY,
        -- Sealed to the office.
        sealed TEXT NOT NULL,
        seq INTEGER NOT NULL UNIQUE REFERENCES journal (seq)
      ) STRICT;
      -- A slip is an account's or a request's; a request's may be printed again under its number.
      DROP TRIGGER print_job_settles_once;
      DROP INDEX print_job_unsettled;
      ALTER TABLE print_job RENAME TO print_job_before;
      CREATE TABLE print_job (
        job_id TEXT PRIMARY KEY,
        state TEXT NOT NULL CHECK (${oneOf('state', ['queued', 'sending', 'printed', 'failed', 'unknown'])}),
        slip TEXT NOT NULL,
        account_id TEXT,
        request_id TEXT,
        slip_number INTEGER NOT NULL,
        created_at TEXT NOT NULL,
        CHECK ((account_id IS NULL) <> (request_id IS NULL))
      ) STRICT, WITHOUT ROWID;
      INSERT INTO print_job SELECT job_id, state, slip, account_id, NULL, slip_number, created_at FROM print_job_before;
      DROP TABLE print_job_before;
      CREATE INDEX print_job_by_number ON print_job (slip_number);
      CREATE INDEX print_job_unsettled ON print_job (slip_number) WHERE state IN ('queued', 'sending');
      CREATE TRIGGER print_job_settles_once BEFORE UPDATE ON print_job
        WHEN OLD.state IN ('printed', 'failed', 'unknown') OR NEW.state = 'queued'
        BEGIN SELECT RAISE(ABORT, 'a print job is settled once'); END;
    `,
  },
  {
    name: 'slips that can be printed again',
    sql: `
      -- 0: the first print of its number; 1: the first reprint.
      ALTER TABLE print_job ADD COLUMN reprint INTEGER NOT NULL DEFAULT 0 CHECK (reprint >= 0);
      ALTER TABLE print_job ADD COLUMN staff TEXT;
      CREATE UNIQUE INDEX print_job_once ON print_job (slip_number, reprint);
      DROP INDEX print_job_by_number;
      CREATE TABLE slip_copy (
        slip_number INTEGER PRIMARY KEY,
        -- Sealed to this device.
        sealed TEXT NOT NULL
      ) STRICT;
    `,
  },
  {
    name: 'notices of several kinds, and answers to the five faces',
    sql: `
      ALTER TABLE notice ADD COLUMN kind TEXT NOT NULL DEFAULT 'notice' CHECK (${oneOf('kind', ['shelter', 'garbage', 'lunch', 'event', 'circular', 'notice'])});
      ALTER TABLE notice ADD COLUMN level TEXT NOT NULL DEFAULT 'usual' CHECK (${oneOf('level', ['usual', 'emergency'])});
      ALTER TABLE notice ADD COLUMN from_moment TEXT;
      ALTER TABLE notice ADD COLUMN until_moment TEXT;
      -- JSON: easy Japanese and English, where the town wrote them.
      ALTER TABLE notice ADD COLUMN wordings TEXT;
      -- Of a year of notices only those are looked at that are not over.
      CREATE INDEX notice_by_last_day ON notice (last_day);
      -- Counted, never one by one: in which order they were given is not kept.
      CREATE TABLE survey_count (
        day TEXT NOT NULL,
        face INTEGER NOT NULL CHECK (face BETWEEN 1 AND 5),
        did TEXT NOT NULL CHECK (did <> ''),
        count INTEGER NOT NULL CHECK (count >= 1),
        PRIMARY KEY (day, face, did)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'staff who sign in',
    sql: `
      -- Without a salt: they sign in no more.
      CREATE TABLE staff_member (staff_id TEXT PRIMARY KEY, account_id TEXT NOT NULL, role TEXT NOT NULL, salt TEXT, hash TEXT, epoch INTEGER NOT NULL) STRICT;
      CREATE INDEX staff_member_of_account ON staff_member (account_id);
      -- Wrong PINs at this kiosk, since the town last said something of them.
      CREATE TABLE staff_try (staff_id TEXT PRIMARY KEY, epoch INTEGER NOT NULL, tries INTEGER NOT NULL CHECK (tries >= 1)) STRICT;
    `,
  },
  {
    name: 'tickets that come out as paper',
    sql: `
      -- Written down before the tickets leave the card. kept: the paper came out, or its holder was told what became of it, or nothing left the card.
      CREATE TABLE paper_promise (
        operation_id TEXT PRIMARY KEY,
        account_id TEXT NOT NULL,
        slip_number INTEGER NOT NULL UNIQUE,
        kept INTEGER NOT NULL CHECK (kept = 0 OR kept = 1)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX paper_promise_open ON paper_promise (account_id) WHERE kept = 0;
    `,
  },
];

export const LEDGER_VERSION = MIGRATIONS.length;

/**
 * Runs the steps a file has not seen. `PRAGMA user_version` is the number of the last one.
 * @param upTo the last step to run; an earlier one makes a file as an earlier release did
 */
export function migrateLedger(database: Database, upTo: number = LEDGER_VERSION): void {
  const version = Number(database.pragma('user_version', { simple: true }));
  for (const [index, migration] of MIGRATIONS.entries()) {
    const number = index + 1;
    if (number <= version || number > upTo) continue;
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
