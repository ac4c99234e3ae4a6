/** What is set aside for a device: kept over openings, used in its time, given back together with the journal's word. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StockLeaseId } from '../../contract/ids.ts';
import { JournalBody, type ReturnedLease } from '../../contract/journal.ts';
import type { Change } from '../../contract/sync.ts';
import { Moment } from '../../contract/time.ts';
import { cashAccount, claimAccount, type Movement, type PurchaseRight } from '../../contract/value.ts';
import {
  accountOf, cardOf, entitlementOf, idsOf, leaseOf, LEASE_END, loadOf, NOW, NO_EVIDENCE, openOrThrow, prepareLoad, SCHEME, temporaryLedger, TODAY, TOWN_DEVICE, townChanges,
} from '../test-support/ledger-town.ts';
import type { Ledger } from './ledger.ts';

const AFTER = Moment.parse('2026-11-28T00:00:00.001Z');
const TEN_YEARS_ON = Moment.parse('2036-11-21T01:05:00.000Z');
const TEN_YEARS_BACK = Moment.parse('2016-11-21T01:05:00.000Z');
const STOCK = StockLeaseId.parse('stock-1');

const rightOf = (number: number, more: Partial<PurchaseRight> = {}): PurchaseRight => ({
  id: entitlementOf(100 + number).id,
  schemeId: SCHEME.id,
  accountIds: [accountOf(number)],
  sets: 3,
  perAccount: 2,
  limit: 'person',
  firstDay: SCHEME.firstDay,
  lastDay: SCHEME.lastDay,
  ...more,
});
const right = (number: number, more?: Partial<PurchaseRight>): Change => ({ type: 'right', right: rightOf(number, more), until: LEASE_END });
const stock = (sets: number, id = STOCK): Change => ({ type: 'stock', lease: { id, schemeId: SCHEME.id, sets }, until: LEASE_END });
const hold = (number: number): Change => ({ type: 'hold', accountId: accountOf(number), until: LEASE_END });
const recall = (id: PurchaseRight['id']): Change => ({ type: 'lease-recalled', entitlementId: id });
const entitlementLease = (number: number): ReturnedLease => ({ kind: 'entitlement', id: entitlementOf(number).id });

describe('what is set aside for a device', () => {
  const place = temporaryLedger();
  let ledger: Ledger;
  let ids: ReturnType<typeof idsOf>;
  let cursor: number;
  const say = (...changes: Change[]) => ledger.applyChanges(changes, (cursor += changes.length), NOW);
  const reopen = () => {
    ledger.close();
    ledger = openOrThrow(place.file);
  };
  const facts = () => ledger.entriesAfter(0, 1_000).map(({ body }) => JournalBody.parse(JSON.parse(body)).fact);
  const acknowledgeAll = () => {
    const last = ledger.entriesAfter(0, 1_000).at(-1);
    if (last) ledger.acknowledge(last.seq, last.hash);
  };
  const giveBack = (now = NOW, busy: Parameters<Ledger['leasesToReturn']>[1] = null) => ledger.returnLeases(ledger.leasesToReturn(now, busy), ids.entry());
  const sale = (number: number, sets: number, stockLease = STOCK): Movement => {
    const operationId = ids.operation();
    return {
      operationId, kind: 'sale', accountId: accountOf(number), schemeId: SCHEME.id, entitlementId: rightOf(number).id, occurredAt: NOW, lots: [],
      postings: [{ debit: cashAccount(TOWN_DEVICE), credit: claimAccount(accountOf(number), operationId), amount: sets * 1_000 }],
      sets, perSet: { paid: 1_000, premium: 0 }, stockLease,
    };
  };

  beforeEach(() => {
    ledger = openOrThrow(place.file);
    ids = idsOf(4);
    cursor = 0;
    say(...townChanges(3));
  });
  afterEach(() => {
    ledger.close();
    place.remove();
  });

  it('is kept over openings, until it is ended', () => {
    const household = rightOf(1, { accountIds: [accountOf(1), accountOf(2)], less: [{ accountId: accountOf(2), sets: 1 }], limit: 'household' });
    say({ type: 'right', right: household, until: LEASE_END }, stock(5), hold(0), { type: 'standing', accountId: accountOf(0), schemeId: SCHEME.id, why: 'not-eligible' });
    reopen();
    expect(ledger.rightsOf(accountOf(2), SCHEME.id, TODAY, NOW)).toEqual([household]);
    expect(ledger.rightsOf(accountOf(0), SCHEME.id, TODAY, NOW)).toEqual([]);
    expect(ledger.stockOf(SCHEME.id, NOW)).toEqual({ id: STOCK, left: 5 });
    expect([ledger.holdsAccount(accountOf(0), NOW), ledger.holdsAccount(accountOf(1), NOW)]).toEqual([true, false]);
    expect(ledger.standingOf(accountOf(0), SCHEME.id)).toBe('not-eligible');

    say({ type: 'lease-ended', entitlementId: household.id }, { type: 'stock-ended', stockLease: STOCK }, { type: 'standing', accountId: accountOf(0), schemeId: SCHEME.id, why: null });
    reopen();
    expect(ledger.rightsOf(accountOf(2), SCHEME.id, TODAY, NOW)).toEqual([]);
    expect(ledger.stockOf(SCHEME.id, NOW)).toBeNull();
    expect(ledger.standingOf(accountOf(0), SCHEME.id)).toBeUndefined();
  });

  it('is replaced by what the town says later of it', () => {
    say(right(1), stock(5));
    say(right(1, { sets: 1, perAccount: 1, accountIds: [accountOf(2)] }), stock(9));
    expect(ledger.rightsOf(accountOf(1), SCHEME.id, TODAY, NOW)).toEqual([]);
    expect(ledger.rightsOf(accountOf(2), SCHEME.id, TODAY, NOW)).toEqual([rightOf(1, { sets: 1, perAccount: 1, accountIds: [accountOf(2)] })]);
    expect(ledger.stockOf(SCHEME.id, NOW)).toEqual({ id: STOCK, left: 9 });
  });

  it('counts what is left of a stock from the sales, and offers the fullest', () => {
    const other = StockLeaseId.parse('stock-2');
    say(stock(5), stock(4, other));
    ledger.recordCash(sale(1, 2), ids.entry());
    expect(ledger.stockOf(SCHEME.id, NOW)).toEqual({ id: other, left: 4 });
    ledger.recordCash(sale(1, 2, other), ids.entry());
    ledger.recordCash(sale(2, 2, other), ids.entry());
    expect(ledger.stockOf(SCHEME.id, NOW)).toEqual({ id: STOCK, left: 3 });
    ledger.recordCash(sale(1, 3), ids.entry());
    expect(ledger.stockOf(SCHEME.id, NOW)).toEqual({ id: STOCK, left: 0 });
  });

  it('is not used past its time, and is then given back, all in one entry', () => {
    say(right(1), stock(5), hold(0));
    expect(giveBack(NOW, accountOf(0))).toBe(0);
    expect(ledger.rightsOf(accountOf(1), SCHEME.id, TODAY, LEASE_END)).toEqual([]);
    expect(ledger.stockOf(SCHEME.id, LEASE_END)).toBeNull();
    expect(ledger.holdsAccount(accountOf(0), LEASE_END)).toBe(false);
    expect(ledger.offersOf(accountOf(0), TODAY, LEASE_END)).toEqual([]);
    expect(giveBack(AFTER)).toBe(6);
    reopen();
    expect(facts()).toEqual([
      {
        type: 'leases-returned',
        leases: [entitlementLease(0), entitlementLease(1), { kind: 'entitlement', id: rightOf(1).id }, entitlementLease(2), { kind: 'stock', id: STOCK }, { kind: 'hold', id: accountOf(0) }],
      },
    ]);
    for (const now of [NOW, TEN_YEARS_BACK]) {
      expect(ledger.offersOf(accountOf(0), TODAY, now)).toEqual([]);
      expect(ledger.rightsOf(accountOf(1), SCHEME.id, TODAY, now)).toEqual([]);
      expect(ledger.stockOf(SCHEME.id, now)).toBeNull();
      expect(ledger.holdsAccount(accountOf(0), now)).toBe(false);
    }
    expect(prepareLoad(ledger, 0, ids.operation())).toBe('not-held-here');
    expect(giveBack(AFTER)).toBe(0);
    expect(facts()).toHaveLength(1);
  });

  it('waits while the person stands here when it is recalled, but is given back when their time is over', () => {
    say(right(1), recall(entitlementOf(0).id), recall(rightOf(1).id));
    expect(ledger.leasesToReturn(NOW, accountOf(1))).toEqual([entitlementLease(0)]);
    expect(ledger.leasesToReturn(NOW, null)).toEqual([entitlementLease(0), { kind: 'entitlement', id: rightOf(1).id }]);
    expect(ledger.leasesToReturn(AFTER, accountOf(1))).toContainEqual({ kind: 'entitlement', id: rightOf(1).id });
    expect(giveBack()).toBe(2);
    expect(ledger.offersOf(accountOf(0), TODAY, NOW)).toEqual([]);
  });

  it('is over when the town says that it was received, whoever gave it out, and begins anew when the town leases it again', () => {
    const [own, others] = [ids.operation(), ids.operation()];
    prepareLoad(ledger, 0, own);
    ledger.commit(own, ids.entry(), NO_EVIDENCE);
    say(recall(entitlementOf(0).id), { type: 'movement', movement: loadOf(0, own) }, { type: 'movement', movement: loadOf(1, others) });
    expect(ledger.leasesToReturn(AFTER, null)).toEqual([entitlementLease(2)]);
    say(leaseOf(1));
    expect(ledger.leasesToReturn(AFTER, null)).toEqual([entitlementLease(1), entitlementLease(2)]);
  });

  it('is given back as well when it was recalled and had never come here', () => {
    say(recall(entitlementOf(77).id), { type: 'hold-recalled', accountId: accountOf(2) });
    expect(giveBack()).toBe(2);
    expect(giveBack()).toBe(0);
  });

  it('gives back a hold as soon as nobody of the account stands here', () => {
    say(hold(0), hold(1));
    expect(ledger.leasesToReturn(NOW, accountOf(0))).toEqual([{ kind: 'hold', id: accountOf(1) }]);
    expect(ledger.leasesToReturn(NOW, null)).toHaveLength(2);
  });

  it.each(['prepared', 'unknown'] as const)('keeps what an intent that is %s needs, until it is decided', (state) => {
    const operation = ids.operation();
    prepareLoad(ledger, 0, operation);
    if (state === 'unknown') ledger.markUnknown(operation, ids.entry());
    say(recall(entitlementOf(0).id), hold(0), hold(1));
    reopen();
    for (const now of [NOW, AFTER, TEN_YEARS_ON, TEN_YEARS_BACK]) {
      expect(ledger.leasesToReturn(now, null)).not.toContainEqual(entitlementLease(0));
      expect(ledger.leasesToReturn(now, null)).not.toContainEqual({ kind: 'hold', id: accountOf(0) });
    }
    // Asked for all the same, as by a list that was made before the intent.
    expect(ledger.returnLeases([entitlementLease(0), { kind: 'hold', id: accountOf(0) }], ids.entry())).toBe(0);
    expect(facts()).toHaveLength(state === 'unknown' ? 1 : 0);
    ledger.abort(operation);
    expect(giveBack()).toBe(3);
    expect(prepareLoad(ledger, 0, ids.operation())).toBe('not-held-here');
  });

  it('gives back what was used together with its use: the movement stands before the entry', () => {
    const operation = ids.operation();
    prepareLoad(ledger, 0, operation);
    ledger.commit(operation, ids.entry(), NO_EVIDENCE);
    expect(giveBack(AFTER)).toBe(3);
    expect(facts().map(({ type }) => type)).toEqual(['value-moved', 'leases-returned']);
  });

  it('does not keep a right for a sale whose claim is not received yet', () => {
    say(right(1), stock(5), recall(rightOf(1).id));
    ledger.recordCash(sale(1, 1), ids.entry());
    expect(ledger.leasesToReturn(NOW, null)).toEqual([{ kind: 'entitlement', id: rightOf(1).id }]);
    giveBack();
    expect(ledger.openClaimsOf(accountOf(1))).toHaveLength(1);
  });

  it('stays whole when the journal cannot take the entry', () => {
    const { id } = ids.entry();
    ledger.append({ id, at: NOW, fact: { type: 'staff-called', callNumber: 1, screen: 'start' } });
    say(hold(0));
    expect(() => ledger.returnLeases(ledger.leasesToReturn(AFTER, null), { id, at: NOW })).toThrow(/UNIQUE/);
    reopen();
    expect(ledger.leasesToReturn(AFTER, null)).toHaveLength(4);
    expect(facts()).toHaveLength(1);
  });

  it('is not taken again from a word that the town said before it knew of the return', () => {
    say(right(1), stock(5), hold(0));
    giveBack(AFTER);
    const stale = [leaseOf(0), right(1), stock(5), hold(0), recall(entitlementOf(0).id), { type: 'hold-recalled', accountId: accountOf(0) } as const];
    say(...stale);
    reopen();
    say(...stale);
    expect(ledger.leasesToReturn(TEN_YEARS_ON, null)).toEqual([]);
    expect(prepareLoad(ledger, 0, ids.operation())).toBe('not-held-here');
    // The town knows now: what it says from here on is new.
    acknowledgeAll();
    reopen();
    say(leaseOf(0), right(1), stock(5), hold(0));
    expect(ledger.offersOf(accountOf(0), TODAY, NOW)).toHaveLength(1);
    expect(ledger.rightsOf(accountOf(1), SCHEME.id, TODAY, NOW)).toHaveLength(1);
    expect([ledger.stockOf(SCHEME.id, NOW), ledger.holdsAccount(accountOf(0), NOW)]).toEqual([{ id: STOCK, left: 5 }, true]);
  });

  it('is not taken again from a page that was asked for before the return was acknowledged and comes after that', () => {
    say(stock(5), hold(0));
    const asked = ledger.syncState().acknowledgedSeq;
    giveBack(AFTER);
    acknowledgeAll();
    ledger.applyChanges([leaseOf(0), stock(5), hold(0)], (cursor += 3), NOW, asked);
    reopen();
    expect(ledger.leasesToReturn(TEN_YEARS_ON, null)).toEqual([]);
    ledger.applyChanges([leaseOf(0), stock(5), hold(0)], (cursor += 3), NOW, ledger.syncState().acknowledgedSeq);
    expect(ledger.leasesToReturn(TEN_YEARS_ON, null)).toHaveLength(3);
  });

  it('is taken again from a page that was written knowing of the return, also when the acknowledgement is still on its way', () => {
    giveBack(AFTER);
    const { acknowledgedSeq, lastSeq } = ledger.syncState();
    expect(acknowledgedSeq).toBeLessThan(lastSeq);
    ledger.applyChanges([leaseOf(0)], (cursor += 1), NOW, lastSeq);
    expect(ledger.offersOf(accountOf(0), TODAY, NOW)).toHaveLength(1);
  });

  it('is forgotten when the device was written off, the keys of cards with it', () => {
    say(right(1), stock(5), hold(0), { type: 'card-keys', cardRef: cardOf(0), profile: 'desfire', until: LEASE_END, sealed: 'AAAA' });
    expect(ledger.cardKeys(cardOf(0))).toEqual({ profile: 'desfire', until: LEASE_END, sealed: 'AAAA' });
    ledger.giveUpLeases();
    reopen();
    expect(ledger.cardKeys(cardOf(0))).toBeUndefined();
    expect(prepareLoad(ledger, 0, ids.operation())).toBe('not-held-here');
    expect(ledger.leasesToReturn(TEN_YEARS_ON, null)).toEqual([]);
    expect([ledger.stockOf(SCHEME.id, NOW), ledger.holdsAccount(accountOf(0), NOW), ledger.rightsOf(accountOf(1), SCHEME.id, TODAY, NOW)]).toEqual([null, false, []]);
  });

  it('keeps keys given in advance until their time is over or the town says something new of the card', () => {
    const keys = (number: number, until = LEASE_END): Change => ({ type: 'card-keys', cardRef: cardOf(number), profile: 'desfire', until, sealed: `key${number}` });
    say(keys(0), keys(1), keys(2, AFTER));
    say({ type: 'card', cardRef: cardOf(0), accountId: accountOf(0), profile: 'desfire', state: 'active' });
    ledger.dropOldCardKeys(LEASE_END);
    expect([0, 1, 2].map((number) => ledger.cardKeys(cardOf(number))?.sealed)).toEqual([undefined, undefined, 'key2']);
    // The card's change and its new keys come in one page, in this order.
    say({ type: 'card', cardRef: cardOf(2), accountId: accountOf(2), profile: 'desfire', state: 'active' }, keys(2));
    expect(ledger.cardKeys(cardOf(2))?.until).toBe(LEASE_END);
  });
});
