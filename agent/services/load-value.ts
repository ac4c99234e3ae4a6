/**
 * Use case: take a granted entitlement into the account the card points to. The intent is durable before the card is touched; the
 * card's commit and the ledger's commit are each one step; what cannot be known is said to be unknown and is never sent again.
 */
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import { loadOfEntitlement, type LoadRefusal } from '../../contract/value.ts';
import type { NotCommittedReason } from '../../hardware/card/stored-value.ts';
import { newEntryId, newOperationId } from '../new-id.ts';
import type { Ports } from '../ports.ts';
import { journalEvidence } from './card-evidence.ts';
import type { Holder, Offer } from './show-balance.ts';
import { stopCard } from './stop-card.ts';

export type LoadValueResult =
  | { readonly kind: 'loaded'; readonly balance: number }
  | { readonly kind: 'refused'; readonly why: 'already-taken' | 'not-held-here' | 'too-early' | 'too-late' | 'too-much' }
  /** The card is not believed any more and was stopped; nothing changed. */
  | { readonly kind: 'suspect' }
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

  const prepared = ledger.prepare({
    operationId,
    cardRef: holder.cardRef,
    cardProfile: holder.card.profile,
    counterBefore: holder.counter,
    movement: built.movement,
    preparedAt: now,
  });
  if (prepared !== 'prepared') return { kind: 'refused', why: prepared };
  log.event('load-prepared', { operation: operationId });

  const applied = await holder.card.apply({
    operationId,
    movements: [{ pocket: offer.scheme.id, kind: 'credit', amount: offer.entitlement.amount }],
  });
  const entry = () => ({ id: newEntryId(clock, randomness), at: momentFromEpoch(clock.now()) });
  switch (applied.kind) {
    case 'committed':
      ledger.commit(operationId, entry(), journalEvidence(applied.evidence));
      log.event('load-committed', { operation: operationId });
      return { kind: 'loaded', balance: before + offer.entitlement.amount };
    case 'not-committed':
      ledger.abort(operationId);
      log.event('load-aborted', { operation: operationId, why: applied.why });
      return notLoaded(applied.why, input.holder, ports);
    case 'unknown':
      ledger.markUnknown(operationId, entry());
      log.event('load-unknown', { operation: operationId });
      return { kind: 'unknown' };
  }
}

function notLoaded(why: NotCommittedReason, holder: Holder, ports: Pick<Ports, 'ledger' | 'clock' | 'randomness' | 'log'>): LoadValueResult {
  switch (why) {
    case 'card-moved':
    case 'reader-lost':
      return { kind: why };
    case 'refused':
      return holder.card.capabilities.valueOnCard ? { kind: 'refused', why: 'too-much' } : { kind: 'card-moved' };
    case 'no-key':
    case 'needs-staff':
      return { kind: 'refused', why: 'not-held-here' };
    case 'suspect':
      stopCard(holder.card, holder.cardRef, 'inconsistent', ports);
      return { kind: 'suspect' };
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
