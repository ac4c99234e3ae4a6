/**
 * Use case: a card was read, and before its holder sees anything, what is due on it is done: value past its last day is taken off, and what was
 * paid for and could not reach the card is put on. Each is one movement of its own; after each the card is read again.
 */
import type { AccountId, CardRef, OperationId, SchemeId } from '../../contract/ids.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import { pocketsOf } from '../../contract/value.ts';
import type { CardRead, StoredValueCard } from '../../hardware/card/stored-value.ts';
import { expireLots } from './expire-lots.ts';
import type { MovePorts, Mover, MoveResult } from './move-value.ts';
import { receiveClaim } from './receive-claim.ts';

type Shown = Extract<CardRead, { kind: 'read' }>;
export type WhatWasDue = { readonly kind: 'done'; readonly read: Shown } | { readonly kind: 'card-moved' } | { readonly kind: 'reader-lost' } | { readonly kind: 'suspect' };

/** @throws LedgerUnavailable; then an intent may be open, which is decided at the next tap */
export async function doWhatIsDue(
  input: { readonly card: StoredValueCard; readonly cardRef: CardRef; readonly accountId: AccountId; readonly read: Shown },
  ports: MovePorts,
): Promise<WhatWasDue> {
  const { card } = input;
  let { read } = input;
  const tried = new Set<OperationId>();
  for (;;) {
    const done = await nextDue({ ...input, counter: read.counter, pockets: pocketsIn(input, read, ports) }, tried, ports);
    switch (done?.kind) {
      case undefined:
        return { kind: 'done', read };
      case 'refused':
        continue;
      case 'card-moved':
      case 'unknown':
        return { kind: 'card-moved' };
      case 'reader-lost':
      case 'suspect':
        return { kind: done.kind };
      case 'moved': {
        const again = await card.read();
        if (again.kind === 'reader-lost') return again;
        if (again.kind !== 'read') return { kind: 'card-moved' };
        read = again;
      }
    }
  }
}

/** @returns null when nothing is due any more. What was refused once is not tried again at this tap. */
async function nextDue(holder: Mover, tried: Set<OperationId>, ports: MovePorts): Promise<MoveResult | null> {
  const expired = holder.card.capabilities.valueOnCard ? await expireLots({ holder }, ports) : null;
  if (expired && expired.kind !== 'refused') return expired;
  const claim = ports.ledger.neverReceivedOf(holder.accountId).find(({ operationId }) => !tried.has(operationId));
  if (!claim) return null;
  tried.add(claim.operationId);
  return receiveClaim({ holder, sale: claim.operationId }, ports);
}

function pocketsIn(
  { card, accountId }: { readonly card: StoredValueCard; readonly accountId: AccountId },
  read: Shown,
  { ledger, clock }: MovePorts,
): Mover['pockets'] {
  if (card.capabilities.valueOnCard) return [...read.pockets].map(([schemeId, amount]) => ({ schemeId: schemeId as SchemeId, amount }));
  return pocketsOf(ledger.lotsOf(accountId), ledger.schemes(), dateInTokyo(momentFromEpoch(clock.now())));
}
