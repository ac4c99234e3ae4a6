/**
 * The rules of a scheme as data. Agent and backend read them with the same code, so a rule that the office changes holds on both ends
 * with the next pull, and no release is needed.
 */
import { z } from 'zod';
import { AcceptorId, ActivityId, SchemeId } from './ids.ts';
import { LocalDate } from './time.ts';

const amount = z.int().min(1).max(1_000_000_000);
const Days = { firstDay: LocalDate, lastDay: LocalDate };
const inOrder = ({ firstDay, lastDay }: { readonly firstDay: LocalDate; readonly lastDay: LocalDate }) => firstDay <= lastDay;
const IN_ORDER = { message: 'lastDay must not be before firstDay' };

/** A time within which sets are sold, and how many to whom. Limits count everything bought of the scheme, earlier phases as well. */
export const SalePhase = z
  .strictObject({
    ...Days,
    /** Sets for one person. */
    perPerson: amount.optional(),
    /** Sets for all people of one household together. */
    perHousehold: amount.optional(),
    /** Only those who won an allotment may buy, and as many sets as they won. */
    lottery: z.boolean().optional(),
  })
  .refine(inOrder, IN_ORDER)
  .refine(({ perPerson, perHousehold, lottery }) => perPerson !== undefined || perHousehold !== undefined || lottery === true, {
    message: 'a phase needs perPerson, perHousehold or lottery: a sale without any limit is a mistake',
  });
export type SalePhase = z.infer<typeof SalePhase>;

/** What is sold in sets for cash: so much for the price, and a premium on top. */
export const SaleTerms = z.strictObject({
  /** What one set costs, in yen. */
  priceYen: amount,
  /** What the buyer gets for the money, in the scheme's unit … */
  paid: amount,
  /** … and what comes on top as a gift. It is never paid out in cash. */
  premium: z.int().min(0).max(1_000_000_000),
  /** Sets there are of the whole scheme; null when there is no end of them. */
  stock: z.int().min(1).max(1_000_000_000).nullable(),
  phases: z
    .array(SalePhase)
    .min(1)
    .max(12)
    .refine((phases) => phases.every((phase, index) => index === 0 || (phases[index - 1]?.lastDay ?? '') < phase.firstDay), { message: 'phases must follow one another' }),
  /** `listed`: only whom the backend says yes to. */
  eligibility: z.enum(['everyone', 'listed']),
  /** Who bought by another medium (the app, paper) may not buy by card. */
  oneMedium: z.boolean(),
});
export type SaleTerms = z.infer<typeof SaleTerms>;

/** So many of this scheme's unit for so many of another's. */
export const ExchangeTerms = z.strictObject({ to: SchemeId, give: amount, get: amount, ...Days }).refine(inOrder, IN_ORDER);
export type ExchangeTerms = z.infer<typeof ExchangeTerms>;

export const Acceptor = z.strictObject({ id: AcceptorId, name: z.string().min(1).max(40) });
export type Acceptor = z.infer<typeof Acceptor>;
export const Activity = z.strictObject({ id: ActivityId, name: z.string().min(1).max(40) });
export type Activity = z.infer<typeof Activity>;

/**
 * Tickets may be taken out as paper, at most so many at once, for where no card can be read: a taxi, a demand bus. They count as used at this
 * acceptor, which stands for whoever collects the paper.
 */
export const PaperTerms = z.strictObject({ acceptor: Acceptor, most: z.int().min(1).max(10) });
export type PaperTerms = z.infer<typeof PaperTerms>;

const Rules = z.strictObject({
  /** Whose ledger has the last word on this value. Left out: ours. `platform`: a regional-currency platform's, which is told of every movement. */
  ledger: z.enum(['ours', 'platform']).optional(),
  /** A lot ends so many days after the day it came in, and never after the scheme's last day. */
  validDays: z.int().min(1).max(3_660).optional(),
  sale: SaleTerms.optional(),
  /** Where it may be used at a kiosk: event stalls, and fees where the town has announced that it takes them. */
  spend: z.strictObject({ acceptors: z.array(Acceptor).min(1).max(200) }).optional(),
  exchange: z.array(ExchangeTerms).max(8).optional(),
  /** Given in steps of so many units. */
  give: z.strictObject({ activities: z.array(Activity).min(1).max(100), step: amount }).optional(),
  paper: PaperTerms.optional(),
  /** A load can be taken back on its own day. Above this amount two people of the staff must agree. Left out: it cannot. */
  void: z.strictObject({ secondStaffAbove: z.int().min(0).max(1_000_000_000) }).optional(),
});
export const SchemeRules = Rules.refine(({ paper, spend }) => !spend?.acceptors.some(({ id }) => id === paper?.acceptor.id), {
  message: 'the acceptor of paper must be one of its own: what was used by card there could not be told from it',
});
export type SchemeRules = z.infer<typeof SchemeRules>;
