import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AcceptorId, AccountId, ActivityId, DeviceId, EntitlementId, LotId, OperationId, SchemeId, StaffId, StockLeaseId } from './ids.ts';
import { shapeFault } from './movement-shape.ts';
import {
  debitsOf, exchangeValue, expiredOnCard, expireLots, giveValue, inOrderOfUse, loadOfSale, refundOfSale, sellSets, spendValue, transferOf, unknownLotOf,
  usable, voidOfLoad, warningsOf, type Built, type LotsHeld,
} from './movements.ts';
import type { Refusal } from './refusal.ts';
import { SchemeRules } from './scheme-rules.ts';
import { addDays, LocalDate, Moment } from './time.ts';
import { AMOUNT_MAX, changeOfPockets, issuedAccount, Movement, pocketAccount, type Lot, type LotKind, type PurchaseRight, Scheme } from './value.ts';

const NOW = Moment.parse('2026-11-21T01:05:00.000Z');
const TODAY = LocalDate.parse('2026-11-21');
const [ACCOUNT, OTHER] = [AccountId.parse('a-1'), AccountId.parse('a-2')] as const;
const [FIRST, SECOND] = [StaffId.parse('staff-1'), StaffId.parse('staff-2')] as const;
const [STALL, FESTIVAL, DEVICE] = [AcceptorId.parse('stall-1'), ActivityId.parse('festival'), DeviceId.parse('yakuba-1')] as const;
const [VOUCHER, POINTS] = [SchemeId.parse('premium-2026'), SchemeId.parse('points-2026')] as const;
const operation = (number: number) => OperationId.parse(`019a0000-0000-7000-8000-${String(number).padStart(12, '0')}`);
const days = (first: string, last: string) => ({ firstDay: LocalDate.parse(first), lastDay: LocalDate.parse(last) });

const scheme = (id: SchemeId, change: Partial<Scheme> = {}): Scheme => ({
  id, kind: 'voucher', unit: 'yen', name: `券 ${id}`, issuer: '商工会', usableAt: '町内の加盟店', contact: '0164-00-0000', legalBasis: '資金決済法3条',
  ...days('2026-08-01', '2027-02-28'),
  ...change,
});
const SALE = { priceYen: 10_000, paid: 10_000, premium: 3_000, stock: 500, phases: [{ ...days('2026-11-01', '2026-11-30'), perPerson: 3 }], eligibility: 'everyone', oneMedium: false } as const;
const RULES = SchemeRules.parse({
  sale: SALE,
  spend: { acceptors: [{ id: STALL, name: '屋台' }] },
  give: { activities: [{ id: FESTIVAL, name: '夏まつり' }], step: 100 },
  void: { secondStaffAbove: 5_000 },
});
const voucher = scheme(VOUCHER, { rules: RULES });
const points = scheme(POINTS, { kind: 'points', unit: 'point', rules: SchemeRules.parse({ exchange: [{ to: VOUCHER, give: 500, get: 450, ...days('2026-11-01', '2026-12-31') }] }) });

/** Lots of the voucher: kinds, last days around today, amounts; as many as a body may have of small ones. */
const lotsHeld = (id: SchemeId = VOUCHER, accountId = ACCOUNT) =>
  fc.array(
    fc.record({ kind: fc.constantFrom<LotKind>('paid', 'premium', 'free'), ends: fc.integer({ min: -20, max: 60 }), begun: fc.integer({ min: -40, max: 0 }), amount: fc.integer({ min: 0, max: 5_000 }) }),
    { maxLength: 10 },
  ).map((list) => list.map(({ kind, ends, begun, amount }, index): LotsHeld[number] => ({
    lot: { id: LotId.parse(`lot-${index}`), accountId, schemeId: id, kind, issuedOn: addDays(TODAY, begun), lastDay: addDays(TODAY, ends) },
    amount,
  })));

const movementOf = (built: Built): Movement => {
  if (!built.ok) throw new Error(`It was refused: ${built.rule}`);
  return built.movement;
};
const ruleOf = (built: Built): Refusal => {
  if (built.ok) throw new Error('It was built');
  return built.rule;
};
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const held = (lots: LotsHeld, of = (_: Lot) => true) => sum(lots.filter(({ lot }) => of(lot)).map(({ amount }) => amount));
/** What each lot holds after the movement. */
function after(lots: LotsHeld, movement: Movement): Map<string, number> {
  const amounts = new Map<string, number>(lots.map(({ lot, amount }) => [pocketAccount(lot.accountId, lot.id), amount]));
  for (const { debit, credit, amount } of movement.postings) {
    amounts.set(debit, (amounts.get(debit) ?? 0) - amount);
    amounts.set(credit, (amounts.get(credit) ?? 0) + amount);
  }
  return amounts;
}
/** What every movement must be: as the contract says, of its kind's shape, and the same wherever and however often it is built. */
function expectSound(build: () => Built): Movement {
  const movement = movementOf(build());
  expect(Movement.safeParse(movement).error).toBeUndefined();
  expect(shapeFault(movement)).toBeUndefined();
  expect(movementOf(build())).toStrictEqual(movement);
  expect(JSON.parse(JSON.stringify(movement))).toStrictEqual(movement);
  return movement;
}

