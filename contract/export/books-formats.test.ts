import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { AccountId, LotId, SchemeId } from '../ids.ts';
import { LocalDate } from '../time.ts';
import { MovementKind, pocketAccount, soldAccount, type LedgerAccount } from '../value.ts';
import { balancesOfHledger, balancesOfLedger, checkedByHledger, checkedByLedger } from '../test-support/accounting-programs.ts';
import { BOOKED_SCHEMES, everyMovement, kindsOf, seededDice, sumsOf } from '../test-support/every-movement.ts';
import type { BookedMovement, BooksFormat } from './books-format.ts';
import { CSV_COLUMNS, csvBooks } from './csv-books.ts';
import { hledgerBooks } from './hledger-books.ts';
import { jsonBooks } from './json-books.ts';
import { KnownLots, unbalancedPosting } from './measure.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-books-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const written = (format: BooksFormat, booked: readonly BookedMovement[]) => format.head() + booked.map((movement) => format.movement(movement)).join('') + format.end();
const file = (text: string): string => {
  const name = path.join(directory, 'books.journal');
  writeFileSync(name, text);
  return name;
};
const ACCEPTED = { status: 0, complaint: '' };

/** What the programs should find, by our own reckoning and the names that this test expects. */
function expectedBalances(booked: readonly BookedMovement[]): Record<string, number> {
  const commodity = new Map<string, string>();
  const COMMODITIES: Record<string, string> = { ayumi: '健康ポイント ayumi', 'kaisuken-r8': '温泉「夕陽」回数券_ _11枚_ kaisuken-r8', 'shohinken-r8': 'JPY' };
  for (const { movement } of booked) for (const lot of movement.lots) commodity.set(`pocket/${lot.accountId}/${lot.id}`, COMMODITIES[lot.schemeId] ?? '');
  const named = [...sumsOf(booked)].filter(([, sum]) => sum !== 0).map(([account, sum]) => {
    const [kind = '', scheme = ''] = account.split('/');
    const measured = kind === 'pocket' ? (commodity.get(account) ?? '') : ['cash', 'claim', 'sold'].includes(kind) ? 'JPY' : COMMODITIES[scheme];
    return [`${account.replaceAll('/', ':')} ${measured}`, sum] as const;
  });
  return Object.fromEntries(named);
}

describe('books in hledger’s format', () => {
  it('balance in hledger and in ledger to the yen, with every kind of movement', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0x7fff_ffff }), (seed) => {
        const booked = everyMovement(seededDice(seed));
        expect(kindsOf(booked)).toEqual(new Set(MovementKind.options));
        const name = file(written(hledgerBooks(BOOKED_SCHEMES), booked));
        expect(checkedByHledger(name)).toEqual(ACCEPTED);
        expect(checkedByLedger(name)).toEqual(ACCEPTED);
        const expected = expectedBalances(booked);
        expect(balancesOfHledger(name)).toEqual(expected);
        expect(balancesOfLedger(name)).toEqual(expected);
      }),
      { numRuns: 6 },
    );
  });

  it('are refused by both programs when one amount is off by one, or a movement is missing', () => {
    const booked = everyMovement(seededDice(3));
    const right = written(hledgerBooks(BOOKED_SCHEMES), booked);
    const spent = /(\n {4}spent:shohinken-r8:minato {2}-)(\d+)( JPY\n)/;
    const off = right.replace(spent, (_, before: string, amount: string, after: string) => `${before}${Number(amount) + 1}${after}`);
    const [whole] = /\n2026-\S+ \* \(\S+\) give\n(?: {4}.+\n)+/.exec(right) ?? [];
    for (const wrong of [off, right.replace(whole ?? '', '\n')]) {
      expect(wrong).not.toBe(right);
      const name = file(wrong);
      expect(checkedByHledger(name).status).not.toBe(0);
      expect(checkedByLedger(name).status).not.toBe(0);
    }
  });

  it('say of each movement its day in Tokyo, operation, kind, device and number', () => {
    const [first] = everyMovement(seededDice(5));
    expect(first && written(hledgerBooks(BOOKED_SCHEMES), [first])).toBe(
      `; Debits are positive, credits negative. Accounts are numbers; nothing here says who a person is.
tag kind
tag device
tag seq
tag occurred-at
tag of-operation
commodity "健康ポイント ayumi"
account issued:ayumi
account pocket:a-1:lot-019a0000-0000-7000-8000-000000000001

2026-09-30 * (019a0000-0000-7000-8000-000000000001) load
    ; kind: load
    ; device: yakuba-1
    ; seq: 1
    ; occurred-at: 2026-09-30T14:30:01.000Z
    issued:ayumi  1000000000 "健康ポイント ayumi"
    pocket:a-1:lot-019a0000-0000-7000-8000-000000000001  -1000000000 "健康ポイント ayumi"


2026-09-30 * balances
    issued:ayumi  0 "健康ポイント ayumi" = 1000000000 "健康ポイント ayumi"
    pocket:a-1:lot-019a0000-0000-7000-8000-000000000001  0 "健康ポイント ayumi" = -1000000000 "健康ポイント ayumi"
`,
    );
  });

  it('may begin with what stood there before, and name a scheme that nobody knows by its id', () => {
    const pocket = pocketAccount(AccountId.parse('a-1'), LotId.parse('old'));
    const measure = { kind: 'scheme', schemeId: SchemeId.parse('gone') } as const;
    const balances = [
      { account: 'issued/gone' as LedgerAccount, measure, amount: 900 },
      { account: pocket, measure, amount: -900 },
    ];
    const name = file(written(hledgerBooks(new Map(), { on: LocalDate.parse('2026-10-01'), balances }), []));
    expect([checkedByHledger(name), checkedByLedger(name)]).toEqual([ACCEPTED, ACCEPTED]);
    expect(balancesOfHledger(name)).toEqual({ 'issued:gone gone': 900, 'pocket:a-1:old gone': -900 });
    expect(balancesOfLedger(name)).toEqual(balancesOfHledger(name));
  });

  it('are accepted when nothing has happened yet', () => {
    const name = file(written(hledgerBooks(BOOKED_SCHEMES), []));
    expect([checkedByHledger(name), checkedByLedger(name)]).toEqual([ACCEPTED, ACCEPTED]);
  });
});

