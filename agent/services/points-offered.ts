/**
 * What somebody can do with what they have: exchange it for value of another scheme, give it to an activity, take tickets as paper; how much, and if not, why not.
 * Asked before anything is offered, so that nothing is refused after it was chosen that could have been known before. Reads only.
 */
import { AMOUNT_MAX, type Scheme } from '../../contract/value.ts';
import type { Refusal } from '../../contract/refusal.ts';
import type { Activity, ExchangeTerms, PaperTerms } from '../../contract/scheme-rules.ts';
import { usable } from '../../contract/movements.ts';
import { momentFromEpoch, type LocalDate } from '../../contract/time.ts';
import type { Ports } from '../ports.ts';
import { heldOf, onCardOf } from './move-value.ts';
import { readinessOf } from './printer-words.ts';
import { sensibleAmounts } from './sensible-amounts.ts';
import type { Holder } from './show-balance.ts';
import { whyValueWouldStay } from './value-may-leave.ts';

interface Offered {
  readonly from: Scheme;
  /** What of it the holder has, in its unit. */
  readonly held: number;
  /** In its unit: the least that can be taken. */
  readonly step: number;
  /** How many steps are suggested, the most first. Empty when it cannot be done. */
  readonly steps: readonly number[];
  readonly why: Refusal | null;
}

export type PointsOffer =
  | (Offered & { readonly does: 'exchange'; readonly to: Scheme; readonly terms: ExchangeTerms; readonly heldOfTo: number })
  | (Offered & { readonly does: 'give'; readonly activities: readonly Activity[] })
  /** `lastDay`: of the ticket that ends first. */
  | (Offered & { readonly does: 'paper'; readonly terms: PaperTerms; readonly lastDay: LocalDate });

export type ExchangeOffer = Extract<PointsOffer, { does: 'exchange' }>;
export type PaperOffer = Extract<PointsOffer, { does: 'paper' }>;
export type GiveOffer = Extract<PointsOffer, { does: 'give' }>;

/** @param input.online the town can be asked now @throws LedgerUnavailable */
export function pointsOffered({ holder, online }: { readonly holder: Holder; readonly online: boolean }, ports: Pick<Ports, 'ledger' | 'clock' | 'printer'>): PointsOffer[] {
  const { ledger, clock, printer } = ports;
  const { today, accountId } = holder;
  const schemes = ledger.schemes();
  const runs = ({ firstDay, lastDay }: { readonly firstDay: string; readonly lastDay: string }) => firstDay <= today && today <= lastDay;
  const now = momentFromEpoch(clock.now());
  const stay = (useCase: 'exchange' | 'give' | 'spend') => whyValueWouldStay({ holder, useCase, online, now }, ledger);
  const noPaper = readinessOf(printer.status()) === 'ready' ? null : 'no-paper';
  const stays = { exchange: stay('exchange'), give: stay('give'), paper: stay('spend') ?? noPaper };
  const free = ledger.freeLotsOf(accountId);

  return holder.pockets.flatMap(({ schemeId, amount: held, lastDay }): PointsOffer[] => {
    const from = schemes.get(schemeId);
    if (!from?.rules || !runs(from)) return [];
    const most = onCardOf(holder, schemeId) ?? usable(free, schemeId, today);
    const offered = (step: number, does: PointsOffer['does'], limit = Infinity): Offered => {
      const max = Math.min(Math.floor(most / step), limit);
      const why = stays[does] ?? (max >= 1 ? null : 'not-enough');
      return { from, held, step, steps: why === null ? sensibleAmounts(max) : [], why };
    };
    const exchanges = (from.rules.exchange ?? []).flatMap((terms): PointsOffer[] => {
      const to = schemes.get(terms.to);
      if (!to || to.id === from.id || !runs(terms) || !runs(to)) return [];
      const heldOfTo = heldOf(holder, to.id);
      return [{ ...offered(terms.give, 'exchange', Math.floor((AMOUNT_MAX - heldOfTo) / terms.get)), does: 'exchange', to, terms, heldOfTo }];
    });
    const { give, paper } = from.rules;
    return [
      ...exchanges,
      ...(give ? [{ ...offered(give.step, 'give'), does: 'give' as const, activities: give.activities }] : []),
      ...(paper ? [{ ...offered(1, 'paper', paper.most), does: 'paper' as const, terms: paper, lastDay }] : []),
    ];
  });
}
