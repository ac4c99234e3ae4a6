/** What the kiosks of a case have in their books before the operation is tried: the holders' accounts, and what the deed needs. */
import { newEntryId, newOperationId } from '../../../agent/new-id.ts';
import type { Clock, Randomness } from '../../../agent/ports.ts';
import { LEASE_END, NOW, TODAY } from '../../../agent/test-support/ledger-town.ts';
import type { Ledger } from '../../../agent/ledger/ledger.ts';
import { cardRefOf } from '../../../contract/card-ref.ts';
import type { CardEvidence } from '../../../contract/card.ts';
import { AccountId, DeviceId, EntitlementId, LotId, StaffId, type CardRef, type OperationId, type SchemeId } from '../../../contract/ids.ts';
import { loadOfSale, sellSets, type Built } from '../../../contract/movements.ts';
import type { Change } from '../../../contract/sync.ts';
import { addDays, type LocalDate } from '../../../contract/time.ts';
import { issuedAccount, pocketAccount, type Entitlement, type Movement, type PurchaseRight } from '../../../contract/value.ts';
import { HELD, LOADED, LOST, NEW, PAST_ITS_DAY, SCHEMES, SET } from './pockets.ts';
import type { Subject, TestCard } from './subject.ts';

export const STAFF = StaffId.parse('staff-1');
/** Where the operation is tried. */
export const HERE = DeviceId.parse('here');

export interface CaseSetting {
  readonly subject: Subject;
  readonly cards: readonly TestCard[];
  /** Tells the accounts of one case from those of all others. */
  readonly number: number;
  /** The town's key of this case, under which the same identifier is another card than in every other case. */
  readonly cardKey: Uint8Array;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

export class CaseBooks {
  /** The account of the card that was lost, of a transfer. */
  readonly lostAccount: AccountId;
  /** The set that was sold at the first kiosk earlier today, and is to be taken back. */
  readonly soldEarlier: { readonly sale: Movement; readonly load: Movement } | undefined;
  readonly #setting: CaseSetting;
  readonly #right: PurchaseRight;
  readonly #opening: readonly Change[];

  constructor(setting: CaseSetting) {
    this.#setting = setting;
    const { number, subject, cards } = setting;
    const { id: schemeId, firstDay, lastDay } = HELD;
    this.lostAccount = AccountId.parse(`a-${number}-lost`);
    const account = AccountId.parse(`a-${number}-0`);
    this.#right = { id: EntitlementId.parse(`right-${number}`), schemeId, accountIds: [account], sets: 1, perAccount: 1, limit: 'person', firstDay, lastDay };
    this.soldEarlier = subject.deed === 'void' ? this.#oneSet(account) : undefined;
    this.#opening = [...cards.flatMap((card) => this.#openingOf(card)), ...this.#lost()].map((movement) => ({ type: 'movement', movement }));
  }

