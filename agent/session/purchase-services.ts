/** What a purchase asks of the rest of the agent, on its ports. */
import type { DeviceId } from '../../contract/ids.ts';
import { recordSale } from '../services/sell-sets.ts';
import type { MovePorts } from '../services/move-value.ts';
import { setsOnSale } from '../services/sets-on-sale.ts';
import type { PresentCard, ShowBalanceResult } from '../services/show-balance.ts';
import { signIn, staffCardOf } from '../staff/sign-in.ts';
import { boughtOf, saleReceivedOf, shownAgain, staffLookOf, type PurchaseServices } from './buying.ts';

export interface PurchasePorts extends MovePorts {
  readonly device: DeviceId;
  /** Recognises a card, does what is due on it, reads it. */
  readonly look: (presence: PresentCard) => Promise<ShowBalanceResult>;
  readonly wakeSync: () => void;
  readonly staffCame: () => void;
  /** @returns undefined when it threw: then somebody above takes over */
  readonly guarded: <Result>(task: () => Result) => Result | undefined;
}

export function createPurchaseServices(ports: PurchasePorts): PurchaseServices {
  const { device, look, wakeSync, staffCame, guarded, ledger } = ports;
  const told: PurchaseServices['boughtOf'] = (load, holder) => guarded(() => boughtOf(load, holder, ledger)) ?? null;
  return {
    setsOnSale: (holder) => guarded(() => setsOnSale(holder, device, ports)) ?? { sales: [], noSales: [] },
    lookAtStaff: async (presence, serving) => {
      const shown = await look(presence);
      // The buyer's own still lies there, or again, and the reader was away meanwhile: nobody took it for that of staff.
      if (shown.kind === 'holder' && shown.holder.cardRef === serving.cardRef && ledger.staffOf(serving.accountId) === undefined) return { kind: 'own-card' };
      return staffLookOf(shown, (holder) => staffCardOf({ holder, serving: serving.accountId }, ports));
    },
    signInStaff: (holder, serving, entry) => entry.take((pin) => signIn({ holder, serving: serving.accountId, pin }, ports)),
    staffCame,
    recordSale: async (holder, { operationId, offer, sets, agreed }) => {
      const recorded = recordSale({ operationId, holder, schemeId: offer.scheme.id, sets, device, staff: agreed === null ? [] : [agreed] }, ports);
      wakeSync();
      return recorded.kind === 'recorded' ? { ...recorded, number: ledger.syncState().lastSeq } : recorded;
    },
    receiveSale: async (presence, buyer, sale) => {
      const shown = await look(presence ?? shownAgain(buyer));
      wakeSync();
      return saleReceivedOf(shown, buyer, sale, told);
    },
    boughtOf: told,
  };
}
