/** Points at the window: exchanged, given, refused, and cut off in the middle; the real session with virtual cards on a real ledger file. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TROUBLES } from '../../contract/trouble.ts';
import { auditLedger } from '../ledger/ledger-audit.ts';
import { settle } from '../test-support/manual-clock.ts';
import { ScriptedPrinter } from '../test-support/scripted-printer.ts';
import { kioskOf, visitorOf } from '../test-support/value-kiosk.ts';
import { accountOf, GRANT, POINTS, PREMIUM, ValueTown, type CardName } from '../test-support/value-town.ts';
import type { Kiosk } from './kiosk.ts';

/** Where they stand on the screen of points. */
const [EXCHANGE, GIVE] = [0, 1] as const;

let town: ValueTown;
let printer: ScriptedPrinter;
let kiosk: Kiosk;
let stopped: boolean;
let online: boolean;
let failures: unknown[];

beforeEach(async () => {
  town = await ValueTown.open();
  printer = new ScriptedPrinter();
  online = true;
  failures = [];
  stopped = true;
});

/** What lay there before is not its business. */
function open(): void {
  town.reader.remove();
  stopped = false;
  kiosk = kioskOf(town, { printer }, { online: () => online, onFailure: (error) => failures.push(error) });
}
function stop(): void {
  if (!stopped) kiosk.stop();
  stopped = true;
}
afterEach(() => {
  stop();
  town.ledger.close();
  expect(auditLedger(town.place.file).faults).toEqual([]);
  expect(failures).toEqual([]);
  town.close();
});

const { screen, name, press, put, take } = visitorOf(() => town, () => {
  if (stopped) open();
  return kiosk;
});
const printed = () => printer.printed.map(({ markup }) => markup).join('');
const moved = () => town.facts().flatMap((fact) => (fact.type === 'value-moved' ? [fact.movement] : []));
const loseCommit = (how: 'command-lost' | 'answer-lost') => {
  town.reader.tear = (_index, command) => (command[0] === 0x90 && command[1] === 0xc7 ? how : undefined);
};

async function withPoints(card: CardName = 'desfire', points = 1_200): Promise<void> {
  await town.give(card, PREMIUM, 1_000);
  await town.give(card, POINTS, points);
  town.grantHolds(card);
  await put(card);
}

describe('points are exchanged', () => {
  it.each(['desfire', 'felica'] as const)('through a %s card: how many, before and after, written, said, printed', async (card) => {
    await withPoints(card);
    await press('more', 'points');
    expect(screen()).toMatchObject({
      name: 'points',
      options: [
        { does: 'exchange', from: { name: `券 ${POINTS}`, unit: 'point', amount: 1_200 }, to: `券 ${PREMIUM}`, least: 500, why: null },
        { does: 'give', from: { name: `券 ${POINTS}`, unit: 'point', amount: 1_200 }, to: null, least: 10, why: null },
        { does: 'give', from: { name: `券 ${PREMIUM}`, unit: 'yen', amount: 1_000 }, to: null, least: 10, why: null },
      ],
    });
    await press(EXCHANGE);
    expect(screen()).toMatchObject({ name: 'exchange-amount', amounts: [{ give: 1_000, get: 900, part: 'other' }, { give: 500, get: 450, part: 'other' }] });
    await press(0);
    expect(screen()).toMatchObject({
      name: 'exchange-confirm', give: 1_000, get: 900,
      from: { before: 1_200, after: 200 }, to: { before: 1_000, after: 1_900 }, lastDay: '2027-02-28', usableAt: '町内の加盟店',
    });
    await press('confirm');
    expect(screen()).toMatchObject({ name: 'moved', give: 1_000, from: { amount: 200 }, to: { amount: 1_900, get: 900, lastDay: '2027-02-28' }, activity: null });
    await press('print');
    expect(screen()).toMatchObject({ name: 'printed', paper: { slip: 'points' } });
    expect(printed()).toMatch(/交換の控え[\s\S]*1,000[\s\S]*900/);
    await press('continue');
    expect(screen()).toMatchObject({ name: 'balance', pockets: expect.arrayContaining([expect.objectContaining({ amount: 1_900 }), expect.objectContaining({ amount: 200 })]) as unknown });
    expect(moved()).toMatchObject([{ kind: 'exchange' }]);
    stop();
    expect(await town.amounts(card, PREMIUM)).toEqual({ shown: 1_900, books: 1_900 });
  });

  it('only when it is confirmed: declining, going back, ending and taking the card away change nothing', async () => {
    await withPoints();
    for (const way of ['decline', 'finish'] as const) {
      await press('more', 'points', EXCHANGE, 0, way);
      expect(name()).toBe(way === 'decline' ? 'balance' : 'farewell');
    }
    await take();
    await put('desfire');
    await press('more', 'points', EXCHANGE, 0, 'back', 'back', 'back');
    expect(name()).toBe('balance');
    await press('more', 'points', EXCHANGE, 0);
    await take();
    expect(screen()).toEqual({ name: 'card-moved', during: 'choosing' });
    expect([town.facts().filter(({ type }) => type !== 'session-ended' && type !== 'card-seen'), town.ledger.openIntents()]).toEqual([[], []]);
  });

  it.each(['desfire', 'felica'] as const)('not, when the %s card goes before it was done: it is wanted back, and it will tell', async (card) => {
    await withPoints(card);
    await press('more', 'points', EXCHANGE, 0);
    town.reader.tear = () => 'command-lost';
    await press('confirm');
    expect(screen()).toEqual({ name: 'card-moved', during: 'moving' });
    town.reader.tear = undefined;
    await take();
    await put(card);
    expect(screen()).toMatchObject({ name: 'balance', pockets: expect.arrayContaining([expect.objectContaining({ amount: 1_200 })]) as unknown });
    expect([moved(), town.ledger.openIntents()]).toEqual([[], []]);
  });

  it('once, however often it is confirmed', async () => {
    await withPoints();
    await press('more', 'points', EXCHANGE, 0);
    const { screenId } = kiosk.snapshot();
    expect([kiosk.choose({ screenId, choice: 'confirm' }), kiosk.choose({ screenId, choice: 'confirm' })]).toEqual(['taken', 'ignored']);
    await settle();
    expect(name()).toBe('moved');
    expect(moved()).toHaveLength(1);
  });

  it('and nothing that is not there can be picked', async () => {
    await withPoints();
    await press('more', 'points', 99);
    expect(name()).toBe('points');
    await press(EXCHANGE, 4);
    expect(name()).toBe('exchange-amount');
  });
});

