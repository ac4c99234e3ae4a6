/** Books with every kind of movement, built by the rules both ends use, out of a seed. For tests of whatever reads books. */
import { AccountId, AcceptorId, ActivityId, DeviceId, EntitlementId, OperationId, SchemeId, StaffId } from '../ids.ts';
import type { BookedMovement } from '../export/books-format.ts';
import { exchangeValue, expireLots, giveValue, loadOfSale, refundOfSale, sellSets, spendValue, transferOf, unknownLotOf, voidOfLoad, type Built, type LotsHeld } from '../movements.ts';
import { LocalDate, momentFromEpoch, type Moment } from '../time.ts';
import { claimAccount, expiredAccount, issuedAccount, loadOfEntitlement, pocketAccount, type Entitlement, type LedgerAccount, type Lot, type Movement, type MovementKind, type PurchaseRight, type Scheme } from '../value.ts';

const SPRING = LocalDate.parse('2026-04-01');
const AUTUMN = LocalDate.parse('2026-11-30');
const WINTER = LocalDate.parse('2027-03-31');
const ALWAYS = { firstDay: SPRING, lastDay: WINTER };
const CLERKS = [StaffId.parse('s-1'), StaffId.parse('s-2')];

const described = { issuer: '苫前町', usableAt: '町内の加盟店29店', contact: '商工労働観光課 0164-00-0000', legalBasis: '資金決済法4条3号' };
/** A voucher in yen, sold with a premium, that ends early; points that can become it; tickets; and a name that is hard to write. */
const VOUCHER: Scheme = {
  ...described, id: SchemeId.parse('shohinken-r8'), kind: 'voucher', unit: 'yen', name: 'とままえプレミアム商品券', ...ALWAYS, lastDay: AUTUMN,
  rules: {
    validDays: 60,
    sale: { priceYen: 5_000, paid: 5_000, premium: 1_500, stock: null, phases: [{ ...ALWAYS, lastDay: AUTUMN, perPerson: 10_000 }], eligibility: 'everyone', oneMedium: false },
    spend: { acceptors: [{ id: AcceptorId.parse('minato'), name: 'みなと食堂' }] },
    void: { secondStaffAbove: 1_000 },
  },
};
const POINTS: Scheme = {
  ...described, id: SchemeId.parse('ayumi'), kind: 'points', unit: 'point', name: '健康ポイント', ...ALWAYS,
  rules: {
    spend: { acceptors: [{ id: AcceptorId.parse('furusato'), name: 'ふるさとの湯' }] },
    give: { activities: [{ id: ActivityId.parse('kodomo'), name: 'こども食堂' }], step: 10 },
    exchange: [{ to: VOUCHER.id, give: 300, get: 200, ...ALWAYS, lastDay: AUTUMN }],
    void: { secondStaffAbove: 0 },
  },
};
const TICKETS: Scheme = {
  ...described, id: SchemeId.parse('kaisuken-r8'), kind: 'tickets', unit: 'ticket', name: '温泉「夕陽」回数券; "11枚"', ...ALWAYS,
  rules: { sale: { priceYen: 450, paid: 10, premium: 1, stock: null, phases: [{ ...ALWAYS, perPerson: 10_000 }], eligibility: 'everyone', oneMedium: false }, spend: { acceptors: [{ id: AcceptorId.parse('furusato'), name: 'ふるさとの湯' }] } },
};
export const BOOKED_SCHEMES: ReadonlyMap<SchemeId, Scheme> = new Map([VOUCHER, POINTS, TICKETS].map((scheme) => [scheme.id, scheme]));
export const BOOKED_DEVICE = DeviceId.parse('yakuba-1');

const HOUR_MS = 3_600_000;
/** 2026-09-30 23:30 in Tokyo: half an hour later it is another month there, and still another day in UTC. */
const BEGIN_MS = Date.parse('2026-09-30T14:30:00.000Z');
const AFTER_THE_VOUCHER_MS = Date.parse('2026-12-01T01:00:00.000Z');
const LARGE = 1_000_000_000;

/** @returns a whole number from 0 to `below` − 1 */
export type Dice = (below: number) => number;

