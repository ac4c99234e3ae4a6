/** Use case: take a granted entitlement into the account the card points to. */
import type { Refusal } from '../../contract/refusal.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import { loadOfEntitlement, type Movement } from '../../contract/value.ts';
import { newOperationId } from '../new-id.ts';
import { heldOf, moveValue, type MovePorts, type NotMoved } from './move-value.ts';
import type { Holder, Offer } from './show-balance.ts';

export type LoadValueResult = { readonly kind: 'loaded'; readonly balance: number; readonly movement: Movement } | NotMoved;

/** @throws LedgerUnavailable; then nothing was changed, or the intent is open and is decided at the next tap */
export async function loadValue(input: { readonly holder: Holder; readonly offer: Offer }, ports: MovePorts): Promise<LoadValueResult> {
  const { holder, offer } = input;
  const now = momentFromEpoch(ports.clock.now());
  const before = balanceOf(holder, offer);
  const built = loadOfEntitlement({
    entitlement: offer.entitlement,
    // The rules may have changed since the offer was shown.
    scheme: ports.ledger.schemes().get(offer.scheme.id) ?? offer.scheme,
    operationId: newOperationId(ports.clock, ports.randomness),
    occurredAt: now,
    today: dateInTokyo(now),
    balance: before,
  });
  const moved = await moveValue({ holder, built: built.ok ? built : { ok: false, rule: built.why } }, ports);
  return moved.kind === 'moved' ? { kind: 'loaded', balance: moved.balances.get(offer.scheme.id) ?? 0, movement: moved.movement } : moved;
}

/** What the holder has of the offer's scheme before the load, in the scheme's unit. */
export function balanceOf(holder: Holder, offer: Offer): number {
  return heldOf(holder, offer.scheme.id);
}

/** What the window can say of a load that was refused. */
export type LoadRefusalShown = 'already-taken' | 'not-held-here' | 'too-early' | 'too-late' | 'too-much';

export function loadRefusalShown(rule: Refusal): LoadRefusalShown {
  switch (rule) {
    case 'already-taken':
    case 'too-early':
    case 'too-late':
    case 'too-much':
      return rule;
    case 'scheme-over':
      return 'too-late';
    default:
      return 'not-held-here';
  }
}