describe('points are given', () => {
  it('to an activity, in its steps, with before and after', async () => {
    await withPoints('desfire', 320);
    await press('more', 'points', GIVE);
    expect(screen()).toMatchObject({ name: 'give-where', from: { amount: 320 }, activities: ['夏まつり'] });
    await press(0);
    expect(screen()).toMatchObject({
      name: 'give-amount', activity: '夏まつり',
      amounts: [{ give: 320, part: 'all' }, { give: 160, part: 'half' }, { give: 100, part: 'other' }, { give: 10, part: 'other' }],
    });
    await press(2);
    expect(screen()).toMatchObject({ name: 'give-confirm', give: 100, from: { before: 320, after: 220 }, activity: '夏まつり' });
    await press('confirm');
    expect(screen()).toMatchObject({ name: 'moved', give: 100, from: { amount: 220 }, to: null, activity: '夏まつり' });
    await press('print');
    expect(printed()).toMatch(/寄付の控え[\s\S]*100[\s\S]*夏まつり/);
    expect(moved()).toMatchObject([{ kind: 'give' }]);
  });
});

describe('what cannot be done now', () => {
  const whyOf = (does: 'exchange' | 'give') => {
    const shown = screen();
    return shown.name === 'points' ? shown.options.filter((option) => option.does === does && option.from.name === `券 ${POINTS}`).map(({ why }) => why) : shown.name;
  };

  it.each([
    ['a card that anybody can copy', 'plain', true, 'needs-staff'],
    ['value in the ledger while the town cannot be asked', 'felica', false, 'balance-not-sure'],
  ] as const)('%s: is shown with its reason, and cannot be picked', async (_, card, isOnline, why) => {
    online = isOnline;
    await withPoints(card);
    await press('more', 'points');
    expect([whyOf('exchange'), whyOf('give')]).toEqual([[why], [why]]);
    await press(EXCHANGE, GIVE);
    expect(name()).toBe('points');
  });

  it('too few points: says from how many on', async () => {
    await withPoints('desfire', 320);
    await press('more', 'points');
    expect([whyOf('exchange'), whyOf('give')]).toEqual([['not-enough'], [null]]);
  });

  it('a card whose keys are not here', async () => {
    await withPoints();
    await take();
    town.keysAnswer = { kind: 'not-here' };
    await put('desfire');
    await press('more', 'points');
    expect([whyOf('exchange'), whyOf('give')]).toEqual([['not-held-here'], ['not-held-here']]);
  });

  it('and what only turns out later is said with its rule; nothing changed', async () => {
    await withPoints('felica');
    town.backend.holdAnswer = () => ({ kind: 'elsewhere' });
    await press('more', 'points', EXCHANGE, 0, 'confirm');
    expect(screen()).toEqual({ name: 'not-done', of: 'exchange', why: 'balance-not-sure' });
    expect(moved()).toEqual([]);
    await press('continue');
    expect(name()).toBe('balance');
  });

  it('nothing at all: there is no way there', async () => {
    town.offerGrant('desfire', 500);
    await put('desfire');
    await press('more', 'points');
    expect(screen()).toMatchObject({ name: 'menu', items: ['history', 'no-sale'] });
  });
});

