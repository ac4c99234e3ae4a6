/**
 * Use case: somebody of the staff signs in with their card and its PIN, also without a network. Only a card that has proved itself in this reading
 * counts; a try is written down before the PIN is looked at, so that no power cut gives one back.
 */
import { isStaffPin, STAFF_TRIES_MAX } from '../../contract/staff-pin.ts';
import type { AccountId, StaffId } from '../../contract/ids.ts';
import type { StaffRole } from '../../contract/sync.ts';
import type { Ports } from '../ports.ts';
import { countIsMissing } from '../services/move-value.ts';
import type { Holder } from '../services/show-balance.ts';

export type StaffCard =
  | { readonly kind: 'staff'; readonly staffId: StaffId; readonly role: StaffRole; readonly triesLeft: number }
  | { readonly kind: 'locked' }
  /** Nobody of the staff signs in with it, or it has not proved itself. */
  | { readonly kind: 'not-staff' }
  /** It is the card of the person who is served. */
  | { readonly kind: 'same-person' };

export type SignIn = { readonly kind: 'signed-in'; readonly staffId: StaffId; readonly role: StaffRole } | { readonly kind: 'wrong-pin'; readonly triesLeft: number } | Exclude<StaffCard, { kind: 'staff' }>;

interface Asked {
  readonly holder: Pick<Holder, 'card' | 'accountId' | 'counter'>;
  /** Whom they serve; null when nobody stands here. */
  readonly serving: AccountId | null;
}

type Known = { readonly kind: 'known'; readonly member: NonNullable<ReturnType<Ports['ledger']['staffOf']>> } | Exclude<StaffCard, { kind: 'staff' }>;

/** What a card may do before its PIN was asked for. @throws LedgerUnavailable */
export function staffCardOf(asked: Asked, ports: Pick<Ports, 'ledger'>): StaffCard {
  const known = lookAt(asked, ports);
  if (known.kind !== 'known') return known;
  const { staffId, role, tries } = known.member;
  return { kind: 'staff', staffId, role, triesLeft: STAFF_TRIES_MAX - tries };
}

/** @param asked.pin as text, or its digits in ASCII, which stay the caller's @throws LedgerUnavailable */
export async function signIn(asked: Asked & { readonly pin: string | Uint8Array }, ports: Pick<Ports, 'ledger' | 'log'>): Promise<SignIn> {
  const known = lookAt(asked, ports);
  if (known.kind !== 'known') return known;
  const { staffId, role, pin, tries } = known.member;
  ports.ledger.countStaffTry(staffId);
  if (!(await isStaffPin(asked.pin, pin))) {
    const triesLeft = STAFF_TRIES_MAX - tries - 1;
    ports.log.event('staff-pin-wrong', { triesLeft });
    return triesLeft > 0 ? { kind: 'wrong-pin', triesLeft } : { kind: 'locked' };
  }
  ports.ledger.forgetStaffTries(staffId);
  ports.log.event('staff-signed-in', { staff: staffId, role });
  return { kind: 'signed-in', staffId, role };
}

function lookAt({ holder, serving }: Asked, { ledger }: Pick<Ports, 'ledger'>): Known {
  if (holder.accountId === serving) return { kind: 'same-person' };
  // What anybody can copy signs nobody in, nor a card whose keys were not here to ask it.
  if (!holder.card.capabilities.authenticated || countIsMissing(holder)) return { kind: 'not-staff' };
  const member = ledger.staffOf(holder.accountId);
  if (!member) return { kind: 'not-staff' };
  return member.tries >= STAFF_TRIES_MAX ? { kind: 'locked' } : { kind: 'known', member };
}
