/** One visit of slow hands for one errand, with everything that may happen on the way; and many of them. */
import { chromium, type Browser } from 'playwright-core';
import { constantChance, type Chance } from '../../backend/seed/constant-chance.ts';
import { buildRendererIfStale } from '../../scripts/renderer-build.ts';
import type { TierResult } from '../simulation/tier-result.ts';
import { CHROMIUM_WORDS } from '../support/town.ts';
import { cardFor, ERRANDS, goOn, type Errand } from './errands.ts';
import { HandsDesk, openWindow, type HandsWindow } from './hands-desk.ts';
import { SlowHands } from './hands.ts';

/** In percent of the looks at the glass; nobody walks away more often than this. */
const WALKS_MAX = 1;
const STRAYS = { liftsCard: 3, walksAway: 2, readsOther: 4, changesSettings: 2, callsStaff: 1 } as const;
/** More touches than this nobody has patience for. */
const LOOKS_MAX = 800;
const GONE_MS = 120_000;
const STEP_MS = 5_000;
/** A person looks before they touch. */
const LOOK_MS = 120;
/** Of a visit that went wrong, so many screens are told. */
const WAY_TOLD = 60;
/** Windows beside each other: what takes most of the time is waiting. */
const AT_ONCE = 6;

interface Visit {
  readonly errand: string;
  readonly seed: number;
  readonly faults: readonly string[];
  readonly looks: number;
  readonly did: ReadonlyMap<string, number>;
}

async function walkAway(desk: HandsDesk, hands: SlowHands, chance: Chance): Promise<void> {
  hands.count('walks away');
  if (chance.percent(60)) desk.take();
  for (let gone = 0; gone < GONE_MS && desk.screen.name !== 'start'; gone += STEP_MS) {
    await desk.passTime(STEP_MS);
    // The card was forgotten; somebody gives it back.
    if (desk.screen.name === 'farewell') desk.take();
  }
  desk.take();
}

/** Something that leads nowhere. @returns whether something was done */
async function stray(desk: HandsDesk, errand: Errand, hands: SlowHands, chance: Chance, screen: string): Promise<boolean> {
  if (chance.percent(STRAYS.walksAway) && (hands.did.get('walks away') ?? 0) < WALKS_MAX) {
    await walkAway(desk, hands, chance);
    return true;
  }
  if (errand.withCard && desk.lies !== null && chance.percent(STRAYS.liftsCard)) {
    hands.count('lifts the card');
    desk.take();
    return true;
  }
  const { page } = desk;
  if (chance.percent(STRAYS.callsStaff)) {
    hands.count('calls staff');
    await hands.press(page.locator('.staff'));
    return true;
  }
  if (screen !== 'start' && chance.percent(STRAYS.changesSettings)) {
    hands.count('changes settings');
    await hands.press(page.locator('.leaving .button').last());
    await page.waitForTimeout(LOOK_MS);
    const likes = page.locator('main.likes .button').filter({ hasText: /文字|白黒|色|ふりがな/ });
    const count = await likes.count();
    if (count > 0) await hands.press(likes.nth(chance.below(count)));
    return true;
  }
  // Where one press does it, nobody presses without looking.
  if (chance.percent(STRAYS.readsOther) && !/confirm|review|start|withdraw|receive-all|count-cash/.test(screen)) {
    const others = page.locator('main .button[data-sends]');
    const count = await others.count();
    if (count > 0) {
      hands.count('presses another');
      await hands.press(others.nth(chance.below(count)));
      return true;
    }
  }
  return false;
}

async function visit(window: HandsWindow, errand: Errand, seed: number): Promise<Visit> {
  const chance = constantChance(seed * 7_919 + ERRANDS.indexOf(errand));
  const desk = await HandsDesk.open(window);
  const hands = new SlowHands(window, chance, (ms) => desk.passTime(ms));
  const faults: string[] = [];
  await errand.prepare?.(desk);
  const way: string[] = [];
  let looks = 0;
  for (; looks < LOOKS_MAX; looks += 1) {
    await desk.page.waitForTimeout(LOOK_MS);
    const { screen, settings } = await desk.onGlass();
    if (settings) {
      await hands.press(desk.page.locator('.leaving .button').last());
      continue;
    }
    if (screen === null || screen !== desk.screen.name) continue;
    if (way.at(-1) !== screen) way.push(screen);
    if (screen === 'start') {
      if (errand.done(desk)) break;
    }
    const card = cardFor(errand, screen);
    if (card === 'none' && (desk.lies !== null || screen === 'farewell')) {
      desk.take();
      await desk.passTime(STEP_MS);
      continue;
    }
    if (card !== 'none' && card !== 'any' && desk.lies !== card) {
      desk.lay(card);
      continue;
    }
    if (/^(reading|writing|printing|link-asking)$/.test(screen)) continue;
    if (!errand.done(desk) && (await stray(desk, errand, hands, chance, screen))) continue;
    await goOn(desk, errand, hands, chance, screen);
  }
  if (!errand.done(desk)) {
    const glass = await desk.page.locator('.kiosk').innerText().catch(() => '');
    faults.push(`not done after ${looks} looks; ${desk.screen.name} stands there: ${glass.replaceAll(/\s+/g, ' ')}`);
  }
  await desk.switchOff();
  if (faults.length === 0) faults.push(...(await errand.after(desk)));
  faults.push(...desk.close());
  if (faults.length > 0) faults.push(`the way: ${way.slice(-WAY_TOLD).join(', ')}`);
  return { errand: errand.name, seed, faults, looks, did: hands.did };
}

/** So many visits for each errand, some at the same time. */
async function visits(browser: Browser, { times, first, onVisit }: { readonly times: number; readonly first: number; readonly onVisit: (visit: Visit) => void }): Promise<Visit[]> {
  const waiting = Array.from({ length: times }, (_, index) => ERRANDS.map((errand) => ({ errand, seed: first + index }))).flat();
  const made: Visit[] = [];
  const serve = async () => {
    const window = await openWindow(browser);
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const one = await visit(window, next.errand, next.seed);
      made.push(one);
      onVisit(one);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, serve));
  return made;
}

/** @param first the seed of the first visits */
export async function runSlowHands({ times, first = 1 }: { readonly times: number; readonly first?: number }, say: (line: string) => void): Promise<TierResult & { readonly failures: readonly string[]; readonly did: ReadonlyMap<string, number> }> {
  await buildRendererIfStale();
  const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: CHROMIUM_WORDS });
  const did = new Map<string, number>();
  try {
    const all = await visits(browser, {
      times,
      first,
      onVisit({ errand, seed, looks, faults, did: doings }) {
        for (const [what, count] of doings) did.set(what, (did.get(what) ?? 0) + count);
        say(`${errand}, seed ${seed}: ${faults.length === 0 ? `done after ${looks} looks at the glass` : faults.join('; ')}`);
      },
    });
    const failures = all.filter(({ faults }) => faults.length > 0).map(({ errand, seed, faults }) => `${errand}, seed ${seed}: ${faults.join('; ')}`);
    return { passed: all.length - failures.length, failed: failures.length, failures, did };
  } finally {
    await browser.close();
  }
}
