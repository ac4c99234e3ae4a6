/**
 * Builds movements by the rules of their schemes. The agent builds a movement before it touches a card, the backend builds it again from
 * what it knows itself and compares: neither has to believe the other's arithmetic. Pure.
 */
import type { AcceptorId, AccountId, ActivityId, DeviceId, LotId, OperationId, SchemeId, StaffId, StockLeaseId } from './ids.ts';
import { LotId as LotIdSchema } from './ids.ts';
import type { Refusal, Standing } from './refusal.ts';
import { dateInTokyo, type LocalDate, type Moment } from './time.ts';
import {
  AMOUNT_MAX, cashAccount, claimAccount, exchangedAccount, expiredAccount, givenAccount, issuedAccount, lastDayOfLot, pocketAccount, setsOf, soldAccount, spentAccount,
  type LedgerAccount, type Lot, type LotKind, type Movement, type Posting, type PurchaseRight, type Scheme,
} from './value.ts';

export type Built = { readonly ok: true; readonly movement: Movement } | { readonly ok: false; readonly rule: Refusal };
const refused = (rule: Refusal): Built => ({ ok: false, rule });

/** What an account holds, lot by lot. */
export type LotsHeld = ReadonlyArray<{ readonly lot: Lot; readonly amount: number }>;

interface Occasion {
  readonly operationId: OperationId;
  readonly occurredAt: Moment;
}

/**
 * The lot to which a debit goes as far as no known lot covers it. Only for value that is on a card: the card has it, so some lot has
 * not been heard of here. The backend moves the debit to the right lot (`reallocate`).
 */
export const unknownLotOf = (scheme: SchemeId): LotId => LotIdSchema.parse(`not-yet-known-${scheme}`);

/** Lots out of which one movement takes, at most: so many fit into one entry of the journal, whatever the names are. */
const DEBITS_MAX = 60;

const KIND_ORDER: Readonly<Record<LotKind, number>> = { free: 0, premium: 1, paid: 2 };

/** Lots in the order in which they are used up: what ends first; of the same day, gifts before what was paid for. */
export function inOrderOfUse(lots: LotsHeld): LotsHeld {
  const key = ({ lot }: LotsHeld[number]) => [lot.lastDay, KIND_ORDER[lot.kind], lot.issuedOn, lot.id] as const;
  return [...lots].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    for (const [index, part] of left.entries()) {
      const other = right[index];
      if (other !== undefined && part !== other) return part < other ? -1 : 1;
    }
    return 0;
  });
}

/** What of these lots can be used on `today`, in the scheme's unit. */
export function usable(lots: LotsHeld, scheme: SchemeId, today: LocalDate): number {
  return lots.reduce((sum, { lot, amount }) => sum + (lot.schemeId === scheme && lot.lastDay >= today ? amount : 0), 0);
}

/**
 * Takes `amount` out of the lots, oldest last day first.
 * @param onCard what the card holds of the scheme, when the value is on the card: then the card decides whether it is enough
 */
export function debitsOf(input: {
  readonly accountId: AccountId;
  readonly scheme: SchemeId;
  readonly amount: number;
  readonly lots: LotsHeld;
  readonly today: LocalDate;
  readonly onCard: number | null;
  readonly to: LedgerAccount;
}): { readonly ok: true; readonly postings: Posting[] } | { readonly ok: false; readonly rule: Refusal } {
  const { accountId, scheme, amount, lots, today, onCard, to } = input;
  if (!Number.isSafeInteger(amount) || amount < 1 || amount > AMOUNT_MAX) return { ok: false, rule: 'not-enough' };
  if (onCard !== null && amount > onCard) return { ok: false, rule: 'not-enough' };
  const postings: Posting[] = [];
  let left = amount;
  for (const { lot, amount: held } of inOrderOfUse(lots)) {
    if (left === 0) break;
    if (lot.accountId !== accountId || lot.schemeId !== scheme || lot.lastDay < today || held <= 0) continue;
    if (postings.length === DEBITS_MAX) return { ok: false, rule: 'too-many-parts' };
    const taken = Math.min(held, left);
    postings.push({ debit: pocketAccount(accountId, lot.id), credit: to, amount: taken });
    left -= taken;
  }
  if (left > 0 && onCard === null) return { ok: false, rule: 'not-enough' };
  if (left > 0) postings.push({ debit: pocketAccount(accountId, unknownLotOf(scheme)), credit: to, amount: left });
  return { ok: true, postings };
}