const spend = (change: Partial<Parameters<typeof spendValue>[0]> = {}) =>
  spendValue({ operationId: operation(1), occurredAt: NOW, accountId: ACCOUNT, scheme: voucher, amount: 100, lots: [], onCard: null, acceptor: STALL, ...change });
const give = (change: Partial<Parameters<typeof giveValue>[0]> = {}) =>
  giveValue({ operationId: operation(1), occurredAt: NOW, accountId: ACCOUNT, scheme: voucher, amount: 100, lots: [], onCard: null, activity: FESTIVAL, ...change });
const exchange = (change: Partial<Parameters<typeof exchangeValue>[0]> = {}) =>
  exchangeValue({ operationId: operation(1), occurredAt: NOW, accountId: ACCOUNT, scheme: points, lots: [], onCard: null, to: voucher, times: 1, balanceOfTo: 0, ...change });

const lot = (id: string, amount: number, change: Partial<Lot> = {}): LotsHeld[number] => ({
  lot: { id: LotId.parse(id), accountId: ACCOUNT, schemeId: VOUCHER, kind: 'paid', issuedOn: TODAY, lastDay: LocalDate.parse('2027-02-28'), ...change },
  amount,
});

describe('tickets taken as paper', () => {
  const TAXI = AcceptorId.parse('taxi');
  const tickets = (spendAlso = false): Scheme =>
    scheme(VOUCHER, {
      kind: 'tickets', unit: 'ticket',
      rules: SchemeRules.parse({ paper: { acceptor: { id: TAXI, name: 'タクシー' }, most: 3 }, ...(spendAlso ? { spend: { acceptors: [{ id: STALL, name: '屋台' }] } } : {}) }),
    });
  const lots = [lot('lot-1', 1, { lastDay: addDays(TODAY, 5) }), lot('lot-2', 9)];

  it('are used at the acceptor of paper, what ends first at first, and never more than so many at once', () => {
    const movement = movementOf(spend({ scheme: tickets(), lots, amount: 3, acceptor: TAXI }));
    expect(movement).toMatchObject({ kind: 'spend', postings: [{ credit: `spent/${VOUCHER}/${TAXI}`, amount: 1 }, { credit: `spent/${VOUCHER}/${TAXI}`, amount: 2 }] });
    expect(ruleOf(spend({ scheme: tickets(), lots, amount: 4, acceptor: TAXI }))).toBe('not-offered');
    expect(ruleOf(spend({ scheme: tickets(), lots, amount: 1, acceptor: STALL }))).toBe('not-offered');
    expect(movementOf(spend({ scheme: tickets(true), lots, amount: 4, acceptor: STALL })).postings).toHaveLength(2);
  });

  it('are of a scheme of tickets, and of an acceptor that takes nothing by card', () => {
    expect(Scheme.parse(tickets(true))).toEqual(tickets(true));
    expect(Scheme.safeParse({ ...tickets(), unit: 'yen' }).success).toBe(false);
    const { rules } = tickets();
    expect(SchemeRules.safeParse({ ...rules, spend: { acceptors: [{ id: TAXI, name: 'タクシー' }] } }).success).toBe(false);
    for (const most of [0, 11, 1.5]) expect(SchemeRules.safeParse({ paper: { acceptor: { id: TAXI, name: 'タクシー' }, most } }).success).toBe(false);
  });
});

