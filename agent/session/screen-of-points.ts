/** The screens of what is done with points and tickets. Pure. */
import type { SnapshotFrom } from 'xstate';
import type { Screen } from '../../contract/kiosk.ts';
import { lastDayOfLot, type Scheme } from '../../contract/value.ts';
import type { PointsOffer } from '../services/points-offered.ts';
import { partOf } from '../services/sensible-amounts.ts';
import { amountView } from './amount-views.ts';
import { movedView } from './on-paper.ts';
import { takenBy } from './points-asked.ts';
import type { sessionMachine } from './session-machine.ts';

type State = SnapshotFrom<typeof sessionMachine>;

/** @param card as `writing` says it @returns null when another screen is shown */
export function screenOfPoints(state: State, card: Extract<Screen, { name: 'writing' }>['card']): Screen | null {
  const { asked, pointsMoved, notDone } = state.context;
  if (state.matches({ session: 'moving' }) && asked) return { name: 'writing', card, doing: asked.does };
  if (state.matches({ session: { told: 'notDone' } }) && asked) return { name: 'not-done', of: asked.does, why: notDone };
  if (state.matches({ session: { told: 'moved' } }) && pointsMoved) return { name: 'moved', ...movedView(pointsMoved) };
  return state.matches({ session: { choosing: 'points' } }) ? screenOfChoosing(state) : null;
}

function screenOfChoosing(state: State): Screen | null {
  const { points, option, activity, asked, holder } = state.context;
  if (state.matches({ session: { choosing: { points: 'choosing' } } }))
    return {
      name: 'points',
      options: points.map((offer) => ({ does: offer.does, from: amountView(offer.from, offer.held), to: offer.does === 'exchange' ? offer.to.name : null, least: offer.step, why: offer.why })),
    };
  if (state.matches({ session: { choosing: { points: 'exchangeAmount' } } }) && option?.does === 'exchange') {
    const { terms, to } = option;
    const amounts = option.steps.map((times) => ({ give: times * terms.give, get: times * terms.get, part: partOfHeld(times * terms.give, option) }));
    return { name: 'exchange-amount', from: amountView(option.from, option.held), to: to.name, unit: to.unit, amounts };
  }
  if (state.matches({ session: { choosing: { points: 'paperAmount' } } }) && option?.does === 'paper') return { name: 'paper-amount', from: { name: option.from.name, tickets: option.held }, suggested: [...option.steps] };
  if (state.matches({ session: { choosing: { points: 'paperConfirm' } } }) && asked?.does === 'paper') {
    const { offer, amount } = asked;
    return { name: 'paper-confirm', scheme: offer.from.name, tickets: amount, before: offer.held, after: offer.held - amount, lastDay: offer.lastDay };
  }
  if (state.matches({ session: { choosing: { points: 'exchangeConfirm' } } }) && asked?.does === 'exchange' && holder) {
    const { offer, times } = asked;
    const [give, get] = [takenBy(asked), times * offer.terms.get];
    return {
      name: 'exchange-confirm',
      give,
      get,
      from: changeOf(offer.from, offer.held, -give),
      to: changeOf(offer.to, offer.heldOfTo, get),
      lastDay: lastDayOfLot(offer.to, holder.today),
      usableAt: offer.to.usableAt,
    };
  }
  if (option?.does !== 'give') return null;
  const from = amountView(option.from, option.held);
  if (state.matches({ session: { choosing: { points: 'giveWhere' } } })) return { name: 'give-where', from, activities: option.activities.map(({ name }) => name) };
  if (state.matches({ session: { choosing: { points: 'giveAmount' } } }) && activity)
    return { name: 'give-amount', from, activity: activity.name, amounts: option.steps.map((steps) => ({ give: steps * option.step, part: partOfHeld(steps * option.step, option) })) };
  if (state.matches({ session: { choosing: { points: 'giveConfirm' } } }) && asked?.does === 'give') return { name: 'give-confirm', give: asked.amount, from: changeOf(asked.offer.from, asked.offer.held, -asked.amount), activity: asked.activity.name };
  return null;
}

const partOfHeld = (amount: number, { held }: PointsOffer) => partOf(amount, held);
const changeOf = ({ name, unit }: Scheme, before: number, change: number) => ({ name, unit, before, after: before + change });
