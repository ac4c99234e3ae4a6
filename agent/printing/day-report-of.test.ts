import { expect, it } from 'vitest';
import { DeviceId, EntryId, OperationId, SchemeId, StaffId } from '../../contract/ids.ts';
import { exchangeValue, refundOfSale, type Built } from '../../contract/movements.ts';
import type { JournalBody, JournalFact } from '../../contract/journal.ts';
import { LocalDate, Moment } from '../../contract/time.ts';
import { soldAccount, type Lot, type Movement, type Scheme } from '../../contract/value.ts';
import { accountOf, cardOf, idsOf, loadOf, NO_EVIDENCE, NOW, SCHEME, TODAY, TOWN_DEVICE } from '../test-support/ledger-town.ts';
import { dayReportOf, type DayInBooks } from './day-report-of.ts';

const ids = idsOf(3);
const POINTS: Scheme = {
  ...SCHEME, id: SchemeId.parse('points'), kind: 'points', unit: 'point', name: '苫前町ポイント',
  rules: { exchange: [{ to: SCHEME.id, give: 500, get: 400, firstDay: SCHEME.firstDay, lastDay: SCHEME.lastDay }] },
};
const SCHEMES = new Map([SCHEME, POINTS].map((scheme) => [scheme.id, scheme]));
const built = (movement: Built): Movement => {
  if (!movement.ok) throw new Error(movement.rule);
  return movement.movement;
};

function saleOf(yen: number): Movement {
  const operationId = ids.operation();
  return {
    operationId, kind: 'sale', accountId: accountOf(1), schemeId: SCHEME.id, entitlementId: null, occurredAt: NOW, lots: [], sets: 1, perSet: { paid: yen, premium: 0 },
    postings: [{ debit: `cash/${TOWN_DEVICE}`, credit: `claim/${accountOf(1)}/${operationId}`, amount: yen }],
  };
}

/** A day with two loads, two sales of which one was given back, and an exchange of points. */
function factsOfDay(): JournalFact[] {
  const card = { cardRef: cardOf(1), profile: 'plain-identifier' as const, evidence: NO_EVIDENCE };
  const [kept, returned] = [saleOf(10_000), saleOf(5_000)];
  const refund = built(refundOfSale({ operationId: ids.operation(), occurredAt: NOW, sale: returned, claim: 5_000, device: TOWN_DEVICE, staff: [StaffId.parse('s-1')] }));
  const lot: Lot = { id: 'lot-p' as Lot['id'], accountId: accountOf(1), schemeId: POINTS.id, kind: 'free', issuedOn: TODAY, lastDay: POINTS.lastDay };
  const exchange = built(
    exchangeValue({ operationId: ids.operation(), occurredAt: NOW, accountId: accountOf(1), scheme: POINTS, to: SCHEME, times: 2, lots: [{ lot, amount: 1_000 }], onCard: null, balanceOfTo: 0 }),
  );
  return [
    ...[loadOf(1, ids.operation()), loadOf(2, ids.operation()), exchange].map((movement) => ({ type: 'value-moved' as const, movement, card })),
    ...[kept, returned, refund].map((movement) => ({ type: 'cash-moved' as const, movement })),
    { type: 'staff-called', callNumber: 1, screen: 'balance' },
  ];
}

const journal = (facts: readonly JournalFact[], at = NOW): JournalBody[] => facts.map((fact, index) => ({ id: EntryId.parse(ids.operation()), device: DeviceId.parse(TOWN_DEVICE), seq: index + 1, at, fact }));

const day = (change: Partial<DayInBooks>): DayInBooks => ({
  day: TODAY, opened: null, closed: null, troubles: [], entries: journal(factsOfDay()), schemes: SCHEMES, printJobs: [], sync: { acknowledgedSeq: 5, lastSeq: 7 }, openIntents: [], ...change,
});

it('adds up what was moved, each scheme in its own unit, and the cash that must be in the drawer', () => {
  expect(dayReportOf(day({}))).toMatchObject({
    moved: [
      { scheme: SCHEME.name, unit: 'yen', kind: 'load', count: 2, sum: 2_003 },
      { scheme: POINTS.name, unit: 'point', kind: 'exchange', count: 1, sum: -1_000 },
      { scheme: SCHEME.name, unit: 'yen', kind: 'exchange', count: 1, sum: 800 },
      { scheme: SCHEME.name, unit: 'yen', kind: 'sale', count: 2, sum: 15_000 },
      { scheme: SCHEME.name, unit: 'yen', kind: 'refund', count: 1, sum: -5_000 },
    ],
    cash: { sold: 15_000, refunded: 5_000 },
    staffCalls: 1,
    unsent: 2,
  });
});

it('counts as cash only what went through the drawer: sets that come to their buyer take no money', () => {
  const sale = saleOf(10_000);
  const load: Movement = { ...loadOf(1, ids.operation()), ofOperation: sale.operationId, postings: [{ debit: `claim/${accountOf(1)}/${sale.operationId}`, credit: soldAccount(SCHEME.id), amount: 10_000 }, ...loadOf(1, ids.operation()).postings] };
  const card = { cardRef: cardOf(1), profile: 'plain-identifier' as const, evidence: NO_EVIDENCE };
  expect(dayReportOf(day({ entries: journal([{ type: 'cash-moved', movement: sale }, { type: 'value-moved', movement: load, card }]) })).cash).toEqual({ sold: 10_000, refunded: 0 });
});

it('is of one day in Tokyo', () => {
  const late = Moment.parse('2026-11-20T14:59:59.000Z');
  const entries = [...journal(factsOfDay(), late), ...journal([{ type: 'staff-called', callNumber: 2, screen: 'start' }], Moment.parse('2026-11-20T15:00:00.000Z'))];
  expect(dayReportOf(day({ day: LocalDate.parse('2026-11-21'), entries }))).toMatchObject({ moved: [], cash: { sold: 0, refunded: 0 }, staffCalls: 1 });
});

it('names the slips that somebody must look for, and what is still open', () => {
  const jobs = (['printed', 'failed', 'unknown', 'printed', 'sending'] as const).map((state, index) => ({ slipNumber: index + 1, state }));
  const report = dayReportOf(day({ printJobs: jobs, openIntents: [{ operationId: OperationId.parse('0199b1c2-7d3e-7a4f-8b21-5c6d7e8f9a0b') }] }));
  expect(report.slips).toEqual({ printed: 2, failed: [2], unknown: [3, 5] });
  expect(report.open).toEqual(['5c6d-7e8f-9a0b']);
});
