/**
 * Who buys together and what they have bought: accounts become people (one person may have an old account and its successor), people become
 * households. An account without a resident is a person, and a household, of its own.
 */
import { sql } from 'kysely';
import { AccountId, type SchemeId } from '../../contract/ids.ts';
import type { MunicipalityWork } from './change-feed.ts';
import { soldSets } from './sold-sets.ts';

/** One person, as far as the sale of one scheme is concerned. All counts are over all accounts of the person, and in sets. */
export interface Buyer {
  /** The account with which the person buys now; null when none is open. */
  readonly accountId: AccountId | null;
  readonly accounts: readonly AccountId[];
  /** The household's number, or something of this person's own. */
  readonly household: string;
  readonly bought: number;
  readonly boughtElsewhere: number;
  readonly eligible: boolean;
  readonly won: number;
}

interface AccountRow {
  readonly account_id: string;
  readonly resident_id: string | null;
  readonly successor_id: string | null;
  readonly state: 'open' | 'closed';
  readonly household_id: string | null;
}

/** The people whose accounts these are, with everybody of their households. */
export async function buyersAround(work: MunicipalityWork, scheme: SchemeId, accounts: readonly AccountId[]): Promise<Buyer[]> {
  const rows = await related(work, accounts);
  const ids = [...rows.keys()];
  if (ids.length === 0) return [];
  const facts = await countsOf(work, scheme, ids);
  return people(rows).map((own) => {
    const [first] = own;
    const buying = own.filter(({ state, successor_id }) => state === 'open' && successor_id === null).sort((a, b) => buyingOrder(a, b, facts.withCard));
    const sum = (counts: ReadonlyMap<string, number>) => own.reduce((total, { account_id }) => total + (counts.get(account_id) ?? 0), 0);
    const elsewhere = sum(facts.elsewhere);
    return {
      accountId: buying[0] ? AccountId.parse(buying[0].account_id) : null,
      accounts: own.map(({ account_id }) => AccountId.parse(account_id)),
      household: own.find(({ household_id }) => household_id !== null)?.household_id ?? `account/${first?.account_id ?? ''}`,
      bought: sum(facts.sold) + elsewhere,
      boughtElsewhere: elsewhere,
      eligible: own.some(({ account_id }) => facts.eligible.has(account_id)),
      won: sum(facts.won),
    };
  });
}

/** A person who has been given a new card for a lost one has two accounts until everything is transferred: the one with a card buys. */
function buyingOrder(a: AccountRow, b: AccountRow, withCard: ReadonlySet<string>): number {
  const cards = Number(withCard.has(b.account_id)) - Number(withCard.has(a.account_id));
  return cards !== 0 ? cards : a.account_id < b.account_id ? -1 : 1;
}

/** The accounts themselves and all of the same people and households. */
async function related({ transaction, municipalityId }: MunicipalityWork, accounts: readonly AccountId[]): Promise<Map<string, AccountRow>> {
  const found = new Map<string, AccountRow>();
  const asked = { accounts: new Set<string>(), households: new Set<string>() };
  let next = { accounts: [...new Set<string>(accounts)], households: [] as string[] };
  while (next.accounts.length + next.households.length > 0) {
    const { accounts: wanted, households } = next;
    for (const account of wanted) asked.accounts.add(account);
    for (const household of households) asked.households.add(household);
    const rows = await transaction
      .selectFrom('account')
      .leftJoin('resident', (join) => join.onRef('resident.municipality_id', '=', 'account.municipality_id').onRef('resident.resident_id', '=', 'account.resident_id'))
      .select(['account.account_id', 'account.resident_id', 'account.successor_id', 'account.state', 'resident.household_id'])
      .where('account.municipality_id', '=', municipalityId)
      .where((eb) =>
        eb.or([
          ...(wanted.length > 0 ? [eb('account.account_id', 'in', wanted), eb('account.successor_id', 'in', wanted)] : []),
          ...(households.length > 0 ? [eb('resident.household_id', 'in', households)] : []),
        ]),
      )
      .execute();
    for (const row of rows) found.set(row.account_id, row);
    const named = rows.flatMap(({ account_id, successor_id }) => (successor_id === null ? [account_id] : [account_id, successor_id]));
    next = {
      accounts: [...new Set(named)].filter((account) => !asked.accounts.has(account)),
      households: [...new Set(rows.flatMap(({ household_id }) => household_id ?? []))].filter((household) => !asked.households.has(household)),
    };
  }
  return found;
}

/** Accounts of one resident are one person's, and so is an account with the one that follows it. */
function people(found: ReadonlyMap<string, AccountRow>): AccountRow[][] {
  const personOf = (row: AccountRow): string => {
    if (row.resident_id !== null) return `resident/${row.resident_id}`;
    const successor = row.successor_id === null ? undefined : found.get(row.successor_id);
    return successor ? personOf(successor) : `account/${row.account_id}`;
  };
  const persons = new Map<string, AccountRow[]>();
  for (const row of found.values()) persons.set(personOf(row), [...(persons.get(personOf(row)) ?? []), row]);
  return [...persons.values()];
}

async function countsOf({ transaction, municipalityId }: MunicipalityWork, scheme: SchemeId, accounts: readonly string[]) {
  const { rows: sold } = await soldSets(transaction, municipalityId, scheme, sql`sale.account_id in (${sql.join(accounts)})`, sql`sale.account_id`);
  const elsewhere = await transaction
    .selectFrom('purchase_elsewhere')
    .select((eb) => ['account_id', eb.fn.sum<number>('sets').as('sets')])
    .where('municipality_id', '=', municipalityId)
    .where('scheme_id', '=', scheme)
    .where('account_id', 'in', accounts)
    .groupBy('account_id')
    .execute();
  const listed = await transaction.selectFrom('sale_eligible').select('account_id').where('municipality_id', '=', municipalityId).where('scheme_id', '=', scheme).where('account_id', 'in', accounts).execute();
  const won = await transaction.selectFrom('lottery_result').select(['account_id', 'sets']).where('municipality_id', '=', municipalityId).where('scheme_id', '=', scheme).where('account_id', 'in', accounts).execute();
  const cards = await transaction.selectFrom('card').select('account_id').where('municipality_id', '=', municipalityId).where('state', '=', 'active').where('account_id', 'in', accounts).execute();
  return {
    sold: new Map(sold.map((row) => [row.key, Number(row.sets)])),
    elsewhere: new Map(elsewhere.map((row) => [row.account_id, Number(row.sets)])),
    eligible: new Set(listed.map((row) => row.account_id)),
    won: new Map(won.map((row) => [row.account_id, row.sets])),
    withCard: new Set(cards.map((row) => row.account_id)),
  };
}
