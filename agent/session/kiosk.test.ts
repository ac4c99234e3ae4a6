/** The session on a simulated clock, a real SQLite ledger, and a reader and a printer in memory: every screen, every interruption. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkChain } from '../../contract/journal-hash.ts';
import { JournalBody } from '../../contract/journal.ts';
import { KioskSnapshot, type PlainChoice, type ScreenName } from '../../contract/kiosk.ts';
import type { ReaderStatus } from '../../hardware/reader/card-reader.ts';
import type { PrinterStatus } from '../../hardware/printer/slip-printer.ts';
import type { Log } from '../log/log.ts';
import type { Backend } from '../ports.ts';
import { CARD, CARD_KEY, createDemoLedger, DEVICE, OTHER_CARD, STOPPED_CARD, UNKNOWN_CARD, ACCOUNT, type DemoLedger } from '../test-support/demo-ledger.ts';
import { createManualClock, settle, type ManualClock } from '../test-support/manual-clock.ts';
import { ScriptedPrinter } from '../test-support/scripted-printer.ts';
import { ScriptedReader } from '../test-support/scripted-reader.ts';
import { NO_CARD_KEYS } from '../test-support/no-card-keys.ts';
import { createSeededRandomness } from '../test-support/seeded-randomness.ts';
import { createKiosk, type Kiosk } from './kiosk.ts';

let clock: ManualClock;
let reader: ScriptedReader;
let printer: ScriptedPrinter;
let demo: DemoLedger;
let kiosk: Kiosk;
let failures: unknown[];
let logged: string[];

beforeEach(() => {
  clock = createManualClock();
  reader = new ScriptedReader();
  printer = new ScriptedPrinter();
  demo = createDemoLedger();
  failures = [];
  logged = [];
  kiosk = startKiosk();
});

afterEach(() => {
  kiosk.stop();
  demo.remove();
  expect(failures).toEqual([]);
});

function startKiosk(): Kiosk {
  const nobody = async () => ({ kind: 'unreachable' as const, detail: '' });
  const backend: Backend = { enrol: nobody, push: nobody, pull: nobody, cardKeys: nobody, hold: nobody, want: nobody, request: nobody, linkState: nobody, linkChallenge: nobody, link: nobody };
  const log: Log = { event: (name, ...fields) => void logged.push(`${name} ${JSON.stringify(fields)}`) };
  return createKiosk(
    { clock, randomness: createSeededRandomness(1), reader, cardKeys: NO_CARD_KEYS, printer, ledger: demo.ledger, backend, log },
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
}

const screen = () => KioskSnapshot.parse(kiosk.snapshot()).screen;
const name = () => screen().name;

async function choose(choice: PlainChoice): Promise<'taken' | 'ignored'> {
  const answer = kiosk.choose({ screenId: kiosk.snapshot().screenId, choice });
  await settle();
  return answer;
}

async function put(card = CARD): Promise<void> {
  reader.put(card);
  await settle();
}

function balanceInLedger(): number {
  return demo.ledger.lotsOf(ACCOUNT).reduce((sum, { amount }) => sum + amount, 0);
}

function facts(): string[] {
  const entries = demo.ledger.entriesAfter(0, 1000);
  expect(checkChain(DEVICE, entries).ok).toBe(true);
  return entries.map((entry) => JournalBody.parse(JSON.parse(entry.body)).fact.type);
}

/** Ways to each screen of a session, from a kiosk that waits for a card. */
const WAYS: Readonly<Partial<Record<ScreenName, () => Promise<void>>>> = {
  reading: async () => {
    reader.hold();
    await put();
  },
  balance: () => put(),
  'confirm-load': async () => {
    await put();
    await choose('receive');
  },
  loaded: async () => {
    await put();
    await choose('receive');
    await choose('confirm');
  },
  writing: async () => {
    await put();
    await choose('receive');
    reader.hold();
    await choose('confirm');
  },
  printing: async () => {
    await put();
    printer.hold();
    await choose('print');
  },
  printed: async () => {
    await put();
    await choose('print');
  },
  'print-trouble': async () => {
    await put();
    printer.nextOutcome = { kind: 'failed', why: 'paper-out', partial: true };
    await choose('print');
  },
  'still-there': async () => {
    await put();
    await clock.advance(60_000);
  },
};

