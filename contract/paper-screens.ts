/** Screens on which tickets are taken out of a card as paper. */
import { z } from 'zod';
import { TroubleNameSchema } from './trouble-name.ts';
import { LocalDate } from './time.ts';

/** So many tickets of a scheme: always the unit `ticket`. */
const Tickets = z.strictObject({ name: z.string(), tickets: z.int().min(0) });

export const PAPER_SCREENS = [
  /** `suggested`: the numbers that can be picked. */
  z.strictObject({ name: z.literal('paper-amount'), from: Tickets, suggested: z.array(z.int().min(1)).min(1).max(4) }),
  z.strictObject({
    name: z.literal('paper-confirm'),
    scheme: z.string(),
    tickets: z.int().min(1),
    before: z.int().min(1),
    after: z.int().min(0),
    /** Of those that are taken, the one that ends first. */
    lastDay: LocalDate,
  }),
  /** They are printed. `left`: on the card, now. */
  z.strictObject({
    name: z.literal('paper-out'),
    scheme: z.string(),
    tickets: z.int().min(1),
    left: z.int().min(0),
    /** Of those that are taken, the one that ends first; for the ear, as `usableAt`. */
    lastDay: LocalDate,
    usableAt: z.string(),
    /** An SVG; null while it is being drawn. */
    preview: z.string().max(2_000_000).nullable(),
    weakProof: z.boolean(),
  }),
  /** They have left the card, and did not come out, or nobody knows whether they did: staff hand them over. */
  z.strictObject({
    name: z.literal('paper-kept'),
    scheme: z.string(),
    tickets: z.int().min(1),
    /** 「役場1-0042」: what staff print them by. */
    slip: z.string(),
    /** Paper may be lying there. */
    mayBeThere: z.boolean(),
    /** What the printer said; null when that was before this visit. */
    trouble: z.strictObject({ name: TroubleNameSchema, number: z.int() }).nullable(),
  }),
] as const;
