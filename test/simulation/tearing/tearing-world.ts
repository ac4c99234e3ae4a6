/** What many cases share: the subjects, and each kiosk's ledger. Builds the kiosks, cards and the town of one case. */
import { createHash } from 'node:crypto';
import { createManualClock } from '../../../agent/test-support/manual-clock.ts';
import { createSeededRandomness } from '../../../agent/test-support/seeded-randomness.ts';
import type { Clock } from '../../../agent/ports.ts';
import { decideUnknown } from '../../../backend/cards/decide-unknown.ts';
import { DeviceId } from '../../../contract/ids.ts';
import { CaseBooks } from './case-books.ts';
import { CaseKeys } from './case-keys.ts';
import { CaseLedger } from './case-ledger.ts';
import { desfireSubjects } from './desfire-subjects.ts';
import { felicaSubjects } from './felica-subjects.ts';
import { Kiosk } from './kiosk.ts';
import { plainSubjects } from './plain-subject.ts';
import type { Subject, TestCard } from './subject.ts';
import { NO_TEARING_PLANT, type TearingPlant } from './tearing-plant.ts';
import { DirectCaseReader, type CaseReader, type CommandThread } from './torn-reader.ts';
import { TownDesk } from './town-desk.ts';

const PLACES = ['here', 'there'] as const;
/** A ledger is looked through at a restart; after so many cases a new one is begun. */
const CASES_PER_LEDGER = 500;

export interface CaseParts {
  readonly card: TestCard;
  readonly otherCard: TestCard;
  readonly here: Kiosk;
  /** Knows the card's holder as well; undefined where the case stays at one kiosk. */
  readonly there: Kiosk | undefined;
  readonly town: TownDesk;
}

export interface WorldOptions {
  readonly plant?: TearingPlant;
  /** A reader for each kiosk of a case. Default: without PC/SC. */
  readonly readerFor?: (thread: CommandThread) => CaseReader;
}

export class TearingWorld {
  readonly subjects: readonly Subject[];
  readonly #plant: TearingPlant;
  readonly #readerFor: (thread: CommandThread) => CaseReader;
  readonly #clocks: Readonly<Record<Kiosk['name'], Clock>> = { here: createManualClock(), there: createManualClock() };
  #ledgers: Readonly<Record<Kiosk['name'], CaseLedger>> | undefined;
  #cases = 0;

  private constructor(subjects: readonly Subject[], { plant, readerFor }: Required<WorldOptions>) {
    this.subjects = subjects;
    this.#plant = plant;
    this.#readerFor = readerFor;
  }

  static async open({ plant = NO_TEARING_PLANT, readerFor = (thread) => new DirectCaseReader(thread) }: WorldOptions = {}): Promise<TearingWorld> {
    const subjects = [...(await desfireSubjects()), ...(await felicaSubjects()), ...plainSubjects()];
    return new TearingWorld(subjects, { plant, readerFor });
  }

  /** @param seed text; the same gives the same random numbers */
  parts(subject: Subject, thread: CommandThread, seed: string, kiosks: 1 | 2): CaseParts {
    this.#cases += 1;
    const digest = createHash('sha256').update(seed).digest();
    const randomness = createSeededRandomness(digest.readUInt32LE(0));
    const random = (bytes: number): Uint8Array => randomness.bytes(bytes);
    const [card, otherCard] = [subject.card(random), subject.otherCard(random)];
    const cards = [card, otherCard];
    const cardKey = createHash('sha256').update(`${seed} ${this.#cases}`).digest();
    const books = new CaseBooks({ subject, cards, number: this.#cases, cardKey, clock: this.#clocks.here, randomness });
    const kiosk = (name: Kiosk['name']): Kiosk => {
      const [clock, reader, ledger] = [this.#clocks[name], this.#readerFor(thread), this.#ledgerOf(name)];
      return new Kiosk({ name, subject, cards, books, cardKey, ledger, keys: new CaseKeys(cards), reader, thread, clock, randomness, plant: this.#plant });
    };
    const town = new TownDesk(this.#plant.decide ?? decideUnknown);
    return { card, otherCard, here: kiosk('here'), there: kiosks === 2 ? kiosk('there') : undefined, town };
  }

  close(): void {
    for (const ledger of Object.values(this.#ledgers ?? {})) ledger.remove();
    this.#ledgers = undefined;
  }

  #ledgerOf(name: Kiosk['name']): CaseLedger {
    if (name === 'here' && this.#cases % CASES_PER_LEDGER === 0) this.close();
    this.#ledgers ??= Object.fromEntries(PLACES.map((place) => [place, new CaseLedger(DeviceId.parse(place))])) as Record<Kiosk['name'], CaseLedger>;
    return this.#ledgers[name];
  }
}
