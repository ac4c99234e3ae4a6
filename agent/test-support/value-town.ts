/**
 * A town whose people have cards of every kind that holds or points to value, with schemes that are sold, spent, given and exchanged: for tests
 * of the use cases on a real ledger file, with virtual cards on a reader in the same process. Whatever a card's holder has, card and books have it.
 */
import { cardRefOf } from '../../contract/card-ref.ts';
import type { CardProfile } from '../../contract/card.ts';
import { AcceptorId, AccountId, ActivityId, EntitlementId, LotId, SchemeId, StaffId, StockLeaseId, type OperationId } from '../../contract/ids.ts';
import type { JournalFact } from '../../contract/journal.ts';
import { SchemeRules } from '../../contract/scheme-rules.ts';
import type { Change } from '../../contract/sync.ts';
import { addDays, LocalDate } from '../../contract/time.ts';
import { issuedAccount, pocketAccount, type LotKind, type Movement, type PurchaseRight, type Scheme } from '../../contract/value.ts';
import type { CardKeysAnswer } from '../../hardware/card/card-keys.ts';
import type { CardOperation } from '../../hardware/card/stored-value.ts';
import { issuedMemory } from '../../hardware/simulator/desfire/issued-memory.ts';
import { CARD_KEYS, TRANSACTION_MAC_KEY } from '../../hardware/simulator/desfire/town-card.ts';
import { DirectReader } from '../../hardware/simulator/direct-reader.ts';
import { issuedFelicaCard, STYLE_OF } from '../../hardware/simulator/felica-lite-s/issued-card.ts';
import { DesfireCard } from '../../hardware/simulator/virtual-card-desfire.ts';
import { virtualCardOf, type VirtualCard } from '../../hardware/simulator/virtual-card.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { newOperationId } from '../new-id.ts';
import { showBalance, type Holder, type ShowBalanceResult } from '../services/show-balance.ts';
import { LEASE_END, NOW, openOrThrow, temporaryLedger, TODAY, TOWN_DEVICE } from './ledger-town.ts';
import { createManualClock } from './manual-clock.ts';
import { createRecordedLog } from './recorded-log.ts';
import { ScriptedBackend } from './scripted-backend.ts';
import { createSeededRandomness } from './seeded-randomness.ts';

export const [PREMIUM, POINTS, GRANT, TICKETS] = [SchemeId.parse('premium-2026'), SchemeId.parse('points-2026'), SchemeId.parse('kurashi-2026'), SchemeId.parse('taxi-2026')] as const;
/** Who collects tickets of paper. */
export const TAXI = AcceptorId.parse('taxi');
/** So many of them at once. */
export const PAPER_MOST = 3;
export const [STALL, FESTIVAL] = [AcceptorId.parse('stall-1'), ActivityId.parse('festival')] as const;
export const [FIRST_STAFF, SECOND_STAFF] = [StaffId.parse('staff-1'), StaffId.parse('staff-2')] as const;
export const RIGHT_ID = EntitlementId.parse('right-1');

const days = { firstDay: LocalDate.parse('2026-08-01'), lastDay: LocalDate.parse('2027-02-28') };
const scheme = (id: SchemeId, unit: Scheme['unit'], rules: unknown): Scheme => ({
  id, kind: unit === 'point' ? 'points' : unit === 'ticket' ? 'tickets' : 'voucher', unit, name: `券 ${id}`, issuer: '苫前町', usableAt: '町内の加盟店', contact: '0164-00-0000',
  legalBasis: '資金決済法4条3号', ...days, rules: SchemeRules.parse(rules),
});
const SPENT_AND_GIVEN = { spend: { acceptors: [{ id: STALL, name: '屋台' }] }, give: { activities: [{ id: FESTIVAL, name: '夏まつり' }], step: 10 } };
const SCHEMES: readonly Scheme[] = [
  scheme(PREMIUM, 'yen', {
    ...SPENT_AND_GIVEN,
    sale: { priceYen: 10_000, paid: 10_000, premium: 3_000, stock: 50, phases: [{ ...days, perPerson: 3 }], eligibility: 'everyone', oneMedium: false },
    void: { secondStaffAbove: 15_000 },
  }),
  scheme(POINTS, 'point', { ...SPENT_AND_GIVEN, exchange: [{ to: PREMIUM, give: 500, get: 450, ...days }] }),
  scheme(GRANT, 'yen', { ...SPENT_AND_GIVEN, void: { secondStaffAbove: 10_000 } }),
  scheme(TICKETS, 'ticket', { paper: { acceptor: { id: TAXI, name: 'タクシー' }, most: PAPER_MOST } }),
];

