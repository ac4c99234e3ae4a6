import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccountId, StaffId } from '../../contract/ids.ts';
import type { JournalEntry, ReturnedLease } from '../../contract/journal.ts';
import { LocalDate } from '../../contract/time.ts';
import type { Scheme } from '../../contract/value.ts';
import { revokeDevice } from '../devices/known-devices.ts';
import { acceptQuarantine } from '../devices/quarantine.ts';
import { writeOffLeases } from '../devices/write-off.ts';
import { ENGINES, type TestEngine } from '../test-support/engines.ts';
import { putOnSale, TestSeller } from '../test-support/test-sale.ts';
import { DAY_MS, testTown, type TestTown } from '../test-support/test-town.ts';
import { checkIntegrity } from './integrity.ts';
import { todayAt } from './leasing.ts';

const STAFF = StaffId.parse('s-tanaka');
const STOCK = 8;
const DEVICES = 3;
const PEOPLE = 4;
/** A run begins in the first; the second is reached by some runs only. */
const PHASES = [
  { firstDay: LocalDate.parse('2026-11-01'), lastDay: LocalDate.parse('2026-11-25'), perPerson: 2, perHousehold: 3 },
  { firstDay: LocalDate.parse('2026-11-26'), lastDay: LocalDate.parse('2026-12-31'), perPerson: 3, perHousehold: 5 },
] as const;

/**
 * `crash`: the answer to a push is lost, and everything unacknowledged is sent again. `reconnect`: everything is given back and asked for anew.
 * `steal`: revoked and written off at once. `visit`: the device is heard, somebody wants something there, buys, and the device is heard again.
 */
type Step =
  | { readonly do: 'pull' | 'push' | 'crash' | 'give-back' | 'reconnect' | 'revoke' | 'steal' | 'write-off' | 'accept'; readonly device: number }
  | { readonly do: 'sell' | 'visit' | 'want' | 'hold' | 'load'; readonly device: number; readonly person: number; readonly sets: number }
  | { readonly do: 'refund'; readonly device: number }
  | { readonly do: 'days'; readonly days: number };

const device = fc.nat(DEVICES - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('pull' as const, 'push' as const), device }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('give-back' as const, 'crash' as const), device }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('reconnect' as const), device }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('revoke' as const, 'steal' as const, 'write-off' as const, 'accept' as const, 'refund' as const), device }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constantFrom('sell' as const, 'visit' as const, 'visit' as const, 'visit' as const, 'want' as const, 'hold' as const, 'load' as const), device, person: fc.nat(PEOPLE - 1), sets: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('days' as const), days: fc.integer({ min: 1, max: 5 }) }) },
);

/** One device as honest kiosks are: what it has given back it uses no more, and it pulls only when that was acknowledged. */
class Kiosk {
  readonly seller: TestSeller;
  revoked = false;
  acknowledged = 0;
  readonly holds = new Set<string>();

  constructor(seller: TestSeller) {
    this.seller = seller;
  }

  unsent(): JournalEntry[] {
    return this.seller.device.entries.slice(this.acknowledged);
  }

  /** @param lost the answer does not arrive */
  async push(lost = false): Promise<void> {
    const entries = this.unsent();
    if (entries.length === 0) return;
    const answer = await this.seller.device.push(entries);
    if (answer.ok && !lost) this.acknowledged = answer.value.acknowledgedSeq;
    if (!answer.ok) expect(answer.error.what).toBe('revoked');
  }

  async pull(): Promise<void> {
    await this.push();
    if (this.revoked || this.unsent().length > 0) return;
    await this.seller.device.pullAll();
  }

  giveEverythingBack(): void {
    const grants = [...this.seller.device.leases().values()].map(({ id }) => ({ kind: 'entitlement' as const, id }));
    this.giveBack([...this.seller.held(), ...grants, ...[...this.holds].map((id) => ({ kind: 'hold' as const, id: AccountId.parse(id) }))]);
  }

  private giveBack(leases: readonly ReturnedLease[]): void {
    if (leases.length === 0) return;
    const { device } = this.seller;
    for (let start = 0; start < leases.length; start += 100) device.append({ type: 'leases-returned', leases: leases.slice(start, start + 100) });
    for (const lease of leases) {
      if (lease.kind === 'entitlement') device.changes.push({ type: 'lease-ended', entitlementId: lease.id });
      if (lease.kind === 'stock') device.changes.push({ type: 'stock-ended', stockLease: lease.id });
      if (lease.kind === 'hold') this.holds.delete(lease.id);
    }
  }
}

