import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AcceptorId, AccountId, ActivityId, DeviceId, EntitlementId, LotId, OperationId, SchemeId, StaffId, StockLeaseId, type CardRef } from '../../contract/ids.ts';
import { exchangeValue, giveValue, sellSets, spendValue, type Built } from '../../contract/movements.ts';
import { addDays, LocalDate, momentFromEpoch } from '../../contract/time.ts';
import type { SchemeRules } from '../../contract/scheme-rules.ts';
import type { Lot, Movement, PurchaseRight, Scheme } from '../../contract/value.ts';
import { CounterOwners } from '../cards/card-records.ts';
import { checkMovement } from './check-movement.ts';
import { Holdings } from './holdings.ts';
import type { ClaimedMovement } from './movement-verdict.ts';
import type { PostingFacts } from './posting-facts.ts';
import type { CountedSale } from './sales.ts';

const NOON = Date.parse('2026-11-21T03:00:00.000Z');
const TODAY = LocalDate.parse('2026-11-21');
const DAY_MS = 86_400_000;
const DEVICE = DeviceId.parse('dev-1');
const [ME, OTHER_PERSON] = [AccountId.parse('a-me'), AccountId.parse('a-other')];
const [RIGHT, STOCK] = [EntitlementId.parse('r-1'), StockLeaseId.parse('k-1')];
const STAFF = [StaffId.parse('s-1')];
const [STALL, GARDEN] = [AcceptorId.parse('stall'), ActivityId.parse('garden')];

const scheme = (id: string, rules: SchemeRules): Scheme => ({
  id: SchemeId.parse(id), kind: 'voucher', unit: 'yen', name: id, issuer: '町', usableAt: '町内', contact: '役場', legalBasis: '法',
  firstDay: LocalDate.parse('2026-11-01'), lastDay: LocalDate.parse('2026-12-31'), rules,
});
const facts = (known: Partial<PostingFacts>): PostingFacts => ({
  deviceId: DEVICE,
  operations: new Set(), origins: new Map(), undone: new Set(), entitlements: new Map(), leases: new Set(), schemes: new Map(), replaced: [], heard: 0, rights: new Map(), stock: new Map(),
  sales: new Map(), holds: new Set([ME]), accounts: new Map([[ME, { residentId: 'r', state: 'open', cards: [] }]]), holdings: new Holdings([], new Map()),
  cards: new Map(), owners: new CounterOwners(), ahead: new Map(), unknown: new Map(),
  ...known,
});
const claimOf = (movement: Movement, profile: 'plain-identifier' | 'desfire' | null): ClaimedMovement => ({
  deviceId: DEVICE,
  entry: { seq: 1, hash: '0'.repeat(64) },
  movement,
  card: profile === null ? null : { cardRef: '0'.repeat(32) as CardRef, profile, evidence: { kind: 'none' } },
});
let number = 0;
const occasion = (days = 0) => {
  number += 1;
  return { operationId: OperationId.parse(`019a0000-0000-7000-8000-${String(number).padStart(12, '0')}`), occurredAt: momentFromEpoch(NOON + days * DAY_MS) };
};
/** What a kiosk does that knows no rule: its movement, if there is any that has this shape. */
const movementOf = (built: Built): Movement | undefined => (built.ok ? built.movement : undefined);

