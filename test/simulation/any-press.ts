/** Somebody presses what a screen offers, without thinking long about what of it. */
import type { Choice, Press } from '../../contract/kiosk.ts';
import type { Chance } from '../../backend/seed/constant-chance.ts';

export function anyPress(choice: Choice, chance: Pick<Chance, 'below'>): Press {
  if (choice === 'pick') return { choice, index: chance.below(4) };
  return choice === 'answer' ? { choice, answer: null } : { choice };
}
