/** What somebody was asked about their points and confirmed, and what came of it. */
import type { OperationId } from '../../contract/ids.ts';
import type { Activity } from '../../contract/scheme-rules.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { PointsSlip } from '../printing/points-slip.ts';
import { lastDayOfLot } from '../../contract/value.ts';
import type { Ports } from '../ports.ts';
import type { DebitPorts } from '../services/debit-value.ts';
import { exchangePoints } from '../services/exchange-points.ts';
import { givePoints } from '../services/give-points.ts';
import type { MoveResult } from '../services/move-value.ts';
import type { ExchangeOffer, GiveOffer, PaperOffer } from '../services/points-offered.ts';
import type { Holder } from '../services/show-balance.ts';
import { takeAsPaper } from '../services/take-as-paper.ts';

export type PointsAsked =
  | { readonly does: 'exchange'; readonly offer: ExchangeOffer; readonly times: number; readonly operationId: OperationId }
  | { readonly does: 'give'; readonly offer: GiveOffer; readonly activity: Activity; readonly amount: number; readonly operationId: OperationId }
  | { readonly does: 'paper'; readonly offer: PaperOffer; readonly amount: number; readonly operationId: OperationId };

/** @throws LedgerUnavailable; then nothing was changed, or the intent is open and is decided at the next tap */
export function doWhatWasAsked(asked: PointsAsked, holder: Holder, ports: DebitPorts & Pick<Ports, 'printer'>): Promise<MoveResult> {
  const { operationId, offer } = asked;
  const request = { operationId, holder, schemeId: offer.from.id, staff: [] };
  switch (asked.does) {
    case 'exchange':
      return exchangePoints({ ...request, to: asked.offer.to.id, times: asked.times }, ports);
    case 'give':
      return givePoints({ ...request, activity: asked.activity.id, amount: asked.amount }, ports);
    case 'paper':
      return takeAsPaper({ ...request, tickets: asked.amount }, ports);
  }
}

/** How many of them are asked for. */
export const takenBy = (asked: PointsAsked): number => (asked.does === 'exchange' ? asked.times * asked.offer.terms.give : asked.amount);

/** What is said of it when it is done, on the glass and on paper. */
export function pointsSlipOf(asked: Exclude<PointsAsked, { does: 'paper' }>, moved: Extract<MoveResult, { kind: 'moved' }>, holder: Holder, ledger: Pick<Ledger, 'schemes'>): PointsSlip {
  const { from } = asked.offer;
  const taken = takenBy(asked);
  const common = { kind: 'points' as const, from, taken, left: moved.balances.get(from.id) ?? 0 };
  if (asked.does === 'give') return { ...common, became: { kind: 'gift', activity: asked.activity.name } };
  const scheme = ledger.schemes().get(asked.offer.to.id) ?? asked.offer.to;
  const amount = moved.movement.postings.reduce((sum, { debit, amount: part }) => sum + (debit === `issued/${scheme.id}` ? part : 0), 0);
  const lastDay = moved.movement.lots[0]?.lastDay ?? lastDayOfLot(scheme, holder.today);
  return { ...common, became: { kind: 'value', scheme, amount, balance: moved.balances.get(scheme.id) ?? 0, lastDay } };
}
