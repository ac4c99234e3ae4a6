/**
 * A kiosk that moves value on the card seam, for operations that have no use case yet: intent first, then the card, then the books; what
 * is open is settled before anything else. Its record of intents is as simple as can be, and survives every restart.
 */
import { journalEvidence } from '../../../agent/services/card-evidence.ts';
import { newOperationId } from '../../../agent/new-id.ts';
import type { Clock, Randomness } from '../../../agent/ports.ts';
import { counterOf, type CardEvidence } from '../../../contract/card.ts';
import { OperationId } from '../../../contract/ids.ts';
import { recogniseCard } from '../../../hardware/card/recognise-card.ts';
import type { StoredValueCard } from '../../../hardware/card/stored-value.ts';
import type { CardReader } from '../../../hardware/reader/card-reader.ts';
import type { CaseKeys } from './case-keys.ts';
import type { Amounts, Claim, Kiosk, KioskNews, Recorded, Tapped, TownWord } from './kiosk.ts';
import { SCHEMES } from './pockets.ts';
import { amountsAfter, felicaReadersFor, type Subject, type TestCard } from './subject.ts';
import type { TearingPlant } from './tearing-plant.ts';
import type { CaseReader, Present } from './torn-reader.ts';

interface WrittenIntent {
  readonly operationId: OperationId;
  readonly card: TestCard;
  readonly counterBefore: number | null;
  state: 'prepared' | 'unknown' | 'committed' | 'aborted';
}

const isOpen = ({ state }: WrittenIntent): boolean => state === 'prepared' || state === 'unknown';

/** A `KioskNews` without its place. */
type Fact = KioskNews extends infer News ? (News extends KioskNews ? Omit<News, 'seq'> : never) : never;

export interface SeamSetting {
  readonly name: Kiosk['name'];
  readonly subject: Subject;
  readonly cards: readonly TestCard[];
  readonly keys: CaseKeys;
  readonly reader: CaseReader;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly plant: TearingPlant;
}

export class SeamKiosk implements Kiosk {
  readonly name: Kiosk['name'];
  readonly #setting: SeamSetting;
  readonly #intents: WrittenIntent[] = [];
  readonly #books = new Map<TestCard, Amounts>();
  readonly #evidence = new Map<OperationId, CardEvidence[]>();
  readonly #awaited = new Set<OperationId>();
  readonly #stopped = new Map<TestCard, string>();
  readonly #counterSeen = new Map<TestCard, number>();
  readonly #journal: KioskNews[] = [];
  #told = 0;

  constructor(setting: SeamSetting) {
    this.#setting = setting;
    this.name = setting.name;
    for (const card of setting.cards) {
      this.#books.set(card, card.opening);
      // The first kiosk has seen its cards before; to the other they are new.
      if (setting.name === 'here' && card.counter !== null) this.#counterSeen.set(card, card.counter);
    }
  }

  async tap(card: TestCard, deed: 'operate' | 'look'): Promise<Tapped> {
    const done = await this.#setting.reader.during(card.virtual, (reader, presence) => this.#touch(card, reader, presence, deed));
    return done === 'power-cut' ? { kind: 'power-cut' } : done;
  }

