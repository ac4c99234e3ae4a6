/**
 * Slow hands come to the kiosk: they miss, tremble, slide, let go beside the button, lift the card, walk away and come back. Each errand is done
 * every time, once, and to the yen. `npm run simulate -- --tier hands` lets them come a hundred times.
 */
import { expect, it } from 'vitest';
import { ERRANDS } from '../slow-hands/errands.ts';
import { runSlowHands } from '../slow-hands/slow-hands.ts';

const TIMES = 10;

it('slow hands get done what they came for, every time', async () => {
  const { passed, failures, did } = await runSlowHands({ times: TIMES }, () => undefined);
  expect(failures, 'again: npm run simulate -- --tier hands --first SEED --seeds 1').toEqual([]);
  expect(passed).toBe(TIMES * ERRANDS.length);
  for (const habit of ['thinks', 'misses', 'lets go outside', 'slides', 'trembles', 'lifts the card', 'walks away', 'presses another', 'changes settings', 'calls staff']) expect(did.get(habit) ?? 0, habit).toBeGreaterThan(0);
}, 1_800_000);
