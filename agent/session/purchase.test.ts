/** Sets that are bought at the window: how many, staff with card and PIN, cash, the card again; the real session with virtual cards on a real ledger file. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cardRefOf } from '../../contract/card-ref.ts';
import { StaffId } from '../../contract/ids.ts';
import { hashStaffPin } from '../../contract/staff-pin.ts';
import { auditLedger } from '../ledger/ledger-audit.ts';
import { voidLoad } from '../services/void-load.ts';
import { recordSale } from '../services/sell-sets.ts';
import { TOWN_DEVICE } from '../test-support/ledger-town.ts';
import { settle } from '../test-support/manual-clock.ts';
import { ScriptedPrinter } from '../test-support/scripted-printer.ts';
import { ScriptedScanner } from '../test-support/scripted-scanner.ts';
import { kioskOf, visitorOf } from '../test-support/value-kiosk.ts';
import { accountOf, PREMIUM, ValueTown, type CardName } from '../test-support/value-town.ts';
import type { Kiosk } from './kiosk.ts';
import { SESSION_TIMINGS } from './timings.ts';

const PIN = [4, 8, 2, 9, 1, 3];
const OTHER_PIN = [0, 0, 0, 0, 0, 0];
const CLERK = StaffId.parse('s-7');
/** Theirs is a card of another account that proves itself. */
const STAFF_CARD: CardName = 'new-desfire';

let town: ValueTown;
let printer: ScriptedPrinter;
let scanner: ScriptedScanner;
let kiosk: Kiosk;
let running: boolean;
let failures: unknown[];

beforeEach(async () => {
  town = await ValueTown.open();
  printer = new ScriptedPrinter();
  scanner = new ScriptedScanner();
  failures = [];
  running = false;
  town.tell({ type: 'staff', staffId: CLERK, accountId: accountOf(STAFF_CARD), role: 'clerk', pin: await hashStaffPin(PIN.join(''), new Uint8Array(16).fill(7)), epoch: 1 });
});
function open(): void {
  town.reader.remove();
  running = true;
  kiosk = kioskOf(town, { printer, scanner }, { onFailure: (error) => failures.push(error) });
}
function stop(): void {
  if (running) kiosk.stop();
  running = false;
}
/** The machine lost its power; what is durable is all there is. */
function cutPower(): void {
  stop();
  town.reopen();
}
afterEach(() => {
  stop();
  town.ledger.close();
  expect(auditLedger(town.place.file).faults).toEqual([]);
  expect(failures).toEqual([]);
  expect(JSON.stringify(town.log.events)).not.toContain(PIN.join(''));
  town.close();
});

const { screen, name, press, put, take } = visitorOf(() => town, () => {
  if (!running) open();
  return kiosk;
});
async function swap(card: CardName): Promise<void> {
  await take();
  await put(card);
}
/** The hash of a PIN takes its time. */
async function enter(digits: readonly number[]): Promise<void> {
  const before = kiosk.snapshot().screenId;
  kiosk.choose({ screenId: before, choice: 'pin', digits: [...digits] });
  // The digits are stretched on a thread of their own, in real time.
  await vi.waitFor(async () => {
    await settle();
    expect(kiosk.snapshot().screenId).not.toBe(before);
    expect(name()).not.toBe('reading');
  }, 5_000);
}
const movements = () => town.facts().flatMap((fact) => ('movement' in fact ? [`${fact.type} ${fact.movement.kind}`] : []));
const printed = () => printer.printed.map(({ markup }) => markup).join('');

/** One set is wanted, and staff are called. */
async function called(card: CardName = 'desfire'): Promise<void> {
  town.offerSale(card);
  await put(card);
  await press('buy', 0, 'confirm');
  expect(screen()).toEqual({ name: 'buy-call-staff', price: 10_000, why: 'own-card' });
}
/** The cash lies before somebody of the staff who has signed in. */
async function counting(card: CardName = 'desfire'): Promise<void> {
  await called(card);
  await swap(STAFF_CARD);
  await enter(PIN);
  expect(name()).toBe('buy-count-cash');
}

