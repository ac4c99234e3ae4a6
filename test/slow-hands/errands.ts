/** What slow hands come for, and how they get there: from what stands on the glass, screen by screen. */
import type { Locator } from 'playwright-core';
import type { Chance } from '../../backend/seed/constant-chance.ts';
import type { HandsDesk } from './hands-desk.ts';
import { HAS, SECRETS, type LyingCard } from './hands-desk.ts';
import type { SlowHands } from './hands.ts';

export interface Errand {
  readonly name: string;
  readonly withCard: boolean;
  /** The My Number card is at hand, and what its PIN is entered for. */
  readonly myNumber?: 'link' | 'attributes';
  /** What there must be besides. */
  prepare?(desk: HandsDesk): Promise<void>;
  /** It is done, whatever stands on the glass. */
  done(desk: HandsDesk): boolean;
  /** What to press on the screens that lead there; on all others they go back. */
  readonly way: Readonly<Record<string, RegExp | 'first' | 'answer' | 'secret'>>;
  /** @returns what is wrong when everything is over */
  after(desk: HandsDesk): Promise<string[]>;
}

const differs = (what: string, found: unknown, wanted: unknown): string[] => (JSON.stringify(found) === JSON.stringify(wanted) ? [] : [`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`]);
const same = (amount: number) => ({ shown: amount, books: amount });
const requests = (desk: HandsDesk) => desk.facts().filter(({ type }) => type === 'request-made').length;
/** Of each sale, how many sets. */
const sold = (desk: HandsDesk): number[] => desk.facts().flatMap((fact) => (fact.type === 'cash-moved' && fact.movement.kind === 'sale' ? [fact.movement.sets ?? 0] : []));
const printed = (desk: HandsDesk, kind: string) => desk.facts().filter((fact) => fact.type === 'slip-settled' && fact.slip === kind && fact.outcome === 'printed').length;
/** Which of how many: it stands on each ticket, in every size. */
const TICKET = /\d\/\d/g;