describe('a debit', () => {
  it('takes exactly its amount, from what ends first, and nothing that is past its last day', () => {
    fc.assert(fc.property(lotsHeld(), fc.integer({ min: 1, max: 20_000 }), (lots, amount) => {
      const there = usable(lots, VOUCHER, TODAY);
      if (amount > there) {
        expect(ruleOf(spend({ lots, amount }))).toBe('not-enough');
        return;
      }
      const movement = expectSound(() => spend({ lots, amount }));
      expect(sum(movement.postings.map((posting) => posting.amount))).toBe(amount);
      expect(changeOfPockets(movement)).toEqual(new Map([[VOUCHER, -amount]]));
      const left = after(lots, movement);
      const order = inOrderOfUse(lots).filter((one) => one.lot.lastDay >= TODAY && one.amount > 0);
      const lefts = order.map((one) => left.get(pocketAccount(ACCOUNT, one.lot.id)) ?? 0);
      // What was not touched comes after what was emptied, and at most one lot was taken in part.
      const firstLeft = lefts.findIndex((rest) => rest > 0);
      if (firstLeft >= 0) expect(lefts.slice(firstLeft + 1)).toEqual(order.slice(firstLeft + 1).map((one) => one.amount));
      expect(lefts.every((rest) => rest >= 0)).toBe(true);
      for (const one of lots) if (one.lot.lastDay < TODAY) expect(left.get(pocketAccount(ACCOUNT, one.lot.id))).toBe(one.amount);
    }));
  });

  it('uses gifts before what was paid for, when they end on the same day', () => {
    const lots = [lot('paid', 10), lot('premium', 10, { kind: 'premium' }), lot('free', 10, { kind: 'free' }), lot('ends-first', 10, { lastDay: TODAY })];
    expect(inOrderOfUse(lots).map((one) => one.lot.id)).toEqual(['ends-first', 'free', 'premium', 'paid']);
  });

  it('comes in the same order however the lots come', () => {
    fc.assert(fc.property(lotsHeld().chain((lots) => fc.tuple(fc.constant(lots), fc.shuffledSubarray(lots, { minLength: lots.length }))), ([lots, shuffled]) => {
      expect(inOrderOfUse(shuffled)).toEqual(inOrderOfUse(lots));
    }));
  });

  it('lets the card decide whether there is enough, and names what no known lot covers', () => {
    fc.assert(fc.property(lotsHeld(), fc.integer({ min: 1, max: 30_000 }), fc.integer({ min: 0, max: 30_000 }), (lots, amount, onCard) => {
      const built = spend({ lots, amount, onCard });
      if (amount > onCard) {
        expect(ruleOf(built)).toBe('not-enough');
        return;
      }
      const movement = expectSound(() => spend({ lots, amount, onCard }));
      const unknown = movement.postings.filter(({ debit }) => debit === pocketAccount(ACCOUNT, unknownLotOf(VOUCHER)));
      expect(sum(unknown.map((posting) => posting.amount))).toBe(Math.max(0, amount - usable(lots, VOUCHER, TODAY)));
      expect(changeOfPockets(movement)).toEqual(new Map([[VOUCHER, -amount]]));
    }));
  });

  it('touches nobody else’s lots and no other scheme’s', () => {
    fc.assert(fc.property(lotsHeld(VOUCHER, OTHER), lotsHeld(POINTS), (ofOther, ofPoints) => {
      expect(ruleOf(spend({ lots: [...ofOther, ...ofPoints], amount: 1 }))).toBe('not-enough');
    }));
  });

  it('says when it would be made up of more parts than fit into one movement', () => {
    const crumbs = Array.from({ length: 61 }, (_, index) => lot(`lot-${index}`, 1));
    expectSound(() => spend({ lots: crumbs, amount: 60 }));
    expect(ruleOf(spend({ lots: crumbs, amount: 61 }))).toBe('too-many-parts');
    expect(ruleOf(spend({ lots: crumbs, amount: 61, onCard: 61 }))).toBe('too-many-parts');
  });

  it.each([0, -1, 1.5, AMOUNT_MAX + 1, Number.NaN])('is refused for the amount %s', (amount) => {
    expect(debitsOf({ accountId: ACCOUNT, scheme: VOUCHER, amount, lots: [lot('l', AMOUNT_MAX)], today: TODAY, onCard: null, to: `spent/${VOUCHER}/${STALL}` })).toEqual({ ok: false, rule: 'not-enough' });
  });

  const enough = [lot('l', 1_000)];
  it.each<[string, () => Built, Refusal]>([
    ['at somebody who is no acceptor', () => spend({ lots: enough, acceptor: AcceptorId.parse('stall-9') }), 'not-offered'],
    ['of a scheme without rules', () => spend({ lots: enough, scheme: scheme(VOUCHER) }), 'not-offered'],
    ['before the scheme begins', () => spend({ lots: enough, occurredAt: Moment.parse('2026-07-31T14:59:59.999Z') }), 'too-early'],
    ['after the scheme is over', () => spend({ lots: enough, occurredAt: Moment.parse('2027-02-28T15:00:00.000Z') }), 'scheme-over'],
    ['to what is no activity', () => give({ lots: enough, activity: ActivityId.parse('other') }), 'not-offered'],
    ['in half a step', () => give({ lots: enough, amount: 150 }), 'wrong-step'],
    ['of a gift beyond the lots', () => give({ lots: enough, amount: 1_100 }), 'not-enough'],
  ])('is refused %s', (_name, build, rule) => expect(ruleOf(build())).toBe(rule));

  it('is still built on the scheme’s last day in Tokyo, and on its first', () => {
    expectSound(() => spend({ lots: enough, occurredAt: Moment.parse('2027-02-28T14:59:59.999Z') }));
    expectSound(() => spend({ lots: enough, occurredAt: Moment.parse('2026-07-31T15:00:00.000Z') }));
    expectSound(() => give({ lots: enough }));
  });

  it('names each of the staff once, in one order', () => {
    const built = () => spend({ lots: enough, staff: [SECOND, FIRST, SECOND] });
    expect(expectSound(built).staff).toEqual([FIRST, SECOND]);
    expect(expectSound(() => spend({ lots: enough, staff: [] }))).not.toHaveProperty('staff');
  });
});

