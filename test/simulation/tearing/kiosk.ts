/** A kiosk in which the production use cases run, on a real ledger. */
import type { Ledger } from '../../../agent/ledger/ledger.ts';
import type { Log } from '../../../agent/log/log.ts';
import { reportLeftIntents } from '../../../agent/services/resolve-intents.ts';
import { showBalance, type PresentCard } from '../../../agent/services/show-balance.ts';
import { TODAY } from '../../../agent/test-support/ledger-town.ts';
import { ScriptedBackend } from '../../../agent/test-support/scripted-backend.ts';
import type { Clock, Randomness } from '../../../agent/ports.ts';
import { counterOf } from '../../../contract/card.ts';
import type { AccountId, OperationId } from '../../../contract/ids.ts';
import type { JournalFact } from '../../../contract/journal.ts';
import type { Change } from '../../../contract/sync.ts';
import { recogniseCard } from '../../../hardware/card/recognise-card.ts';
import type { CardReader } from '../../../hardware/reader/card-reader.ts';
import type { CaseBooks } from './case-books.ts';
import type { CaseKeys } from './case-keys.ts';
import type { CaseLedger } from './case-ledger.ts';
import { tryDeed } from './deeds.ts';
import type { Amounts, Cash, KioskNews, Recorded, Tapped, TownWord } from './kiosk-words.ts';
import { SCHEMES } from './pockets.ts';
import { felicaReadersFor, type Subject, type TestCard } from './subject.ts';
import type { TearingPlant } from './tearing-plant.ts';
import type { CaseReader, CommandThread, Present } from './torn-reader.ts';

/** More than one case can write. */
const ENTRIES_MAX = 500;

export interface KioskSetting {
  readonly name: 'here' | 'there';
  readonly subject: Subject;
  readonly cards: readonly TestCard[];
  readonly books: CaseBooks;
  readonly cardKey: Uint8Array;
  readonly ledger: CaseLedger;
  readonly keys: CaseKeys;
  readonly reader: CaseReader;
  /** Is told which operation the commands that follow belong to. */
  readonly thread: CommandThread;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly plant: TearingPlant;
}

export class Kiosk {
  readonly name: KioskSetting['name'];
  readonly #setting: KioskSetting;
  readonly #log: Log = { event: () => undefined };
  readonly #backend: ScriptedBackend;
  readonly #firstSeq: number;
  /** Whatever was written down before a card was touched, oldest first. */
  readonly #prepared: Array<{ readonly operationId: OperationId; readonly cardRef: string }> = [];
  /** The sale of which this kiosk knows. */
  #sale: OperationId | undefined;
  #newsFrom: number;
  #ledger: Ledger;

  constructor(setting: KioskSetting) {
    const { name, ledger, books } = setting;
    this.#setting = setting;
    this.name = name;
    this.#backend = new ScriptedBackend(ledger.device);
    // Everything that a deed needs of the town is here beforehand: no kiosk of a case asks for more.
    this.#backend.constantFault = 'unreachable';
    this.#sale = books.soldEarlier?.sale.operationId;
    ledger.tell(books.told(name));
    // To the other kiosk the cards are new.
    if (name === 'here') books.didEarlier(ledger.ledger);
    this.#firstSeq = ledger.ledger.syncState().lastSeq;
    this.#newsFrom = this.#firstSeq;
    this.#ledger = this.#planted();
  }

  /** @param deed `operate` tries the operation of the case once the card is read */
  async tap(card: TestCard, deed: 'operate' | 'look'): Promise<Tapped> {
    const done = await this.#setting.reader.during(card.virtual, (reader, presence) => this.#touch(card, reader, presence, deed));
    return done === 'power-cut' ? { kind: 'power-cut' } : done;
  }

