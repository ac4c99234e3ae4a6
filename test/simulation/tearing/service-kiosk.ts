/** A kiosk in which the production use cases run, on a real ledger. */
import type { Ledger } from '../../../agent/ledger/ledger.ts';
import type { Log } from '../../../agent/log/log.ts';
import { loadValue } from '../../../agent/services/load-value.ts';
import { reportLeftIntents } from '../../../agent/services/resolve-intents.ts';
import { showBalance, type Holder } from '../../../agent/services/show-balance.ts';
import { LEASE_END, NOW, TODAY } from '../../../agent/test-support/ledger-town.ts';
import type { Clock, Randomness } from '../../../agent/ports.ts';
import { cardRefOf } from '../../../contract/card-ref.ts';
import { counterOf, type CardEvidence } from '../../../contract/card.ts';
import { AccountId, EntitlementId, LotId, type CardRef } from '../../../contract/ids.ts';
import type { JournalFact } from '../../../contract/journal.ts';
import type { Change } from '../../../contract/sync.ts';
import { issuedAccount, pocketAccount, type Entitlement, type Movement } from '../../../contract/value.ts';
import { newOperationId } from '../../../agent/new-id.ts';
import type { CardReader } from '../../../hardware/reader/card-reader.ts';
import type { CaseKeys } from './case-keys.ts';
import type { CaseLedger } from './case-ledger.ts';
import type { Amounts, Claim, Kiosk, KioskNews, Recorded, Tapped, TownWord } from './kiosk.ts';
import { SCHEMES } from './pockets.ts';
import { felicaReadersFor, type Subject, type TestCard } from './subject.ts';
import type { TearingPlant } from './tearing-plant.ts';
import type { CaseReader, Present } from './torn-reader.ts';

/** More than one case can write. */
const ENTRIES_MAX = 500;

export interface ServiceSetting {
  readonly name: Kiosk['name'];
  readonly subject: Subject;
  readonly cards: readonly TestCard[];
  /** Tells the accounts of one case from those of all others. */
  readonly number: number;
  /** The town's key of this case, under which the same identifier is another card than in every other case. */
  readonly cardKey: Uint8Array;
  readonly ledger: CaseLedger;
  readonly keys: CaseKeys;
  readonly reader: CaseReader;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly plant: TearingPlant;
}

export class ServiceKiosk implements Kiosk {
  readonly name: Kiosk['name'];
  readonly #setting: ServiceSetting;
  readonly #log: Log;
  readonly #firstSeq: number;
  #newsFrom: number;
  #ledger: Ledger;

