/** From which lots a debit came: what the device knew, what the backend knows, and the movement that turns the one into the other. Pure. */
import type { AccountId, LotId, SchemeId } from '../../contract/ids.ts';
import { inOrderOfUse, type LotsHeld } from '../../contract/movements.ts';
import { epochOfMoment } from '../../contract/time.ts';
import { expiredAccount, pocketAccount, type Movement, type Posting } from '../../contract/value.ts';
import { derivedOperationId } from './derived-id.ts';
import { pocketOf } from './holdings.ts';

/** How much comes out of each lot, in the scheme's unit. */
export type Taken = ReadonlyMap<LotId, number>;

export const amountOf = (taken: Taken): number => [...taken.values()].reduce((sum, amount) => sum + amount, 0);

/** What the postings take out of the account's pockets. */
export function takenBy(postings: readonly Posting[], accountId: AccountId): Taken {
  const taken = new Map<LotId, number>();
  for (const { debit, amount } of postings) {
    const pocket = pocketOf(debit);
    if (pocket?.accountId === accountId) taken.set(pocket.lotId, (taken.get(pocket.lotId) ?? 0) + amount);
  }
  return taken;
}

/** `amount` out of the lots in their order of use. @returns undefined when they have not so much */
export function takeOut(lots: LotsHeld, amount: number): Taken | undefined {
  const taken = new Map<LotId, number>();
  let left = amount;
  for (const { lot, amount: held } of inOrderOfUse(lots)) {
    const part = Math.min(held, left);
    if (part <= 0) continue;
    taken.set(lot.id, part);
    left -= part;
  }
  return left === 0 ? taken : undefined;
}

/** `amount` out of the first lots as far as they have it, and the rest out of the others. @returns undefined when all of them together have not so much */
export function takeInTurn(first: LotsHeld, others: LotsHeld, amount: number): Taken | undefined {
  const there = first.reduce((sum, { amount: held }) => sum + Math.max(0, held), 0);
  const taken = takeOut(first, Math.min(amount, there));
  const rest = takeOut(others, Math.max(0, amount - there));
  return taken && rest && add(taken, rest);
}

const add = (one: Taken, two: Taken): Taken => {
  const sum = new Map(one);
  for (const [lot, amount] of two) sum.set(lot, (sum.get(lot) ?? 0) + amount);
  return sum;
};

/** What was taken where it can be, and the rest out of the other lots. @returns undefined when all of them together have not so much */
export function takeRather(preferred: Taken, lots: LotsHeld): Taken | undefined {
  const there = new Map<LotId, number>();
  for (const { lot, amount } of lots) {
    const part = Math.min(amount, preferred.get(lot.id) ?? 0);
    if (part > 0) there.set(lot.id, part);
  }
  const rest = takeOut(lots.map(({ lot, amount }) => ({ lot, amount: amount - (there.get(lot.id) ?? 0) })), amountOf(preferred) - amountOf(there));
  return rest && add(there, rest);
}

/** Most postings of one movement; the contract's shape allows no more. */
const POSTINGS_MAX = 64;

/**
 * The movement after which a debit that was posted as `claimed` has come out of the lots as in `own`: lots that gave too much get it back from
 * those that gave too little, and what a lot no longer has comes back from what had expired.
 *
 * @param held what each lot has before the debit
 * @returns undefined when the claim needs no change; `too-many` when it does not fit into one movement
 */
export function reallocationOf(input: {
  readonly debit: Movement;
  readonly accountId: AccountId;
  readonly schemeId: SchemeId;
  readonly claimed: Taken;
  readonly own: Taken;
  readonly held: (lot: LotId) => number;
}): Movement | 'too-many' | undefined {
  const { debit, accountId, schemeId, claimed, own, held } = input;
  const pocket = (lot: LotId) => pocketAccount(accountId, lot);
  const postings: Posting[] = [];
  for (const [lot, amount] of own) {
    const missing = amount - Math.max(0, held(lot));
    if (missing > 0) postings.push({ debit: expiredAccount(schemeId), credit: pocket(lot), amount: missing });
  }
  const tooMuch = [...claimed].flatMap(([lot, amount]) => (amount > (own.get(lot) ?? 0) ? [{ lot, left: amount - (own.get(lot) ?? 0) }] : []));
  for (const [lot, amount] of own) {
    let missing = amount - (claimed.get(lot) ?? 0);
    for (const from of tooMuch) {
      const part = Math.min(missing, from.left);
      if (part <= 0) continue;
      postings.push({ debit: pocket(lot), credit: pocket(from.lot), amount: part });
      from.left -= part;
      missing -= part;
    }
  }
  if (postings.length === 0) return undefined;
  if (postings.length > POSTINGS_MAX) return 'too-many';
  return {
    operationId: derivedOperationId(`reallocate ${debit.operationId}`, epochOfMoment(debit.occurredAt)),
    kind: 'reallocate',
    accountId,
    schemeId,
    entitlementId: null,
    occurredAt: debit.occurredAt,
    lots: [],
    postings,
    ofOperation: debit.operationId,
  };
}
