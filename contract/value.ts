/**
 * Value: schemes, lots, pockets and the movements between ledger accounts. Pure rules that the agent and the backend apply
 * alike. Amounts are positive integers of the scheme's unit; value is never overwritten, it is moved by a debit and a credit.
 */
import { z } from 'zod';
import type { AcceptorId, ActivityId, DeviceId} from './ids.ts';
import { AccountId, EntitlementId, LotId, OperationId, SchemeId, StaffId, StockLeaseId } from './ids.ts';
import { SchemeRules } from './scheme-rules.ts';
import { addDays, LocalDate, Moment } from './time.ts';

export const Unit = z.enum(['yen', 'point', 'ticket']);
export type Unit = z.infer<typeof Unit>;

/** Largest amount of one posting or balance; far above any voucher, far below 2^53. */
export const AMOUNT_MAX = 1_000_000_000;
export const Amount = z.int().min(1).max(AMOUNT_MAX);
export type Amount = z.infer<typeof Amount>;

export const SchemeKind = z.enum(['voucher', 'points', 'tickets']);
export type SchemeKind = z.infer<typeof SchemeKind>;

/** A scheme (施策): what the value is, who issues it, and until when it can be used. */
export const Scheme = z
  .strictObject({
    id: SchemeId,
    kind: SchemeKind,
    unit: Unit,
    /** As residents read it: 「物価高騰くらし応援券」 */
    name: z.string().min(1).max(40),
    issuer: z.string().min(1).max(40),
    /** Where it can be used, in one sentence. */
    usableAt: z.string().min(1).max(60),
    /** Whom to ask, with a telephone number; printed on slips. */
    contact: z.string().min(1).max(60),
    legalBasis: z.string().min(1).max(80),
    firstDay: LocalDate,
    /** The last day on which value of this scheme can be used. */
    lastDay: LocalDate,
    /** Left out: the municipality. What an association sells for longer than six months falls under the Payment Services Act. */
    issuerKind: z.enum(['municipality', 'association']).optional(),
    /** Left out: value of this scheme can only be granted and looked at. */
    rules: SchemeRules.optional(),
  })
  .refine(({ unit, rules }) => rules?.paper === undefined || unit === 'ticket', { message: 'only tickets can be taken as paper' });
export type Scheme = z.infer<typeof Scheme>;

/** `paid` was bought, `premium` came on top of a purchase, `free` was granted. They are never mixed. */
export const LotKind = z.enum(['paid', 'premium', 'free']);
export type LotKind = z.infer<typeof LotKind>;

/** A lot: value of one scheme that came into an account together and ends on the same day. */
export const Lot = z.strictObject({
  id: LotId,
  accountId: AccountId,
  schemeId: SchemeId,
  kind: LotKind,
  issuedOn: LocalDate,
  lastDay: LocalDate,
});
export type Lot = z.infer<typeof Lot>;

const part = z.string().regex(/^[a-z0-9-]+$/);
/** Names a ledger account. A credit on a pocket is what its holder can spend. Cash, claims and sales are in yen, all others in their scheme's unit. */
export const LedgerAccount = z.union([
  /** The issuer's side of a scheme. */
  z.templateLiteral(['issued/', part]),
  /** `pocket/<account>/<lot>` */
  z.templateLiteral(['pocket/', part, '/', part]),
  /** `spent/<scheme>/<acceptor>`: what an acceptor has taken. */
  z.templateLiteral(['spent/', part, '/', part]),
  /** `given/<scheme>/<activity>` */
  z.templateLiteral(['given/', part, '/', part]),
  /** Points that became something else. */
  z.templateLiteral(['exchanged/', part]),
  z.templateLiteral(['expired/', part]),
  /** `cash/<device>`: cash that staff counted in at a device. */
  z.templateLiteral(['cash/', part]),
  /** `claim/<account>/<operation>`: paid in cash and not yet received; belongs to the customer until it is. */
  z.templateLiteral(['claim/', part, '/', part]),
  /** `sold/<scheme>`: what the issuer was paid for. */
  z.templateLiteral(['sold/', part]),
]);
export type LedgerAccount = z.infer<typeof LedgerAccount>;

export const issuedAccount = (scheme: SchemeId): LedgerAccount => `issued/${scheme}`;
export const pocketAccount = (account: AccountId, lot: LotId): LedgerAccount => `pocket/${account}/${lot}`;
export const spentAccount = (scheme: SchemeId, acceptor: AcceptorId): LedgerAccount => `spent/${scheme}/${acceptor}`;
export const givenAccount = (scheme: SchemeId, activity: ActivityId): LedgerAccount => `given/${scheme}/${activity}`;
export const exchangedAccount = (scheme: SchemeId): LedgerAccount => `exchanged/${scheme}`;
export const expiredAccount = (scheme: SchemeId): LedgerAccount => `expired/${scheme}`;
export const cashAccount = (device: DeviceId): LedgerAccount => `cash/${device}`;
export const claimAccount = (account: AccountId, sale: OperationId): LedgerAccount => `claim/${account}/${sale}`;
export const soldAccount = (scheme: SchemeId): LedgerAccount => `sold/${scheme}`;

