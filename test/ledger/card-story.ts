/**
 * A card with the value on it, laid down on several kiosks that know little of each other: what truly happened on it, and what each kiosk wrote
 * into its journal about it. Nothing here asks the backend what it thinks.
 */
import { DeviceBooks } from '../../backend/test-support/device-books.ts';
import type { TestCard } from '../../backend/test-support/test-card.ts';
import { uuidV7, type TestDevice } from '../../backend/test-support/test-device.ts';
import type { AcceptorId, ActivityId} from '../../contract/ids.ts';
import { OperationId, StaffId, type AccountId, type SchemeId } from '../../contract/ids.ts';
import { exchangeValue, expireLots, giveValue, inOrderOfUse, spendValue, voidOfLoad, type Built, type LotsHeld } from '../../contract/movements.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import { loadOfEntitlement, type Entitlement, type Lot, type Movement, type Scheme } from '../../contract/value.ts';

export interface StoryTown {
  /** Value that can be spent, given, voided, and exchanged for `other`. */
  readonly scheme: Scheme;
  readonly other: Scheme;
  readonly acceptor: AcceptorId;
  readonly activity: ActivityId;
}

type Fate = 'happened' | 'did-not-happen';
/** `told`: the kiosk knows the outcome. `torn`: the card left too early, and the kiosk does not know it. */
export type Ending = { readonly kind: 'told' } | { readonly kind: 'torn'; readonly fate: Fate };

export class CardStory {
  readonly account: AccountId;
  readonly card: TestCard;
  /** What became of every operation, as the card knows it. */
  readonly fates = new Map<OperationId, Fate>();
  readonly #town: StoryTown;
  readonly #now: () => number;
  readonly #lots = new Map<string, { readonly lot: Lot; amount: number }>();
  readonly #log: Array<{ operationId: OperationId; counter: number }> = [];
  /** Cards of which somebody does not know the outcome take nothing before they are read. */
  #torn = false;

  constructor(account: AccountId, card: TestCard, town: StoryTown, now: () => number) {
    this.account = account;
    this.card = card;
    this.#town = town;
    this.#now = now;
  }

  /** What is on the card of a scheme. */
  onCard(scheme: SchemeId): number {
    return this.#held(scheme).reduce((sum, { amount }) => sum + amount, 0);
  }

