/** What a slip that was printed says, for the ear. Pure. */
import type { OnPaper } from '../../contract/kiosk.ts';
import type { FeeLine } from '../../contract/procedure/fees.ts';
import { incidentNumberText } from '../printing/incident-slip.ts';
import { loadSlipOf } from '../printing/load-slip.ts';
import type { PointsSlip } from '../printing/points-slip.ts';
import { amountView, pocketView } from './amount-views.ts';
import { termsOf } from './asking.ts';
import type { SlipRequest } from './session-parts.ts';

export interface PaperAround {
  readonly fees: () => readonly FeeLine[];
  readonly deviceLabel: string;
  /** As a slip's number stands on it. */
  readonly numberOf: (slipNumber: number) => string;
}

/** Tickets say what they are on a screen of their own. */
export function onPaper(slip: Exclude<SlipRequest, { kind: 'tickets' }>, { fees, deviceLabel, numberOf }: PaperAround): OnPaper {
  switch (slip.kind) {
    case 'balance':
      return { slip: 'balance', pockets: slip.holder.pockets.map(pocketView) };
    case 'load': {
      const { scheme, movement, balance } = slip;
      const { received, lastDay } = loadSlipOf(movement, scheme, balance);
      return { slip: 'load', name: scheme.name, unit: scheme.unit, ...received, balance, lastDay, usableAt: scheme.usableAt };
    }
    case 'points':
      return { slip: 'points', ...movedView(slip.said) };
    case 'request': {
      const { draft, visit, slipNumber } = slip.request;
      return { slip: 'request', procedure: draft.procedure.name, number: numberOf(slipNumber), ...termsOf(draft, visit, fees()) };
    }
    case 'incident':
      return { slip: 'incident', number: incidentNumberText(deviceLabel, slip.undecided.number) };
  }
}

/** What became of points, as the screen and the slip say it. */
export function movedView({ from, taken, left, became }: PointsSlip): Omit<Extract<OnPaper, { slip: 'points' }>, 'slip'> {
  const common = { give: taken, from: amountView(from, left) };
  if (became.kind === 'gift') return { ...common, to: null, activity: became.activity };
  const { scheme, amount, balance, lastDay } = became;
  return { ...common, to: { ...amountView(scheme, balance), get: amount, lastDay }, activity: null };
}
