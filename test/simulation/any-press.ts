/** Somebody presses what a screen offers, without thinking long about what of it. */
import type { Choice, Press, Settings } from '../../contract/kiosk.ts';
import type { Chance } from '../../backend/seed/constant-chance.ts';

export function anyPress(choice: Choice, chance: Pick<Chance, 'below'>): Press {
  switch (choice) {
    case 'pick':
      return { choice, index: chance.below(4) };
    case 'answer':
      return { choice, answer: null };
    case 'settings':
      return { choice, settings: anySettings(chance) };
    case 'pin':
      return { choice, digits: Array.from({ length: 4 }, () => chance.below(10)) };
    default:
      return { choice };
  }
}

function anySettings(chance: Pick<Chance, 'below'>): Settings {
  const one = <T>(...of: readonly [T, ...T[]]): T => of[chance.below(of.length)] ?? of[0];
  return {
    text: one('usual', 'large'),
    colours: one('usual', 'contrast'),
    form: one('ja', 'easy', 'en'),
    readings: one(false, true),
    voice: one('off', 'normal', 'slow'),
    volume: one(1, 2, 3),
  };
}
