import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AcceptorId, ActivityId, DeviceId, EntitlementId, LotId, SchemeId, StaffId, StockLeaseId, type OperationId } from '../../contract/ids.ts';
import { debitsOf, unknownLotOf } from '../../contract/movements.ts';
import { SchemeRules } from '../../contract/scheme-rules.ts';
import { addDays } from '../../contract/time.ts';
import { cashAccount, claimAccount, exchangedAccount, expiredAccount, givenAccount, issuedAccount, pocketAccount, soldAccount, spentAccount, type Lot, type Movement, type Posting, type Scheme } from '../../contract/value.ts';
import { accountOf, cardOf, idsOf, LEASE_END, loadOf, NO_EVIDENCE, NOW, openOrThrow, pointingCard, prepareLoad, SCHEME, temporaryLedger, TODAY, TOWN_DEVICE, townChanges } from '../test-support/ledger-town.ts';
import { auditLedger } from './ledger-audit.ts';
import type { Ledger, NewIntent } from './ledger.ts';

const OTHER_SCHEME = SchemeId.parse('points-2026');
const STALL = AcceptorId.parse('stall-1');
const STAFF = [StaffId.parse('staff-1'), StaffId.parse('staff-2')];
const [ACCOUNT, OTHER] = [accountOf(0), accountOf(1)];