describe('the main path', () => {
  it('shows the balance of the card, before and after, loads once, prints, and says goodbye', async () => {
    expect(name()).toBe('start');
    await put();
    expect(screen()).toMatchObject({
      name: 'balance',
      pockets: [{ name: 'プレミアム地域振興券', amount: 8_500, lastDay: '2026-12-31', daysLeft: 40 }],
      offers: [{ name: '物価高騰くらし応援券', amount: 5_000 }],
    });
    await choose('receive');
    expect(screen()).toMatchObject({ name: 'confirm-load', before: 0, after: 5_000, lastDay: '2027-02-28' });
    await choose('confirm');
    expect(screen()).toMatchObject({ name: 'loaded', balance: 5_000 });
    expect(balanceInLedger()).toBe(13_500);
    await choose('print');
    expect(screen()).toEqual({
      name: 'printed',
      paper: { slip: 'load', name: '物価高騰くらし応援券', unit: 'yen', paid: 0, premium: 0, free: 5_000, balance: 5_000, lastDay: '2027-02-28', usableAt: '町内の加盟店29店' },
      preview: null,
      weakProof: false,
    });
    expect(printer.printed).toHaveLength(1);
    await choose('finish');
    expect(screen()).toEqual({ name: 'survey', cardOnReader: true });
    await choose('finish');
    expect(screen()).toEqual({ name: 'farewell', cardOnReader: true });
    reader.take();
    expect(screen()).toEqual({ name: 'farewell', cardOnReader: false });
    await clock.advance(4_000);
    expect(name()).toBe('start');
    expect(facts()).toEqual(['value-moved', 'slip-settled', 'session-ended']);
  });

  it('does not offer again what was taken', async () => {
    await WAYS.loaded?.();
    await choose('continue');
    expect(screen()).toMatchObject({ name: 'balance', offers: [] });
    expect(await choose('receive')).toBe('taken');
    expect(name()).toBe('balance');
    expect(balanceInLedger()).toBe(13_500);
  });

  it('changes nothing when the person declines, goes back or ends', async () => {
    for (const choice of ['decline', 'back'] as const) {
      if (name() === 'start') await put();
      await choose('receive');
      await choose(choice);
      expect(name()).toBe('balance');
    }
    await choose('receive');
    await choose('finish');
    expect(name()).toBe('farewell');
    expect(balanceInLedger()).toBe(8_500);
    expect(demo.ledger.openIntents()).toEqual([]);
  });

  it('keeps nothing of the person after the end', async () => {
    await put();
    await choose('finish');
    const text = JSON.stringify(kiosk.snapshot());
    expect(text).not.toContain('8500');
    expect(text).not.toContain('プレミアム');
    expect(logged.join('\n')).not.toMatch(new RegExp(`${CARD}|${ACCOUNT}|8500|5000`, 'i'));
  });
});

describe('choices', () => {
  it('ignores a choice made on an older screen, and one the screen does not offer', async () => {
    await put();
    const { screenId } = kiosk.snapshot();
    await choose('receive');
    expect(kiosk.choose({ screenId, choice: 'finish' })).toBe('ignored');
    expect(await choose('print')).toBe('ignored');
    expect(name()).toBe('confirm-load');
  });

  it('loads once however often 入れる is pressed', async () => {
    await put();
    await choose('receive');
    reader.hold();
    const { screenId } = kiosk.snapshot();
    expect(kiosk.choose({ screenId, choice: 'confirm' })).toBe('taken');
    expect(kiosk.choose({ screenId, choice: 'confirm' })).toBe('ignored');
    reader.release();
    await settle();
    expect(name()).toBe('loaded');
    expect(balanceInLedger()).toBe(13_500);
  });

  it('calls staff from any screen, gives the call a number once, and takes the call down after three minutes', async () => {
    for (const way of [undefined, WAYS.balance]) {
      await way?.();
      expect(await choose('call-staff')).toBe('taken');
      expect(kiosk.snapshot().staffCall).toEqual({ number: 1 });
    }
    await clock.advance(180_000);
    expect(kiosk.snapshot().staffCall).toBeNull();
    expect(facts().filter((fact) => fact === 'staff-called')).toHaveLength(1);
  });
});