  constructor(setting: ServiceSetting) {
    this.#setting = setting;
    this.name = setting.name;
    this.#log = { event: () => undefined };
    setting.ledger.tell(setting.cards.flatMap((card) => this.#told(card)));
    // The first kiosk has seen its cards before; to the other they are new.
    for (const card of setting.name === 'here' ? setting.cards : []) {
      if (card.counter !== null) setting.ledger.ledger.noteCounter(this.#refOf(card), card.counter);
    }
    this.#firstSeq = setting.ledger.ledger.syncState().lastSeq;
    this.#newsFrom = this.#firstSeq;
    this.#ledger = this.#planted();
  }

  async tap(card: TestCard, deed: 'operate' | 'look'): Promise<Tapped> {
    const done = await this.#setting.reader.during(card.virtual, (reader, presence) => this.#touch(card, reader, presence, deed));
    return done === 'power-cut' ? { kind: 'power-cut' } : done;
  }

  restart(reopen: boolean): void {
    if (reopen) this.#setting.ledger.reopen();
    this.#ledger = this.#planted();
    if (this.#setting.plant.abortsAtRestart) for (const { operationId } of this.#ledger.openIntents()) this.#ledger.abort(operationId);
    reportLeftIntents({ ledger: this.#ledger, clock: this.#setting.clock, randomness: this.#setting.randomness, log: this.#log });
  }

  goOffline(keys: 'keys-kept' | 'no-keys'): void {
    this.#setting.keys.goOffline(keys);
  }

  goOnline(): void {
    this.#setting.keys.goOnline();
  }

  takeCardAway(): void {
    this.#setting.reader.remove();
  }

  news(): readonly KioskNews[] {
    const entries = this.#facts(this.#newsFrom);
    this.#newsFrom = entries.at(-1)?.seq ?? this.#newsFrom;
    return entries.flatMap(({ seq, fact }): KioskNews[] => {
      switch (fact.type) {
        case 'value-moved':
          return [{ seq, type: 'moved', operationId: fact.movement.operationId, movement: fact.movement, counter: counterOf(fact.card.evidence) }];
        case 'movement-unknown':
          return [{ seq, type: 'unknown', operationId: fact.movement.operationId, movement: fact.movement, counterBefore: fact.card.counterBefore }];
        case 'card-seen':
          return [{ seq, type: 'seen', counter: fact.counter, log: fact.log, answers: fact.answers ?? [] }];
        default:
          return [];
      }
    });
  }

  learn(word: TownWord): void {
    this.#setting.ledger.tell([this.#change(word)]);
  }

  books(card: TestCard): Amounts {
    const amounts: Record<string, number> = {};
    for (const { lot, amount } of this.#ledger.lotsOf(this.#accountOf(card))) amounts[lot.schemeId] = (amounts[lot.schemeId] ?? 0) + amount;
    return amounts;
  }

  recorded(card: TestCard): readonly Recorded[] {
    const cardRef = this.#refOf(card);
    const open = new Set(this.#setting.ledger.ledger.openIntents(cardRef).map(({ operationId }) => operationId));
    const evidence = new Map<Recorded['operationId'], CardEvidence[]>();
    for (const { fact } of this.#facts(this.#firstSeq)) {
      if (fact.type !== 'value-moved' || fact.card.cardRef !== cardRef) continue;
      const { operationId } = fact.movement;
      evidence.set(operationId, [...(evidence.get(operationId) ?? []), fact.card.evidence]);
    }
    const operations = [...new Set([...open, ...evidence.keys()])];
    return operations.map((operationId) => ({ operationId, open: open.has(operationId), evidence: evidence.get(operationId) ?? [] }));
  }

  stopped(card: TestCard): string | undefined {
    const cardRef = this.#refOf(card);
    for (const { fact } of this.#facts(this.#firstSeq)) if (fact.type === 'card-suspect' && fact.card.cardRef === cardRef) return fact.why;
    return undefined;
  }

  async #touch(lies: TestCard, reader: CardReader, presence: Present, deed: 'operate' | 'look'): Promise<Tapped> {
    const { keys, clock, randomness, cardKey, plant } = this.#setting;
    const felicaReaders = felicaReadersFor(lies);
    const common = { cardKeys: keys, ledger: this.#ledger, clock, randomness, log: this.#log, cardKey, felicaReaders };
    const ports = { ...common, reader: plant.reader?.(reader) ?? reader };
    const shown = await showBalance(presence, ports);
    switch (shown.kind) {
      case 'not-usable':
        return { kind: 'not-usable', why: shown.why };
      case 'card-moved':
      case 'reader-lost':
        return { kind: 'gone' };
      case 'holder':
        break;
    }
    const { holder } = shown;
    const [offer] = holder.offers;
    const amounts = Object.fromEntries(holder.pockets.map(({ schemeId, amount }) => [schemeId, amount]));
    const tried = deed === 'operate' && offer;
    const claim = tried ? await this.#load({ ...holder, card: plant.card?.(holder.card) ?? holder.card }, offer, amounts, ports) : undefined;
    return { kind: 'shown', amounts, offers: holder.offers.length, claim };
  }

  async #load(holder: Holder, offer: Holder['offers'][number], before: Amounts, ports: Parameters<typeof loadValue>[1]): Promise<Claim> {
    const loaded = await loadValue({ holder, offer }, ports);
    switch (loaded.kind) {
      case 'loaded':
        return { kind: 'committed', amounts: { ...before, [offer.scheme.id]: loaded.balance } };
      case 'unknown':
        return { kind: 'unknown' };
      case 'refused':
      case 'suspect':
      case 'card-moved':
      case 'reader-lost':
        return { kind: 'not-committed' };
    }
  }

  /** What the town says of a card and its holder; only the first card's holder may receive something, and only at the first kiosk. */
  #told(card: TestCard): Change[] {
    const { cards, subject, name } = this.#setting;
    const accountId = this.#accountOf(card);
    const changes: Change[] = [
      { type: 'account', accountId, open: true },
      { type: 'card', cardRef: this.#refOf(card), accountId, profile: card.profile, state: 'active' },
    ];
    for (const [schemeId, amount] of Object.entries(card.opening)) {
      changes.push({ type: 'movement', movement: this.#openingMovement(accountId, schemeId, amount) });
    }
    if (card === cards[0] && name === 'here') changes.push({ type: 'lease', entitlement: this.#entitlement(subject), until: LEASE_END });
    return changes;
  }

  #entitlement({ movements }: Subject): Entitlement {
    const [movement] = movements;
    const scheme = SCHEMES.find(({ id }) => id === movement?.pocket);
    if (!scheme || movement?.kind !== 'credit' || movements.length !== 1) throw new Error('A load is one credit to a scheme of the town');
    const { number, cards } = this.#setting;
    const { id: schemeId, firstDay, lastDay } = scheme;
    return { id: EntitlementId.parse(`e-${number}`), accountId: this.#accountOf(cards[0]!), schemeId, amount: movement.amount, lotKind: 'free', firstDay, lastDay };
  }

  #openingMovement(accountId: AccountId, pocket: string, amount: number): Movement {
    const scheme = SCHEMES.find(({ id }) => id === pocket)!;
    const id = LotId.parse(`lot-opening-${accountId}`);
    return {
      operationId: newOperationId(this.#setting.clock, this.#setting.randomness),
      kind: 'load',
      accountId,
      schemeId: scheme.id,
      entitlementId: null,
      occurredAt: NOW,
      lots: [{ id, accountId, schemeId: scheme.id, kind: 'paid', issuedOn: TODAY, lastDay: scheme.lastDay }],
      postings: [{ debit: issuedAccount(scheme.id), credit: pocketAccount(accountId, id), amount }],
    };
  }

  #change(word: TownWord): Change {
    switch (word.type) {
      case 'open':
        return { type: 'movement-open', operationId: word.operationId, cardRef: this.#refOf(this.#setting.cards[0]!) };
      case 'void':
        return { type: 'movement-void', operationId: word.operationId };
      case 'happened':
        if (!word.movement) throw new Error('A movement of the ledger came without its postings');
        return { type: 'movement', movement: word.movement };
    }
  }

  #planted(): Ledger {
    const { ledger } = this.#setting.ledger;
    return this.#setting.plant.ledger?.(ledger) ?? ledger;
  }

  #facts(after: number): Array<{ readonly seq: number; readonly fact: JournalFact }> {
    const entries = this.#setting.ledger.ledger.entriesAfter(after, ENTRIES_MAX);
    return entries.map(({ seq, body }) => ({ seq, fact: (JSON.parse(body) as { fact: JournalFact }).fact }));
  }

  #refOf(card: TestCard): CardRef {
    return cardRefOf(this.#setting.cardKey, card.identifier);
  }

  #accountOf(card: TestCard): AccountId {
    return AccountId.parse(`a-${this.#setting.number}-${this.#setting.cards.indexOf(card)}`);
  }
}
