/**
 * An old hand at the glass: it thinks for a while, touches beside the button, touches twice or three times, slides, lets go somewhere else, puts
 * the card down again in the middle, reads something else first, or walks away and comes back. It only knows what is on the glass.
 */
import type { Locator, Page } from 'playwright-core';
import type { Chance } from '../../backend/seed/constant-chance.ts';
import type { Finger } from '../../renderer/gallery/finger.ts';

/** How often, in percent of what is done. */
const HABITS = { thinks: 12, misses: 18, letsGoOutside: 10, trembles: 35, slides: 20 } as const;
/** Until somebody who thinks goes on. */
const THINKS_MS_MAX = 40_000;
const TREMBLE_MS_MAX = 180;

export class SlowHands {
  readonly #page: Page;
  readonly #finger: Finger;
  readonly #chance: Chance;
  readonly #passTime: (ms: number) => Promise<void>;
  /** What these hands did, by kind. */
  readonly did = new Map<string, number>();

  constructor({ page, finger }: { readonly page: Page; readonly finger: Finger }, chance: Chance, passTime: (ms: number) => Promise<void>) {
    this.#page = page;
    this.#finger = finger;
    this.#chance = chance;
    this.#passTime = passTime;
  }

  count(what: string): void {
    this.did.set(what, (this.did.get(what) ?? 0) + 1);
  }

  /** Means this button, and touches the glass somehow. Whether anything came of it is seen on the glass. */
  async press(button: Locator): Promise<void> {
    const chance = this.#chance;
    if (chance.percent(HABITS.thinks)) {
      this.count('thinks');
      await this.#passTime(chance.below(THINKS_MS_MAX));
    }
    const box = await this.#boxOf(button);
    if (!box) return;
    if (chance.percent(HABITS.misses)) await this.#miss();
    const at = { x: box.x + box.width * (0.15 + chance.below(70) / 100), y: box.y + box.height * (0.2 + chance.below(60) / 100) };
    if (chance.percent(HABITS.letsGoOutside)) {
      this.count('lets go outside');
      return this.#drag(at, { x: box.x + box.width / 2, y: Math.max(2, box.y - 30) });
    }
    if (chance.percent(HABITS.slides)) {
      this.count('slides');
      return this.#drag(at, { x: box.x + box.width * 0.5, y: box.y + box.height * 0.5 });
    }
    let when = Date.now();
    await this.#finger.touch(at, when);
    if (!chance.percent(HABITS.trembles)) return;
    this.count('trembles');
    for (let again = chance.below(2); again >= 0; again -= 1) {
      const pause = 40 + chance.below(TREMBLE_MS_MAX);
      await this.#page.waitForTimeout(pause);
      // A hand trembles no slower on a busy machine.
      when += pause;
      await this.#finger.touch({ x: at.x + chance.below(14) - 7, y: at.y + chance.below(14) - 7 }, when);
    }
  }

  async #drag(from: { readonly x: number; readonly y: number }, to: { readonly x: number; readonly y: number }): Promise<void> {
    const { mouse } = this.#page;
    await mouse.move(from.x, from.y);
    await mouse.down();
    await mouse.move(to.x, to.y, { steps: 3 });
    await mouse.up();
  }

  /** Touches the glass where no button is. */
  async #miss(): Promise<void> {
    const size = this.#page.viewportSize() ?? { width: 1, height: 1 };
    const places = Array.from({ length: 12 }, () => ({ x: this.#chance.below(size.width), y: this.#chance.below(size.height) }));
    const place = await this.#page.evaluate((all) => all.find(({ x, y }) => !document.elementFromPoint(x, y)?.closest('button')), places);
    if (!place) return;
    this.count('misses');
    await this.#finger.touch(place);
  }

  async #boxOf(button: Locator) {
    // The screen may go while it is looked at.
    return button.boundingBox({ timeout: 500 }).catch(() => null);
  }
}