/** Reads RFC 4180 by its own rules. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    if (rows.length === 0 || rows.at(-1)?.at(-1) === '\r\n') rows.push([]);
    const row = rows.at(-1);
    row?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') row?.push('\r\n');
  }
  return rows.map((row) => row.slice(0, -1));
}

describe('books as CSV', () => {
  it('have a header, one posting a row, and add up to our own sums', () => {
    const booked = everyMovement(seededDice(11));
    const [header, ...rows] = readCsv(written(csvBooks(BOOKED_SCHEMES), booked));
    expect(header).toEqual([...CSV_COLUMNS]);
    expect(rows).toHaveLength(booked.reduce((sum, { movement }) => sum + movement.postings.length, 0));
    const at = (row: readonly string[], column: (typeof CSV_COLUMNS)[number]) => row[CSV_COLUMNS.indexOf(column)] ?? '';
    const sums = new Map<string, number>();
    for (const row of rows) {
      expect(row).toHaveLength(CSV_COLUMNS.length);
      expect(at(row, 'amount')).toMatch(/^[1-9]\d*$/);
      expect(at(row, 'unit')).toBe(/^(cash|claim|sold)\//.test(at(row, 'debit')) ? 'yen' : BOOKED_SCHEMES.get(SchemeId.parse(at(row, 'scheme_id')))?.unit);
      sums.set(at(row, 'debit'), (sums.get(at(row, 'debit')) ?? 0) + Number(at(row, 'amount')));
      sums.set(at(row, 'credit'), (sums.get(at(row, 'credit')) ?? 0) - Number(at(row, 'amount')));
    }
    expect(sums).toEqual(sumsOf(booked));
  });

  it('have these columns in this order, for ever', () => {
    expect(csvBooks(new Map()).head()).toBe(
      'date,occurred_at,device_id,seq,operation_id,kind,posting,debit,credit,amount,unit,scheme_id,account_id,entitlement_id,of_operation_id,from_account_id,sets,stock_lease_id,staff,paid_per_set,premium_per_set\r\n',
    );
  });
});

it('books as JSON are the movements themselves', () => {
  const booked = everyMovement(seededDice(13));
  const lines = written(jsonBooks(), booked).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as BookedMovement)).toEqual(booked);
});

describe('a movement balances', () => {
  const lots = new KnownLots();
  const [grant] = everyMovement(seededDice(17), 0).map(({ movement }) => movement);
  if (!grant) throw new Error('There are movements');
  lots.learn(grant.lots);

  it('when both sides of each posting are of one measure: so does whatever the rules build', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 0x7fff_ffff }), (seed) => {
      const known = new KnownLots();
      for (const { movement } of everyMovement(seededDice(seed))) {
        known.learn(movement.lots);
        expect(unbalancedPosting(movement, known)).toBeUndefined();
      }
    }));
  });

  it.each([
    ['points come from another scheme', { debit: 'issued/shohinken-r8' }],
    ['money becomes points', { debit: soldAccount(SchemeId.parse('ayumi')) }],
    ['both sides are the same', { debit: grant.postings[0]?.credit }],
  ] as const)('not when %s', (_, change) => {
    const wrong = { ...grant, postings: grant.postings.map((posting) => ({ ...posting, ...change })) as typeof grant.postings };
    expect(unbalancedPosting(wrong, lots)).toEqual(wrong.postings[0]);
  });
});
