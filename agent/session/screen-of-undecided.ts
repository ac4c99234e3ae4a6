/** The screens of what nobody knows yet, and of what the card then told. Pure. */
import type { SnapshotFrom } from 'xstate';
import type { Screen } from '../../contract/kiosk.ts';
import { troubleNumber } from '../../contract/trouble.ts';
import { incidentNumberText } from '../printing/incident-slip.ts';
import { amountView } from './amount-views.ts';
import { onPaper, type PaperAround } from './on-paper.ts';
import type { sessionMachine } from './session-machine.ts';
import { turnOf } from './session-parts.ts';

/** @returns null when another screen is shown */
export function screenOfUndecided(state: SnapshotFrom<typeof sessionMachine>, around: PaperAround): Screen | null {
  const { undecided, decision, printTrouble, presence, turn, preview, weakProof, slip } = state.context;
  if (state.matches({ session: { told: 'decided' } }) && decision) return { name: 'decided', what: amountView(decision.scheme, decision.amount), happened: decision.happened };
  if (!state.matches('undecided') || !undecided) return null;
  if (state.matches({ undecided: 'printing' })) return { name: 'printing', slip: 'incident', preview };
  if (state.matches({ undecided: 'printed' }) && slip && slip.kind !== 'tickets') return { name: 'printed', paper: onPaper(slip, around), preview, weakProof };
  if (state.matches({ undecided: 'printTrouble' })) return { name: 'print-trouble', slip: 'incident', trouble: printTrouble, number: troubleNumber(printTrouble) };
  return {
    name: 'undecided',
    what: amountView(undecided.scheme, undecided.amount),
    number: incidentNumberText(around.deviceLabel, undecided.number),
    cash: undecided.cash,
    cardThere: turnOf(presence) !== '' && turnOf(presence) === turn,
  };
}
