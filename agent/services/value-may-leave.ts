/**
 * Whether value may leave an account at this device. Where a card holds it, the card decides. Where the ledger holds it, only the one
 * device may take it out that has the hold of the account; and through a card that anybody can copy, only when staff agree.
 */
import type { AccountId, StaffId } from '../../contract/ids.ts';
import { cardKindOf, whyNot, type Connection } from '../../contract/offline.ts';
import type { Refusal } from '../../contract/refusal.ts';
import type { Moment } from '../../contract/time.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { ensureHold } from './hold-account.ts';
import { countIsMissing } from './move-value.ts';
import type { Holder } from './show-balance.ts';

export type HoldPorts = Parameters<typeof ensureHold>[1];

/**
 * @param input.from the account that value leaves: the holder's own, or the one of a lost card
 * @returns why it must stay where it is; null when it may leave
 * @throws LedgerUnavailable
 */
export async function whyValueStays(
  { holder, from, staff }: { readonly holder: Holder; readonly from: AccountId; readonly staff: readonly StaffId[] },
  ports: HoldPorts,
): Promise<Refusal | null> {
  const own = from === holder.accountId;
  const { capabilities } = holder.card;
  const asked = { useCase: own ? 'spend' : 'transfer', card: cardKindOf(capabilities), staffAgreed: staff.length > 0 } as const;
  if (own && capabilities.valueOnCard) return null;
  if (own ? ports.ledger.holdsValueOnCard(from) : ports.ledger.hasActiveCard(from)) return 'value-on-other-card';
  const refusal = whyNot({ ...asked, connection: 'online' });
  if (refusal) return refusal;
  return (await ensureHold(from, ports)) === 'held' ? null : whyNot({ ...asked, connection: 'offline-without-lease' });
}

/**
 * What `whyValueStays` would say of the holder's own value if nobody of the staff agreed, as far as it can be known without asking anybody.
 * @throws LedgerUnavailable
 */
export function whyValueWouldStay(
  { holder, useCase, online, now }: { readonly holder: Holder; readonly useCase: 'exchange' | 'give' | 'spend'; readonly online: boolean; readonly now: Moment },
  ledger: Pick<Ledger, 'holdsValueOnCard' | 'holdsAccount'>,
): Refusal | null {
  const { card, accountId } = holder;
  const kind = cardKindOf(card.capabilities);
  if (kind !== 'value-on-card' && ledger.holdsValueOnCard(accountId)) return 'value-on-other-card';
  const connection = (): Connection => {
    // Nothing is written on a card that could not be read to its count.
    if (countIsMissing(holder)) return 'offline-without-lease';
    if (online) return 'online';
    return kind === 'value-on-card' || ledger.holdsAccount(accountId, now) ? 'offline-with-lease' : 'offline-without-lease';
  };
  return whyNot({ useCase, card: kind, connection: connection(), staffAgreed: false });
}
