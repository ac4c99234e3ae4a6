/** What the session's machine remembers: nothing, once the person is gone. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createActor } from 'xstate';
import { LocalDate } from '../../contract/time.ts';
import { showBalance } from '../services/show-balance.ts';
import { CARD, CARD_KEY, createDemoLedger, type DemoLedger } from '../test-support/demo-ledger.ts';
import { createManualClock, settle } from '../test-support/manual-clock.ts';
import { ScriptedReader } from '../test-support/scripted-reader.ts';
import { NO_CARD_KEYS } from '../test-support/no-card-keys.ts';
import { createSeededRandomness } from '../test-support/seeded-randomness.ts';
import { newOperationId } from '../new-id.ts';
import { sessionMachine } from './session-machine.ts';
import type { SessionServices } from './session-parts.ts';

let demo: DemoLedger;
beforeEach(() => {
  demo = createDemoLedger();
});
afterEach(() => demo.remove());

const WAYS_TO_END = [
  ['finishing', (reader: ScriptedReader, send: (choice: 'finish') => void) => (send('finish'), reader)],
  ['taking the card away', (reader: ScriptedReader) => reader.take()],
  ['unplugging the reader', (reader: ScriptedReader) => reader.unplug()],
  ['putting a second card', (reader: ScriptedReader) => reader.putAnother()],
] as const;

it.each(WAYS_TO_END)('%s leaves neither card, account nor balance in memory', async (_, end) => {
  const reader = new ScriptedReader();
  const clock = createManualClock();
  const ended: string[] = [];
  const services: SessionServices = {
    renewOffers: (holder) => holder,
    showBalance: (presence) =>
      showBalance(presence, { reader, cardKeys: NO_CARD_KEYS, ledger: demo.ledger, clock, randomness: createSeededRandomness(1), log: { event: () => undefined }, cardKey: CARD_KEY }),
    loadValue: () => Promise.reject(new Error('not in this test')),
    pointsOffered: () => [],
    loadAll: () => Promise.reject(new Error('not in this test')),
    setsOnSale: () => ({ sales: [], noSales: [] }),
    lookAtStaff: () => Promise.reject(new Error('not in this test')),
    signInStaff: () => Promise.reject(new Error('not in this test')),
    staffCame: () => undefined,
    recordSale: () => Promise.reject(new Error('not in this test')),
    receiveSale: () => Promise.reject(new Error('not in this test')),
    boughtOf: () => null,
    newOperation: () => newOperationId(clock, createSeededRandomness(2)),
    movePoints: () => Promise.reject(new Error('not in this test')),
    undecidedOf: () => null,
    decisionOf: () => null,
    paperOwedTo: () => null,
    paperTold: () => undefined,
    printSlip: () => Promise.reject(new Error('not in this test')),
    makeRequest: () => Promise.reject(new Error('not in this test')),
    withdrawRequest: () => undefined,
    offeredProcedures: () => [{ today: LocalDate.parse('2026-11-22'), identity: 'stored-value', known: {}, areas: [] }, [], []],
    lookAtMyNumber: () => Promise.reject(new Error('not in this test')),
    openMyNumber: () => Promise.reject(new Error('not in this test')),
    lookForLink: () => undefined,
    canLink: () => false,
    beginLink: () => Promise.reject(new Error('not in this test')),
    proveLink: () => Promise.reject(new Error('not in this test')),
    sendLink: () => Promise.reject(new Error('not in this test')),
    sessionEnded: (how) => ended.push(how),
    maySurvey: () => true,
    answerSurvey: () => undefined,
    letGoOfCode: () => undefined,
    callStaff: () => undefined,
    failed: (error) => {
      throw error;
    },
    monotonic: () => clock.monotonic(),
  };
  const actor = createActor(sessionMachine, { input: { services, status: reader.status(), presence: reader.presence() } });
  actor.start();
  reader.onChange(() => actor.send({ type: 'reader', status: reader.status(), presence: reader.presence() }));
  reader.put(CARD);
  await settle();
  expect(actor.getSnapshot().context.holder?.pockets).toHaveLength(1);

  end(reader, (choice) => actor.send({ type: choice }));
  await settle();
  const { holder, loaded, slip, startedAt } = actor.getSnapshot().context;
  expect({ holder, loaded, slip, startedAt }).toEqual({ holder: null, loaded: null, slip: null, startedAt: null });
  expect(ended).toHaveLength(1);
  actor.stop();
});
