/** Which screen a state of the session is, and what is true on it. A pure function: the window draws nothing else. */
import type { SnapshotFrom } from 'xstate';
import type { OfferView, Screen } from '../../contract/kiosk.ts';
import type { Moment } from '../../contract/time.ts';
import { troubleNumber } from '../../contract/trouble.ts';
import { lastDayOfLot } from '../../contract/value.ts';
import { balanceOf } from '../services/load-value.ts';
import type { Offer } from '../services/show-balance.ts';
import type { sessionMachine } from './session-machine.ts';
import { SESSION_TIMINGS } from './timings.ts';

export function screenOfSession(
  state: SnapshotFrom<typeof sessionMachine>,
  sync: { readonly confirmedAt: Moment | null; readonly online: boolean },
  codes: Extract<Screen, { name: 'start' }>['codes'],
): Screen {
  const { context } = state;
  const { holder } = context;
  const card = context.presence.kind === 'shown' || state.matches({ notUsable: 'told' }) ? 'shown' : 'placed';
  if (state.matches('idle')) return { name: 'start', codes };
  if (state.matches('starting')) return { name: 'starting' };
  if (state.matches('outOfService'))
    return { name: 'out-of-service', trouble: context.trouble, number: troubleNumber(context.trouble), interrupted: context.interrupted };
  if (state.matches('stillThere')) return { name: 'still-there', secondsLeft: SESSION_TIMINGS.untilEnded / 1000 };
  if (state.matches('cardMoved')) return { name: 'card-moved', during: context.movedDuring };
  if (state.matches('notUsable')) return { name: 'card-not-usable', why: context.notUsable, card };
  if (state.matches('farewell')) return { name: 'farewell', cardOnReader: state.matches({ farewell: 'lying' }) };

  if (state.matches({ session: 'reading' })) return { name: 'reading', card };
  if (state.matches({ session: 'writing' })) return { name: 'writing', card };
  if (state.matches({ session: 'printing' }) && context.slip) return { name: 'printing', slip: context.slip.kind };
  if (state.matches({ session: { told: 'refused' } })) return { name: 'load-refused', why: context.refusal };
  if (state.matches({ session: { told: 'loaded' } }) && context.loaded && holder) {
    const { offer, balance } = context.loaded;
    return { name: 'loaded', offer: offerView(offer), balance, lastDay: lastDayOfLot(offer.scheme, holder.today) };
  }
  if (state.matches({ session: { told: 'printed' } }) && context.slip) return { name: 'printed', slip: context.slip.kind };
  if (state.matches({ session: { told: 'printTrouble' } }) && context.slip)
    return { name: 'print-trouble', slip: context.slip.kind, trouble: context.printTrouble, number: troubleNumber(context.printTrouble) };

  const offer = holder?.offers[0];
  if (state.matches({ session: { choosing: 'confirming' } }) && holder && offer) {
    const before = balanceOf(holder, offer);
    return {
      name: 'confirm-load',
      offer: offerView(offer),
      before,
      after: before + offer.entitlement.amount,
      lastDay: lastDayOfLot(offer.scheme, holder.today),
      usableAt: offer.scheme.usableAt,
    };
  }
  if (state.matches({ session: { choosing: 'balance' } }) && holder) {
    return {
      name: 'balance',
      pockets: holder.pockets.map(({ name, unit, amount, lastDay, daysLeft }) => ({ name, unit, amount, lastDay, daysLeft })),
      offers: holder.offers.map(offerView),
      ...sync,
    };
  }
  throw new Error(`no screen for session state ${JSON.stringify(state.value)}`);
}

function offerView({ entitlement, scheme }: Offer): OfferView {
  return { name: scheme.name, unit: scheme.unit, amount: entitlement.amount, takeBy: entitlement.lastDay };
}