describe('sets are bought', () => {
  it.each(['desfire', 'felica', 'plain'] as const)('with a %s card: how many, before and after, staff, cash, the card again, said and printed', async (card) => {
    town.offerSale(card);
    await put(card);
    const sale = { name: `券 ${PREMIUM}`, unit: 'yen', price: 10_000, paid: 10_000, premium: 3_000, most: 3 };
    expect(screen()).toMatchObject({ name: 'balance', offers: [], sales: [sale] });
    await press('buy');
    expect(screen()).toEqual({ name: 'buy-how-many', sale });
    await press(1);
    const what = { name: sale.name, unit: 'yen', price: 20_000, paid: 20_000, premium: 6_000 };
    expect(screen()).toEqual({ name: 'buy-confirm', what, sets: 2, before: 0, after: 26_000, lastDay: '2027-02-28', usableAt: '町内の加盟店' });
    await press('confirm');
    expect(screen()).toEqual({ name: 'buy-call-staff', price: 20_000, why: 'own-card' });
    expect(kiosk.snapshot().staffCall).toEqual({ number: 1 });
    await take();
    expect(screen()).toMatchObject({ why: 'asked' });
    await put(STAFF_CARD);
    expect(screen()).toEqual({ name: 'staff-pin', tries: 5, again: false });
    expect(kiosk.snapshot().staffCall).toBeNull();
    await enter(PIN);
    expect(screen()).toEqual({ name: 'buy-count-cash', what, sets: 2 });
    expect(movements()).toEqual([]);
    await press('confirm');
    expect(screen()).toEqual({ name: 'buy-put-card', price: 20_000, why: 'staff-card', byCode: false });
    expect(movements()).toEqual(['cash-moved sale']);
    await take();
    expect(screen()).toMatchObject({ why: 'asked' });
    await put(card);
    expect(screen()).toEqual({ name: 'bought', what, before: 0, after: 26_000, lastDay: '2027-02-28', usableAt: '町内の加盟店' });
    expect(movements()).toEqual(['cash-moved sale', 'value-moved load']);
    await press('print');
    expect(screen()).toMatchObject({ name: 'printed', paper: { slip: 'load' } });
    expect(printed()).toMatch(/20,000[\s\S]*6,000/);
    await press('continue');
    expect(screen()).toMatchObject({ name: 'balance', pockets: [{ amount: 26_000 }], sales: [{ most: 1 }] });
    stop();
    expect(await town.amounts(card, PREMIUM)).toEqual({ shown: 26_000, books: 26_000 });
    expect(town.facts().find((fact) => fact.type === 'cash-moved')).toMatchObject({ movement: { staff: [CLERK] } });
  });

  it('by a code that was shown: nothing has to be laid down again', async () => {
    const identifier = '8f3a61d20c5be7940ab1c6d37e52f819';
    town.tell({ type: 'card', cardRef: cardRefOf(town.ports.cardKey, Buffer.from(identifier, 'hex')), accountId: accountOf('felica'), profile: 'code', state: 'active' });
    town.offerSale('felica');
    open();
    scanner.show(identifier);
    await settle();
    await press('buy', 0, 'confirm');
    expect(screen()).toEqual({ name: 'buy-call-staff', price: 10_000, why: 'asked' });
    await put(STAFF_CARD);
    await enter(PIN);
    await press('confirm');
    expect(screen()).toEqual({ name: 'buy-put-card', price: 10_000, why: 'staff-card', byCode: true });
    await take();
    expect(screen()).toMatchObject({ name: 'bought', before: 0, after: 13_000 });
    await press('continue');
    expect(name()).toBe('farewell');
    stop();
    expect(await town.amounts('felica', PREMIUM)).toEqual({ shown: 13_000, books: 13_000 });
  });

  it('beside grants: among what can be received', async () => {
    town.offerGrant('desfire', 500);
    town.offerSale('desfire');
    await put('desfire');
    await press('more');
    expect(screen()).toMatchObject({ items: expect.not.arrayContaining(['no-sale']) as unknown });
    await press('back', 'buy', 2, 'confirm');
    await swap(STAFF_CARD);
    await enter(PIN);
    await press('confirm');
    await swap('desfire');
    await press('continue', 'more', 'no-sale');
    expect(screen()).toEqual({ name: 'no-sale', sales: [{ name: town.ledger.schemes().get(PREMIUM)?.name, why: 'person-limit' }] });
    await press('back');
    expect(name()).toBe('menu');
    await press('finish');
    await take();
    await put('felica');
    await press('more', 'no-sale');
    expect(screen()).toMatchObject({ name: 'no-sale', sales: [{ why: 'not-held-here' }] });
  });

  it('only after the buyer has agreed: every way out before it changes nothing', async () => {
    town.offerSale('desfire');
    await put('desfire');
    await press('buy', 0, 'decline');
    expect(name()).toBe('balance');
    await press('buy', 0, 'back', 'back');
    expect(name()).toBe('balance');
    await press('buy', 99);
    expect(name()).toBe('buy-how-many');
    await press(2);
    await take();
    expect(screen()).toEqual({ name: 'card-moved', during: 'choosing' });
    expect(movements()).toEqual([]);
  });
});

