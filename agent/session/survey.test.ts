/** The five faces on the real session machine and a real ledger: who is asked, how it ends, and what is left of an answer. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JournalBody, type JournalFact } from '../../contract/journal.ts';
import { KioskSnapshot, type Press } from '../../contract/kiosk.ts';
import type { Change } from '../../contract/sync.ts';
import { dateInTokyo, momentFromEpoch, addDays } from '../../contract/time.ts';
import type { Backend } from '../ports.ts';
import { CARD, CARD_KEY, createDemoLedger, DEMO_CHANGES, DEVICE, OTHER_CARD, type DemoLedger } from '../test-support/demo-ledger.ts';
import { createManualClock, settle, type ManualClock } from '../test-support/manual-clock.ts';
import { NO_CARD_KEYS } from '../test-support/no-card-keys.ts';
import { ScriptedPrinter } from '../test-support/scripted-printer.ts';
import { ScriptedReader } from '../test-support/scripted-reader.ts';
import { createSeededRandomness } from '../test-support/seeded-randomness.ts';
import { createKiosk, type Kiosk } from './kiosk.ts';

const DAY_MS = 86_400_000;

let clock: ManualClock;
let reader: ScriptedReader;
let printer: ScriptedPrinter;
let demo: DemoLedger;
let kiosk: Kiosk;
let logged: string[];

beforeEach(() => {
  clock = createManualClock();
  reader = new ScriptedReader();
  printer = new ScriptedPrinter();
  demo = createDemoLedger();
  logged = [];
  const nobody = async () => ({ kind: 'unreachable' as const, detail: '' });
  const backend: Backend = { enrol: nobody, push: nobody, pull: nobody, cardKeys: nobody, hold: nobody, want: nobody, request: nobody, linkState: nobody, linkChallenge: nobody, link: nobody };
  kiosk = createKiosk(
    { clock, randomness: createSeededRandomness(1), reader, cardKeys: NO_CARD_KEYS, printer, ledger: demo.ledger, backend, log: { event: (name, ...fields) => void logged.push(`${name} ${JSON.stringify(fields)}`) } },
    {
      cardKey: CARD_KEY,
      town: '苫前町',
      site: '苫前町役場',
      deviceId: DEVICE,
      deviceLabel: '役場1',
      sealedSlips: false,
      display: { ppi: 102.6, readerSide: 'below' },
      simulated: false,
      online: () => true,
      wakeSync: () => undefined,
      onFailure: (error) => {
        throw error;
      },
    },
  );
});
afterEach(() => {
  kiosk.stop();
  demo.remove();
});

const screen = () => KioskSnapshot.parse(kiosk.snapshot()).screen;
const name = () => screen().name;
const facts = (): JournalFact[] => demo.ledger.entriesAfter(0, 1_000).map(({ body }) => JournalBody.parse(JSON.parse(body)).fact);
const counted = () => facts().filter(({ type }) => type === 'surveys-counted');

async function press(...presses: Press[]): Promise<void> {
  for (const one of presses) {
    expect(kiosk.choose({ ...one, screenId: kiosk.snapshot().screenId })).toBe('taken');
    await settle();
  }
}

/** The kiosk's clock shows some days later, and the kiosk has looked at it. */
async function daysPass(days: number): Promise<void> {
  clock.setNow(clock.now() + days * DAY_MS);
  await clock.advance(10_000);
}

async function put(card = CARD): Promise<void> {
  reader.put(card);
  await settle();
}

/** Somebody prints their balance, ends, and touches the n-th face. */
async function visit(index: number): Promise<void> {
  await put();
  await press({ choice: 'print' }, { choice: 'finish' }, { choice: 'pick', index });
  reader.take();
  await clock.advance(4_000);
  expect(name()).toBe('start');
}