export const CARDS = ['desfire', 'felica', 'plain', 'second-plain', 'new-desfire'] as const;
export type CardName = (typeof CARDS)[number];
/** The second plain card points to the account of the DESFire card, whose value is on that. */
const ACCOUNTS: Readonly<Record<CardName, AccountId>> = {
  desfire: AccountId.parse('a-desfire'), felica: AccountId.parse('a-felica'), plain: AccountId.parse('a-plain'),
  'second-plain': AccountId.parse('a-desfire'), 'new-desfire': AccountId.parse('a-new'),
};
const IDENTIFIERS: Readonly<Record<CardName, string>> = {
  desfire: '04010203040506', felica: '012e51525354aa01', plain: '04aa0203040506', 'second-plain': '04bb0203040506', 'new-desfire': '04cc0203040506',
};
const PROFILES: Readonly<Record<CardName, CardProfile>> = {
  desfire: 'desfire', felica: 'felica-lite-s', plain: 'plain-identifier', 'second-plain': 'plain-identifier', 'new-desfire': 'desfire',
};
const TOWN_KEY = Uint8Array.from({ length: 32 }, (_, index) => index);
const FELICA_KEY = Uint8Array.from({ length: 16 }, (_, index) => 0x21 + 3 * index);

export const accountOf = (card: CardName): AccountId => ACCOUNTS[card];
export const cardRef = (card: CardName) => cardRefOf(TOWN_KEY, Buffer.from(IDENTIFIERS[card], 'hex'));

export class ValueTown {
  readonly reader = new DirectReader();
  readonly clock = createManualClock(Date.parse(NOW));
  readonly randomness = createSeededRandomness(11);
  readonly log = createRecordedLog();
  readonly backend = new ScriptedBackend(TOWN_DEVICE);
  readonly place = temporaryLedger();
  readonly #cards: Readonly<Record<CardName, VirtualCard>>;
  ledger: Ledger;
  /** What the port for keys answers instead of the keys. */
  keysAnswer: CardKeysAnswer | undefined;
  #cursor = 0;

  private constructor(cards: Readonly<Record<CardName, VirtualCard>>) {
    this.#cards = cards;
    this.ledger = openOrThrow(this.place.file);
    this.tell(
      ...SCHEMES.map((told): Change => ({ type: 'scheme', scheme: told })),
      ...CARDS.map((name): Change => ({ type: 'card', cardRef: cardRef(name), accountId: ACCOUNTS[name], profile: PROFILES[name], state: 'active' })),
    );
    this.backend.holdAnswer = () => ({ kind: 'elsewhere' });
  }

  static async open(): Promise<ValueTown> {
    const felica = await issuedFelicaCard(Buffer.from(IDENTIFIERS.felica, 'hex'), FELICA_KEY);
    const desfire = (name: CardName) =>
      new DesfireCard({ name, uid: Buffer.from(IDENTIFIERS[name], 'hex'), memory: issuedMemory({ ...CARD_KEYS, transactionMac: TRANSACTION_MAC_KEY }), generation: 'ev2' });
    const plain = (name: CardName) => virtualCardOf({ name, model: 'iso-identifier', uid: IDENTIFIERS[name] });
    return new ValueTown({
      desfire: desfire('desfire'), 'new-desfire': desfire('new-desfire'), felica: felica.card, plain: plain('plain'), 'second-plain': plain('second-plain'),
    });
  }

  get ports() {
    const { reader, clock, randomness, log, ledger, backend } = this;
    return {
      reader, clock, randomness, log, ledger, backend,
      cardKey: TOWN_KEY,
      cardKeys: { keysOf: async (profile: string): Promise<CardKeysAnswer> => this.keysAnswer ?? keysOf(profile) },
      felicaReaders: [{ nameHas: 'direct', style: STYLE_OF.acr125x }],
      // What the town says of a hold is in the ledger when the exchange is over.
      sync: { syncOnce: async () => 'done' as const },
    };
  }