  /** Starts the program anew, on what it had written down. @param reopen also closes the file of the ledger and opens it again */
  restart(reopen: boolean): void {
    if (reopen) this.#setting.ledger.reopen();
    this.#ledger = this.#planted();
    if (this.#setting.plant.abortsAtRestart) for (const { operationId } of this.#ledger.openIntents()) this.#ledger.abort(operationId);
    reportLeftIntents({ ledger: this.#ledger, clock: this.#setting.clock, randomness: this.#setting.randomness, log: this.#log });
  }

  /** From now on nobody can be asked for keys. The kiosk was given those of its cards earlier, or has none. */
  goOffline(keys: 'keys-kept' | 'no-keys'): void {
    this.#setting.keys.goOffline(keys);
  }

  goOnline(): void {
    this.#setting.keys.goOnline();
  }

  takeCardAway(): void {
    this.#setting.reader.remove();
  }

  /** What came since it was asked last. */
  news(): readonly KioskNews[] {
    const entries = this.#facts(this.#newsFrom);
    this.#newsFrom = entries.at(-1)?.seq ?? this.#newsFrom;
    return entries.flatMap(({ seq, fact }): KioskNews[] => {
      switch (fact.type) {
        case 'value-moved':
          return [{ seq, type: 'moved', movement: fact.movement, counter: counterOf(fact.card.evidence) }];
        case 'cash-moved':
          return [{ seq, type: 'cash', movement: fact.movement }];
        case 'movement-unknown':
          return [{ seq, type: 'unknown', movement: fact.movement, counterBefore: fact.card.counterBefore }];
        case 'card-seen':
          return [{ seq, type: 'seen', counter: fact.counter, log: fact.log, answers: fact.answers ?? [] }];
        default:
          return [];
      }
    });
  }

  learn(word: TownWord): void {
    if (word.type === 'happened' && word.movement.kind === 'sale') this.#sale = word.movement.operationId;
    this.#setting.ledger.tell([this.#change(word)]);
  }

  /** What the books say the holder has. */
  books(card: TestCard): Amounts {
    return this.#amountsOf(this.#setting.books.accountOf(card));
  }

  /** What the books say is left in the account of the lost card. */
  lost(): Amounts {
    return this.#amountsOf(this.#setting.books.lostAccount);
  }

  /** @returns undefined when this kiosk knows of no sale to the card's holder */
  cashOf(card: TestCard): Cash | undefined {
    const { ledger } = this.#setting.ledger;
    const sale = this.#sale && ledger.movementOf(this.#sale);
    const account = this.#setting.books.accountOf(card);
    if (!sale || sale.accountId !== account) return undefined;
    const loads = ledger.loadsOf(account, TODAY);
    return {
      priceYen: sale.postings.reduce((sum, { amount }) => sum + amount, 0),
      claimYen: ledger.claimOf(sale),
      wanted: ledger.openIntents(this.#setting.books.refOf(card)).some(({ movement }) => movement.ofOperation === sale.operationId),
      received: loads.some(({ ofOperation }) => ofOperation === sale.operationId),
    };
  }

  /** Every operation that was written down for the card, whatever became of it. */
  prepared(card: TestCard): readonly OperationId[] {
    const cardRef = this.#setting.books.refOf(card);
    return this.#prepared.filter((one) => one.cardRef === cardRef).map(({ operationId }) => operationId);
  }

  recorded(card: TestCard): readonly Recorded[] {
    const cardRef = this.#setting.books.refOf(card);
    const open = new Set(this.#setting.ledger.ledger.openIntents(cardRef).map(({ operationId }) => operationId));
    const posted = this.#facts(this.#firstSeq).flatMap(({ fact }) => (fact.type === 'value-moved' && fact.card.cardRef === cardRef ? [fact] : []));
    const operations = new Set([...open, ...posted.map(({ movement }) => movement.operationId)]);
    return [...operations].map((operationId) => ({
      operationId,
      open: open.has(operationId),
      evidence: posted.flatMap(({ movement, card: { evidence } }) => (movement.operationId === operationId ? [evidence] : [])),
    }));
  }

  /** Why the card was stopped here; undefined when it was not. */
  stopped(card: TestCard): string | undefined {
    const cardRef = this.#setting.books.refOf(card);
    for (const { fact } of this.#facts(this.#firstSeq)) if (fact.type === 'card-suspect' && fact.card.cardRef === cardRef) return fact.why;
    return undefined;
  }

  async #touch(lies: TestCard, reader: CardReader, presence: Present, deed: 'operate' | 'look'): Promise<Tapped> {
    const { keys, clock, randomness, cardKey, plant, subject, books } = this.#setting;
    const ports = {
      reader: plant.reader?.(reader) ?? reader,
      cardKeys: keys,
      ledger: this.#ledger,
      clock,
      randomness,
      log: this.#log,
      cardKey,
      felicaReaders: felicaReadersFor(lies),
      backend: this.#backend,
      sync: { syncOnce: async () => 'done' as const },
    };
    const lying = plant.card ? await this.#plantedCard(presence, plant.card, ports) : presence;
    if ('gone' in lying) return lying.gone;
    const shown = await showBalance(lying, ports);
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
    const amounts = Object.fromEntries(holder.pockets.map(({ schemeId, amount }) => [schemeId, amount]));
    const before = this.#prepared.length;
    const said = deed === 'operate' ? await tryDeed(subject.deed, holder, books, ports) : undefined;
    const operationId = this.#prepared.slice(before).at(-1)?.operationId;
    return { kind: 'shown', amounts, offers: holder.offers.length, said: said && { ...said, operationId } };
  }

  /** Recognises the card as a tap does, and puts something between it and the use cases. */
  async #plantedCard(
    presence: Present,
    planted: NonNullable<TearingPlant['card']>,
    { reader, cardKeys, felicaReaders, randomness }: Pick<Parameters<typeof showBalance>[1], 'reader' | 'cardKeys' | 'felicaReaders' | 'randomness'>,
  ): Promise<PresentCard | { readonly gone: Tapped }> {
    const { cards } = this.#setting;
    const recognised = await recogniseCard(reader, presence, {
      cardKeys,
      felicaReaders: felicaReaders ?? [],
      profileOf: (identifier) => cards.find((card) => Buffer.from(card.identifier).equals(identifier))?.profile,
      pocketNames: () => SCHEMES.map(({ id }) => id),
      random: (bytes) => randomness.bytes(bytes),
    });
    switch (recognised.kind) {
      case 'stored-value':
        return { kind: 'shown', generation: presence.generation, card: planted(recognised.card) };
      case 'card-moved':
      case 'reader-lost':
        return { gone: { kind: 'gone' } };
      default:
        return { gone: { kind: 'not-usable', why: recognised.kind } };
    }
  }

  #change(word: TownWord): Change {
    switch (word.type) {
      case 'open':
        return { type: 'movement-open', operationId: word.operationId, cardRef: this.#setting.books.refOf(this.#setting.cards[0]!) };
      case 'void':
        return { type: 'movement-void', operationId: word.operationId };
      case 'happened':
        return { type: 'movement', movement: word.movement };
    }
  }

  #planted(): Ledger {
    const { ledger, plant } = this.#setting;
    const watched = this.#watched(ledger.ledger);
    return plant.ledger?.(watched) ?? watched;
  }

  /** The same ledger, and what is written down in it before money or a card is touched is noted. */
  #watched(ledger: Ledger): Ledger {
    return {
      ...ledger,
      prepare: (intent) => {
        const answer = ledger.prepare(intent);
        if (answer === 'prepared') {
          this.#prepared.push(intent);
          this.#setting.thread.begin(intent.operationId);
        }
        return answer;
      },
      recordCash: (movement, entry) => {
        const answer = ledger.recordCash(movement, entry);
        if (answer === 'recorded' && movement.kind === 'sale') this.#sale = movement.operationId;
        return answer;
      },
    };
  }

  #facts(after: number): Array<{ readonly seq: number; readonly fact: JournalFact }> {
    const entries = this.#setting.ledger.ledger.entriesAfter(after, ENTRIES_MAX);
    return entries.map(({ seq, body }) => ({ seq, fact: (JSON.parse(body) as { fact: JournalFact }).fact }));
  }

  #amountsOf(account: AccountId): Amounts {
    const amounts: Record<string, number> = {};
    for (const { lot, amount } of this.#setting.ledger.ledger.lotsOf(account)) amounts[lot.schemeId] = (amounts[lot.schemeId] ?? 0) + amount;
    return amounts;
  }
}