export function seededDice(seed: number): Dice {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  return (below) => {
    // Xorshift of 32 bits: the same on every machine.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

/** @param steps random movements between the first ones and the last; every kind is there at least once whatever the dice say */
export function everyMovement(dice: Dice, steps = 40): BookedMovement[] {
  const desk = new Desk(dice);
  const [first, second] = [desk.newAccount(), desk.newAccount()];
  desk.grant(first, POINTS, LARGE);
  desk.grant(first, VOUCHER, 5_000);
  desk.buy(first, TICKETS, 3);
  for (let step = 0; step < steps; step += 1) desk.anything(step % 2 === 0 ? first : second);
  desk.refund(second);
  desk.void(second);
  desk.exchange(first);
  desk.spendUnknown(first);
  desk.give(first);
  desk.spend(first, VOUCHER, 1_234);
  desk.transfer(first);
  desk.expireAll();
  return desk.booked;
}

class Desk {
  readonly booked: BookedMovement[] = [];
  readonly #dice: Dice;
  readonly #lots = new Map<LedgerAccount, { readonly lot: Lot; amount: number }>();
  #nowMs = BEGIN_MS;
  #operations = 0;
  #accounts = 0;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  newAccount(): AccountId {
    return AccountId.parse(`a-${(this.#accounts += 1)}`);
  }

  anything(account: AccountId): void {
    this.#nowMs += this.#dice(20) * HOUR_MS / 10;
    const deeds: ReadonlyArray<() => void> = [
      () => this.grant(account, POINTS, 300 + this.#dice(2_000)),
      () => this.grant(account, VOUCHER, 1 + this.#dice(5_000)),
      () => this.buy(account, this.#dice(2) === 0 ? VOUCHER : TICKETS, 1 + this.#dice(4)),
      () => this.refund(account),
      () => this.void(account),
      () => this.exchange(account),
      () => this.give(account),
      () => this.spend(account, VOUCHER, 1 + this.#dice(3_000)),
      () => this.spend(account, TICKETS, 1 + this.#dice(3)),
      () => this.spendUnknown(account),
    ];
    deeds[this.#dice(deeds.length)]?.();
  }

  grant(accountId: AccountId, scheme: Scheme, amount: number): Movement | undefined {
    const entitlement: Entitlement = { id: EntitlementId.parse(`e-${this.booked.length}`), accountId, schemeId: scheme.id, amount, lotKind: 'free', ...ALWAYS };
    const built = loadOfEntitlement({ entitlement, scheme, ...this.#occasion(), today: this.#today(), balance: this.#balance(accountId, scheme) });
    return built.ok ? this.#post(built.movement) : undefined;
  }

  buy(accountId: AccountId, scheme: Scheme, sets: number): void {
    const sale = this.#sell(accountId, scheme, sets);
    if (sale) this.#build(loadOfSale({ ...this.#occasion(), sale, claim: this.#claim(sale), scheme, balance: this.#balance(accountId, scheme) }));
  }

  refund(accountId: AccountId): void {
    const sale = this.#sell(accountId, VOUCHER, 1 + this.#dice(3));
    if (sale) this.#build(refundOfSale({ ...this.#occasion(), sale, claim: this.#claim(sale), device: BOOKED_DEVICE, staff: CLERKS }));
  }

  void(accountId: AccountId): void {
    const load = this.grant(accountId, POINTS, 50 + this.#dice(100));
    if (load) this.#build(voidOfLoad({ ...this.#occasion(), load, lots: this.#held(), scheme: POINTS, staff: CLERKS }));
  }

  exchange(accountId: AccountId): void {
    const times = 1 + this.#dice(3);
    this.#build(exchangeValue({ ...this.#occasion(), accountId, scheme: POINTS, lots: this.#held(), onCard: null, to: VOUCHER, times, balanceOfTo: this.#balance(accountId, VOUCHER) }));
  }

  give(accountId: AccountId): void {
    this.#build(giveValue({ ...this.#occasion(), accountId, scheme: POINTS, amount: 10 * (1 + this.#dice(20)), lots: this.#held(), onCard: null, activity: ActivityId.parse('kodomo') }));
  }

  spend(accountId: AccountId, scheme: Scheme, amount: number): void {
    const acceptor = scheme.rules?.spend?.acceptors[0]?.id;
    if (acceptor) this.#build(spendValue({ ...this.#occasion(), accountId, scheme, amount, lots: this.#held(), onCard: null, acceptor }));
  }

  /** A card has more than this device knows of: part of the debit goes to a lot not yet known, and the town puts it right. */
  spendUnknown(accountId: AccountId): void {
    const [known] = this.#held().filter(({ lot, amount }) => lot.accountId === accountId && lot.schemeId === POINTS.id && amount > 0 && lot.lastDay >= this.#today());
    if (!known) return;
    const amount = 1 + this.#dice(30);
    const spent = spendValue({ ...this.#occasion(), accountId, scheme: POINTS, amount, lots: [], onCard: amount, acceptor: AcceptorId.parse('furusato') });
    if (!spent.ok || amount > known.amount) return;
    this.#post(spent.movement);
    const unknown = pocketAccount(accountId, unknownLotOf(POINTS.id));
    const postings = [{ debit: pocketAccount(accountId, known.lot.id), credit: unknown, amount }];
    this.#post({ ...this.#occasion(), kind: 'reallocate', accountId, schemeId: POINTS.id, entitlementId: null, lots: [], postings, ofOperation: spent.movement.operationId }, true);
  }

  transfer(from: AccountId): void {
    this.#build(transferOf({ ...this.#occasion(), from, to: this.newAccount(), lots: this.#held(), staff: CLERKS }));
  }

  /** After the voucher's last day: what is left goes; one piece of it had been used in time; staff decide that the issuer bears another. */
  expireAll(): void {
    this.#nowMs = Math.max(this.#nowMs, AFTER_THE_VOUCHER_MS);
    for (const accountId of new Set(this.#held().map(({ lot }) => lot.accountId))) {
      const expired = this.#build(expireLots({ ...this.#occasion(), accountId, scheme: VOUCHER.id, lots: this.#held() }));
      const [posting] = expired?.postings ?? [];
      if (!expired || !posting) continue;
      const back = { accountId, schemeId: VOUCHER.id, entitlementId: null, lots: [], ofOperation: expired.operationId };
      this.#post({ ...this.#occasion(), ...back, kind: 'reallocate', postings: [{ debit: expiredAccount(VOUCHER.id), credit: posting.debit, amount: 1 }] }, true);
      this.#post({ ...this.#occasion(), ...back, kind: 'correct', postings: [{ debit: issuedAccount(VOUCHER.id), credit: posting.debit, amount: 7 }] }, true);
    }
  }

  #sell(accountId: AccountId, scheme: Scheme, sets: number): Movement | undefined {
    const right: PurchaseRight = { id: EntitlementId.parse('right-1'), schemeId: scheme.id, accountIds: [accountId], sets: 10_000, perAccount: 10_000, limit: 'person', ...ALWAYS };
    return this.#build(sellSets({ ...this.#occasion(), accountId, device: BOOKED_DEVICE, scheme, right, standing: undefined, bought: { underRight: 0, byAccount: 0 }, stock: null, sets, staff: CLERKS }));
  }

  #claim(sale: Movement): number {
    const claim = claimAccount(sale.accountId, sale.operationId);
    return sale.postings.reduce((sum, { credit, amount }) => sum + (credit === claim ? amount : 0), 0);
  }

  #today(): LocalDate {
    return LocalDate.parse(new Date(this.#nowMs + 9 * HOUR_MS).toISOString().slice(0, 10));
  }

  #occasion(): { readonly operationId: OperationId; readonly occurredAt: Moment } {
    const number = String((this.#operations += 1)).padStart(12, '0');
    return { operationId: OperationId.parse(`019a0000-0000-7000-8000-${number}`), occurredAt: momentFromEpoch((this.#nowMs += 1_000)) };
  }

  #held(): LotsHeld {
    return [...this.#lots.values()];
  }
  #balance(account: AccountId, scheme: Scheme): number {
    return this.#held().reduce((sum, { lot, amount }) => sum + (lot.accountId === account && lot.schemeId === scheme.id ? amount : 0), 0);
  }

  #build(built: Built): Movement | undefined {
    return built.ok ? this.#post(built.movement) : undefined;
  }
  #post(movement: Movement, byTheTown = false): Movement {
    for (const lot of movement.lots) this.#lots.set(pocketAccount(lot.accountId, lot.id), { lot, amount: 0 });
    for (const { debit, credit, amount } of movement.postings) {
      for (const [account, change] of [[debit, -amount], [credit, amount]] as const) {
        const held = this.#lots.get(account);
        if (held) held.amount += change;
      }
    }
    this.booked.push({ movement, ...(byTheTown ? { device: null, seq: null } : { device: BOOKED_DEVICE, seq: this.booked.length + 1 }) });
    return movement;
  }
}

/** The sum of debits minus credits of every account, by our own reckoning. */
export function sumsOf(booked: readonly BookedMovement[]): Map<LedgerAccount, number> {
  const sums = new Map<LedgerAccount, number>();
  const add = (account: LedgerAccount, change: number) => sums.set(account, (sums.get(account) ?? 0) + change);
  for (const { movement } of booked) {
    for (const { debit, credit, amount } of movement.postings) {
      add(debit, amount);
      add(credit, -amount);
    }
  }
  return sums;
}

export const kindsOf = (booked: readonly BookedMovement[]): Set<MovementKind> => new Set(booked.map(({ movement }) => movement.kind));