  refOf(card: TestCard): CardRef {
    return cardRefOf(this.#setting.cardKey, card.identifier);
  }

  accountOf(card: TestCard): AccountId {
    return AccountId.parse(`a-${this.#setting.number}-${this.#setting.cards.indexOf(card)}`);
  }

  /** What the town has told the kiosk. Only the first may sell, give out and take out of accounts: it holds what is needed for that. */
  told(kiosk: 'here' | 'there'): Change[] {
    const { cards } = this.#setting;
    const changes: Change[] = cards.flatMap((card): Change[] => {
      const accountId = this.accountOf(card);
      return [
        { type: 'account', accountId, open: true, follows: this.lostAccount },
        { type: 'card', cardRef: this.refOf(card), accountId, profile: card.profile, state: 'active' },
      ];
    });
    changes.push(...this.#opening);
    if (kiosk === 'here') return [...changes, ...this.#heldHere()];
    const sold = this.soldEarlier ? [this.soldEarlier.sale, this.soldEarlier.load] : [];
    return [...changes, ...sold.map((movement): Change => ({ type: 'movement', movement }))];
  }

  /** What the first kiosk did itself before: the cards were seen, and a set may have been sold. */
  didEarlier(ledger: Ledger): void {
    const { cards, clock, randomness } = this.#setting;
    for (const card of cards) if (card.counter !== null) ledger.noteCounter(this.refOf(card), card.counter);
    const [card] = cards;
    if (!this.soldEarlier || !card) return;
    const { sale, load } = this.soldEarlier;
    const entry = () => ({ id: newEntryId(clock, randomness), at: NOW });
    const recorded = ledger.recordCash(sale, entry());
    const counterBefore = card.counter === null ? null : card.counter - 1;
    const intent = { operationId: load.operationId, cardRef: this.refOf(card), cardProfile: card.profile, counterBefore, movement: load, preparedAt: NOW };
    const prepared = ledger.prepare(intent);
    if (recorded !== 'recorded' || prepared !== 'prepared') throw new Error(`The set could not be sold beforehand: ${recorded}, ${prepared}`);
    ledger.commit(load.operationId, entry(), earlierEvidence(card));
  }

  #heldHere(): Change[] {
    const { subject, cards, number } = this.#setting;
    const [first] = cards;
    if (!first) return [];
    const accountId = this.accountOf(first);
    const until = LEASE_END;
    switch (subject.deed) {
      case 'grant':
      case 'grant-new': {
        const { id: schemeId, firstDay, lastDay } = subject.deed === 'grant' ? HELD : NEW;
        const entitlement: Entitlement = { id: EntitlementId.parse(`e-${number}`), accountId, schemeId, amount: LOADED, lotKind: 'free', firstDay, lastDay };
        return [{ type: 'lease', entitlement, until }];
      }
      case 'sale':
        return [{ type: 'right', right: this.#right, until }];
      case 'transfer':
        return [{ type: 'hold', accountId: this.lostAccount, until }];
      case 'spend':
      case 'give':
      case 'exchange':
      case 'void':
        return first.profile === 'desfire' ? [] : [{ type: 'hold', accountId, until }];
      case 'expire':
        return [];
    }
  }

  #openingOf(card: TestCard): Movement[] {
    const { subject } = this.#setting;
    // What was sold here stands in the books by its sale.
    if (this.soldEarlier && card === this.#setting.cards[0]) return [];
    return Object.entries(card.opening).flatMap(([pocket, amount]) => {
      const accountId = this.accountOf(card);
      const over = subject.deed === 'expire' && pocket === HELD.id ? PAST_ITS_DAY : 0;
      const usable = this.#cameIn(accountId, pocket, amount - over);
      return over === 0 ? [usable] : [this.#cameIn(accountId, pocket, over, addDays(TODAY, -1)), usable];
    });
  }

  #lost(): Movement[] {
    if (this.#setting.subject.deed !== 'transfer') return [];
    // One ends a day after the other, so that it is certain in which order they are moved.
    return Object.entries(LOST).map(([pocket, amount], index) => this.#cameIn(this.lostAccount, pocket, amount, addDays(TODAY, 30 + index)));
  }

  #cameIn(accountId: AccountId, pocket: string, amount: number, lastDay?: LocalDate): Movement {
    const scheme = schemeCalled(pocket);
    const operationId = this.#operation();
    const id = LotId.parse(`lot-${operationId}`);
    return {
      operationId,
      kind: 'load',
      accountId,
      schemeId: scheme.id,
      entitlementId: null,
      occurredAt: NOW,
      lots: [{ id, accountId, schemeId: scheme.id, kind: 'paid', issuedOn: scheme.firstDay, lastDay: lastDay ?? scheme.lastDay }],
      postings: [{ debit: issuedAccount(scheme.id), credit: pocketAccount(accountId, id), amount }],
    };
  }

  #oneSet(accountId: AccountId): { readonly sale: Movement; readonly load: Movement } {
    const occasion = () => ({ operationId: this.#operation(), occurredAt: NOW });
    const sale = movementOf(
      sellSets({
        ...occasion(), accountId, device: HERE, scheme: HELD, right: this.#right, standing: undefined, sets: 1, staff: [STAFF],
        bought: { underRight: 0, byAccount: 0 }, stock: null,
      }),
    );
    return { sale, load: movementOf(loadOfSale({ ...occasion(), sale, claim: SET.priceYen, scheme: HELD, balance: 0 })) };
  }

  #operation(): OperationId {
    return newOperationId(this.#setting.clock, this.#setting.randomness);
  }
}

function schemeCalled(pocket: string): { readonly id: SchemeId; readonly firstDay: LocalDate; readonly lastDay: LocalDate } {
  const scheme = SCHEMES.find(({ id }) => id === pocket);
  if (!scheme) throw new Error(`The town has no scheme ${pocket}`);
  return scheme;
}

function movementOf(built: Built): Movement {
  if (!built.ok) throw new Error(`The set could not be sold beforehand: ${built.rule}`);
  return built.movement;
}

/** What the card left of the operation that brought it to where it is. */
function earlierEvidence({ profile, counter }: TestCard): CardEvidence {
  switch (profile) {
    case 'desfire':
      return { kind: 'log', counter: counter ?? 0 };
    case 'felica-lite-s':
      return { kind: 'write-counter', counter: counter ?? 0, writeCounter: 0 };
    case 'plain-identifier':
    case 'code':
      return { kind: 'none' };
  }
}