export const ERRANDS: readonly Errand[] = [
  {
    name: 'receive',
    withCard: true,
    done: (desk) => desk.moved('load') > 0,
    way: { balance: /^受け取る/, 'confirm-load': /^入れる/ },
    async after(desk) {
      const { grant, premium, points } = await desk.amounts();
      return [...differs('loads', desk.moved('load'), 1), ...differs('received', grant, same(HAS.offered)), ...differs('premium', premium, same(HAS.premium)), ...differs('points', points, same(HAS.points))];
    },
  },
  {
    name: 'print the balance',
    withCard: true,
    done: (desk) => printed(desk, 'balance') > 0,
    way: { balance: /^紙に出す/ },
    after: async (desk) => [...differs('movements', desk.facts().filter(({ type }) => type === 'value-moved').length, 0), ...(printed(desk, 'balance') > 0 ? [] : ['no slip'])],
  },
  {
    name: 'exchange points',
    withCard: true,
    done: (desk) => desk.moved('exchange') > 0,
    way: { balance: /^ほかのこと/, menu: /^ポイントや券を使う/, points: /^かえる/, 'exchange-amount': 'first', 'exchange-confirm': /^かえる/ },
    async after(desk) {
      const { premium, points } = await desk.amounts();
      // Whoever presses another amount than they meant exchanges that: 500 points are 450 yen.
      const times = (HAS.points - points.shown) / 500;
      const wanted = [1, 2].includes(times) ? { points: same(HAS.points - 500 * times), premium: same(HAS.premium + 450 * times) } : 'once or twice 500 points';
      return [...differs('exchanges', desk.moved('exchange'), 1), ...differs('amounts', { points, premium }, wanted)];
    },
  },
  {
    name: 'give',
    withCard: true,
    done: (desk) => desk.moved('give') > 0,
    way: { balance: /^ほかのこと/, menu: /^ポイントや券を使う/, points: /^ポイント.*寄付|寄付/, 'give-where': 'first', 'give-amount': 'first', 'give-confirm': /^寄付する/ },
    async after(desk) {
      const { points } = await desk.amounts();
      return [...differs('gifts', desk.moved('give'), 1), ...differs('card and books', points.shown, points.books)];
    },
  },
  {
    name: 'ask for a certificate',
    withCard: false,
    done: (desk) => requests(desk) > 0 && printed(desk, 'request') > 0,
    way: { start: /^申込みの紙を作る/, procedures: /^住民票の写し/, 'my-number-place': /^カードを使わない/, question: 'answer', 'request-review': /^紙を作る|^つぎを見る/ },
    after: async (desk) => differs('requests', requests(desk), 1),
  },
  {
    name: 'ask with a My Number card',
    withCard: false,
    myNumber: 'attributes',
    done: (desk) => requests(desk) > 0 && printed(desk, 'request') > 0,
    way: { start: /^申込みの紙を作る/, procedures: /^印鑑登録証明書/, 'my-number-pin': 'secret', 'my-number-wrong-pin': /^もう一度/, 'my-number-read': /^つづける/, question: 'answer', 'request-review': /^紙を作る|^つぎを見る/ },
    after: async (desk) => differs('requests', requests(desk), 1),
  },
  {
    name: 'receive all',
    withCard: true,
    prepare: async (desk) => desk.offerPoints(HAS.offeredPoints),
    done: (desk) => desk.moved('load') === 2,
    way: { balance: /^受け取る/, offers: /^全部受け取る/, 'receive-all': /^全部入れる/, 'confirm-load': /^入れる/ },
    async after(desk) {
      const { grant, points } = await desk.amounts();
      return [...differs('loads', desk.moved('load'), 2), ...differs('received', grant, same(HAS.offered)), ...differs('points', points, same(HAS.points + HAS.offeredPoints))];
    },
  },
  {
    name: 'take tickets as paper',
    withCard: true,
    done: (desk) => desk.moved('spend') > 0 && printed(desk, 'tickets') > 0,
    way: { balance: /^ほかのこと/, menu: /^ポイントや券を使う/, points: /^紙にする/, 'paper-amount': 'first', 'paper-confirm': /^紙にする/ },
    async after(desk) {
      const { tickets } = await desk.amounts();
      const pieces = desk.printer.printed.flatMap(({ markup }) => markup.match(TICKET) ?? []).length;
      return [...differs('debits', desk.moved('spend'), 1), ...differs('jobs', printed(desk, 'tickets'), 1), ...differs('on the card', tickets, same(HAS.tickets - pieces))];
    },
  },
  {
    name: 'buy vouchers',
    withCard: true,
    prepare: (desk) => desk.offerSale(),
    done: (desk) => desk.moved('load') > 0 && sold(desk).length > 0,
    way: { balance: /^商品券を買う/, 'buy-how-many': 'first', 'buy-confirm': /^買う/, 'staff-pin': 'secret', 'buy-count-cash': /^受け取りました/ },
    async after(desk) {
      const { grant, premium } = await desk.amounts();
      const sets = sold(desk).reduce((sum, count) => sum + count, 0);
      // Whoever received what was offered on the way has that as well.
      return [...differs('sales', sold(desk).length, 1), ...differs('bought', premium, same(HAS.premium + sets * 13_000)), ...differs('card and books', grant.shown, grant.books)];
    },
  },
  {
    name: 'link a My Number card',
    withCard: true,
    myNumber: 'link',
    done: (desk) => desk.links > 0,
    way: { balance: /^ほかのこと/, menu: /^カードをつなぐ/, 'link-about': /^同意して|^つぎを見る/, 'my-number-pin': 'secret', 'my-number-wrong-pin': /^もう一度/ },
    after: async (desk) => [...differs('links', desk.links, 1), ...differs('movements', desk.facts().filter(({ type }) => type === 'value-moved').length, 0)],
  },
];

/** Which card belongs on the reader; `any`: whatever lies there may. */
export function cardFor({ withCard, myNumber }: Errand, screen: string): LyingCard | 'none' | 'any' {
  if (/^(farewell|my-number-take)$/.test(screen)) return 'none';
  if (screen.startsWith('my-number-')) return myNumber === undefined || /place|pin/.test(screen) === false ? 'any' : 'my-number';
  if (/^(buy-call-staff|staff-pin|buy-count-cash)$/.test(screen)) return 'staff';
  if (!withCard) return screen === 'start' ? 'none' : 'any';
  return /^(start|card-moved|buy-put-card|undecided)$/.test(screen) ? 'own' : 'any';
}

/** On screens that lead nowhere now: what brings one on, and what brings one back. */
const ON = /^(つづける|もう一度|はじめに戻る)/;
const BACK = /^(戻る|もどる)$/;
const END = /^(終わる|やめる|あとにする)$/;

