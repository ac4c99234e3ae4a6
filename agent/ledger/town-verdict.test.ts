/** The town did not post what this device has done, or posted it as something less: what the device's own books say then. */
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AcceptorId, EntitlementId, LotId, StaffId, StockLeaseId, type OperationId } from '../../contract/ids.ts';
import type { Change } from '../../contract/sync.ts';
import { Generation } from '../../contract/sync.ts';
import { cashAccount, claimAccount, issuedAccount, pocketAccount, soldAccount, spentAccount, type Lot, type Movement, type Posting } from '../../contract/value.ts';
import {
  accountOf, cardOf, entitlementOf, idsOf, LEASE_END, leaseOf, loadOf, NO_EVIDENCE, NOW, openOrThrow, prepareLoad, SCHEME, temporaryLedger, TODAY, TOWN_DEVICE, townChanges,
} from '../test-support/ledger-town.ts';
import { auditLedger } from './ledger-audit.ts';
import type { Ledger, NewIntent } from './ledger.ts';
import { isPostingOf } from './posting-ids.ts';

const [ACCOUNT, OTHER] = [accountOf(0), accountOf(1)];
const STAFF = [StaffId.parse('staff-1'), StaffId.parse('staff-2')];
const RIGHT = EntitlementId.parse('right-1');
const STOCK = StockLeaseId.parse('stock-1');
const ANOTHER = Generation.parse('a'.repeat(16));