class World {
  readonly town: TestTown;
  readonly scheme: Scheme;
  readonly kiosks: readonly Kiosk[];
  readonly people: readonly AccountId[];
  readonly households: ReadonlyMap<string, string>;
  /** Nothing was written off yet: until then nothing at all may go wrong. */
  untouched = true;

  private constructor(town: TestTown, scheme: Scheme, kiosks: readonly Kiosk[], people: readonly AccountId[], households: ReadonlyMap<string, string>) {
    this.town = town;
    this.scheme = scheme;
    this.kiosks = kiosks;
    this.people = people;
    this.households = households;
  }

  static async begin(engine: TestEngine): Promise<World> {
    const town = await testTown(engine, 16, { stockPerDeviceMax: 6 });
    const scheme = await putOnSale(town, { phases: [...PHASES], stock: STOCK });
    const rows = await town.database.kysely.selectFrom('account').innerJoin('resident', 'resident.resident_id', 'account.resident_id').select(['account_id', 'household_id']).where('account.home_site_id', '=', 'yakuba').orderBy('household_id').execute();
    // People who live together, so that what a household may buy is reached.
    const together = rows.filter(({ household_id }) => rows.filter((other) => other.household_id === household_id).length > 1);
    const kiosks = [];
    for (const site of ['yakuba', 'yakuba', 'kotanbetsu']) kiosks.push(new Kiosk(new TestSeller(await town.device(site), scheme)));
    return new World(town, scheme, kiosks, together.slice(0, PEOPLE).map((row) => AccountId.parse(row.account_id)), new Map(rows.map((row) => [row.account_id, row.household_id])));
  }

  async run(one: Step): Promise<void> {
    if (one.do === 'days') {
      this.town.clock.nowMs += one.days * DAY_MS;
      return;
    }
    const kiosk = this.kiosks[one.device];
    if (!kiosk) throw new Error('There is no such kiosk');
    const { seller } = kiosk;
    const { database, clock } = this.town;
    const { deviceId } = seller.device;
    switch (one.do) {
      case 'pull':
        return kiosk.pull();
      case 'push':
        return kiosk.push();
      case 'crash':
        return kiosk.push(true);
      case 'give-back':
        return kiosk.giveEverythingBack();
      case 'reconnect':
        kiosk.giveEverythingBack();
        return kiosk.pull();
      case 'revoke':
      case 'steal':
        kiosk.revoked = true;
        await revokeDevice(database, deviceId);
        return one.do === 'steal' ? this.run({ do: 'write-off', device: one.device }) : undefined;
      case 'write-off':
        if (kiosk.revoked) this.untouched = false;
        return void (await writeOffLeases(database, { deviceId, decision: { staff: STAFF, reason: 'lost' }, nowMs: clock.nowMs }));
      case 'accept':
        await kiosk.push();
        return void (await acceptQuarantine(database, { deviceId, decision: { staff: STAFF, reason: 'found' }, nowMs: clock.nowMs }));
      case 'refund': {
        const [sale] = seller.sales().filter((sold) => sold.postings.some(({ debit }) => debit === `cash/${deviceId}`));
        if (sale) seller.refund(sale);
        return;
      }
      case 'visit':
        await kiosk.pull();
        await this.serve(kiosk, { ...one, do: 'want' });
        await this.serve(kiosk, { ...one, do: 'sell' });
        return kiosk.push();
      case 'sell':
      case 'want':
      case 'hold':
      case 'load':
        return this.serve(kiosk, one);
    }
  }

  async serve(kiosk: Kiosk, { do: what, person, sets }: Extract<Step, { readonly person: number }>): Promise<void> {
    const { seller } = kiosk;
    const account = this.people[person];
    if (!account) throw new Error('There is no such person');
    if (what === 'sell' && seller.device.changes.length > 0) seller.sell(account, sets);
    if (what === 'load') {
      const [entitlement] = seller.device.offers();
      if (entitlement) {
        seller.device.appendMoved(seller.device.load(entitlement));
        seller.device.changes.push({ type: 'lease-ended', entitlementId: entitlement.id });
      }
    }
    if ((what === 'want' || what === 'hold') && !kiosk.revoked && kiosk.unsent().length === 0) {
      if (what === 'want') await seller.device.want(account);
      else {
        const answer = await seller.device.hold(account);
        if (answer.ok && answer.value.kind === 'held') kiosk.holds.add(account);
      }
      await kiosk.pull();
    }
  }

