/** What is said where a My Number card is wanted, on the glass and aloud. */
import type { Screen } from '../../../contract/kiosk.ts';
import type { Key } from '../../strings/catalogue.ts';

type PlaceScreen = Extract<Screen, { name: 'my-number-place' }>;
type Why = PlaceScreen['why'];
type PlainKey = Extract<Key, `my-number.place${string}`>;

export function placeTitle(why: Why): PlainKey {
  switch (why) {
    case 'asked':
      return 'my-number.place';
    case 'moved':
    case 'unsure':
      return 'my-number.place-moved';
    default:
      return `my-number.place-${why}`;
  }
}

export function placeAbout({ why, use }: PlaceScreen): PlainKey | null {
  switch (why) {
    case 'asked':
      return `my-number.place-${use}`;
    case 'several':
      return null;
    default:
      return `my-number.place-${why}-about`;
  }
}