describe('nobody knows whether it happened', () => {
  it.each([
    ['answer-lost', true],
    ['command-lost', false],
  ] as const)('an exchange whose %s: says what staff find it by, and the card put back tells', async (how, happened) => {
    await withPoints();
    await press('more', 'points', EXCHANGE, 0);
    loseCommit(how);
    await press('confirm');
    town.reader.tear = undefined;
    await take();
    expect(screen()).toEqual({ name: 'undecided', what: { name: `券 ${POINTS}`, unit: 'point', amount: 1_000 }, number: '役場1-未1', cash: 0, cardThere: false });
    await press('print');
    expect(screen()).toMatchObject({ name: 'printed', paper: { slip: 'incident' } });
    expect(printed()).toMatch(/処理未了のお知らせ[\s\S]*役場1.{0,5}未1/);
    await press('continue');
    expect(name()).toBe('undecided');
    await put('desfire');
    expect(screen()).toEqual({ name: 'decided', what: { name: `券 ${POINTS}`, unit: 'point', amount: 1_000 }, happened });
    await press('continue');
    expect(name()).toBe('balance');
    expect(moved()).toHaveLength(happened ? 1 : 0);
    stop();
    expect(await town.amounts('desfire', POINTS)).toEqual({ shown: happened ? 200 : 1_200, books: happened ? 200 : 1_200 });
  });

  it('a grant: the same', async () => {
    town.offerGrant('desfire', 500);
    await put('desfire');
    await press('receive');
    loseCommit('answer-lost');
    await press('confirm');
    town.reader.tear = undefined;
    expect(screen()).toMatchObject({ name: 'undecided', what: { name: `券 ${GRANT}`, amount: 500 } });
    await take();
    await put('desfire');
    expect(screen()).toMatchObject({ name: 'decided', happened: true });
    stop();
    expect(await town.amounts('desfire', GRANT)).toEqual({ shown: 500, books: 500 });
  });

  it('another card put there hears nothing of it', async () => {
    await cutOff();
    await put('felica');
    expect(screen()).toMatchObject({ name: 'balance' });
    await press('finish');
    await take();
    await put('desfire');
    expect(name()).toBe('balance');
  });

  it('the card taken away once more while it is read: it is still said that nobody knows', async () => {
    await cutOff();
    town.reader.tear = () => 'command-lost';
    await put('desfire');
    await take();
    expect(name()).toBe('undecided');
    town.reader.tear = undefined;
    await put('desfire');
    expect(name()).toBe('decided');
  });

  it('without a printer, without a reader, and after two minutes', async () => {
    await cutOff();
    printer.nextOutcome = { kind: 'failed', why: 'paper-out', partial: false };
    await press('print');
    expect(screen()).toEqual({ name: 'print-trouble', slip: 'incident', trouble: 'printer-paper-out', number: TROUBLES['printer-paper-out'].number });
    await press('continue');
    town.reader.unplug();
    await settle();
    expect(name()).toBe('undecided');
    await town.clock.advance(120_000);
    expect(name()).toBe('out-of-service');
    expect(JSON.stringify(kiosk.snapshot())).not.toContain('未1');
    town.reader.replug();
  });

  async function cutOff(): Promise<void> {
    await withPoints();
    await press('more', 'points', EXCHANGE, 0);
    loseCommit('answer-lost');
    await press('confirm');
    town.reader.tear = undefined;
    await take();
    expect(name()).toBe('undecided');
  }
});

it('keeps nothing of the person after the end', async () => {
  await withPoints();
  await press('more', 'points', EXCHANGE, 0, 'confirm', 'finish');
  expect(JSON.stringify(kiosk.snapshot())).not.toMatch(/1,?000|900|券/);
  expect(JSON.stringify(town.log.events)).not.toContain(accountOf('desfire'));
});
