/**
 * A finger for tests. It touches at a time of its own, which the window sees in `Event.timeStamp`, however late a busy machine gets to it.
 * (Playwright's own `tap` waits until the window has dealt with each half of it, and is then there.)
 */
import type { CDPSession, Page } from 'playwright-core';

/** How long the finger stays on the glass. */
const TOUCH_MS = 30;

export class Finger {
  readonly #hand: CDPSession;

  private constructor(hand: CDPSession) {
    this.#hand = hand;
  }

  static async of(page: Page): Promise<Finger> {
    return new Finger(await page.context().newCDPSession(page));
  }

  /** @param at when it is said to happen, in ms since 1970. Begun is what can be begun at once; it is over when the window has dealt with it */
  async touch(place: { readonly x: number; readonly y: number }, at = Date.now()): Promise<void> {
    const send = (type: 'touchStart' | 'touchEnd', ms: number) => this.#hand.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchStart' ? [place] : [], timestamp: ms / 1_000 });
    await Promise.all([send('touchStart', at), send('touchEnd', at + TOUCH_MS)]);
  }
}