interface Debit extends Occasion {
  readonly accountId: AccountId;
  readonly scheme: Scheme;
  readonly amount: number;
  readonly lots: LotsHeld;
  /** What the card holds of the scheme; null when the value is in the ledger. */
  readonly onCard: number | null;
  readonly staff?: readonly StaffId[];
}

function debit(kind: 'spend' | 'give', { operationId, occurredAt, accountId, scheme, amount, lots, onCard, staff }: Debit, to: LedgerAccount): Built {
  const today = dateInTokyo(occurredAt);
  if (today < scheme.firstDay) return refused('too-early');
  if (today > scheme.lastDay) return refused('scheme-over');
  const taken = debitsOf({ accountId, scheme: scheme.id, amount, lots, today, onCard, to });
  if (!taken.ok) return taken;
  return { ok: true, movement: { operationId, kind, accountId, schemeId: scheme.id, entitlementId: null, occurredAt, lots: [], postings: taken.postings, ...agreedBy(staff) } };
}

const agreedBy = (staff: readonly StaffId[] | undefined) => (staff && staff.length > 0 ? { staff: [...new Set(staff)].sort() } : {});

/** Value is used at an acceptor of the scheme; tickets taken as paper, at the one that stands for whoever collects the paper. */
export function spendValue(input: Debit & { readonly acceptor: AcceptorId }): Built {
  const { scheme, acceptor, amount } = input;
  const { spend, paper } = scheme.rules ?? {};
  const asPaper = paper?.acceptor.id === acceptor && scheme.unit === 'ticket' && amount <= paper.most;
  if (!asPaper && !spend?.acceptors.some(({ id }) => id === acceptor)) return refused('not-offered');
  return debit('spend', input, spentAccount(scheme.id, acceptor));
}

/** Value is given to an activity of the scheme, in whole steps. */
export function giveValue(input: Debit & { readonly activity: ActivityId }): Built {
  const { scheme, activity, amount } = input;
  const terms = scheme.rules?.give;
  if (!terms?.activities.some(({ id }) => id === activity)) return refused('not-offered');
  if (amount % terms.step !== 0) return refused('wrong-step');
  return debit('give', input, givenAccount(scheme.id, activity));
}

/** `times` × `give` units of one scheme become `times` × `get` units of another: one new lot. */
export function exchangeValue(
  input: Omit<Debit, 'amount'> & {
    readonly to: Scheme;
    readonly times: number;
    /** What the account holds of the other scheme before. */
    readonly balanceOfTo: number;
  },
): Built {
  const { operationId, occurredAt, accountId, scheme, lots, onCard, to, times, balanceOfTo, staff } = input;
  const today = dateInTokyo(occurredAt);
  const terms = scheme.rules?.exchange?.find((offered) => offered.to === to.id && offered.firstDay <= today && today <= offered.lastDay);
  if (!terms || to.id === scheme.id || !Number.isSafeInteger(times) || times < 1) return refused('not-offered');
  if (today < scheme.firstDay || today < to.firstDay) return refused('too-early');
  if (today > scheme.lastDay || today > to.lastDay) return refused('scheme-over');
  const got = times * terms.get;
  if (balanceOfTo + got > AMOUNT_MAX) return refused('too-much');
  const taken = debitsOf({ accountId, scheme: scheme.id, amount: times * terms.give, lots, today, onCard, to: exchangedAccount(scheme.id) });
  if (!taken.ok) return taken;
  const lot = newLot(`lot-${operationId}`, accountId, to, 'free', today);
  return {
    ok: true,
    movement: {
      operationId, kind: 'exchange', accountId, schemeId: scheme.id, entitlementId: null, occurredAt,
      lots: [lot],
      postings: [...taken.postings, { debit: issuedAccount(to.id), credit: pocketAccount(accountId, lot.id), amount: got }],
      ...agreedBy(staff),
    },
  };
}

const newLot = (id: string, accountId: AccountId, scheme: Scheme, kind: LotKind, today: LocalDate): Lot => ({
  id: LotIdSchema.parse(id), accountId, schemeId: scheme.id, kind, issuedOn: today, lastDay: lastDayOfLot(scheme, today),
});

