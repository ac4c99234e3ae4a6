/** The newer errands at the window, screen by screen: what is done on each on the way to its end, with the cards of the demo town. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { DEMO_STAFF } from '../../backend/seed/demo-town.ts';
import { TEST_SECRETS } from '../../hardware/simulator/my-number/secrets.ts';
import { runProduct } from './process.ts';
import { until, type Town } from './town.ts';
import { lay, usualWay, type Way } from './way-there.ts';

/** ISO 7816-4 VERIFY with digits: without any it only asks how many tries are left. */
export const isVerify = (command: Uint8Array): boolean => command[1] === 0x20 && command.length > 5;
/** DESFire's CommitTransaction, wrapped: the card has done it when it answers. */
export const isCommit = (command: Uint8Array): boolean => command[0] === 0x90 && command[1] === 0xc7;

export interface Errand {
  /** Whose visit it is; null when it needs no card. */
  readonly own: () => string | null;
  readonly way: Way;
}

/** How often each thing was done, whatever the kiosk made of it. */
export interface Deeds {
  pins: number;
  requests: number;
  exchanges: number;
  gifts: number;
  /** How often tickets were taken as paper. */
  tickets: number;
  loads: number;
  sales: number;
  links: number;
}

export type ErrandName = 'certificate' | 'records' | 'exchange' | 'gift' | 'tickets' | 'everything' | 'one' | 'purchase' | 'link' | 'end';

/** What nobody else has: somebody with one thing to receive and another, once each. */
const WITH_TWO = 8;

/** A second grant for some of the residents' cards. */
export async function grantTwo(town: Town): Promise<void> {
  const year = new Date().getFullYear();
  const lines = await Promise.all(
    Array.from({ length: WITH_TWO }, async (_, index) => `second-${index + 1},${await town.account(`resident-${index + 1}`)},kurashi-${year},700,free,${year}-01-01,${year + 1}-01-31`),
  );
  const file = path.join(town.directory, 'grants.csv');
  writeFileSync(file, ['key,holder,scheme,amount,kind,firstDay,lastDay', ...lines, ''].join('\n'));
  await runProduct(['backend/main.ts', 'grant', file, ...town.backendPlace]);
}

/** Everything that stands on several pages, before it can be agreed to. */
export async function readToTheEnd(town: Town): Promise<void> {
  while (await town.page.getByRole('button', { name: /^つぎを見る/ }).count()) await town.press(/^つぎを見る/);
}

