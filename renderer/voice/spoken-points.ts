/** What is said of the screens on which points are exchanged or given, and of what nobody knows yet. */
import type { KioskSnapshot, Screen, ScreenName } from '../../contract/kiosk.ts';
import type { Moment } from '../../contract/time.ts';
import { amountOf, named, said, type SpokenPart } from './parts.ts';
import { printerSays, spokenChoices } from './spoken-facts.ts';

type On<N extends ScreenName> = Extract<Screen, { name: N }>;
type Around = Omit<KioskSnapshot, 'screen'>;
type PointsScreen = 'points' | 'exchange-amount' | 'exchange-confirm' | 'give-where' | 'give-amount' | 'give-confirm' | 'moved' | 'not-done' | 'undecided' | 'decided';

const CAN = { exchange: 'points.can-exchange', give: 'points.can-give', paper: 'points.can-paper' } as const;
const BACK = ['button.back', 'button.stop'] as const;
const have = ({ name, amount, unit }: On<'give-where'>['from']): SpokenPart[] => [named(name), said('points.have'), amountOf(amount, unit)];

/** What became of points. */
export const spokenMove = ({ give, from, to, activity }: Omit<On<'moved'>, 'name'>, now: Moment): SpokenPart[] => [
  ...(activity === null ? [] : [named(activity)]),
  amountOf(give, from.unit),
  ...(to ? ([named(to.name), amountOf(to.amount, to.unit), { kind: 'until', day: to.lastDay, now }] as const) : []),
  named(from.name),
  said('exchange.left'),
  amountOf(from.amount, from.unit),
];

export const POINTS_PARTS: { readonly [N in PointsScreen]: (screen: On<N>, around: Around) => SpokenPart[] } = {
  points: ({ options }) => [
    said('points.title'),
    ...options.flatMap(({ does, from, to, why }): SpokenPart[] => [
      named(from.name),
      amountOf(from.amount, from.unit),
      said(CAN[does]),
      ...(to === null ? [] : [named(to)]),
      ...(why === null ? [] : [said(why === 'not-enough' ? 'points.too-few' : `not-done.${why}`)]),
    ]),
    ...spokenChoices([], BACK),
  ],
  'exchange-amount': ({ from, to, unit, amounts }) => [
    said('exchange.how-many'),
    ...have(from),
    ...amounts.flatMap(({ give, get }): SpokenPart[] => [amountOf(give, from.unit), named(to), amountOf(get, unit)]),
    ...spokenChoices([], BACK),
  ],
  'exchange-confirm': ({ give, get, from, to, lastDay, usableAt }, { now }) => [
    said('exchange.title'),
    named(from.name),
    amountOf(give, from.unit),
    named(to.name),
    amountOf(get, to.unit),
    said('points.after-exchange'),
    amountOf(from.after, from.unit),
    amountOf(to.after, to.unit),
    { kind: 'until', day: lastDay, now },
    named(usableAt, { lead: 'load.usable-at' }),
    said('points.nothing-changes'),
    ...spokenChoices(['button.do-not-exchange', 'button.exchange'], BACK),
  ],
  'give-where': ({ from, activities }) => [said('give.where'), ...have(from), ...activities.map((activity) => named(activity)), ...spokenChoices([], BACK)],
  'give-amount': ({ from, activity, amounts }) => [said('give.how-many'), named(activity), ...have(from), ...amounts.map(({ give }) => amountOf(give, from.unit)), ...spokenChoices([], BACK)],
  'give-confirm': ({ give, from, activity }) => [
    said('give.title'),
    named(activity),
    named(from.name),
    amountOf(give, from.unit),
    said('points.after-gift'),
    amountOf(from.after, from.unit),
    said('points.nothing-changes'),
    ...spokenChoices(['button.do-not-give', 'button.give'], BACK),
  ],
  moved: (screen, { printer, now }) => {
    const { choice, why } = printerSays(printer);
    return [
      said(screen.to ? 'exchange.done' : 'give.done'),
      ...spokenMove(screen, now),
      ...why,
      ...spokenChoices([...choice, 'button.continue'], ['button.finish']),
    ];
  },
  'not-done': ({ why }) => [said('safe.money'), said('safe.nothing-changed'), said(`not-done.${why}`), said(`not-done.${why}-about`), ...spokenChoices(['button.continue'], ['button.finish'])],
  undecided: ({ cash, number, cardThere }, { printer }) => {
    const { choice, why } = printerSays(printer);
    return [
      said('safe.money'),
      said('undecided.safe'),
      said('undecided.title'),
      said('undecided.why'),
      ...(cash > 0 ? [said('undecided.cash'), amountOf(cash, 'yen')] : []),
      said('undecided.number'),
      named(number),
      ...why,
      ...spokenChoices([...(cardThere ? (['button.read-card'] as const) : []), ...(choice.length > 0 ? (['button.print-number'] as const) : [])], ['button.later']),
    ];
  },
  decided: ({ what, happened }) => [
    said('safe.money'),
    said(happened ? 'decided.happened' : 'decided.not-happened'),
    named(what.name),
    amountOf(what.amount, what.unit),
    said(happened ? 'decided.happened-about' : 'decided.not-happened-about'),
    ...spokenChoices(['button.continue'], ['button.finish']),
  ],
};