const there = async (found: Locator): Promise<boolean> => found.isVisible().catch(() => false);

/** The first that stands there, of these in their order. What stands on a button is read as a person reads it: its readings are beside it. */
async function buttonOf(desk: HandsDesk, names: readonly RegExp[]): Promise<Locator | undefined> {
  const read = () => {
    const wordsOn = (button: Element): string => {
      const copy = button.cloneNode(true) as Element;
      for (const reading of copy.querySelectorAll('rt')) reading.remove();
      return (copy.textContent ?? '').replaceAll(/\s/g, '');
    };
    return [...document.querySelectorAll('.kiosk button')].map((button) => (button.checkVisibility() && !button.closest('[inert]') ? wordsOn(button) : ''));
  };
  const words = await desk.page.evaluate(read).catch(() => []);
  for (const name of names) {
    const index = words.findIndex((word) => name.test(word));
    if (index >= 0) return desk.page.locator('.kiosk button').nth(index);
  }
  return undefined;
}

async function pressOneOf(desk: HandsDesk, hands: SlowHands, names: readonly RegExp[]): Promise<boolean> {
  const found = await buttonOf(desk, names);
  if (found) await hands.press(found);
  return found !== undefined;
}

/** Does the next thing on the screen that stands there; nothing when there is nothing to press. */
export async function goOn(desk: HandsDesk, errand: Errand, hands: SlowHands, chance: Chance, screen: string): Promise<void> {
  const { page } = desk;
  if (errand.done(desk)) {
    await pressOneOf(desk, hands, [END, ON, BACK, /^答えない/]);
    return;
  }
  const next = errand.way[screen];
  // It may stand on another page of the choices.
  if (next instanceof RegExp && (await pressOneOf(desk, hands, [next, /^ほかを見る/, /^つぎを見る/]))) return;
  if (next === 'first') return hands.press(page.locator('main .choices button').first());
  if (next === 'answer') return answer(desk, errand, hands);
  if (next === 'secret') return enterSecret(desk, hands, screen === 'staff-pin' ? SECRETS.staff : SECRETS[errand.myNumber ?? 'attributes']);
  await pressOneOf(desk, hands, chance.percent(50) ? [ON, BACK, END] : [BACK, ON, END]);
}

/** What is typed, key by key, where nothing can be picked. */
function wanted(desk: HandsDesk): string {
  const { screen } = desk;
  if (screen.name !== 'question') return '';
  switch (screen.view.type) {
    case 'phone':
      return '0164641234';
    case 'kana':
    case 'people':
      return 'カナ';
    case 'address':
      return '172';
    case 'date':
      return '3';
    default:
      return '1';
  }
}

async function answer(desk: HandsDesk, errand: Errand, hands: SlowHands): Promise<void> {
  const { page } = desk;
  // Who lets the card speak leaves out what need not be answered.
  const leaveOut = page.locator('main .leave-out');
  if (errand.myNumber && (await there(leaveOut))) return hands.press(leaveOut);
  const chooser = page.locator('main .chooser button');
  if (await chooser.first().isVisible().catch(() => false)) return hands.press(chooser.first());
  const output = page.locator('main .typed output');
  if (!(await output.isVisible().catch(() => false))) return hands.press(page.locator('main .choices button').last());
  const typed = (await output.textContent().catch(() => ''))?.trim() ?? '';
  const goal = wanted(desk);
  const key = (label: string) => page.locator('main .key').filter({ hasText: new RegExp(`^${label}$`) }).first();
  if (typed === goal || !goal.startsWith(typed)) {
    await pressOneOf(desk, hands, [typed === goal ? /^決定/ : /^消す/]);
    return;
  }
  return hands.press(key(goal[typed.length] ?? ''));
}

/** Digit by digit, by how many dots there are: nothing else on the glass tells what was entered. */
async function enterSecret(desk: HandsDesk, hands: SlowHands, secret: string): Promise<void> {
  const { page } = desk;
  const entered = await page.locator('main .dots i.full').count();
  const digit = secret[entered];
  if (digit === undefined) {
    await pressOneOf(desk, hands, [/^決定/]);
    return;
  }
  return hands.press(page.locator('main .pad .key').filter({ hasText: new RegExp(`^${digit}$`) }).first());
}