describe('an exchange', () => {
  it('takes so many of the one and makes one new lot of the other, of gifts, that ends with its scheme', () => {
    fc.assert(fc.property(lotsHeld(POINTS), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 50_000 }), (lots, times, balanceOfTo) => {
      if (times * 500 > usable(lots, POINTS, TODAY)) {
        expect(ruleOf(exchange({ lots, times, balanceOfTo }))).toBe('not-enough');
        return;
      }
      const movement = expectSound(() => exchange({ lots, times, balanceOfTo }));
      expect(changeOfPockets(movement)).toEqual(new Map([[POINTS, -500 * times], [VOUCHER, 450 * times]]));
      expect(movement.lots).toEqual([{ id: `lot-${operation(1)}`, accountId: ACCOUNT, schemeId: VOUCHER, kind: 'free', issuedOn: TODAY, lastDay: voucher.lastDay }]);
    }));
  });

  const enough = [lot('l', 10_000, { schemeId: POINTS })];
  it.each<[string, Parameters<typeof exchange>[0], Refusal]>([
    ['into what is not offered', { to: scheme(SchemeId.parse('other')) }, 'not-offered'],
    ['before its days', { occurredAt: Moment.parse('2026-10-31T14:59:59.999Z') }, 'not-offered'],
    ['after its days', { occurredAt: Moment.parse('2026-12-31T15:00:00.000Z') }, 'not-offered'],
    ['no times', { times: 0 }, 'not-offered'],
    ['one and a half times', { times: 1.5 }, 'not-offered'],
    ['into a scheme that has not begun', { to: { ...voucher, firstDay: LocalDate.parse('2026-11-22') } }, 'too-early'],
    ['into a scheme that is over', { to: { ...voucher, lastDay: LocalDate.parse('2026-11-20') } }, 'scheme-over'],
    ['beyond the largest balance', { balanceOfTo: AMOUNT_MAX - 449 }, 'too-much'],
    ['beyond what is there', { times: 21 }, 'not-enough'],
  ])('is refused %s', (_name, change, rule) => expect(ruleOf(exchange({ lots: enough, ...change }))).toBe(rule));

  it('never goes from a scheme into itself', () => {
    const own = { ...points, rules: SchemeRules.parse({ exchange: [{ to: POINTS, give: 1, get: 2, ...days('2026-11-01', '2026-12-31') }] }) };
    expect(ruleOf(exchange({ lots: enough, scheme: own, to: own }))).toBe('not-offered');
  });
});

const RIGHT: PurchaseRight = { id: EntitlementId.parse('right-1'), schemeId: VOUCHER, accountIds: [ACCOUNT, OTHER], sets: 5, perAccount: 3, limit: 'household', ...days('2026-11-01', '2026-11-30') };
const sell = (change: Partial<Parameters<typeof sellSets>[0]> = {}) =>
  sellSets({
    operationId: operation(2), occurredAt: NOW, accountId: ACCOUNT, device: DEVICE, scheme: voucher, right: RIGHT, standing: undefined,
    bought: { underRight: 0, byAccount: 0 }, stock: { id: StockLeaseId.parse('stock-1'), left: 100 }, sets: 2, staff: [FIRST], ...change,
  });
const sold = movementOf(sell());
const load = (change: Partial<Parameters<typeof loadOfSale>[0]> = {}) =>
  loadOfSale({ operationId: operation(3), occurredAt: NOW, sale: sold, claim: 20_000, scheme: voucher, balance: 0, ...change });

