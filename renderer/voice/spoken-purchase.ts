/** What is said of the screens on which sets are bought, and of everything received at once. No digit of a PIN is ever said. */
import type { KioskSnapshot, Screen, ScreenName } from '../../contract/kiosk.ts';
import type { BoughtView } from '../../contract/purchase-screens.ts';
import { buyerCardWords, noSaleWords, staffCardWords } from '../kiosk/screens/purchase-words.ts';
import { amountOf, named, said, type SpokenPart } from './parts.ts';
import { printerSays, spokenChoices } from './spoken-facts.ts';

type On<N extends ScreenName> = Extract<Screen, { name: N }>;
type Around = Omit<KioskSnapshot, 'screen'>;
type PurchaseScreen = 'no-sale' | 'receive-all' | 'received-all' | 'buy-how-many' | 'buy-confirm' | 'buy-call-staff' | 'staff-pin' | 'buy-count-cash' | 'buy-put-card' | 'bought' | 'buy-waits' | 'buy-stopped';

const BACK = ['button.back', 'button.stop'] as const;

const partsOf = ({ unit, paid, premium }: BoughtView): SpokenPart[] => [
  said('buy.paid-part'),
  amountOf(paid, unit),
  ...(premium > 0 ? [said('buy.gift-part'), amountOf(premium, unit)] : []),
];
const comings = (offers: On<'receive-all'>['offers'], { now }: Around): SpokenPart[] =>
  offers.flatMap(({ name, amount, unit, lastDay }): SpokenPart[] => [named(name, { otherwise: `voice.kind-${unit}` }), amountOf(amount, unit), { kind: 'until', day: lastDay, now }]);

export const PURCHASE_PARTS: { readonly [N in PurchaseScreen]: (screen: On<N>, around: Around) => SpokenPart[] } = {
  'no-sale': ({ sales }) => [
    said('no-sale.title'),
    ...sales.flatMap(({ name, why }): SpokenPart[] => [named(name), ...noSaleWords(why).map((key) => said(key))]),
    said('no-sale.ask'),
    ...spokenChoices([], ['button.back', 'button.finish']),
  ],
  'receive-all': ({ offers, usableAt }, around) => [
    said('receive-all.title'),
    ...comings(offers, around),
    said('load.free'),
    ...(usableAt === null ? [] : [named(usableAt, { lead: 'load.usable-at' })]),
    said('points.nothing-changes'),
    ...spokenChoices(['button.add-all', 'button.decline'], BACK),
  ],
  'received-all': ({ received, left, stopped }, around) => {
    const { choice, why } = printerSays(around.printer);
    return [
      said('received-all.title'),
      ...comings(received, around),
      ...(stopped === null ? [] : [said('received-all.left', { count: left }), said(`received-all.${stopped}`)]),
      ...why,
      ...spokenChoices([...choice, 'button.continue'], ['button.finish']),
    ];
  },
  'buy-how-many': ({ sale: { name, unit, price, paid, premium, most } }) => [
    said('buy.how-many'),
    named(name),
    said('buy.one-set'),
    ...Array.from({ length: most }, (_, index) => index + 1).flatMap((sets): SpokenPart[] => [
      said('buy.number-of', { count: sets }),
      said('buy.you-pay'),
      amountOf(sets * price, 'yen'),
      said('buy.you-get'),
      amountOf(sets * (paid + premium), unit),
    ]),
    ...spokenChoices([], BACK),
  ],
  'buy-confirm': ({ what, sets, lastDay, usableAt }, { now }) => [
    said('buy.title'),
    named(what.name),
    said('buy.number-of', { count: sets }),
    said('buy.you-pay'),
    amountOf(what.price, 'yen'),
    said('buy.you-get'),
    amountOf(what.paid + what.premium, what.unit),
    ...partsOf(what),
    { kind: 'until', day: lastDay, now },
    named(usableAt, { lead: 'load.usable-at' }),
    said('points.nothing-changes'),
    ...spokenChoices(['button.do-not-buy', 'button.pay'], BACK),
  ],
  'buy-call-staff': ({ price, why }) => {
    const { title, about } = staffCardWords(why);
    return [said(title), ...(about ? [said(about)] : []), said('staff-card.cash'), amountOf(price, 'yen'), ...spokenChoices([], ['button.stop'])];
  },
  'staff-pin': ({ tries, again }) => [
    said('staff-secret.title'),
    said('staff-secret.about'),
    ...(again ? [said('staff-secret.again')] : []),
    said('my-number.tries-left', { count: tries }),
    ...spokenChoices(['button.shuffle', 'button.enter'], ['button.stop']),
  ],
  'buy-count-cash': ({ what, sets }) => [
    said('count.title'),
    amountOf(what.price, 'yen'),
    named(what.name),
    said('buy.number-of', { count: sets }),
    ...spokenChoices(['button.cash-counted', 'button.no-cash']),
  ],
  'buy-put-card': ({ price, why, byCode }) => {
    const { title, about } = buyerCardWords(why, byCode);
    return [said('put-card.recorded'), amountOf(price, 'yen'), said(title), ...(about ? [said(about)] : []), ...spokenChoices([], ['button.later'])];
  },
  bought: ({ what, before, after, lastDay, usableAt }, { printer, now }) => {
    const { choice, why } = printerSays(printer);
    return [
      said('bought.title'),
      named(what.name),
      ...partsOf(what),
      said('bought.before'),
      amountOf(before, what.unit),
      said('loaded.balance'),
      amountOf(after, what.unit),
      { kind: 'until', day: lastDay, now },
      named(usableAt, { lead: 'load.usable-at' }),
      ...why,
      ...spokenChoices([...choice, 'button.continue'], ['button.finish']),
    ];
  },
  'buy-waits': ({ what, number }) => [
    said('safe.money'),
    said('put-card.yours'),
    said('buy-waits.title'),
    said('buy-waits.here'),
    said('buy-waits.cash'),
    amountOf(what.price, 'yen'),
    said('buy-waits.number'),
    named(number),
    ...spokenChoices([], ['button.finish']),
  ],
  'buy-stopped': ({ rule, cardThere }) => [
    said('safe.money'),
    said('safe.nothing-changed'),
    said(rule === null ? 'buy-stopped.title' : `not-done.${rule}`),
    ...(rule === null ? [] : [said(`not-done.${rule}-about`)]),
    said('buy-stopped.cash'),
    ...spokenChoices(cardThere ? ['button.continue'] : [], ['button.finish']),
  ],
};
