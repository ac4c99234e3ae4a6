/**
 * Reading the mirror from a card that has proved itself: which slot holds, and what that says of an operation nobody heard the end of.
 * Only reads; an answer that makes no sense is never taken for one.
 */
import type { Evidence, NoKey, SettleOutcome, Suspicion } from '../stored-value.ts';
import type { AuthenticatedSession } from './authenticated-session.ts';
import type { NotDone } from './felica-frames.ts';
import { sameBytes } from './mac.ts';
import { SLOT_STARTS, mirrorIn, type Mirror, type SlotHead } from './mirror.ts';

export type Trouble =
  | NoKey
  | { readonly kind: 'suspect'; readonly why: Suspicion }
  | { readonly kind: 'card-moved' }
  | { readonly kind: 'reader-lost' };

/** A card that proved itself just now, and the first block of each slot if it is one. */
export interface Proof {
  readonly session: AuthenticatedSession;
  readonly heads: readonly [SlotHead | undefined, SlotHead | undefined];
}

/** The newest whole slot, and the other one if it is the operation before. */
interface ShownSlots {
  readonly newest: Mirror;
  readonly newestSlot: 0 | 1;
  readonly before: Mirror | undefined;
}

/**
 * Reads the newest slot that is whole, and on wish the one before it.
 * @param more other blocks, read in the same commands as the newest slot
 */
export async function showMirror(
  { session, heads }: Proof,
  depth: 'newest' | 'both',
  more: readonly number[] = [],
): Promise<({ readonly kind: 'shown'; readonly more: readonly Uint8Array[] } & ShownSlots) | { readonly kind: 'inconsistent' } | NotDone> {
  const newerFirst = ([0, 1] as const).filter((slot) => heads[slot]).sort((a, b) => heads[b]!.counter - heads[a]!.counter);
  const wholeSlot = async (slot: 0 | 1, others: readonly number[]) => {
    const head = heads[slot]!;
    const result = await session.read([...head.places.map((place) => SLOT_STARTS[slot] + place), ...others]);
    if (result.kind !== 'blocks') return result;
    const count = head.places.length;
    return { kind: 'slot', mirror: mirrorIn(head, result.blocks.slice(0, count)), others: result.blocks.slice(count) } as const;
  };
  for (const [position, newestSlot] of newerFirst.entries()) {
    const found = await wholeSlot(newestSlot, more);
    if (found.kind !== 'slot') return found;
    if (!found.mirror) continue;
    const newest = found.mirror;
    const older = newerFirst[position + 1];
    let before: Mirror | undefined;
    if (depth === 'both' && older !== undefined && heads[older]!.counter === newest.counter - 1) {
      const previous = await wholeSlot(older, []);
      if (previous.kind !== 'slot') return previous;
      before = previous.mirror;
    }
    return { kind: 'shown', newest, newestSlot, before, more: found.others };
  }
  return { kind: 'inconsistent' };
}

/**
 * Decides an operation by what the card shows.
 * @param counterBefore as for `StoredValueCard.settle`
 */
export async function settledBy(proof: Proof, id: Uint8Array, counterBefore: number | null): Promise<SettleOutcome> {
  const shown = await showMirror(proof, 'both');
  if (shown.kind !== 'shown') return troubleOf(shown);
  const visible = [shown.newest, ...(shown.before ? [shown.before] : [])];
  const ours = visible.find(({ counter, operationId }) => counter > 0 && sameBytes(operationId, id));
  if (ours) return { kind: 'committed', evidence: evidenceOf(ours) };
  if (counterBefore !== null && shown.newest.counter < counterBefore) return { kind: 'suspect', why: 'rolled-back' };
  // Had it been carried out, it would have the number after `counterBefore`: nothing has that number, or something else has.
  const numbers = visible.map(({ counter }) => counter);
  const ownNumber = (counterBefore ?? 0) + 1;
  return shown.newest.counter < ownNumber || Math.min(...numbers) <= ownNumber ? { kind: 'not-committed' } : { kind: 'unknown' };
}

/** What a session came to, in the words of the seam. A card that is there and makes no sense counts as moved: it is asked for again. */
export function troubleOf(trouble: NotDone | Trouble | { readonly kind: 'inconsistent' }): Trouble {
  switch (trouble.kind) {
    case 'inconsistent':
      return { kind: 'suspect', why: 'inconsistent' };
    case 'refused':
    case 'no-answer':
      return { kind: 'card-moved' };
    default:
      return trouble;
  }
}

export function evidenceOf({ counter, writeCounter }: Mirror): Evidence {
  return { kind: 'write-counter', counter, writeCounter };
}
