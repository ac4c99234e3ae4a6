/** Which screen a state of the session is, and what is true on it. A pure function: the window draws nothing else. */
import type { ActorRefFrom, SnapshotFrom } from 'xstate';
import type { Screen } from '../../contract/kiosk.ts';
import type { Moment } from '../../contract/time.ts';
import { troubleNumber } from '../../contract/trouble.ts';
import { lastDayOfLot } from '../../contract/value.ts';
import { balanceOf } from '../services/load-value.ts';
import { pocketView } from './amount-views.ts';
import { questionScreen, reviewScreen, type Asking } from './asking.ts';
import { historyScreen, type HistorySources } from './history-screen.ts';
import { onPaper, type PaperAround } from './on-paper.ts';
import { screenOfLink } from './screen-of-link.ts';
import { screenOfPaper } from './screen-of-paper.ts';
import { screenOfPoints } from './screen-of-points.ts';
import { offerView, saleView, screenOfPurchase } from './screen-of-purchase.ts';
import { screenOfUndecided } from './screen-of-undecided.ts';
import type { myNumberMachine } from './my-number-machine.ts';
import { MY_NUMBER } from './my-number-part.ts';
import { screenOfMyNumber } from './my-number-screens.ts';
import type { sessionMachine } from './session-machine.ts';
import { SESSION_TIMINGS } from './timings.ts';

export function screenOfSession(
  state: SnapshotFrom<typeof sessionMachine>,
  around: {
    readonly sync: { readonly confirmedAt: Moment | null; readonly online: boolean };
    readonly codes: Extract<Screen, { name: 'start' }>['codes'];
    /** Something can be asked for here. */
    readonly procedures: boolean;
    /** The card that lies there can be linked with a My Number card. */
    readonly canLink: boolean;
  } & PaperAround & HistorySources,
): Screen {
  const { sync, codes, procedures, numberOf } = around;
  const { context } = state;
  const { holder } = context;
  const myNumber = myNumberOf(state);
  if (myNumber) return screenOfMyNumber(myNumber.getSnapshot());
  const card = context.presence.kind === 'shown' || state.matches({ notUsable: 'told' }) ? 'shown' : 'placed';
  if (state.matches('idle')) return { name: 'start', codes, procedures };
  if (state.matches('starting')) return { name: 'starting' };
  if (state.matches('outOfService'))
    return { name: 'out-of-service', trouble: context.trouble, number: troubleNumber(context.trouble), interrupted: context.interrupted };
  if (state.matches('stillThere')) return { name: 'still-there', secondsLeft: SESSION_TIMINGS.untilEnded / 1000 };
  const part = screenOfPoints(state, card) ?? screenOfPaper(state, numberOf) ?? screenOfLink(state) ?? screenOfUndecided(state, around) ?? screenOfPurchase(state, around);
  if (part) return part;
  if (state.matches('cardMoved')) return { name: 'card-moved', during: context.movedDuring };
  if (state.matches('notUsable')) return { name: 'card-not-usable', why: context.notUsable, card };
  if (state.matches('survey')) return { name: 'survey', cardOnReader: state.matches({ survey: 'lying' }) };
  if (state.matches('farewell')) return { name: 'farewell', cardOnReader: state.matches({ farewell: 'lying' }) };

  if (state.matches({ session: 'reading' })) return { name: 'reading', card };
  if (state.matches({ session: 'writing' })) return { name: 'writing', card };
  if (state.matches({ session: 'printing' }) && context.slip) return { name: 'printing', slip: context.slip.kind, preview: context.preview };
  if (state.matches({ session: { told: 'refused' } })) return { name: 'load-refused', why: context.refusal };
  if (state.matches({ session: { told: 'loaded' } }) && context.loaded && holder) {
    const { offer, balance } = context.loaded;
    return { name: 'loaded', offer: offerView(offer), balance, lastDay: lastDayOfLot(offer.scheme, holder.today) };
  }
  if (state.matches({ session: { told: 'printed' } }) && context.slip && context.slip.kind !== 'tickets') return { name: 'printed', paper: onPaper(context.slip, around), preview: context.preview, weakProof: context.weakProof };
  if (state.matches({ session: { told: 'printTrouble' } }) && context.slip && context.slip.kind !== 'tickets')
    return { name: 'print-trouble', slip: context.slip.kind, trouble: context.printTrouble, number: troubleNumber(context.printTrouble) };

  if (state.matches({ session: 'asking' }) && context.asking) {
    const screen = askingScreen(state, context.asking, numberOf);
    if (screen) return screen;
  }
  if (state.matches({ session: { choosing: 'menu' } })) return { name: 'menu', items: [...(context.points.length > 0 ? (['points'] as const) : []), ...(procedures ? (['procedures'] as const) : []), 'history', ...(context.noSales.length > 0 ? (['no-sale'] as const) : []), ...(around.canLink ? (['link'] as const) : [])] };
  if (state.matches({ session: { choosing: 'history' } }) && holder) return historyScreen(holder.accountId, around);
  const offer = holder?.offers[context.chosenOffer];
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
      pockets: holder.pockets.map(pocketView),
      offers: holder.offers.map(offerView),
      sales: context.sales.map(saleView),
      ...sync,
    };
  }
  throw new Error(`no screen for session state ${JSON.stringify(state.value)}`);
}

function askingScreen(state: SnapshotFrom<typeof sessionMachine>, asking: Asking, numberOf: (slipNumber: number) => string): Screen | null {
  const at = (asked: string) => state.matches({ session: { asking: asked } } as never);
  if (state.matches({ session: { asking: { working: 'procedures' } } })) return { name: 'procedures', procedures: asking.procedures.map(({ name }) => name), made: asking.made };
  if (state.matches({ session: { asking: { working: 'question' } } })) return questionScreen(asking);
  if (state.matches({ session: { asking: { working: 'review' } } })) return reviewScreen(asking);
  if (at('stillThere')) return { name: 'still-there', secondsLeft: SESSION_TIMINGS.untilEnded / 1000 };
  if (at('leaving')) return { name: 'leave-questions', made: asking.made };
  if (at('cardPut')) return { name: 'card-while-asking' };
  if (at('making')) return { name: 'printing', slip: 'request', preview: null };
  if (at('notTaken')) return { name: 'request-not-taken' };
  const { request } = asking;
  if (!request) return null;
  const about = { procedure: request.draft.procedure.name, number: numberOf(request.slipNumber) };
  if (at('withdrawing')) return { name: 'withdraw-request', ...about };
  return at('withdrawn') ? { name: 'request-withdrawn', ...about } : null;
}

/** Tells one step of the session from every other, those of its part and the next of several that are told included; null while the part is over and the session has not heard of it. */
export function stepOfSession(state: SnapshotFrom<typeof sessionMachine>): string | null {
  const part = myNumberOf(state)?.getSnapshot();
  if (part && part.status !== 'active') return null;
  return JSON.stringify(part ? [state.value, part.value] : [state.value, state.context.boughtNext.length]);
}

function myNumberOf({ children }: SnapshotFrom<typeof sessionMachine>): ActorRefFrom<typeof myNumberMachine> | undefined {
  return children[MY_NUMBER] as ActorRefFrom<typeof myNumberMachine> | undefined;
}