describe('a sale of sets', () => {
  it('makes the cash the customer’s claim, and never exceeds a person’s limit, a household’s, or the stock', () => {
    const number = fc.integer({ min: 0, max: 6 });
    fc.assert(fc.property(fc.integer({ min: 1, max: 6 }), number, number, number, (sets, byAccount, byOthers, left) => {
      const bought = { byAccount, underRight: byAccount + byOthers };
      const stock = { id: StockLeaseId.parse('stock-1'), left };
      const built = sell({ sets, bought, stock });
      if (byAccount + sets > 3) expect(ruleOf(built)).toBe('person-limit');
      else if (byAccount + byOthers + sets > 5) expect(ruleOf(built)).toBe('household-limit');
      else if (sets > left) expect(ruleOf(built)).toBe('sold-out');
      else {
        const movement = expectSound(() => sell({ sets, bought, stock }));
        expect(movement.postings).toEqual([{ debit: 'cash/yakuba-1', credit: `claim/a-1/${operation(2)}`, amount: 10_000 * sets }]);
        expect(movement).toMatchObject({ sets, stockLease: 'stock-1', entitlementId: 'right-1', lots: [], staff: [FIRST] });
        expect(changeOfPockets(movement).size).toBe(0);
      }
    }));
  });

  it.each<[string, Parameters<typeof sell>[0], Refusal]>([
    ['of a scheme that is not sold', { scheme: points }, 'not-sold'],
    ['before the first phase', { occurredAt: Moment.parse('2026-10-31T14:59:59.999Z') }, 'sale-not-begun'],
    ['after the last phase', { occurredAt: Moment.parse('2026-11-30T15:00:00.000Z') }, 'sale-over'],
    ['after the scheme, whatever the phases say', { scheme: { ...voucher, lastDay: LocalDate.parse('2026-11-20') } }, 'sale-over'],
    ['to somebody who is not on the list', { standing: 'not-eligible' }, 'not-eligible'],
    ['to somebody who bought by the app', { standing: 'other-medium' }, 'other-medium'],
    ['without a right', { right: undefined }, 'not-held-here'],
    ['under a right of another scheme', { right: { ...RIGHT, schemeId: POINTS } }, 'wrong-scheme'],
    ['under another household’s right', { right: { ...RIGHT, accountIds: [OTHER] } }, 'wrong-account'],
    ['under a right that begins tomorrow', { right: { ...RIGHT, firstDay: LocalDate.parse('2026-11-22') } }, 'too-early'],
    ['under a right that ended yesterday', { right: { ...RIGHT, lastDay: LocalDate.parse('2026-11-20') } }, 'not-held-here'],
    ['of no sets', { sets: 0 }, 'not-offered'],
    ['of half a set', { sets: 0.5 }, 'not-offered'],
    ['beyond a lottery’s prize', { right: { ...RIGHT, limit: 'lottery', sets: 1 } }, 'lottery-not-won'],
    ['beyond one person’s right', { right: { ...RIGHT, limit: 'person', sets: 1 } }, 'person-limit'],
    ['beyond what is left to one of a household', { right: { ...RIGHT, less: [{ accountId: ACCOUNT, sets: 2 }] } }, 'person-limit'],
    ['without a stock here', { stock: null }, 'not-held-here'],
    ['without staff', { staff: [] }, 'needs-staff'],
  ])('is refused %s', (_name, change, rule) => expect(ruleOf(sell(change))).toBe(rule));

  it('between two phases waits for the next', () => {
    const rules = { ...RULES, sale: { ...SALE, phases: [{ ...days('2026-11-01', '2026-11-10'), perHousehold: 1 }, { ...days('2026-11-25', '2026-11-30'), perPerson: 5 }] } };
    expect(ruleOf(sell({ scheme: { ...voucher, rules } }))).toBe('sale-not-begun');
    expectSound(() => sell({ scheme: { ...voucher, rules }, occurredAt: Moment.parse('2026-11-24T15:00:00.000Z') }));
  });

  it('needs no stock when there is no end of sets', () => {
    const rules = { ...RULES, sale: { ...SALE, phases: [...SALE.phases], stock: null } };
    expect(expectSound(() => sell({ scheme: { ...voucher, rules }, stock: null }))).not.toHaveProperty('stockLease');
  });

  it('is received whole: what was paid and the premium in lots of their own', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 3 }), fc.constantFrom(0, 1, 3_000), (sets, premium) => {
      const rules = { ...RULES, sale: { ...SALE, phases: [...SALE.phases], premium } };
      const sale = movementOf(sell({ sets, scheme: { ...voucher, rules } }));
      const movement = expectSound(() => load({ sale, claim: 10_000 * sets, scheme: { ...voucher, rules } }));
      expect(movement.lots.map(({ kind }) => kind)).toEqual(premium > 0 ? ['paid', 'premium'] : ['paid']);
      for (const one of movement.lots) {
        const filled = movement.postings.filter(({ credit }) => credit === pocketAccount(ACCOUNT, one.id));
        expect(filled).toEqual([{ debit: issuedAccount(VOUCHER), credit: pocketAccount(ACCOUNT, one.id), amount: sets * (one.kind === 'paid' ? 10_000 : premium) }]);
      }
      expect(movement.postings[0]).toEqual({ debit: `claim/a-1/${operation(2)}`, credit: 'sold/premium-2026', amount: 10_000 * sets });
      expect(changeOfPockets(movement)).toEqual(new Map([[VOUCHER, sets * (10_000 + premium)]]));
    }));
  });

  it('makes lots that end after the scheme’s own days of validity', () => {
    const rules = { ...RULES, validDays: 30 };
    expect(movementOf(load({ scheme: { ...voucher, rules } })).lots.map(({ lastDay }) => lastDay)).toEqual(['2026-12-21', '2026-12-21']);
  });

  it.each<[string, () => Built, Refusal]>([
    ['received in part', () => load({ claim: 19_999 }), 'claim-used'],
    ['received twice', () => load({ claim: 0 }), 'claim-used'],
    ['received beyond the largest balance', () => load({ balance: AMOUNT_MAX - 25_999 }), 'too-much'],
    ['received after the scheme', () => load({ scheme: { ...voucher, lastDay: LocalDate.parse('2026-11-20') } }), 'scheme-over'],
    ['received as another scheme', () => load({ scheme: { ...points, rules: RULES } }), 'not-sold'],
    ['received from what is no sale', () => load({ sale: movementOf(load()) }), 'not-sold'],
  ])('is not %s', (_name, build, rule) => expect(ruleOf(build())).toBe(rule));

  it('is paid back in cash whole, and only that', () => {
    const refund = (claim: number, staff = [FIRST]) => refundOfSale({ operationId: operation(4), occurredAt: NOW, sale: sold, claim, device: DEVICE, staff });
    expect(expectSound(() => refund(20_000)).postings).toEqual([{ debit: `claim/a-1/${operation(2)}`, credit: 'cash/yakuba-1', amount: 20_000 }]);
    expect([ruleOf(refund(10_000)), ruleOf(refund(20_000, []))]).toEqual(['claim-used', 'needs-staff']);
    expect(ruleOf(refundOfSale({ operationId: operation(4), occurredAt: NOW, sale: movementOf(load()), claim: 20_000, device: DEVICE, staff: [FIRST] }))).toBe('not-sold');
  });
});

