/**
 * Judges what cash is paid for. Money that was counted in is never forgotten: a sale that the rules refuse is posted all the same, as a
 * claim without sets. It counts under no right, nothing can be loaded for it, and it can be given back.
 */
import { loadOfSale, refundOfSale, sellSets, type Built } from '../../contract/movements.ts';
import { dateInTokyo } from '../../contract/time.ts';
import { cashAccount, claimAccount, type Movement } from '../../contract/value.ts';
import { differing } from './compare-movements.ts';
import { againstTheRule, fault, posted, type Verdict } from './movement-verdict.ts';
import type { PostingFacts } from './posting-facts.ts';
import { usableOf } from './usable.ts';

export function checkSale(claimed: Movement, facts: PostingFacts): Verdict {
  const { operationId, accountId, postings } = claimed;
  const [money, ...more] = postings;
  const account = facts.accounts.get(accountId);
  if (!account) return fault('differs', 'The town has no such account.');
  if (!money || more.length > 0 || money.debit !== cashAccount(facts.deviceId) || money.credit !== claimAccount(accountId, operationId)) {
    return fault('differs', 'A sale puts the cash of its own device into the buyer’s claim.');
  }
  const scheme = facts.schemes.get(claimed.schemeId);
  if (!scheme) return fault('differs', 'The town has no such scheme.');
  const built = saleOf(claimed, facts);
  const differs = built.ok ? differing(built.movement, claimed) : '';
  if (built.ok && differs === '') return posted(claimed);
  const why = built.ok ? `it differs in ${differs}` : `the rules refuse it (${built.rule})`;
  return {
    ok: true,
    post: [withoutSets(claimed)],
    note: { what: built.ok ? 'differs' : 'against-the-rules', detail: `Sets were sold although ${why}. ${money.amount} yen are kept as the buyer’s claim, to be given back.` },
  };
}

function saleOf(claimed: Movement, facts: PostingFacts): Built {
  const { operationId, occurredAt, accountId, schemeId, entitlementId, stockLease, sets = 0, staff = [] } = claimed;
  const scheme = facts.schemes.get(schemeId);
  if (!scheme) return { ok: false, rule: 'not-sold' };
  const under = [...facts.sales.values()].filter((sale) => sale.right === entitlementId);
  const sum = (sales: ReadonlyArray<{ readonly sets: number }>) => sales.reduce((total, sale) => total + sale.sets, 0);
  const stock = stockLease === undefined ? undefined : facts.stock.get(stockLease);
  const sold = stock === undefined ? 0 : sum([...facts.sales.values()].filter((sale) => sale.stockLease === stock.id));
  return sellSets({
    operationId,
    occurredAt,
    accountId,
    device: facts.deviceId,
    scheme,
    right: entitlementId === null ? undefined : facts.rights.get(entitlementId),
    standing: undefined,
    bought: { underRight: sum(under), byAccount: sum(under.filter((sale) => sale.accountId === accountId)) },
    stock: stock?.schemeId === schemeId ? { id: stock.id, left: stock.sets - sold } : null,
    sets,
    staff,
  });
}

function withoutSets({ operationId, kind, accountId, schemeId, occurredAt, lots, postings, staff }: Movement): Movement {
  return { operationId, kind, accountId, schemeId, entitlementId: null, occurredAt, lots, postings, ...(staff ? { staff } : {}) };
}

export function checkRefund(claimed: Movement, facts: PostingFacts): Verdict {
  const { operationId, occurredAt, staff = [] } = claimed;
  const sale = originOf(claimed, facts);
  if (!sale) return fault('unknown-operation', 'The sale that it gives back is not in the books.');
  const built = refundOfSale({ operationId, occurredAt, sale, claim: claimOf(sale, facts), device: facts.deviceId, staff });
  return compared(built, claimed);
}

export function checkLoadOfSale(claimed: Movement, facts: PostingFacts): Verdict {
  const { operationId, occurredAt } = claimed;
  const sale = originOf(claimed, facts);
  if (!sale) return fault('unknown-operation', 'The sale that it loads is not in the books.');
  const scheme = facts.schemes.get(sale.schemeId);
  if (!scheme) return fault('differs', 'The town has no such scheme.');
  const built = loadOfSale({ operationId, occurredAt, sale, claim: claimOf(sale, facts), scheme, balance: usableOf(facts, sale.accountId, sale.schemeId, dateInTokyo(occurredAt)) });
  return compared(built, claimed);
}

const originOf = ({ ofOperation }: Movement, facts: PostingFacts) => (ofOperation === undefined ? undefined : facts.origins.get(ofOperation));
const claimOf = (sale: Movement, facts: PostingFacts) => facts.holdings.claim(claimAccount(sale.accountId, sale.operationId));

function compared(built: Built, claimed: Movement): Verdict {
  if (!built.ok) return built.rule === 'claim-used' ? fault('claim-used', 'What was paid for has been loaded, or given back, already.') : againstTheRule(built.rule);
  const differs = differing(built.movement, claimed);
  return differs === '' ? posted(claimed) : fault('differs', `The device reports other values than the rules give: ${differs}.`);
}