  restart(): void {
    for (const intent of this.#intents) {
      if (intent.state !== 'prepared') continue;
      if (this.#setting.plant.abortsAtRestart) intent.state = 'aborted';
      else this.#markUnknown(intent);
    }
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
    const news = this.#journal.slice(this.#told);
    this.#told = this.#journal.length;
    return news;
  }

  learn({ type, operationId }: TownWord): void {
    const intent = this.#intents.find((written) => written.operationId === operationId);
    switch (type) {
      case 'open':
        this.#awaited.add(operationId);
        return;
      case 'void':
        if (intent && intent.state !== 'committed') intent.state = 'aborted';
        return;
      case 'happened': {
        if (intent?.state === 'committed') return;
        if (intent) intent.state = 'committed';
        const [card] = this.#setting.cards;
        if (card && !this.#evidence.has(operationId)) this.#post(card, operationId);
        return;
      }
    }
  }

  books(card: TestCard): Amounts {
    return this.#books.get(card) ?? {};
  }

  recorded(card: TestCard): readonly Recorded[] {
    return this.#intents
      .filter((intent) => intent.card === card)
      .map((intent) => ({ operationId: intent.operationId, open: isOpen(intent), evidence: this.#evidence.get(intent.operationId) ?? [] }));
  }

  stopped(card: TestCard): string | undefined {
    return this.#stopped.get(card);
  }

  async #touch(lies: TestCard, reader: CardReader, presence: Present, deed: 'operate' | 'look'): Promise<Tapped> {
    const { keys, randomness, plant } = this.#setting;
    const recognised = await recogniseCard(plant.reader?.(reader) ?? reader, presence, {
      cardKeys: keys,
      profileOf: (identifier) => this.#cardCalled(identifier)?.profile,
      felicaReaders: felicaReadersFor(lies),
      pocketNames: () => SCHEMES.map(({ id }) => id),
      random: (bytes) => randomness.bytes(bytes),
    });
    if (recognised.kind === 'card-moved' || recognised.kind === 'reader-lost') return { kind: 'gone' };
    // As an agent does: a card is known by what it says it is, and by how it proves itself.
    const known = recognised.kind === 'stored-value' ? this.#cardCalled(recognised.card.identifier) : undefined;
    if (recognised.kind !== 'stored-value' || known?.profile !== recognised.card.profile) return { kind: 'not-usable', why: recognised.kind };
    if (this.#stopped.has(known)) return { kind: 'not-usable', why: 'stopped' };
    return await this.#serve(known, plant.card?.(recognised.card) ?? recognised.card, deed);
  }

  #cardCalled(identifier: Uint8Array): TestCard | undefined {
    return this.#setting.cards.find((card) => Buffer.from(card.identifier).equals(identifier));
  }

  async #serve(known: TestCard, card: StoredValueCard, deed: 'operate' | 'look'): Promise<Tapped> {
    const awaited = [...this.#awaited];
    const unsettled = await this.#settleOpen(known, card);
    if (unsettled) return unsettled;
    const read = await card.read();
    switch (read.kind) {
      case 'no-key':
        return { kind: 'shown', amounts: this.books(known), offers: null, claim: undefined };
      case 'suspect':
        return this.#stop(known, read.why);
      case 'card-moved':
      case 'reader-lost':
        return { kind: 'gone' };
      case 'read':
        break;
    }
    if (read.counter !== null && read.counter < (this.#counterSeen.get(known) ?? 0)) return this.#stop(known, 'rolled-back');
    await this.#note(known, card, read.counter, awaited);
    const amounts = card.capabilities.valueOnCard ? Object.fromEntries(read.pockets) : this.books(known);
    const claim = deed === 'operate' ? await this.#operate(known, card, read.counter) : undefined;
    return { kind: 'shown', amounts, offers: null, claim };
  }

  async #settleOpen(known: TestCard, card: StoredValueCard): Promise<Tapped | undefined> {
    for (const intent of this.#intents.filter((written) => written.card === known && isOpen(written))) {
      const settled = await card.settle(intent.operationId, intent.counterBefore);
      switch (settled.kind) {
        case 'committed':
          this.#commit(intent, journalEvidence(settled.evidence));
          break;
        case 'not-committed':
          intent.state = 'aborted';
          break;
        case 'unknown':
          this.#markUnknown(intent);
          break;
        case 'no-key':
          return undefined;
        case 'suspect':
          return this.#stop(known, settled.why);
        case 'card-moved':
        case 'reader-lost':
          return { kind: 'gone' };
      }
    }
    return undefined;
  }

  async #note(known: TestCard, card: StoredValueCard, counter: number | null, answers: readonly OperationId[]): Promise<void> {
    if (counter === null || (counter === this.#counterSeen.get(known) && answers.length === 0)) return;
    const history = await card.history();
    if (history.kind !== 'read') return;
    this.#counterSeen.set(known, counter);
    for (const operationId of answers) this.#awaited.delete(operationId);
    const log = history.operations.map((operation) => ({ operationId: OperationId.parse(operation.operationId), counter: operation.counter }));
    this.#write({ type: 'seen', counter, answers, log });
  }

  async #operate(known: TestCard, card: StoredValueCard, counterBefore: number | null): Promise<Claim> {
    const { clock, randomness, subject } = this.#setting;
    const before = this.books(known);
    const intent: WrittenIntent = { operationId: newOperationId(clock, randomness), card: known, counterBefore, state: 'prepared' };
    this.#intents.push(intent);
    const applied = await card.apply({ operationId: intent.operationId, movements: subject.movements });
    switch (applied.kind) {
      case 'committed':
        this.#commit(intent, journalEvidence(applied.evidence));
        return { kind: 'committed', amounts: amountsAfter(before, subject.movements) };
      case 'not-committed':
        intent.state = 'aborted';
        if (applied.why === 'suspect') this.#stop(known, 'inconsistent');
        return { kind: 'not-committed' };
      case 'unknown':
        this.#markUnknown(intent);
        return { kind: 'unknown' };
    }
  }

  #commit(intent: WrittenIntent, evidence: CardEvidence): void {
    intent.state = 'committed';
    this.#post(intent.card, intent.operationId, evidence);
    const counter = counterOf(evidence);
    if (counter !== null) this.#counterSeen.set(intent.card, counter);
    this.#write({ type: 'moved', operationId: intent.operationId, movement: undefined, counter });
  }

  #post(card: TestCard, operationId: OperationId, evidence?: CardEvidence): void {
    this.#books.set(card, amountsAfter(this.books(card), this.#setting.subject.movements));
    this.#evidence.set(operationId, [...(this.#evidence.get(operationId) ?? []), ...(evidence ? [evidence] : [])]);
  }

  #markUnknown(intent: WrittenIntent): void {
    if (intent.state === 'unknown') return;
    intent.state = 'unknown';
    this.#write({ type: 'unknown', operationId: intent.operationId, movement: undefined, counterBefore: intent.counterBefore });
  }

  #stop(card: TestCard, why: string): Tapped {
    this.#stopped.set(card, why);
    return { kind: 'not-usable', why: 'suspect' };
  }

  #write(fact: Fact): void {
    this.#journal.push({ seq: this.#journal.length + 1, ...fact });
  }
}
