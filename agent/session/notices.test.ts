/** The town's notices at the kiosk: which are on the idle screen, and how an emergency comes and goes, by the kiosk's own clock. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EMERGENCIES_MAX, KioskSnapshot, NOTICES_MAX } from '../../contract/kiosk.ts';
import { NOTICE_KINDS, type Notice } from '../../contract/notice.ts';
import { addDays, dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import type { Backend } from '../ports.ts';
import { CARD, CARD_KEY, createDemoLedger, DEMO_CHANGES, DEVICE, type DemoLedger } from '../test-support/demo-ledger.ts';
import { createManualClock, settle, type ManualClock } from '../test-support/manual-clock.ts';
import { NO_CARD_KEYS } from '../test-support/no-card-keys.ts';
import { ScriptedPrinter } from '../test-support/scripted-printer.ts';
import { ScriptedReader } from '../test-support/scripted-reader.ts';
import { createSeededRandomness } from '../test-support/seeded-randomness.ts';
import { createKiosk, type Kiosk } from './kiosk.ts';

let clock: ManualClock;
let reader: ScriptedReader;
let demo: DemoLedger;
let kiosk: Kiosk;
let cursor: number;
let pushed: KioskSnapshot[];

beforeEach(() => {
  clock = createManualClock();
  reader = new ScriptedReader();
  demo = createDemoLedger();
  cursor = DEMO_CHANGES.length;
  pushed = [];
  const nobody = async () => ({ kind: 'unreachable' as const, detail: '' });
  const backend: Backend = { enrol: nobody, push: nobody, pull: nobody, cardKeys: nobody, hold: nobody, want: nobody, request: nobody, linkState: nobody, linkChallenge: nobody, link: nobody };
  kiosk = createKiosk(
    { clock, randomness: createSeededRandomness(1), reader, cardKeys: NO_CARD_KEYS, printer: new ScriptedPrinter(), ledger: demo.ledger, backend, log: { event: () => undefined } },
    {
      cardKey: CARD_KEY,
      town: '苫前町',
      site: '苫前町役場',
      deviceId: DEVICE,
      deviceLabel: '役場1',
      sealedSlips: false,
      display: { ppi: 102.6, readerSide: 'below' },
      simulated: false,
      // The network is gone: everything here goes on by the kiosk's clock.
      online: () => false,
      wakeSync: () => undefined,
      onFailure: (error) => {
        throw error;
      },
    },
  );
  kiosk.onSnapshot((snapshot) => pushed.push(KioskSnapshot.parse(snapshot)));
});
afterEach(() => {
  kiosk.stop();
  demo.remove();
});

const today = () => dateInTokyo(momentFromEpoch(clock.now()));
const moment = (ms: number) => momentFromEpoch(clock.now() + ms);
const notice = (id: string, more: Partial<Notice> = {}): Notice => ({ id, title: id, text: '町から', firstDay: today(), lastDay: today(), ...more });

function hear(...notices: Notice[]): void {
  cursor += 1;
  demo.ledger.applyChanges(notices.map((one) => ({ type: 'notice', ...one })), cursor, moment(0));
  kiosk.refresh();
}

const ids = () => kiosk.snapshot().emergencies.map(({ id }) => id);
const titles = () => kiosk.snapshot().notices.map(({ ja }) => ja.title);

it('shows the notices of the day kind by kind, of each kind the newest first, in the wordings that the town wrote', () => {
  const words = { title: 'x', text: 'y' };
  hear(...NOTICE_KINDS.toReversed().map((kind) => notice(kind, { kind })), notice('old', { firstDay: addDays(today(), -9), easy: words, en: words }), notice('tomorrow', { firstDay: addDays(today(), 1), lastDay: addDays(today(), 1) }));
  expect(titles()).toEqual([...NOTICE_KINDS, 'old']);
  expect(kiosk.snapshot().notices.at(-1)).toEqual({ kind: 'notice', ja: { title: 'old', text: '町から' }, easy: words, en: words });
});

it('shows no more than the window takes', () => {
  hear(...Array.from({ length: NOTICES_MAX + 3 }, (_, index) => notice(`n${index}`)), ...Array.from({ length: EMERGENCIES_MAX + 1 }, (_, index) => notice(`e${index}`, { level: 'emergency' })));
  expect([titles().length, ids().length]).toEqual([NOTICES_MAX, EMERGENCIES_MAX]);
});

it('shows an emergency from its beginning to its end, on every screen, and tells the window each time', async () => {
  hear(notice('tsunami', { level: 'emergency', from: moment(60_000), until: moment(120_000) }));
  expect(ids()).toEqual([]);
  await clock.advance(60_000);
  expect(pushed.at(-1)).toMatchObject({ screen: { name: 'start' }, notices: [], emergencies: [{ id: 'tsunami', since: momentFromEpoch(clock.now()) }] });
  reader.put(CARD);
  await settle();
  expect(pushed.at(-1)).toMatchObject({ screen: { name: 'balance' }, emergencies: [{ id: 'tsunami' }] });
  await clock.advance(50_000);
  expect(ids()).toEqual(['tsunami']);
  await clock.advance(10_000);
  expect(pushed.at(-1)?.emergencies).toEqual([]);
});

it('does not interrupt who is in the middle of something when one comes', async () => {
  reader.put(CARD);
  await settle();
  const { screenId } = kiosk.snapshot();
  hear(notice('tsunami', { level: 'emergency' }));
  expect(kiosk.snapshot()).toMatchObject({ screenId, screen: { name: 'balance' }, emergencies: [{ id: 'tsunami', since: null }] });
});

it('takes it off when the town ends it, as it takes off any notice that has no day any more', () => {
  hear(notice('tsunami', { level: 'emergency' }), notice('garbage'));
  expect([ids(), titles()]).toEqual([['tsunami'], ['garbage']]);
  hear(notice('tsunami', { lastDay: addDays(today(), -1) }), notice('garbage', { lastDay: addDays(today(), -1) }));
  expect([ids(), titles()]).toEqual([[], []]);
});
