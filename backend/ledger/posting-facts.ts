/** What the backend must know to judge the movements of a batch: read for all of them at once, and kept up as one after the other is taken. */
import { counterOf, type CardProfile } from '../../contract/card.ts';
import type { OperationId } from '../../contract/ids.ts';
import { AccountId, type CardRef, type DeviceId } from '../../contract/ids.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import { AMOUNT_MAX, claimAccount, type Entitlement, type LedgerAccount, type Movement, type Scheme } from '../../contract/value.ts';
import { cardsOnRecord, counterOwners, transactionsAhead, type CounterOwners } from '../cards/card-records.ts';
import type { CardOnRecord } from '../cards/check-card.ts';
import { unknownMovements, type UnknownMovement } from '../cards/unknown-movements.ts';
import type { MunicipalityWork } from './change-feed.ts';
import { readDeviceFacts, type DeviceFacts } from './device-facts.ts';
import { Holdings } from './holdings.ts';
import type { ClaimedMovement } from './movement-verdict.ts';
import { replacedSchemes, type ReplacedScheme } from './scheme-versions.ts';
import { salesUnder, type CountedSale } from './sales.ts';
import { entitlementOfRow, everReceived, lotsWithExpired, movementsOf, schemeOfRow } from './stored-value.ts';

export interface AccountFacts {
  readonly residentId: string | null;
  state: 'open' | 'closed';
  readonly cards: ReadonlyArray<{ readonly cardRef: CardRef; readonly profile: CardProfile; readonly state: 'active' | 'stopped' }>;
}

/** What holds whichever device reports a movement. */
export interface SharedFacts {
  /** Operations that are posted. */
  readonly operations: Set<string>;
  /** The movements that those of the batch refer to, and those of the batch themselves when they are posted. */
  readonly origins: Map<OperationId, Movement>;
  /** Which of `origins` have been undone, and how: `<operation> <kind>`. */
  readonly undone: Set<string>;
  readonly entitlements: Map<string, { readonly terms: Entitlement; state: 'open' | 'taken' | 'withdrawn' }>;
  readonly schemes: ReadonlyMap<string, Scheme>;
  /** What they were before. */
  readonly replaced: readonly ReplacedScheme[];
  /** Sales that count under the rights and the stock of the devices. */
  readonly sales: Map<OperationId, CountedSale>;
  readonly accounts: ReadonlyMap<AccountId, AccountFacts>;
  /** Without the lots of accounts that are only given something of which there is surely not too much. */
  readonly holdings: Holdings;
  readonly cards: ReadonlyMap<CardRef, CardOnRecord>;
  readonly owners: CounterOwners;
  readonly ahead: Map<CardRef, number>;
  readonly unknown: ReadonlyMap<OperationId, UnknownMovement>;
}

export interface PostingFacts extends SharedFacts, DeviceFacts {}

export interface BatchFacts extends SharedFacts {
  /** With what a device of the batch has been given. */
  of(deviceId: DeviceId): PostingFacts;
}

export async function readFacts(work: MunicipalityWork, claims: readonly ClaimedMovement[], nowMs: number): Promise<BatchFacts> {
  const { transaction, dialect, municipalityId } = work;
  const movements = claims.map(({ movement }) => movement);
  const entitlementIds = [...new Set(movements.flatMap(({ entitlementId }) => entitlementId ?? []))];
  const claimed = movements.map(({ operationId }) => operationId);
  const accountsIn = (some: readonly Movement[]) => new Set(some.flatMap(({ accountId, fromAccountId }) => [accountId, ...(fromAccountId === undefined ? [] : [fromAccountId])]));
  const accounts = [...accountsIn(movements)];
  const lotwise = accountsIn(movements.filter((movement) => !isGrant(movement)));
  const receiving = accounts.filter((account) => !lotwise.has(account));
  const cardRefs = [...new Set(claims.flatMap(({ card }) => card?.cardRef ?? []))];
  const counters = [...new Set(claims.flatMap(({ card }) => (card && counterOf(card.evidence)) ?? []))];
  const today = dateInTokyo(momentFromEpoch(nowMs));
  // None of these needs the answer of another: they are under way together.
  const [operations, entitlements, schemes, origins, devices, unknown, lots, received, known, cards, owners, ahead, replaced] = await Promise.all([
    // Operation ids are made once in the world; a repeated one is noticed whichever town has it.
    transaction.selectFrom('movement').select('operation_id').where(dialect.oneOf('operation_id', claimed)).execute(),
    entitlementIds.length === 0 ? [] : transaction.selectFrom('entitlement').selectAll().where('municipality_id', '=', municipalityId).where(dialect.oneOf('entitlement_id', entitlementIds)).execute(),
    transaction.selectFrom('scheme').selectAll().where('municipality_id', '=', municipalityId).execute(),
    originsOf(work, movements),
    readDeviceFacts(work, claims),
    unknownMovements(work, { operations: claimed, openOn: [] }),
    lotsWithExpired(work, municipalityId, [...lotwise], today),
    everReceived(work, municipalityId, receiving),
    accountsOf(work, accounts),
    cardsOnRecord(work, cardRefs),
    counterOwners(work, cardRefs, counters, claimed),
    transactionsAhead(work, [...new Set(claims.flatMap(({ card }) => (card && card.evidence.kind !== 'none' ? card.cardRef : [])))]),
    replacedSchemes(work),
  ]);
  const granted = new Map(entitlements.map((row) => [row.entitlement_id, { terms: entitlementOfRow(row), state: row.state }]));
  for (const { terms } of granted.values()) received.set(terms.accountId, (received.get(terms.accountId) ?? 0) + terms.amount);
  const doubtful = receiving.filter((account) => (received.get(account) ?? 0) > AMOUNT_MAX || known.get(account)?.state === 'closed');
  lots.push(...(await lotsWithExpired(work, municipalityId, doubtful, today)));
  const given = [...devices.values()];
  const shared: SharedFacts = {
    operations: new Set(operations.map((row) => row.operation_id)),
    ...origins,
    entitlements: granted,
    schemes: new Map(schemes.map((row) => [row.scheme_id, schemeOfRow(row)])),
    replaced,
    sales: await salesUnder(work, given.flatMap(({ rights }) => [...rights.values()].map(({ id }) => id)), given.flatMap(({ stock }) => [...stock.keys()])),
    accounts: known,
    holdings: new Holdings(lots, await claimsOf(work, [...origins.origins.values()])),
    cards,
    owners,
    ahead,
    unknown: new Map(unknown.map((movement) => [movement.operationId, movement])),
  };
  const views = new Map(given.map((own) => [own.deviceId, { ...shared, ...own }]));
  return {
    ...shared,
    of(deviceId) {
      const view = views.get(deviceId);
      if (!view) throw new Error('The facts were read for other devices');
      return view;
    },
  };
}