  /** What must be true in the books after every step. */
  async check(): Promise<void> {
    const { kysely } = this.town.database;
    const sold = await kysely
      .selectFrom('movement as sale')
      .select(['account_id', 'sets', 'stock_lease'])
      .where('kind', '=', 'sale')
      .where('sets', 'is not', null)
      .where((eb) => eb.not(eb.exists(eb.selectFrom('movement as back').select('back.kind').whereRef('back.of_operation', '=', 'sale.operation_id').where('back.kind', '=', 'refund'))))
      .execute();
    const { perPerson, perHousehold } = PHASES[todayAt(this.town.clock.nowMs) > PHASES[0].lastDay ? 1 : 0];
    const sum = (rows: ReadonlyArray<{ readonly sets: number | null }>) => rows.reduce((total, { sets }) => total + (sets ?? 0), 0);
    const stock = await kysely.selectFrom('stock_lease').select(['stock_lease_id', 'sets']).where('state', '=', 'held').execute();
    const unsold = stock.map(({ stock_lease_id, sets }) => sets - sum(sold.filter(({ stock_lease }) => stock_lease === stock_lease_id)));
    expect(Math.min(0, ...unsold)).toBe(0);
    expect(sum(sold) + unsold.reduce((total, sets) => total + sets, 0)).toBeLessThanOrEqual(STOCK);
    // What may still be sold under rights counts as sold.
    const rights = await kysely.selectFrom('purchase_right').select(['right_id', 'body']).where('state', '=', 'held').execute();
    const under = await kysely.selectFrom('movement').select(['entitlement_id', 'sets']).where('kind', '=', 'sale').where('sets', 'is not', null).execute();
    for (const household of new Set(this.households.values())) {
      const ofHousehold = sold.filter(({ account_id }) => this.households.get(account_id) === household);
      const out = rights.filter(({ body }) => (JSON.parse(body) as { accountIds: string[] }).accountIds.some((account) => this.households.get(account) === household));
      expect(out.length).toBeLessThanOrEqual(1);
      const open = out.map(({ right_id, body }) => (JSON.parse(body) as { sets: number }).sets - sum(under.filter(({ entitlement_id }) => entitlement_id === right_id)));
      expect(sum(ofHousehold) + Math.max(0, ...open)).toBeLessThanOrEqual(perHousehold);
      for (const [account, home] of this.households) if (home === household) expect(sum(ofHousehold.filter(({ account_id }) => account_id === account))).toBeLessThanOrEqual(perPerson);
    }
    if (this.untouched) {
      this.checkKiosks();
      expect(await kysely.selectFrom('anomaly').select(['what', 'detail']).execute()).toEqual([]);
    }
  }

  /** What the kiosks themselves believe, whether they are heard or not: no allowance is held twice in the world. */
  checkKiosks(): void {
    const held = this.kiosks.flatMap((kiosk) => [
      ...[...kiosk.seller.device.leases().keys()],
      ...kiosk.seller.books.rights().flatMap(({ accountIds }) => accountIds.map((account) => `buys ${account}`)),
      ...kiosk.seller.books.stock(this.scheme.id).map(({ id }) => id),
      ...[...kiosk.holds].map((account) => `hold ${account}`),
    ]);
    expect(held.length).toBe(new Set(held).size);
  }

  /** In the end every device is heard, revoked ones by the grace of staff; then the books are good. */
  async end(): Promise<void> {
    for (const kiosk of this.kiosks) {
      await kiosk.push();
      await kiosk.push();
      if (kiosk.revoked) await acceptQuarantine(this.town.database, { deviceId: kiosk.seller.device.deviceId, decision: { staff: STAFF, reason: 'found' }, nowMs: this.town.clock.nowMs });
      await this.check();
    }
    expect((await checkIntegrity(this.town.database)).faults).toEqual([]);
    await this.town.close();
  }
}

describe.each(ENGINES)('leases of several devices on $name', (engine) => {
  it('never hold anything twice, sell more than there is, or exceed a limit, whatever happens in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 80, size: 'max' }), async (steps) => {
        const world = await World.begin(engine);
        try {
          for (const kiosk of world.kiosks) await kiosk.pull();
          for (const one of steps) {
            await world.run(one);
            await world.check();
          }
        } finally {
          await world.end();
        }
      }),
      { endOnFailure: true, numRuns: engine.name === 'SQLite' ? 15 : 3 },
    );
  }, 300_000);
});
