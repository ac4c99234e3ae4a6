/** The screens on which sets are bought for cash that staff count in, and those on which several things are received at once. */
import { z } from 'zod';
import { Refusal } from './refusal.ts';
import { LocalDate } from './time.ts';
import { Unit } from './value.ts';

/** Sets that are on sale for this person, here and now. */
export const SaleView = z.strictObject({
  /** The scheme's name. */
  name: z.string(),
  unit: Unit,
  /** In yen, for one set. */
  price: z.int().min(1),
  /** What one set gives for it, and what comes on top as a gift, in the scheme's unit. */
  paid: z.int().min(1),
  premium: z.int().min(0),
  /** So many sets can be bought at most. */
  most: z.int().min(1),
});
export type SaleView = z.infer<typeof SaleView>;

/** So many sets, all together. */
const BoughtView = z.strictObject({ name: z.string(), unit: Unit, price: z.int().min(0), paid: z.int().min(0), premium: z.int().min(0) });
export type BoughtView = z.infer<typeof BoughtView>;

const BeforeAfter = { before: z.int().min(0), after: z.int().min(1) };
/** The last day on which the new value can be used, and where. */
const Usable = { lastDay: LocalDate, usableAt: z.string() };

/** Why the card that lies there is not the one that is waited for; `asked` when none lies there. */
export const StaffCardWanted = z.enum(['asked', 'own-card', 'not-staff', 'locked', 'same-person', 'moved', 'several', 'unreadable', 'reader-lost']);
export type StaffCardWanted = z.infer<typeof StaffCardWanted>;
export const BuyerCardWanted = z.enum(['asked', 'staff-card', 'other-card', 'moved', 'several', 'unreadable', 'reader-lost']);
export type BuyerCardWanted = z.infer<typeof BuyerCardWanted>;

const ComingView = z.strictObject({ name: z.string(), unit: Unit, amount: z.int().min(1), lastDay: LocalDate, daysLeft: z.int() });

export const PURCHASE_SCREENS = [
  /** What is being sold, and not to this person or not here and now: why. */
  z.strictObject({ name: z.literal('no-sale'), sales: z.array(z.strictObject({ name: z.string(), why: Refusal })).min(1) }),
  z.strictObject({ name: z.literal('buy-how-many'), sale: SaleView }),
  z.strictObject({ name: z.literal('buy-confirm'), what: BoughtView, sets: z.int().min(1), ...BeforeAfter, ...Usable }),
  /** Staff come with their card. */
  z.strictObject({ name: z.literal('buy-call-staff'), price: z.int().min(1), why: StaffCardWanted }),
  z.strictObject({ name: z.literal('staff-pin'), tries: z.int().min(1), /** The PIN that was entered before did not match. */ again: z.boolean() }),
  /** Staff count the cash; nothing is recorded before they say so. */
  z.strictObject({ name: z.literal('buy-count-cash'), what: BoughtView, sets: z.int().min(1) }),
  /** The cash is recorded. The buyer's card is wanted again; of whom a code was shown, only that the staff's is taken away. */
  z.strictObject({ name: z.literal('buy-put-card'), price: z.int().min(1), why: BuyerCardWanted, byCode: z.boolean() }),
  z.strictObject({ name: z.literal('bought'), what: BoughtView, ...BeforeAfter, ...Usable }),
  /** The cash is recorded, and what was bought has not come yet. */
  z.strictObject({ name: z.literal('buy-waits'), what: BoughtView, /** 「役場1-預7」: what staff find it by. */ number: z.string() }),
  /** Nothing was bought. `rule`: the one that stood against it after staff had agreed; null when somebody stopped it. */
  z.strictObject({ name: z.literal('buy-stopped'), rule: Refusal.nullable(), /** The buyer's card still lies there. */ cardThere: z.boolean() }),
  /** Everything that has come at once, each with the last day on which it can be used. `usableAt`: where, when it is the same for all. */
  z.strictObject({ name: z.literal('receive-all'), offers: z.array(ComingView).min(2), usableAt: z.string().nullable() }),
  z.strictObject({
    name: z.literal('received-all'),
    received: z.array(ComingView).min(1),
    /** How many were not received, and why it stopped before them: a rule, or the card is to be read again. */
    left: z.int().min(0),
    stopped: z.enum(['rule', 'card']).nullable(),
  }),
] as const;