describe('a void', () => {
  const loaded = movementOf(load());
  const whole = loaded.lots.map((one, index): LotsHeld[number] => ({ lot: one, amount: [20_000, 6_000][index] ?? 0 }));
  const undo = (change: Partial<Parameters<typeof voidOfLoad>[0]> = {}) =>
    voidOfLoad({ operationId: operation(5), occurredAt: NOW, load: loaded, lots: whole, scheme: voucher, staff: [FIRST, SECOND], ...change });

  it('leaves every account as it was before the load; the premium goes back to the issuer and never becomes cash or a claim', () => {
    const movement = expectSound(() => undo());
    const left = after(whole, movement);
    expect(loaded.lots.map((one) => left.get(pocketAccount(ACCOUNT, one.id)))).toEqual([0, 0]);
    const balance = new Map<string, number>();
    for (const { debit, credit, amount } of [...loaded.postings, ...movement.postings]) {
      balance.set(debit, (balance.get(debit) ?? 0) - amount);
      balance.set(credit, (balance.get(credit) ?? 0) + amount);
    }
    expect([...balance.values()].every((amount) => amount === 0)).toBe(true);
    const claimed = movement.postings.filter(({ credit }) => credit.startsWith('claim/') || credit.startsWith('cash/'));
    expect(sum(claimed.map(({ amount }) => amount))).toBe(20_000);
    expect(changeOfPockets(movement)).toEqual(new Map([[VOUCHER, -26_000]]));
  });

  it.each<[string, Parameters<typeof undo>[0], Refusal]>([
    ['where the scheme does not allow it', { scheme: scheme(VOUCHER) }, 'void-not-allowed'],
    ['of another scheme’s load', { scheme: { ...points, rules: RULES } }, 'void-not-allowed'],
    ['of what is no load', { load: sold }, 'void-not-allowed'],
    ['on the next day', { occurredAt: Moment.parse('2026-11-21T15:00:00.000Z') }, 'void-not-today'],
    ['when one unit was used', { lots: [whole[0]!, { ...whole[1]!, amount: 5_999 }] }, 'void-already-used'],
    ['when its lots are not known', { lots: [] }, 'void-already-used'],
    ['by nobody', { staff: [] }, 'needs-staff'],
    ['by one person above the limit', { staff: [FIRST] }, 'second-staff'],
    ['by one person twice', { staff: [FIRST, FIRST] }, 'second-staff'],
  ])('is refused %s', (_name, change, rule) => expect(ruleOf(undo(change))).toBe(rule));

  it('needs one person up to the limit, the limit itself included', () => {
    const rules = { ...RULES, void: { secondStaffAbove: 26_000 } };
    expectSound(() => undo({ staff: [FIRST], scheme: { ...voucher, rules } }));
  });
});

