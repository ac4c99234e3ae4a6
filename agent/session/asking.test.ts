/** Asking for procedures at the kiosk: on a simulated clock, a real SQLite ledger, real keys, and a reader and a printer in memory. */
import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JournalBody } from '../../contract/journal.ts';
import { CHOICES_OF_SCREEN, KioskSnapshot, type Press, type Screen } from '../../contract/kiosk.ts';
import { Procedure } from '../../contract/procedure/procedure.ts';
import { newOffice } from '../../contract/test-support/sealed-request.ts';
import { plainWords } from '../../contract/procedure/readings.ts';
import { openRequest } from '../../contract/procedure/request.ts';
import type { Change } from '../../contract/sync.ts';
import { createRequestCodes } from '../keys/request-codes.ts';
import { CARD, CARD_KEY, createDemoLedger, DEVICE, OTHER_CARD, type DemoLedger } from '../test-support/demo-ledger.ts';
import { createManualClock, settle, type ManualClock } from '../test-support/manual-clock.ts';
import { NO_CARD_KEYS } from '../test-support/no-card-keys.ts';
import { ScriptedPrinter } from '../test-support/scripted-printer.ts';
import { ScriptedReader } from '../test-support/scripted-reader.ts';
import { createSeededRandomness } from '../test-support/seeded-randomness.ts';
import { createKiosk, type Kiosk } from './kiosk.ts';
import { SESSION_TIMINGS } from './timings.ts';

const DIRECTORY = new URL('../../backend/procedures/', import.meta.url);
const PROCEDURES = readdirSync(DIRECTORY)
  .filter((file) => file.endsWith('.json'))
  .map((file) => Procedure.parse(JSON.parse(readFileSync(new URL(file, DIRECTORY), 'utf8'))));
const AREAS: Change = { type: 'areas', areas: [{ id: 'tomamae', name: '字苫前', kana: 'とままえ' }] } as Change;

let clock: ManualClock;
let reader: ScriptedReader;
let printer: ScriptedPrinter;
let demo: DemoLedger;
let kiosk: Kiosk;
let office: ReturnType<typeof newOffice>;
const failures: unknown[] = [];

beforeEach(() => {
  clock = createManualClock();
  reader = new ScriptedReader();
  printer = new ScriptedPrinter();
  demo = createDemoLedger();
  office = newOffice();
  failures.length = 0;
  demo.ledger.applyChanges([AREAS, { type: 'fees', fees: [] }, ...PROCEDURES.map((procedure) => ({ type: 'procedure' as const, procedure })), { type: 'office-key', publicKey: office.x ?? '' }], 900, new Date(clock.now()).toISOString() as never);
  kiosk = start();
});
afterEach(() => {
  kiosk.stop();
  demo.remove();
  expect(failures).toEqual([]);
});

function start(): Kiosk {
  const { privateKey } = generateKeyPairSync('ed25519');
  return createKiosk(
    {
      clock, randomness: createSeededRandomness(1), reader, cardKeys: NO_CARD_KEYS, printer, ledger: demo.ledger, log: { event: () => undefined },
      requestCodes: createRequestCodes({ deviceId: DEVICE, privateKey }), drawSlip: async (markup) => `<svg>${markup.length}</svg>`,
      // Nothing here speaks with the town, but for the question whether a card could be linked.
      backend: { linkState: async () => ({ kind: 'unreachable', detail: '' }) } as never,
    },
    {
      deviceId: DEVICE, cardKey: CARD_KEY, town: '苫前町', site: '苫前町役場', deviceLabel: '役場1', display: { ppi: 102.6, readerSide: 'below' }, simulated: false, sealedSlips: false,
      online: () => true, wakeSync: () => undefined, onFailure: (error) => failures.push(error),
    },
  );
}

const screen = () => KioskSnapshot.parse(kiosk.snapshot()).screen;
async function press(pressed: Press | Press['choice']): Promise<Screen> {
  kiosk.choose({ ...(typeof pressed === 'string' ? ({ choice: pressed } as Press) : pressed), screenId: kiosk.snapshot().screenId });
  await settle();
  return screen();
}
/** Sealing is real work of the machine's own; nothing of it is on the kiosk's clock. */
async function becomes(name: Screen['name']): Promise<Screen> {
  await vi.waitFor(() => expect(screen().name).toBe(name), { timeout: 5_000, interval: 2 });
  return screen();
}
/** Agrees to what stands there, and waits for the slip. */
async function ask(): Promise<Screen> {
  await press('confirm');
  return becomes('printed');
}
const facts = () => demo.ledger.entriesAfter(0, 500).map(({ body }) => JournalBody.parse(JSON.parse(body)).fact);