/** One debit and one credit of the same amount: balanced by its shape. */
export const Posting = z.strictObject({ debit: LedgerAccount, credit: LedgerAccount, amount: Amount });
export type Posting = z.infer<typeof Posting>;

/**
 * `load` of a grant, or of sets that were paid for (`sale`: cash → the customer's claim; `refund`: the claim → cash again). `exchange`,
 * `spend`, `give`. `void` takes back a load of the same day. `transfer` moves everything from a lost card's account to a new one.
 * `expire` takes what is past its last day. `reallocate` is made by the backend alone: it puts right from which lots a debit came, when
 * the device did not know all of them. `correct` is what staff decided about a movement that the rules had refused: the issuer bears what
 * the account did not cover.
 */
export const MovementKind = z.enum(['load', 'sale', 'refund', 'exchange', 'spend', 'give', 'void', 'transfer', 'expire', 'reallocate', 'correct']);
export type MovementKind = z.infer<typeof MovementKind>;

/** A movement of value, made once under one operation id, for ever. */
export const Movement = z.strictObject({
  operationId: OperationId,
  kind: MovementKind,
  /** Whose pockets it moves; of a transfer, the new account. */
  accountId: AccountId,
  /** Of an exchange, the scheme that is given away; of a transfer, the first of its lots. */
  schemeId: SchemeId,
  /** The entitlement this movement uses up, or the purchase right it sells under; null when none stands behind it. */
  entitlementId: EntitlementId.nullable(),
  occurredAt: Moment,
  /** Lots that begin with this movement. */
  lots: z.array(Lot).max(32),
  postings: z.array(Posting).min(1).max(64),
  /** The sale that a load or a refund uses up; the load that is voided; the debit that is reallocated. */
  ofOperation: OperationId.optional(),
  /** How many sets are sold. */
  sets: z.int().min(1).max(10_000).optional(),
  /** What one of these sets gives, in the scheme's unit: it was paid for, whatever the rules say when it is loaded. */
  perSet: z.strictObject({ paid: Amount, premium: z.int().min(0).max(AMOUNT_MAX) }).optional(),
  /** Out of which stock of this device they are sold; left out when the scheme has no limited stock. */
  stockLease: StockLeaseId.optional(),
  /** People of the staff who agreed, each once. */
  staff: z.array(StaffId).min(1).max(4).optional(),
  /** Of a transfer: the lost card's account. */
  fromAccountId: AccountId.optional(),
});
export type Movement = z.infer<typeof Movement>;

/** What a movement does to what a card of `movement.accountId` holds, by scheme: more (positive) or less (negative); without zeros. */
export function changeOfPockets(movement: Movement): Map<SchemeId, number> {
  const schemeOfLot = new Map<string, SchemeId>(movement.lots.map((lot) => [pocketAccount(lot.accountId, lot.id), lot.schemeId]));
  const own = `pocket/${movement.accountId}/`;
  const changes = new Map<SchemeId, number>();
  const add = (scheme: SchemeId, change: number) => changes.set(scheme, (changes.get(scheme) ?? 0) + change);
  for (const { debit, credit, amount } of movement.postings) {
    if (credit.startsWith(own)) add(schemeOfLot.get(credit) ?? movement.schemeId, amount);
    // Of what it takes away, a movement names one scheme.
    if (debit.startsWith(own)) add(schemeOfLot.get(debit) ?? movement.schemeId, -amount);
  }
  for (const [scheme, change] of changes) if (change === 0) changes.delete(scheme);
  return changes;
}

/**
 * A right to buy sets of a scheme, held by one device at a time like an entitlement. What was bought under it is counted from the
 * sales that name it, so it can be used in parts.
 */
export const PurchaseRight = z.strictObject({
  id: EntitlementId,
  schemeId: SchemeId,
  /** Who may buy: one person's account, or those of a household. */
  accountIds: z.array(AccountId).min(1).max(30),
  /** Sets that may be bought under this right, by all of them together … */
  sets: z.int().min(1).max(10_000),
  /** … and by each of them, */
  perAccount: z.int().min(1).max(10_000),
  /** less so many for those of them who had bought before, or had won fewer. */
  less: z.array(z.strictObject({ accountId: AccountId, sets: z.int().min(1).max(10_000) })).max(30).optional(),
  /** Which limit it is, to say so when it is reached. */
  limit: z.enum(['person', 'household', 'lottery']),
  firstDay: LocalDate,
  lastDay: LocalDate,
});
export type PurchaseRight = z.infer<typeof PurchaseRight>;