/** What has been bought already, counted from sales that were not refunded. */
export interface Bought {
  readonly underRight: number;
  readonly byAccount: number;
}

/**
 * Cash is counted in by staff: it is the customer's claim from this moment, whatever becomes of the card.
 * @param stock the device's own stock of sets; null when there is none here
 */
export function sellSets(
  input: Occasion & {
    readonly accountId: AccountId;
    readonly device: DeviceId;
    readonly scheme: Scheme;
    readonly right: PurchaseRight | undefined;
    /** Why the person has no right to buy; undefined when nobody has said. */
    readonly standing: Standing | undefined;
    readonly bought: Bought;
    readonly stock: { readonly id: StockLeaseId; readonly left: number } | null;
    readonly sets: number;
    readonly staff: readonly StaffId[];
  },
): Built {
  const { operationId, occurredAt, accountId, device, scheme, right, standing, bought, stock, sets, staff } = input;
  const today = dateInTokyo(occurredAt);
  const terms = scheme.rules?.sale;
  if (!terms) return refused('not-sold');
  const [first] = terms.phases;
  const last = terms.phases.at(-1);
  if (first && today < first.firstDay) return refused('sale-not-begun');
  if ((last && today > last.lastDay) || today > scheme.lastDay) return refused('sale-over');
  const phase = terms.phases.find(({ firstDay, lastDay }) => firstDay <= today && today <= lastDay);
  if (!phase) return refused('sale-not-begun');
  if (standing) return refused(standing);
  if (!right) return refused('not-held-here');
  if (right.schemeId !== scheme.id) return refused('wrong-scheme');
  if (!right.accountIds.includes(accountId)) return refused('wrong-account');
  if (today < right.firstDay) return refused('too-early');
  if (today > right.lastDay) return refused('not-held-here');
  if (!Number.isSafeInteger(sets) || sets < 1) return refused('not-offered');
  if (bought.byAccount + sets > setsOf(right, accountId)) return refused('person-limit');
  if (bought.underRight + sets > right.sets) return refused(right.limit === 'household' ? 'household-limit' : right.limit === 'lottery' ? 'lottery-not-won' : 'person-limit');
  if (terms.stock !== null && (stock === null || stock.left < sets)) return refused(stock === null ? 'not-held-here' : 'sold-out');
  if (staff.length === 0) return refused('needs-staff');
  const price = sets * terms.priceYen;
  if (price > AMOUNT_MAX || sets * (terms.paid + terms.premium) > AMOUNT_MAX) return refused('too-much');
  return {
    ok: true,
    movement: {
      operationId, kind: 'sale', accountId, schemeId: scheme.id, entitlementId: right.id, occurredAt, lots: [],
      postings: [{ debit: cashAccount(device), credit: claimAccount(accountId, operationId), amount: price }],
      sets,
      perSet: { paid: terms.paid, premium: terms.premium },
      ...(terms.stock === null || stock === null ? {} : { stockLease: stock.id }),
      ...agreedBy(staff),
    },
  };
}

/** Whether a claim is still there: how much of the sale's money is neither loaded nor given back. */
interface OfSale extends Occasion {
  readonly sale: Movement;
  readonly claim: number;
}

const priceOf = (sale: Movement): number => sale.postings.reduce((sum, { amount }) => sum + amount, 0);

/** What was paid for comes to the buyer: the claim to the issuer, the sets into two new lots, as they were when they were sold. */
export function loadOfSale(input: OfSale & { readonly scheme: Scheme; readonly balance: number }): Built {
  const { operationId, occurredAt, sale, claim, scheme, balance } = input;
  const { sets, perSet } = sale;
  const today = dateInTokyo(occurredAt);
  if (sale.kind !== 'sale' || sale.schemeId !== scheme.id || sets === undefined || perSet === undefined) return refused('not-sold');
  const price = priceOf(sale);
  if (claim !== price) return refused('claim-used');
  if (today > scheme.lastDay) return refused('scheme-over');
  const [paid, premium] = [sets * perSet.paid, sets * perSet.premium];
  if (balance + paid + premium > AMOUNT_MAX) return refused('too-much');
  const { accountId } = sale;
  const parts: ReadonlyArray<readonly [LotKind, number]> = premium > 0 ? [['paid', paid], ['premium', premium]] : [['paid', paid]];
  const lots = parts.map(([kind]) => newLot(`lot-${operationId}-${kind}`, accountId, scheme, kind, today));
  return {
    ok: true,
    movement: {
      operationId, kind: 'load', accountId, schemeId: scheme.id, entitlementId: null, occurredAt, lots,
      postings: [
        { debit: claimAccount(accountId, sale.operationId), credit: soldAccount(scheme.id), amount: price },
        ...lots.map((lot, index) => ({ debit: issuedAccount(scheme.id), credit: pocketAccount(accountId, lot.id), amount: parts[index]?.[1] ?? 0 })),
      ],
      ofOperation: sale.operationId,
    },
  };
}

