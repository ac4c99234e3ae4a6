/** Value leaves a pocket: through every kind of card, on a real ledger file, and whatever becomes of the card's answer. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AcceptorId, SchemeId } from '../../contract/ids.ts';
import type { MovementKind } from '../../contract/value.ts';
import { SLOT_STARTS } from '../../hardware/card/felica-lite-s/mirror.ts';
import { auditLedger } from '../ledger/ledger-audit.ts';
import { NOW } from '../test-support/ledger-town.ts';
import { accountOf, cardRef, FESTIVAL, FIRST_STAFF, GRANT, POINTS, PREMIUM, STALL, ValueTown, type CardName } from '../test-support/value-town.ts';
import { exchangePoints } from './exchange-points.ts';
import { givePoints } from './give-points.ts';
import { loadValue } from './load-value.ts';
import { reportLeftIntents } from './resolve-intents.ts';
import { spendValue } from './spend-value.ts';
import type { Holder } from './show-balance.ts';

describe('value that leaves a pocket', () => {
  let town: ValueTown;

  beforeEach(async () => {
    town = await ValueTown.open();
  });
  afterEach(() => {
    town.ledger.close();
    expect(auditLedger(town.place.file).faults).toEqual([]);
    town.close();
  });

  const spend = (holder: Holder, amount: number, change: Partial<Parameters<typeof spendValue>[0]> = {}) =>
    spendValue({ operationId: town.operation(), holder, schemeId: PREMIUM, amount, acceptor: STALL, staff: [], ...change }, town.ports);
  const moved = () => town.facts().flatMap((fact) => (fact.type === 'value-moved' ? [fact.movement] : []));
  const kinds = () => town.facts().map((fact) => fact.type);
  /** The commit of a DESFire transaction, and the last write of a FeliCa mirror, whose answer is lost. */
  const loseCommit = (how: 'command-lost' | 'answer-lost') => {
    town.reader.tear = (_index, command) => (command[0] === 0x90 && command[1] === 0xc7 ? how : undefined);
  };

  const WAYS = [
    ['desfire', []],
    ['felica', []],
    ['plain', [FIRST_STAFF]],
  ] as const;

  it.each(WAYS)('is spent, given and exchanged through a %s card; books, journal and card say the same', async (card, staff) => {
    await town.give(card, PREMIUM, 1_000);
    await town.give(card, POINTS, 1_200);
    town.grantHolds(card);
    const common = { staff: [...staff] };
    expect(await spend(await town.tap(card), 300, common)).toMatchObject({ kind: 'moved', balances: new Map([[PREMIUM, 700]]) });
    const given = await givePoints({ operationId: town.operation(), holder: await town.tap(card), schemeId: POINTS, amount: 100, activity: FESTIVAL, ...common }, town.ports);
    expect(given).toMatchObject({ kind: 'moved', balances: new Map([[POINTS, 1_100]]) });
    const exchanged = await exchangePoints({ operationId: town.operation(), holder: await town.tap(card), schemeId: POINTS, to: PREMIUM, times: 2, ...common }, town.ports);
    expect(exchanged).toMatchObject({ kind: 'moved', balances: new Map([[POINTS, 100], [PREMIUM, 1_600]]) });
    expect(await town.amounts(card, PREMIUM)).toEqual({ shown: 1_600, books: 1_600 });
    expect(await town.amounts(card, POINTS)).toEqual({ shown: 100, books: 100 });
    expect(moved().map(({ kind }) => kind)).toEqual<MovementKind[]>(['spend', 'give', 'exchange']);
    for (const movement of moved()) expect(town.ledger.movementOf(movement.operationId)).toStrictEqual(movement);
    expect(town.log.events.filter(({ name }) => name === 'value-committed').map(({ fields }) => fields)).toEqual(
      moved().map(({ kind, operationId }) => ({ kind, operation: operationId })),
    );
  });

  it('goes from what ends first', async () => {
    await town.give('desfire', PREMIUM, 500, { endsIn: 60 });
    await town.give('desfire', PREMIUM, 200, { endsIn: 5 });
    await spend(await town.tap('desfire'), 300);
    expect(town.ledger.lotsOf(accountOf('desfire')).map(({ amount }) => amount)).toEqual([0, 400]);
  });

  it('that the card has and this kiosk has not heard of is spent all the same, and named so', async () => {
    await town.give('desfire', PREMIUM, 100);
    await town.give('desfire', PREMIUM, 400, { unheard: true });
    expect(await spend(await town.tap('desfire'), 450)).toMatchObject({ kind: 'moved', balances: new Map([[PREMIUM, 50]]) });
    expect(moved()[0]?.postings.map(({ debit, amount }) => [debit.split('/')[2], amount])).toEqual([[expect.stringMatching(/^lot-/), 100], ['not-yet-known-premium-2026', 350]]);
  });

  it.each(WAYS)('is not spent beyond what a %s card’s holder has', async (card, staff) => {
    await town.give(card, PREMIUM, 100);
    town.grantHolds(card);
    expect(await spend(await town.tap(card), 101, { staff: [...staff] })).toEqual({ kind: 'refused', rule: 'not-enough' });
    expect(moved()).toEqual([]);
  });

  it('is refused by the rules of its scheme before anybody is asked', async () => {
    await town.give('desfire', PREMIUM, 100);
    const holder = await town.tap('desfire');
    expect(await spend(holder, 50, { acceptor: AcceptorId.parse('stall-9') })).toEqual({ kind: 'refused', rule: 'not-offered' });
    expect(await spend(holder, 50, { schemeId: SchemeId.parse('no-such') })).toEqual({ kind: 'refused', rule: 'not-offered' });
    const give = (amount: number) => givePoints({ operationId: town.operation(), holder, schemeId: PREMIUM, amount, activity: FESTIVAL, staff: [] }, town.ports);
    expect(await give(15)).toEqual({ kind: 'refused', rule: 'wrong-step' });
    const exchange = exchangePoints({ operationId: town.operation(), holder, schemeId: POINTS, to: SchemeId.parse('no-such'), times: 1, staff: [] }, town.ports);
    expect(await exchange).toEqual({ kind: 'refused', rule: 'not-offered' });
    expect([town.ledger.openIntents(), town.facts()]).toEqual([[], []]);
  });

  it('goes by the rules that the town said while it was asked for the hold', async () => {
    await town.give('felica', POINTS, 1_000);
    const holder = await town.tap('felica');
    const points = town.ledger.schemes().get(POINTS);
    if (!points?.rules) throw new Error('Points have no rules.');
    const { exchange: _, ...rules } = points.rules;
    town.grantHolds('felica');
    const { holdAnswer } = town.backend;
    town.backend.holdAnswer = () => {
      town.tell({ type: 'scheme', scheme: { ...points, rules } });
      return holdAnswer();
    };
    expect(await exchangePoints({ operationId: town.operation(), holder, schemeId: POINTS, to: PREMIUM, times: 1, staff: [] }, town.ports)).toEqual({ kind: 'refused', rule: 'not-offered' });
    expect([town.ledger.openIntents(), town.facts()]).toEqual([[], []]);
  });

  describe('and is kept in the ledger', () => {
    it('stays there while another device has the hold, or the town cannot be asked', async () => {
      await town.give('felica', PREMIUM, 100);
      const holder = await town.tap('felica');
      expect(await spend(holder, 50)).toEqual({ kind: 'refused', rule: 'balance-not-sure' });
      town.backend.constantFault = 'unreachable';
      expect(await spend(holder, 50)).toEqual({ kind: 'refused', rule: 'balance-not-sure' });
      expect(kinds()).toEqual([]);
    });

    it('leaves through a card that anybody can copy only when staff agree', async () => {
      await town.give('plain', PREMIUM, 100);
      town.grantHolds('plain');
      const holder = await town.tap('plain');
      expect(await spend(holder, 50)).toEqual({ kind: 'refused', rule: 'needs-staff' });
      expect(town.backend.requests).toEqual([]);
      expect(await spend(holder, 50, { staff: [FIRST_STAFF] })).toMatchObject({ kind: 'moved', movement: { staff: [FIRST_STAFF] } });
    });

    it('is nothing to another card’s holder whose value is on a card', async () => {
      await town.give('desfire', PREMIUM, 100);
      town.offerGrant('desfire', 500);
      const holder = await town.tap('second-plain');
      expect(holder.offers).toEqual([]);
      expect(await spend(holder, 50, { staff: [FIRST_STAFF] })).toEqual({ kind: 'refused', rule: 'value-on-other-card' });
      const [offer] = (await town.tap('desfire')).offers;
      expect(await loadValue({ holder: await town.tap('second-plain'), offer: offer! }, town.ports)).toEqual({ kind: 'refused', rule: 'value-on-other-card' });
      expect(kinds()).toEqual([]);
    });

    it('is said by the books, which may have heard since the card was read that the town refuses what was done before', async () => {
      await town.give('felica', PREMIUM, 1_000);
      town.grantHolds('felica');
      const first = await spend(await town.tap('felica'), 300);
      const holder = await town.tap('felica');
      if (first.kind !== 'moved') throw new Error('Nothing was spent');
      town.tell({ type: 'movement-refused', operationId: first.movement.operationId });
      const second = await spend(holder, 100);
      expect(second.kind === 'moved' && [...second.balances]).toEqual([[PREMIUM, 900]]);
      expect(await town.amounts('felica', PREMIUM)).toEqual({ shown: 900, books: 900 });
    });

    it('is set aside by a debit of which nobody knows whether it happened', async () => {
      await town.give('felica', PREMIUM, 100);
      town.grantHolds('felica');
      const holder = await town.tap('felica');
      // The answer to the write that counts never came: the first block of the mirror.
      town.reader.tear = (_index, command) => (command[6] === 0x08 && SLOT_STARTS.some((start) => start === command[20]) ? 'answer-lost' : undefined);
      expect(await spend(holder, 80)).toEqual({ kind: 'unknown' });
      town.reader.tear = undefined;
      expect(town.ledger.freeLotsOf(accountOf('felica')).map(({ amount }) => amount)).toEqual([20]);
      const second = { ...holder, counter: null };
      expect(await spend(second, 30)).toEqual({ kind: 'refused', rule: 'not-enough' });
      expect(await town.amounts('felica', PREMIUM)).toEqual({ shown: 20, books: 20 });
      expect(kinds()).toEqual(['movement-unknown', 'value-moved']);
    });
  });

  describe.each(['answer-lost', 'command-lost'] as const)('when the card’s answer never came (%s)', (how) => {
    it('is decided by the card at the next tap and never sent again', async () => {
      await town.give('desfire', PREMIUM, 1_000);
      const holder = await town.tap('desfire');
      const request = { operationId: town.operation() };
      loseCommit(how);
      expect(await spend(holder, 300, request)).toEqual({ kind: 'unknown' });
      town.reader.tear = undefined;
      const sent = town.reader.sent.length;
      expect(await spend(holder, 300, request)).toEqual({ kind: 'unknown' });
      expect(town.reader.sent.length).toBe(sent);
      town.reopen();
      const left = how === 'answer-lost' ? 700 : 1_000;
      expect(await town.amounts('desfire', PREMIUM)).toEqual({ shown: left, books: left });
      expect(kinds()).toEqual(how === 'answer-lost' ? ['movement-unknown', 'value-moved'] : ['movement-unknown']);
      expect(await spend(await town.tap('desfire'), 300, request)).toMatchObject({ kind: how === 'answer-lost' ? 'moved' : 'card-moved' });
      expect(await town.amounts('desfire', PREMIUM)).toEqual({ shown: left, books: left });
    });
  });

  it.each<[string, 'desfire' | 'plain']>([['what the card did stands', 'desfire'], ['nothing happened where the ledger is the only record', 'plain']])(
    'when the program ends between the card and the ledger: %s',
    async (_name, card: CardName) => {
      await town.give(card, PREMIUM, 1_000);
      town.grantHolds(card);
      const holder = await town.tap(card);
      const broken = { ...town.ports, ledger: { ...town.ledger, commit: () => { throw new Error('the machine stops here'); } } };
      await expect(spendValue({ operationId: town.operation(), holder, schemeId: PREMIUM, amount: 300, acceptor: STALL, staff: [FIRST_STAFF] }, broken)).rejects.toThrow('stops here');
      town.reopen();
      expect(town.ledger.openIntents(cardRef(card))).toHaveLength(1);
      expect(town.ledger.freeLotsOf(accountOf(card)).map(({ amount }) => amount)).toEqual([700]);
      reportLeftIntents(town.ports);
      const left = card === 'desfire' ? 700 : 1_000;
      expect(await town.amounts(card, PREMIUM)).toEqual({ shown: left, books: left });
      expect(town.ledger.freeLotsOf(accountOf(card)).map(({ amount }) => amount)).toEqual([left]);
    },
  );

  it('when the program ends before the card was touched, is where it was', async () => {
    await town.give('desfire', PREMIUM, 1_000);
    const holder = await town.tap('desfire');
    const torn = { ...holder, card: { ...holder.card, apply: () => Promise.reject(new Error('the machine stops here')) } };
    await expect(spend(torn, 300)).rejects.toThrow('stops here');
    town.reopen();
    expect(await town.amounts('desfire', PREMIUM)).toEqual({ shown: 1_000, books: 1_000 });
    expect(town.ledger.openIntents()).toEqual([]);
  });

  it('leaves once however often somebody presses', async () => {
    await town.give('desfire', PREMIUM, 1_000);
    const holder = await town.tap('desfire');
    const request = { operationId: town.operation() };
    const pressed = await Promise.all([spend(holder, 300, request), spend(holder, 300, request)]);
    expect(pressed.map(({ kind }) => kind)).toEqual(['moved', 'unknown']);
    expect(await spend(holder, 300, request)).toMatchObject({ kind: 'moved', balances: new Map([[PREMIUM, 700]]) });
    // Another wish needs another look at the card.
    expect(await spend(holder, 300)).toEqual({ kind: 'card-moved' });
    expect(await town.amounts('desfire', PREMIUM)).toEqual({ shown: 700, books: 700 });
    expect(moved()).toHaveLength(1);
  });

  it('leaves once also when the second press comes while the town is asked for the hold', async () => {
    await town.give('felica', PREMIUM, 1_000);
    const holder = await town.tap('felica');
    const [request, other] = [{ operationId: town.operation() }, { operationId: town.operation() }];
    town.grantHolds('felica');
    expect(await spend(holder, 10, other)).toMatchObject({ kind: 'moved' });
    const again = await town.tap('felica');
    const pressed = await Promise.all([spend(again, 300, request), spend(again, 300, request)]);
    expect(pressed.map(({ kind }) => kind)).toEqual(['moved', 'unknown']);
    expect(await town.amounts('felica', PREMIUM)).toEqual({ shown: 690, books: 690 });
  });

  it('is told to have left also when the hold was given back since', async () => {
    await town.give('felica', PREMIUM, 1_000);
    const holder = await town.tap('felica');
    town.grantHolds('felica');
    const request = { operationId: town.operation() };
    expect(await spend(holder, 300, request)).toMatchObject({ kind: 'moved' });
    town.tell({ type: 'hold', accountId: accountOf('felica'), until: NOW });
    town.backend.constantFault = 'unreachable';
    expect(await spend(holder, 300)).toEqual({ kind: 'refused', rule: 'balance-not-sure' });
    expect(await spend(holder, 300, request)).toMatchObject({ kind: 'moved', balances: new Map([[PREMIUM, 700]]) });
  });

  it('stays where it is when the card leaves, its reader goes, or its keys are not here', async () => {
    await town.give('desfire', PREMIUM, 1_000);
    let holder = await town.tap('desfire');
    town.reader.remove();
    expect(await spend(holder, 300)).toEqual({ kind: 'card-moved' });
    holder = await town.tap('desfire');
    town.reader.unplug();
    expect(await spend(holder, 300)).toEqual({ kind: 'reader-lost' });
    town.reader.replug();
    holder = await town.tap('desfire');
    town.keysAnswer = { kind: 'not-here' };
    expect(await spend(holder, 300)).toEqual({ kind: 'refused', rule: 'not-held-here' });
    town.keysAnswer = undefined;
    expect(await town.amounts('desfire', PREMIUM)).toEqual({ shown: 1_000, books: 1_000 });
    expect([town.ledger.openIntents(), kinds()]).toEqual([[], []]);
  });

  it('that is too much for the card is refused by the card itself', async () => {
    await town.give('desfire', GRANT, 999_900);
    town.offerGrant('desfire', 500);
    const holder = await town.tap('desfire');
    expect(await loadValue({ holder, offer: holder.offers[0]! }, town.ports)).toEqual({ kind: 'refused', rule: 'too-much' });
    const believed = { ...holder, pockets: holder.pockets.map((pocket) => ({ ...pocket, amount: 2_000_000 })) };
    expect(await spend(believed, 1_500_000, { schemeId: GRANT })).toEqual({ kind: 'refused', rule: 'not-enough' });
    expect(await town.amounts('desfire', GRANT)).toEqual({ shown: 999_900, books: 999_900 });
  });
});
