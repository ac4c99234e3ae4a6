/**
 * What the town takes for a paper, as a dated table: an ordinance changes on a day, and what was asked for before stays what it was. An amount
 * that nobody has approved is never said to a resident.
 */
import { z } from 'zod';
import { FeeId } from '../ids.ts';
import { LocalDate } from '../time.ts';

export const FeeLine = z
  .strictObject({
    id: FeeId,
    /** As the ordinance calls it. */
    name: z.string().min(1).max(40),
    /** In the order of their days; each holds from its day on, until the next. */
    rates: z
      .array(
        z.strictObject({
          from: LocalDate,
          yen: z.int().min(0).max(100_000),
          /** Ordinance and paragraph. */
          basis: z.string().min(1).max(80),
          /** Who has compared it with the ordinance, and when; null until somebody has. */
          approved: z.strictObject({ by: z.string().min(1).max(40), on: LocalDate }).nullable(),
        }),
      )
      .min(1)
      .max(50)
      .refine((rates) => rates.every(({ from }, index) => index === 0 || (rates[index - 1]?.from ?? '') < from), { message: 'rates must be in the order of their days, each day once' }),
  });
export type FeeLine = z.infer<typeof FeeLine>;

const once = (lines: ReadonlyArray<{ readonly id: string }>) => new Set(lines.map(({ id }) => id)).size === lines.length;
/** The town's whole table. */
export const TownFees = z.array(FeeLine).max(200).refine(once, { message: 'each id may stand there once' });

export type Fee =
  | { readonly kind: 'free' }
  /** No approved amount holds on that day: the window says it. */
  | { readonly kind: 'at-window' }
  | { readonly kind: 'yen'; readonly each: number; readonly copies: number; readonly total: number; readonly basis: string };

/** @param copies how many papers @param lines the town's table */
export function feeOn(day: LocalDate, id: FeeId | null, copies: number, lines: readonly FeeLine[]): Fee {
  if (id === null) return { kind: 'free' };
  const rate = lines.find((line) => line.id === id)?.rates.findLast(({ from }) => from <= day);
  if (!rate?.approved || rate.approved.on > day) return { kind: 'at-window' };
  return rate.yen === 0 ? { kind: 'free' } : { kind: 'yen', each: rate.yen, copies, total: rate.yen * copies, basis: rate.basis };
}
