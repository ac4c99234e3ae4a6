/**
 * The core of every movement with a card: the intent is durable before the card is touched, the card is asked once, and what it answered
 * settles the intent. What cannot be known is said to be unknown and is never sent again.
 */
import type { OperationId, SchemeId } from '../../contract/ids.ts';
import type { Built } from '../../contract/movements.ts';
import type { Refusal } from '../../contract/refusal.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import { changeOfPockets, Movement, pocketsOf } from '../../contract/value.ts';
import type { CardMovement, NotCommittedReason } from '../../hardware/card/stored-value.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { newEntryId } from '../new-id.ts';
import type { Ports } from '../ports.ts';
import { journalEvidence } from './card-evidence.ts';
import type { Holder } from './show-balance.ts';
import { stopCard } from './stop-card.ts';

export type MovePorts = Pick<Ports, 'ledger' | 'clock' | 'randomness' | 'log'>;

/** A card that was read just now, and what its holder has of each scheme. */
export type Mover = Pick<Holder, 'card' | 'cardRef' | 'accountId' | 'counter'> & { readonly pockets: ReadonlyArray<{ readonly schemeId: SchemeId; readonly amount: number }> };

export type NotMoved =
  /** By a rule; nothing changed. */
  | { readonly kind: 'refused'; readonly rule: Refusal }
  /** The card is not believed any more and was stopped; nothing changed. */
  | { readonly kind: 'suspect' }
  /** Certain: nothing changed. */
  | { readonly kind: 'card-moved' }
  | { readonly kind: 'reader-lost' }
  /** Decided when the card is seen next. */
  | { readonly kind: 'unknown' };

export type MoveResult =
  | {
      readonly kind: 'moved';
      readonly movement: Movement;
      /** What the holder has of each scheme that was moved, afterwards. */
      readonly balances: ReadonlyMap<SchemeId, number>;
    }
  | NotMoved;

export const refused = (rule: Refusal): Extract<NotMoved, { kind: 'refused' }> => ({ kind: 'refused', rule });

/**
 * What became of an operation that was asked for before: a second press carries the id of the first. Asked before anything is built, because
 * what the first press moved is not there any more.
 * @returns null when nothing was asked under this id
 */
export function earlierPress(operationId: OperationId, holder: Mover, ledger: Pick<Ledger, 'fateOf' | 'movementOf' | 'lotsOf' | 'schemes'>): MoveResult | null {
  switch (ledger.fateOf(operationId)) {
    case null:
      return null;
    case 'committed': {
      const movement = ledger.movementOf(operationId);
      if (!movement) throw new Error(`The operation ${operationId} was committed and is not in the books`);
      return { kind: 'moved', movement, balances: balancesAfter(holder, movement, ledger) };
    }
    case 'aborted':
      return { kind: 'card-moved' };
    case 'prepared':
    case 'unknown':
      return { kind: 'unknown' };
  }
}

/** @throws LedgerUnavailable; then nothing was changed, or the intent is open and is decided at the next tap */
export async function moveValue({ holder, built }: { readonly holder: Mover; readonly built: Built }, ports: MovePorts): Promise<MoveResult> {
  const { ledger, clock, randomness, log } = ports;
  if (!built.ok) return refused(built.rule);
  // What no one could verify in the journal later must not happen on a card. Parsed once, here, before it is written down.
  const movement = Movement.parse(built.movement);
  const { card, cardRef } = holder;
  const { operationId, kind } = movement;
  // Nobody could ever tell from the card whether it happened.
  if (countIsMissing(holder)) return refused('not-held-here');
  // What was read of the card is out of date: something moved with it since. It is read again before anything else moves.
  if (holder.counter !== null && (ledger.counterSeen(cardRef) ?? 0) > holder.counter) return { kind: 'card-moved' };

  const prepared = ledger.prepare({
    operationId,
    cardRef,
    cardProfile: card.profile,
    counterBefore: holder.counter,
    movement,
    preparedAt: movement.occurredAt,
  });
  if (prepared !== 'prepared') return refused(prepared);
  log.event('value-prepared', { kind, operation: operationId });

  const movements = cardMovements(movement);
  const applied = await card.apply({ operationId, movements, ...(movement.staff ? { approval: 'staff' as const } : {}) });
  const entry = () => ({ id: newEntryId(clock, randomness), at: momentFromEpoch(clock.now()) });
  switch (applied.kind) {
    case 'committed':
      ledger.commit(operationId, entry(), journalEvidence(applied.evidence));
      log.event('value-committed', { kind, operation: operationId });
      return { kind: 'moved', movement, balances: balancesAfter(holder, movement, ledger) };
    case 'not-committed':
      ledger.abort(operationId);
      log.event('value-aborted', { kind, operation: operationId, why: applied.why });
      return notMoved(applied.why, movements, holder, ports);
    case 'unknown':
      ledger.markUnknown(operationId, entry());
      log.event('value-unknown', { kind, operation: operationId });
      return { kind: 'unknown' };
  }
}

/** The card keeps a count of what happens on it, and its keys were not here when it was read: it must be read again before anything moves. */
export function countIsMissing({ card, counter }: Pick<Mover, 'card' | 'counter'>): boolean {
  return counter === null && (card.profile === 'desfire' || card.profile === 'felica-lite-s');
}

function notMoved(why: NotCommittedReason, movements: readonly CardMovement[], holder: Mover, ports: MovePorts): NotMoved {
  switch (why) {
    case 'card-moved':
    case 'reader-lost':
      return { kind: why };
    case 'refused':
      if (!holder.card.capabilities.valueOnCard) return { kind: 'card-moved' };
      return refused(movements.some(({ kind }) => kind === 'debit') ? 'not-enough' : 'too-much');
    case 'no-key':
      return refused('not-held-here');
    case 'needs-staff':
      return refused('needs-staff');
    case 'suspect':
      stopCard(holder.card, holder.cardRef, 'inconsistent', ports);
      return { kind: 'suspect' };
  }
}

function cardMovements(movement: Movement): CardMovement[] {
  return [...changeOfPockets(movement)].map(([pocket, change]) => ({ pocket, kind: change > 0 ? 'credit' : 'debit', amount: Math.abs(change) }));
}

/** What the holder has of a scheme before, in the scheme's unit. */
export function heldOf(holder: Mover, scheme: SchemeId): number {
  return holder.pockets.find((pocket) => pocket.schemeId === scheme)?.amount ?? 0;
}

/** What the card holds of a scheme; null when the value is in the ledger. */
export function onCardOf(holder: Mover, scheme: SchemeId): number | null {
  return holder.card.capabilities.valueOnCard ? heldOf(holder, scheme) : null;
}

/** By the card; where the value is in the ledger by the books, which may have heard something since the card was read. */
function balancesAfter(holder: Mover, movement: Movement, ledger: Pick<Ledger, 'lotsOf' | 'schemes'>): ReadonlyMap<SchemeId, number> {
  const changes = [...changeOfPockets(movement)];
  if (holder.card.capabilities.valueOnCard) return new Map(changes.map(([scheme, change]) => [scheme, heldOf(holder, scheme) + change]));
  const held = pocketsOf(ledger.lotsOf(holder.accountId), ledger.schemes(), dateInTokyo(movement.occurredAt));
  return new Map(changes.map(([scheme]) => [scheme, held.find(({ schemeId }) => schemeId === scheme)?.amount ?? 0]));
}
