/**
 * Use case: a card lies on the reader, what can its holder use and receive? Recognises the card, decides what was left open on it,
 * and reads the ledger. Reads nothing from cards that are not the town's, and keeps the card's identifier only in memory.
 */
import { cardRefOf } from '../../contract/card-ref.ts';
import type { AccountId, CardRef } from '../../contract/ids.ts';
import { dateInTokyo, daysBetween, momentFromEpoch, type LocalDate } from '../../contract/time.ts';
import { pocketsOf, type Entitlement, type Pocket, type Scheme } from '../../contract/value.ts';
import { recogniseCard } from '../../hardware/card/recognise-card.ts';
import type { StoredValueCard } from '../../hardware/card/stored-value.ts';
import type { CardPresence } from '../../hardware/reader/card-reader.ts';
import type { Ports } from '../ports.ts';
import { resolveOpenIntents } from './resolve-intents.ts';

export interface Offer {
  readonly entitlement: Entitlement;
  readonly scheme: Scheme;
}

/** Everything the session knows about the person in front of it. Lives until the session ends. */
export interface Holder {
  readonly card: StoredValueCard;
  readonly cardRef: CardRef;
  readonly accountId: AccountId;
  readonly today: LocalDate;
  readonly pockets: ReadonlyArray<Pocket & { readonly daysLeft: number }>;
  readonly offers: readonly Offer[];
}

export type ShowBalanceResult =
  | { readonly kind: 'holder'; readonly holder: Holder }
  | { readonly kind: 'not-usable'; readonly why: 'unknown' | 'payment' | 'my-number' | 'stopped' | 'unreadable' }
  | { readonly kind: 'card-moved' }
  | { readonly kind: 'reader-lost' };

export type PresentCard = Extract<CardPresence, { kind: 'present' }>;

/** @throws LedgerUnavailable when the ledger cannot be read or written */
export async function showBalance(
  presence: PresentCard,
  ports: Pick<Ports, 'reader' | 'ledger' | 'clock' | 'randomness' | 'log'> & { readonly cardKey: Uint8Array },
): Promise<ShowBalanceResult> {
  const begunAt = ports.clock.monotonic();
  const recognised = await recogniseCard(ports.reader, presence);
  ports.log.event('card-recognised', {
    generation: presence.generation,
    kind: recognised.kind,
    ms: ports.clock.monotonic() - begunAt,
  });
  switch (recognised.kind) {
    case 'payment':
    case 'my-number':
      return { kind: 'not-usable', why: recognised.kind };
    case 'unrecognised':
      return { kind: 'not-usable', why: 'unreadable' };
    case 'card-moved':
    case 'reader-lost':
      return { kind: recognised.kind };
    case 'identifier':
      break;
  }
  const { card } = recognised;
  const cardRef = cardRefOf(ports.cardKey, card.identifier);
  const found = ports.ledger.lookupCard(cardRef);
  if (found.kind !== 'account') return { kind: 'not-usable', why: found.kind };
  const resolved = await resolveOpenIntents(card, cardRef, ports);
  if (resolved !== 'resolved') return { kind: resolved };
  const now = momentFromEpoch(ports.clock.now());
  const today = dateInTokyo(now);
  const schemes = ports.ledger.schemes();
  const offers: Offer[] = [];
  for (const entitlement of ports.ledger.offersOf(found.accountId, today, now)) {
    const scheme = schemes.get(entitlement.schemeId);
    if (scheme) offers.push({ entitlement, scheme });
  }
  return {
    kind: 'holder',
    holder: {
      card,
      cardRef,
      accountId: found.accountId,
      today,
      pockets: pocketsOf(ports.ledger.lotsOf(found.accountId), schemes, today).map((pocket) => ({
        ...pocket,
        daysLeft: daysBetween(today, pocket.lastDay),
      })),
      offers,
    },
  };
}
