/**
 * Use case: sets of a scheme are sold for cash that staff counted in. The sale is durable before the card is touched: from then on the money is
 * the customer's claim, and what does not reach the card now is received at a later tap or given back.
 */
import type { DeviceId, OperationId, SchemeId, StaffId } from '../../contract/ids.ts';
import { sellSets as sellMovement, type Built } from '../../contract/movements.ts';
import type { Refusal } from '../../contract/refusal.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import type { Movement } from '../../contract/value.ts';
import { newEntryId } from '../new-id.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { countIsMissing, earlierPress, refused, type MovePorts, type MoveResult, type NotMoved } from './move-value.ts';
import { loadOfClaim, receiveClaim } from './receive-claim.ts';
import type { Holder } from './show-balance.ts';

export interface SaleRequest {
  /** Of the sale; made when staff were asked: pressing twice sells once. */
  readonly operationId: OperationId;
  readonly holder: Holder;
  readonly schemeId: SchemeId;
  readonly sets: number;
  /** Into whose drawer the cash was counted. */
  readonly device: DeviceId;
  readonly staff: readonly StaffId[];
}

export type SaleResult =
  | { readonly kind: 'sold'; readonly sale: Movement; readonly received: Extract<MoveResult, { kind: 'moved' }> }
  /** The cash was taken and is the customer's claim; the card does not have the sets, or nobody knows yet. */
  | { readonly kind: 'claimed'; readonly sale: Movement; readonly why: NotMoved }
  /** No cash may be taken; nothing changed. */
  | { readonly kind: 'refused'; readonly rule: Refusal };

/** @throws LedgerUnavailable; then nothing was changed, or the sale is recorded, or the intent is open as well */
export async function sellSets(request: SaleRequest, ports: MovePorts): Promise<SaleResult> {
  const { operationId, holder } = request;
  if (ports.ledger.fateOf(operationId) === 'committed') return soldBefore(request, ports.ledger);
  const recorded = recordSale(request, ports);
  if (recorded.kind === 'refused') return recorded;
  const { sale } = recorded;
  const received = await receiveClaim({ holder, sale: operationId }, ports);
  return received.kind === 'moved' ? { kind: 'sold', sale, received } : { kind: 'claimed', sale, why: received };
}

export type RecordedSale = { readonly kind: 'recorded'; readonly sale: Movement } | Extract<SaleResult, { kind: 'refused' }>;

/**
 * The cash alone: the sets come when the card is read next (`do-what-is-due.ts`). The holder's card need not lie there.
 * @throws LedgerUnavailable; then nothing was changed, or the sale is recorded
 */
export function recordSale(request: SaleRequest, ports: MovePorts): RecordedSale {
  const { operationId, holder } = request;
  const { ledger, clock, randomness, log } = ports;
  if (ledger.fateOf(operationId) === 'committed') return { kind: 'recorded', sale: saleOf(operationId, ledger) };
  const built = buildSale(request, ports);
  if (!built.ok) return refused(built.rule);
  const sale = built.movement;
  // What could never be received is not sold: no cash is taken for it.
  const load = loadOfClaim({ sale, claim: priceOf(sale), holder, operationId }, ports);
  if (!load.ok) return refused(load.rule);
  const recorded = ledger.recordCash(sale, { id: newEntryId(clock, randomness), at: sale.occurredAt });
  if (recorded !== 'recorded') return refused(recorded);
  log.event('cash-recorded', { kind: 'sale', operation: operationId });
  return { kind: 'recorded', sale };
}

/** What a sale would be, and what would come of it, when staff agree; or the rule that refuses. Changes nothing. */
export function whatWouldBeSold(request: SaleRequest, ports: Pick<MovePorts, 'ledger' | 'clock'>): Built {
  const built = buildSale(request, ports);
  if (!built.ok) return built;
  const { holder, operationId } = request;
  return loadOfClaim({ sale: built.movement, claim: priceOf(built.movement), holder, operationId }, ports);
}

function buildSale({ operationId, holder, schemeId, sets, device, staff }: SaleRequest, { ledger, clock }: Pick<MovePorts, 'ledger' | 'clock'>): Built {
  const { accountId, card } = holder;
  // Nothing could be put on it: no cash is taken for that.
  if (countIsMissing(holder)) return { ok: false, rule: 'not-held-here' };
  const now = momentFromEpoch(clock.now());
  const scheme = ledger.schemes().get(schemeId);
  if (!scheme) return { ok: false, rule: 'not-sold' };
  if (!card.capabilities.valueOnCard && ledger.holdsValueOnCard(accountId)) return { ok: false, rule: 'value-on-other-card' };
  const sell = (right: ReturnType<Ledger['rightsOf']>[number] | undefined) => {
    const under = right ? ledger.salesUnder(right.id) : [];
    const setsIn = (sales: readonly Movement[]) => sales.reduce((sum, sale) => sum + (sale.sets ?? 0), 0);
    return sellMovement({
      operationId, occurredAt: now, accountId, device, scheme, right, sets, staff,
      standing: ledger.standingOf(accountId, schemeId),
      bought: { underRight: setsIn(under), byAccount: setsIn(under.filter((sale) => sale.accountId === accountId)) },
      stock: ledger.stockOf(schemeId, now),
    });
  };
  // Of several rights, the first that allows it; when none does, the word of the first.
  const tried = ledger.rightsOf(accountId, schemeId, dateInTokyo(now), now).map(sell);
  return tried.find(({ ok }) => ok) ?? tried[0] ?? sell(undefined);
}

/** The first press took the cash; the second hears what became of it. */
function soldBefore({ operationId, holder }: SaleRequest, ledger: Ledger): SaleResult {
  const sale = saleOf(operationId, ledger);
  const load = ledger.loadsOf(sale.accountId, dateInTokyo(sale.occurredAt)).find(({ ofOperation }) => ofOperation === operationId);
  const received = load && earlierPress(load.operationId, holder, ledger);
  if (received?.kind === 'moved') return { kind: 'sold', sale, received };
  if (!ledger.openClaimsOf(sale.accountId).some((open) => open.operationId === operationId)) return refused('claim-used');
  return { kind: 'claimed', sale, why: ledger.claimOf(sale) > 0 ? { kind: 'card-moved' } : { kind: 'unknown' } };
}

function saleOf(operationId: OperationId, ledger: Pick<Ledger, 'movementOf'>): Movement {
  const sale = ledger.movementOf(operationId);
  if (sale?.kind !== 'sale') throw new Error(`The operation ${operationId} is no sale`);
  return sale;
}

const priceOf = ({ postings }: Movement): number => postings.reduce((sum, { amount }) => sum + amount, 0);
