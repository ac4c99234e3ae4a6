/** Tickets as paper at the window: out of the card once, printed once by itself, and never lost; the real session with virtual cards on a real ledger file. */
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StaffId } from '../../contract/ids.ts';
import { TROUBLES } from '../../contract/trouble.ts';
import type { PrintOutcome } from '../../hardware/printer/slip-printer.ts';
import { createSlipCopies } from '../keys/slip-copies.ts';
import { auditLedger } from '../ledger/ledger-audit.ts';
import { COPY_KEPT_MS, eraseOldCopies, TICKETS_KEPT_MS } from '../services/issue-slip.ts';
import { settleLeftPrintJobs } from '../services/print-slip.ts';
import { reportLeftIntents } from '../services/resolve-intents.ts';
import { reprintSlip } from '../services/reprint-slip.ts';
import { takeAsPaper } from '../services/take-as-paper.ts';
import { settle as settleNow } from '../test-support/manual-clock.ts';
import { ScriptedPrinter } from '../test-support/scripted-printer.ts';
import { kioskOf, visitorOf } from '../test-support/value-kiosk.ts';
import { PAPER_MOST, POINTS, TAXI, TICKETS, ValueTown, type CardName } from '../test-support/value-town.ts';
import type { Kiosk } from './kiosk.ts';

const STAFF = StaffId.parse('madoguchi-1');
const NAME = `券 ${TICKETS}`;
const slipCopies = createSlipCopies(generateKeyPairSync('x25519').privateKey);

let town: ValueTown;
let printer: ScriptedPrinter;
let kiosk: Kiosk;
let stopped: boolean;
let online: boolean;
let failures: unknown[];
let jobsBefore: number;

beforeEach(async () => {
  town = await ValueTown.open();
  printer = new ScriptedPrinter();
  online = true;
  failures = [];
  stopped = true;
  jobsBefore = 0;
});
afterEach(() => {
  stop();
  town.ledger.close();
  expect(auditLedger(town.place.file).faults).toEqual([]);
  expect(failures).toEqual([]);
  town.close();
});

function open(): void {
  town.reader.remove();
  stopped = false;
  kiosk = kioskOf(town, { printer, slipCopies }, { online: () => online, onFailure: (error) => failures.push(error) });
}
function stop(): void {
  if (!stopped) kiosk.stop();
  stopped = true;
}
/** The program was ended in the middle, and begins again as it does. */
function restart(): void {
  stop();
  town.reader.remove();
  town.reader.tear = undefined;
  town.reopen();
  reportLeftIntents(town.ports);
  settleLeftPrintJobs(town.ports);
  printer = new ScriptedPrinter();
  jobsBefore = 0;
  open();
}

const ports = () => ({ ...town.ports, printer, slipCopies });
const { screen, name, press, put, take } = visitorOf(() => town, () => {
  if (stopped) open();
  return kiosk;
}, settle);
const moved = () => town.facts().flatMap((fact) => (fact.type === 'value-moved' ? [fact.movement] : []));
const slips = () => town.facts().flatMap((fact) => (fact.type === 'slip-settled' ? [[fact.slip, fact.outcome]] : []));
const printed = () => printer.printed.map(({ markup }) => markup);
const numbersOn = (markup: string) => [...markup.matchAll(/役場1\\x2d(\d+)　(\d)\/(\d)/g)].map(([, ...parts]) => parts.map(Number));
const loseCommit = (how: 'command-lost' | 'answer-lost') => {
  town.reader.tear = (_index, command) => (command[0] === 0x90 && command[1] === 0xc7 ? how : undefined);
};

async function withTickets(card: CardName = 'desfire'): Promise<void> {
  await town.give(card, TICKETS, 4, { endsIn: 60 });
  await town.give(card, TICKETS, 1, { endsIn: 5 });
  town.grantHolds(card);
  await put(card);
}
/** What is kept of a slip is sealed in its own time. */
async function settle(): Promise<void> {
  await settleNow();
  if (!stopped && name() === 'printing') await vi.waitFor(() => expect([name(), printer.jobs]).not.toEqual(['printing', jobsBefore]), { interval: 1 });
  await settleNow();
  jobsBefore = printer.jobs;
}
/** Up to the last question, of two tickets. */
const askForTwo = () => press('more', 'points', 0, 1);
const options = () => {
  const shown = screen();
  return shown.name === 'points' ? shown.options.map(({ does, why }) => [does, why]) : shown.name;
};

