import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccountId, EntitlementId, LotId, OperationId, SchemeId } from './ids.ts';
import { addDays, LocalDate, Moment } from './time.ts';
import { AMOUNT_MAX, issuedAccount, loadOfEntitlement, Movement, pocketAccount, pocketsOf, Posting, type Entitlement, type Lot, type Scheme } from './value.ts';

const TODAY = LocalDate.parse('2026-11-21');
const ACCOUNT = AccountId.parse('a-0001');

const scheme = (id: string, lastDay = '2027-02-28'): Scheme => ({
  id: SchemeId.parse(id),
  kind: 'voucher',
  unit: 'yen',
  name: `応援券 ${id}`,
  issuer: '苫前町',
  usableAt: '町内の加盟店',
  contact: '商工労働観光課',
  legalBasis: '資金決済法4条3号',
  firstDay: LocalDate.parse('2026-08-01'),
  lastDay: LocalDate.parse(lastDay),
});
const entitlement = (change: Partial<Entitlement> = {}): Entitlement => ({
  id: EntitlementId.parse('e-0001'),
  accountId: ACCOUNT,
  schemeId: SchemeId.parse('s-1'),
  amount: 5_000,
  lotKind: 'free',
  firstDay: LocalDate.parse('2026-11-01'),
  lastDay: LocalDate.parse('2027-01-31'),
  ...change,
});
const load = (change: Partial<Parameters<typeof loadOfEntitlement>[0]> = {}) =>
  loadOfEntitlement({
    entitlement: entitlement(),
    scheme: scheme('s-1'),
    operationId: OperationId.parse('019a0000-0000-7000-8000-000000000001'),
    occurredAt: Moment.parse('2026-11-21T01:05:00.000Z'),
    today: TODAY,
    balance: 0,
    ...change,
  });

describe('loading an entitlement', () => {
  it('moves its whole amount once from the issuer to one new lot of its holder', () => {
    const kinds = fc.constantFrom('paid', 'premium', 'free');
    fc.assert(fc.property(fc.integer({ min: 1, max: AMOUNT_MAX }), kinds, (amount, lotKind) => {
      const built = load({ entitlement: entitlement({ amount, lotKind }) });
      if (!built.ok) throw new Error(built.why);
      const { movement } = built;
      expect(Movement.safeParse(movement).success).toBe(true);
      const [lot] = movement.lots;
      if (!lot) throw new Error('a load makes a lot');
      expect(lot).toEqual({ id: `lot-${movement.operationId}`, accountId: ACCOUNT, schemeId: 's-1', kind: lotKind, issuedOn: TODAY, lastDay: '2027-02-28' });
      expect(movement.postings).toEqual([{ debit: issuedAccount(lot.schemeId), credit: pocketAccount(ACCOUNT, lot.id), amount }]);
      expect(movement.entitlementId).toBe('e-0001');
    }));
  });

  it('comes out the same wherever it is built', () => expect(load()).toEqual(load()));

  it.each([
    ['before its first day', { today: LocalDate.parse('2026-10-31') }, 'too-early'],
    ['before the scheme’s first day', { entitlement: entitlement({ firstDay: LocalDate.parse('2026-01-01') }), today: LocalDate.parse('2026-07-31') }, 'too-early'],
    ['after its last day', { today: LocalDate.parse('2027-02-01') }, 'too-late'],
    ['after the scheme’s last day', { scheme: scheme('s-1', '2026-11-20') }, 'scheme-over'],
    ['for another scheme', { scheme: scheme('s-2') }, 'wrong-scheme'],
    ['beyond the largest balance', { balance: AMOUNT_MAX - 4_999 }, 'too-much'],
  ] as const)('is refused %s', (_name, change, why) => expect(load(change)).toEqual({ ok: false, why }));

  it.each([
    ['on its first day', { today: LocalDate.parse('2026-11-01') }],
    ['on its last day', { today: LocalDate.parse('2027-01-31') }],
    ['up to the largest balance', { balance: AMOUNT_MAX - 5_000 }],
  ])('is allowed %s', (_name, change) => expect(load(change).ok).toBe(true));
});

describe('pockets', () => {
  const schemes = new Map(['s-1', 's-2', 's-3'].map((id) => [SchemeId.parse(id), scheme(id)]));
  const lots = fc.array(
    fc.record({ scheme: fc.constantFrom('s-1', 's-2', 's-3', 'unknown'), days: fc.integer({ min: -3, max: 60 }), amount: fc.integer({ min: 0, max: 9_000 }) }),
    { maxLength: 12 },
  ).map((list) => list.map(({ scheme: id, days, amount }, index): { lot: Lot; amount: number } => ({
    lot: { id: LotId.parse(`lot-${index}`), accountId: ACCOUNT, schemeId: SchemeId.parse(id), kind: 'paid', issuedOn: TODAY, lastDay: addDays(TODAY, days) },
    amount,
  })));

  it('hold exactly what can be used today, one a scheme, what ends first at the top', () => {
    fc.assert(fc.property(lots, (held) => {
      const pockets = pocketsOf(held, schemes, TODAY);
      const usable = held.filter(({ lot, amount }) => amount > 0 && lot.lastDay >= TODAY && schemes.has(lot.schemeId));
      expect(pockets.reduce((sum, { amount }) => sum + amount, 0)).toBe(usable.reduce((sum, { amount }) => sum + amount, 0));
      expect(new Set(pockets.map(({ schemeId }) => schemeId)).size).toBe(pockets.length);
      for (const pocket of pockets) {
        expect(pocket.lastDay).toBe(usable.filter(({ lot }) => lot.schemeId === pocket.schemeId).map(({ lot }) => lot.lastDay).sort()[0]);
      }
      expect(pockets.map(({ lastDay }) => lastDay)).toEqual(pockets.map(({ lastDay }) => lastDay).sort());
    }));
  });

  it('come in the same order however the lots are ordered', () => {
    fc.assert(fc.property(lots.chain((held) => fc.tuple(fc.constant(held), fc.shuffledSubarray(held, { minLength: held.length }))), ([held, shuffled]) => {
      expect(pocketsOf(shuffled, schemes, TODAY)).toEqual(pocketsOf(held, schemes, TODAY));
    }));
  });

  it('still hold a lot on its last day, and no longer the day after', () => {
    const [lot] = [{ id: LotId.parse('lot'), accountId: ACCOUNT, schemeId: SchemeId.parse('s-1'), kind: 'free', issuedOn: TODAY, lastDay: TODAY } satisfies Lot];
    expect(pocketsOf([{ lot, amount: 1 }], schemes, TODAY).length).toBe(1);
    expect(pocketsOf([{ lot, amount: 1 }], schemes, addDays(TODAY, 1))).toEqual([]);
  });
});

describe('postings', () => {
  it.each([0, -1, 1.5, AMOUNT_MAX + 1, Number.NaN, '5'])('never have the amount %s', (amount) => {
    expect(Posting.safeParse({ debit: 'issued/s-1', credit: 'pocket/a-1/l-1', amount }).success).toBe(false);
  });
  it.each(['pocket/a-1', 'issued/', 'issued/S 1', 'cash', 'pocket/a-1/l-1/x'])('never name the account %s', (account) => {
    expect(Posting.safeParse({ debit: account, credit: 'issued/s-1', amount: 1 }).success).toBe(false);
  });
  it('name the accounts their makers make', () => {
    expect(Posting.safeParse({ debit: issuedAccount(SchemeId.parse('s-1')), credit: pocketAccount(ACCOUNT, LotId.parse('l-1')), amount: 1 }).success).toBe(true);
  });
});
