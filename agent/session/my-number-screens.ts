/** Which screen a state of the My Number card's part is. A pure function. */
import type { SnapshotFrom } from 'xstate';
import type { Screen } from '../../contract/kiosk.ts';
import { LocalDate } from '../../contract/time.ts';
import { hasOtherWay, type myNumberMachine } from './my-number-machine.ts';
import { SESSION_TIMINGS } from './timings.ts';

type MyNumberState = SnapshotFrom<typeof myNumberMachine>;
type PlaceScreen = Extract<Screen, { name: 'my-number-place' }>;

export function screenOfMyNumber(state: MyNumberState): Screen {
  const { context } = state;
  const { use, way, ways } = context;
  const opening = { use, way, otherWay: hasOtherWay(context) };
  if (state.matches('stillThere')) return { name: 'still-there', secondsLeft: SESSION_TIMINGS.untilEnded / 1000 };
  if (state.matches({ serving: 'looking' }) || state.matches({ serving: 'opening' })) return { name: 'reading', card: 'placed' };
  const tries = ways[way];
  if (typeof tries === 'number') {
    if (state.matches({ serving: 'pin' })) return { name: 'my-number-pin', ...opening, tries };
    if (state.matches({ serving: 'wrong' })) return { name: 'my-number-wrong-pin', ...opening, tries };
    if (state.matches({ serving: 'lastTry' })) return { name: 'my-number-last-try', ...opening };
  }
  if (state.matches({ serving: 'unknown' })) return { name: 'my-number-unknown', ...opening };
  if (state.matches({ serving: 'locked' })) return { name: 'my-number-locked', ...opening };
  if (state.matches({ serving: 'read' })) return { name: 'my-number-read', shown: state.matches({ serving: { read: 'shown' } }) ? readOf(state) : null };
  if (state.matches({ serving: 'take' })) return { name: 'my-number-take' };
  return { name: 'my-number-place', use, why: whyPlace(state) };
}

function whyPlace({ context }: MyNumberState): PlaceScreen['why'] {
  const { status, presence, own, generation, fault, again } = context;
  if (status.kind !== 'ready') return 'reader-lost';
  switch (presence.kind) {
    case 'several':
      return 'several';
    case 'unreadable':
      return presence.why === 'mute' ? 'unreadable' : 'moved';
    case 'present':
      if (presence.generation === own) return 'own-card';
      if (presence.generation === generation && fault !== null) return fault;
      break;
    case 'none':
    case 'shown':
      break;
  }
  return again ?? 'asked';
}

function readOf({ context }: MyNumberState): Extract<Screen, { name: 'my-number-read' }>['shown'] {
  if (context.opened?.kind !== 'read') return null;
  const { name, address, birthday } = context.opened.known;
  return {
    name: typeof name === 'string' ? name : '',
    address: typeof address === 'object' && address !== null && 'written' in address ? address.written : '',
    birthday: typeof birthday === 'string' ? LocalDate.parse(birthday) : null,
  };
}
