/** A test town for movements of value: two kiosks at one place, and the shortest words for what tests do with them. */
import { AcceptorId, OperationId, StaffId, type AccountId, type SchemeId } from '../../contract/ids.ts';
import { spendValue, type Built, type LotsHeld } from '../../contract/movements.ts';
import type { JournalEntry } from '../../contract/journal.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import type { Entitlement, Movement, Scheme } from '../../contract/value.ts';
import { lotsHeld } from '../ledger/stored-value.ts';
import { TOMAMAE } from '../seed/demo-town.ts';
import { DeviceBooks } from './device-books.ts';
import type { TestEngine } from './engines.ts';
import { TEST_CARD_KEYS, TestCard } from './test-card.ts';
import { uuidV7, valueOf, type TestDevice } from './test-device.ts';
import { testTown, type TestTown } from './test-town.ts';

export const ONE_OF_STAFF = [StaffId.parse('s-1')];
export const TWO_OF_STAFF = [StaffId.parse('s-1'), StaffId.parse('s-2')];
const LAST_ENTRIES = 12;

/** @throws with the rule when it was refused */
export function made(built: Built): Movement {
  if (!built.ok) throw new Error(`The rules refuse it: ${built.rule}`);
  return built.movement;
}

export class ValueTown {
  readonly town: TestTown;
  /** Holds all leases. */
  readonly here: TestDevice;
  readonly there: TestDevice;
  /** Of `here`. */
  readonly books: DeviceBooks;
  /** Accounts that some test has used. */
  readonly used = new Set<AccountId>();
  readonly #offers: Entitlement[];

  private constructor(town: TestTown, here: TestDevice, there: TestDevice) {
    this.town = town;
    this.here = here;
    this.there = there;
    this.books = new DeviceBooks(here);
    this.#offers = here.offers();
  }

  static async make(engine: TestEngine): Promise<ValueTown> {
    const town = await testTown(engine, 420, { cardKeys: TEST_CARD_KEYS });
    const here = await town.device();
    await here.pullAll();
    const there = await town.device();
    await there.pullAll();
    return new ValueTown(town, here, there);
  }

  occasion() {
    return { operationId: OperationId.parse(uuidV7(this.town.clock.nowMs)), occurredAt: momentFromEpoch(this.town.clock.nowMs) };
  }

  /** A grant that nobody has received and no test has used. @param of chooses among the holders */
  offer(of: (account: AccountId) => boolean = () => true): Entitlement {
    const entitlement = this.#offers.findLast(({ accountId }) => !this.used.has(accountId) && of(accountId));
    if (!entitlement) throw new Error('Nobody like that may receive anything any more');
    this.used.add(entitlement.accountId);
    return entitlement;
  }

  /** Somebody with a card that only points, and with at least so much of the scheme in the ledger. */
  holder(scheme: Scheme, least: number): AccountId {
    for (const change of this.here.changes) {
      if (change.type !== 'card' || change.profile !== undefined || change.state !== 'active' || this.used.has(change.accountId)) continue;
      if (this.heldHere(change.accountId, scheme) < least) continue;
      this.used.add(change.accountId);
      return change.accountId;
    }
    throw new Error('Nobody has so much');
  }

  heldHere(account: AccountId, scheme: Scheme): number {
    return this.books.lots(account).reduce((sum, { lot, amount }) => sum + (lot.schemeId === scheme.id ? amount : 0), 0);
  }

  /** A DESFire card of somebody who may receive a grant; `device` has its keys. */
  async townCard(device = this.here) {
    const entitlement = this.offer();
    const card = await TestCard.issue(this.town, entitlement.accountId);
    await this.keysOf(card, device);
    return { card, entitlement, account: entitlement.accountId };
  }

  async keysOf(card: TestCard, device = this.here): Promise<void> {
    valueOf(await device.cardKeys({ profile: 'desfire', identifier: card.identifier.toString('hex') }));
  }

  withCard(device: TestDevice, card: TestCard, movement: Movement): JournalEntry {
    return device.appendMoved(movement, { ...card.named, evidence: card.commit(movement) });
  }

  async hold(account: AccountId, device = this.here): Promise<void> {
    const answer = valueOf(await device.hold(account));
    if (answer.kind !== 'held') throw new Error(`The hold was not given: ${answer.kind}`);
    await device.pullAll();
  }

  spend(account: AccountId, scheme: Scheme, amount: number, more: { readonly lots?: LotsHeld; readonly onCard?: number | null; readonly staff?: StaffId[] } = {}): Movement {
    const { lots = this.books.lots(account), onCard = null, staff = ONE_OF_STAFF } = more;
    return made(spendValue({ ...this.occasion(), accountId: account, scheme, amount, lots, onCard, acceptor: AcceptorId.parse('morning-market'), staff }));
  }

  async push(device: TestDevice): Promise<void> {
    valueOf(await device.push(device.entries.slice(-LAST_ENTRIES)));
  }

  /** What is open for staff about these entries of the device. */
  async whatOf(device: TestDevice, ...entries: ReadonlyArray<{ readonly seq: number }>): Promise<string[][]> {
    const rows = await this.town.database.kysely.selectFrom('anomaly').select(['seq', 'what']).where('device_id', '=', device.deviceId).where('state', '=', 'open').orderBy('what').execute();
    return entries.map(({ seq }) => rows.filter((row) => row.seq === seq).map(({ what }) => what));
  }

  async isPosted({ operationId }: Movement): Promise<boolean> {
    return (await this.town.database.kysely.selectFrom('movement').select('kind').where('operation_id', '=', operationId).execute()).length === 1;
  }

  lotsInBooks(account: AccountId): Promise<LotsHeld> {
    return this.town.database.kysely.transaction().execute((transaction) => lotsHeld({ transaction }, TOMAMAE.id, [account]));
  }

  /** What the backend's books say of the account, lot by lot, without empty ones. @param scheme only this one */
  async inBooks(account: AccountId, scheme?: { readonly id: SchemeId }): Promise<Record<string, number>> {
    const lots = await this.lotsInBooks(account);
    return Object.fromEntries(lots.filter(({ lot, amount }) => amount !== 0 && (!scheme || lot.schemeId === scheme.id)).map(({ lot, amount }) => [lot.id, amount]));
  }

  async total(account: AccountId, scheme?: { readonly id: SchemeId }): Promise<number> {
    return Object.values(await this.inBooks(account, scheme)).reduce((sum, amount) => sum + amount, 0);
  }
}
