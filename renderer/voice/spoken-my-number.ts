/** What is said around the My Number card. What was read of it is never said, also while it is shown, and no digit ever is. */
import type { Screen, ScreenName } from '../../contract/kiosk.ts';
import { placeAbout, placeTitle } from '../kiosk/screens/my-number-place-words.ts';
import { said, type SpokenPart } from './parts.ts';
import { spokenChoices } from './spoken-facts.ts';

type On<N extends ScreenName> = Extract<Screen, { name: N }>;

const otherWay = ({ way, otherWay: there }: On<'my-number-unknown' | 'my-number-locked'>) =>
  there ? [way === 'pin' ? ('button.printed-numbers' as const) : ('button.own-number' as const)] : [];

function placeParts(screen: On<'my-number-place'>): SpokenPart[] {
  const about = placeAbout(screen);
  return [
    said(placeTitle(screen.why)),
    ...(about ? [said(about)] : []),
    ...(screen.why === 'asked' ? [said('my-number.never-number')] : []),
    ...spokenChoices(['button.without-card'], ['button.back', 'button.stop']),
  ];
}

function pinParts({ way, tries }: On<'my-number-pin'>): SpokenPart[] {
  return [
    said(way === 'pin' ? 'my-number.secret' : 'my-number.birth'),
    said(way === 'pin' ? 'my-number.secret-about' : 'my-number.printed-about'),
    said('my-number.tries-left', { count: tries }),
    said('my-number.if-unsure'),
    ...spokenChoices(['button.do-not-know', way === 'pin' ? 'button.enter' : 'button.next-number', way === 'pin' ? 'button.shuffle' : 'button.where'], ['button.stop']),
  ];
}

export const MY_NUMBER_PARTS = {
  'my-number-place': placeParts,
  'my-number-pin': pinParts,
  'my-number-unknown': (screen: On<'my-number-unknown'>) => [
    said('my-number.unknown'),
    said('my-number.stays'),
    said('my-number.not-sent'),
    ...spokenChoices([...otherWay(screen), 'button.without-card'], ['button.back', 'button.stop']),
  ],
  'my-number-wrong-pin': ({ tries }: On<'my-number-wrong-pin'>) => [
    said('my-number.wrong'),
    said('my-number.tries-left', { count: tries }),
    said('my-number.stays'),
    ...spokenChoices(['button.do-not-try', 'button.again'], ['button.stop']),
  ],
  'my-number-last-try': () => [said('my-number.last-try'), said('my-number.last-try-about'), ...spokenChoices(['button.do-not-try', 'button.last-try'], ['button.stop'])],
  'my-number-locked': (screen: On<'my-number-locked'>) => [
    said('my-number.locked'),
    said('my-number.locked-about'),
    ...spokenChoices([...otherWay(screen), 'button.without-card'], ['button.stop']),
  ],
  'my-number-read': ({ shown }: On<'my-number-read'>) => [
    said('my-number.read'),
    said(shown ? 'my-number.read-about' : 'my-number.masked-spoken'),
    ...spokenChoices(['button.continue', shown ? 'button.hide-read' : 'button.show-read'], ['button.stop']),
  ],
  'my-number-take': () => [said('my-number.take'), said('my-number.take-about'), ...spokenChoices([], ['button.stop'])],
} as const satisfies Partial<{ readonly [N in ScreenName]: (screen: On<N>) => SpokenPart[] }>;
