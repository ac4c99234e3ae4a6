import { expect, it } from 'vitest';
import { FeeId } from '../ids.ts';
import { LocalDate } from '../time.ts';
import { feeOn, FeeLine } from './fees.ts';

const ID = FeeId.parse('residence-copy');
const approved = { by: '住民生活課', on: '2020-03-01' };
const rate = (from: string, yen: number, approval: typeof approved | null = approved) => ({ from, yen, basis: '手数料条例 別表', approved: approval });
const lines = (...rates: ReadonlyArray<ReturnType<typeof rate>>) => [FeeLine.parse({ id: ID, name: '住民票の写し', rates })];
const on = (day: string, copies: number, table: FeeLine[]) => feeOn(LocalDate.parse(day), ID, copies, table);

it('is the amount of the day, for each copy', () => {
  const table = lines(rate('2020-04-01', 300), rate('2026-12-01', 350));
  expect(on('2026-11-30', 3, table)).toMatchObject({ kind: 'yen', each: 300, total: 900 });
  expect(on('2026-12-01', 3, table)).toMatchObject({ kind: 'yen', each: 350, total: 1_050 });
});

it('is said by the window where nothing holds yet, nobody has approved it, or it is approved later', () => {
  expect(on('2020-03-31', 1, lines(rate('2020-04-01', 300)))).toEqual({ kind: 'at-window' });
  expect(on('2026-12-01', 1, lines(rate('2020-04-01', 300), rate('2026-12-01', 350, null)))).toEqual({ kind: 'at-window' });
  expect(on('2026-12-01', 1, lines(rate('2026-12-01', 350, { by: '住民生活課', on: '2026-12-02' })))).toEqual({ kind: 'at-window' });
  expect(on('2026-12-01', 1, [])).toEqual({ kind: 'at-window' });
});

it('is nothing where the procedure or the table says so', () => {
  expect(feeOn(LocalDate.parse('2026-12-01'), null, 2, [])).toEqual({ kind: 'free' });
  expect(on('2026-12-01', 2, lines(rate('2020-04-01', 0)))).toEqual({ kind: 'free' });
});

it('takes no table with two amounts of one day, or out of order', () => {
  const table = (...rates: ReadonlyArray<ReturnType<typeof rate>>) => FeeLine.safeParse({ id: ID, name: '住民票の写し', rates }).success;
  expect([table(rate('2020-04-01', 300), rate('2020-04-01', 350)), table(rate('2026-04-01', 300), rate('2020-04-01', 350)), table()]).toEqual([false, false, false]);
});
