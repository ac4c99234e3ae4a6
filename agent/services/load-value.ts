/**
 * Use case: take a granted entitlement into the account the card points to. The intent is durable before the card is touched; the
 * card's commit and the ledger's commit are each one step; what cannot be known is said to be unknown and is never sent again.
 */
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import { loadOfEntitlement, type LoadRefusal } from '../../contract/value.ts';
import { newEntryId, newOperationId } from '../new-id.ts';
import type { Ports } from '../ports.ts';
import type { Holder, Offer } from './show-balance.ts';

export type LoadValueResult =
  | { readonly kind: 'loaded'; readonly balance: number }
  | { readonly kind: 'refused'; readonly why: 'already-taken' | 'not-held-here' | 'too-early' | 'too-late' | 'too-much' }
  /** Certain: nothing changed. */
  | { readonly kind: 'card-moved' }
  | { readonly kind: 'reader-lost' }
  /** Decided when the card is seen next. */
  | { readonly kind: 'unknown' };

/** @throws LedgerUnavailable; then nothing was changed, or the intent is open and is decided at the next tap */
export async function loadValue(
  input: { readonly holder: Holder; readonly offer: Offer },
  ports: Pick<Ports, 'ledger' | 'clock' | 'randomness' | 'log'>,
): Promise<LoadValueResult> {
  const { ledger, clock, randomness, log } = ports;
  const { holder, offer } = input;
  const now = momentFromEpoch(clock.now());
  const before = balanceOf(holder, offer);
  const operationId = newOperationId(clock, randomness);
  const built = loadOfEntitlement({
    entitlement: offer.entitlement,
    scheme: offer.scheme,
    operationId,
    occurredAt: now,
    today: dateInTokyo(now),
    balance: before,
  });
  if (!built.ok) return { kind: 'refused', why: REFUSAL_SHOWN[built.why] };

  const prepared = ledger.prepare({ operationId, cardRef: holder.cardRef, movement: built.movement, preparedAt: now });
  if (prepared !== 'prepared') return { kind: 'refused', why: prepared };
  log.event('load-prepared', { operation: operationId });

  const applied = await holder.card.apply({
    operationId,
    movements: [{ pocket: offer.scheme.id, kind: 'credit', amount: offer.entitlement.amount }],
  });
  switch (applied.kind) {
    case 'committed':
      ledger.commit(operationId, { id: newEntryId(clock, randomness), at: momentFromEpoch(clock.now()) });
      log.event('load-committed', { operation: operationId });
      return { kind: 'loaded', balance: before + offer.entitlement.amount };
    case 'not-committed':
      ledger.abort(operationId);
      log.event('load-aborted', { operation: operationId, why: applied.why });
      return { kind: applied.why === 'reader-lost' ? 'reader-lost' : 'card-moved' };
    case 'unknown':
      ledger.markUnknown(operationId);
      log.event('load-unknown', { operation: operationId });
      return { kind: 'unknown' };
  }
}

/** What the holder has of the offer's scheme before the load, in the scheme's unit. */
export function balanceOf(holder: Holder, offer: Offer): number {
  return holder.pockets.find((pocket) => pocket.schemeId === offer.scheme.id)?.amount ?? 0;
}

const REFUSAL_SHOWN: Readonly<Record<LoadRefusal, Extract<LoadValueResult, { kind: 'refused' }>['why']>> = {
  'wrong-account': 'not-held-here',
  'wrong-scheme': 'not-held-here',
  'too-early': 'too-early',
  'too-late': 'too-late',
  'scheme-over': 'too-late',
  'too-much': 'too-much',
};
