import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkChain } from '../../contract/journal-hash.ts';
import { GENESIS_HASH, type JournalFact } from '../../contract/journal.ts';
import type { OperationId } from '../../contract/ids.ts';
import { FeeLine } from '../../contract/procedure/fees.ts';
import { SAMPLE_AREAS, sampleProcedure } from '../../contract/test-support/sample-procedure.ts';
import { LocalDate, Moment } from '../../contract/time.ts';
import { idsOf, accountOf, cardOf, entitlementOf, LEASE_END, leaseOf, loadOf, NO_EVIDENCE, NOW, openOrThrow, pointingCard, prepareLoad, temporaryLedger, TODAY, TOWN_DEVICE, townChanges } from '../test-support/ledger-town.ts';
import { auditLedger } from './ledger-audit.ts';
import { ForeignAcknowledgement } from './ledger-unavailable.ts';
import type { Ledger } from './ledger.ts';

const LATER = Moment.parse('2026-11-21T02:00:00.000Z');

describe('the ledger', () => {
  const place = temporaryLedger();
  let ledger: Ledger;
  let ids: ReturnType<typeof idsOf>;
  const reopen = () => {
    ledger.close();
    ledger = openOrThrow(place.file);
  };
  const held = (number: number) => ledger.lotsOf(accountOf(number)).reduce((sum, { amount }) => sum + amount, 0);
  const offers = (number: number, now = NOW) => ledger.offersOf(accountOf(number), TODAY, now).map(({ id }) => id);

  beforeEach(() => {
    ids = idsOf(1);
    ledger = openOrThrow(place.file);
    ledger.applyChanges(townChanges(3), 10, NOW);
  });
  afterEach(() => {
    ledger.close();
    expect(auditLedger(place.file).faults).toEqual([]);
    place.remove();
  });

  it('turns a prepared load into value, a journal entry and nothing else to offer', () => {
    const operation = ids.operation();
    expect(offers(0)).toEqual(['e-0']);
    expect(prepareLoad(ledger, 0, operation)).toBe('prepared');
    expect([held(0), offers(0), ledger.syncState().lastSeq]).toEqual([0, [], 0]);
    ledger.commit(operation, ids.entry(), NO_EVIDENCE);
    expect([held(0), offers(0), ledger.syncState().lastSeq]).toEqual([1_000, [], 1]);
    const chain = checkChain(TOWN_DEVICE, ledger.entriesAfter(0, 10));
    expect(chain.ok && chain.bodies[0]?.fact).toEqual({
      type: 'value-moved',
      movement: loadOf(0, operation),
      card: { cardRef: cardOf(0), profile: 'plain-identifier', evidence: NO_EVIDENCE },
    });
  });

  it('keeps everything over a restart', () => {
    const [done, open, left] = [ids.operation(), ids.operation(), ids.operation()];
    prepareLoad(ledger, 0, done);
    ledger.commit(done, ids.entry(), NO_EVIDENCE);
    prepareLoad(ledger, 1, open);
    prepareLoad(ledger, 2, left);
    ledger.markUnknown(left, ids.entry());
    reopen();
    expect(held(0)).toBe(1_000);
    expect(ledger.openIntents().map(({ operationId, state }) => [operationId, state])).toEqual([[open, 'prepared'], [left, 'unknown']]);
    expect(ledger.openIntents(cardOf(2))).toEqual([
      { operationId: left, ...pointingCard(2), movement: loadOf(2, left), state: 'unknown', preparedAt: NOW },
    ]);
  });

  it('moves value once however often a commit is repeated', () => {
    const operation = ids.operation();
    prepareLoad(ledger, 0, operation);
    expect(prepareLoad(ledger, 0, operation)).toBe('prepared');
    ledger.commit(operation, ids.entry(), NO_EVIDENCE);
    ledger.commit(operation, ids.entry(), NO_EVIDENCE);
    reopen();
    ledger.commit(operation, ids.entry(), NO_EVIDENCE);
    expect([held(0), ledger.syncState().lastSeq]).toEqual([1_000, 1]);
  });

  it('gives an entitlement to one intent only, until that is aborted', () => {
    const [first, second] = [ids.operation(), ids.operation()];
    prepareLoad(ledger, 0, first);
    expect(prepareLoad(ledger, 0, second)).toBe('already-taken');
    ledger.markUnknown(first, ids.entry());
    expect(prepareLoad(ledger, 0, second)).toBe('already-taken');
    ledger.abort(first);
    ledger.abort(first);
    expect(offers(0)).toEqual(['e-0']);
    expect(prepareLoad(ledger, 0, second)).toBe('prepared');
  });

  it('commits what was unknown, and refuses to change what is settled', () => {
    const [unknown, aborted] = [ids.operation(), ids.operation()];
    prepareLoad(ledger, 0, unknown);
    ledger.markUnknown(unknown, ids.entry());
    ledger.commit(unknown, ids.entry(), NO_EVIDENCE);
    expect(held(0)).toBe(1_000);
    prepareLoad(ledger, 1, aborted);
    ledger.abort(aborted);
    expect(() => ledger.commit(aborted, ids.entry(), NO_EVIDENCE)).toThrow('aborted');
    expect(() => ledger.abort(unknown)).toThrow('committed');
    expect(() => ledger.markUnknown(unknown, ids.entry())).toThrow('committed');
    expect(() => prepareLoad(ledger, 1, aborted)).toThrow('used before');
    expect(() => ledger.commit(ids.operation(), ids.entry(), NO_EVIDENCE)).toThrow('no intent');
  });

  it('holds an entitlement only while its lease runs', () => {
    expect(offers(0, LEASE_END)).toEqual([]);
    ledger.applyChanges([leaseOf(0, LATER)], 11, NOW);
    const operation = ids.operation();
    expect(ledger.prepare({ operationId: operation, ...pointingCard(0), movement: loadOf(0, operation), preparedAt: LATER })).toBe('not-held-here');
    ledger.applyChanges([{ type: 'lease-ended', entitlementId: entitlementOf(0).id }], 12, NOW);
    expect([offers(0), prepareLoad(ledger, 0, operation)]).toEqual([[], 'not-held-here']);
  });

  it('offers nothing before its first and after its last day', () => {
    const onDay = (day: string) => ledger.offersOf(accountOf(0), LocalDate.parse(day), NOW).length;
    expect(['2026-10-31', '2026-11-01', '2027-01-31', '2027-02-01'].map(onDay)).toEqual([0, 1, 1, 0]);
  });

  it('no longer offers what another device gave out, and adds its value once', () => {
    const movement = loadOf(0, ids.operation());
    ledger.applyChanges([{ type: 'movement', movement }, { type: 'movement', movement }], 11, NOW);
    ledger.applyChanges([{ type: 'movement', movement }, leaseOf(0)], 12, NOW);
    expect([held(0), offers(0), prepareLoad(ledger, 0, ids.operation())]).toEqual([1_000, [], 'already-taken']);
    expect(ledger.syncState().lastSeq).toBe(0);
  });

  it('leaves its own movement as it is when it comes back', () => {
    const operation = ids.operation();
    prepareLoad(ledger, 0, operation);
    ledger.commit(operation, ids.entry(), NO_EVIDENCE);
    ledger.applyChanges([{ type: 'movement', movement: loadOf(0, operation) }], 11, NOW);
    expect([held(0), ledger.syncState().lastSeq]).toEqual([1_000, 1]);
  });

  it('settles an open intent when the backend shows that it had happened', () => {
    const operation = ids.operation();
    prepareLoad(ledger, 0, operation);
    ledger.applyChanges([{ type: 'movement', movement: loadOf(0, operation) }], 11, NOW);
    expect([held(0), ledger.openIntents()]).toEqual([1_000, []]);
  });

  it('refuses to prepare anything but what the entitlement grants', () => {
    const operation = ids.operation();
    const movement = loadOf(0, operation);
    const [posting] = movement.postings;
    if (!posting) throw new Error('a load has a posting');
    const prepare = (changed: typeof movement) => () => ledger.prepare({ operationId: operation, ...pointingCard(0), movement: changed, preparedAt: NOW });
    expect(prepare({ ...movement, postings: [{ ...posting, amount: 999_999 }] })).toThrow('does not move');
    expect(prepare({ ...movement, accountId: accountOf(1) })).toThrow('does not move');
    expect(prepare({ ...movement, postings: [{ ...posting, debit: posting.credit, credit: posting.debit }] })).toThrow('does not move');
    expect(prepare({ ...movement, entitlementId: null })).toThrow('only from an entitlement');
    expect(ledger.openIntents()).toEqual([]);
  });

  it('knows cards and accounts as they were last told', () => {
    const look = () => ledger.lookupCard(cardOf(0));
    expect([look(), ledger.lookupCard(cardOf(99))]).toEqual([{ kind: 'account', accountId: 'a-0', profile: 'plain-identifier' }, { kind: 'unknown' }]);
    ledger.applyChanges([{ type: 'card', cardRef: cardOf(0), accountId: accountOf(0), state: 'stopped' }], 11, NOW);
    expect(look()).toEqual({ kind: 'stopped' });
    ledger.applyChanges([{ type: 'card', cardRef: cardOf(0), accountId: accountOf(1), state: 'active' }], 12, NOW);
    expect(look()).toEqual({ kind: 'account', accountId: 'a-1', profile: 'plain-identifier' });
    ledger.applyChanges([{ type: 'account', accountId: accountOf(1), open: false }], 13, NOW);
    expect(look()).toEqual({ kind: 'stopped' });
  });

  it('shows a notice from its first to its last day', () => {
    const notice = { type: 'notice', id: 'n1', title: '年末の休み', text: '12月31日から1月5日までお休みです。', firstDay: TODAY, lastDay: TODAY } as const;
    ledger.applyChanges([notice], 11, NOW);
    expect(ledger.notices(TODAY, NOW)).toEqual([{ id: 'n1', kind: 'notice', level: 'usual', title: '年末の休み', text: '12月31日から1月5日までお休みです。', firstDay: TODAY, lastDay: TODAY }]);
    expect(ledger.notices(LocalDate.parse('2026-11-22'), NOW)).toEqual([]);
  });

  it('knows what residents can ask for as it was last told, and begins anew with another feed', () => {
    const procedure = sampleProcedure();
    const [areas, fees] = [SAMPLE_AREAS, [FeeLine.parse({ id: 'sample-fee', name: '証明', rates: [{ from: '2020-04-01', yen: 300, basis: '条例', approved: null }] })]];
    expect([ledger.procedures(), ledger.areas(), ledger.fees()]).toEqual([[], [], []]);
    ledger.applyChanges([{ type: 'areas', areas }, { type: 'fees', fees }, { type: 'procedure', procedure }], 11, NOW);
    expect([ledger.procedures(), ledger.areas(), ledger.fees()]).toEqual([[procedure], areas, fees]);
    const changed = { ...procedure, version: 2 };
    ledger.applyChanges([{ type: 'procedure', procedure: changed }, { type: 'fees', fees: [] }], 12, NOW);
    expect([ledger.procedures(), ledger.fees()]).toEqual([[changed], []]);
    ledger.applyChanges([{ type: 'procedure-ended', procedureId: procedure.id }], 13, NOW);
    expect(ledger.procedures()).toEqual([]);
    ledger.applyChanges([{ type: 'procedure', procedure }], 14, NOW);
    ledger.followGeneration('1'.repeat(16), undefined, ids.entry());
    ledger.followGeneration('2'.repeat(16), undefined, ids.entry());
    expect(ledger.procedures()).toEqual([]);
  });

  it('never gives a number twice, also over a restart', () => {
    expect([ledger.nextNumber('slip'), ledger.nextNumber('staff-call'), ledger.nextNumber('slip')]).toEqual([1, 1, 2]);
    reopen();
    expect([ledger.nextNumber('slip'), ledger.nextNumber('staff-call')]).toEqual([3, 2]);
  });

  it('settles a print job once and says so in the journal', () => {
    const { id: jobId } = ids.entry();
    const entry = ids.entry();
    expect(ledger.lastPrintJob()).toBeUndefined();
    ledger.createPrintJob({ jobId, slip: 'load', subject: { accountId: accountOf(0) }, slipNumber: 1, at: NOW });
    expect(ledger.unsettledPrintJobs()).toEqual([{ jobId, state: 'queued', slip: 'load', subject: { accountId: 'a-0' }, slipNumber: 1, at: NOW }]);
    ledger.setPrintJob(jobId, 'sending');
    ledger.setPrintJob(jobId, 'sending');
    reopen();
    expect(ledger.unsettledPrintJobs().map(({ state }) => state)).toEqual(['sending']);
    ledger.settlePrintJob(jobId, 'unknown', entry);
    ledger.settlePrintJob(jobId, 'unknown', ids.entry());
    expect(() => ledger.settlePrintJob(jobId, 'printed', ids.entry())).toThrow('unknown');
    expect(ledger.unsettledPrintJobs()).toEqual([]);
    expect(ledger.lastPrintJob()).toMatchObject({ jobId, state: 'unknown' });
    const chain = checkChain(TOWN_DEVICE, ledger.entriesAfter(0, 10));
    expect(chain.ok && chain.bodies.map(({ fact }) => fact)).toEqual([{ type: 'slip-settled', jobId, slip: 'load', accountId: 'a-0', outcome: 'unknown' }]);
  });

  it('refuses a fact that no one could read later, and goes on with the next', () => {
    const bad = { type: 'staff-called', callNumber: 0, screen: 'start' } as const;
    expect(() => ledger.append({ ...ids.entry(), fact: bad })).toThrow();
    const entry = ids.entry();
    ledger.append({ ...entry, fact: { ...bad, callNumber: 1 } });
    expect(() => ledger.append({ ...entry, fact: { ...bad, callNumber: 2 } })).toThrow('UNIQUE');
    ledger.append({ ...ids.entry(), fact: { ...bad, callNumber: 2 } });
    expect(checkChain(TOWN_DEVICE, ledger.entriesAfter(0, 10))).toMatchObject({ ok: true, seq: 2 });
  });

  it('remembers what was acknowledged, and knows a hash that is not its own', () => {
    for (const callNumber of [1, 2, 3]) ledger.append({ ...ids.entry(), fact: { type: 'staff-called', callNumber, screen: 'start' } });
    const [first, second] = ledger.entriesAfter(0, 10);
    if (!first || !second) throw new Error('there are three entries');
    ledger.acknowledge(2, second.hash);
    expect(ledger.syncState()).toEqual({ cursor: 10, heard: 10, acknowledgedSeq: 2, generation: null, lastSeq: 3, confirmedAt: NOW });
    expect(() => ledger.acknowledge(3, first.hash)).toThrow(ForeignAcknowledgement);
    expect(() => ledger.acknowledge(9, first.hash)).toThrow(ForeignAcknowledgement);
    expect(ledger.syncState().acknowledgedSeq).toBe(2);
    ledger.acknowledge(0, GENESIS_HASH);
    expect(ledger.syncState().acknowledgedSeq).toBe(0);
    expect(ledger.entriesAfter(1, 1).map(({ seq }) => seq)).toEqual([2]);
  });

  describe('of cards that keep a count', () => {
    const DESFIRE = { cardRef: cardOf(0), cardProfile: 'desfire', counterBefore: 4 } as const;
    const EVIDENCE = { kind: 'log', counter: 5 } as const;
    const facts = () => ledger.entriesAfter(0, 100).map((entry) => (JSON.parse(entry.body) as { fact: JournalFact }).fact);

    it('keeps with a movement what the card left of it, and remembers its counter', () => {
      const operation = ids.operation();
      ledger.prepare({ operationId: operation, ...DESFIRE, movement: loadOf(0, operation), preparedAt: NOW });
      expect(ledger.openIntents(cardOf(0))[0]).toMatchObject(DESFIRE);
      ledger.commit(operation, ids.entry(), EVIDENCE);
      expect(facts()).toEqual([{ type: 'value-moved', movement: loadOf(0, operation), card: { cardRef: cardOf(0), profile: 'desfire', evidence: EVIDENCE } }]);
      expect(ledger.counterSeen(cardOf(0))).toBe(5);
      expect(ledger.knowsOperation(operation)).toBe(true);
      expect(ledger.knowsOperation(ids.operation())).toBe(false);
    });

    it('never remembers a lower counter', () => {
      ledger.noteCounter(cardOf(0), 7);
      ledger.noteCounter(cardOf(0), 6);
      reopen();
      expect(ledger.counterSeen(cardOf(0))).toBe(7);
      expect(ledger.counterSeen(cardOf(1))).toBeNull();
    });

    it('says once in the journal that nobody knows whether a movement happened', () => {
      const operation = ids.operation();
      ledger.prepare({ operationId: operation, ...DESFIRE, movement: loadOf(0, operation), preparedAt: NOW });
      ledger.markUnknown(operation, ids.entry());
      ledger.markUnknown(operation, ids.entry());
      expect(facts()).toEqual([
        { type: 'movement-unknown', movement: loadOf(0, operation), card: { cardRef: cardOf(0), profile: 'desfire', counterBefore: 4 }, incident: 1 },
      ]);
    });

    it('takes back a movement that another device saw had not happened, and offers it again', () => {
      const operation = ids.operation();
      ledger.prepare({ operationId: operation, ...DESFIRE, movement: loadOf(0, operation), preparedAt: NOW });
      ledger.markUnknown(operation, ids.entry());
      expect(ledger.offersOf(accountOf(0), TODAY, NOW)).toEqual([]);
      const decided = { type: 'movement-void', operationId: operation } as const;
      ledger.applyChanges([{ type: 'movement-open', operationId: operation, cardRef: cardOf(0) }], 1, NOW);
      expect(ledger.openMovementsOf(cardOf(0))).toEqual([operation]);
      ledger.applyChanges([decided, decided], 2, NOW);
      expect(ledger.openMovementsOf(cardOf(0))).toEqual([]);
      expect(ledger.openIntents()).toEqual([]);
      expect(ledger.offersOf(accountOf(0), TODAY, NOW)).toHaveLength(1);
    });

    it('reports what a card shows once for each question', () => {
      const [first, second] = [ids.operation(), ids.operation()];
      const opened = (operationId: OperationId) => ledger.applyChanges([{ type: 'movement-open', operationId, cardRef: cardOf(0) }], 1, NOW);
      opened(first);
      opened(second);
      ledger.reportCard({ ...ids.entry(), fact: { type: 'card-seen', card: { cardRef: cardOf(0), profile: 'desfire' }, counter: 3, log: [], answers: [first] } });
      opened(first);
      expect(ledger.openMovementsOf(cardOf(0))).toEqual([second]);
      expect(ledger.openMovementsOf(cardOf(1))).toEqual([]);
    });

    it('asks for the keys of a card again when the town says something new of it: it may have been re-keyed', () => {
      for (const number of [0, 1]) ledger.keepCardKeys(cardOf(number), { profile: 'desfire', until: LATER, sealed: 'sealed' });
      ledger.applyChanges([{ type: 'card', cardRef: cardOf(0), accountId: accountOf(0), profile: 'desfire', state: 'active' }], 1, NOW);
      expect([ledger.cardKeys(cardOf(0)), ledger.cardKeys(cardOf(1))?.sealed]).toEqual([undefined, 'sealed']);
    });

    it('stops a card at once and for good, until the backend’s word replaces its own', () => {
      ledger.keepCardKeys(cardOf(0), { profile: 'desfire', until: LATER, sealed: 'sealed' });
      ledger.stopCard(cardOf(0), 'desfire', 'rolled-back', ids.entry());
      ledger.stopCard(cardOf(0), 'desfire', 'not-genuine', ids.entry());
      expect(facts()).toEqual([{ type: 'card-suspect', card: { cardRef: cardOf(0), profile: 'desfire' }, why: 'rolled-back' }]);
      expect(ledger.cardKeys(cardOf(0))).toBeUndefined();
      const told = (state: 'active' | 'stopped') => ledger.applyChanges([{ type: 'card', cardRef: cardOf(0), accountId: accountOf(0), state }], 1, NOW);
      told('active');
      reopen();
      expect(ledger.lookupCard(cardOf(0))).toEqual({ kind: 'stopped' });
      told('stopped');
      expect(ledger.lookupCard(cardOf(0))).toEqual({ kind: 'stopped' });
      told('active');
      expect(ledger.lookupCard(cardOf(0))).toEqual({ kind: 'account', accountId: accountOf(0), profile: 'plain-identifier' });
    });
  });
});