/** Picks the procedure of this id from the list, without a My Number card. */
async function begin(id: string): Promise<Screen> {
  const shown = await press({ choice: 'pick', index: demo.ledger.procedures().findIndex((procedure) => procedure.id === id) });
  return shown.name === 'my-number-place' ? press('without-card') : shown;
}

/** Answers whatever is asked as a person would who takes the first of everything. */
async function answerAll(): Promise<Screen> {
  for (let step = 0; step < 40; step += 1) {
    const shown = screen();
    if (shown.name !== 'question') return shown;
    expect(shown.fault, `${shown.question}`).toBeNull();
    const { view } = shown;
    switch (view.type) {
      case 'options':
        await press({ choice: 'pick', index: view.usual ?? 0 });
        break;
      case 'number':
        await press({ choice: 'answer', answer: view.least });
        break;
      case 'date':
        await press({ choice: 'answer', answer: view.earliest > '1947-03-04' ? view.earliest : '1947-03-04' });
        break;
      case 'people':
        await press({ choice: 'answer', answer: ['トママエ　ハナコ'] });
        break;
      case 'phone':
        await press({ choice: 'answer', answer: '0164641234' });
        break;
      case 'kana':
        await press({ choice: 'answer', answer: 'トママエ　ハナコ' });
        break;
      case 'address':
        await press({ choice: 'answer', answer: { area: 'tomamae', number: '172-1' } as never });
        break;
    }
  }
  throw new Error('It asks for ever');
}

