/** The session with paper cards: a code is shown and taken away, on a simulated clock and a real SQLite ledger. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cardRefOf } from '../../contract/card-ref.ts';
import { KioskSnapshot, type PlainChoice } from '../../contract/kiosk.ts';
import type { Backend } from '../ports.ts';
import { ACCOUNT, CARD, CARD_KEY, createDemoLedger, DEVICE, OTHER_CARD, PAPER_CARD, type DemoLedger } from '../test-support/demo-ledger.ts';
import { createManualClock, settle, type ManualClock } from '../test-support/manual-clock.ts';
import { NO_CARD_KEYS } from '../test-support/no-card-keys.ts';
import { createRecordedLog, type RecordedLog } from '../test-support/recorded-log.ts';
import { ScriptedPrinter } from '../test-support/scripted-printer.ts';
import { ScriptedReader } from '../test-support/scripted-reader.ts';
import { ScriptedScanner } from '../test-support/scripted-scanner.ts';
import { createSeededRandomness } from '../test-support/seeded-randomness.ts';
import { createKiosk, type Kiosk } from './kiosk.ts';

const UNKNOWN_PAPER = '000102030405060708090a0b0c0d0e0f';

let clock: ManualClock;
let reader: ScriptedReader;
let scanner: ScriptedScanner;
let printer: ScriptedPrinter;
let demo: DemoLedger;
let log: RecordedLog;
let kiosk: Kiosk;
let failures: unknown[];
/** Every screen that was pushed to the window, in order. */
let pushed: unknown[];

beforeEach(() => {
  clock = createManualClock();
  reader = new ScriptedReader();
  scanner = new ScriptedScanner();
  printer = new ScriptedPrinter();
  demo = createDemoLedger();
  log = createRecordedLog();
  failures = [];
  pushed = [];
  const nobody = async () => ({ kind: 'unreachable' as const, detail: '' });
  const backend: Backend = { enrol: nobody, push: nobody, pull: nobody, cardKeys: nobody, hold: nobody, want: nobody, request: nobody, linkState: nobody, linkChallenge: nobody, link: nobody };
  kiosk = createKiosk(
    { clock, randomness: createSeededRandomness(1), reader, scanner, cardKeys: NO_CARD_KEYS, printer, ledger: demo.ledger, backend, log },
    {
      deviceId: DEVICE,
      cardKey: CARD_KEY,
      town: '苫前町',
      site: '苫前町役場',
      deviceLabel: '役場1',
      display: { ppi: 102.6, readerSide: 'below' },
      simulated: false,
      sealedSlips: false,
      online: () => true,
      wakeSync: () => undefined,
      onFailure: (error) => failures.push(error),
    },
  );
  kiosk.onSnapshot((snapshot) => pushed.push(snapshot.screen));
});

afterEach(() => {
  kiosk.stop();
  demo.remove();
  expect(failures).toEqual([]);
});

const screen = () => KioskSnapshot.parse(kiosk.snapshot()).screen;
const name = () => screen().name;
async function choose(choice: PlainChoice): Promise<void> {
  kiosk.choose({ screenId: kiosk.snapshot().screenId, choice });
  await settle();
}
async function show(identifier = PAPER_CARD): Promise<void> {
  scanner.show(identifier);
  await settle();
}
async function put(card = CARD): Promise<void> {
  reader.put(card);
  await settle();
}
const balanceInLedger = () => demo.ledger.lotsOf(ACCOUNT).reduce((sum, { amount }) => sum + amount, 0);
const ends = () => log.events.filter((event) => event.name === 'session-ended').map(({ fields }) => (fields as { how: string }).how);