describe('tickets are taken as paper', () => {
  it.each(['desfire', 'felica'] as const)('out of a %s card: how many, before and after, and then they are printed by themselves', async (card) => {
    await withTickets(card);
    await press('more', 'points');
    expect(screen()).toMatchObject({ name: 'points', options: [{ does: 'paper', from: { name: NAME, unit: 'ticket', amount: 5 }, to: null, why: null }] });
    await press(0);
    expect(screen()).toEqual({ name: 'paper-amount', from: { name: NAME, tickets: 5 }, suggested: [PAPER_MOST, 2, 1] });
    await press(1);
    expect(screen()).toEqual({ name: 'paper-confirm', scheme: NAME, tickets: 2, before: 5, after: 3, lastDay: '2026-11-26' });
    expect([moved(), printer.jobs]).toEqual([[], 0]);
    await press('confirm');
    expect(screen()).toEqual({ name: 'paper-out', scheme: NAME, tickets: 2, left: 3, lastDay: '2026-11-26', usableAt: '町内の加盟店', preview: null, weakProof: false });
    expect(moved()).toMatchObject([{ kind: 'spend', postings: [{ credit: `spent/${TICKETS}/${TAXI}`, amount: 1 }, { credit: `spent/${TICKETS}/${TAXI}`, amount: 1 }] }]);
    const [paper = ''] = printed();
    expect(numbersOn(paper)).toEqual([[1, 1, 2], [1, 2, 2]]);
    expect(paper.split('\n=\n').map((piece) => /2026年11月26日|2027年1月20日/.exec(piece)?.[0])).toEqual(['2026年11月26日', '2027年1月20日']);
    expect(slips()).toEqual([['tickets', 'printed']]);
    await press('continue');
    expect(screen()).toMatchObject({ name: 'balance', pockets: [{ amount: 3 }] });
    stop();
    expect(await town.amounts(card, TICKETS)).toEqual({ shown: 3, books: 3 });
  });

  it('only when it is confirmed', async () => {
    await withTickets();
    await askForTwo();
    await press('decline');
    expect(name()).toBe('balance');
    await askForTwo();
    await press('back', 'back', 'back');
    expect(name()).toBe('balance');
    await askForTwo();
    await take();
    expect(screen()).toEqual({ name: 'card-moved', during: 'choosing' });
    expect([moved(), printer.jobs, town.ledger.openIntents()]).toEqual([[], 0, []]);
  });

  it('once, however often it is confirmed, and the card may go while they are printed', async () => {
    await withTickets();
    await askForTwo();
    printer.hold();
    const { screenId } = kiosk.snapshot();
    expect([kiosk.choose({ screenId, choice: 'confirm' }), kiosk.choose({ screenId, choice: 'confirm' })]).toEqual(['taken', 'ignored']);
    await settle();
    expect(screen()).toMatchObject({ name: 'printing', slip: 'tickets' });
    town.reader.remove();
    await settleNow();
    printer.release();
    await settle();
    expect(name()).toBe('paper-out');
    expect([moved().length, printer.jobs]).toEqual([1, 1]);
  });

  it('and of another time other numbers', async () => {
    await withTickets();
    for (const times of [1, 2]) {
      await press('more', 'points', 0, 2, 'confirm');
      expect(printed()).toHaveLength(times);
      await press('continue');
    }
    expect(printed().map(numbersOn)).toEqual([[[1, 1, 1]], [[2, 1, 1]]]);
    expect(screen()).toMatchObject({ name: 'balance', pockets: [{ amount: 3 }] });
  });

  it('keeps nothing of the person after the end', async () => {
    await withTickets();
    await askForTwo();
    await press('confirm', 'finish');
    expect(JSON.stringify(kiosk.snapshot())).not.toMatch(/券|0001/);
  });
});

describe('nothing leaves the card', () => {
  it.each([
    ['a card that anybody can copy', 'plain', true, 'needs-staff'],
    ['tickets in the ledger while the town cannot be asked', 'felica', false, 'balance-not-sure'],
  ] as const)('%s: is shown with its reason, and cannot be picked', async (_, card, isOnline, why) => {
    online = isOnline;
    await withTickets(card);
    await press('more', 'points');
    expect(options()).toEqual([['paper', why]]);
    await press(0);
    expect(name()).toBe('points');
  });

  it('while no paper could come out; as soon as it can, it is offered', async () => {
    printer.setStatus({ kind: 'paper-out' });
    await withTickets();
    await press('more', 'points');
    expect(options()).toEqual([['paper', 'no-paper']]);
    await press(0);
    expect(name()).toBe('points');
    printer.setStatus({ kind: 'ready', paper: 'enough' });
    await settle();
    expect(options()).toEqual([['paper', null]]);
    await press(0);
    expect(name()).toBe('paper-amount');
  });

  it.each(['desfire', 'felica'] as const)('when the paper ends before it is confirmed, with a %s card', async (card) => {
    await withTickets(card);
    await askForTwo();
    printer.setStatus({ kind: 'cover-open' });
    await press('confirm');
    expect(screen()).toEqual({ name: 'not-done', of: 'paper', why: 'no-paper' });
    printer.setStatus({ kind: 'ready', paper: 'enough' });
    await press('continue');
    expect(screen()).toMatchObject({ name: 'balance', pockets: [{ amount: 5 }] });
    expect([moved(), printer.jobs, town.ledger.openIntents()]).toEqual([[], 0, []]);
  });

  it('when another kiosk has the account', async () => {
    await withTickets('felica');
    town.backend.holdAnswer = () => ({ kind: 'elsewhere' });
    await askForTwo();
    await press('confirm');
    expect(screen()).toEqual({ name: 'not-done', of: 'paper', why: 'balance-not-sure' });
    expect([moved(), printer.jobs]).toEqual([[], 0]);
  });

  it('for points, which never come as paper', async () => {
    await town.give('desfire', POINTS, 1_200);
    await put('desfire');
    await press('more', 'points');
    expect(options()).not.toContainEqual(['paper', null]);
  });
});