/** How many sets this one of its accounts may buy under a right, what it has bought under it already included. */
export function setsOf({ perAccount, less }: PurchaseRight, account: AccountId): number {
  return perAccount - (less?.find(({ accountId }) => accountId === account)?.sets ?? 0);
}

/** The last day of a lot of this scheme that comes in on `day`. */
export function lastDayOfLot({ lastDay, rules }: Scheme, day: LocalDate): LocalDate {
  if (rules?.validDays === undefined) return lastDay;
  const own = addDays(day, rules.validDays);
  return own < lastDay ? own : lastDay;
}

/** An entitlement (受給権): what a person may receive. */
export const Entitlement = z.strictObject({
  id: EntitlementId,
  accountId: AccountId,
  schemeId: SchemeId,
  amount: Amount,
  lotKind: LotKind,
  /** May be taken from this day … */
  firstDay: LocalDate,
  /** … to this day. */
  lastDay: LocalDate,
});
export type Entitlement = z.infer<typeof Entitlement>;

/** What a holder has of one scheme, lots added up. */
export interface Pocket {
  readonly schemeId: SchemeId;
  readonly name: string;
  readonly unit: Unit;
  readonly amount: number;
  /** The earliest last day among the lots that still hold something. */
  readonly lastDay: LocalDate;
}

export type LoadRefusal = 'wrong-account' | 'wrong-scheme' | 'too-early' | 'too-late' | 'scheme-over' | 'too-much';

/**
 * Builds the movement that takes a granted entitlement into an account. Both ends build it with this function and compare, so
 * neither has to believe the other's arithmetic.
 *
 * @param balance what the account holds of the scheme before, in the scheme's unit
 */
export function loadOfEntitlement(input: {
  readonly entitlement: Entitlement;
  readonly scheme: Scheme;
  readonly operationId: OperationId;
  readonly occurredAt: Moment;
  readonly today: LocalDate;
  readonly balance: number;
}): { ok: true; movement: Movement } | { ok: false; why: LoadRefusal } {
  const { entitlement, scheme, operationId, occurredAt, today, balance } = input;
  if (entitlement.schemeId !== scheme.id) return { ok: false, why: 'wrong-scheme' };
  if (today < entitlement.firstDay || today < scheme.firstDay) return { ok: false, why: 'too-early' };
  if (today > entitlement.lastDay) return { ok: false, why: 'too-late' };
  if (today > scheme.lastDay) return { ok: false, why: 'scheme-over' };
  if (balance + entitlement.amount > AMOUNT_MAX) return { ok: false, why: 'too-much' };
  const lot: Lot = {
    id: LotId.parse(`lot-${operationId}`),
    accountId: entitlement.accountId,
    schemeId: scheme.id,
    kind: entitlement.lotKind,
    issuedOn: today,
    lastDay: lastDayOfLot(scheme, today),
  };
  return {
    ok: true,
    movement: {
      operationId,
      kind: 'load',
      accountId: entitlement.accountId,
      schemeId: scheme.id,
      entitlementId: entitlement.id,
      occurredAt,
      lots: [lot],
      postings: [
        { debit: issuedAccount(scheme.id), credit: pocketAccount(entitlement.accountId, lot.id), amount: entitlement.amount },
      ],
    },
  };
}

/**
 * Adds lots up to pockets: one a scheme, those that end first at the top. Lots past their last day and empty ones are left out:
 * they are history, not something the holder can use.
 */
export function pocketsOf(
  lots: ReadonlyArray<{ readonly lot: Lot; readonly amount: number }>,
  schemes: ReadonlyMap<SchemeId, Scheme>,
  today: LocalDate,
): Pocket[] {
  const pockets = new Map<SchemeId, Pocket>();
  for (const { lot, amount } of lots) {
    if (amount <= 0 || lot.lastDay < today) continue;
    const scheme = schemes.get(lot.schemeId);
    if (!scheme) continue;
    const before = pockets.get(lot.schemeId);
    pockets.set(lot.schemeId, {
      schemeId: scheme.id,
      name: scheme.name,
      unit: scheme.unit,
      amount: (before?.amount ?? 0) + amount,
      lastDay: before && before.lastDay < lot.lastDay ? before.lastDay : lot.lastDay,
    });
  }
  return [...pockets.values()].sort(endingFirst);
}

/** The order in which pockets are shown: what ends first at the top. */
export function endingFirst(a: Pocket, b: Pocket): number {
  return a.lastDay < b.lastDay ? -1 : a.lastDay > b.lastDay ? 1 : a.schemeId < b.schemeId ? -1 : 1;
}
