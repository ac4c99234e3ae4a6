/** The screens on which a My Number card is linked, but for those of the card itself (`my-number-screens.ts`). Pure. */
import type { SnapshotFrom } from 'xstate';
import type { Screen } from '../../contract/kiosk.ts';
import type { OwnCard } from '../../contract/link-screens.ts';
import type { sessionMachine } from './session-machine.ts';
import { SESSION_TIMINGS } from './timings.ts';

type State = SnapshotFrom<typeof sessionMachine>;

/** @returns null when another screen is shown */
export function screenOfLink(state: State): Screen | null {
  if (state.matches({ session: { choosing: 'linkAbout' } })) return { name: 'link-about' };
  const { linking } = state.context;
  if (!state.matches({ session: 'linking' }) || !linking) return null;
  if (state.matches({ session: { linking: 'stillThere' } })) return { name: 'still-there', secondsLeft: SESSION_TIMINGS.untilEnded / 1000 };
  if (state.matches({ session: { linking: { telling: 'notKnown' } } })) return { name: 'link-not-known' };
  if (state.matches({ session: { linking: { telling: 'done' } } })) return { name: 'link-done', ownCard: ownCard(state) };
  if (state.matches({ session: { linking: { telling: 'notDone' } } })) return { name: 'link-not-done', why: linking.why, ownCard: ownCard(state) };
  // The town is asked, and the part of the card before its first step.
  return { name: 'link-asking' };
}

function ownCard(state: State): OwnCard {
  const there = state.matches({ session: { linking: { telling: { done: 'there' } } } }) || state.matches({ session: { linking: { telling: { notDone: 'there' } } } });
  if (there) return 'there';
  return state.context.status.kind === 'ready' ? 'wanted' : 'no-reader';
}
