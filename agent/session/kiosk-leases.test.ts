/** A running kiosk and the town's leases: what comes while a person looks, what waits until they are gone, and what is shown without any. */
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EntitlementId } from '../../contract/ids.ts';
import { journalSealer } from '../../contract/journal-seal.ts';
import { JournalBody } from '../../contract/journal.ts';
import type { PlainChoice } from '../../contract/kiosk.ts';
import type { Change } from '../../contract/sync.ts';
import { LocalDate, Moment } from '../../contract/time.ts';
import { runKiosk, type RunningKiosk } from '../run-kiosk.ts';
import { ACCOUNT, CARD, CARD_KEY, createDemoLedger, DEMO_CHANGES, DEVICE, ENTITLEMENT, GRANT, type DemoLedger } from '../test-support/demo-ledger.ts';
import { createManualClock, settle, type ManualClock } from '../test-support/manual-clock.ts';
import { NO_CARD_KEYS } from '../test-support/no-card-keys.ts';
import { createRecordedLog } from '../test-support/recorded-log.ts';
import { ScriptedBackend } from '../test-support/scripted-backend.ts';
import { ScriptedPrinter } from '../test-support/scripted-printer.ts';
import { ScriptedReader } from '../test-support/scripted-reader.ts';
import { createSeededRandomness } from '../test-support/seeded-randomness.ts';

const SEALER = journalSealer({ deviceId: DEVICE, privateKey: generateKeyPairSync('ed25519').privateKey });
const UNTIL = Moment.parse('2026-11-28T00:00:00.000Z');
const SECOND: Change = {
  type: 'lease',
  entitlement: { id: EntitlementId.parse('e-0002'), accountId: ACCOUNT, schemeId: GRANT, amount: 700, lotKind: 'free', firstDay: LocalDate.parse('2026-11-01'), lastDay: LocalDate.parse('2027-01-30') },
  until: UNTIL,
};