describe('cards that cannot be used', () => {
  it.each([
    ['an unknown card', UNKNOWN_CARD, 'unknown'],
    ['a stopped card', STOPPED_CARD, 'stopped'],
  ])('tells kindly of %s and waits until it is taken', async (_, card, why) => {
    await put(card);
    expect(screen()).toEqual({ name: 'card-not-usable', why, card: 'placed' });
    await clock.advance(120_000);
    expect(screen()).toEqual({ name: 'card-not-usable', why, card: 'placed' });
    reader.take();
    await clock.advance(6_000);
    expect(name()).toBe('start');
  });

  it('asks for one card when two lie there, sends neither a command, and serves the one that stays', async () => {
    reader.putAnother();
    await settle();
    expect(screen()).toEqual({ name: 'card-not-usable', why: 'several', card: 'placed' });
    expect(reader.commands).toEqual([]);
    await put();
    expect(name()).toBe('balance');
  });

  it('asks for the card again when it was moved too early, and says so of a mute one', async () => {
    reader.unreadable('moved-too-early');
    await settle();
    expect(screen()).toEqual({ name: 'card-moved', during: 'reading' });
    reader.unreadable('mute');
    await settle();
    expect(screen()).toEqual({ name: 'card-not-usable', why: 'unreadable', card: 'placed' });
    await put();
    expect(name()).toBe('balance');
  });
});

describe('a card taken away', () => {
  it('while reading: the late answer is never shown, also not to the next card', async () => {
    reader.hold();
    await put(CARD);
    reader.take();
    await settle();
    expect(screen()).toEqual({ name: 'card-moved', during: 'reading' });
    reader.put(OTHER_CARD);
    reader.release();
    await settle();
    expect(screen()).toMatchObject({ name: 'balance', pockets: [] });
  });

  it('while choosing: nothing changed, and the same card goes on from the start', async () => {
    await WAYS['confirm-load']?.();
    reader.take();
    await settle();
    expect(screen()).toEqual({ name: 'card-moved', during: 'choosing' });
    expect(balanceInLedger()).toBe(8_500);
    await put();
    expect(name()).toBe('balance');
  });

  it('while loading: nothing is loaded, the entitlement is still there', async () => {
    await WAYS.writing?.();
    reader.take();
    reader.release();
    await settle();
    expect(screen()).toEqual({ name: 'card-moved', during: 'writing' });
    expect(balanceInLedger()).toBe(8_500);
    expect(demo.ledger.openIntents()).toEqual([]);
    await put();
    expect(screen()).toMatchObject({ offers: [{ amount: 5_000 }] });
  });

  it('after loading: the slip can still be printed, and the screen clears a minute later', async () => {
    await WAYS.loaded?.();
    reader.take();
    await settle();
    expect(name()).toBe('loaded');
    await choose('print');
    expect(name()).toBe('printed');
    await clock.advance(59_999);
    expect(name()).toBe('printed');
    await clock.advance(1);
    expect(name()).toBe('farewell');
    await clock.advance(4_000);
    expect(name()).toBe('start');
  });

  it('and another one put: the session of the first is over', async () => {
    await WAYS.loaded?.();
    reader.take();
    await put(OTHER_CARD);
    expect(screen()).toMatchObject({ name: 'balance', pockets: [], offers: [] });
  });

  it('and never returned: the kiosk goes back to the start', async () => {
    await put();
    reader.take();
    await clock.advance(60_000);
    await clock.advance(4_000);
    expect(name()).toBe('start');
  });
});