describe('before the cash is counted nothing is bought', () => {
  const nothing = async () => {
    expect(movements()).toEqual([]);
    await press('finish');
    expect(name()).toBe('farewell');
    await take();
  };

  it('when the buyer gives it up while staff are called; their card still lies there and shows the balance again', async () => {
    await called();
    await press('finish');
    expect(screen()).toEqual({ name: 'buy-stopped', rule: null, cardThere: true });
    await press('continue');
    expect(name()).toBe('balance');
    await nothing();
  });

  it('when staff give it up at the PIN or say that they have no cash; no session begins with their card', async () => {
    for (const give of ['finish', 'decline'] as const) {
      await (give === 'finish' ? called() : counting());
      if (give === 'finish') await swap(STAFF_CARD);
      await press(give);
      expect(screen()).toEqual({ name: 'buy-stopped', rule: null, cardThere: false });
      await press('finish');
      expect(screen()).toEqual({ name: 'farewell', cardOnReader: true });
      await take();
      expect(screen()).toEqual({ name: 'farewell', cardOnReader: false });
    }
    expect(movements()).toEqual([]);
  });

  it('when the PIN does not match: tries are told, and after the last one the card signs nobody in', async () => {
    await called();
    await swap(STAFF_CARD);
    for (const tries of [4, 3, 2, 1]) {
      await enter(OTHER_PIN);
      expect(screen()).toEqual({ name: 'staff-pin', tries, again: true });
    }
    await enter(OTHER_PIN);
    expect(screen()).toMatchObject({ name: 'buy-call-staff', why: 'locked' });
    await swap(STAFF_CARD);
    expect(screen()).toMatchObject({ name: 'buy-call-staff', why: 'locked' });
    expect(movements()).toEqual([]);
  });

  it.each([['somebody who is no staff', 'felica', 'not-staff'], ['the buyer', 'desfire', 'own-card'], ['a card that anybody can copy', 'plain', 'not-staff']] as const)('when the card of %s is laid down', async (_, card, why) => {
    await called();
    await swap(card);
    expect(screen()).toMatchObject({ name: 'buy-call-staff', why });
    await take();
    expect(screen()).toMatchObject({ why: 'asked' });
    await put(STAFF_CARD);
    expect(name()).toBe('staff-pin');
    expect(movements()).toEqual([]);
  });

  it('when the buyer is of the staff: their own card does not count for themselves', async () => {
    town.tell({ type: 'staff', staffId: StaffId.parse('s-8'), accountId: accountOf('desfire'), role: 'clerk', pin: await hashStaffPin(PIN.join(''), new Uint8Array(16).fill(8)), epoch: 1 });
    await called();
    await swap('desfire');
    expect(screen()).toMatchObject({ name: 'buy-call-staff', why: 'same-person' });
    expect(movements()).toEqual([]);
  });

  it('when staff take their card before they have counted: they sign in anew', async () => {
    await counting();
    const { screenId } = kiosk.snapshot();
    await take();
    expect(screen()).toMatchObject({ name: 'buy-call-staff', why: 'asked' });
    expect(kiosk.choose({ screenId, choice: 'confirm' })).toBe('ignored');
    await put(STAFF_CARD);
    expect(screen()).toEqual({ name: 'staff-pin', tries: 5, again: false });
    expect(movements()).toEqual([]);
  });

  it('when nobody comes: it is asked whether somebody is there, and then it ends', async () => {
    await called();
    await take();
    await town.clock.advance(SESSION_TIMINGS.untilAskedWhileEntering);
    expect(name()).toBe('still-there');
    await press('continue');
    expect(name()).toBe('buy-call-staff');
    await town.clock.advance(SESSION_TIMINGS.untilAskedWhileEntering + SESSION_TIMINGS.untilEnded);
    expect(name()).toBe('farewell');
    expect(movements()).toEqual([]);
  });

  it('when the right was used meanwhile: no cash is taken for it, and that is said', async () => {
    await counting();
    town.tell({ type: 'standing', accountId: accountOf('desfire'), schemeId: PREMIUM, why: 'other-medium' });
    await press('confirm');
    expect(screen()).toEqual({ name: 'buy-stopped', rule: 'other-medium', cardThere: false });
    expect(movements()).toEqual([]);
  });
});

