/**
 * Decides whether a movement that a device reports may be posted. The backend builds the movement itself, from its own entitlements,
 * rules and lots, and compares; it never takes over a device's arithmetic. The rules are those of today, or those that the device knew as long
 * as it had not heard of others. What does not hold is kept for staff and changes no balance.
 */
import { shapeFault } from '../../contract/movement-shape.ts';
import { dateInTokyo, epochOfMoment } from '../../contract/time.ts';
import { loadOfEntitlement, type Movement } from '../../contract/value.ts';
import { checkLoadOfSale, checkRefund, checkSale } from './check-cash.ts';
import { checkDebit, checkExpiry, checkTransfer, checkVoid } from './check-debit.ts';
import { differing } from './compare-movements.ts';
import { againstTheRule, fault, posted, type ClaimedMovement, type MovementFault, type Verdict } from './movement-verdict.ts';
import { heardAtFirst, type PostingFacts } from './posting-facts.ts';
import { schemesBefore } from './scheme-versions.ts';
import { usableOf } from './usable.ts';

/**
 * A device's clock may run ahead, and its journal keeps the times it wrote: what it did is as true with a fast clock. Only beyond a
 * day does the date of the movement, on which rules hang, become a matter for staff.
 */
const AHEAD_MS_MAX = 24 * 3_600_000;

export function checkMovement(claim: ClaimedMovement, facts: PostingFacts, nowMs: number): Verdict {
  const { movement, card } = claim;
  if (facts.operations.has(movement.operationId)) return fault('operation-repeated', 'The operation was posted before, from another journal entry.');
  if (epochOfMoment(movement.occurredAt) > nowMs + AHEAD_MS_MAX) return fault('from-the-future', `The movement claims to have happened at ${movement.occurredAt}.`);
  const byCash = movement.kind === 'sale' || movement.kind === 'refund';
  if (byCash !== (card === null)) return fault('differs', `A ${movement.kind} is reported ${byCash ? 'as cash, without a card' : 'with the card that it was done with'}.`);
  const shape = shapeFault(movement);
  if (shape !== undefined) return fault('differs', `${shape}.`);
  const verdict = judge(claim, facts);
  if (!isAgainstRules(verdict)) return verdict;
  // The office may have changed the rules, and the device cannot have heard of it: it did nothing wrong.
  const named = new Set<string>([movement.schemeId, ...movement.lots.map(({ schemeId }) => schemeId)]);
  for (const schemes of schemesBefore(facts, named, heardAtFirst(claim, facts))) {
    const earlier = judge(claim, { ...facts, schemes });
    if (!isAgainstRules(earlier)) return earlier;
  }
  return verdict;
}

const AGAINST_RULES: ReadonlySet<MovementFault> = new Set(['against-the-rules', 'differs']);

function isAgainstRules(verdict: Verdict): boolean {
  const what = verdict.ok ? verdict.note?.what : verdict.what;
  return what !== undefined && AGAINST_RULES.has(what);
}

function judge(claim: ClaimedMovement, facts: PostingFacts): Verdict {
  const { movement } = claim;
  switch (movement.kind) {
    case 'load':
      return movement.ofOperation === undefined ? checkGrant(movement, facts) : checkLoadOfSale(movement, facts);
    case 'sale':
      return checkSale(movement, facts);
    case 'refund':
      return checkRefund(movement, facts);
    case 'spend':
    case 'give':
    case 'exchange':
      return checkDebit(claim, facts);
    case 'void':
      return checkVoid(claim, facts);
    case 'transfer':
      return checkTransfer(claim, facts);
    case 'expire':
      return checkExpiry(claim, facts);
    case 'reallocate':
    case 'correct':
      return fault('against-the-rules', `A ${movement.kind} is made by the town, never by a device.`);
  }
}

/** A grant goes to its holder through the one device that it is leased to. */
function checkGrant(claimed: Movement, facts: PostingFacts): Verdict {
  if (claimed.entitlementId === null) return fault('no-entitlement', 'A device cannot move value without an entitlement.');
  const entitlement = facts.entitlements.get(claimed.entitlementId);
  const scheme = entitlement && facts.schemes.get(entitlement.terms.schemeId);
  if (!entitlement || !scheme) return fault('no-entitlement', 'The town has granted no such entitlement.');
  if (entitlement.state === 'taken') return fault('already-taken', 'Another operation has taken the entitlement.');
  if (entitlement.state === 'withdrawn') return fault('withdrawn', 'The entitlement had been withdrawn.');
  if (!facts.leases.has(claimed.entitlementId)) return fault('not-leased', 'The device did not hold the entitlement.');
  const { accountId, schemeId } = entitlement.terms;
  const day = dateInTokyo(claimed.occurredAt);
  const built = loadOfEntitlement({
    entitlement: entitlement.terms,
    scheme,
    operationId: claimed.operationId,
    occurredAt: claimed.occurredAt,
    today: day,
    balance: usableOf(facts, accountId, schemeId, day),
  });
  if (!built.ok) return againstTheRule(built.why);
  const differs = differing(built.movement, claimed);
  return differs === '' ? posted(claimed) : fault('differs', `The device reports other values than the rules give: ${differs}.`);
}
