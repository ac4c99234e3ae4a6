import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AreaId, QuestionId } from '../../contract/ids.ts';
import { journalSealer } from '../../contract/journal-seal.ts';
import { sealedHash } from '../../contract/journal-hash.ts';
import { JournalBody } from '../../contract/journal.ts';
import { answerQuestion, beginDraft, nextStep, withAsker, type Draft } from '../../contract/procedure/answering.ts';
import type { Answer } from '../../contract/procedure/answers.ts';
import { openParts, takeOfficeKey } from '../../contract/procedure/open-sealed-code.ts';
import { readRequestCode } from '../../contract/procedure/request-code.ts';
import { readPart } from '../../contract/procedure/sealed-parts.ts';
import { openRequest } from '../../contract/procedure/request.ts';
import { sampleProcedure, visitOf } from '../../contract/test-support/sample-procedure.ts';
import { createSlipCopies } from '../keys/slip-copies.ts';
import { createRequestCodes } from '../keys/request-codes.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { createSynchroniser, type Synchroniser } from '../sync/synchroniser.ts';
import { NOW, openOrThrow, temporaryLedger, TOWN_DEVICE } from '../test-support/ledger-town.ts';
import { createManualClock, type ManualClock } from '../test-support/manual-clock.ts';
import { createRecordedLog } from '../test-support/recorded-log.ts';
import { ScriptedBackend } from '../test-support/scripted-backend.ts';
import { ScriptedPrinter } from '../test-support/scripted-printer.ts';
import { createSeededRandomness } from '../test-support/seeded-randomness.ts';
import { makeRequest, printRequest, withdrawRequest, type MadeRequest } from './make-request.ts';

const OFFICE = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
const IDENTITY = { deviceId: TOWN_DEVICE, privateKey: generateKeyPairSync('ed25519').privateKey };
const SEALER = journalSealer(IDENTITY);
const CODES = createRequestCodes(IDENTITY);
const DEVICE = { deviceId: TOWN_DEVICE, deviceLabel: '役場1' };
const VISIT = visitOf({ known: { name: '髙橋 﨑子', kana: 'タカハシ　サキコ' }, identity: 'my-number' });
const ANSWERS: Readonly<Record<string, Answer>> = { scope: 'all', 'with-number': false, copies: 2, 'fiscal-year': 2026, birthday: '1944-03-01', place: { area: AreaId.parse('tomamae'), number: '100' }, phone: '0164642213' };

/** Answers whatever is asked. */
function answered(): Draft {
  const begun = beginDraft(sampleProcedure(), VISIT);
  if (!begun) throw new Error('It may be asked for with any card');
  let draft = withAsker(begun, 'self', VISIT);
  for (;;) {
    const step = nextStep(draft, VISIT);
    if (step.kind !== 'question') return draft;
    const next = answerQuestion(draft, step.question.id, ANSWERS[step.question.id] ?? null, VISIT);
    if (next.kind === 'refused') throw new Error(`${step.question.id}: ${next.why}`);
    draft = next.draft;
  }
}