describe('nobody presses anything', () => {
  it('asks after a minute, and ends half a minute later with the card still lying there', async () => {
    await put();
    await clock.advance(59_999);
    expect(name()).toBe('balance');
    await clock.advance(1);
    expect(screen()).toEqual({ name: 'still-there', secondsLeft: 30 });
    await clock.advance(30_000);
    expect(screen()).toEqual({ name: 'farewell', cardOnReader: true });
    reader.take();
    await clock.advance(4_000);
    expect(name()).toBe('start');
  });

  it.each(['balance', 'confirm-load', 'loaded', 'printed', 'print-trouble'] as const)('on %s: it stays a whole minute, and warns half a minute before it ends', async (at) => {
    await WAYS[at]?.();
    await clock.advance(59_999);
    expect(name()).toBe(at);
    await clock.advance(1);
    expect(screen()).toEqual({ name: 'still-there', secondsLeft: 30 });
    await clock.advance(29_999);
    expect(name()).toBe('still-there');
    await choose('continue');
    expect(name()).toBe('balance');
  });

  it('goes on when asked to, reading the card again', async () => {
    await WAYS['still-there']?.();
    const before = reader.commands.length;
    await choose('continue');
    expect(name()).toBe('balance');
    expect(reader.commands.length).toBeGreaterThan(before);
  });
});

describe('the reader unplugged in every state', () => {
  const TROUBLES: ReadonlyArray<[ReaderStatus & { kind: 'service-down' | 'absent' | 'faulty' }, string, number]> = [
    [{ kind: 'absent' }, 'reader-absent', 202],
    [{ kind: 'service-down' }, 'reader-service-down', 201],
    [{ kind: 'faulty', why: 'not-answering' }, 'reader-faulty', 203],
  ];

  it.each(TROUBLES)('at the start: %o has its own calm screen and heals by itself', async (status, trouble, number) => {
    reader.unplug(status);
    await settle();
    expect(screen()).toEqual({ name: 'out-of-service', trouble, number, interrupted: false });
    reader.replug();
    await settle();
    expect(name()).toBe('start');
  });

  it.each(['reading', 'balance', 'confirm-load', 'still-there'] as const)('on %s: says that nothing is lost, loads nothing, heals', async (at) => {
    await WAYS[at]?.();
    expect(name()).toBe(at);
    reader.unplug();
    reader.release();
    await settle();
    expect(screen()).toMatchObject({ name: 'out-of-service', trouble: 'reader-absent', interrupted: true });
    expect(balanceInLedger()).toBe(8_500);
    reader.take();
    reader.replug();
    await settle();
    expect(name()).toBe('start');
    await put();
    expect(screen()).toMatchObject({ name: 'balance', offers: [{ amount: 5_000 }] });
  });

  it('on writing: the load did not happen, and the next tap offers it again', async () => {
    await WAYS.writing?.();
    reader.unplug();
    reader.release();
    await settle();
    expect(screen()).toMatchObject({ name: 'out-of-service', interrupted: true });
    expect(balanceInLedger()).toBe(8_500);
    reader.replug();
    await settle();
    expect(screen()).toMatchObject({ name: 'balance', offers: [{ amount: 5_000 }] });
  });

  it.each(['loaded', 'printing', 'printed', 'print-trouble'] as const)('on %s: what needs no card goes on', async (at) => {
    await WAYS[at]?.();
    const balance = balanceInLedger();
    reader.unplug();
    await settle();
    expect(name()).toBe(at);
    printer.release();
    await settle();
    if (at === 'printing') expect(name()).toBe('printed');
    await choose('finish');
    await clock.advance(4_000);
    expect(screen()).toMatchObject({ name: 'out-of-service', trouble: 'reader-absent' });
    expect(balanceInLedger()).toBe(balance);
    reader.take();
    reader.replug();
    await settle();
    expect(name()).toBe('start');
  });
});