describe('a running kiosk', () => {
  let clock: ManualClock;
  let reader: ScriptedReader;
  let backend: ScriptedBackend;
  let demo: DemoLedger;
  let running: RunningKiosk;
  let failures: unknown[];

  const start = async (fault?: 'unreachable') => {
    backend.constantFault = fault;
    const randomness = createSeededRandomness(1);
    running = runKiosk(
      { clock, randomness, reader, cardKeys: NO_CARD_KEYS, printer: new ScriptedPrinter(), ledger: demo.ledger, sealJournal: SEALER, backend, log: createRecordedLog() },
      { identity: { deviceId: DEVICE, cardKey: CARD_KEY, municipalityName: '苫前町', siteName: '役場', deviceLabel: '役場1' }, display: { ppi: 100, readerSide: 'below' }, simulated: false },
      (error) => failures.push(error),
    );
    await clock.advance(0);
  };
  const screen = () => running.kiosk.snapshot().screen;
  const choose = async (choice: PlainChoice) => {
    running.kiosk.choose({ screenId: running.kiosk.snapshot().screenId, choice });
    await settle();
  };
  const offers = () => {
    const shown = screen();
    return shown.name === 'balance' ? shown.offers.map(({ amount }) => amount) : shown.name;
  };
  const returned = () =>
    backend.journal.map(({ body }) => JournalBody.parse(JSON.parse(body)).fact).flatMap((fact) => (fact.type === 'leases-returned' ? fact.leases : []));

  beforeEach(() => {
    clock = createManualClock();
    reader = new ScriptedReader();
    backend = new ScriptedBackend(DEVICE);
    backend.changes.push(...DEMO_CHANGES);
    demo = createDemoLedger();
    failures = [];
  });
  afterEach(async () => {
    await running.stop();
    demo.remove();
    expect(failures).toEqual([]);
  });

  it('says whose card lies there, and shows what comes of it without another tap', async () => {
    await start();
    backend.holdAnswers();
    reader.put(CARD);
    await settle();
    // The balance did not wait for the town.
    expect(offers()).toEqual([5_000]);
    const { screenId } = running.kiosk.snapshot();
    backend.changes.push(SECOND);
    backend.release();
    await settle();
    expect(backend.requests).toContain(`want ${ACCOUNT}`);
    expect(offers()).toEqual([700, 5_000]);
    // A finger that was on its way still meets the screen it meant.
    expect(running.kiosk.snapshot().screenId).toBe(screenId);
  });

  it('serves nobody while it hears the town anew, and then whoever lies there', async () => {
    await start();
    const pull = backend.pull.bind(backend);
    // One page of another history comes, and the line is gone.
    backend.generation = '1'.repeat(16);
    backend.pageSize = 2;
    backend.pull = async (...asked) => {
      const page = await pull(...asked);
      backend.constantFault = 'unreachable';
      return page;
    };
    await clock.advance(15_000);
    expect(screen().name).toBe('starting');
    reader.put(CARD);
    await settle();
    expect(screen().name).toBe('starting');
    backend.pull = pull;
    backend.constantFault = undefined;
    await clock.advance(60_000);
    expect(offers()).toEqual([5_000]);
    expect(screen()).toMatchObject({ pockets: [{ amount: 8_500 }] });
  });

  it('hears the town anew when the person who looks at their balance has gone', async () => {
    await start();
    reader.put(CARD);
    await settle();
    backend.generation = '1'.repeat(16);
    backend.pageSize = 2;
    await clock.advance(30_000);
    expect(screen()).toMatchObject({ name: 'balance', pockets: [{ amount: 8_500 }] });
    await choose('finish');
    reader.take();
    await clock.advance(30_000);
    expect([screen().name, demo.ledger.syncState().generation]).toEqual(['start', '1'.repeat(16)]);
  });

  it('does not change an offer that is being confirmed', async () => {
    await start();
    reader.put(CARD);
    await settle();
    await choose('receive');
    backend.changes.push(SECOND);
    await clock.advance(15_000);
    expect(screen()).toMatchObject({ name: 'confirm-load', offer: { amount: 5_000 } });
  });

  it('gives back what is recalled when its holder has gone, not before', async () => {
    await start();
    reader.put(CARD);
    await settle();
    backend.changes.push({ type: 'lease-recalled', entitlementId: ENTITLEMENT }, { type: 'hold', accountId: ACCOUNT, until: UNTIL });
    await clock.advance(15_000);
    expect(returned()).toEqual([]);
    expect(offers()).toEqual([5_000]);
    await choose('finish');
    await clock.advance(0);
    expect(returned()).toEqual([{ kind: 'entitlement', id: ENTITLEMENT }, { kind: 'hold', id: ACCOUNT }]);
  });

  it('without a network asks nobody, and shows the last known balance with its time and what it holds itself', async () => {
    await start('unreachable');
    backend.requests.length = 0;
    reader.put(CARD);
    await settle();
    expect(backend.requests.filter((request) => request.startsWith('want'))).toEqual([]);
    expect(screen()).toMatchObject({ name: 'balance', pockets: [{ amount: 8_500 }], offers: [{ amount: 5_000 }], confirmedAt: '2026-11-01T00:00:00.000Z', online: false });
  });

  it('without a network and without any lease shows the balance and its time all the same', async () => {
    demo.ledger.giveUpLeases();
    await start('unreachable');
    reader.put(CARD);
    await settle();
    expect(screen()).toMatchObject({ name: 'balance', pockets: [{ amount: 8_500 }], offers: [], confirmedAt: '2026-11-01T00:00:00.000Z', online: false });
  });

  it('that was stopped does not fail over an answer that comes later', async () => {
    await start();
    backend.holdAnswers();
    reader.put(CARD);
    await settle();
    await running.stop();
    backend.release();
    await settle();
    expect(backend.requests).toContain(`want ${ACCOUNT}`);
    expect(failures).toEqual([]);
  });

  it('deletes keys of cards whose time is over by the town’s clock', async () => {
    const cardRef = DEMO_CHANGES.flatMap((change) => (change.type === 'card' ? [change.cardRef] : []))[0];
    if (!cardRef) throw new Error('The demo town has cards');
    demo.ledger.keepCardKeys(cardRef, { profile: 'desfire', until: Moment.parse('2026-11-21T01:04:59.000Z'), sealed: 'AAAA' });
    await start('unreachable');
    await clock.advance(60_000);
    expect(demo.ledger.cardKeys(cardRef)).toBeDefined();
    backend.constantFault = undefined;
    await clock.advance(60_000);
    expect(demo.ledger.cardKeys(cardRef)).toBeUndefined();
  });
});
