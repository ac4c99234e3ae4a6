/**
 * Whether value may leave an account at this device. Where a card holds it, the card decides. Where the ledger holds it, only the one
 * device may take it out that has the hold of the account; and through a card that anybody can copy, only when staff agree.
 */
import type { AccountId, StaffId } from '../../contract/ids.ts';
import { cardKindOf, whyNot } from '../../contract/offline.ts';
import type { Refusal } from '../../contract/refusal.ts';
import { ensureHold } from './hold-account.ts';
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