describe('the paper does not come', () => {
  it.each<[PrintOutcome, keyof typeof TROUBLES, boolean]>([
    [{ kind: 'failed', why: 'paper-out', partial: true }, 'printer-paper-out', false],
    [{ kind: 'unknown', why: 'silence' }, 'printer-no-proof', true],
    [{ kind: 'unknown', why: 'stopped' }, 'printer-stopped-at-end', true],
  ])('%j: staff hand it over under its number; nothing is printed again by itself', async (outcome, trouble, mayBeThere) => {
    await withTickets();
    await askForTwo();
    printer.nextOutcome = outcome;
    await press('confirm');
    expect(screen()).toEqual({ name: 'paper-kept', scheme: NAME, tickets: 2, slip: '役場1-0001', mayBeThere, trouble: { name: trouble, number: TROUBLES[trouble].number } });
    await press('continue');
    expect(screen()).toMatchObject({ name: 'balance', pockets: [{ amount: 3 }] });
    await press('finish');
    await take();
    await put('desfire');
    expect([name(), printer.jobs, moved().length]).toEqual(['balance', 1, 1]);
    expect(await reprintSlip({ staff: STAFF }, ports())).toMatchObject({ kind: 'printed', slipNumber: 1 });
    const [again = ''] = printed();
    expect(again.match(/再発行 1回目/g)).toHaveLength(4);
    expect(numbersOn(again)).toEqual([[1, 1, 2], [1, 2, 2]]);
  });

  it('and staff can still print it days later, as long as it did not come out', async () => {
    await withTickets();
    await askForTwo();
    printer.nextOutcome = { kind: 'failed', why: 'paper-out', partial: false };
    await press('confirm', 'finish');
    stop();
    await town.clock.advance(COPY_KEPT_MS * 100);
    eraseOldCopies(ports());
    expect(await reprintSlip({ slipNumber: 1, staff: STAFF }, ports())).toMatchObject({ kind: 'printed' });
    eraseOldCopies(ports());
    expect(await reprintSlip({ slipNumber: 1, staff: STAFF }, ports())).toEqual({ kind: 'too-late' });
  });

  it('and not for ever', async () => {
    await withTickets();
    await askForTwo();
    printer.nextOutcome = { kind: 'failed', why: 'paper-out', partial: false };
    await press('confirm', 'finish');
    stop();
    await town.clock.advance(TICKETS_KEPT_MS + 1_000);
    eraseOldCopies(ports());
    expect(await reprintSlip({ slipNumber: 1, staff: STAFF }, ports())).toEqual({ kind: 'too-late' });
  });
});