describe('a paper card', () => {
  it('shows its balance, takes a voucher in, prints, and says goodbye without a card to take', async () => {
    expect(screen()).toEqual({ name: 'start', codes: 'ready', procedures: false });
    await show();
    expect(pushed).toContainEqual({ name: 'reading', card: 'shown' });
    expect(screen()).toMatchObject({ name: 'balance', pockets: [{ amount: 8_500 }], offers: [{ amount: 5_000 }] });
    await choose('receive');
    await choose('confirm');
    expect(pushed).toContainEqual({ name: 'writing', card: 'shown' });
    expect(screen()).toMatchObject({ name: 'loaded', balance: 5_000 });
    await choose('print');
    expect(name()).toBe('printed');
    await choose('finish');
    expect(screen()).toEqual({ name: 'survey', cardOnReader: false });
    await choose('decline');
    expect(screen()).toEqual({ name: 'farewell', cardOnReader: false });
    await clock.advance(4_000);
    expect(name()).toBe('start');
    expect(balanceInLedger()).toBe(13_500);
    expect(printer.printed).toHaveLength(1);
    expect(pushed).not.toContainEqual({ name: 'farewell', cardOnReader: true });
    expect(ends()).toEqual(['finished']);
  });

  it('is asked no command, and its code is nowhere in the log', async () => {
    await show();
    await choose('receive');
    await choose('confirm');
    await choose('finish');
    expect(reader.commands).toEqual([]);
    expect(log.events).toContainEqual({ name: 'code-scanned', fields: { kind: 'card' } });
    expect(log.events.find((event) => event.name === 'card-recognised')?.fields).toMatchObject({ kind: 'code' });
    expect(JSON.stringify(log.events).toLowerCase()).not.toContain(PAPER_CARD);
  });

  it('shown again during its own session changes nothing', async () => {
    await show();
    await choose('receive');
    await show();
    expect(name()).toBe('confirm-load');
    expect(ends()).toEqual([]);
  });

  it('is served again, from the beginning, when it is shown after the end', async () => {
    await show();
    await choose('finish');
    await show();
    expect(screen()).toMatchObject({ name: 'balance', pockets: [{ amount: 8_500 }] });
    expect(ends()).toEqual(['finished']);
  });

  it('goes on by itself neither longer nor shorter than a card: asked after a minute, over half a minute later', async () => {
    await show();
    await clock.advance(60_000);
    expect(name()).toBe('still-there');
    await choose('continue');
    expect(name()).toBe('balance');
    await clock.advance(60_000);
    await clock.advance(30_000);
    expect(screen()).toEqual({ name: 'farewell', cardOnReader: false });
    await clock.advance(4_000);
    expect(name()).toBe('start');
    expect(ends()).toEqual(['finished', 'timed-out']);
  });

  it('after a load waits as long, and then asks', async () => {
    await show();
    await choose('receive');
    await choose('confirm');
    await clock.advance(59_999);
    expect(name()).toBe('loaded');
    await clock.advance(1);
    expect(name()).toBe('still-there');
    await choose('continue');
    expect(screen()).toMatchObject({ name: 'balance', offers: [] });
  });

  it.each([
    ['that the town does not know', () => UNKNOWN_PAPER, 'unknown'],
    [
      'that was stopped',
      () => {
        const cardRef = cardRefOf(CARD_KEY, Buffer.from(PAPER_CARD, 'hex'));
        demo.ledger.applyChanges([{ type: 'card', cardRef, accountId: ACCOUNT, profile: 'code', state: 'stopped' }], 1_000, kiosk.snapshot().now);
        return PAPER_CARD;
      },
      'stopped',
    ],
  ])('%s is told so, and the sentence stays for a minute', async (_, identifier, why) => {
    await show(identifier());
    expect(screen()).toEqual({ name: 'card-not-usable', why, card: 'shown' });
    await clock.advance(59_999);
    expect(name()).toBe('card-not-usable');
    await clock.advance(1);
    expect(name()).toBe('start');
    await show();
    expect(name()).toBe(why === 'stopped' ? 'card-not-usable' : 'balance');
  });
});

describe('another card during the session of a paper card', () => {
  it('laid on the reader is served instead; nothing of the first is left on the glass', async () => {
    await show();
    await choose('receive');
    await put(OTHER_CARD);
    expect(screen()).toMatchObject({ name: 'balance', pockets: [], offers: [] });
    expect(balanceInLedger()).toBe(8_500);
    expect(ends()).toEqual(['card-left']);
    await choose('finish');
    expect(screen()).toEqual({ name: 'farewell', cardOnReader: true });
    reader.take();
    await clock.advance(4_000);
    expect(name()).toBe('start');
  });

  it('laid down while a load is under way: the load is in the books once or not at all, and the other card is served', async () => {
    await show();
    await choose('receive');
    kiosk.choose({ screenId: kiosk.snapshot().screenId, choice: 'confirm' });
    reader.put(OTHER_CARD);
    await settle();
    expect(screen()).toMatchObject({ name: 'balance', pockets: [], offers: [] });
    expect([8_500, 13_500]).toContain(balanceInLedger());
    expect(demo.ledger.openIntents()).toEqual([]);
    reader.take();
    await clock.advance(60_000);
    await clock.advance(4_000);
    await show();
    expect(screen()).toMatchObject(balanceInLedger() === 13_500 ? { name: 'balance', offers: [] } : { name: 'balance', offers: [{ amount: 5_000 }] });
  });

  it('several at once: one is asked for, and the paper card’s session is over', async () => {
    await show();
    reader.putAnother();
    await settle();
    expect(screen()).toEqual({ name: 'card-not-usable', why: 'several', card: 'placed' });
    expect(ends()).toEqual(['card-left']);
  });

  it('another code: it is served instead', async () => {
    await show();
    await show(UNKNOWN_PAPER);
    expect(screen()).toEqual({ name: 'card-not-usable', why: 'unknown', card: 'shown' });
    await show();
    expect(name()).toBe('balance');
    expect(ends()).toEqual(['card-left', 'finished']);
  });

  it('another code while the first one is asked whether to go on', async () => {
    await show();
    await clock.advance(60_000);
    await show(UNKNOWN_PAPER);
    expect(screen()).toEqual({ name: 'card-not-usable', why: 'unknown', card: 'shown' });
  });

  it('another code while a slip is printed: the slip comes first', async () => {
    await show();
    printer.hold();
    await choose('print');
    await show(UNKNOWN_PAPER);
    expect(name()).toBe('printing');
    printer.release();
    await settle();
    expect(printer.printed).toHaveLength(1);
    expect(screen()).toEqual({ name: 'card-not-usable', why: 'unknown', card: 'shown' });
  });
});