describe('a movement that the town did not post', () => {
  const place = temporaryLedger();
  let ledger: Ledger;
  let ids: ReturnType<typeof idsOf>;
  let cursor: number;

  beforeEach(() => {
    ids = idsOf(11);
    ledger = openOrThrow(place.file);
    cursor = 0;
    tell(...townChanges(3), { type: 'hold', accountId: ACCOUNT, until: LEASE_END });
  });
  afterEach(() => {
    ledger.close();
    expect(auditLedger(place.file).faults).toEqual([]);
    place.remove();
  });

  const tell = (...changes: Change[]) => ledger.applyChanges(changes, (cursor += 1), NOW);
  const refuse = ({ operationId }: Pick<Movement, 'operationId'>): Change => ({ type: 'movement-refused', operationId });
  const posted = (movement: Movement): Change => ({ type: 'movement', movement });
  const held = (person = 0) => ledger.lotsOf(accountOf(person)).reduce((sum, { amount }) => sum + amount, 0);
  const free = () => ledger.freeLotsOf(ACCOUNT).reduce((sum, { amount }) => sum + amount, 0);
  const offers = () => ledger.offersOf(ACCOUNT, TODAY, NOW).map(({ id }) => id);

  const lotOf = (id: string, change: Partial<Lot> = {}): Lot => ({ id: LotId.parse(id), accountId: ACCOUNT, schemeId: SCHEME.id, kind: 'paid', issuedOn: TODAY, lastDay: SCHEME.lastDay, ...change });
  const movement = (kind: Movement['kind'], postings: Posting[], change: Partial<Movement> = {}): Movement => ({
    operationId: ids.operation(), kind, accountId: ACCOUNT, schemeId: SCHEME.id, entitlementId: null, occurredAt: NOW, lots: [], postings, ...change,
  });
  const given = (amount: number, lot = lotOf('lot-a')) => movement('load', [{ debit: issuedAccount(SCHEME.id), credit: pocketAccount(lot.accountId, lot.id), amount }], { lots: [lot], accountId: lot.accountId });
  const spent = (amount: number, lot = 'lot-a') => movement('spend', [{ debit: pocketAccount(ACCOUNT, LotId.parse(lot)), credit: spentAccount(SCHEME.id, AcceptorId.parse('stall-1')), amount }]);
  const voidOf = (load: Movement) =>
    movement('void', load.postings.map(({ debit, credit, amount }) => ({ debit: credit, credit: debit, amount })), { ofOperation: load.operationId, staff: STAFF, entitlementId: load.entitlementId });
  const transferOf = (amount: number, id: string) =>
    movement('transfer', [{ debit: pocketAccount(ACCOUNT, LotId.parse('lot-a')), credit: pocketAccount(OTHER, LotId.parse(id)), amount }], { accountId: OTHER, fromAccountId: ACCOUNT, lots: [lotOf(id, { accountId: OTHER })], staff: STAFF });
  const saleOf = (sets = 2): Movement => {
    const operationId = ids.operation();
    const perSet = { paid: 10_000, premium: 3_000 };
    return movement('sale', [{ debit: cashAccount(TOWN_DEVICE), credit: claimAccount(ACCOUNT, operationId), amount: 10_000 * sets }], { operationId, sets, perSet, entitlementId: RIGHT, stockLease: STOCK, staff: STAFF });
  };
  const loadOfSale = (sale: Movement): Movement => {
    const lot = lotOf(`lot-of-${sale.operationId}`);
    return movement('load', [
      { debit: claimAccount(ACCOUNT, sale.operationId), credit: soldAccount(SCHEME.id), amount: 20_000 },
      { debit: issuedAccount(SCHEME.id), credit: pocketAccount(ACCOUNT, lot.id), amount: 26_000 },
    ], { lots: [lot], ofOperation: sale.operationId });
  };
  const refundOf = (sale: Movement) => movement('refund', [{ debit: claimAccount(ACCOUNT, sale.operationId), credit: cashAccount(TOWN_DEVICE), amount: 20_000 }], { ofOperation: sale.operationId, staff: STAFF });
  const withoutSets = ({ sets: _sets, perSet: _perSet, stockLease: _stock, ...sale }: Movement): Movement => ({ ...sale, entitlementId: null });

  const card = (cardProfile: NewIntent['cardProfile'], person = 0) => ({ cardRef: cardOf(person), cardProfile, counterBefore: 1 });
  const prepare = (of: Movement, on = card('felica-lite-s')) => ledger.prepare({ operationId: of.operationId, ...on, movement: of, preparedAt: NOW });
  /** @returns the movement, done here and written down */
  const done = (of: Movement, on = card('felica-lite-s')): Movement => {
    expect(prepare(of, on)).toBe('prepared');
    ledger.commit(of.operationId, ids.entry(), NO_EVIDENCE);
    return of;
  };
  const counted = (sale: Movement): Movement => {
    expect(ledger.recordCash(sale, ids.entry())).toBe('recorded');
    return sale;
  };
  /** @returns its operation */
  const received = (person = 0): OperationId => {
    const operation = ids.operation();
    expect(prepareLoad(ledger, person, operation)).toBe('prepared');
    ledger.commit(operation, ids.entry(), NO_EVIDENCE);
    return operation;
  };

  it('takes nothing out, and is there to be looked up all the same, over openings', () => {
    tell(posted(given(1_000)));
    const debit = done(spent(400));
    expect([held(), free()]).toEqual([600, 600]);
    tell(refuse(debit), refuse(debit));
    ledger.close();
    ledger = openOrThrow(place.file);
    expect([held(), free(), held(1)]).toEqual([1_000, 1_000, 0]);
    expect([ledger.movementOf(debit.operationId), ledger.fateOf(debit.operationId), ledger.knowsOperation(debit.operationId)]).toEqual([debit, 'committed', true]);
    expect(prepare(spent(1_000))).toBe('prepared');
  });

  it('counts when it is posted after all, however often and in whichever order both are told', () => {
    tell(posted(given(1_000)));
    const debit = done(spent(400));
    tell(refuse(debit), posted(debit), posted(debit));
    expect([held(), ledger.lotsOf(ACCOUNT)]).toEqual([600, [{ lot: lotOf('lot-a'), amount: 600 }]]);
  });

  it('of which this device knows nothing yet changes nothing', () => {
    tell(posted(given(1_000)), refuse({ operationId: ids.operation() }));
    const unsure = spent(400);
    prepare(unsure);
    ledger.markUnknown(unsure.operationId, ids.entry());
    tell(refuse(unsure));
    expect([held(), free(), ledger.fateOf(unsure.operationId)]).toEqual([1_000, 600, 'unknown']);
    ledger.commit(unsure.operationId, ids.entry(), NO_EVIDENCE);
    expect(held()).toBe(600);
    tell(refuse(unsure));
    expect([held(), free()]).toEqual([1_000, 1_000]);
  });

  it('leaves books that hold, whatever this device has done with what it had given', () => {
    const load = received();
    done(spent(1_000, loadOf(0, load).lots[0]!.id), card('felica-lite-s'));
    tell(refuse({ operationId: load }));
    expect(held()).toBe(-1_000);
    // What others took of what was free again.
    tell(posted(given(300, lotOf('lot-b', { accountId: OTHER }))), posted(given(500)));
    const debit = done(spent(500));
    tell(refuse(debit), posted(spent(500)));
    expect(ledger.lotsOf(ACCOUNT).find(({ lot }) => lot.id === 'lot-a')?.amount).toBe(0);
  });

  describe('and was a load of a grant', () => {
    it('is not given out again under the same lease, also when that is renewed', () => {
      const load = received();
      tell(refuse({ operationId: load }));
      expect([held(), offers(), prepareLoad(ledger, 0, ids.operation())]).toEqual([0, [], 'already-taken']);
      tell(leaseOf(0));
      expect(offers()).toEqual([]);
      expect(ledger.loadsOf(ACCOUNT, TODAY)).toEqual([]);
    });

    it('is given out again only when it was leased anew', () => {
      const load = received();
      tell(refuse({ operationId: load }), { type: 'lease-ended', entitlementId: entitlementOf(0).id });
      expect(offers()).toEqual([]);
      tell(leaseOf(0), refuse({ operationId: load }));
      expect(offers()).toEqual([entitlementOf(0).id]);
      const again = received();
      expect([held(), offers()]).toEqual([1_000, []]);
      tell(refuse({ operationId: again }));
      expect([held(), offers()]).toEqual([0, []]);
    });

    it('also when the lease had ended before, was given back, or was written off', () => {
      const [first, second, third] = [received(0), received(1), received(2)];
      tell({ type: 'lease-ended', entitlementId: entitlementOf(0).id }, refuse({ operationId: first }), refuse({ operationId: second }), leaseOf(0));
      expect(offers()).toEqual([entitlementOf(0).id]);
      expect(ledger.returnLeases([{ kind: 'entitlement', id: entitlementOf(1).id }], ids.entry())).toBe(1);
      tell(refuse({ operationId: third }));
      ledger.giveUpLeases();
      ledger.acknowledge(4, ledger.entriesAfter(3, 1)[0]!.hash);
      tell(leaseOf(1), leaseOf(2));
      expect([1, 2].map((person) => ledger.offersOf(accountOf(person), TODAY, NOW).length)).toEqual([1, 1]);
    });

    it('stays taken while the load stands and it is its taking back that was refused', () => {
      const load = loadOf(0, received());
      const undone = done(voidOf(load));
      expect([held(), offers()]).toEqual([0, [entitlementOf(0).id]]);
      tell(refuse(undone));
      expect([held(), offers(), ledger.loadsOf(ACCOUNT, TODAY)]).toEqual([1_000, [], []]);
      expect(prepare(voidOf(load))).toBe('void-already-used');
      tell(posted(undone));
      expect([held(), offers()]).toEqual([0, [entitlementOf(0).id]]);
    });

    it('may be posted as value without a grant: then the grant is what the town says of it', () => {
      const load = loadOf(0, received());
      tell(refuse(load), posted({ ...load, entitlementId: null }));
      expect([held(), ledger.movementOf(load.operationId), ledger.loadsOf(ACCOUNT, TODAY)]).toEqual([1_000, { ...load, entitlementId: null }, [{ ...load, entitlementId: null }]]);
      tell(posted(load));
      expect([held(), ledger.movementOf(load.operationId), offers()]).toEqual([1_000, load, []]);
    });
  });

  describe('and was about money', () => {
    it('is no claim and counts under no right and no stock', () => {
      const sale = counted(saleOf());
      tell(refuse(sale));
      expect([ledger.openClaimsOf(ACCOUNT), ledger.neverReceivedOf(ACCOUNT), ledger.salesUnder(RIGHT), ledger.soldFrom(STOCK), ledger.claimOf(sale)]).toEqual([[], [], [], 0, 0]);
      expect([prepare(loadOfSale(sale)), ledger.recordCash(refundOf(sale), ids.entry())]).toEqual(['claim-used', 'claim-used']);
      expect(ledger.recordCash(sale, ids.entry())).toBe('recorded');
    });

    it.each(['load', 'refund'] as const)('is not done a second time: %s', (kind) => {
      const sale = counted(saleOf());
      const use = kind === 'load' ? done(loadOfSale(sale), card('desfire')) : counted(refundOf(sale));
      expect(ledger.salesUnder(RIGHT)).toEqual(kind === 'load' ? [sale] : []);
      tell(posted(sale), refuse(use));
      // The money is the customer's claim, as with the town; but they have what they were given.
      expect([held(), ledger.claimOf(sale), ledger.salesUnder(RIGHT)]).toEqual([0, 20_000, [sale]]);
      expect([ledger.openClaimsOf(ACCOUNT), ledger.neverReceivedOf(ACCOUNT)]).toEqual([[], []]);
      expect([prepare(loadOfSale(sale)), ledger.recordCash(refundOf(sale), ids.entry())]).toEqual(['claim-used', 'claim-used']);
      tell(posted(use));
      expect([ledger.claimOf(sale), ledger.salesUnder(RIGHT)]).toEqual([0, kind === 'load' ? [sale] : []]);
    });

    it('may be posted as money without sets, which can only be given back', () => {
      const sale = counted(saleOf());
      tell(posted(withoutSets(sale)));
      expect([ledger.salesUnder(RIGHT), ledger.soldFrom(STOCK), ledger.neverReceivedOf(ACCOUNT)]).toEqual([[], 0, []]);
      expect([ledger.openClaimsOf(ACCOUNT), ledger.movementOf(sale.operationId)]).toEqual([[withoutSets(sale)], withoutSets(sale)]);
      expect(ledger.recordCash(sale, ids.entry())).toBe('recorded');
      expect(prepare(loadOfSale(sale))).toBe('not-sold');
      expect(ledger.recordCash(refundOf(sale), ids.entry())).toBe('recorded');
      expect(ledger.claimOf(sale)).toBe(0);
    });
  });

  it('and has put a lost card’s value on a card that keeps it, is not put there again', () => {
    tell(posted(given(1_000)), { type: 'card', cardRef: cardOf(0), accountId: ACCOUNT, state: 'stopped' }, { type: 'card', cardRef: cardOf(1), accountId: OTHER, profile: 'desfire', state: 'active' });
    const moved = done(transferOf(1_000, 'lot-t'), card('desfire', 1));
    tell(refuse(moved));
    expect([held(), held(1), prepare(transferOf(1_000, 'lot-u'), card('desfire', 1))]).toEqual([1_000, 0, 'balance-not-sure']);
    tell(posted(moved));
    expect([held(), held(1)]).toEqual([0, 1_000]);
  });

  it('stays refused when the feed begins anew, until the town says something else', () => {
    tell(posted(given(1_000)));
    const [debit, load, sale] = [done(spent(400)), loadOf(0, received()), counted(saleOf())];
    tell(refuse(debit), refuse(load), posted(withoutSets(sale)));
    const head = ledger.entriesAfter(0, 10).at(-1);
    expect(ledger.followGeneration(ANOTHER, head, ids.entry())).toBe(true);
    cursor = 0;
    tell(...townChanges(3), posted(given(1_000)));
    expect([held(), ledger.salesUnder(RIGHT)]).toEqual([1_000, []]);
    // It has been leased anew, by a town that has heard this device.
    expect(offers()).toEqual([entitlementOf(0).id]);
    // What the backup had not was judged anew: one is posted, the other whole.
    tell(posted(debit), posted(load), posted(sale));
    expect([held(), offers(), ledger.salesUnder(RIGHT)]).toEqual([600 + 1_000, [], [sale]]);
  });

  it('stays in the file as it was made', () => {
    tell(posted(given(1_000)));
    const debit = done(spent(400));
    tell(refuse(debit));
    ledger.close();
    const file = new SqliteDatabase(place.file, { readonly: true });
    try {
      expect(file.prepare('SELECT operation_id FROM refused_movement').pluck().all()).toEqual([debit.operationId]);
      expect(file.prepare(`SELECT count(*) FROM movement JOIN posting ON ${isPostingOf('movement_number')} WHERE operation_id = ?`).pluck().get(debit.operationId)).toBe(1);
    } finally {
      file.close();
      ledger = openOrThrow(place.file);
    }
  });
});