describe('without a card', () => {
  it.each(PROCEDURES.map(({ id }) => id))('%s is asked for to its end: sealed to the office, printed, and told apart by its number', async (id) => {
    expect(screen()).toMatchObject({ name: 'start', procedures: true });
    expect((await press('procedures')).name).toBe('procedures');
    expect((await begin(id)).name).toBe('question');
    const review = await answerAll();
    expect(review.name).toBe('request-review');
    printer.hold();
    expect(await press('confirm')).toMatchObject({ name: 'printing', slip: 'request' });
    await vi.waitFor(() => expect(screen()).toMatchObject({ preview: expect.stringMatching(/^<svg>\d+<\/svg>$/) as string }));
    printer.release();
    expect(await becomes('printed')).toMatchObject({ name: 'printed', paper: { slip: 'request' }, weakProof: false });
    const made = facts().filter(({ type }) => type === 'request-made');
    expect(made).toHaveLength(1);
    const last = demo.ledger.entriesAfter(0, 500).at(-1);
    if (last) demo.ledger.acknowledge(last.seq, last.hash);
    const [sealed] = demo.ledger.requestsToSend(10);
    if (!sealed || review.name !== 'request-review') throw new Error('Nothing was sealed');
    const content = await openRequest(office, sealed.requestId, sealed.sealed);
    expect(content.procedureId).toBe(id);
    expect(content.lines).toEqual(review.lines.map(({ label, value }) => ({ label: plainWords(label.ja), value: value === null ? null : plainWords(value.ja) })));
    expect(JSON.stringify(facts())).not.toContain('トママエ');
    expect((await press('finish')).name).toBe('survey');
    expect((await press('decline')).name).toBe('farewell');
  });

  it('several are asked for in one visit, and what was answered for the first is not asked again', async () => {
    await press('procedures');
    await begin('residence-certificate');
    const asked = new Set<string>();
    const note = () => {
      const shown = screen();
      if (shown.name === 'question') asked.add(shown.question);
    };
    await answerAll();
    await ask();
    expect(await press('continue')).toMatchObject({ name: 'procedures', made: 1 });
    await begin('income-certificate');
    for (let step = 0; step < 40 && screen().name === 'question'; step += 1) {
      note();
      const shown = screen();
      if (shown.name !== 'question') break;
      if (shown.view.type === 'options') await press({ choice: 'pick', index: shown.view.usual ?? 0 });
      else await press({ choice: 'answer', answer: shown.view.type === 'number' ? shown.view.least : null });
    }
    expect(screen().name).toBe('request-review');
    expect([...asked]).not.toContain('kana');
    expect([...asked]).not.toContain('birthday');
    await ask();
    expect(facts().filter(({ type }) => type === 'request-made')).toHaveLength(2);
  });

  it('an answer that cannot be is said to be so, and asked again; nothing before it is lost', async () => {
    await press('procedures');
    await begin('residence-certificate');
    await press({ choice: 'pick', index: 0 });
    for (;;) {
      const shown = screen();
      if (shown.name !== 'question') throw new Error('It was not asked');
      if (shown.view.type === 'number') break;
      await press({ choice: 'pick', index: 0 });
    }
    expect(await press({ choice: 'answer', answer: 11 })).toMatchObject({ name: 'question', question: 'copies', fault: 'too-large' });
    expect(await press({ choice: 'answer', answer: 2 })).toMatchObject({ name: 'question', fault: null });
    expect(await press('back')).toMatchObject({ question: 'copies', fault: null });
  });

  it('戻る goes one question back, and out to the list at the first', async () => {
    await press('procedures');
    await begin('residence-certificate');
    const first = screen();
    await press({ choice: 'pick', index: 0 });
    expect(screen()).not.toMatchObject({ question: 'asker' });
    expect(await press('back')).toEqual(first);
    expect((await press('back')).name).toBe('procedures');
    expect((await press('back')).name).toBe('farewell');
  });

  it('やめる asks first; nothing was kept then, and nothing is lost by a wrong press', async () => {
    await press('procedures');
    await begin('road-report');
    await press({ choice: 'pick', index: 0 });
    const before = screen();
    expect(await press('finish')).toMatchObject({ name: 'leave-questions', made: 0 });
    expect(await press('continue')).toEqual(before);
    await press('finish');
    expect((await press('finish')).name).toBe('farewell');
    expect(facts().map(({ type }) => type)).toEqual(['session-ended']);
  });

  it('is taken back before the person goes: erased here, and the office hears of it', async () => {
    await press('procedures');
    await begin('road-report');
    await answerAll();
    await ask();
    expect(await press('withdraw')).toMatchObject({ name: 'withdraw-request' });
    expect((await press('back')).name).toBe('printed');
    await press('withdraw');
    expect((await press('confirm')).name).toBe('request-withdrawn');
    expect(facts().map(({ type }) => type)).toContain('request-withdrawn');
    expect(demo.ledger.requestsWaiting()).toBe(0);
    expect(await press('continue')).toMatchObject({ name: 'procedures', made: 0 });
  });

  it('keeps what was answered while somebody types, warns before it ends, and then forgets it', async () => {
    await press('procedures');
    await begin('residence-certificate');
    await press({ choice: 'pick', index: 0 });
    const before = screen();
    await clock.advance(SESSION_TIMINGS.untilAsked - 1_000);
    await press('still-here');
    await clock.advance(SESSION_TIMINGS.untilAsked - 1_000);
    expect(screen()).toEqual(before);
    await clock.advance(2_000);
    expect(screen()).toMatchObject({ name: 'still-there', secondsLeft: 30 });
    expect(await press('continue')).toEqual(before);
    await clock.advance(SESSION_TIMINGS.untilAsked + SESSION_TIMINGS.untilEnded + 1_000);
    expect(screen().name).toBe('farewell');
    await clock.advance(SESSION_TIMINGS.farewell);
    expect(screen().name).toBe('start');
    expect((await press('procedures'))).toMatchObject({ name: 'procedures', made: 0 });
  });

  it('a card that is put down in between shows nothing of the answers to whoever put it', async () => {
    await press('procedures');
    await begin('residence-certificate');
    await press({ choice: 'pick', index: 0 });
    const before = screen();
    reader.put(OTHER_CARD);
    await settle();
    expect(screen()).toEqual({ name: 'card-while-asking' });
    expect(await press('continue')).toEqual(before);
    reader.take();
    reader.put(CARD);
    await settle();
    expect((await press('decline')).name).toBe('balance');
    expect(facts().filter(({ type }) => type === 'request-made')).toEqual([]);
  });

  it('is not offered while there is nobody to seal it to', async () => {
    kiosk.stop();
    demo.remove();
    demo = createDemoLedger();
    kiosk = start();
    expect(screen()).toMatchObject({ name: 'start', procedures: false });
    expect((await press('procedures')).name).toBe('start');
  });
});

describe('with a card', () => {
  it('begins from the menu, and goes on when the card is taken', async () => {
    reader.put(CARD);
    await settle();
    expect(await press('more')).toEqual({ name: 'menu', items: ['procedures', 'history'] });
    await press('procedures');
    await begin('road-report');
    reader.take();
    await settle();
    expect(screen().name).toBe('question');
    await answerAll();
    await ask();
  });

  it('a reader that is pulled out does not end it', async () => {
    await press('procedures');
    await begin('road-report');
    reader.unplug();
    await settle();
    await answerAll();
    await ask();
  });

  it('shows what came and what went, the newest first, and goes back', async () => {
    reader.put(CARD);
    await settle();
    await press('receive');
    await press('confirm');
    await press('continue');
    await press('more');
    const history = await press('history');
    expect(history).toMatchObject({ name: 'history', movements: [{ kind: 'load', name: '物価高騰くらし応援券', change: 5_000 }, { kind: 'load', name: 'プレミアム地域振興券' }] });
    expect((await press('back')).name).toBe('menu');
    expect((await press('back')).name).toBe('balance');
  });
});

it('every screen of it offers what the contract says', () => {
  for (const name of ['procedures', 'question', 'request-review'] as const) expect(CHOICES_OF_SCREEN[name]).toContain('back');
});
