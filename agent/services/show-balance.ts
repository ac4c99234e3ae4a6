/**
 * Use case: a card lies on the reader, what can its holder use and receive? Recognises the card, decides what was left open on it,
 * and reads the ledger. Reads nothing from cards that are not the town's, and keeps the card's identifier only in memory.
 */
import { cardRefOf } from '../../contract/card-ref.ts';
import type { CardSuspicion } from '../../contract/card.ts';
import { OperationId, type AccountId, type CardRef, type SchemeId } from '../../contract/ids.ts';
import { expiredOnCard } from '../../contract/movements.ts';
import { dateInTokyo, daysBetween, momentFromEpoch, type LocalDate } from '../../contract/time.ts';
import { endingFirst, pocketsOf, type Entitlement, type Movement, type Pocket, type Scheme } from '../../contract/value.ts';
import type { NamedReaderStyle } from '../../hardware/card/felica-lite-s/felica-channel.ts';
import { recogniseCard } from '../../hardware/card/recognise-card.ts';
import type { CardRead, StoredValueCard } from '../../hardware/card/stored-value.ts';
import type { CardPresence } from '../../hardware/reader/card-reader.ts';
import { newEntryId } from '../new-id.ts';
import type { Ports } from '../ports.ts';
import { doWhatIsDue } from './do-what-is-due.ts';
import { countIsMissing } from './move-value.ts';
import { resolveOpenIntents } from './resolve-intents.ts';
import { stopCard } from './stop-card.ts';

export interface Offer {
  readonly entitlement: Entitlement;
  readonly scheme: Scheme;
}

/** Everything the session knows about the person in front of it. Lives until the session ends. */
export interface Holder {
  readonly card: StoredValueCard;
  readonly cardRef: CardRef;
  readonly accountId: AccountId;
  /** The card's counter when it was read; null when it has none. */
  readonly counter: number | null;
  readonly today: LocalDate;
  readonly pockets: ReadonlyArray<Pocket & { readonly daysLeft: number }>;
  readonly offers: readonly Offer[];
}

export type ShowBalanceResult =
  | {
      readonly kind: 'holder';
      readonly holder: Holder;
      /** Sets that were paid for before and came in this reading, the newest first. Left out: none. */
      readonly came?: readonly Movement[];
    }
  | { readonly kind: 'not-usable'; readonly why: 'unknown' | 'payment' | 'my-number' | 'stopped' | 'suspect' | 'unreadable' }
  | { readonly kind: 'card-moved' }
  | { readonly kind: 'reader-lost' };

/** A card that lies on the reader, or one whose code was shown and was recognised by it. */
export type PresentCard = Extract<CardPresence, { kind: 'present' }> | { readonly kind: 'shown'; readonly generation: number; readonly card: StoredValueCard };