describe('the printer', () => {
  it.each<[Exclude<PrinterStatus, { kind: 'ready' | 'starting' }>, string]>([
    [{ kind: 'paper-out' }, 'printer-paper-out'],
    [{ kind: 'cover-open' }, 'printer-cover-open'],
    [{ kind: 'silent' }, 'printer-silent'],
    [{ kind: 'absent' }, 'printer-absent'],
    [{ kind: 'faulty', why: 'cutter' }, 'printer-cutter'],
    [{ kind: 'faulty', why: 'recoverable' }, 'printer-overheated'],
    [{ kind: 'faulty', why: 'unrecoverable' }, 'printer-unrecoverable'],
    [{ kind: 'faulty', why: 'offline' }, 'printer-faulty'],
    [{ kind: 'faulty', why: 'line' }, 'printer-garbled'],
  ])('%o: the load is safe, the slip is said to be missing, and is not printed by itself later', async (status, trouble) => {
    await WAYS.loaded?.();
    printer.setStatus(status);
    await choose('print');
    expect(screen()).toMatchObject({ name: 'print-trouble', slip: 'load', trouble });
    expect(balanceInLedger()).toBe(13_500);
    printer.setStatus({ kind: 'ready', paper: 'enough' });
    await clock.advance(20_000);
    expect(printer.printed).toEqual([]);
    expect(printer.jobs).toBe(1);
  });

  it('whose paper ends soon goes on printing, tells staff on the start screen and in the log, once until there is enough again', async () => {
    const said = () => logged.flatMap((line) => /^paper-[a-z-]+/.exec(line) ?? []);
    expect(kiosk.snapshot().paperEndsSoon).toBe(false);
    for (const status of [{ kind: 'ready', paper: 'near-end' }, { kind: 'cover-open' }, { kind: 'ready', paper: 'near-end' }] as const) printer.setStatus(status);
    expect(kiosk.snapshot()).toMatchObject({ printer: 'ready', paperEndsSoon: true });
    expect(said()).toEqual(['paper-near-end']);
    printer.setStatus({ kind: 'ready', paper: 'enough' });
    expect(kiosk.snapshot().paperEndsSoon).toBe(false);
    expect(said()).toEqual(['paper-near-end', 'paper-enough']);
  });

  it.each([
    [{ kind: 'unknown', why: 'power-cycled' }, 'printer-power-cycled', 311],
    [{ kind: 'unknown', why: 'line-lost' }, 'printer-line-lost', 312],
    [{ kind: 'unknown', why: 'stopped' }, 'printer-stopped-at-end', 313],
    [{ kind: 'failed', why: 'unprintable', reason: 'character', partial: false }, 'slip-character', 314],
    [{ kind: 'failed', why: 'unprintable', reason: 'layout', partial: false }, 'slip-layout', 315],
  ] as const)('%o has its own sentence and number', async (outcome, trouble, number) => {
    await put();
    printer.nextOutcome = outcome;
    await choose('print');
    expect(screen()).toMatchObject({ name: 'print-trouble', trouble, number });
  });

  it('that never answered leaves the slip unknown, said aloud and recorded so', async () => {
    await put();
    printer.nextOutcome = { kind: 'unknown', why: 'silence' };
    await choose('print');
    expect(screen()).toMatchObject({ name: 'print-trouble', trouble: 'printer-no-proof', number: 306 });
    const last = demo.ledger.entriesAfter(0, 10).at(-1);
    expect(JournalBody.parse(JSON.parse(last?.body ?? '')).fact).toMatchObject({ type: 'slip-settled', outcome: 'unknown' });
  });
});

describe('snapshots', () => {
  it('are pushed once for each change, with growing revisions, and again every ten seconds', async () => {
    const seen: number[] = [];
    const names: string[] = [];
    kiosk.onSnapshot((snapshot) => {
      seen.push(snapshot.revision);
      names.push(snapshot.screen.name);
    });
    await put();
    expect(names).toEqual(['reading', 'balance']);
    await clock.advance(10_000);
    expect(names).toEqual(['reading', 'balance', 'balance']);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe('an agent that stopped in the middle of a load', () => {
  it('offers the entitlement again at the next tap, because only the ledger could have committed it', async () => {
    await WAYS.writing?.();
    kiosk.stop();
    expect(demo.ledger.openIntents()).toHaveLength(1);
    reader = new ScriptedReader();
    kiosk = startKiosk();
    await put();
    expect(screen()).toMatchObject({ name: 'balance', offers: [{ amount: 5_000 }] });
    expect(demo.ledger.openIntents()).toEqual([]);
    await choose('receive');
    await choose('confirm');
    expect(balanceInLedger()).toBe(13_500);
  });
});