describe('who is asked', () => {
  it('whoever did something: with one touch it is over, and the farewell follows', async () => {
    await put();
    await press({ choice: 'receive' }, { choice: 'confirm' }, { choice: 'finish' });
    expect(screen()).toEqual({ name: 'survey', cardOnReader: true });
    await press({ choice: 'pick', index: 1 });
    expect(screen()).toEqual({ name: 'farewell', cardOnReader: true });
  });

  it('nobody who only looked', async () => {
    await put();
    await press({ choice: 'finish' });
    expect(name()).toBe('farewell');
  });

  it('nobody whose slip did not come, even when they did something else as well', async () => {
    await put();
    printer.nextOutcome = { kind: 'failed', why: 'paper-out', partial: true };
    await press({ choice: 'receive' }, { choice: 'confirm' }, { choice: 'print' }, { choice: 'continue' }, { choice: 'print' });
    expect(name()).toBe('printed');
    await press({ choice: 'finish' });
    expect(name()).toBe('farewell');
  });

  it('nobody who has gone: not after a minute and a half, not after the card was taken', async () => {
    await put();
    await press({ choice: 'print' });
    await clock.advance(60_000);
    await clock.advance(30_000);
    expect(name()).toBe('farewell');
    reader.take();
    await clock.advance(4_000);
    await put();
    await press({ choice: 'print' });
    reader.take();
    await clock.advance(60_000);
    expect(name()).toBe('farewell');
  });

  it('nobody while there is an emergency', async () => {
    const day = dateInTokyo(momentFromEpoch(clock.now()));
    const emergency: Change = { type: 'notice', id: 'tsunami', title: '津波警報', text: '高台へ', firstDay: day, lastDay: day, level: 'emergency' };
    demo.ledger.applyChanges([emergency], DEMO_CHANGES.length + 1, momentFromEpoch(clock.now()));
    await put();
    await press({ choice: 'print' }, { choice: 'finish' });
    expect(name()).toBe('farewell');
  });

  it('once a session: what comes after somebody goes on in another session is asked for itself', async () => {
    await visit(0);
    await put();
    await press({ choice: 'finish' });
    expect(name()).toBe('farewell');
  });
});

describe('past it leads', () => {
  const asked = async () => {
    await put();
    await press({ choice: 'print' }, { choice: 'finish' });
    expect(name()).toBe('survey');
  };

  it.each(['decline', 'finish'] as const)('the button %s', async (choice) => {
    await asked();
    await press({ choice });
    expect(name()).toBe('farewell');
  });

  it('taking the card: after a quarter of a minute at most', async () => {
    await asked();
    await clock.advance(30_000);
    reader.take();
    await settle();
    expect(screen()).toEqual({ name: 'survey', cardOnReader: false });
    await clock.advance(14_999);
    expect(name()).toBe('survey');
    await clock.advance(1);
    expect(name()).toBe('farewell');
    await clock.advance(4_000);
    expect(name()).toBe('start');
  });

  it('doing nothing: after a minute', async () => {
    await asked();
    await clock.advance(59_999);
    expect(name()).toBe('survey');
    await clock.advance(1);
    expect(screen()).toEqual({ name: 'farewell', cardOnReader: true });
  });

  it('the next card, which is served at once', async () => {
    await asked();
    reader.take();
    await put(OTHER_CARD);
    expect(name()).toBe('balance');
  });

  it('a reader that is unplugged', async () => {
    await asked();
    reader.unplug();
    await settle();
    expect(screen()).toMatchObject({ name: 'out-of-service', interrupted: false });
  });

  it('a face that is not there: nothing is counted', async () => {
    await asked();
    await press({ choice: 'pick', index: 5 });
    expect(name()).toBe('farewell');
    await daysPass(40);
    expect(counted()).toEqual([]);
  });
});

describe('an answer', () => {
  it('leaves nothing in the journal or the log when it is given', async () => {
    await visit(0);
    expect(facts().map(({ type }) => type)).toEqual(['slip-settled', 'session-ended']);
    expect(logged.filter((line) => line.startsWith('survey'))).toEqual([]);
  });

  it('is kept back while fewer than five are there, until the month is over, and then counted with its month', async () => {
    const day = dateInTokyo(momentFromEpoch(clock.now()));
    await visit(0);
    await visit(4);
    await daysPass(2);
    expect(counted()).toEqual([]);
    await daysPass(31);
    expect(counted()).toEqual([
      { type: 'surveys-counted', day, answers: [{ face: 1, did: ['slip'], count: 1 }, { face: 5, did: ['slip'], count: 1 }] },
    ]);
  });

  it('goes with four others on a later day, added up, and only once', async () => {
    const day = dateInTokyo(momentFromEpoch(clock.now()));
    for (const index of [4, 0, 0, 2]) await visit(index);
    await daysPass(1);
    expect(counted()).toEqual([]);
    await visit(0);
    expect(counted()).toEqual([]);
    await daysPass(1);
    const together = { type: 'surveys-counted', day: addDays(day, 1), answers: [[1, 1], [3, 1], [5, 3]].map(([face, count]) => ({ face, did: ['slip'], count })) };
    expect(counted()).toEqual([together]);
    await daysPass(40);
    expect(counted()).toEqual([together]);
  });

  it('says which kinds of things were done, in one order', async () => {
    await put();
    await press({ choice: 'print' }, { choice: 'continue' }, { choice: 'receive' }, { choice: 'confirm' }, { choice: 'finish' }, { choice: 'pick', index: 3 });
    await daysPass(40);
    expect(counted()).toMatchObject([{ answers: [{ face: 2, did: ['load', 'slip'], count: 1 }] }]);
  });
});
