/** Value of a lost card goes to a new one, and value past its last day goes off a card when the card is seen. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SchemeId } from '../../contract/ids.ts';
import { unknownLotOf } from '../../contract/movements.ts';
import { pocketAccount, spentAccount } from '../../contract/value.ts';
import { auditLedger } from '../ledger/ledger-audit.ts';
import { NOW } from '../test-support/ledger-town.ts';
import { accountOf, cardRef, FIRST_STAFF, GRANT, POINTS, PREMIUM, STALL, ValueTown, type CardName } from '../test-support/value-town.ts';
import type { Holder } from './show-balance.ts';
import { spendValue } from './spend-value.ts';
import { transferCard } from './transfer-card.ts';

describe('on a real ledger', () => {
  let town: ValueTown;

  beforeEach(async () => {
    town = await ValueTown.open();
  });
  afterEach(() => {
    town.ledger.close();
    expect(auditLedger(town.place.file).faults).toEqual([]);
    town.close();
  });

  const moved = () => town.facts().flatMap((fact) => (fact.type === 'value-moved' ? [fact.movement] : []));
  const kinds = () => town.facts().map((fact) => ('movement' in fact ? `${fact.type} ${fact.movement.kind}` : fact.type));
  const loseCommit = (how: 'command-lost' | 'answer-lost') => {
    town.reader.tear = (_index, command) => (command[0] === 0x90 && command[1] === 0xc7 ? how : undefined);
  };

  describe('a lost card’s value', () => {
    const follow = (...lost: readonly CardName[]) => town.tell(...lost.map((card) => ({ type: 'account', accountId: accountOf('new-desfire'), open: true, follows: accountOf(card) }) as const));
    beforeEach(() => follow('desfire', 'plain'));
    const stop = (...cards: readonly CardName[]) => town.tell(...cards.map((card) => ({ type: 'card', cardRef: cardRef(card), accountId: accountOf(card), state: 'stopped' }) as const));
    const transfer = (holder: Holder, change: Partial<Parameters<typeof transferCard>[0]> = {}) =>
      transferCard({ operationId: town.operation(), holder, from: accountOf('desfire'), staff: [FIRST_STAFF], ...change }, town.ports);

    it('goes to the new card, with its kinds and last days', async () => {
      await town.give('desfire', PREMIUM, 1_000, { kind: 'paid', endsIn: 30 });
      await town.give('desfire', PREMIUM, 300, { kind: 'premium', endsIn: 30 });
      await town.give('desfire', POINTS, 70, { kind: 'free', endsIn: 9 });
      await town.give('desfire', POINTS, 5, { kind: 'free', endsIn: -1 });
      const lots = (card: CardName) => town.ledger.lotsOf(accountOf(card)).flatMap(({ lot, amount }) => (amount > 0 ? [[lot.schemeId, lot.kind, lot.lastDay, amount]] : []));
      const before = lots('desfire').filter(([, , , amount]) => amount !== 5);
      stop('desfire', 'second-plain');
      town.grantHolds('desfire');
      const [holder, request] = [await town.tap('new-desfire'), { operationId: town.operation() }];
      const result = await transfer(holder, request);
      expect(result).toMatchObject({ kind: 'moved', rest: false, balances: new Map([[POINTS, 70], [PREMIUM, 1_300]]), movement: { fromAccountId: 'a-desfire', staff: [FIRST_STAFF] } });
      expect(lots('new-desfire').sort()).toEqual(before.sort());
      expect(lots('desfire')).toEqual([[POINTS, 'free', '2026-11-20', 5]]);
      expect(await town.amounts('new-desfire', PREMIUM)).toEqual({ shown: 1_300, books: 1_300 });
      expect(await transfer(await town.tap('new-desfire'))).toEqual({ kind: 'refused', rule: 'nothing-there' });
      town.tell({ type: 'hold', accountId: accountOf('desfire'), until: NOW });
      town.backend.constantFault = 'unreachable';
      expect(await transfer(holder, request)).toEqual(result);
    });

    it('stays while its card is not stopped, its account is not held, or nobody of the staff agrees', async () => {
      await town.give('desfire', PREMIUM, 1_000);
      const holder = await town.tap('new-desfire');
      expect(await transfer(holder, { staff: [] })).toEqual({ kind: 'refused', rule: 'needs-staff' });
      expect(await transfer(holder)).toEqual({ kind: 'refused', rule: 'value-on-other-card' });
      stop('desfire');
      expect(await transfer(holder)).toEqual({ kind: 'refused', rule: 'value-on-other-card' });
      stop('second-plain');
      expect(await transfer(holder)).toEqual({ kind: 'refused', rule: 'balance-not-sure' });
      expect(kinds()).toEqual([]);
    });

    it('never goes to an account of which the town has not said that it is of the same person', async () => {
      await town.give('felica', PREMIUM, 1_000);
      stop('felica');
      town.grantHolds('felica');
      const from = accountOf('felica');
      const holder = await town.tap('new-desfire');
      expect(await transfer(holder, { from })).toEqual({ kind: 'refused', rule: 'wrong-account' });
      // The other way round is another matter.
      town.tell({ type: 'account', accountId: from, open: true, follows: accountOf('new-desfire') });
      expect(await transfer(holder, { from })).toEqual({ kind: 'refused', rule: 'wrong-account' });
      expect([kinds(), town.ledger.holdsAccount(from, NOW)]).toEqual([[], false]);
      // A card was lost twice: the third account follows the second, and that the first; what is said of it later leaves that standing.
      town.tell({ type: 'account', accountId: accountOf('plain'), open: true, follows: from }, { type: 'account', accountId: accountOf('plain'), open: false });
      town.reopen();
      expect(await transfer(await town.tap('new-desfire'), { from })).toMatchObject({ kind: 'moved' });
      expect(await town.amounts('new-desfire', PREMIUM)).toEqual({ shown: 1_000, books: 1_000 });
    });

    it.each(['answer-lost', 'command-lost'] as const)('goes once, also when the answer was lost (%s) or staff press twice', async (how) => {
      await town.give('desfire', PREMIUM, 1_000);
      stop('desfire', 'second-plain');
      town.grantHolds('desfire');
      const holder = await town.tap('new-desfire');
      const request = { operationId: town.operation() };
      loseCommit(how);
      expect(await transfer(holder, request)).toEqual({ kind: 'unknown' });
      town.reader.tear = undefined;
      expect(await transfer(holder, request)).toEqual({ kind: 'unknown' });
      // Until it is decided, nobody else takes it.
      expect(await transfer({ ...holder, counter: null })).toEqual({ kind: 'refused', rule: 'nothing-there' });
      town.reopen();
      const done = how === 'answer-lost' ? 1_000 : 0;
      expect(await town.amounts('new-desfire', PREMIUM)).toEqual({ shown: done, books: done });
      const after = await transfer(await town.tap('new-desfire'));
      expect(after).toMatchObject(how === 'answer-lost' ? { kind: 'refused', rule: 'nothing-there' } : { kind: 'moved' });
      expect(await town.amounts('new-desfire', PREMIUM)).toEqual({ shown: 1_000, books: 1_000 });
      expect(town.ledger.lotsOf(accountOf('desfire')).map(({ amount }) => amount)).toEqual([0]);
    });

    it('of more schemes than one operation takes goes in several', async () => {
      const schemes = [...town.ledger.schemes().values()];
      const more = ['s-1', 's-2', 's-3'].map((id) => ({ ...schemes[0]!, id: SchemeId.parse(id) }));
      town.tell(...more.map((scheme) => ({ type: 'scheme', scheme }) as const));
      for (const id of [PREMIUM, POINTS, ...more.map((scheme) => scheme.id)]) await town.give('plain', id, 10);
      town.grantHolds('plain');
      const early = await transfer(await town.tap('new-desfire'), { from: accountOf('plain') });
      expect(early).toEqual({ kind: 'refused', rule: 'value-on-other-card' });
      town.tell({ type: 'card', cardRef: cardRef('plain'), accountId: accountOf('plain'), state: 'stopped' });
      const from = accountOf('plain');
      expect(await transfer(await town.tap('new-desfire'), { from })).toMatchObject({ kind: 'moved', rest: true });
      expect(await transfer(await town.tap('new-desfire'), { from })).toMatchObject({ kind: 'moved', rest: false });
      expect((await town.tap('new-desfire')).pockets.map(({ amount }) => amount)).toEqual([10, 10, 10, 10, 10]);
      expect(moved().map(({ kind }) => kind)).toEqual(['transfer', 'transfer']);
    });
  });

  describe('value past its last day', () => {
    it('goes off the card when the card is seen, and only that', async () => {
      await town.give('desfire', PREMIUM, 300, { endsIn: -1 });
      await town.give('desfire', PREMIUM, 1_000, { endsIn: 0 });
      await town.give('desfire', GRANT, 50, { endsIn: -30 });
      const holder = await town.tap('desfire');
      expect(holder.pockets.map(({ schemeId, amount }) => [schemeId, amount])).toEqual([[PREMIUM, 1_000]]);
      expect(moved().map(({ kind, schemeId, postings }) => [kind, schemeId, postings[0]?.amount])).toEqual([['expire', PREMIUM, 300], ['expire', GRANT, 50]]);
      expect((await holder.card.read())).toMatchObject({ pockets: new Map([[PREMIUM, 1_000], [GRANT, 0]]) });
      await town.tap('desfire');
      expect(moved()).toHaveLength(2);
      expect(await spendValue({ operationId: town.operation(), holder: await town.tap('desfire'), schemeId: PREMIUM, amount: 1_000, acceptor: STALL, staff: [] }, town.ports)).toMatchObject({ kind: 'moved' });
    });

    it('is not shown, and stays on the card, when another device did something that this one has not heard of', async () => {
      await town.give('desfire', PREMIUM, 500, { endsIn: -1 });
      await town.give('desfire', PREMIUM, 1_000);
      // Taken off elsewhere already, and as much put on again: the sum says nothing.
      await town.applyOn('desfire', { operationId: town.operation(), movements: [{ pocket: PREMIUM, kind: 'debit', amount: 500 }] });
      await town.applyOn('desfire', { operationId: town.operation(), movements: [{ pocket: PREMIUM, kind: 'credit', amount: 500 }] });
      const holder = await town.tap('desfire');
      expect(holder.pockets.map(({ amount }) => amount)).toEqual([1_000]);
      expect(await holder.card.read()).toMatchObject({ pockets: new Map([[PREMIUM, 1_500]]) });
      expect(moved()).toEqual([]);
    });

    it('is not taken when card and books do not agree on the sum', async () => {
      await town.give('desfire', PREMIUM, 500, { endsIn: -1 });
      await town.give('desfire', PREMIUM, 1_000);
      // Another device took some of a lot that only the town can name: the operation is known here, the lot is not.
      const operationId = town.operation();
      await town.applyOn('desfire', { operationId, movements: [{ pocket: PREMIUM, kind: 'debit', amount: 200 }] });
      const accountId = accountOf('desfire');
      const postings = [{ debit: pocketAccount(accountId, unknownLotOf(PREMIUM)), credit: spentAccount(PREMIUM, STALL), amount: 200 }];
      town.tell({ type: 'movement', movement: { operationId, kind: 'spend', accountId, schemeId: PREMIUM, entitlementId: null, occurredAt: NOW, lots: [], postings } });
      const holder = await town.tap('desfire');
      expect(holder.pockets.map(({ amount }) => amount)).toEqual([1_000]);
      expect(moved()).toEqual([]);
    });

    it.each(['answer-lost', 'command-lost'] as const)('goes once when the answer is lost (%s)', async (how) => {
      await town.give('desfire', PREMIUM, 300, { endsIn: -1 });
      await town.give('desfire', PREMIUM, 1_000);
      loseCommit(how);
      expect(await town.show('desfire')).toEqual({ kind: 'card-moved' });
      town.reader.tear = undefined;
      town.reopen();
      expect(await town.amounts('desfire', PREMIUM)).toEqual({ shown: 1_000, books: 1_000 });
      expect(moved()).toHaveLength(1);
      expect(town.ledger.openIntents()).toEqual([]);
    });

    it('of a card that only points is not shown, and is the town’s to take', async () => {
      await town.give('felica', PREMIUM, 300, { endsIn: -1 });
      expect((await town.tap('felica')).pockets).toEqual([]);
      expect(kinds()).toEqual([]);
    });

    it('stops nobody when the card’s keys are not here', async () => {
      await town.give('desfire', PREMIUM, 300, { endsIn: -1 });
      town.keysAnswer = { kind: 'not-here' };
      expect((await town.tap('desfire')).pockets).toEqual([]);
      expect(kinds()).toEqual([]);
    });
  });
});
