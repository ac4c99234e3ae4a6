/** A sale in a test town: its rules, and devices that sell within what they hold. */
import { OperationId, SchemeId, StaffId, type AccountId } from '../../contract/ids.ts';
import type { ReturnedLease } from '../../contract/journal.ts';
import { sellSets, type Built } from '../../contract/movements.ts';
import type { SaleTerms } from '../../contract/scheme-rules.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import { refundOfSale } from '../../contract/movements.ts';
import type { Movement, Scheme } from '../../contract/value.ts';
import { asOnlyWriter } from '../ledger/change-feed.ts';
import { putSchemes } from '../ledger/scheme-versions.ts';
import { schemeOfRow } from '../ledger/stored-value.ts';
import { TOMAMAE } from '../seed/demo-town.ts';
import { DeviceBooks } from './device-books.ts';
import { uuidV7, valueOf, type TestDevice } from './test-device.ts';
import type { TestTown } from './test-town.ts';

/** Sells the demo town's premium voucher on these terms from now on, and nothing else. */
export async function putOnSale(town: TestTown, terms: Partial<SaleTerms> & Pick<SaleTerms, 'phases'>): Promise<Scheme> {
  const { kysely } = town.database;
  const sale: SaleTerms = { priceYen: 10_000, paid: 10_000, premium: 3_000, stock: null, eligibility: 'everyone', oneMedium: false, ...terms };
  const row = await kysely.selectFrom('scheme').selectAll().where('scheme_id', 'like', 'premium-%').executeTakeFirstOrThrow();
  const scheme = schemeOfRow({ ...row, rules: JSON.stringify({ sale }) });
  await asOnlyWriter(town.database, TOMAMAE.id, (work) => putSchemes(work, [scheme]));
  return scheme;
}

export const saleOf = (scheme: Scheme) => ({ municipalityId: TOMAMAE.id, schemeId: SchemeId.parse(scheme.id) });

/** A device that sells, as a kiosk does: by what it has pulled and what stands in its own journal. */
export class TestSeller {
  readonly device: TestDevice;
  readonly books: DeviceBooks;
  readonly scheme: SchemeId;

  constructor(device: TestDevice, scheme: Scheme) {
    this.device = device;
    this.books = new DeviceBooks(device);
    this.scheme = scheme.id;
  }

  #occasion() {
    return { operationId: OperationId.parse(uuidV7(this.device.now())), occurredAt: momentFromEpoch(this.device.now()), staff: [StaffId.parse('s-1')] };
  }

  /** Sales that were not given back, as far as the device knows. */
  sales(): Movement[] {
    const all = [...this.books.movements().values()];
    const refunded = new Set(all.filter(({ kind }) => kind === 'refund').map(({ ofOperation }) => ofOperation));
    return all.filter(({ kind, operationId }) => kind === 'sale' && !refunded.has(operationId));
  }

  /** What the rules say to selling so many sets to this account, here and now. */
  offer(account: AccountId, sets: number): Built {
    const scheme = this.books.scheme(this.scheme);
    const right = this.books.rights().find((held) => held.schemeId === scheme.id && held.accountIds.includes(account));
    const under = this.sales().filter(({ entitlementId }) => entitlementId === right?.id);
    const sum = (sales: readonly Movement[]) => sales.reduce((total, sale) => total + (sale.sets ?? 0), 0);
    const stocks = this.books.stock(scheme.id).map(({ id, sets: all }) => ({ id, left: all - sum(this.sales().filter(({ stockLease }) => stockLease === id)) }));
    return sellSets({
      ...this.#occasion(),
      accountId: account,
      device: this.device.deviceId,
      scheme,
      right,
      standing: this.standing(account),
      bought: { underRight: sum(under), byAccount: sum(under.filter(({ accountId }) => accountId === account)) },
      stock: stocks.find(({ left }) => left >= sets) ?? stocks[0] ?? null,
      sets,
    });
  }

  /** Sells and writes it into the journal. @returns undefined when the rules refuse */
  sell(account: AccountId, sets: number): Movement | undefined {
    const built = this.offer(account, sets);
    if (!built.ok) return undefined;
    this.device.append({ type: 'cash-moved', movement: built.movement });
    return built.movement;
  }

  /** @throws when the rules refuse */
  refund(sale: Movement): void {
    const built = refundOfSale({ ...this.#occasion(), sale, claim: this.books.claim(sale), device: this.device.deviceId });
    if (!built.ok) throw new Error(`The rules refuse the refund: ${built.rule}`);
    this.device.append({ type: 'cash-moved', movement: built.movement });
  }

  standing(account: AccountId) {
    const told = this.device.changes.flatMap((change) => (change.type === 'standing' && change.accountId === account && change.schemeId === this.scheme ? [change.why] : [])).at(-1);
    return told ?? undefined;
  }

  /** Everything the device holds for the sale: its rights and its stock. */
  held(): ReturnedLease[] {
    return [...this.books.rights().map(({ id }) => ({ kind: 'entitlement' as const, id })), ...this.books.stock(this.scheme).map(({ id }) => ({ kind: 'stock' as const, id }))];
  }

  /** Writes into the journal that these are given back, and is heard. */
  async giveBack(leases: readonly ReturnedLease[]): Promise<void> {
    for (let start = 0; start < leases.length; start += 100) this.device.append({ type: 'leases-returned', leases: leases.slice(start, start + 100) });
    valueOf(await this.device.push(this.device.entries.slice(-900)));
  }
}