describe('a transfer', () => {
  const transfer = (lots: LotsHeld, change: Partial<Parameters<typeof transferOf>[0]> = {}) =>
    transferOf({ operationId: operation(6), occurredAt: NOW, from: ACCOUNT, to: OTHER, lots, staff: [FIRST], ...change });

  it('moves everything usable, and each unit keeps its scheme, kind and last day', () => {
    fc.assert(fc.property(lotsHeld(), lotsHeld(POINTS), (vouchers, pointLots) => {
      const lots = [...vouchers, ...pointLots.map((one) => ({ ...one, lot: { ...one.lot, id: LotId.parse(`p-${one.lot.id}`) } }))];
      const usableLots = lots.filter((one) => one.lot.lastDay >= TODAY && one.amount > 0);
      if (usableLots.length === 0) {
        expect(ruleOf(transfer(lots))).toBe('nothing-there');
        return;
      }
      let rest = lots;
      const made: LotsHeld[number][] = [];
      for (let number = 0; usableLots.length > 0 && transfer(rest).ok; number += 1) {
        const movement = expectSound(() => transfer(rest, { operationId: operation(100 + number) }));
        const left = after(rest, movement);
        rest = rest.map((one) => ({ ...one, amount: left.get(pocketAccount(ACCOUNT, one.lot.id)) ?? 0 }));
        made.push(...movement.lots.map((one) => ({ lot: one, amount: left.get(pocketAccount(OTHER, one.id)) ?? 0 })));
        expect([...changeOfPockets(movement).values()].every((change) => change > 0)).toBe(true);
        expect(changeOfPockets(movement).size).toBeLessThanOrEqual(4);
      }
      const alike = (list: LotsHeld) => {
        const sums = new Map<string, number>();
        for (const one of list) {
          const key = `${one.lot.schemeId} ${one.lot.kind} ${one.lot.lastDay}`;
          sums.set(key, (sums.get(key) ?? 0) + one.amount);
        }
        return [...sums].sort();
      };
      expect(alike(made)).toEqual(alike(usableLots));
      expect(held(rest, (one) => one.lastDay >= TODAY)).toBe(0);
      expect(made.every((one) => one.lot.accountId === OTHER && one.lot.issuedOn === TODAY)).toBe(true);
    }));
  });

  it('takes as many as fit into one operation of a card, what ends first at first', () => {
    const many = Array.from({ length: 6 }, (_, index) => lot(`lot-${index}`, 10, { schemeId: SchemeId.parse(`s-${index}`), lastDay: addDays(TODAY, index) }));
    const movement = expectSound(() => transfer(many));
    expect([...changeOfPockets(movement).keys()]).toEqual(['s-0', 's-1', 's-2', 's-3']);
    expectSound(() => transfer(Array.from({ length: 60 }, (_, index) => lot(`lot-${index}`, 10, { lastDay: addDays(TODAY, index) }))));
  });

  it('is refused without staff, without value, and to the same account', () => {
    const lots = [lot('l', 10)];
    expect([transfer(lots, { staff: [] }), transfer([]), transfer(lots, { to: ACCOUNT }), transfer([lot('l', 10, { lastDay: addDays(TODAY, -1) })])].map(ruleOf)).toEqual([
      'needs-staff', 'nothing-there', 'nothing-there', 'nothing-there',
    ]);
  });
});

describe('expiry', () => {
  const expire = (lots: LotsHeld) => expireLots({ operationId: operation(7), occurredAt: NOW, accountId: ACCOUNT, scheme: VOUCHER, lots });

  it('takes all that is past its last day, and nothing else', () => {
    fc.assert(fc.property(lotsHeld(), lotsHeld(POINTS), (lots, ofPoints) => {
      const over = held(lots, (one) => one.lastDay < TODAY);
      const all = [...lots, ...ofPoints.map((one) => ({ ...one, lot: { ...one.lot, id: LotId.parse(`p-${one.lot.id}`) } }))];
      if (over === 0) {
        expect(ruleOf(expire(all))).toBe('nothing-there');
        return;
      }
      const movement = expectSound(() => expire(all));
      expect(changeOfPockets(movement)).toEqual(new Map([[VOUCHER, -over]]));
      const left = after(all, movement);
      for (const one of all) {
        const gone = one.lot.schemeId === VOUCHER && one.lot.lastDay < TODAY;
        expect(left.get(pocketAccount(ACCOUNT, one.lot.id))).toBe(gone ? 0 : one.amount);
      }
    }));
  });

  it('of a card’s value never exceeds what is too old, nor takes what may still be used', () => {
    fc.assert(fc.property(lotsHeld(), fc.integer({ min: 0, max: 60_000 }), (lots, onCard) => {
      const [over, good] = [held(lots, (one) => one.lastDay < TODAY), usable(lots, VOUCHER, TODAY)];
      const gone = expiredOnCard(lots, VOUCHER, onCard, TODAY);
      expect(gone).toBeGreaterThanOrEqual(0);
      expect(gone).toBeLessThanOrEqual(over);
      expect(onCard - gone).toBeGreaterThanOrEqual(Math.min(onCard, good));
      if (onCard === over + good) expect(gone).toBe(over);
      if (onCard <= good) expect(gone).toBe(0);
    }));
  });
});

