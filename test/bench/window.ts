/**
 * What a person waits for: the balance after the card is on the reader, and the button that shows it was felt. Measured in the real
 * window, from the moment the agent or the glass heard of it to the frame that shows it.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { runProduct } from '../support/process.ts';
import type { Town } from '../support/town.ts';
import { until } from '../support/wait.ts';
import { median, p95, type Row } from './rows.ts';

const TAP_LIMIT_MS = 150;
/** Two frames after a change it has been painted: the first callback runs before the frame that shows it, the second after. */
const WATCH_SCREENS = `
  let shown = '';
  new MutationObserver(() => {
    const screen = document.querySelector('[data-screen]')?.getAttribute('data-screen') ?? '';
    if (screen === shown) return;
    shown = screen;
    requestAnimationFrame(() => requestAnimationFrame(() => window.painted(screen, Date.now())));
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-screen'] });
`;
const WATCH_PRESSES = `
  addEventListener('pointerdown', (event) => {
    const begun = event.timeStamp;
    const observer = new MutationObserver(() => {
      observer.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => window.pressed(performance.now() - begun)));
    });
    observer.observe(document, { subtree: true, attributes: true, attributeFilter: ['data-pressed'] });
  }, true);
`;
const EMPTY_PAGE = `<!doctype html><style>button { width: 400px; height: 120px } [data-pressed] { background: #036 }</style><button>押す</button>
  <script>document.querySelector('button').addEventListener('pointerdown', (event) => event.currentTarget.setAttribute('data-pressed', 'true'));
  document.querySelector('button').addEventListener('pointerup', (event) => event.currentTarget.removeAttribute('data-pressed'));</script>`;

/** Opens the window, ready to be watched. */
export async function openWatchedWindow(town: Town): Promise<{ readonly page: Page; readonly painted: Array<{ readonly screen: string; readonly at: number }>; readonly presses: number[] }> {
  const page = await town.openWindow();
  const painted: Array<{ screen: string; at: number }> = [];
  const presses: number[] = [];
  await page.exposeFunction('painted', (screen: string, at: number) => void painted.push({ screen, at }));
  await page.exposeFunction('pressed', (ms: number) => void presses.push(ms));
  await page.evaluate(WATCH_SCREENS);
  await page.evaluate(WATCH_PRESSES);
  return { page, painted, presses };
}

/** Lays a card down again and again. The card lies on the reader afterwards. */
export async function tapToBalance(town: Town, painted: ReadonlyArray<{ readonly screen: string; readonly at: number }>, times: number): Promise<Row> {
  const samples: number[] = [];
  const inAgent: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const lines = town.agent.lines.length;
    const seen = painted.length;
    // Not in step with pcscd's looking, nor with the screen's frames.
    await pause(Math.random() * 40);
    town.insert(time % 2 === 0 ? 'hanako' : 'kiyoshi');
    const arrived = await town.agent.event('card-arrived', { from: lines });
    const balance = await until('the balance on the glass', () => painted.slice(seen).find(({ screen }) => screen === 'balance'));
    const read = await town.agent.event('session-screen', { from: lines, where: (line) => line['screen'] === 'balance' });
    samples.push(balance.at - Date.parse(String(arrived['time'])));
    inAgent.push(Date.parse(String(read['time'])) - Date.parse(String(arrived['time'])));
    if (time === times - 1) break;
    town.remove();
    await town.agent.event('card-left', { from: lines });
  }
  const raw = JSON.parse(await runProduct(['test/bench/raw-transmits.ts', String(times)])) as { readonly connect: number; readonly samples: readonly number[] };
  return {
    name: 'tap_to_balance_ms_p95',
    value: p95(samples),
    unit: 'ms',
    floor: p95(raw.samples),
    note:
      `${times} taps, from the agent's card-arrived to the frame after the balance (median ${median(samples)}, in the agent ${median(inAgent)}, p95 ${p95(inAgent)}); limit ${TAP_LIMIT_MS}; ` +
      `floor: the same ${times} APDUs through bare pcsclite, without screen (connecting alone ${raw.connect.toFixed(1)} ms). ` +
      'In a room whose loopback acknowledges at once: pcscd writes length and body of a virtual card’s APDU separately, which costs 44 ms of delayed acknowledgement elsewhere',
  };
}

/** Presses a button of the balance screen and slides off it before letting go, so that nothing follows. */
export async function touchToPaint(page: Page, presses: readonly number[], times: number): Promise<Row> {
  const own = await pressAgainAndAgain(page, '.button.bar, .button.choice, .button.wanted, .button.plain', presses, times);
  const empty = await page.context().newPage();
  const bare: number[] = [];
  await empty.exposeFunction('pressed', (ms: number) => void bare.push(ms));
  await empty.setContent(EMPTY_PAGE);
  await empty.evaluate(WATCH_PRESSES);
  await empty.bringToFront();
  const floor = await pressAgainAndAgain(empty, 'button', bare, times);
  await empty.close();
  await page.bringToFront();
  return {
    name: 'touch_to_paint_ms_p95',
    value: p95(own),
    unit: 'ms',
    floor: p95(floor),
    note: `${times} touches, from the glass's event to the frame after the pressed look (median ${median(own).toFixed(1)}, floor's ${median(floor).toFixed(1)}); floor: a button on an empty page of the same browser; frames are 16.7 ms`,
  };
}

async function pressAgainAndAgain(page: Page, selector: string, samples: readonly number[], times: number): Promise<number[]> {
  const from = samples.length;
  const box = await page.locator(selector).first().boundingBox();
  if (!box) throw new Error('There is no button to press');
  for (let time = 0; time < times; time += 1) {
    const before = samples.length;
    await pause(Math.random() * 40);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await until('the pressed look', () => samples.length > before);
    await page.mouse.move(2, 2);
    await page.mouse.up();
  }
  return samples.slice(from);
}

/** Prints the balance so many times, as a person would. */
export async function printSlips(town: Town, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    const lines = town.agent.lines.length;
    await town.press(/印刷|プリント|レシート|紙/);
    await town.agent.event('print-settled', { from: lines, where: (line) => line['outcome'] === 'printed' });
    await town.screen('printed');
    await pause(600); // the glass rests after a new screen and a touch
    await town.press(/つづける|続ける|もどる|戻る/);
    await town.screen('balance');
    await pause(600);
  }
}