describe('a sale', () => {
  // Each rule is close to its limit now and then, and mostly one at a time.
  const mostly = <T>(usual: T, now: fc.Arbitrary<T>) => fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: now });
  const few = fc.integer({ min: 0, max: 6 });
  const some = fc.integer({ min: 1, max: 6 });
  const situation = fc.record({
    phaseFrom: mostly(-9, fc.integer({ min: -12, max: 12 })), phaseDays: mostly(10, fc.integer({ min: 0, max: 8 })), limited: fc.boolean(), stockLeft: mostly<number | null>(9, fc.option(few, { nil: null })),
    limit: fc.constantFrom('person' as const, 'household' as const, 'lottery' as const), sets: mostly(15, some), perAccount: mostly(15, some), less: mostly(0, few),
    mine: mostly(true, fc.boolean()), held: mostly(true, fc.boolean()), rightDays: mostly(3, fc.integer({ min: -3, max: 3 })), boughtByMe: few, boughtByOthers: few, wanted: some,
    staff: mostly(true, fc.boolean()), day: fc.integer({ min: -2, max: 0 }),
  });

  it('is posted with its sets exactly when the rules allow it to a kiosk that knows everything, and as money to give back otherwise', () => {
    fc.assert(
      fc.property(situation, (one) => {
        const firstDay = addDays(TODAY, one.phaseFrom);
        const voucher = scheme('v-1', {
          sale: { priceYen: 1_000, paid: 1_000, premium: 300, stock: one.limited ? 100 : null, phases: [{ firstDay, lastDay: addDays(firstDay, one.phaseDays), perPerson: 3 }], eligibility: 'everyone', oneMedium: false },
        });
        const right: PurchaseRight = {
          id: RIGHT, schemeId: voucher.id, accountIds: one.mine ? [ME, OTHER_PERSON] : [OTHER_PERSON], sets: one.sets, perAccount: one.perAccount, ...(one.less > 0 ? { less: [{ accountId: ME, sets: one.less }] } : {}),
          limit: one.limit, firstDay: addDays(TODAY, -5), lastDay: addDays(TODAY, one.rightDays),
        };
        const sale = (accountId: AccountId, sets: number): CountedSale => ({ accountId, right: RIGHT, stockLease: null, sets });
        const known = facts({
          schemes: new Map([[voucher.id, voucher]]),
          rights: one.held ? new Map([[RIGHT, right]]) : new Map(),
          stock: one.stockLeft === null ? new Map() : new Map([[STOCK, { id: STOCK, schemeId: voucher.id, sets: one.stockLeft + 1 }]]),
          sales: new Map([
            [occasion().operationId, sale(ME, one.boughtByMe)],
            [occasion().operationId, sale(OTHER_PERSON, one.boughtByOthers)],
            [occasion().operationId, { ...sale(OTHER_PERSON, 1), right: EntitlementId.parse('r-2'), stockLease: STOCK }],
          ]),
        });
        const when = occasion(one.day);
        const input = { ...when, accountId: ME, device: DEVICE, scheme: voucher, right: one.held ? right : undefined, standing: undefined, bought: { underRight: one.boughtByMe + one.boughtByOthers, byAccount: one.boughtByMe }, stock: one.stockLeft === null ? null : { id: STOCK, left: one.stockLeft }, sets: one.wanted, staff: one.staff ? STAFF : [] };
        const honest = sellSets(input);
        // The same sale by a kiosk that believes that everything is allowed.
        const always = { firstDay: addDays(TODAY, -40), lastDay: addDays(TODAY, 40) };
        const carefree = movementOf(sellSets({
          ...input,
          scheme: { ...voucher, rules: { sale: { ...(voucher.rules?.sale as NonNullable<SchemeRules['sale']>), phases: [{ ...always, perPerson: 99 }] } } },
          right: { ...right, ...always, accountIds: [ME], sets: 99, perAccount: 99, less: [] }, bought: { underRight: 0, byAccount: 0 }, stock: { id: STOCK, left: 99 }, staff: STAFF,
        }));
        if (!carefree) throw new Error('Nothing would be sold at all');
        const claimed = one.staff ? carefree : { ...carefree, staff: undefined as never };
        const verdict = checkMovement(claimOf(JSON.parse(JSON.stringify(claimed)) as Movement, null), known, NOON);
        if (!verdict.ok) throw new Error(verdict.detail);
        const [posted] = verdict.post;
        expect(posted?.postings).toEqual(carefree.postings);
        expect([posted?.sets, posted?.entitlementId, verdict.note === undefined]).toEqual(honest.ok ? [one.wanted, RIGHT, true] : [undefined, null, false]);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a debit', () => {
  const day = fc.integer({ min: -30, max: 1 });
  const lots = fc.array(fc.record({ ends: fc.integer({ min: -6, max: 20 }), amount: fc.integer({ min: 1, max: 300 }) }), { maxLength: 5 });
  const situation = fc.record({
    lots, day, amount: fc.integer({ min: 1, max: 600 }), kind: fc.constantFrom('spend' as const, 'give' as const, 'exchange' as const), offered: fc.boolean(), step: fc.constantFrom(1, 7),
    held: fc.boolean(), staff: fc.boolean(), from: fc.integer({ min: -40, max: 5 }), days: fc.integer({ min: 0, max: 40 }),
  });
  const voucher = scheme('v-2', {});

  it('out of the ledger is posted exactly when the rules allow it, the device holds the account and staff agree', () => {
    fc.assert(
      fc.property(situation, (one) => {
        const terms = { firstDay: addDays(TODAY, one.from), lastDay: addDays(TODAY, one.from + one.days) };
        const strict = scheme('p-1', one.offered ? {
          spend: { acceptors: [{ id: STALL, name: '出店' }] }, give: { activities: [{ id: GARDEN, name: '花壇' }], step: one.step }, exchange: [{ to: voucher.id, give: one.step, get: 3, ...terms }],
        } : {});
        const carefree: Scheme = { ...strict, firstDay: addDays(TODAY, -99), lastDay: addDays(TODAY, 99), rules: {
          spend: { acceptors: [{ id: STALL, name: '出店' }] }, give: { activities: [{ id: GARDEN, name: '花壇' }], step: 1 }, exchange: [{ to: voucher.id, give: one.step, get: 3, firstDay: addDays(TODAY, -99), lastDay: addDays(TODAY, 99) }],
        } };
        const held = one.lots.map(({ ends, amount }, index) => ({
          lot: { id: LotId.parse(`lot-${index}`), accountId: ME, schemeId: strict.id, kind: 'free', issuedOn: TODAY, lastDay: addDays(TODAY, ends) } satisfies Lot, amount, expired: 0,
        }));
        const known = facts({ schemes: new Map([[strict.id, strict], [voucher.id, voucher]]), holdings: new Holdings(held, new Map()), holds: new Set(one.held ? [ME] : []) });
        const when = occasion(one.day);
        const build = (by: Scheme): Built => {
          const input = { ...when, accountId: ME, scheme: by, lots: held, onCard: null, ...(one.staff ? { staff: STAFF } : {}) };
          if (one.kind === 'spend') return spendValue({ ...input, amount: one.amount, acceptor: STALL });
          if (one.kind === 'give') return giveValue({ ...input, amount: one.amount, activity: GARDEN });
          return exchangeValue({ ...input, to: by === carefree ? { ...voucher, firstDay: carefree.firstDay } : voucher, times: one.amount, balanceOfTo: 0 });
        };
        const claimed = movementOf(build(carefree));
        if (!claimed) return;
        const verdict = checkMovement(claimOf(claimed, 'plain-identifier'), known, NOON);
        expect(verdict.ok).toBe(build(strict).ok && one.held && one.staff);
        if (verdict.ok) expect(verdict.post).toEqual([claimed]);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([[3, true], [4, false]])('of %i tickets as paper is posted when the rules allow so many at once', (tickets, allowed) => {
    const paper = (most: number): Scheme => ({ ...scheme('t-1', { paper: { acceptor: { id: STALL, name: 'タクシー' }, most } }), kind: 'tickets', unit: 'ticket' });
    const lot: Lot = { id: LotId.parse('lot-1'), accountId: ME, schemeId: SchemeId.parse('t-1'), kind: 'free', issuedOn: TODAY, lastDay: addDays(TODAY, 9) };
    const held = [{ lot, amount: 12, expired: 0 }];
    const claimed = movementOf(spendValue({ ...occasion(), accountId: ME, scheme: paper(10), amount: tickets, lots: held, onCard: 12, acceptor: STALL }));
    if (!claimed) throw new Error('Ten may be taken');
    const verdict = checkMovement(claimOf(claimed, 'desfire'), facts({ schemes: new Map([[lot.schemeId, paper(3)]]), holdings: new Holdings(held, new Map()), holds: new Set() }), NOON);
    expect(verdict.ok).toBe(allowed);
  });

  it('of a card is posted with whatever the device knew of the lots, and put right to the backend’s own', () => {
    const strict = scheme('p-2', { spend: { acceptors: [{ id: STALL, name: '出店' }] } });
    const pocket = fc.record({ ends: fc.integer({ min: 0, max: 20 }), amount: fc.integer({ min: 1, max: 300 }), knownAs: fc.integer({ min: 0, max: 400 }) });
    fc.assert(
      fc.property(fc.array(pocket, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 100 }), (pockets, part) => {
        const lotOf = (ends: number, index: number): Lot => ({ id: LotId.parse(`lot-${index}`), accountId: ME, schemeId: strict.id, kind: 'free', issuedOn: TODAY, lastDay: addDays(TODAY, ends) });
        const truth = pockets.map(({ ends, amount }, index) => ({ lot: lotOf(ends, index), amount, expired: 0 }));
        const heard = pockets.map(({ ends, knownAs }, index) => ({ lot: lotOf(ends, index), amount: knownAs }));
        const total = pockets.reduce((sum, { amount }) => sum + amount, 0);
        const amount = Math.ceil((total * part) / 100);
        const base = { ...occasion(), accountId: ME, scheme: strict, amount, acceptor: STALL, onCard: total };
        const claimed = movementOf(spendValue({ ...base, lots: heard }));
        const own = movementOf(spendValue({ ...base, lots: truth }));
        if (!claimed || !own) throw new Error('The card has enough');
        const known = facts({ schemes: new Map([[strict.id, strict]]), holdings: new Holdings(truth, new Map()), holds: new Set() });
        const verdict = checkMovement(claimOf(claimed, 'desfire'), known, NOON);
        if (!verdict.ok) throw new Error(verdict.detail);
        expect(verdict.post[0]).toEqual(claimed);
        const [after, wanted] = [new Holdings(truth, new Map()), new Holdings(truth, new Map())];
        for (const movement of verdict.post) after.apply(movement);
        wanted.apply(own);
        expect(after.of(ME)).toEqual(wanted.of(ME));
        const again = checkMovement(claimOf(own, 'desfire'), known, NOON);
        expect(again).toEqual({ ok: true, post: [own] });
      }),
      { numRuns: 500 },
    );
  });
});
