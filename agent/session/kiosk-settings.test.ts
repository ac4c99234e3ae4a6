/** How a person likes the screens: theirs for one visit, on every screen, on their slips, and nobody else's. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KioskSnapshot, type PlainChoice, type Settings } from '../../contract/kiosk.ts';
import { USUAL_SETTINGS } from '../../contract/usual-settings.ts';
import type { Log } from '../log/log.ts';
import type { Backend } from '../ports.ts';
import { CARD, CARD_KEY, createDemoLedger, DEVICE, OTHER_CARD, type DemoLedger } from '../test-support/demo-ledger.ts';
import { createManualClock, settle, type ManualClock } from '../test-support/manual-clock.ts';
import { NO_CARD_KEYS } from '../test-support/no-card-keys.ts';
import { ScriptedPrinter } from '../test-support/scripted-printer.ts';
import { ScriptedReader } from '../test-support/scripted-reader.ts';
import { createSeededRandomness } from '../test-support/seeded-randomness.ts';
import { createKiosk, type Kiosk } from './kiosk.ts';

let clock: ManualClock;
let reader: ScriptedReader;
let printer: ScriptedPrinter;
let demo: DemoLedger;
let kiosk: Kiosk;
let failures: unknown[];

const LARGE_ENGLISH: Settings = { ...USUAL_SETTINGS, text: 'large', form: 'en' };

beforeEach(() => {
  clock = createManualClock();
  reader = new ScriptedReader();
  printer = new ScriptedPrinter();
  demo = createDemoLedger();
  failures = [];
  const nobody = async () => ({ kind: 'unreachable' as const, detail: '' });
  const backend: Backend = { enrol: nobody, push: nobody, pull: nobody, cardKeys: nobody, hold: nobody, want: nobody, request: nobody, linkState: nobody, linkChallenge: nobody, link: nobody };
  const log: Log = { event: () => undefined };
  kiosk = createKiosk(
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
});
afterEach(() => {
  kiosk.stop();
  demo.remove();
  expect(failures).toEqual([]);
});

const snapshot = () => KioskSnapshot.parse(kiosk.snapshot());
const name = () => snapshot().screen.name;

async function like(settings: Settings): Promise<void> {
  expect(kiosk.choose({ screenId: snapshot().screenId, choice: 'settings', settings })).toBe('taken');
  await settle();
}
async function choose(choice: PlainChoice): Promise<void> {
  expect(kiosk.choose({ screenId: snapshot().screenId, choice })).toBe('taken');
  await settle();
}
async function put(card = CARD): Promise<void> {
  reader.put(card);
  await settle();
}
async function lift(): Promise<void> {
  reader.take();
  await settle();
}

describe('settings', () => {
  it('are taken on every screen, also for a screen that just went, and change how it looks and nothing else', async () => {
    expect(snapshot().settings).toEqual(USUAL_SETTINGS);
    const screenId = snapshot().screenId;
    const pushed: KioskSnapshot[] = [];
    kiosk.onSnapshot((one) => pushed.push(one));
    await like(LARGE_ENGLISH);
    expect(snapshot()).toMatchObject({ settings: LARGE_ENGLISH, screenId });
    expect(pushed.at(-1)).toMatchObject({ settings: LARGE_ENGLISH });

    await put();
    const balance = snapshot();
    expect(kiosk.choose({ screenId, choice: 'settings', settings: { ...LARGE_ENGLISH, colours: 'contrast' } })).toBe('taken');
    expect(snapshot()).toMatchObject({ screen: balance.screen, screenId: balance.screenId, settings: { colours: 'contrast' } });

    await choose('receive');
    reader.hold();
    await choose('confirm');
    expect(name()).toBe('writing');
    const writing = snapshot().screenId;
    await like({ ...LARGE_ENGLISH, form: 'easy' });
    expect(snapshot()).toMatchObject({ screen: { name: 'writing' }, screenId: writing, settings: { form: 'easy' } });
    reader.release();
    await settle();
    expect(name()).toBe('loaded');
  });

  it('stay to the last word, and the next person finds the usual kiosk', async () => {
    await like(LARGE_ENGLISH);
    await put();
    await choose('finish');
    expect(snapshot()).toMatchObject({ screen: { name: 'farewell' }, settings: LARGE_ENGLISH });
    await lift();
    await clock.advance(4_000);
    expect(snapshot()).toMatchObject({ screen: { name: 'start' }, settings: USUAL_SETTINGS });
  });

  it('are gone when another card comes before the farewell is over', async () => {
    await put();
    await like(LARGE_ENGLISH);
    await choose('finish');
    await put(OTHER_CARD);
    expect(snapshot().settings).toEqual(USUAL_SETTINGS);
  });

  it('stay with a card that was moved and laid down again, and do not pass to another', async () => {
    await put();
    await like(LARGE_ENGLISH);
    await lift();
    expect(name()).toBe('card-moved');
    await put();
    expect(snapshot()).toMatchObject({ screen: { name: 'balance' }, settings: LARGE_ENGLISH });
    await lift();
    await put(OTHER_CARD);
    expect(snapshot()).toMatchObject({ screen: { name: 'balance' }, settings: USUAL_SETTINGS });
  });

  it('are forgotten a minute after the last of them was chosen when no card comes', async () => {
    await like({ ...USUAL_SETTINGS, text: 'large' });
    await clock.advance(50_000);
    await like(LARGE_ENGLISH);
    await clock.advance(59_000);
    expect(snapshot().settings).toEqual(LARGE_ENGLISH);
    await clock.advance(1_000);
    expect(snapshot()).toMatchObject({ screen: { name: 'start' }, settings: USUAL_SETTINGS });
  });

  it('are not forgotten while the person is served', async () => {
    await like(LARGE_ENGLISH);
    await put();
    await clock.advance(59_000);
    await choose('receive');
    await clock.advance(59_000);
    expect(snapshot()).toMatchObject({ screen: { name: 'confirm-load' }, settings: LARGE_ENGLISH });
  });

  it('are forgotten before a kiosk that cannot serve, too', async () => {
    reader.unplug();
    await settle();
    expect(name()).toBe('out-of-service');
    await like(LARGE_ENGLISH);
    await clock.advance(60_000);
    expect(snapshot()).toMatchObject({ screen: { name: 'out-of-service' }, settings: USUAL_SETTINGS });
  });

  it('say how slips are printed', async () => {
    await put();
    await choose('print');
    await choose('continue');
    await like(LARGE_ENGLISH);
    await choose('print');
    const [usual = '', english = ''] = printer.printed.map(({ markup }) => markup);
    expect(usual).not.toContain('Your balance');
    expect(english).toContain('Your balance');
    // What is printed larger begins with ^; in large print that is every line.
    const enlarged = (markup: string) => markup.split('^').length;
    expect(enlarged(english)).toBeGreaterThan(enlarged(usual));
  });
});