describe('the ledger keeps movements of every kind', () => {
  const place = temporaryLedger();
  let ledger: Ledger;
  let ids: ReturnType<typeof idsOf>;
  let cursor = 0;

  beforeEach(() => {
    ids = idsOf(4);
    ledger = openOrThrow(place.file);
    cursor = 0;
    tell(townChanges(3));
  });
  afterEach(() => {
    ledger.close();
    expect(auditLedger(place.file).faults).toEqual([]);
    place.remove();
  });

  const tell = (changes: Parameters<Ledger['applyChanges']>[0]) => ledger.applyChanges(changes, (cursor += 1), NOW);
  const amounts = (person = 0) => ledger.lotsOf(accountOf(person)).map(({ amount }) => amount);
  const lotOf = (id: string, change: Partial<Lot> = {}): Lot => ({ id: LotId.parse(id), accountId: ACCOUNT, schemeId: SCHEME.id, kind: 'paid', issuedOn: TODAY, lastDay: SCHEME.lastDay, ...change });
  const movement = (kind: Movement['kind'], postings: Posting[], change: Partial<Movement> = {}): Movement => ({
    operationId: ids.operation(), kind, accountId: ACCOUNT, schemeId: SCHEME.id, entitlementId: null, occurredAt: NOW, lots: [], postings, ...change,
  });
  const given = (amount: number, id = 'lot-a', change: Partial<Lot> = {}): Movement => {
    const lot = lotOf(id, change);
    return movement('load', [{ debit: issuedAccount(lot.schemeId), credit: pocketAccount(lot.accountId, lot.id), amount }], { lots: [lot], accountId: lot.accountId, schemeId: lot.schemeId });
  };
  const spent = (amount: number, lots = ledger.freeLotsOf(ACCOUNT)): Movement => {
    const debits = debitsOf({ accountId: ACCOUNT, scheme: SCHEME.id, amount, lots, today: TODAY, onCard: null, to: spentAccount(SCHEME.id, STALL) });
    return movement('spend', debits.ok ? debits.postings : [{ debit: pocketAccount(ACCOUNT, LotId.parse('lot-a')), credit: spentAccount(SCHEME.id, STALL), amount }]);
  };
  const felica = (person: number) => ({ cardRef: cardOf(person), cardProfile: 'felica-lite-s', counterBefore: 1 }) as const;
  const desfire = (person: number) => ({ cardRef: cardOf(person), cardProfile: 'desfire', counterBefore: 1 }) as const;
  const prepare = (of: Movement, card: Pick<NewIntent, 'cardRef' | 'cardProfile' | 'counterBefore'> = felica(0)) =>
    ledger.prepare({ operationId: of.operationId, ...card, movement: of, preparedAt: NOW });
  const holdAccount = (accountId = ACCOUNT) => tell([{ type: 'hold', accountId, until: LEASE_END }]);
  const saleOf = (sets = 2, device = TOWN_DEVICE): Movement => {
    const operationId = ids.operation();
    return movement('sale', [{ debit: cashAccount(device), credit: claimAccount(ACCOUNT, operationId), amount: 10_000 * sets }], {
      operationId, sets, entitlementId: EntitlementId.parse('right-1'), stockLease: StockLeaseId.parse('stock-1'), staff: STAFF,
    });
  };
  const loadOfSale = (sale: Movement): Movement => {
    const operationId = ids.operation();
    const lots = [lotOf(`lot-${operationId}-paid`), lotOf(`lot-${operationId}-premium`, { kind: 'premium' })];
    const [paid, premium] = lots as [Lot, Lot];
    return movement('load', [
      { debit: claimAccount(ACCOUNT, sale.operationId), credit: soldAccount(SCHEME.id), amount: sale.postings[0]?.amount ?? 0 },
      { debit: issuedAccount(SCHEME.id), credit: pocketAccount(ACCOUNT, paid.id), amount: 20_000 },
      { debit: issuedAccount(SCHEME.id), credit: pocketAccount(ACCOUNT, premium.id), amount: 6_000 },
    ], { operationId, lots, ofOperation: sale.operationId });
  };
  const refundOf = (sale: Movement): Movement =>
    movement('refund', [{ debit: claimAccount(ACCOUNT, sale.operationId), credit: cashAccount(TOWN_DEVICE), amount: 20_000 }], { ofOperation: sale.operationId, staff: STAFF });
  const voidOf = (load: Movement): Movement =>
    movement('void', load.postings.map(({ debit, credit, amount }) => ({ debit: credit, credit: debit, amount })), { ofOperation: load.operationId, staff: STAFF, entitlementId: load.entitlementId });

  it('and gives each back as it was made, once however often it comes', () => {
    const sale = saleOf();
    const [loaded, load] = [given(5_000), loadOfSale(sale)];
    const lots = Array.from({ length: 12 }, (_, index) => lotOf(`lot-t-${index + 1}`, { accountId: OTHER, lastDay: addDays(TODAY, index + 1) }));
    const all: Movement[] = [
      loaded, sale, load, voidOf(load), refundOf(sale),
      movement('exchange', [{ debit: pocketAccount(ACCOUNT, LotId.parse('lot-a')), credit: exchangedAccount(SCHEME.id), amount: 500 }, { debit: issuedAccount(OTHER_SCHEME), credit: pocketAccount(ACCOUNT, LotId.parse('lot-x')), amount: 450 }], {
        lots: [lotOf('lot-x', { schemeId: OTHER_SCHEME, kind: 'free' })],
      }),
      movement('spend', [{ debit: pocketAccount(ACCOUNT, LotId.parse('lot-a')), credit: spentAccount(SCHEME.id, STALL), amount: 7 }]),
      movement('give', [{ debit: pocketAccount(ACCOUNT, LotId.parse('lot-a')), credit: givenAccount(SCHEME.id, ActivityId.parse('festival')), amount: 8 }]),
      movement('transfer', lots.map((lot) => ({ debit: pocketAccount(ACCOUNT, LotId.parse('lot-a')), credit: pocketAccount(OTHER, lot.id), amount: 1 })), { accountId: OTHER, fromAccountId: ACCOUNT, lots, staff: STAFF }),
      movement('expire', [{ debit: pocketAccount(ACCOUNT, LotId.parse('lot-a')), credit: expiredAccount(SCHEME.id), amount: 9 }]),
      movement('reallocate', [{ debit: expiredAccount(SCHEME.id), credit: pocketAccount(ACCOUNT, LotId.parse('lot-a')), amount: 9 }], { ofOperation: loaded.operationId }),
      movement('correct', [{ debit: issuedAccount(SCHEME.id), credit: pocketAccount(ACCOUNT, LotId.parse('lot-a')), amount: 1 }], { ofOperation: loaded.operationId }),
    ];
    for (const one of all) tell([{ type: 'movement', movement: one }, { type: 'movement', movement: { ...one, postings: [] } }]);
    ledger.close();
    ledger = openOrThrow(place.file);
    for (const one of all) {
      expect(ledger.movementOf(one.operationId)).toStrictEqual(one);
      expect(ledger.fateOf(one.operationId)).toBe('committed');
    }
    expect(ledger.movementOf(ids.operation())).toBeUndefined();
    expect(ledger.fateOf(ids.operation())).toBeNull();
    expect(ledger.lotsOf(ACCOUNT).find(({ lot }) => lot.id === 'lot-a')?.amount).toBe(5_000 - 500 - 7 - 8 - 12 + 1);
    expect([ledger.loadsOf(ACCOUNT, TODAY).map(({ operationId }) => operationId), ledger.loadsOf(ACCOUNT, addDays(TODAY, 1))]).toEqual([[loaded.operationId], []]);
  });

  it('and follows a debit from a lot that it had not heard of to the right one', () => {
    tell([{ type: 'card', cardRef: cardOf(0), accountId: ACCOUNT, profile: 'desfire', state: 'active' }, { type: 'movement', movement: given(100) }]);
    const unknown = pocketAccount(ACCOUNT, unknownLotOf(SCHEME.id));
    const debit = movement('spend', [
      { debit: pocketAccount(ACCOUNT, LotId.parse('lot-a')), credit: spentAccount(SCHEME.id, STALL), amount: 100 },
      { debit: unknown, credit: spentAccount(SCHEME.id, STALL), amount: 250 },
    ]);
    expect(prepare(debit, desfire(0))).toBe('prepared');
    ledger.commit(debit.operationId, ids.entry(), { kind: 'log', counter: 2 });
    const heard = given(400, 'lot-b');
    const moved = movement('reallocate', [{ debit: pocketAccount(ACCOUNT, LotId.parse('lot-b')), credit: unknown, amount: 250 }], { ofOperation: debit.operationId });
    tell([{ type: 'movement', movement: heard }, { type: 'movement', movement: moved }]);
    expect(amounts()).toEqual([0, 150]);
  });

  it('keeps a scheme’s rules and issuer as they were told, and forgets them when they are told no more', () => {
    const rules = SchemeRules.parse({
      validDays: 90,
      sale: { priceYen: 10_000, paid: 10_000, premium: 3_000, stock: null, phases: [{ firstDay: '2026-11-01', lastDay: '2026-11-30', perPerson: 3 }], eligibility: 'listed', oneMedium: true },
    });
    const ruled: Scheme = { ...SCHEME, issuerKind: 'association', rules };
    tell([{ type: 'scheme', scheme: ruled }]);
    expect(ledger.schemes().get(SCHEME.id)).toStrictEqual(ruled);
    tell([{ type: 'scheme', scheme: SCHEME }]);
    expect(ledger.schemes().get(SCHEME.id)).toStrictEqual(SCHEME);
  });

  describe('and lets value leave it', () => {
    beforeEach(() => tell([{ type: 'movement', movement: given(1_000) }]));

    it('only under a hold that still runs', () => {
      expect(prepare(spent(10))).toBe('balance-not-sure');
      tell([{ type: 'hold', accountId: ACCOUNT, until: NOW }]);
      expect(prepare(spent(10))).toBe('balance-not-sure');
      holdAccount();
      expect(prepare(spent(10))).toBe('prepared');
    });

    it('through a card that anybody can copy only with staff', () => {
      holdAccount();
      expect(prepare(spent(10), pointingCard(0))).toBe('needs-staff');
      expect(prepare({ ...spent(10), staff: STAFF }, pointingCard(0))).toBe('prepared');
    });

    it('never through another card than the one that has it', () => {
      holdAccount();
      tell([{ type: 'card', cardRef: cardOf(7), accountId: ACCOUNT, profile: 'desfire', state: 'active' }]);
      expect(ledger.holdsValueOnCard(ACCOUNT)).toBe(true);
      expect([prepare(spent(10)), prepareLoad(ledger, 0, ids.operation())]).toEqual(['value-on-other-card', 'value-on-other-card']);
      expect(prepare(spent(10), desfire(0))).toBe('prepared');
      tell([{ type: 'card', cardRef: cardOf(7), accountId: ACCOUNT, profile: 'desfire', state: 'stopped' }]);
      expect(ledger.holdsValueOnCard(ACCOUNT)).toBe(false);
      expect(prepareLoad(ledger, 0, ids.operation())).toBe('prepared');
    });

    it('never more than is there, less what open intents would take; what does not happen is free again', () => {
      holdAccount();
      const whole = ledger.freeLotsOf(ACCOUNT);
      const [first, second, third] = [spent(700, whole), spent(400, whole), spent(300, whole)];
      expect([prepare(first), prepare(second), prepare(third)]).toEqual(['prepared', 'not-enough', 'prepared']);
      expect(ledger.freeLotsOf(ACCOUNT).map(({ amount }) => amount)).toEqual([0]);
      ledger.markUnknown(first.operationId, ids.entry());
      expect(prepare(second)).toBe('not-enough');
      ledger.abort(third.operationId);
      expect(prepare(second)).toBe('not-enough');
      tell([{ type: 'movement-void', operationId: first.operationId }]);
      expect(prepare(second)).toBe('prepared');
      expect(prepare(second)).toBe('prepared');
      ledger.commit(second.operationId, ids.entry(), { kind: 'write-counter', counter: 2, writeCounter: 9 });
      expect([amounts(), ledger.freeLotsOf(ACCOUNT).map(({ amount }) => amount)]).toEqual([[600], [600]]);
    });

    it('in no other form than its kind has', () => {
      holdAccount();
      const good = spent(10);
      const posting = good.postings[0]!;
      const refused = (change: Partial<Movement>) => () => prepare({ ...good, ...change });
      expect(refused({ postings: [{ ...posting, debit: pocketAccount(OTHER, LotId.parse('lot-a')) }] })).toThrow('does not move value');
      expect(refused({ postings: [{ ...posting, debit: issuedAccount(SCHEME.id) }] })).toThrow('does not move value');
      expect(refused({ kind: 'sale' })).toThrow('No card has a part');
      expect(refused({ kind: 'reallocate' })).toThrow('No card has a part');
      expect(() => ledger.recordCash(good, ids.entry())).toThrow('moves no cash');
      expect(prepare({ ...good, postings: [{ ...posting, debit: pocketAccount(ACCOUNT, unknownLotOf(SCHEME.id)) }] })).toBe('not-enough');
      expect(ledger.openIntents()).toEqual([]);
    });

    it('for a transfer only when the lost card is stopped and its account held', () => {
      const lot = lotOf('lot-t', { accountId: OTHER });
      const transfer = movement('transfer', [{ debit: pocketAccount(ACCOUNT, LotId.parse('lot-a')), credit: pocketAccount(OTHER, lot.id), amount: 1_000 }], { accountId: OTHER, fromAccountId: ACCOUNT, lots: [lot], staff: STAFF });
      const lost = (state: 'active' | 'stopped') => tell([{ type: 'card', cardRef: cardOf(0), accountId: ACCOUNT, profile: 'desfire', state }]);
      holdAccount();
      expect(prepare(transfer, desfire(1))).toBe('value-on-other-card');
      lost('active');
      expect(prepare(transfer, desfire(1))).toBe('value-on-other-card');
      lost('stopped');
      tell([{ type: 'hold', accountId: ACCOUNT, until: NOW }]);
      expect(prepare(transfer, desfire(1))).toBe('balance-not-sure');
      holdAccount();
      expect(prepare(transfer, desfire(1))).toBe('prepared');
      expect(ledger.freeLotsOf(ACCOUNT).map(({ amount }) => amount)).toEqual([0]);
    });

    it('agreeing with plain sums under any sequence of events', () => {
      const step = fc.record({ act: fc.constantFrom('prepare', 'commit', 'abort', 'unknown', 'void', 'comes-back', 'reopen'), amount: fc.integer({ min: 1, max: 900 }), choice: fc.nat(9) });
      let lot = 0;
      fc.assert(fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
        // Every run has an account's worth of its own: what was left before is spent first.
        const rest = ledger.freeLotsOf(ACCOUNT).reduce((sum, { amount }) => sum + amount, 0);
        holdAccount();
        if (rest > 0) {
          const emptied = spent(rest);
          expect(prepare(emptied)).toBe('prepared');
          ledger.commit(emptied.operationId, ids.entry(), NO_EVIDENCE);
        }
        for (const { operationId } of ledger.openIntents()) ledger.abort(operationId);
        const left = ledger.lotsOf(ACCOUNT).reduce((sum, { amount }) => sum + amount, 0);
        lot += 1;
        tell([{ type: 'movement', movement: given(2_000, `lot-run-${lot}`) }]);
        const model = { held: left + 2_000, open: new Map<OperationId, number>() };
        for (const { act, amount, choice } of steps) {
          const operation = [...model.open.keys()][choice % Math.max(1, model.open.size)];
          const reserved = [...model.open.values()].reduce((sum, one) => sum + one, 0);
          if (act === 'reopen') {
            ledger.close();
            ledger = openOrThrow(place.file);
          } else if (act === 'prepare') {
            const wish = spent(amount);
            const said = amount > model.held - reserved ? 'not-enough' : 'prepared';
            expect(prepare(wish)).toBe(said);
            if (said === 'prepared') model.open.set(wish.operationId, amount);
          } else if (operation) {
            const taken = model.open.get(operation) ?? 0;
            if (act === 'unknown') ledger.markUnknown(operation, ids.entry());
            else {
              if (act === 'commit') ledger.commit(operation, ids.entry(), NO_EVIDENCE);
              if (act === 'comes-back') tell([{ type: 'movement', movement: ledger.openIntents().find(({ operationId }) => operationId === operation)!.movement }]);
              if (act === 'abort') ledger.abort(operation);
              if (act === 'void') tell([{ type: 'movement-void', operationId: operation }]);
              if (act === 'commit' || act === 'comes-back') model.held -= taken;
              model.open.delete(operation);
            }
          }
          const free = ledger.freeLotsOf(ACCOUNT);
          expect(ledger.lotsOf(ACCOUNT).reduce((sum, one) => sum + one.amount, 0)).toBe(model.held);
          expect(free.reduce((sum, one) => sum + one.amount, 0)).toBe(model.held - [...model.open.values()].reduce((sum, one) => sum + one, 0));
          expect(free.every((one) => one.amount >= 0)).toBe(true);
        }
      }), { numRuns: 25 });
    }, 60_000);
  });

  describe('and cash', () => {
    it('in one entry of the journal for each sale, however often it is recorded', () => {
      const sale = saleOf();
      expect([ledger.recordCash(sale, ids.entry()), ledger.recordCash(sale, ids.entry())]).toEqual(['recorded', 'recorded']);
      expect(() => ledger.recordCash({ ...sale, sets: 3 }, ids.entry())).toThrow('used before');
      const facts = ledger.entriesAfter(0, 10).map(({ body }) => (JSON.parse(body) as { fact: unknown }).fact);
      expect(facts).toEqual([{ type: 'cash-moved', movement: sale }]);
      expect([ledger.claimOf(sale), ledger.openClaimsOf(ACCOUNT), ledger.soldFrom(StockLeaseId.parse('stock-1'))]).toEqual([20_000, [sale], 2]);
      expect(ledger.salesUnder(EntitlementId.parse('right-1'))).toEqual([sale]);
    });

    it('whose claim is received or given back, whole and once', () => {
      const sale = saleOf();
      ledger.recordCash(sale, ids.entry());
      const [first, second] = [loadOfSale(sale), loadOfSale(sale)];
      const part = { ...first, postings: [{ ...first.postings[0]!, amount: 10_000 }, ...first.postings.slice(1)] };
      expect([prepare(part), prepare(first), prepare(second)]).toEqual(['claim-used', 'prepared', 'claim-used']);
      expect([ledger.recordCash(refundOf(sale), ids.entry()), ledger.claimOf(sale)]).toEqual(['claim-used', 0]);
      ledger.markUnknown(first.operationId, ids.entry());
      expect(ledger.recordCash(refundOf(sale), ids.entry())).toBe('claim-used');
      ledger.abort(first.operationId);
      expect(ledger.recordCash(refundOf(sale), ids.entry())).toBe('recorded');
      expect([prepare(second), ledger.claimOf(sale), ledger.openClaimsOf(ACCOUNT)]).toEqual(['claim-used', 0, []]);
      // The sets may be bought again; out of which stock, the town says.
      expect([ledger.salesUnder(EntitlementId.parse('right-1')), ledger.soldFrom(StockLeaseId.parse('stock-1'))]).toEqual([[], 2]);
    });

    it('that another device took is not its to give', () => {
      const sale = saleOf(2, DeviceId.parse('yakuba-2'));
      tell([{ type: 'movement', movement: sale }]);
      expect([prepare(loadOfSale(sale)), ledger.recordCash(refundOf(sale), ids.entry())]).toEqual(['not-held-here', 'not-held-here']);
      expect(prepare(loadOfSale(saleOf()))).toBe('claim-used');
    });

    it('comes back as a claim when the load is taken back, but is not received again by itself', () => {
      const sale = saleOf();
      ledger.recordCash(sale, ids.entry());
      expect(ledger.neverReceivedOf(ACCOUNT)).toEqual([sale]);
      const load = loadOfSale(sale);
      prepare(load);
      ledger.commit(load.operationId, ids.entry(), NO_EVIDENCE);
      holdAccount();
      const wrong = { ...voidOf(load), postings: voidOf(load).postings.slice(1) };
      expect(() => prepare(wrong)).toThrow('does not take back what was loaded');
      const [undone, again] = [voidOf(load), voidOf(load)];
      expect([prepare(undone), prepare(again)]).toEqual(['prepared', 'void-already-used']);
      ledger.commit(undone.operationId, ids.entry(), NO_EVIDENCE);
      expect([prepare(again), ledger.claimOf(sale), amounts()]).toEqual(['void-already-used', 20_000, [0, 0]]);
      expect([ledger.openClaimsOf(ACCOUNT), ledger.neverReceivedOf(ACCOUNT)]).toEqual([[sale], []]);
    });
  });

  it('and frees a grant whose load was taken back, for one load at a time', () => {
    const [first, second, third] = [ids.operation(), ids.operation(), ids.operation()];
    prepareLoad(ledger, 0, first);
    ledger.commit(first, ids.entry(), NO_EVIDENCE);
    holdAccount();
    const undone = voidOf(loadOf(0, first));
    expect([prepare(undone), prepareLoad(ledger, 0, second)]).toEqual(['prepared', 'already-taken']);
    ledger.commit(undone.operationId, ids.entry(), NO_EVIDENCE);
    expect(ledger.offersOf(ACCOUNT, TODAY, NOW)).toHaveLength(1);
    expect([prepareLoad(ledger, 0, second), prepareLoad(ledger, 0, third)]).toEqual(['prepared', 'already-taken']);
    ledger.commit(second, ids.entry(), NO_EVIDENCE);
    expect([prepareLoad(ledger, 0, third), ledger.offersOf(ACCOUNT, TODAY, NOW)]).toEqual(['already-taken', []]);
    expect(amounts()).toEqual([0, 1_000]);
  });

  it('and takes back only what it loaded itself', () => {
    const elsewhere = loadOf(0, ids.operation());
    tell([{ type: 'movement', movement: elsewhere }]);
    holdAccount();
    expect(prepare(voidOf(elsewhere))).toBe('not-held-here');
    expect(prepare(voidOf({ ...elsewhere, operationId: ids.operation() }))).toBe('void-not-allowed');
  });
});
