/**
 * Decides whether a movement that a device reports may be posted. The backend builds the movement itself, from its own entitlement
 * and scheme, and compares; it never takes over a device's arithmetic. What does not hold is kept for staff and changes no balance.
 */
import { dateInTokyo, epochOfMoment } from '../../contract/time.ts';
import { loadOfEntitlement, type Entitlement, type Movement, type Scheme } from '../../contract/value.ts';
import { isDeepStrictEqual } from 'node:util';

export type MovementFault =
  | 'operation-repeated'
  | 'no-entitlement'
  | 'already-taken'
  | 'withdrawn'
  | 'not-leased'
  | 'from-the-future'
  | 'against-the-rules'
  | 'differs';

export interface MovementFacts {
  /** A movement of this operation is posted already. */
  readonly operationPosted: boolean;
  readonly entitlement: { readonly terms: Entitlement; readonly state: 'open' | 'taken' | 'withdrawn' } | undefined;
  readonly scheme: Scheme | undefined;
  /** This device's lease of the entitlement, held or ended. */
  readonly lease: { readonly untilMs: number; readonly state: 'held' | 'ended' } | undefined;
  /** What the account holds of the scheme and can still use on `day`, in the scheme's unit. */
  balanceOn(day: string): number;
}

/**
 * A device's clock may run ahead, and its journal keeps the times it wrote: what it did is as true with a fast clock. Only beyond a
 * day does the date of the movement, on which rules hang, become a matter for staff.
 */
const AHEAD_MS_MAX = 24 * 3_600_000;

/**
 * A lease that has run out still counts while nobody else holds it. When it has passed on to another device, only what happened
 * before its end counts — and only if the other has not taken the entitlement.
 */
export function checkMovement(claimed: Movement, facts: MovementFacts, nowMs: number): { readonly ok: true } | { readonly ok: false; readonly what: MovementFault; readonly detail: string } {
  const fault = (what: MovementFault, detail: string) => ({ ok: false as const, what, detail });
  const { entitlement, scheme, lease } = facts;
  if (facts.operationPosted) return fault('operation-repeated', 'The operation was posted before, from another journal entry.');
  if (claimed.entitlementId === null) return fault('no-entitlement', 'A device cannot move value without an entitlement.');
  if (!entitlement || !scheme) return fault('no-entitlement', 'The town has granted no such entitlement.');
  if (entitlement.state === 'taken') return fault('already-taken', 'Another operation has taken the entitlement.');
  if (entitlement.state === 'withdrawn') return fault('withdrawn', 'The entitlement had been withdrawn.');
  const occurredMs = epochOfMoment(claimed.occurredAt);
  if (occurredMs > nowMs + AHEAD_MS_MAX) return fault('from-the-future', `The movement claims to have happened at ${claimed.occurredAt}.`);
  if (!lease) return fault('not-leased', 'The device never held the entitlement.');
  if (lease.state === 'ended' && occurredMs > lease.untilMs) return fault('not-leased', 'The device no longer held the entitlement when it gave it out.');
  const today = dateInTokyo(claimed.occurredAt);
  const derived = loadOfEntitlement({
    entitlement: entitlement.terms,
    scheme,
    operationId: claimed.operationId,
    occurredAt: claimed.occurredAt,
    today,
    balance: facts.balanceOn(today),
  });
  if (!derived.ok) return fault('against-the-rules', `The rules refuse it: ${derived.why}.`);
  const fields = Object.keys(derived.movement) as Array<keyof Movement>;
  const differing = fields.filter((field) => !isDeepStrictEqual(derived.movement[field], claimed[field]));
  if (differing.length > 0) return fault('differs', `The device reports other values than the rules give: ${differing.join(', ')}.`);
  return { ok: true };
}
