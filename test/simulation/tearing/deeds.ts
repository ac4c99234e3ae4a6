/** Tries the operation of a case with its production use case, as staff or the card's holder would at the kiosk. */
import { newOperationId } from '../../../agent/new-id.ts';
import type { DebitPorts } from '../../../agent/services/debit-value.ts';
import { exchangePoints } from '../../../agent/services/exchange-points.ts';
import { givePoints } from '../../../agent/services/give-points.ts';
import { loadValue } from '../../../agent/services/load-value.ts';
import type { MoveResult } from '../../../agent/services/move-value.ts';
import { sellSets } from '../../../agent/services/sell-sets.ts';
import type { Holder } from '../../../agent/services/show-balance.ts';
import { spendValue } from '../../../agent/services/spend-value.ts';
import { transferCard } from '../../../agent/services/transfer-card.ts';
import { voidLoad } from '../../../agent/services/void-load.ts';
import { HERE, STAFF, type CaseBooks } from './case-books.ts';
import type { Amounts } from './kiosk-words.ts';
import { FESTIVAL, GIVEN, HELD, NEW, SPENT, STALL, type Deed } from './pockets.ts';

/** What the person in front of the kiosk hears of it. */
export type Said = { readonly kind: 'committed'; readonly amounts: Amounts } | { readonly kind: 'not-committed' | 'unknown' };

/** @returns undefined when nothing was to be tried: nothing is offered, or it was due and done before the holder saw anything */
export async function tryDeed(deed: Deed, holder: Holder, books: CaseBooks, ports: DebitPorts): Promise<Said | undefined> {
  const before = Object.fromEntries(holder.pockets.map(({ schemeId, amount }) => [schemeId, amount]));
  const operationId = newOperationId(ports.clock, ports.randomness);
  const { capabilities } = holder.card;
  // Anybody can make a card without keys: value leaves through it only when staff agree.
  const debit = { operationId, holder, schemeId: HELD.id, staff: capabilities.authenticated ? [] : [STAFF] };
  const staff = [STAFF];
  switch (deed) {
    case 'grant':
    case 'grant-new': {
      const [offer] = holder.offers;
      if (!offer) return undefined;
      const loaded = await loadValue({ holder, offer }, ports);
      if (loaded.kind === 'loaded') return { kind: 'committed', amounts: { ...before, [offer.scheme.id]: loaded.balance } };
      return { kind: loaded.kind === 'unknown' ? 'unknown' : 'not-committed' };
    }
    case 'sale': {
      const sold = await sellSets({ operationId, holder, schemeId: HELD.id, sets: 1, device: HERE, staff }, ports);
      if (sold.kind === 'refused') return { kind: 'not-committed' };
      return said(before, sold.kind === 'sold' ? sold.received : sold.why);
    }
    case 'spend':
      return said(before, await spendValue({ ...debit, amount: SPENT, acceptor: STALL }, ports));
    case 'give':
      return said(before, await givePoints({ ...debit, amount: GIVEN, activity: FESTIVAL }, ports));
    case 'exchange':
      return said(before, await exchangePoints({ ...debit, to: NEW.id, times: 1 }, ports));
    case 'void': {
      if (!books.soldEarlier) throw new Error('Nothing was sold that could be taken back');
      return said(before, await voidLoad({ operationId, holder, load: books.soldEarlier.load.operationId, staff }, ports));
    }
    case 'transfer':
      return said(before, await transferCard({ operationId, holder, from: books.lostAccount, staff }, ports));
    case 'expire':
      return undefined;
  }
}

function said(before: Amounts, result: MoveResult): Said {
  switch (result.kind) {
    case 'moved':
      return { kind: 'committed', amounts: { ...before, ...Object.fromEntries(result.balances) } };
    case 'unknown':
      return { kind: 'unknown' };
    case 'refused':
    case 'suspect':
    case 'card-moved':
    case 'reader-lost':
      return { kind: 'not-committed' };
  }
}