describe('the card goes, or the power', () => {
  it('before the answer of a movement that happened: put back, it tells, and the paper comes', async () => {
    await withTickets();
    await askForTwo();
    loseCommit('answer-lost');
    await press('confirm');
    town.reader.tear = undefined;
    await take();
    expect(screen()).toMatchObject({ name: 'undecided', what: { name: NAME, unit: 'ticket', amount: 2 }, number: '役場1-未1' });
    expect(printer.jobs).toBe(0);
    await put('desfire');
    expect(screen()).toMatchObject({ name: 'paper-out', tickets: 2, left: 3 });
    await press('continue');
    expect(screen()).toMatchObject({ name: 'balance', pockets: [{ amount: 3 }] });
    expect([moved().length, printed().length]).toEqual([1, 1]);
  });

  it('before a movement that did not happen: no paper, now or ever', async () => {
    await withTickets();
    await askForTwo();
    loseCommit('command-lost');
    await press('confirm');
    town.reader.tear = undefined;
    await take();
    await put('desfire');
    expect(screen()).toMatchObject({ name: 'decided', happened: false });
    await press('continue');
    expect(screen()).toMatchObject({ name: 'balance', pockets: [{ amount: 5 }] });
    restart();
    await put('desfire');
    expect([name(), moved(), printer.jobs]).toEqual(['balance', [], 0]);
  });

  it('with the kiosk ended before the card could tell: the paper comes at the next tap, once', async () => {
    await withTickets();
    await askForTwo();
    loseCommit('answer-lost');
    await press('confirm');
    restart();
    await put('desfire');
    expect(screen()).toMatchObject({ name: 'paper-out', tickets: 2, left: 3 });
    await press('continue', 'finish');
    await take();
    await put('desfire');
    expect([name(), moved().length, printer.jobs]).toEqual(['balance', 1, 1]);
  });

  it('and the card cannot tell yet, because its keys are not here: the promise waits until it can', async () => {
    await withTickets();
    await askForTwo();
    loseCommit('answer-lost');
    await press('confirm');
    restart();
    town.keysAnswer = { kind: 'not-here' };
    await put('desfire');
    expect([name(), printer.jobs]).toEqual(['balance', 0]);
    await press('finish');
    await take();
    town.keysAnswer = undefined;
    await put('desfire');
    expect([name(), printer.jobs]).toEqual(['paper-out', 1]);
  });

  it.each(['desfire', 'felica'] as const)('after the tickets left a %s card and before anything was printed: the paper comes at the next tap', async (card) => {
    await withTickets(card);
    stop();
    const holder = await town.tap(card);
    expect(await takeAsPaper({ operationId: town.operation(), holder, schemeId: TICKETS, tickets: 3, staff: [] }, ports())).toMatchObject({ kind: 'moved' });
    restart();
    await put(card);
    expect(screen()).toMatchObject({ name: 'paper-out', tickets: 3, left: 2 });
    expect([moved().length, printer.jobs]).toEqual([1, 1]);
  });

  it('and then no paper can come: staff hand it over', async () => {
    await withTickets();
    stop();
    await takeAsPaper({ operationId: town.operation(), holder: await town.tap('desfire'), schemeId: TICKETS, tickets: 1, staff: [] }, ports());
    restart();
    printer.setStatus({ kind: 'paper-out' });
    await put('desfire');
    expect(screen()).toMatchObject({ name: 'paper-kept', tickets: 1, slip: '役場1-0001', mayBeThere: false, trouble: { name: 'printer-paper-out' } });
    printer.setStatus({ kind: 'ready', paper: 'enough' });
    expect(await reprintSlip({ staff: STAFF }, ports())).toMatchObject({ kind: 'printed' });
    await press('continue');
    expect([name(), printed().length]).toEqual(['balance', 1]);
  });

  it('while they are printed: nobody knows what came out; it is told once, and nothing is printed again by itself', async () => {
    await withTickets();
    await askForTwo();
    printer.hold();
    await press('confirm');
    expect(name()).toBe('printing');
    restart();
    await put('desfire');
    expect(screen()).toEqual({ name: 'paper-kept', scheme: NAME, tickets: 2, slip: '役場1-0001', mayBeThere: true, trouble: null });
    await press('continue');
    expect(screen()).toMatchObject({ name: 'balance', pockets: [{ amount: 3 }] });
    await press('finish');
    await take();
    await put('desfire');
    expect([name(), printer.jobs, moved().length]).toEqual(['balance', 0, 1]);
    expect(await reprintSlip({ slipNumber: 1, staff: STAFF }, ports())).toMatchObject({ kind: 'printed' });
  });

  it('while they are printed, and staff were there first: then there is nothing to tell', async () => {
    await withTickets();
    await askForTwo();
    printer.hold();
    await press('confirm');
    restart();
    expect(await reprintSlip({ staff: STAFF }, ports())).toMatchObject({ kind: 'printed' });
    await put('desfire');
    expect(name()).toBe('balance');
  });

  it('and another card hears nothing of it', async () => {
    await withTickets();
    stop();
    await takeAsPaper({ operationId: town.operation(), holder: await town.tap('desfire'), schemeId: TICKETS, tickets: 1, staff: [] }, ports());
    restart();
    await put('felica');
    expect([name(), printer.jobs]).toEqual(['balance', 0]);
  });
});

it('the same request again moves nothing and promises no second paper', async () => {
  await town.give('desfire', TICKETS, 5);
  const operationId = town.operation();
  const holder = await town.tap('desfire');
  const ask = () => takeAsPaper({ operationId, holder, schemeId: TICKETS, tickets: 2, staff: [] }, ports());
  expect([await ask(), await ask()]).toMatchObject([{ kind: 'moved' }, { kind: 'moved' }]);
  expect(moved()).toHaveLength(1);
  expect(town.ledger.paperPromised(holder.accountId)).toEqual([{ operationId, slipNumber: 1 }]);
  expect(await takeAsPaper({ operationId: town.operation(), holder: await town.tap('desfire'), schemeId: TICKETS, tickets: PAPER_MOST + 1, staff: [] }, ports())).toEqual({ kind: 'refused', rule: 'not-offered' });
});
