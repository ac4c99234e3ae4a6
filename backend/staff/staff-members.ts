/** Who of the staff may sign in at a kiosk. Every kiosk is told; the PIN itself is kept nowhere. */
import { AccountId, StaffId, type MunicipalityId } from '../../contract/ids.ts';
import { hashStaffPin, StaffPin } from '../../contract/staff-pin.ts';
import { StaffRole } from '../../contract/sync.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { announce, asOnlyWriter, type MunicipalityWork } from '../ledger/change-feed.ts';
import type { BackendRandomness } from '../ports.ts';

const SALT_BYTES = 16;

export interface StaffMember {
  readonly staffId: StaffId;
  readonly accountId: AccountId;
  readonly role: StaffRole;
  readonly state: 'active' | 'ended';
}

export type StaffOutcome =
  | { readonly kind: 'done' }
  /** Six to eight digits. */
  | { readonly kind: 'bad-pin' }
  | { readonly kind: 'unknown' | 'known-already' | 'account-in-use' }
  /** No active card of the account proves itself: anybody could copy it. */
  | { readonly kind: 'no-card-that-proves-itself' };

const PROVING = ['desfire', 'felica-lite-s'] as const;

export async function addStaff(
  database: BackendDatabase,
  municipalityId: MunicipalityId,
  { staffId, accountId, role, pin }: { readonly staffId: StaffId; readonly accountId: AccountId; readonly role: StaffRole; readonly pin: string },
  randomness: BackendRandomness,
): Promise<StaffOutcome> {
  if (!StaffPin.safeParse(pin).success) return { kind: 'bad-pin' };
  const hashed = await hashStaffPin(pin, randomness.bytes(SALT_BYTES));
  return asOnlyWriter(database, municipalityId, async (work): Promise<StaffOutcome> => {
    const { transaction } = work;
    if (await memberOf(work, staffId)) return { kind: 'known-already' };
    const other = await transaction.selectFrom('staff_member').select('staff_id').where('municipality_id', '=', municipalityId).where('account_id', '=', accountId).where('state', '=', 'active').executeTakeFirst();
    if (other) return { kind: 'account-in-use' };
    const cards = await transaction.selectFrom('card').select('profile').where('municipality_id', '=', municipalityId).where('account_id', '=', accountId).where('state', '=', 'active').execute();
    if (!cards.some(({ profile }) => PROVING.some((proving) => proving === profile))) return { kind: 'no-card-that-proves-itself' };
    await transaction.insertInto('staff_member').values({ municipality_id: municipalityId, staff_id: staffId, account_id: accountId, role, ...hashed, state: 'active', epoch: 1 }).execute();
    await tell(work, staffId);
    return { kind: 'done' };
  });
}

/** Nobody signs in under this number any more. What was agreed to under it stays. */
export const endStaff = (database: BackendDatabase, municipalityId: MunicipalityId, staffId: StaffId): Promise<StaffOutcome> =>
  changeMember(database, municipalityId, staffId, { state: 'ended' });

/** Wrong PINs count from nothing again, on every kiosk. */
export const unlockStaff = (database: BackendDatabase, municipalityId: MunicipalityId, staffId: StaffId): Promise<StaffOutcome> => changeMember(database, municipalityId, staffId, {});

export async function setStaffPin(database: BackendDatabase, municipalityId: MunicipalityId, staffId: StaffId, pin: string, randomness: BackendRandomness): Promise<StaffOutcome> {
  if (!StaffPin.safeParse(pin).success) return { kind: 'bad-pin' };
  return changeMember(database, municipalityId, staffId, await hashStaffPin(pin, randomness.bytes(SALT_BYTES)));
}

export async function listStaff({ kysely }: Pick<BackendDatabase, 'kysely'>, municipalityId: MunicipalityId): Promise<StaffMember[]> {
  const rows = await kysely.selectFrom('staff_member').select(['staff_id', 'account_id', 'role', 'state']).where('municipality_id', '=', municipalityId).orderBy('staff_id').execute();
  return rows.map((row) => ({ staffId: StaffId.parse(row.staff_id), accountId: AccountId.parse(row.account_id), role: StaffRole.parse(row.role), state: row.state }));
}

function changeMember(
  database: BackendDatabase,
  municipalityId: MunicipalityId,
  staffId: StaffId,
  change: { readonly state?: 'ended'; readonly salt?: string; readonly hash?: string },
): Promise<StaffOutcome> {
  return asOnlyWriter(database, municipalityId, async (work): Promise<StaffOutcome> => {
    const before = await memberOf(work, staffId);
    if (before?.state !== 'active') return { kind: 'unknown' };
    await work.transaction
      .updateTable('staff_member')
      .set({ ...change, epoch: before.epoch + 1 })
      .where('municipality_id', '=', municipalityId)
      .where('staff_id', '=', staffId)
      .execute();
    await tell(work, staffId);
    return { kind: 'done' };
  });
}

const memberOf = ({ transaction, municipalityId }: MunicipalityWork, staffId: StaffId) =>
  transaction.selectFrom('staff_member').selectAll().where('municipality_id', '=', municipalityId).where('staff_id', '=', staffId).executeTakeFirst();

async function tell(work: MunicipalityWork, staffId: StaffId): Promise<void> {
  const member = await memberOf(work, staffId);
  if (!member) throw new Error(`There is no member of the staff ${staffId}`);
  const { account_id, role, salt, hash, state, epoch } = member;
  await announce(work, [{ change: { type: 'staff', staffId, accountId: AccountId.parse(account_id), role: StaffRole.parse(role), pin: state === 'active' ? { salt, hash } : null, epoch } }]);
}
