/**
 * What somebody does with points and tickets while their card lies there: exchange them, give them to an activity, take them as paper. One question a screen; until it is
 * confirmed nothing is written down. The card's part in it is `moving` in `session-machine.ts`.
 */
import { assign } from 'xstate';
import type { Activity } from '../../contract/scheme-rules.ts';
import type { PointsOffer } from '../services/points-offered.ts';
import { sessionParts, type SessionContext, type SessionEvent } from './session-parts.ts';

interface Picking {
  readonly context: SessionContext;
  readonly event: Extract<SessionEvent, { type: 'pick' }>;
}

const offerPicked = ({ context, event }: Picking): PointsOffer | undefined => context.points[event.index];
const stepsPicked = ({ context, event }: Picking): number | undefined => context.option?.steps[event.index];
const activityPicked = ({ context, event }: Picking): Activity | undefined => (context.option?.does === 'give' ? context.option.activities[event.index] : undefined);
const can = (does: PointsOffer['does']) => (picking: Picking) => {
  const offer = offerPicked(picking);
  return offer?.does === does && offer.why === null;
};

/** Whether there is anything that could be done with points, or a reason why not: then the way there is shown. */
export const canPoints = ({ context }: { readonly context: Pick<SessionContext, 'points'> }): boolean => context.points.length > 0;

const askedToStay = { after: { untilAsked: '#session.stillThere' } } as const;

export const pointsStates = sessionParts.createStateConfig({
  initial: 'choosing',
  states: {
    choosing: {
      ...askedToStay,
      on: {
        pick: [
          { guard: can('exchange'), target: 'exchangeAmount', actions: assign((picking) => ({ option: offerPicked(picking) ?? null, activity: null })) },
          { guard: can('paper'), target: 'paperAmount', actions: assign((picking) => ({ option: offerPicked(picking) ?? null, activity: null })) },
          { guard: can('give'), target: 'giveWhere', actions: assign((picking) => ({ option: offerPicked(picking) ?? null, activity: null })) },
        ],
        'printer-changed': { actions: 'lookAtPoints' },
        back: '#balance',
      },
    },
    exchangeAmount: {
      ...askedToStay,
      on: {
        pick: {
          guard: (picking) => stepsPicked(picking) !== undefined,
          target: 'exchangeConfirm',
          actions: assign((picking) => {
            const { option, services } = picking.context;
            const times = stepsPicked(picking);
            if (option?.does !== 'exchange' || times === undefined) return {};
            return { asked: { does: 'exchange' as const, offer: option, times, operationId: services.newOperation() } };
          }),
        },
        back: 'choosing',
      },
    },
    exchangeConfirm: { ...askedToStay, on: { confirm: '#moving', decline: '#balance', back: 'exchangeAmount' } },
    giveWhere: {
      ...askedToStay,
      on: {
        pick: { guard: (picking) => activityPicked(picking) !== undefined, target: 'giveAmount', actions: assign((picking) => ({ activity: activityPicked(picking) ?? null })) },
        back: 'choosing',
      },
    },
    giveAmount: {
      ...askedToStay,
      on: {
        pick: {
          guard: (picking) => stepsPicked(picking) !== undefined,
          target: 'giveConfirm',
          actions: assign((picking) => {
            const { option, activity, services } = picking.context;
            const steps = stepsPicked(picking);
            if (option?.does !== 'give' || !activity || steps === undefined) return {};
            return { asked: { does: 'give' as const, offer: option, activity, amount: steps * option.step, operationId: services.newOperation() } };
          }),
        },
        back: 'giveWhere',
      },
    },
    paperAmount: {
      ...askedToStay,
      on: {
        pick: {
          guard: (picking) => stepsPicked(picking) !== undefined,
          target: 'paperConfirm',
          actions: assign((picking) => {
            const { option, services } = picking.context;
            const amount = stepsPicked(picking);
            if (option?.does !== 'paper' || amount === undefined) return {};
            return { asked: { does: 'paper' as const, offer: option, amount, operationId: services.newOperation() } };
          }),
        },
        back: 'choosing',
      },
    },
    paperConfirm: { ...askedToStay, on: { confirm: '#moving', decline: '#balance', back: 'paperAmount' } },
    giveConfirm: { ...askedToStay, on: { confirm: '#moving', decline: '#balance', back: 'giveAmount' } },
  },
});
