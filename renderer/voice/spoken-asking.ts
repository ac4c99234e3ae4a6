/** What is said of the screens on which somebody asks for something. What they type is never said back but by its keys' own tone. */
import type { Screen, ScreenName } from '../../contract/kiosk.ts';
import type { Words } from '../../contract/procedure/words.ts';
import { amountOf, named, said, worded, type SpokenPart } from './parts.ts';
import { spokenChoices, spokenOffers, spokenSales } from './spoken-facts.ts';

type On<N extends ScreenName> = Extract<Screen, { name: N }>;

/** Options as long lists are paged: all of them are said. */
const options = (of: readonly Words[]): SpokenPart[] => [said('voice.choices'), ...of.map(worded)];

export function questionParts({ procedure, ask, help, fault, view, optional, at, of }: On<'question'>): SpokenPart[] {
  return [
    ...(fault ? [said(`fault.${fault}`)] : []),
    worded(ask),
    ...(help ? [worded(help)] : []),
    ...(view.type === 'options' ? options(view.options) : []),
    worded(procedure),
    said('question.where', { at, of }),
    ...spokenChoices([], ['button.back', 'button.stop', ...(optional ? (['button.leave-out'] as const) : [])]),
  ];
}

export function reviewParts({ procedure, lines, ...terms }: On<'request-review'>): SpokenPart[] {
  return [
    said('review.title'),
    worded(procedure),
    ...lines.flatMap(({ label, value }) => [worded(label), value ? worded(value) : said('review.by-hand')]),
    ...spokenTerms(terms),
    ...spokenChoices(['button.ask'], ['button.back', 'button.stop']),
  ];
}

/** What it costs, what to bring, and what to mind. */
export const spokenTerms = ({ fee, bring, notes }: Pick<On<'request-review'>, 'fee' | 'bring' | 'notes'>): SpokenPart[] => [
  said('review.fee'),
  fee.kind === 'yen' ? amountOf(fee.total, 'yen') : said(`review.${fee.kind}`),
  ...(bring.length > 0 ? [said('review.bring'), ...bring.map(worded)] : []),
  ...(notes.length > 0 ? [said('review.notes'), ...notes.map(worded)] : []),
];

export const proceduresParts = ({ procedures, made }: On<'procedures'>): SpokenPart[] => [
  said('procedures.title'),
  said(made > 0 ? 'procedures.another' : 'procedures.lead'),
  ...options(procedures),
  ...spokenChoices([], ['button.back', made > 0 ? 'button.finish' : 'button.stop']),
];

export const offersParts = ({ offers, sales }: On<'offers'>, now: Parameters<typeof spokenOffers>[1]): SpokenPart[] => [said(sales.length > 0 ? 'offers.title-or-buy' : 'offers.title'), ...spokenOffers(offers, now), ...spokenSales(sales), ...spokenChoices(offers.length > 1 ? ['button.receive-all'] : [], ['button.back', 'button.finish'])];

const HISTORY = {
  load: 'history.load', sale: 'history.load', refund: 'history.taken-back', exchange: 'history.exchange', spend: 'history.spend', give: 'history.give', void: 'history.taken-back',
  transfer: 'history.transfer', expire: 'history.expire', reallocate: 'history.correct', correct: 'history.correct',
} as const;

export const historyParts = ({ movements }: On<'history'>): SpokenPart[] => [
  said(movements.length === 0 ? 'history.none' : 'history.title'),
  ...movements.flatMap(({ kind, name, unit, change }): SpokenPart[] => [named(name), amountOf(Math.abs(change), unit), said(HISTORY[kind])]),
  ...spokenChoices([], ['button.back', 'button.finish']),
];

export const aboutRequest = ({ procedure, number }: On<'withdraw-request' | 'request-withdrawn'>): SpokenPart[] => [worded(procedure), said('trouble.number'), named(number)];
