import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccountId } from '../../contract/ids.ts';
import type { SalePhase, SaleTerms } from '../../contract/scheme-rules.ts';
import { setsOf, type Scheme } from '../../contract/value.ts';
import { demoSchemes } from '../seed/demo-town.ts';
import { LocalDate } from '../../contract/time.ts';
import type { Buyer } from './buyers.ts';
import { allowedTo, phaseOn } from './purchase-rights.ts';

const day = (text: string) => LocalDate.parse(text);
const PHASE: SalePhase = { firstDay: day('2026-11-01'), lastDay: day('2026-11-30') };
const SALE: SaleTerms = { priceYen: 10_000, paid: 10_000, premium: 3_000, stock: null, phases: [PHASE], eligibility: 'everyone', oneMedium: false };
const scheme: Scheme = { ...demoSchemes(day('2026-11-21')).premium, firstDay: day('2026-10-01'), lastDay: day('2026-12-31') };
const person = (name: string, more: Partial<Buyer> = {}): Buyer => {
  const accountId = AccountId.parse(name);
  return { accountId, accounts: [accountId], household: 'h', bought: 0, boughtElsewhere: 0, eligible: false, won: 0, ...more };
};
const allowed = (people: readonly Buyer[], phase: Partial<SalePhase>, sale: Partial<SaleTerms> = {}) => allowedTo(people, scheme, { ...SALE, ...sale }, { ...PHASE, ...phase });

describe('what a phase of sale allows', () => {
  it('is the person’s limit less what the person has bought, earlier phases as well', () => {
    expect(allowed([person('a')], { perPerson: 5 }).terms).toMatchObject({ accountIds: ['a'], sets: 5, perAccount: 5, limit: 'person', firstDay: '2026-11-01', lastDay: '2026-11-30' });
    expect(allowed([person('a', { bought: 3 })], { perPerson: 5 }).terms).toMatchObject({ sets: 2, perAccount: 2 });
    const none = allowed([person('a', { bought: 5 })], { perPerson: 5 });
    expect([none.terms, [...none.standings]]).toEqual([null, [['a', 'person-limit']]]);
  });

  it('is shared by a household, each person within their own limit', () => {
    const { terms, standings } = allowed([person('a', { bought: 2 }), person('b'), person('c', { bought: 3 })], { perPerson: 3, perHousehold: 8 });
    expect(terms).toMatchObject({ accountIds: ['a', 'b'], sets: 3, perAccount: 3, less: [{ accountId: 'a', sets: 2 }], limit: 'household' });
    expect([...standings]).toEqual([['c', 'person-limit']]);
    expect([...allowed([person('a', { bought: 2 }), person('b', { bought: 2 })], { perHousehold: 4 }).standings.values()]).toEqual(['household-limit', 'household-limit']);
  });

  it('is as many sets as were won, in a lottery', () => {
    expect(allowed([person('a', { won: 3, bought: 1 })], { lottery: true }).terms).toMatchObject({ sets: 2, limit: 'lottery' });
    expect(allowed([person('a', { won: 9 })], { lottery: true, perPerson: 4 }).terms).toMatchObject({ sets: 4 });
    expect([...allowed([person('a')], { lottery: true }).standings.values()]).toEqual(['lottery-not-won']);
    expect([...allowed([person('a', { won: 2, bought: 2 })], { lottery: true }).standings.values()]).toEqual(['person-limit']);
  });

  it('is nothing for those who are not listed, or bought by another medium where only one is allowed', () => {
    expect([...allowed([person('a')], { perPerson: 1 }, { eligibility: 'listed' }).standings.values()]).toEqual(['not-eligible']);
    expect(allowed([person('a', { eligible: true })], { perPerson: 1 }, { eligibility: 'listed' }).terms?.sets).toBe(1);
    expect([...allowed([person('a', { bought: 1, boughtElsewhere: 1 })], { perPerson: 5 }, { oneMedium: true }).standings.values()]).toEqual(['other-medium']);
    expect(allowed([person('a', { bought: 1, boughtElsewhere: 1 })], { perPerson: 5 }).terms?.sets).toBe(4);
  });

  it('ends with the scheme, and is nothing outside of phases', () => {
    const late = { ...PHASE, lastDay: day('2027-01-31'), perPerson: 1 };
    expect(allowedTo([person('a')], scheme, SALE, late).terms?.lastDay).toBe('2026-12-31');
    const sold = { ...scheme, rules: { sale: { ...SALE, phases: [late] } } };
    expect([phaseOn(sold, day('2026-10-31')), phaseOn(sold, day('2026-11-01')), phaseOn(sold, day('2027-01-01'))]).toEqual([undefined, late, undefined]);
  });

  it('names at most thirty accounts, and among them the one that was asked for', () => {
    const crowd = Array.from({ length: 40 }, (_, index) => person(`a${String(index).padStart(2, '0')}`));
    const { terms } = allowedTo(crowd, scheme, SALE, { ...PHASE, perHousehold: 100 }, AccountId.parse('a39'));
    expect([terms?.accountIds.length, terms?.accountIds.includes(AccountId.parse('a39'))]).toEqual([30, true]);
  });

  it('never gives more than the limits less everything bought, whoever buys', () => {
    const count = fc.integer({ min: 0, max: 8 });
    const people = fc.array(fc.record({ bought: count, won: count, eligible: fc.boolean() }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(people, fc.option(count.map((n) => n + 1), { nil: undefined }), fc.option(count.map((n) => n + 1), { nil: undefined }), fc.boolean(), (drawn, perPerson, perHousehold, lottery) => {
        fc.pre(perPerson !== undefined || perHousehold !== undefined || lottery);
        const buyers = drawn.map((counts, index) => person(`a${index}`, counts));
        const together = perHousehold === undefined ? buyers.slice(0, 1) : buyers;
        const { terms } = allowed(together, { ...(perPerson === undefined ? {} : { perPerson }), ...(perHousehold === undefined ? {} : { perHousehold }), lottery });
        if (!terms) return;
        const right = { ...terms, id: 'right-1' as never };
        const bought = together.reduce((sum, buyer) => sum + buyer.bought, 0);
        if (perHousehold !== undefined) expect(bought + right.sets).toBeLessThanOrEqual(perHousehold);
        for (const buyer of together) {
          const own = right.accountIds.includes(buyer.accountId as AccountId) ? Math.min(right.sets, setsOf(right, buyer.accountId as AccountId)) : 0;
          if (own === 0) continue;
          if (perPerson !== undefined) expect(buyer.bought + own).toBeLessThanOrEqual(perPerson);
          if (lottery) expect(buyer.bought + own).toBeLessThanOrEqual(buyer.won);
        }
      }),
    );
  });
});
