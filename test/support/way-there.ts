/**
 * How somebody gets from wherever they stand at the window to a screen further on: what is done on each screen on the way, over and over, until
 * that screen is there. So a journey goes on after any trouble, whichever screen it led to.
 */
import type { ScreenName } from '../../contract/kiosk.ts';
import { until, type Town } from './town.ts';

export type Way = Readonly<Partial<Record<ScreenName, () => unknown>>>;

const LIMIT_MS = 60_000;
const AGAIN_MS = 5_000;

/** Lays this card on the reader, and takes away what lies there instead; null: nothing is to lie there. */
export function lay(town: Town, card: string | null): void {
  if (town.slots[0].card?.name === card) return;
  town.remove();
  if (card !== null) town.insert(card);
}

/** What leads on from the screens that are no errand's own. @param card whose visit it is; null when it needs none */
export function usualWay(town: Town, card: () => string | null): Way {
  const own = () => lay(town, card());
  return {
    start: own,
    'card-moved': own,
    'card-not-usable': () => lay(town, null),
    // The next card may come at once.
    farewell: own,
    survey: () => town.press('答えない'),
    'card-while-asking': () => lay(town, null),
    'print-trouble': () => town.press(/^(つづける|ほかの紙も作る)/),
    'still-there': () => town.press(/^つづける/),
  };
}

/** @throws Error naming the screen on which nothing led on */
export async function goTo(town: Town, there: ScreenName, way: Way): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    const shown = await town.shown();
    if (shown === there) return;
    if (performance.now() > end) throw new Error(`Nothing led from ${shown} to ${there}; the glass says ${await town.glass()}`);
    const before = await town.glass();
    // Of a question the next one has the same name; every other screen may change its words without being another.
    const isAnother = async () => (await town.shown()) !== shown || (shown === 'question' && (await town.glass()) !== before);
    try {
      await way[shown as ScreenName]?.();
    } catch (error) {
      // What was meant for this screen found another one already.
      if (!(await isAnother())) throw error;
    }
    // What was done may have been in vain, because the screen was just drawn anew: then it is done once more.
    await until('another screen', isAnother, AGAIN_MS).catch(() => undefined);
  }
}