  tell(...changes: readonly Change[]): void {
    this.#cursor += 1;
    this.ledger.applyChanges(changes, this.#cursor, NOW);
  }

  /** From now on this device is given the hold of these accounts when it asks. */
  grantHolds(...cards: readonly CardName[]): void {
    this.backend.holdAnswer = () => {
      this.tell(...cards.map((card): Change => ({ type: 'hold', accountId: ACCOUNTS[card], until: LEASE_END })));
      return { kind: 'held', cursor: this.#cursor };
    };
  }

  /** Somebody may buy the voucher: the right, and a stock of sets. */
  offerSale(card: CardName, change: Partial<PurchaseRight> = {}, stock = 50): void {
    const right: PurchaseRight = { id: RIGHT_ID, schemeId: PREMIUM, accountIds: [ACCOUNTS[card]], sets: 3, perAccount: 3, limit: 'person', ...days, ...change };
    this.tell({ type: 'right', right, until: LEASE_END }, { type: 'stock', lease: { id: StockLeaseId.parse('stock-1'), schemeId: PREMIUM, sets: stock }, until: LEASE_END });
  }

  offerGrant(card: CardName, amount: number, schemeId: SchemeId = GRANT): void {
    this.tell({
      type: 'lease',
      entitlement: { id: EntitlementId.parse(schemeId === GRANT ? 'e-1' : `e-${schemeId}`), accountId: ACCOUNTS[card], schemeId, amount, lotKind: 'free', ...days },
      until: LEASE_END,
    });
  }

  /** Value that came here before: a lot in the books and, where the card holds it, the same on the card. @param endsIn days from today */
  async give(card: CardName, schemeId: SchemeId, amount: number, { kind = 'paid', endsIn = 60, unheard = false }: { readonly kind?: LotKind; readonly endsIn?: number; readonly unheard?: boolean } = {}): Promise<void> {
    const operationId = this.operation();
    const accountId = ACCOUNTS[card];
    const lot = { id: LotId.parse(`lot-${operationId}`), accountId, schemeId, kind, issuedOn: addDays(TODAY, -90), lastDay: addDays(TODAY, endsIn) };
    const movement: Movement = {
      operationId, kind: 'load', accountId, schemeId, entitlementId: null, occurredAt: NOW, lots: [lot],
      postings: [{ debit: issuedAccount(schemeId), credit: pocketAccount(accountId, lot.id), amount }],
    };
    if (!unheard) this.tell({ type: 'movement', movement });
    if (PROFILES[card] === 'desfire') await this.applyOn(card, { operationId, movements: [{ pocket: schemeId, kind: 'credit', amount }] });
  }

  /** What another device does on a card, without this one. */
  async applyOn(card: CardName, operation: CardOperation): Promise<void> {
    const elsewhere = temporaryLedger();
    const ledger = openOrThrow(elsewhere.file);
    try {
      const schemes: Change[] = SCHEMES.map((told) => ({ type: 'scheme', scheme: told }));
      ledger.applyChanges([...schemes, { type: 'card', cardRef: cardRef(card), accountId: ACCOUNTS[card], profile: PROFILES[card], state: 'active' }], 1, NOW);
      const shown = await showBalance(this.reader.insert(this.#cards[card]), { ...this.ports, ledger, log: createRecordedLog() });
      if (shown.kind !== 'holder') throw new Error(`The card ${card} was not recognised: ${JSON.stringify(shown)}`);
      const applied = await shown.holder.card.apply(operation);
      if (applied.kind !== 'committed') throw new Error(`The card ${card} could not be brought into its state: ${applied.kind}`);
    } finally {
      ledger.close();
      elsewhere.remove();
    }
  }

  /** Lays a card down, and nobody looks at it. */
  lay(card: CardName): void {
    this.reader.insert(this.#cards[card]);
  }

  show(card: CardName): Promise<ShowBalanceResult> {
    return showBalance(this.reader.insert(this.#cards[card]), this.ports);
  }

  async tap(card: CardName): Promise<Holder> {
    const shown = await this.show(card);
    if (shown.kind !== 'holder') throw new Error(`The card ${card} was not taken: ${JSON.stringify(shown)}`);
    return shown.holder;
  }

  /** What the card and the books say of a scheme; of a card that only points, twice the books. */
  async amounts(card: CardName, schemeId: SchemeId): Promise<{ readonly shown: number; readonly books: number }> {
    const shown = (await this.tap(card)).pockets.find((pocket) => pocket.schemeId === schemeId)?.amount ?? 0;
    const books = this.ledger.lotsOf(ACCOUNTS[card]).reduce((sum, { lot, amount }) => sum + (lot.schemeId === schemeId ? amount : 0), 0);
    return { shown, books };
  }

  operation(): OperationId {
    return newOperationId(this.clock, this.randomness);
  }

  facts(): JournalFact[] {
    return this.ledger.entriesAfter(0, 1_000).map(({ body }) => (JSON.parse(body) as { fact: JournalFact }).fact);
  }

  /** The program was ended and began again. */
  reopen(): void {
    this.ledger.close();
    this.ledger = openOrThrow(this.place.file);
  }

  close(): void {
    this.ledger.close();
    this.place.remove();
  }
}

function keysOf(profile: string): CardKeysAnswer {
  return { kind: 'keys', keys: profile === 'desfire' ? CARD_KEYS : { profile: 'felica-lite-s', version: 1, card: FELICA_KEY } };
}