  load(device: TestDevice, entitlement: Entitlement, ending: Ending): void {
    const scheme = entitlement.schemeId === this.#town.scheme.id ? this.#town.scheme : this.#town.other;
    const built = loadOfEntitlement({ ...this.#occasion(), entitlement, scheme, today: this.#today(), balance: 0 });
    if (built.ok) this.#do(device, built.movement, ending);
  }

  spend(device: TestDevice, portion: number, ending: Ending): void {
    const { scheme, acceptor } = this.#town;
    const amount = this.#portion(portion);
    if (amount > 0) this.#built(device, spendValue({ ...this.#debit(device), scheme, amount, acceptor }), ending);
  }

  give(device: TestDevice, portion: number, ending: Ending): void {
    const { scheme, activity } = this.#town;
    const amount = this.#portion(portion);
    if (amount > 0) this.#built(device, giveValue({ ...this.#debit(device), scheme, amount, activity }), ending);
  }

  exchange(device: TestDevice, portion: number, ending: Ending): void {
    const { scheme, other } = this.#town;
    const times = Math.floor(this.#portion(portion) / 10);
    if (times > 0) this.#built(device, exchangeValue({ ...this.#debit(device), scheme, to: other, times, balanceOfTo: 0 }), ending);
  }

  /** Takes back what this kiosk has loaded last, as far as it knows and the card has enough. */
  void(device: TestDevice, ending: Ending): void {
    const { scheme } = this.#town;
    const books = new DeviceBooks(device);
    const load = [...books.movements().values()].findLast(({ kind, accountId, schemeId }) => kind === 'load' && accountId === this.account && schemeId === scheme.id);
    const amount = load?.postings[0]?.amount ?? Infinity;
    if (!load || this.onCard(scheme.id) < amount) return;
    this.#built(device, voidOfLoad({ ...this.#occasion(), load, lots: books.lots(this.account), scheme, staff: [StaffId.parse('s-1')] }), ending);
  }

  /** Takes out what this kiosk knows to be over, as far as the card still has it. */
  expire(device: TestDevice, ending: Ending): void {
    const { scheme } = this.#town;
    const over = this.#held(scheme.id).filter(({ lot }) => lot.lastDay < this.#today());
    let left = over.reduce((sum, { amount }) => sum + amount, 0);
    const known = inOrderOfUse(new DeviceBooks(device).lots(this.account)).filter(({ lot }) => lot.schemeId === scheme.id && lot.lastDay < this.#today());
    const lots = known.map(({ lot, amount }) => {
      const part = Math.max(0, Math.min(amount, left));
      left -= part;
      return { lot, amount: part };
    });
    this.#built(device, expireLots({ ...this.#occasion(), accountId: this.account, scheme: scheme.id, lots }), ending);
  }

  /** The card is read, and the kiosk writes down what it shows. */
  see(device: TestDevice): void {
    const answers = device.changes.flatMap((change) => (change.type === 'movement-open' && change.cardRef === this.card.cardRef ? [change.operationId] : []));
    device.append({ type: 'card-seen', card: this.card.named, counter: this.card.counter, log: this.#log.slice(-32).reverse(), answers: [...new Set(answers)] });
    this.#torn = false;
  }

  #do(device: TestDevice, movement: Movement, ending: Ending): void {
    if (this.#torn) this.see(device);
    const counterBefore = this.card.counter;
    const fate = ending.kind === 'told' ? 'happened' : ending.fate;
    this.fates.set(movement.operationId, fate);
    const evidence = fate === 'happened' ? this.card.commit(movement) : undefined;
    if (evidence) {
      this.#log.push({ operationId: movement.operationId, counter: this.card.counter });
      this.#apply(movement);
    }
    if (ending.kind === 'told' && evidence) device.append({ type: 'value-moved', movement, card: { ...this.card.named, evidence } });
    else device.append({ type: 'movement-unknown', movement, card: { ...this.card.named, counterBefore } });
    this.#torn = ending.kind === 'torn';
  }

  #built(device: TestDevice, built: Built, ending: Ending): void {
    if (built.ok) this.#do(device, built.movement, ending);
  }

  /** In truth, value leaves in the order of use, whatever lots the kiosk had heard of. */
  #apply(movement: Movement): void {
    for (const lot of movement.lots) this.#lots.set(lot.id, { lot, amount: movement.postings.find(({ credit }) => credit.endsWith(`/${lot.id}`))?.amount ?? 0 });
    const leaving = movement.postings.reduce((sum, { debit, amount }) => sum + (debit.startsWith('pocket/') ? amount : 0), 0);
    const held = this.#held(movement.schemeId);
    const own = movement.postings.flatMap(({ debit }) => this.#lots.get(debit.split('/')[2] ?? '') ?? []);
    const today = this.#today();
    const first = movement.kind === 'void' ? own : held.filter(({ lot }) => movement.kind === 'expire' === lot.lastDay < today);
    let left = leaving;
    for (const one of [...first, ...held]) {
      const part = Math.min(one.amount, left);
      one.amount -= part;
      left -= part;
    }
    if (left > 0) throw new Error('The card gave what it did not have');
  }

  #held(scheme: SchemeId): Array<{ readonly lot: Lot; amount: number }> {
    const held = [...this.#lots.values()].filter(({ lot }) => lot.schemeId === scheme);
    return inOrderOfUse(held).flatMap(({ lot }) => this.#lots.get(lot.id) ?? []);
  }

  /** A part, in hundredths, of what can be used today. */
  #portion(portion: number): number {
    const usable = this.#held(this.#town.scheme.id).reduce((sum, { lot, amount }) => sum + (lot.lastDay >= this.#today() ? amount : 0), 0);
    return Math.ceil((usable * portion) / 100);
  }

  #debit(device: TestDevice) {
    const lots: LotsHeld = new DeviceBooks(device).lots(this.account);
    return { ...this.#occasion(), accountId: this.account, lots, onCard: this.onCard(this.#town.scheme.id) };
  }

  #today() {
    return dateInTokyo(momentFromEpoch(this.#now()));
  }

  #occasion() {
    return { operationId: OperationId.parse(uuidV7(this.#now())), occurredAt: momentFromEpoch(this.#now()) };
  }
}