describe('a scheme’s warnings', () => {
  const prepaid = (change: { firstDay: string; lastDay: string; validDays?: number; issuerKind?: Scheme['issuerKind'] }) => {
    const { firstDay, lastDay, validDays } = change;
    const rules = SchemeRules.parse({ ...(validDays === undefined ? {} : { validDays }), sale: { ...SALE, phases: [{ firstDay, lastDay: firstDay, perPerson: 1 }] } });
    return warningsOf(scheme(VOUCHER, { firstDay: LocalDate.parse(firstDay), lastDay: LocalDate.parse(lastDay), rules, ...('issuerKind' in change ? { issuerKind: change.issuerKind } : { issuerKind: 'association' as const }) }));
  };
  const SIX = 'prepaid-over-six-months';

  it.each([
    ['2026-08-01', '2027-02-01', []],
    ['2026-08-01', '2027-02-02', [SIX]],
    // August 31st has no February 31st: the month's last day counts, also in a leap year.
    ['2026-08-31', '2027-02-28', []],
    ['2026-08-31', '2027-03-01', [SIX]],
    ['2027-08-31', '2028-02-29', []],
    ['2027-08-31', '2028-03-01', [SIX]],
    ['2027-08-29', '2028-02-29', []],
    ['2026-08-30', '2027-02-28', []],
    ['2026-12-31', '2027-06-30', []],
    ['2026-12-31', '2027-07-01', [SIX]],
    ['2027-02-28', '2027-08-28', []],
    ['2027-02-28', '2027-08-29', [SIX]],
  ] as const)('for one sold by an association from %s and usable to %s are %j', (firstDay, lastDay, warnings) => {
    expect(prepaid({ firstDay, lastDay })).toEqual(warnings);
  });

  it('count a lot’s own days of validity', () => {
    expect(prepaid({ firstDay: '2026-08-01', lastDay: '2027-12-31', validDays: 184 })).toEqual([]);
    expect(prepaid({ firstDay: '2026-08-01', lastDay: '2027-12-31', validDays: 185 })).toEqual([SIX]);
  });

  it('do not trouble a municipality, nor who sells nothing', () => {
    expect(prepaid({ firstDay: '2026-08-01', lastDay: '2027-12-31', issuerKind: undefined })).toEqual([]);
    expect(prepaid({ firstDay: '2026-08-01', lastDay: '2027-12-31', issuerKind: 'municipality' })).toEqual([]);
    expect(warningsOf(scheme(VOUCHER, { issuerKind: 'association', lastDay: LocalDate.parse('2029-01-01') }))).toEqual([]);
  });

  it('name a sale and an exchange that run past their scheme', () => {
    expect(warningsOf({ ...voucher, lastDay: LocalDate.parse('2026-11-29') })).toEqual(['sale-runs-past-scheme']);
    expect(warningsOf({ ...points, lastDay: LocalDate.parse('2026-12-30') })).toEqual(['exchange-runs-past-scheme']);
    expect([...warningsOf(voucher), ...warningsOf(points)]).toEqual([]);
  });
});

describe('the shape of a movement', () => {
  const good = movementOf(spend({ lots: [lot('l', 100)] }));
  const loaded = movementOf(load());
  const bad = (movement: Movement, change: Partial<Movement>) => shapeFault({ ...movement, ...change });
  const posting = (debit: string, credit: string) => [{ debit, credit, amount: 1 }] as Movement['postings'];

  it.each<[string, string | undefined]>([
    ['value made out of nothing', bad(good, { postings: posting(issuedAccount(VOUCHER), pocketAccount(ACCOUNT, LotId.parse('l'))) })],
    ['somebody else’s pocket', bad(good, { postings: posting('pocket/a-2/l', `spent/${VOUCHER}/${STALL}`) })],
    ['another scheme’s acceptors', bad(good, { postings: posting('pocket/a-1/l', `spent/${POINTS}/${STALL}`) })],
    ['a premium turned into a claim', bad(movementOf(voidOfLoadOf(loaded)), { postings: posting('pocket/a-1/l', `claim/a-1/${operation(2)}`) })],
    ['cash out of a pocket', bad(movementOf(refundOfSale({ operationId: operation(4), occurredAt: NOW, sale: sold, claim: 20_000, device: DEVICE, staff: [FIRST] })), { postings: posting('pocket/a-1/l', 'cash/yakuba-1') })],
    ['a load into a lot that does not begin with it', bad(loaded, { lots: loaded.lots.slice(1) })],
    ['a lot that gets nothing', bad(loaded, { postings: loaded.postings.slice(0, 2) })],
    ['another account’s lot', bad(loaded, { accountId: OTHER })],
    ['the same lot twice', bad(loaded, { lots: [...loaded.lots, ...loaded.lots] })],
    ['a refund of nothing', shapeFault({ ...good, kind: 'refund', postings: posting(`claim/a-1/${operation(2)}`, 'cash/yakuba-1') })],
    ['an exchange into its own scheme', bad(loaded, { kind: 'exchange' })],
  ])('is never %s', (_name, fault) => expect(fault).toBeTypeOf('string'));

  function voidOfLoadOf(of: Movement): Built {
    const lots = of.lots.map((one, index) => ({ lot: one, amount: [20_000, 6_000][index] ?? 0 }));
    return voidOfLoad({ operationId: operation(5), occurredAt: NOW, load: of, lots, scheme: voucher, staff: [FIRST, SECOND] });
  }

  it('of a reallocation stays between the pockets of one account and what had expired', () => {
    const moved = { ...good, kind: 'reallocate', ofOperation: operation(1), postings: posting('pocket/a-1/l', `pocket/a-1/${unknownLotOf(VOUCHER)}`) } as const;
    expect(shapeFault(moved)).toBeUndefined();
    expect(shapeFault({ ...moved, postings: posting(`expired/${VOUCHER}`, 'pocket/a-1/l') })).toBeUndefined();
    expect(shapeFault({ ...moved, postings: posting('pocket/a-2/l', 'pocket/a-1/l') })).toBeTypeOf('string');
  });
});