/** The customer gets the cash back instead: from the drawer of the device that gives it. */
export function refundOfSale(input: OfSale & { readonly device: DeviceId; readonly staff: readonly StaffId[] }): Built {
  const { operationId, occurredAt, sale, claim, device, staff } = input;
  if (sale.kind !== 'sale') return refused('not-sold');
  const price = priceOf(sale);
  if (claim !== price) return refused('claim-used');
  if (staff.length === 0) return refused('needs-staff');
  return {
    ok: true,
    movement: {
      operationId, kind: 'refund', accountId: sale.accountId, schemeId: sale.schemeId, entitlementId: null, occurredAt, lots: [],
      postings: [{ debit: claimAccount(sale.accountId, sale.operationId), credit: cashAccount(device), amount: price }],
      ofOperation: sale.operationId,
      ...agreedBy(staff),
    },
  };
}

/**
 * Takes a load of today back, all of it, posting by posting. What was paid becomes the customer's claim again; the premium goes back to
 * the issuer and is never cash.
 */
export function voidOfLoad(input: Occasion & { readonly load: Movement; readonly lots: LotsHeld; readonly scheme: Scheme; readonly staff: readonly StaffId[] }): Built {
  const { operationId, occurredAt, load, lots, scheme, staff } = input;
  const terms = scheme.rules?.void;
  if (!terms || load.kind !== 'load' || load.schemeId !== scheme.id) return refused('void-not-allowed');
  if (dateInTokyo(occurredAt) !== dateInTokyo(load.occurredAt)) return refused('void-not-today');
  const held = new Map(lots.map(({ lot, amount }) => [pocketAccount(lot.accountId, lot.id), amount]));
  const into = load.postings.filter(({ credit }) => credit.startsWith('pocket/'));
  if (into.some(({ credit, amount }) => held.get(credit) !== amount)) return refused('void-already-used');
  const people = new Set(staff);
  if (people.size === 0) return refused('needs-staff');
  const total = into.reduce((sum, { amount }) => sum + amount, 0);
  if (total > terms.secondStaffAbove && people.size < 2) return refused('second-staff');
  return {
    ok: true,
    movement: {
      operationId, kind: 'void', accountId: load.accountId, schemeId: load.schemeId, entitlementId: load.entitlementId, occurredAt, lots: [],
      postings: load.postings.map(({ debit, credit, amount }) => ({ debit: credit, credit: debit, amount })),
      ofOperation: load.operationId,
      ...agreedBy(staff),
    },
  };
}

/**
 * What is usable of a lost card's account goes to a new account of the same person: as much as one operation of a card and one entry of the
 * journal take, what ends first at first; another transfer moves the rest. Lots keep their kind and last day; those that are alike become one.
 */