/**
 * A load of what was granted asks of its account only whether it would become too much. What was ever received tells that of nearly every account;
 * the lots of somebody who has been given something every month for years are many.
 */
const isGrant = ({ kind, ofOperation }: Movement): boolean => kind === 'load' && ofOperation === undefined;

async function originsOf(work: MunicipalityWork, movements: readonly Movement[]): Promise<Pick<PostingFacts, 'origins' | 'undone'>> {
  const named = [...new Set(movements.flatMap(({ ofOperation }) => ofOperation ?? []))];
  if (named.length === 0) return { origins: new Map(), undone: new Set() };
  const after = await work.transaction.selectFrom('movement').select(['of_operation', 'kind']).where('of_operation', 'in', named).execute();
  return { origins: await movementsOf(work, named), undone: new Set(after.map(({ of_operation, kind }) => `${of_operation} ${kind}`)) };
}

/** What is left of the claims of these sales. */
async function claimsOf({ transaction, municipalityId }: MunicipalityWork, origins: readonly Movement[]): Promise<Map<LedgerAccount, number>> {
  const names = origins.filter(({ kind }) => kind === 'sale').map(({ accountId, operationId }) => claimAccount(accountId, operationId));
  const claims = new Map<LedgerAccount, number>(names.map((name) => [name, 0]));
  if (names.length === 0) return claims;
  for (const [side, sign] of [['credit', 1], ['debit', -1]] as const) {
    const rows = await transaction.selectFrom('posting').select([`${side} as account`, 'amount']).where('municipality_id', '=', municipalityId).where(side, 'in', names).execute();
    for (const { account, amount } of rows) claims.set(account as LedgerAccount, (claims.get(account as LedgerAccount) ?? 0) + sign * amount);
  }
  return claims;
}

async function accountsOf({ transaction, dialect, municipalityId }: MunicipalityWork, accounts: readonly AccountId[]): Promise<Map<AccountId, AccountFacts>> {
  const rows = await transaction
    .selectFrom('account')
    .leftJoin('card', (join) => join.onRef('card.municipality_id', '=', 'account.municipality_id').onRef('card.account_id', '=', 'account.account_id'))
    .select(['account.account_id', 'account.resident_id', 'account.state', 'card.card_ref', 'card.profile', 'card.state as card_state'])
    .where('account.municipality_id', '=', municipalityId)
    .where(dialect.oneOf('account.account_id', accounts))
    .execute();
  const known = new Map<AccountId, AccountFacts>();
  for (const row of rows) {
    const accountId = AccountId.parse(row.account_id);
    const before = known.get(accountId);
    const { card_ref, profile, card_state } = row;
    const cards = card_ref === null || profile === null || card_state === null ? [] : [{ cardRef: card_ref as CardRef, profile, state: card_state }];
    known.set(accountId, { residentId: row.resident_id, state: row.state, cards: [...(before?.cards ?? []), ...cards] });
  }
  return known;
}

/** Up to where the device had heard the feed when it first reported the movement; it had made it before. */
export function heardAtFirst({ movement, heardThen }: ClaimedMovement, { deviceId, unknown, heard }: PostingFacts): number {
  const doubted = unknown.get(movement.operationId);
  return heardThen ?? (doubted?.deviceId === deviceId ? doubted.heard : heard);
}

/** Notes what posting `movement` of a device changes in its facts, for the movements that come after it in the batch. */
export function notePosted(facts: PostingFacts, movement: Movement): void {
  const { operationId, kind, entitlementId, ofOperation, accountId, sets, stockLease } = movement;
  facts.operations.add(operationId);
  facts.origins.set(operationId, movement);
  facts.holdings.apply(movement);
  if (ofOperation !== undefined) facts.undone.add(`${ofOperation} ${kind}`);
  const entitlement = entitlementId === null ? undefined : facts.entitlements.get(entitlementId);
  if (entitlement && kind === 'load') entitlement.state = 'taken';
  if (entitlement && kind === 'void') {
    entitlement.state = 'open';
    facts.leases.add(entitlement.terms.id);
  }
  if (kind === 'sale' && entitlementId !== null) facts.sales.set(operationId, { accountId, right: entitlementId, stockLease: stockLease ?? null, sets: sets ?? 0 });
  if (kind === 'refund' && ofOperation !== undefined) facts.sales.delete(ofOperation);
  const left = movement.fromAccountId === undefined ? undefined : facts.accounts.get(movement.fromAccountId);
  if (kind === 'transfer' && left) left.state = 'closed';
}
