/** Who of the staff may sign in here, as the town said, and how often a PIN was wrong at this kiosk. */
import type { Database } from 'better-sqlite3';
import type { AccountId, StaffId } from '../../contract/ids.ts';
import type { Change, StaffPinHash, StaffRole } from '../../contract/sync.ts';

export interface StaffMember {
  readonly staffId: StaffId;
  readonly role: StaffRole;
  readonly pin: StaffPinHash;
  /** Wrong PINs since the town last said something of them. */
  readonly tries: number;
}

export type StaffRecord = ReturnType<typeof createStaffRecord>;

export function createStaffRecord(database: Database) {
  const put = database.prepare('INSERT OR REPLACE INTO staff_member VALUES (?, ?, ?, ?, ?, ?)');
  const select = database.prepare<[AccountId], { staffId: StaffId; role: StaffRole; salt: string; hash: string; tries: number }>(`
    SELECT staff_id AS staffId, role, salt, hash, coalesce(staff_try.tries, 0) AS tries
    FROM staff_member LEFT JOIN staff_try USING (staff_id, epoch) WHERE account_id = ? AND salt IS NOT NULL ORDER BY epoch DESC LIMIT 1`);
  const count = database.prepare(`
    INSERT INTO staff_try SELECT staff_id, epoch, 1 FROM staff_member WHERE staff_id = ?
    ON CONFLICT (staff_id) DO UPDATE SET tries = CASE WHEN epoch = excluded.epoch THEN tries + 1 ELSE 1 END, epoch = excluded.epoch`);
  const forget = database.prepare('DELETE FROM staff_try WHERE staff_id = ?');
  return {
    /** Who signs in with a card of this account; undefined when nobody does. */
    of(account: AccountId): StaffMember | undefined {
      const row = select.get(account);
      return row && { staffId: row.staffId, role: row.role, pin: { salt: row.salt, hash: row.hash }, tries: row.tries };
    },
    /** Only inside a transaction. */
    apply({ staffId, accountId, role, pin, epoch }: Extract<Change, { type: 'staff' }>): void {
      put.run(staffId, accountId, role, pin?.salt ?? null, pin?.hash ?? null, epoch);
    },
    countTry: (staff: StaffId): void => void count.run(staff),
    forgetTries: (staff: StaffId): void => void forget.run(staff),
  };
}