export function windowErrands(town: Town, done: Deeds): Readonly<Record<ErrandName, Errand>> {
  const { page } = town;
  const press = (name: string | RegExp) => () => town.press(name);
  const option = (at: 'first' | 'last') => () => page.locator('main .choices .button')[at]().click();
  const type = async (digits: string) => {
    for (const digit of digits) await page.getByRole('button', { name: digit, exact: true }).click();
    await town.press(/^決定/);
  };
  const pin = (name: 'text-pin' | 'authentication-pin') => async () => {
    await type(TEST_SECRETS[name]);
    done.pins += 1;
  };

  async function chooseProcedure(): Promise<void> {
    const wanted = page.getByRole('button', { name: '印鑑登録証明書' });
    await page.locator('main .chooser .button').first().waitFor();
    while ((await wanted.count()) === 0) await town.press(/^(ほかを見る|はじめに戻る)/);
    await wanted.click();
  }
  /** The first of everything, and nothing that need not be said. */
  async function answer(): Promise<void> {
    await page.locator('main .choices .button, main .keys').first().waitFor();
    const [options, leaveOut] = [page.locator('main .chooser .button'), page.getByRole('button', { name: '答えない' })];
    if (await options.count()) return options.first().click();
    if (await leaveOut.count()) return leaveOut.click();
    if (await page.locator('main .keys.kana').count()) for (const kana of ['ト', 'マ']) await town.press(kana);
    await town.press('決定');
  }
  async function makeSlip(): Promise<void> {
    await readToTheEnd(town);
    await town.press(/^紙を作る/);
    done.requests += 1;
  }
  const counted = (deed: Exclude<keyof Deeds, 'pins'>, name: string | RegExp) => async () => {
    await town.press(name);
    done[deed] += 1;
  };

  /** Whose card was exchanged for another's reads theirs first. */
  function errand(own: () => string | null, way: Way): Errand {
    const { balance } = way;
    const usual = usualWay(town, own);
    if (!balance) return { own, way: { ...usual, ...way } };
    return { own, way: { ...usual, ...way, balance: () => (town.slots[0].card?.name === own() ? balance() : lay(town, own())) } };
  }
  const card = (name: string) => () => name;
  const withMenu = (own: string, way: Way) => errand(card(own), { balance: press(/^ほかのこと/), ...way });
  const withMyNumber = { 'my-number-place': () => lay(town, 'mynumber'), 'my-number-take': () => lay(town, null) } as const;
  /** The next with two things to receive, once the last one has them. */
  const withTwo = () => `resident-${1 + done.loads}`;

  return {
    certificate: errand(() => null, {
      start: press(/^申込みの紙を作る/),
      procedures: chooseProcedure,
      ...withMyNumber,
      'my-number-pin': pin('text-pin'),
      'my-number-read': press(/^つづける/),
      question: answer,
      'request-review': makeSlip,
      printed: press(/^ほかの紙も作る/),
    }),
    records: withMenu('kiyoshi', { menu: press(/^これまでの記録/) }),
    exchange: withMenu('haruo', { menu: press(/^ポイントや券を使う/), points: option('first'), 'exchange-amount': option('last'), 'exchange-confirm': counted('exchanges', /^かえる/), moved: press(/^つづける/) }),
    gift: withMenu('haruo', {
      menu: press(/^ポイントや券を使う/),
      points: () => page.locator('main .choices .button').filter({ hasText: '寄付' }).first().click(),
      'give-where': option('first'),
      'give-amount': option('last'),
      'give-confirm': counted('gifts', /^寄付する/),
      moved: press(/^つづける/),
    }),
    tickets: withMenu('haruo', {
      menu: press(/^ポイントや券を使う/),
      points: press(/^紙にする/),
      'paper-amount': option('last'),
      'paper-confirm': counted('tickets', /^紙にする/),
      'paper-out': press(/^つづける/),
      'paper-kept': press(/^つづける/),
    }),
    everything: errand(withTwo, { balance: press(/^受け取る/), offers: press(/^全部受け取る/), 'receive-all': counted('loads', /^全部入れる/), 'received-all': press(/^つづける/) }),
    one: errand(card('setsuko'), { balance: press(/^受け取る/), offers: () => page.getByRole('button', { name: /くらし応援券/ }).first().click(), 'confirm-load': press(/^入れる/), loaded: press(/^つづける/), decided: press(/^つづける/) }),
    purchase: errand(card('kazuko'), {
      balance: press(/^商品券を買う/),
      'buy-how-many': press(/^1つ/),
      'buy-confirm': press(/^買う$/),
      'buy-call-staff': () => lay(town, DEMO_STAFF.card),
      'staff-pin': () => type(DEMO_STAFF.pin),
      'buy-count-cash': counted('sales', /^受け取りました/),
      'buy-put-card': () => lay(town, 'kazuko'),
      'buy-waits': () => lay(town, 'kazuko'),
      'buy-stopped': press(/^終わる/),
      bought: press(/^つづける/),
    }),
    link: withMenu('hanako', {
      menu: async () => {
        // It stands there once the town has said that it can be.
        await until('the link is offered', () => page.getByRole('button', { name: /^カードをつなぐ/ }).count());
        await town.press(/^カードをつなぐ/);
      },
      'link-about': press(/^同意して/),
      ...withMyNumber,
      'my-number-pin': pin('authentication-pin'),
      'link-not-known': press(/^もう一度/),
      'link-not-done': () => (town.slots[0].card?.name === 'hanako' ? town.press(/^つづける/) : lay(town, 'hanako')),
    }),
    end: errand(card('hanako'), { balance: press(/^紙に出す/), printed: press(/^終わる/) }),
  };
}