describe('what somebody asks for', () => {
  const place = temporaryLedger();
  const randomness = createSeededRandomness(5);
  let ledger: Ledger;
  let clock: ManualClock;
  let printer: ScriptedPrinter;
  let backend: ScriptedBackend;
  let log: ReturnType<typeof createRecordedLog>;
  let sync: Synchroniser | undefined;

  beforeEach(() => {
    ledger = openOrThrow(place.file);
    ledger.applyChanges([{ type: 'office-key', publicKey: OFFICE.x ?? '' }], 1, NOW);
    clock = createManualClock(Date.parse(NOW));
    printer = new ScriptedPrinter();
    backend = new ScriptedBackend(TOWN_DEVICE);
    backend.changes.push({ type: 'office-key', publicKey: OFFICE.x ?? '' });
    log = createRecordedLog();
  });
  afterEach(async () => {
    await sync?.stop();
    sync = undefined;
    ledger.close();
    place.remove();
  });

  const slipCopies = createSlipCopies(generateKeyPairSync('x25519').privateKey);
  const ports = () => ({ ledger, printer, clock, randomness, log, slipCopies });
  const facts = () => ledger.entriesAfter(0, 100).map(({ body }) => JournalBody.parse(JSON.parse(body)).fact);
  async function made(): Promise<MadeRequest> {
    const result = await makeRequest({ draft: answered(), visit: VISIT }, DEVICE, ports());
    if (result.kind !== 'made') throw new Error(result.kind);
    return result.request;
  }
  const frame = (slipNumber: number) => ({ slipNumber, deviceLabel: '役場1', town: '苫前町', site: '苫前町役場', now: NOW, form: 'ja' as const, large: false });
  const printIt = (request: MadeRequest, sealed = false) => printRequest(request, { codes: CODES, sealed, frame }, ports());
  /** Everything on the disk, as bytes. */
  const onDisk = () => readdirSync(place.directory).map((name) => readFileSync(path.join(place.directory, name), 'latin1')).join('');
  const synchronise = () => {
    sync ??= createSynchroniser({ ledger, sealJournal: SEALER, backend, clock, randomness, log });
    return sync.syncOnce();
  };

  it('is sealed to the office with all that it says, and is in the journal without it', async () => {
    const { requestId, slipNumber, content } = await made();
    await synchronise();
    const sealed = backend.sealedRequests.get(requestId) ?? '';
    expect(await openRequest(OFFICE, requestId, sealed)).toEqual(content);
    expect(content).toMatchObject({ number: '役場1-0001', asker: 'self', procedureId: 'sample', version: 1, known: { name: '髙橋 﨑子', kana: 'タカハシ　サキコ' } });
    expect(content.lines).toContainEqual({ label: 'name', value: '髙橋 﨑子' });
    expect(content.answers[QuestionId.parse('copies')]).toBe(2);
    expect(facts()).toEqual([{ type: 'request-made', requestId, procedureId: 'sample', version: 1, slipNumber, sealedHash: sealedHash(sealed) }]);
    expect(onDisk()).not.toMatch(new RegExp(Buffer.from('髙橋|字苫前|タカハシ').toString('latin1')));
  });

  it('is handed over once the town has heard of it, and then nothing of it is left on the disk', async () => {
    const { requestId } = await made();
    expect(ledger.requestsToSend(10)).toEqual([]);
    expect(ledger.requestsWaiting()).toBe(1);
    backend.faults.push('unreachable');
    expect(await synchronise()).toBe('unreachable');
    const sealed = /[A-Za-z0-9_-]{600,}/.exec(onDisk())?.[0] ?? '';
    expect(sealed.length).toBeGreaterThan(600);
    expect(await synchronise()).toBe('done');
    expect(backend.requests.slice(-2)).toEqual(['pull 1', `request ${requestId}`]);
    expect(ledger.requestsWaiting()).toBe(0);
    const middle = sealed.slice(200, 260);
    expect(backend.sealedRequests.get(requestId)).toContain(middle);
    expect(onDisk()).not.toContain(middle);
    expect(log.names()).toContain('request-sent');
  });

  it('is handed over again when the answer was lost, or the kiosk was switched off before it was erased', async () => {
    const { requestId } = await made();
    await synchronise();
    const { requestId: second } = await made();
    const original = backend.request.bind(backend);
    let times = 0;
    backend.request = async (request) => {
      const answer = await original(request);
      times += 1;
      return times === 1 ? { kind: 'unreachable', detail: 'UND_ERR_SOCKET' } : answer;
    };
    expect(await synchronise()).toBe('unreachable');
    expect(ledger.requestsWaiting()).toBe(1);
    ledger.close();
    await sync?.stop();
    sync = undefined;
    ledger = openOrThrow(place.file);
    expect(await synchronise()).toBe('done');
    expect(times).toBe(2);
    expect([...backend.sealedRequests.keys()]).toEqual([requestId, second]);
    expect(ledger.requestsWaiting()).toBe(0);
  });

  it('waits while the office has not heard of it, which a backend that was put back has not', async () => {
    const { requestId } = await made();
    backend.request = async () => ({ kind: 'answered', value: { kind: 'unknown-request' } });
    expect(await synchronise()).toBe('done');
    expect(ledger.requestsToSend(10).map((waiting) => waiting.requestId)).toEqual([requestId]);
  });

  it('is not taken, and nothing is kept, before the town has said to whom it is sealed', async () => {
    ledger.close();
    ledger = openOrThrow(path.join(place.directory, 'new.db'));
    expect(await makeRequest({ draft: answered(), visit: VISIT }, DEVICE, ports())).toEqual({ kind: 'not-ready' });
    expect(facts()).toEqual([]);
  });

  it('gets a slip with its own number, which the journal says was printed; several of one visit get one each', async () => {
    const requests = [await made(), await made()];
    for (const request of requests) expect(await printIt(request)).toEqual({ kind: 'printed', weakProof: false });
    expect(printer.printed.map(({ markup }) => /役場1\\x2d(\d+)/.exec(markup)?.[1])).toEqual(['0001', '0002']);
    expect(printer.printed[0]?.markup).toContain('髙橋');
    const settled = facts().filter(({ type }) => type === 'slip-settled');
    expect(settled).toMatchObject(requests.map(({ requestId }) => ({ slip: 'request', requestId, outcome: 'printed' })));
    expect(settled.every((fact) => !('accountId' in fact))).toBe(true);
  });

  it('goes on paper alone where the office wants it so: sealed, and opened there with its key', async () => {
    const request = await made();
    await printIt(request);
    await printIt(await made(), true);
    const codesOf = (index: number) => [...(printer.printed[index]?.markup ?? '').matchAll(/\{code:([^;]+);/g)].flatMap(([, code = '']) => code);
    expect(codesOf(0)).toEqual([CODES.number(request.requestId)]);
    const [number = '', ...sealed] = codesOf(1);
    expect(readRequestCode(number)?.device).toBe(TOWN_DEVICE);
    const parts = (await Promise.all(sealed.map(readPart))).filter((part) => part !== undefined);
    expect(parts.length).toBe(sealed.length);
    const key = await takeOfficeKey(OFFICE);
    expect(key && (await openParts(parts, key, null))).toMatchObject({ kind: 'opened', content: { number: '役場1-0002', procedureName: 'みほん' } });
  });

  it('is taken back by who asked for it', async () => {
    const request = await made();
    const { requestId } = request;
    await printIt(request);
    expect(ledger.slipCopy(request.slipNumber)).toBeDefined();
    withdrawRequest(request, ports());
    expect(ledger.slipCopy(request.slipNumber)).toBeUndefined();
    expect(facts().at(-1)).toEqual({ type: 'request-withdrawn', requestId });
    await synchronise();
    expect([...backend.sealedRequests.keys()]).toEqual([]);
  });
});
