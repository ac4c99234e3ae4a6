/** What is said of a card that left before the end, for the eye and for the ear: by what it was in the middle of. */
import type { Screen } from '../../../contract/kiosk.ts';
import type { Key } from '../../strings/catalogue.ts';

interface Words {
  readonly about: Extract<Key, 'safe.nothing-changed' | 'safe.will-look' | 'undecided.safe'>;
  readonly end: Extract<Key, 'button.stop' | 'button.later'>;
}

export function cardMovedWords(during: Extract<Screen, { name: 'card-moved' }>['during']): Words {
  switch (during) {
    case 'reading':
    case 'choosing':
      return { about: 'safe.nothing-changed', end: 'button.stop' };
    case 'writing':
      return { about: 'safe.will-look', end: 'button.later' };
    case 'moving':
      return { about: 'undecided.safe', end: 'button.later' };
  }
}
