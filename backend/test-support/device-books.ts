/** What a kiosk's own books say: the movements of the feed and of its own journal, each once, as the town has them. */
import type { AccountId, OperationId, SchemeId } from '../../contract/ids.ts';
import type { JournalBody, JournalEntry } from '../../contract/journal.ts';
import type { LotsHeld } from '../../contract/movements.ts';
import { claimAccount, pocketAccount, type Lot, type Movement, type PurchaseRight, type Scheme } from '../../contract/value.ts';
import type { StockLease } from '../../contract/sync.ts';
import type { TestDevice } from './test-device.ts';

/** Entries never change: each is read once. */
const READ = new WeakMap<JournalEntry, Movement[]>();

function movementOf(entry: JournalEntry): Movement[] {
  const known = READ.get(entry);
  if (known) return known;
  const { fact } = JSON.parse(entry.body) as JournalBody;
  const movements = fact.type === 'value-moved' || fact.type === 'cash-moved' ? [fact.movement] : [];
  READ.set(entry, movements);
  return movements;
}

export class DeviceBooks {
  readonly device: TestDevice;

  constructor(device: TestDevice) {
    this.device = device;
  }

  movements(): Map<OperationId, Movement> {
    const own = this.device.entries.flatMap(movementOf);
    const heard = this.device.changes.flatMap((change) => (change.type === 'movement' ? [change.movement] : []));
    const refused = new Set<OperationId>();
    for (const change of this.device.changes) {
      if (change.type === 'movement-refused') refused.add(change.operationId);
      if (change.type === 'movement') refused.delete(change.movement.operationId);
    }
    // What was heard comes last as well: it stands as the town has posted it, in the place where it came first.
    return new Map([...heard, ...own, ...heard].filter(({ operationId }) => !refused.has(operationId)).map((movement) => [movement.operationId, movement]));
  }

  lots(account: AccountId): LotsHeld {
    const amounts = new Map<string, number>();
    const lots: Lot[] = [];
    for (const movement of this.movements().values()) {
      lots.push(...movement.lots.filter(({ accountId }) => accountId === account));
      for (const { debit, credit, amount } of movement.postings) {
        amounts.set(debit, (amounts.get(debit) ?? 0) - amount);
        amounts.set(credit, (amounts.get(credit) ?? 0) + amount);
      }
    }
    return lots.map((lot) => ({ lot, amount: amounts.get(pocketAccount(account, lot.id)) ?? 0 }));
  }

  /** Lots that hold something or less than nothing, by id. */
  image(account: AccountId): Record<string, number> {
    return Object.fromEntries(this.lots(account).filter(({ amount }) => amount !== 0).map(({ lot, amount }): [string, number] => [lot.id, amount]).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  claim(sale: Movement): number {
    const account = claimAccount(sale.accountId, sale.operationId);
    let left = 0;
    for (const { postings } of this.movements().values()) for (const { debit, credit, amount } of postings) left += credit === account ? amount : debit === account ? -amount : 0;
    return left;
  }

  scheme(id: SchemeId): Scheme {
    const found = this.device.changes.flatMap((change) => (change.type === 'scheme' && change.scheme.id === id ? [change.scheme] : [])).at(-1);
    if (!found) throw new Error(`The device has not heard of ${id}`);
    return found;
  }

  /** The scheme whose name begins so. */
  schemeNamed(start: string): Scheme {
    const found = this.device.changes.flatMap((change) => (change.type === 'scheme' && change.scheme.id.startsWith(start) ? [change.scheme] : [])).at(-1);
    if (!found) throw new Error(`The device has not heard of a scheme ${start}…`);
    return found;
  }

  rights(): PurchaseRight[] {
    const held = new Map<string, PurchaseRight>();
    for (const change of this.device.changes) {
      if (change.type === 'right') held.set(change.right.id, change.right);
      if (change.type === 'lease-ended') held.delete(change.entitlementId);
    }
    return [...held.values()];
  }

  stock(scheme: SchemeId): StockLease[] {
    const held = new Map<string, StockLease>();
    for (const change of this.device.changes) {
      if (change.type === 'stock') held.set(change.lease.id, change.lease);
      if (change.type === 'stock-ended') held.delete(change.stockLease);
    }
    return [...held.values()].filter(({ schemeId }) => schemeId === scheme);
  }
}
