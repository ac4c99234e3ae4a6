/** Facts as they are spoken on more than one screen: pockets, offers, choices, and where there is no paper. */
import type { KioskSnapshot, OfferView, PocketView } from '../../contract/kiosk.ts';
import type { SaleView } from '../../contract/purchase-screens.ts';
import type { Moment } from '../../contract/time.ts';
import type { Unit } from '../../contract/value.ts';
import type { Key } from '../strings/catalogue.ts';
import { SOON_DAYS_MAX } from '../strings/dates.ts';
import { amountOf, named, said, type SpokenPart } from './parts.ts';

type ButtonKey = Extract<Key, `button.${string}`>;

/** The scheme's name, or what kind of value it is where nobody can read names aloud. */
export const schemeName = (name: string, unit: Unit): SpokenPart => named(name, { otherwise: `voice.kind-${unit}` });

function spokenPocket({ name, unit, amount, lastDay, daysLeft }: PocketView, now: Moment): SpokenPart[] {
  const soon: SpokenPart[] = daysLeft <= SOON_DAYS_MAX ? [{ kind: 'days-left', days: daysLeft }] : [];
  return [schemeName(name, unit), amountOf(amount, unit), { kind: 'until', day: lastDay, now }, ...soon];
}

/** What a card holds, as on the screen and on the balance slip; nothing is left to a second page. */
export function spokenPockets(pockets: readonly PocketView[], now: Moment): SpokenPart[] {
  if (pockets.length === 0) return [said('balance.none')];
  return [said('balance.title'), ...pockets.flatMap((pocket) => spokenPocket(pocket, now))];
}

export const spokenOffer = ({ name, amount, unit }: OfferView): SpokenPart[] => [schemeName(name, unit), amountOf(amount, unit)];

/** Each offer with the last day to take it. */
export function spokenOffers(offers: readonly OfferView[], now: Moment): SpokenPart[] {
  if (offers.length === 0) return [];
  const each = offers.flatMap((offer): SpokenPart[] => [...spokenOffer(offer), said('voice.take-by'), { kind: 'until', day: offer.takeBy, now }]);
  return [said('balance.offers', { count: offers.length }), ...each];
}

/** What is on sale, and for how much. */
export const spokenSales = (sales: readonly SaleView[]): SpokenPart[] =>
  sales.flatMap(({ name, unit, price, paid, premium }): SpokenPart[] => [schemeName(name, unit), said('buy.you-pay'), amountOf(price, 'yen'), said('buy.you-get'), amountOf(paid + premium, unit)]);

/** The buttons that lead to what can be received and bought. On a glass without room for both they are one, which names both. */
export const receiveButtons = (offers: readonly OfferView[], sales: readonly SaleView[]): ButtonKey[] => [
  ...(offers.length > 0 ? (['button.receive'] as const) : []),
  ...(sales.length > 0 ? (['button.buy'] as const) : []),
];

/** The print button's words, or why there is none. */
export function printerSays(printer: KioskSnapshot['printer']): { readonly choice: ButtonKey[]; readonly why: SpokenPart[] } {
  return printer === 'ready' ? { choice: ['button.print'], why: [] } : { choice: [], why: [said(`paper.${printer}`)] };
}

/** The choices on the glass, by the words on their buttons; then, shortly, the bottom bar, which ends with 職員を呼ぶ everywhere. */
export function spokenChoices(choices: readonly ButtonKey[], bar: readonly ButtonKey[] = []): SpokenPart[] {
  const buttons = (keys: readonly ButtonKey[]) => keys.map((key) => said(key));
  return [...(choices.length > 0 ? [said('voice.choices'), ...buttons(choices)] : []), said('voice.bar'), ...buttons([...bar, 'button.staff'])];
}