describe('once the cash is counted it is the buyer’s', () => {
  const paid = async (card: CardName = 'desfire') => {
    await counting(card);
    const { screenId } = kiosk.snapshot();
    expect([kiosk.choose({ screenId, choice: 'confirm' }), kiosk.choose({ screenId, choice: 'confirm' })]).toEqual(['taken', 'ignored']);
    await settle();
    expect(name()).toBe('buy-put-card');
  };

  it('when their card does not come: the number is told, and the sets come once at the next visit', async () => {
    await paid();
    await press('finish');
    const entry = 1 + town.facts().findIndex(({ type }) => type === 'cash-moved');
    expect(screen()).toMatchObject({ name: 'buy-waits', what: { price: 10_000 }, number: `役場1-預${entry}` });
    await press('finish');
    expect(screen()).toEqual({ name: 'farewell', cardOnReader: true });
    await take();
    await town.clock.advance(SESSION_TIMINGS.farewell);
    await put('desfire');
    expect(screen()).toMatchObject({ name: 'bought', what: { price: 10_000, paid: 10_000, premium: 3_000 }, before: 0, after: 13_000 });
    await press('continue');
    expect(screen()).toMatchObject({ name: 'balance', pockets: [{ amount: 13_000 }] });
    expect(movements()).toEqual(['cash-moved sale', 'value-moved load']);
  });

  it('also when money of several sales waited: each is told, the oldest first, with what there was before and after', async () => {
    town.offerSale('desfire');
    const holder = await town.tap('desfire');
    town.reader.remove();
    for (const sets of [1, 2]) expect(recordSale({ operationId: town.operation(), holder, schemeId: PREMIUM, sets, device: TOWN_DEVICE, staff: [CLERK] }, town.ports).kind).toBe('recorded');
    await put('desfire');
    expect(screen()).toMatchObject({ name: 'bought', what: { price: 10_000 }, before: 0, after: 13_000 });
    const { screenId } = kiosk.snapshot();
    expect([kiosk.choose({ screenId, choice: 'continue' }), kiosk.choose({ screenId, choice: 'continue' })]).toEqual(['taken', 'ignored']);
    await settle();
    expect(screen()).toMatchObject({ name: 'bought', what: { price: 20_000 }, before: 13_000, after: 39_000 });
    await press('continue');
    expect(screen()).toMatchObject({ name: 'balance', pockets: [{ amount: 39_000 }] });
  });

  it('and once only: sets that were taken back are not told again at every tap', async () => {
    await paid();
    await swap('desfire');
    expect(name()).toBe('bought');
    const load = town.facts().flatMap((fact) => (fact.type === 'value-moved' && fact.movement.kind === 'load' ? [fact.movement.operationId] : []))[0];
    if (!load) throw new Error('nothing was loaded');
    stop();
    const undone = await voidLoad({ operationId: town.operation(), holder: await town.tap('desfire'), load, staff: [CLERK] }, town.ports);
    expect(undone.kind).toBe('moved');
    open();
    await put('desfire');
    expect(screen()).toMatchObject({ name: 'balance', pockets: [] });
  });

  it('when everybody has gone: the question ends by itself and loses nothing', async () => {
    await paid();
    await take();
    await town.clock.advance(SESSION_TIMINGS.untilUndecidedEnds);
    expect(name()).toBe('buy-waits');
    await town.clock.advance(SESSION_TIMINGS.untilUndecidedEnds);
    expect(name()).toBe('farewell');
    stop();
    expect(await town.amounts('desfire', PREMIUM)).toEqual({ shown: 13_000, books: 13_000 });
  });

  it('when another card is laid down: it is told so, and the buyer’s own is taken all the same', async () => {
    await paid();
    await swap('felica');
    expect(screen()).toMatchObject({ name: 'buy-put-card', why: 'other-card' });
    await swap('desfire');
    expect(name()).toBe('bought');
  });

  it('when they come back while the number is told', async () => {
    await paid();
    await press('finish');
    await swap('desfire');
    expect(name()).toBe('bought');
  });

  it.each(['command-lost', 'answer-lost'] as const)('when the card is torn away in the middle (%s): it tells when it is put back, and has the sets once', async (how) => {
    await paid();
    town.reader.tear = (_index, command) => (command[0] === 0x90 && command[1] === 0xc7 ? how : undefined);
    await swap('desfire');
    expect(screen()).toMatchObject({ name: 'buy-put-card', why: 'moved' });
    town.reader.tear = undefined;
    await swap('desfire');
    expect(name()).toBe('bought');
    stop();
    expect(await town.amounts('desfire', PREMIUM)).toEqual({ shown: 13_000, books: 13_000 });
    expect(town.ledger.openIntents()).toEqual([]);
  });

  it('when the power is cut', async () => {
    await paid();
    cutPower();
    await put('desfire');
    expect(screen()).toMatchObject({ name: 'bought', after: 13_000 });
    cutPower();
    await put('desfire');
    expect(screen()).toMatchObject({ name: 'balance', pockets: [{ amount: 13_000 }] });
  });
});
