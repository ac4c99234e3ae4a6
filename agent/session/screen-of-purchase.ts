/** The screens of a purchase, and of everything received at once. Pure. */
import type { SnapshotFrom } from 'xstate';
import type { OfferView, Screen } from '../../contract/kiosk.ts';
import type { BoughtView, BuyerCardWanted, SaleView, StaffCardWanted } from '../../contract/purchase-screens.ts';
import { daysBetween } from '../../contract/time.ts';
import { lastDayOfLot } from '../../contract/value.ts';
import type { SetsOnSale } from '../services/sets-on-sale.ts';
import type { Holder, Offer } from '../services/show-balance.ts';
import { cashFor, isByCode, partOf, type Bought, type Buying } from './buying.ts';
import type { sessionMachine } from './session-machine.ts';
import { turnOf, type SessionContext } from './session-parts.ts';
import { SESSION_TIMINGS } from './timings.ts';

type State = SnapshotFrom<typeof sessionMachine>;

export const offerView = ({ entitlement, scheme }: Offer): OfferView => ({ name: scheme.name, unit: scheme.unit, amount: entitlement.amount, takeBy: entitlement.lastDay });
export const saleView = ({ scheme, terms, most }: SetsOnSale): SaleView => ({ name: scheme.name, unit: scheme.unit, price: terms.priceYen, paid: terms.paid, premium: terms.premium, most });

/** @returns null when another screen is shown */
export function screenOfPurchase(state: State, around: { readonly deviceLabel: string }): Screen | null {
  const { context } = state;
  const { holder, buying, bought, loadedAll } = context;
  if (state.matches({ session: { told: 'bought' } }) && bought) return boughtScreen(bought);
  if (state.matches({ session: { told: 'loadedAll' } }) && loadedAll) {
    const { received, left, stopped, holder: now } = loadedAll;
    return { name: 'received-all', received: received.map((offer) => coming(offer, now)), left: left.length, stopped: stopped && (stopped.kind === 'refused' ? 'rule' : 'card') };
  }
  if (!holder) return null;
  if (state.matches({ session: 'writingAll' })) return { name: 'writing', card: context.presence.kind === 'shown' ? 'shown' : 'placed' };
  if (state.matches({ session: { choosing: 'noSale' } })) return { name: 'no-sale', sales: context.noSales.map(({ scheme, why }) => ({ name: scheme.name, why })) };
  if (state.matches({ session: { choosing: 'offers' } })) return { name: 'offers', offers: holder.offers.map(offerView), sales: context.sales.map(saleView) };
  if (state.matches({ session: { choosing: 'confirmingAll' } })) {
    const places = new Set(holder.offers.map(({ scheme }) => scheme.usableAt));
    return { name: 'receive-all', offers: holder.offers.map((offer) => coming(offer, holder)), usableAt: places.size === 1 ? [...places][0] ?? null : null };
  }
  return buying ? screenOfBuying(state, buying, around.deviceLabel) : null;
}

function screenOfBuying(state: State, buying: Buying, deviceLabel: string): Screen | null {
  const { context } = state;
  const { offer, sets, staff, recorded, refused } = buying;
  const at = (step: string) => state.matches({ session: { purchase: step } } as never);
  if (state.matches({ session: { choosing: { buying: 'howMany' } } })) return { name: 'buy-how-many', sale: saleView(offer) };
  const what = wanted(buying);
  if (state.matches({ session: { choosing: { buying: 'confirm' } } })) {
    const { held: before, lastDay, scheme } = offer;
    return { name: 'buy-confirm', what, sets, before, after: before + what.paid + what.premium, lastDay, usableAt: scheme.usableAt };
  }
  const { price } = what;
  if (at('calling')) return { name: 'buy-call-staff', price, why: whyStaffCard(context, buying) };
  if (at('looking') || at('signingIn') || at('recording')) return { name: 'reading', card: 'placed' };
  if (at('pin') && staff) return { name: 'staff-pin', tries: staff.tries, again: staff.again };
  if (at('counting')) return { name: 'buy-count-cash', what, sets };
  if (at('putCard')) return { name: 'buy-put-card', price, why: whyBuyerCard(context, buying), byCode: isByCode(context.holder) };
  if (at('receiving')) return { name: 'writing', card: isByCode(context.holder) ? 'shown' : 'placed', doing: 'buy' };
  if (at('waits') && recorded) return { name: 'buy-waits', what, number: `${deviceLabel}-預${recorded.number}` };
  if (at('stopped')) return { name: 'buy-stopped', rule: refused, cardThere: turnOf(context.presence) === context.turn };
  return at('stillThere') ? { name: 'still-there', secondsLeft: SESSION_TIMINGS.untilEnded / 1000 } : null;
}

function wanted({ offer: { scheme, terms }, sets }: Buying): BoughtView {
  return { name: scheme.name, unit: scheme.unit, price: sets * terms.priceYen, paid: sets * terms.paid, premium: sets * terms.premium };
}

function boughtScreen({ scheme, movement, balance }: Bought): Screen {
  const [paid, premium] = [partOf(movement, 'paid'), partOf(movement, 'premium')];
  const lastDay = movement.lots[0]?.lastDay ?? scheme.lastDay;
  const { name, unit, usableAt } = scheme;
  return { name: 'bought', what: { name, unit, price: cashFor(movement), paid, premium }, before: Math.max(0, balance - paid - premium), after: balance, lastDay, usableAt };
}

function coming({ entitlement, scheme }: Offer, { today }: Holder) {
  const lastDay = lastDayOfLot(scheme, today);
  return { name: scheme.name, unit: scheme.unit, amount: entitlement.amount, lastDay, daysLeft: daysBetween(today, lastDay) };
}

/** What is the matter on the reader, whoever's card is waited for; null when nothing is. */
function whyOnReader({ status, presence }: SessionContext): 'reader-lost' | 'several' | 'moved' | 'unreadable' | null {
  if (status.kind !== 'ready') return 'reader-lost';
  if (presence.kind === 'several') return 'several';
  return presence.kind === 'unreadable' ? (presence.why === 'mute' ? 'unreadable' : 'moved') : null;
}

function whyStaffCard(context: SessionContext, { looked, fault }: Buying): StaffCardWanted {
  const turn = turnOf(context.presence);
  if (context.presence.kind === 'present' && turn === context.turn) return 'own-card';
  if (fault !== null && fault !== 'other-card' && turn === looked) return fault;
  return whyOnReader(context) ?? 'asked';
}

function whyBuyerCard(context: SessionContext, { looked, fault }: Buying): BuyerCardWanted {
  if (context.presence.kind === 'present' && turnOf(context.presence) === looked) return fault === 'other-card' || fault === 'moved' ? fault : 'staff-card';
  return whyOnReader(context) ?? (fault === 'moved' ? 'moved' : 'asked');
}