describe('a code while a card lies on the reader', () => {
  it('is not taken, and the session goes on', async () => {
    await put();
    await choose('receive');
    await show(UNKNOWN_PAPER);
    expect(name()).toBe('confirm-load');
    await choose('confirm');
    expect(name()).toBe('loaded');
  });

  it('is taken once the card is away', async () => {
    await put(OTHER_CARD);
    await choose('finish');
    await show();
    expect(name()).toBe('farewell');
    reader.take();
    await show();
    expect(screen()).toMatchObject({ name: 'balance', pockets: [{ amount: 8_500 }] });
  });
});

describe('a code that is no card', () => {
  it.each(['foreign', 'damaged'] as const)('%s: said for a minute, and whoever comes meanwhile is served', async (kind) => {
    scanner.showUnusable(kind);
    expect(screen()).toEqual({ name: 'card-not-usable', why: `${kind}-code`, card: 'shown' });
    await clock.advance(59_999);
    expect(name()).toBe('card-not-usable');
    await clock.advance(1);
    expect(name()).toBe('start');
    scanner.showUnusable(kind);
    await show();
    expect(name()).toBe('balance');
    await choose('finish');
    scanner.showUnusable(kind);
    expect(name()).toBe('card-not-usable');
    await put();
    expect(name()).toBe('balance');
  });

  it('says what it is of the last one shown, and ends at once when asked to', async () => {
    scanner.showUnusable('foreign');
    scanner.showUnusable('damaged');
    expect(screen()).toMatchObject({ why: 'damaged-code' });
    await choose('finish');
    expect(screen()).toEqual({ name: 'farewell', cardOnReader: false });
  });

  it('is forgotten as soon as anything is laid down: that is what is spoken of then', async () => {
    scanner.showUnusable('foreign');
    reader.putAnother();
    expect(screen()).toEqual({ name: 'card-not-usable', why: 'several', card: 'placed' });
    await clock.advance(120_000);
    expect(name()).toBe('card-not-usable');
    reader.take();
    await clock.advance(6_000);
    scanner.showUnusable('damaged');
    reader.unreadable('mute');
    expect(screen()).toEqual({ name: 'card-not-usable', why: 'unreadable', card: 'placed' });
  });

  it('does not disturb a session', async () => {
    await show();
    await choose('receive');
    scanner.showUnusable('foreign');
    expect(name()).toBe('confirm-load');
    await choose('confirm');
    expect(name()).toBe('loaded');
  });

  it('is logged as its kind and no more', async () => {
    scanner.showUnusable('foreign');
    expect(log.events.filter((event) => event.name === 'code-scanned')).toEqual([{ name: 'code-scanned', fields: { kind: 'foreign' } }]);
  });
});

describe('a device that goes', () => {
  it('the scanner in the middle of a session: it was needed only once, and the load goes through', async () => {
    await show();
    await choose('receive');
    scanner.setStatus({ kind: 'absent' });
    await settle();
    expect(name()).toBe('confirm-load');
    await choose('confirm');
    expect(name()).toBe('loaded');
    await choose('finish');
    await clock.advance(15_000);
    await clock.advance(4_000);
    expect(screen()).toEqual({ name: 'start', codes: 'away', procedures: false });
    scanner.setStatus({ kind: 'ready' });
    expect(screen()).toEqual({ name: 'start', codes: 'ready', procedures: false });
    const statuses = log.events.filter((event) => event.name === 'scanner-status').map(({ fields }) => fields);
    expect(statuses).toEqual([{ status: 'ready', why: '' }, { status: 'absent', why: '' }, { status: 'ready', why: '' }]);
  });

  it('the reader in the middle of a session: a paper card needs none', async () => {
    await show();
    reader.unplug();
    await settle();
    await choose('receive');
    await choose('confirm');
    expect(name()).toBe('loaded');
    await choose('continue');
    expect(name()).toBe('balance');
    await choose('finish');
    await clock.advance(4_000);
    expect(screen()).toMatchObject({ name: 'out-of-service', trouble: 'reader-absent', interrupted: false });
  });

  it.each([{ kind: 'absent' }, { kind: 'starting' }] as const)('the reader is $kind: who holds a code is served all the same', async (status) => {
    reader.unplug(status);
    await show();
    expect(screen()).toMatchObject({ name: 'balance', pockets: [{ amount: 8_500 }] });
    await choose('finish');
    await settle();
    expect(name()).toBe(status.kind === 'absent' ? 'out-of-service' : 'starting');
    await show(UNKNOWN_PAPER);
    expect(screen()).toEqual({ name: 'card-not-usable', why: 'unknown', card: 'shown' });
    await clock.advance(60_000);
    expect(name()).toBe(status.kind === 'absent' ? 'out-of-service' : 'starting');
  });
});