export function transferOf(input: Occasion & { readonly from: AccountId; readonly to: AccountId; readonly lots: LotsHeld; readonly staff: readonly StaffId[] }): Built {
  const { operationId, occurredAt, from, to, lots, staff } = input;
  const today = dateInTokyo(occurredAt);
  const usableLots = inOrderOfUse(lots).filter(({ lot, amount }) => lot.accountId === from && lot.lastDay >= today && amount > 0);
  const [first] = usableLots;
  if (!first || from === to) return refused('nothing-there');
  if (staff.length === 0) return refused('needs-staff');
  const alike = ({ schemeId, kind, lastDay }: Lot) => `${schemeId} ${kind} ${lastDay}`;
  const schemes = new Set<SchemeId>();
  const made = new Map<string, Lot>();
  const moving: Array<LotsHeld[number]> = [];
  for (const { lot, amount } of usableLots) {
    const fits = (schemes.has(lot.schemeId) || schemes.size < TRANSFERRED.schemes) && (made.has(alike(lot)) || made.size < TRANSFERRED.lots);
    if (!fits || moving.length === TRANSFERRED.postings) continue;
    schemes.add(lot.schemeId);
    if (!made.has(alike(lot))) made.set(alike(lot), { ...lot, id: LotIdSchema.parse(`lot-${operationId}-${made.size + 1}`), accountId: to, issuedOn: today });
    moving.push({ lot, amount });
  }
  return {
    ok: true,
    movement: {
      operationId, kind: 'transfer', accountId: to, schemeId: first.lot.schemeId, entitlementId: null, occurredAt,
      lots: [...made.values()],
      postings: moving.map(({ lot, amount }) => ({ debit: pocketAccount(from, lot.id), credit: pocketAccount(to, (made.get(alike(lot)) ?? lot).id), amount })),
      fromAccountId: from,
      ...agreedBy(staff),
    },
  };
}

/** At most, in one transfer. */
const TRANSFERRED = { schemes: 4, lots: 16, postings: 32 } as const;

/**
 * What of a card's value cannot be used any more. The card keeps no lots: what it has less than the known ones was used elsewhere, the oldest first;
 * what it has more is in lots that have not been heard of here.
 */
export function expiredOnCard(lots: LotsHeld, scheme: SchemeId, onCard: number, today: LocalDate): number {
  const sum = (over: boolean) =>
    lots.reduce((total, { lot, amount }) => total + (lot.schemeId === scheme && lot.lastDay < today === over ? Math.max(0, amount) : 0), 0);
  return Math.min(sum(true), Math.max(0, onCard - sum(false)));
}

/** What is left in lots of one scheme whose last day is before the day of `occurredAt`. */
export function expireLots(input: Occasion & { readonly accountId: AccountId; readonly scheme: SchemeId; readonly lots: LotsHeld }): Built {
  const { operationId, occurredAt, accountId, scheme, lots } = input;
  const today = dateInTokyo(occurredAt);
  const over = inOrderOfUse(lots).filter(({ lot, amount }) => lot.accountId === accountId && lot.schemeId === scheme && lot.lastDay < today && amount > 0);
  if (over.length === 0) return refused('nothing-there');
  return {
    ok: true,
    movement: {
      operationId, kind: 'expire', accountId, schemeId: scheme, entitlementId: null, occurredAt, lots: [],
      postings: over.slice(0, DEBITS_MAX).map(({ lot, amount }) => ({ debit: pocketAccount(accountId, lot.id), credit: expiredAccount(scheme), amount })),
    },
  };
}

const SIX_MONTHS = 6;

/** What staff must be told of a scheme before it begins. */
export type SchemeWarning = 'prepaid-over-six-months' | 'exchange-runs-past-scheme' | 'sale-runs-past-scheme';

/**
 * `prepaid-over-six-months`: an association that sells value usable for longer than six months from its issue must be registered
 * (資金決済法第4条第2号, 施行令第4条第2項); a municipality need not (第4条第3号).
 */
export function warningsOf(scheme: Scheme): SchemeWarning[] {
  const { rules, lastDay } = scheme;
  const warnings: SchemeWarning[] = [];
  const [firstPhase] = rules?.sale?.phases ?? [];
  if (firstPhase && scheme.issuerKind === 'association') {
    const end = lastDayOfLot(scheme, firstPhase.firstDay);
    if (end > monthsLater(firstPhase.firstDay, SIX_MONTHS)) warnings.push('prepaid-over-six-months');
  }
  if (rules?.sale?.phases.some((phase) => phase.lastDay > lastDay)) warnings.push('sale-runs-past-scheme');
  if (rules?.exchange?.some((terms) => terms.lastDay > lastDay)) warnings.push('exchange-runs-past-scheme');
  return warnings;
}

/** The day so many months later; the last of the month where it has no such day. */
function monthsLater(day: LocalDate, months: number): LocalDate {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const lastOfMonth = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, lastOfMonth))).toISOString().slice(0, 10) as LocalDate;
}
