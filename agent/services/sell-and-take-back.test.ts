/** Sets that are sold for cash: the money is the customer's from the moment it is counted in, whatever becomes of card and kiosk. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccountId, DeviceId } from '../../contract/ids.ts';
import { addDays, Moment } from '../../contract/time.ts';
import { AMOUNT_MAX } from '../../contract/value.ts';
import { auditLedger } from '../ledger/ledger-audit.ts';
import { openLedger } from '../ledger/sqlite-ledger.ts';
import { TODAY, TOWN_DEVICE } from '../test-support/ledger-town.ts';
import { accountOf, FIRST_STAFF, GRANT, PREMIUM, RIGHT_ID, SECOND_STAFF, STALL, ValueTown, type CardName } from '../test-support/value-town.ts';
import { loadValue } from './load-value.ts';
import { receiveClaim } from './receive-claim.ts';
import { refundClaim } from './refund-claim.ts';
import { sellSets, type SaleResult } from './sell-sets.ts';
import type { Holder } from './show-balance.ts';
import { spendValue } from './spend-value.ts';
import { voidLoad } from './void-load.ts';

const BOTH = [FIRST_STAFF, SECOND_STAFF];

describe('sets that are sold', () => {
  let town: ValueTown;

  beforeEach(async () => {
    town = await ValueTown.open();
  });
  afterEach(() => {
    town.ledger.close();
    expect(auditLedger(town.place.file).faults).toEqual([]);
    town.close();
  });

  const sell = (holder: Holder, sets = 1, change: Partial<Parameters<typeof sellSets>[0]> = {}) =>
    sellSets({ operationId: town.operation(), holder, schemeId: PREMIUM, sets, device: TOWN_DEVICE, staff: [FIRST_STAFF], ...change }, town.ports);
  const refund = (sale: Parameters<typeof refundClaim>[0]['sale'], change: Partial<Parameters<typeof refundClaim>[0]> = {}) =>
    refundClaim({ operationId: town.operation(), sale, device: TOWN_DEVICE, staff: [FIRST_STAFF], ...change }, town.ports);
  const undo = (holder: Holder, load: Parameters<typeof voidLoad>[0]['load'], staff = BOTH) => voidLoad({ operationId: town.operation(), holder, load, staff }, town.ports);
  const saleOf = (result: SaleResult) => {
    if (result.kind === 'refused') throw new Error(`The sale was refused: ${result.rule}`);
    return result.sale.operationId;
  };
  const claims = (card: CardName) => town.ledger.openClaimsOf(accountOf(card)).map((sale) => town.ledger.claimOf(sale));
  const kinds = () => town.facts().flatMap((fact) => ('movement' in fact ? [`${fact.type} ${fact.movement.kind}`] : []));
  const loseCommit = (how: 'command-lost' | 'answer-lost') => {
    town.reader.tear = (_index, command) => (command[0] === 0x90 && command[1] === 0xc7 ? how : undefined);
  };

  it.each(['desfire', 'felica', 'plain'] as const)('come to a %s card’s holder: what was paid and the premium in lots of their own', async (card) => {
    town.offerSale(card);
    const result = await sell(await town.tap(card), 2);
    expect(result).toMatchObject({ kind: 'sold', sale: { sets: 2, entitlementId: RIGHT_ID }, received: { balances: new Map([[PREMIUM, 26_000]]) } });
    expect(town.ledger.lotsOf(accountOf(card)).map(({ lot, amount }) => [lot.kind, amount])).toEqual([['paid', 20_000], ['premium', 6_000]]);
    expect(await town.amounts(card, PREMIUM)).toEqual({ shown: 26_000, books: 26_000 });
    expect([claims(card), kinds()]).toEqual([[], ['cash-moved sale', 'value-moved load']]);
  });

  it('are never more than the right allows, counted over every sale that was not given back', async () => {
    town.offerSale('desfire');
    const first = await sell(await town.tap('desfire'), 2);
    expect(await sell(await town.tap('desfire'), 2)).toEqual({ kind: 'refused', rule: 'person-limit' });
    const load = town.ledger.loadsOf(accountOf('desfire'), TODAY)[0]!;
    await undo(await town.tap('desfire'), load.operationId);
    expect(refund(saleOf(first))).toEqual({ kind: 'refunded', yen: 20_000 });
    expect(await sell(await town.tap('desfire'), 3)).toMatchObject({ kind: 'sold' });
  });

  it('are never more than the stock of this device', async () => {
    town.offerSale('desfire', {}, 2);
    expect(await sell(await town.tap('desfire'), 3)).toEqual({ kind: 'refused', rule: 'sold-out' });
    expect(await sell(await town.tap('desfire'), 2)).toMatchObject({ kind: 'sold' });
    expect(await sell(await town.tap('desfire'), 1)).toEqual({ kind: 'refused', rule: 'sold-out' });
  });

  it('of one household count together', async () => {
    town.offerSale('desfire', { accountIds: [accountOf('desfire'), accountOf('felica')], sets: 4, limit: 'household' });
    expect(await sell(await town.tap('desfire'), 3)).toMatchObject({ kind: 'sold' });
    expect(await sell(await town.tap('felica'), 2)).toEqual({ kind: 'refused', rule: 'household-limit' });
    expect(await sell(await town.tap('felica'), 1)).toMatchObject({ kind: 'sold' });
  });

  it('are refused before any cash is taken', async () => {
    const holder = await town.tap('desfire');
    expect(await sell(holder)).toEqual({ kind: 'refused', rule: 'not-held-here' });
    town.tell({ type: 'standing', accountId: accountOf('desfire'), schemeId: PREMIUM, why: 'lottery-not-won' });
    expect(await sell(holder)).toEqual({ kind: 'refused', rule: 'lottery-not-won' });
    town.tell({ type: 'standing', accountId: accountOf('desfire'), schemeId: PREMIUM, why: null });
    town.offerSale('desfire');
    expect(await sell(holder, 1, { staff: [] })).toEqual({ kind: 'refused', rule: 'needs-staff' });
    expect(await sell(holder, 1, { schemeId: GRANT })).toEqual({ kind: 'refused', rule: 'not-sold' });
    const full = { ...holder, pockets: [{ schemeId: PREMIUM, name: '', unit: 'yen', amount: AMOUNT_MAX - 12_999, lastDay: TODAY, daysLeft: 0 } as const] };
    expect(await sell(full)).toEqual({ kind: 'refused', rule: 'too-much' });
    expect(await sell(await town.tap('second-plain'))).toEqual({ kind: 'refused', rule: 'value-on-other-card' });
    expect(town.facts()).toEqual([]);
  });

  it('that do not reach the card stay the customer’s claim and come at the next tap', async () => {
    town.offerSale('desfire');
    const holder = await town.tap('desfire');
    town.reader.remove();
    const result = await sell(holder);
    expect(result).toMatchObject({ kind: 'claimed', why: { kind: 'card-moved' } });
    expect([claims('desfire'), kinds()]).toEqual([[10_000], ['cash-moved sale']]);
    town.reopen();
    expect(await town.amounts('desfire', PREMIUM)).toEqual({ shown: 13_000, books: 13_000 });
    expect([claims('desfire'), kinds()]).toEqual([[], ['cash-moved sale', 'value-moved load']]);
    expect(await town.amounts('desfire', PREMIUM)).toEqual({ shown: 13_000, books: 13_000 });
  });

  it('give what was paid for, also when something else is sold by the time they are received', async () => {
    town.offerSale('desfire');
    const holder = await town.tap('desfire');
    town.reader.remove();
    await sell(holder, 2);
    const scheme = town.ledger.schemes().get(PREMIUM)!;
    const dearer = { ...scheme.rules!.sale!, priceYen: 5_000, paid: 5_000, premium: 500 };
    town.tell({ type: 'scheme', scheme: { ...scheme, rules: { ...scheme.rules, sale: dearer } } });
    expect(await town.amounts('desfire', PREMIUM)).toEqual({ shown: 26_000, books: 26_000 });
    await undo(await town.tap('desfire'), town.ledger.loadsOf(accountOf('desfire'), TODAY)[0]!.operationId);
    const { sale: _over, ...rules } = scheme.rules!;
    town.tell({ type: 'scheme', scheme: { ...scheme, rules } });
    const [claim] = town.ledger.openClaimsOf(accountOf('desfire'));
    expect(await receiveClaim({ holder: await town.tap('desfire'), sale: claim!.operationId }, town.ports)).toMatchObject({ kind: 'moved' });
    expect(await town.amounts('desfire', PREMIUM)).toEqual({ shown: 26_000, books: 26_000 });
  });

  it('and grants follow the rules as they are when somebody agrees, not as they were when the card was laid down', async () => {
    town.offerGrant('desfire', 500);
    const holder = await town.tap('desfire');
    const scheme = town.ledger.schemes().get(GRANT)!;
    town.tell({ type: 'scheme', scheme: { ...scheme, rules: { ...scheme.rules, validDays: 3 } } });
    expect(await loadValue({ holder, offer: holder.offers[0]! }, town.ports)).toMatchObject({ kind: 'loaded' });
    expect(town.ledger.lotsOf(accountOf('desfire')).map(({ lot }) => lot.lastDay)).toEqual([addDays(TODAY, 3)]);
  });

  it.each(['answer-lost', 'command-lost'] as const)('of which nobody knows whether they reached the card (%s) come once', async (how) => {
    town.offerSale('desfire');
    const holder = await town.tap('desfire');
    const request = { operationId: town.operation() };
    loseCommit(how);
    const result = await sell(holder, 1, request);
    expect(result).toMatchObject({ kind: 'claimed', why: { kind: 'unknown' } });
    town.reader.tear = undefined;
    // While it is open, nobody gets the money back, and a second press takes no more of it.
    expect(refund(saleOf(result))).toEqual({ kind: 'refused', rule: 'claim-used' });
    expect(await sell(holder, 1, request)).toMatchObject({ kind: 'claimed', why: { kind: 'unknown' } });
    expect(await receiveClaim({ holder, sale: saleOf(result) }, town.ports)).toEqual({ kind: 'refused', rule: 'claim-used' });
    town.reopen();
    expect(await town.amounts('desfire', PREMIUM)).toEqual({ shown: 13_000, books: 13_000 });
    expect([claims('desfire'), town.ledger.openIntents()]).toEqual([[], []]);
    expect(kinds()).toEqual(['cash-moved sale', 'movement-unknown load', 'value-moved load']);
    expect(await sell(await town.tap('desfire'), 1, request)).toMatchObject({ kind: 'sold' });
    expect(kinds()).toHaveLength(3);
  });

  it.each(['prepare', 'commit'] as const)('are the customer’s also when the program ends at the %s', async (at) => {
    town.offerSale('desfire');
    const holder = await town.tap('desfire');
    const ends = () => { throw new Error('the machine stops here'); };
    const broken = { ...town.ports, ledger: { ...town.ledger, [at]: ends } };
    await expect(sellSets({ operationId: town.operation(), holder, schemeId: PREMIUM, sets: 1, device: TOWN_DEVICE, staff: [FIRST_STAFF] }, broken)).rejects.toThrow('stops here');
    town.reopen();
    expect(await town.amounts('desfire', PREMIUM)).toEqual({ shown: 13_000, books: 13_000 });
    expect([claims('desfire'), town.ledger.openIntents()]).toEqual([[], []]);
  });

  it('are sold once however often somebody presses', async () => {
    town.offerSale('desfire');
    const holder = await town.tap('desfire');
    const request = { operationId: town.operation() };
    const pressed = await Promise.all([sell(holder, 1, request), sell(holder, 1, request)]);
    expect(pressed.map(({ kind }) => kind)).toEqual(['sold', 'claimed']);
    expect(await sell(holder, 1, request)).toMatchObject({ kind: 'sold' });
    expect(await town.amounts('desfire', PREMIUM)).toEqual({ shown: 13_000, books: 13_000 });
  });

  describe('and not received', () => {
    const unreceived = async () => {
      town.offerSale('desfire');
      const holder = await town.tap('desfire');
      town.reader.remove();
      return saleOf(await sell(holder));
    };

    it('are paid back in cash once, by staff', async () => {
      const sale = await unreceived();
      expect(refund(sale, { staff: [] })).toEqual({ kind: 'refused', rule: 'needs-staff' });
      const request = { operationId: town.operation() };
      expect(refund(sale, request)).toEqual({ kind: 'refunded', yen: 10_000 });
      expect(refund(sale, request)).toEqual({ kind: 'refunded', yen: 10_000 });
      expect(refund(sale)).toEqual({ kind: 'refused', rule: 'claim-used' });
      expect(refund(town.operation())).toEqual({ kind: 'refused', rule: 'claim-used' });
      expect(await town.amounts('desfire', PREMIUM)).toEqual({ shown: 0, books: 0 });
      expect([claims('desfire'), kinds()]).toEqual([[], ['cash-moved sale', 'cash-moved refund']]);
    });

    it('are no one else’s', async () => {
      const sale = await unreceived();
      expect(await receiveClaim({ holder: await town.tap('felica'), sale }, town.ports)).toEqual({ kind: 'refused', rule: 'wrong-account' });
      expect(await receiveClaim({ holder: await town.tap('felica'), sale: town.operation() }, town.ports)).toEqual({ kind: 'refused', rule: 'claim-used' });
    });

    it('are received and paid back only where the money was taken', async () => {
      const sale = town.ledger.movementOf(await unreceived())!;
      const elsewhere = openLedger({ path: `${town.place.file}.elsewhere`, device: DeviceId.parse('yakuba-2') });
      if (!elsewhere.ok) throw new Error(elsewhere.detail);
      const { ledger } = elsewhere;
      try {
        ledger.applyChanges([...town.ledger.schemes().values()].map((scheme) => ({ type: 'scheme', scheme })), 1, sale.occurredAt);
        ledger.applyChanges([{ type: 'movement', movement: sale }], 2, sale.occurredAt);
        const ports = { ...town.ports, ledger };
        const holder = await town.tap('felica');
        expect(await receiveClaim({ holder: { ...holder, accountId: sale.accountId }, sale: sale.operationId }, ports)).toEqual({ kind: 'refused', rule: 'not-held-here' });
        const request = { operationId: town.operation(), sale: sale.operationId, device: DeviceId.parse('yakuba-2'), staff: [FIRST_STAFF] };
        expect(refundClaim(request, ports)).toEqual({ kind: 'refused', rule: 'not-held-here' });
        expect(ledger.syncState().lastSeq).toBe(0);
      } finally {
        ledger.close();
      }
    });
  });

  describe('and taken back on the same day', () => {
    const loadOf = (card: CardName) => town.ledger.loadsOf(accountOf(card), TODAY)[0]!.operationId;

    it.each(['desfire', 'felica', 'plain'] as const)('are the customer’s claim again, without the premium (%s)', async (card) => {
      town.offerSale(card);
      town.grantHolds(card);
      const sale = saleOf(await sell(await town.tap(card), 2));
      expect(await undo(await town.tap(card), loadOf(card), [FIRST_STAFF])).toEqual({ kind: 'refused', rule: 'second-staff' });
      const holder = await town.tap(card);
      expect(await undo(holder, loadOf(card))).toMatchObject({ kind: 'moved', balances: new Map([[PREMIUM, 0]]), movement: { staff: BOTH } });
      expect(claims(card)).toEqual([20_000]);
      expect(town.ledger.loadsOf(accountOf(card), TODAY)).toEqual([]);
      expect(refund(sale)).toEqual({ kind: 'refunded', yen: 20_000 });
      expect(await town.amounts(card, PREMIUM)).toEqual({ shown: 0, books: 0 });
    });

    it('are not, once a part was used', async () => {
      town.offerSale('desfire');
      await sell(await town.tap('desfire'));
      await spendValue({ operationId: town.operation(), holder: await town.tap('desfire'), schemeId: PREMIUM, amount: 1, acceptor: STALL, staff: [] }, town.ports);
      expect(await undo(await town.tap('desfire'), loadOf('desfire'))).toEqual({ kind: 'refused', rule: 'void-already-used' });
    });

    it('are taken back once, also when the answer was lost', async () => {
      town.offerSale('desfire');
      await sell(await town.tap('desfire'));
      const load = loadOf('desfire');
      const holder = await town.tap('desfire');
      loseCommit('answer-lost');
      expect(await undo(holder, load)).toEqual({ kind: 'unknown' });
      town.reader.tear = undefined;
      expect(await undo({ ...holder, counter: null }, load)).toEqual({ kind: 'refused', rule: 'void-already-used' });
      const [sale] = [town.facts()[0]].flatMap((fact) => (fact?.type === 'cash-moved' ? [fact.movement.operationId] : []));
      // The tap decides the void, and does not bring the sets again: staff took them back for a reason.
      expect(await town.amounts('desfire', PREMIUM)).toEqual({ shown: 0, books: 0 });
      expect(kinds().slice(2)).toEqual(['movement-unknown void', 'value-moved void']);
      expect(await receiveClaim({ holder: await town.tap('desfire'), sale: sale! }, town.ports)).toMatchObject({ kind: 'moved' });
      expect(refund(sale!)).toEqual({ kind: 'refused', rule: 'claim-used' });
    });

    it('make a grant free to be received again', async () => {
      town.offerGrant('desfire', 5_000);
      const holder = await town.tap('desfire');
      await loadValue({ holder, offer: holder.offers[0]! }, town.ports);
      expect((await town.tap('desfire')).offers).toEqual([]);
      expect(await undo(await town.tap('desfire'), loadOf('desfire'), [FIRST_STAFF])).toMatchObject({ kind: 'moved', balances: new Map([[GRANT, 0]]) });
      const again = await town.tap('desfire');
      expect(again.offers.map(({ entitlement }) => entitlement.id)).toEqual(['e-1']);
      expect(await loadValue({ holder: again, offer: again.offers[0]! }, town.ports)).toMatchObject({ kind: 'loaded', balance: 5_000 });
      expect((await town.tap('desfire')).offers).toEqual([]);
      expect(kinds()).toEqual(['value-moved load', 'value-moved void', 'value-moved load']);
    });

    it('are not on the next day, nor of another account, nor what another device loaded', async () => {
      town.offerSale('desfire');
      await sell(await town.tap('desfire'));
      const load = loadOf('desfire');
      expect(await undo(await town.tap('felica'), load)).toEqual({ kind: 'refused', rule: 'wrong-account' });
      expect(await undo(await town.tap('felica'), town.operation())).toEqual({ kind: 'refused', rule: 'void-not-allowed' });
      await town.give('desfire', GRANT, 100);
      const given = town.ledger.lotsOf(accountOf('desfire')).find(({ lot }) => lot.schemeId === GRANT)!.lot.id.slice('lot-'.length);
      expect(await undo(await town.tap('desfire'), given as typeof load)).toEqual({ kind: 'refused', rule: 'not-held-here' });
      town.clock.setNow(Date.parse(Moment.parse('2026-11-21T15:00:00.000Z')));
      expect(await undo(await town.tap('desfire'), load)).toEqual({ kind: 'refused', rule: 'void-not-today' });
    });
  });

  it('know nobody: an account without cards has no claims', () => {
    expect(town.ledger.openClaimsOf(AccountId.parse('nobody'))).toEqual([]);
  });
});
