/**
 * Value: schemes, lots, pockets and the movements between ledger accounts. Pure rules that the agent and the backend apply
 * alike. Amounts are positive integers of the scheme's unit; value is never overwritten, it is moved by a debit and a credit.
 */
import { z } from 'zod';
import { AccountId, EntitlementId, LotId, OperationId, SchemeId } from './ids.ts';
import { LocalDate, Moment } from './time.ts';

export const Unit = z.enum(['yen', 'point', 'ticket']);
export type Unit = z.infer<typeof Unit>;

/** Largest amount of one posting or balance; far above any voucher, far below 2^53. */
export const AMOUNT_MAX = 1_000_000_000;
export const Amount = z.int().min(1).max(AMOUNT_MAX);
export type Amount = z.infer<typeof Amount>;

export const SchemeKind = z.enum(['voucher', 'points', 'tickets']);
export type SchemeKind = z.infer<typeof SchemeKind>;

/** A scheme (施策): what the value is, who issues it, and until when it can be used. */
export const Scheme = z.strictObject({
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
});
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

/**
 * Names a ledger account. `issued/<scheme>` is the issuer's side; `pocket/<account>/<lot>` is the holder's side, on which a
 * credit is what the holder can spend.
 */
export const LedgerAccount = z.union([
  z.templateLiteral(['issued/', z.string().regex(/^[a-z0-9-]+$/)]),
  z.templateLiteral(['pocket/', z.string().regex(/^[a-z0-9-]+$/), '/', z.string().regex(/^[a-z0-9-]+$/)]),
]);
export type LedgerAccount = z.infer<typeof LedgerAccount>;

export const issuedAccount = (scheme: SchemeId): LedgerAccount => `issued/${scheme}`;
export const pocketAccount = (account: AccountId, lot: LotId): LedgerAccount => `pocket/${account}/${lot}`;

/** One debit and one credit of the same amount: balanced by its shape. */
export const Posting = z.strictObject({ debit: LedgerAccount, credit: LedgerAccount, amount: Amount });
export type Posting = z.infer<typeof Posting>;

/** A movement of value, made once under one operation id, for ever. */
export const Movement = z.strictObject({
  operationId: OperationId,
  kind: z.enum(['load']),
  accountId: AccountId,
  schemeId: SchemeId,
  /** The entitlement this movement uses up; null when none stands behind it (an opening balance). */
  entitlementId: EntitlementId.nullable(),
  occurredAt: Moment,
  lots: z.array(Lot).max(16),
  postings: z.array(Posting).min(1).max(32),
});
export type Movement = z.infer<typeof Movement>;

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
    lastDay: scheme.lastDay,
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