/** @throws LedgerUnavailable when the ledger cannot be read or written */
export async function showBalance(
  presence: PresentCard,
  ports: Pick<Ports, 'reader' | 'cardKeys' | 'ledger' | 'clock' | 'randomness' | 'log'> & { readonly cardKey: Uint8Array; readonly felicaReaders?: readonly NamedReaderStyle[] },
): Promise<ShowBalanceResult> {
  const begunAt = ports.clock.monotonic();
  const recognised =
    presence.kind === 'shown'
      ? { kind: 'stored-value' as const, card: presence.card }
      : await recogniseCard(ports.reader, presence, {
          cardKeys: ports.cardKeys,
          pocketNames: () => [...ports.ledger.schemes().keys()],
    profileOf: (identifier) => {
      const known = ports.ledger.lookupCard(cardRefOf(ports.cardKey, identifier));
      return known.kind === 'account' ? known.profile : undefined;
    },
    felicaReaders: ports.felicaReaders ?? [],
          random: (bytes) => ports.randomness.bytes(bytes),
        });
  ports.log.event('card-recognised', {
    generation: presence.generation,
    kind: recognised.kind === 'stored-value' ? recognised.card.profile : recognised.kind,
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
    case 'stored-value':
      break;
  }
  const { card } = recognised;
  const cardRef = cardRefOf(ports.cardKey, card.identifier);
  const found = ports.ledger.lookupCard(cardRef);
  if (found.kind !== 'account') return { kind: 'not-usable', why: found.kind };
  const { accountId, profile } = found;
  // Anybody can make a card that gives another card's identifier. It is not that card unless it proves itself in the same way.
  if (profile !== card.profile) return { kind: 'not-usable', why: 'unknown' };
  const suspect = (why: CardSuspicion): ShowBalanceResult => {
    stopCard(card, cardRef, why, ports);
    return { kind: 'not-usable', why: 'suspect' };
  };
  // Known before the card is read: what the card then shows is an answer to them.
  const awaited = ports.ledger.openMovementsOf(cardRef);
  const claims = ports.ledger.openClaimsOf(accountId).map(({ operationId }) => operationId);
  // Of a claim that is open again because its load was taken back, that load is there already.
  const cameBefore = new Set(loadsOfClaims(accountId, claims, ports.ledger).map(({ operationId }) => operationId));
  const resolved = await resolveOpenIntents(card, cardRef, ports);
  switch (resolved.kind) {
    case 'card-moved':
    case 'reader-lost':
      return { kind: resolved.kind };
    case 'suspect':
      return suspect(resolved.why);
    case 'no-key':
    case 'resolved':
      break;
  }
  let read = await card.read();
  switch (read.kind) {
    case 'card-moved':
    case 'reader-lost':
      return { kind: read.kind };
    case 'suspect':
      return suspect(read.why);
    case 'no-key':
      if (read.why === 'unknown-card') return { kind: 'not-usable', why: 'unknown' };
      break;
    case 'read':
      if (read.counter !== null && read.counter < (ports.ledger.counterSeen(cardRef) ?? 0)) return suspect('rolled-back');
      await noteWhatTheCardSaid({ card, cardRef, read, awaited }, ports);
      break;
  }
  if (read.kind === 'read') {
    const due = await doWhatIsDue({ card, cardRef, accountId, read }, ports);
    if (due.kind === 'suspect') return { kind: 'not-usable', why: 'suspect' };
    if (due.kind !== 'done') return due;
    ({ read } = due);
  }
  const now = momentFromEpoch(ports.clock.now());
  const today = dateInTokyo(now);
  const schemes = ports.ledger.schemes();
  const pockets = pocketsHeld(card, read, accountId, schemes, today, ports.ledger);
  const came = loadsOfClaims(accountId, claims, ports.ledger).filter(({ operationId }) => !cameBefore.has(operationId));
  return {
    kind: 'holder',
    ...(came.length > 0 ? { came } : {}),
    holder: {
      card,
      cardRef,
      accountId,
      counter: read.kind === 'read' ? read.counter : null,
      today,
      pockets: pockets.map((pocket) => ({ ...pocket, daysLeft: daysBetween(today, pocket.lastDay) })),
      // Without its keys nothing can be put on a card; the last balance that the town knows is shown all the same.
      offers: read.kind === 'read' ? offersOf(card, accountId, today, ports) : [],
    },
  };
}

/**
 * What has come from the town while the balance was shown.
 * @throws LedgerUnavailable
 */
export function renewOffers(holder: Holder, ports: Pick<Ports, 'ledger' | 'clock'>): Holder {
  // Nothing can be put on it. A card whose keys were not here has proved nothing yet, so its capabilities do not say what it is.
  if (countIsMissing(holder)) return holder;
  return { ...holder, offers: offersOf(holder.card, holder.accountId, holder.today, ports) };
}

/** An account whose value is on a card receives nothing through another one. */
function offersOf(card: StoredValueCard, accountId: AccountId, today: LocalDate, { ledger, clock }: Pick<Ports, 'ledger' | 'clock'>): Offer[] {
  if (!card.capabilities.valueOnCard && ledger.holdsValueOnCard(accountId)) return [];
  const schemes = ledger.schemes();
  return ledger.offersOf(accountId, today, momentFromEpoch(clock.now())).flatMap((entitlement) => {
    const scheme = schemes.get(entitlement.schemeId);
    return scheme ? [{ entitlement, scheme }] : [];
  });
}

/** Of a tap, they are among the newest. */
const NEWEST = 64;
const loadsOfClaims = (accountId: AccountId, claims: readonly OperationId[], ledger: Pick<Ports['ledger'], 'movementsOf'>): Movement[] =>
  claims.length === 0 ? [] : ledger.movementsOf(accountId, NEWEST).filter(({ kind, ofOperation }) => kind === 'load' && ofOperation !== undefined && claims.includes(ofOperation));

/** As many as the journal takes in one entry; the others are answered at the next tap. */
const ANSWERS_MAX = 32;

/**
 * Remembers the card's counter, and tells the backend what the card shows when it shows something that is news to this device, or when
 * another device waits for that word.
 */
async function noteWhatTheCardSaid(
  { card, cardRef, read, awaited }: {
    readonly card: StoredValueCard;
    readonly cardRef: CardRef;
    readonly read: Extract<CardRead, { kind: 'read' }>;
    readonly awaited: readonly OperationId[];
  },
  { ledger, clock, randomness }: Pick<Ports, 'ledger' | 'clock' | 'randomness'>,
): Promise<void> {
  const { counter } = read;
  if (counter === null) return;
  const seen = ledger.counterSeen(cardRef) ?? 0;
  if (counter === seen && awaited.length === 0) return;
  const history = await card.history();
  // A card that goes now is asked again when it comes back; nothing of this is remembered until then.
  if (history.kind !== 'read') return;
  ledger.noteCounter(cardRef, counter);
  const log = history.operations.flatMap((operation) => {
    const operationId = OperationId.safeParse(operation.operationId);
    return operationId.success ? [{ operationId: operationId.data, counter: operation.counter }] : [];
  });
  if (awaited.length === 0 && log.every(({ operationId }) => ledger.knowsOperation(operationId))) return;
  ledger.reportCard({
    id: newEntryId(clock, randomness),
    at: momentFromEpoch(clock.now()),
    fact: { type: 'card-seen', card: { cardRef, profile: card.profile }, counter, log, answers: awaited.slice(0, ANSWERS_MAX) },
  });
}

/**
 * What the holder can use by scheme. Where the card holds the value, its word counts: a load made elsewhere may not have come here yet. What is
 * past its last day is never shown, also while it is still on the card.
 */
function pocketsHeld(
  card: StoredValueCard,
  read: CardRead,
  accountId: AccountId,
  schemes: ReadonlyMap<SchemeId, Scheme>,
  today: LocalDate,
  ledger: Pick<Ports['ledger'], 'lotsOf'>,
): Pocket[] {
  const lots = ledger.lotsOf(accountId);
  const inBooks = pocketsOf(lots, schemes, today);
  if (!card.capabilities.valueOnCard || read.kind !== 'read') return inBooks;
  const pockets = [...schemes.values()].flatMap((scheme): Pocket[] => {
    const onCard = read.pockets.get(scheme.id) ?? 0;
    const amount = onCard - expiredOnCard(lots, scheme.id, onCard, today);
    if (amount === 0 || scheme.lastDay < today) return [];
    const lastDay = inBooks.find((pocket) => pocket.schemeId === scheme.id)?.lastDay ?? scheme.lastDay;
    return [{ schemeId: scheme.id, name: scheme.name, unit: scheme.unit, amount, lastDay }];
  });
  return pockets.sort(endingFirst);
}
