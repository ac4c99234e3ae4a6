/**
 * A kiosk as a thing in the world: what lies on its reader, what its printer did, how wrong its clock is, and the run of its program.
 * Watches every snapshot and every log line for what must never be there.
 */
import path from 'node:path';
import type { DeviceIdentity } from '../../agent/identity.ts';
import { cardRefOf } from '../../contract/card-ref.ts';
import { KioskSnapshot, type Choice, type ScreenName } from '../../contract/kiosk.ts';
import type { ReaderStatus } from '../../hardware/reader/card-reader.ts';
import type { PrinterStatus, PrintOutcome, SlipJob } from '../../hardware/printer/slip-printer.ts';
import { DeviceRun, type RunSetting } from './device-run.ts';
import { copyDatabase } from './ledger-image.ts';
import { accountOf, cardOf, GRANT, OPENING, openingOf, RESIDENTS, STRANGERS_CARD, type Resident } from './small-town.ts';
import type { Trace } from './trace.ts';

export type Card = Resident | 'stranger';
export const identifierOf = (card: Card): string => (card === 'stranger' ? STRANGERS_CARD : cardOf(card));

type FixedSetting = Omit<RunSetting, 'ledgerFile' | 'clockError' | 'onLog' | 'onSnapshot' | 'onCrashPoint'>;

export class SimulatedDevice {
  readonly #setting: FixedSetting;
  readonly #trace: Trace;
  readonly #directory: string;
  readonly #identifiers: readonly string[];
  readonly #pointers: readonly string[];
  /** Highest entry the backend has, as it stands on its disk. */
  readonly #backendHead: () => number | undefined;
  #file: string;
  #images = 0;
  #oldImage: string | undefined;
  #run: DeviceRun | undefined;
  readonly #buried: DeviceRun[] = [];
  #snapshot: KioskSnapshot | undefined;
  #holder: Resident | undefined;
  card: Card | undefined;
  clockErrorMs = 0;
  crashes = 0;
  screensSeen = new Set<ScreenName>();
  /** Every slip that came out of the slot, whichever run sent it. */
  readonly printers: Array<{ readonly printed: readonly SlipJob[] }> = [];

  constructor(setting: FixedSetting, world: { readonly trace: Trace; readonly directory: string; readonly backendHead: () => number | undefined }) {
    this.#setting = setting;
    this.#trace = world.trace;
    this.#backendHead = world.backendHead;
    this.#directory = world.directory;
    this.#file = path.join(world.directory, `kiosk-${setting.name}`, 'ledger.db');
    const cards = [...RESIDENTS.map(cardOf), STRANGERS_CARD];
    this.#identifiers = cards;
    this.#pointers = cards.map((card) => cardRefOf(setting.identity.cardKey, Buffer.from(card, 'hex')));
  }

  get name(): string {
    return this.#setting.name;
  }
  get identity(): DeviceIdentity {
    return this.#setting.identity;
  }
  get up(): boolean {
    return this.#run !== undefined;
  }
  get ledgerFile(): string {
    return this.#file;
  }
  get run(): DeviceRun {
    if (!this.#run) throw new Error(`Kiosk ${this.name} is off`);
    return this.#run;
  }
  get snapshot(): KioskSnapshot {
    if (!this.#snapshot) throw new Error(`Kiosk ${this.name} shows nothing`);
    return this.#snapshot;
  }
  get screen(): ScreenName {
    return this.snapshot.screen.name;
  }
  /** Identifiers of cards, which may neither be logged nor journalled. */
  get identifiers(): readonly string[] {
    return this.#identifiers;
  }

  start(): void {
    if (this.#run) return;
    this.#trace.note(this.name, 'starts');
    new DeviceRun(
      {
        ...this.#setting,
        seed: this.#setting.seed + this.#images,
        ledgerFile: this.#file,
        clockError: () => this.clockErrorMs,
        onLog: (...words) => this.#onLog(words[0], words[1]),
        onSnapshot: (snapshot) => this.#onSnapshot(snapshot),
        onCrashPoint: () => this.crash(),
      },
      (begun) => {
        this.#run = begun;
        this.#snapshot = undefined;
        this.printers.push(begun.printer);
        if (this.card !== undefined) begun.reader.put(identifierOf(this.card));
      },
    );
    this.#oldImage = undefined;
  }

  /** The machine stops at once. What is committed is what the next run finds. */
  crash(): void {
    const run = this.#run;
    if (!run) return;
    this.#images += 1;
    this.crashes += 1;
    this.#trace.note(this.name, 'crashes');
    this.#file = this.#oldImage ?? copyDatabase(this.#file, path.join(this.#directory, `kiosk-${this.name}-${this.#images}`));
    this.#oldImage = undefined;
    this.#run = undefined;
    run.die();
    this.#buried.push(run);
  }

  /** Between two steps of the schedule. */
  tick(): void {
    for (const run of this.#buried.splice(0)) run.bury();
    if (this.#setting.plant.lyingDisk && this.#run && this.#oldImage === undefined) {
      this.#images += 1;
      this.#oldImage = copyDatabase(this.#file, path.join(this.#directory, `kiosk-${this.name}-${this.#images}`));
    }
  }

  async stop(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    await run?.stop();
  }

  put(card: Card): void {
    this.card = card;
    this.#trace.note(this.name, 'card put', String(card));
    if (this.#run) this.#run.attempt(() => this.#run?.reader.put(identifierOf(card)));
  }
  take(): void {
    this.card = undefined;
    this.#trace.note(this.name, 'card taken');
    this.#withRun((run) => run.reader.take());
  }
  putAnother(): void {
    this.#trace.note(this.name, 'a second card put');
    this.#withRun((run) => run.reader.putAnother());
  }
  /** The second card is taken; the first is found anew. */
  takeOther(): void {
    const { card } = this;
    this.#withRun((run) => (card === undefined ? run.reader.take() : run.reader.put(identifierOf(card))));
  }
  unplugReader(status: Exclude<ReaderStatus, { kind: 'ready' }>): void {
    this.#trace.note(this.name, 'reader lost', status.kind);
    this.#withRun((run) => run.reader.unplug(status));
  }
  replugReader(): void {
    this.#trace.note(this.name, 'reader back');
    this.#withRun((run) => run.reader.replug());
  }
  holdReader(hold: boolean): void {
    this.#withRun((run) => (hold ? run.reader.hold() : run.reader.release()));
  }
  setPrinter(status: PrinterStatus): void {
    this.#trace.note(this.name, 'printer', status.kind);
    this.#withRun((run) => run.printer.setStatus(status));
  }
  nextSlip(outcome: PrintOutcome): void {
    this.#withRun((run) => void (run.printer.nextOutcome = outcome));
  }
  holdPrinter(hold: boolean): void {
    this.#withRun((run) => (hold ? run.printer.hold() : run.printer.release()));
  }
  choose(choice: Choice, screenId = this.#snapshot?.screenId ?? 1): void {
    this.#withRun((run) => {
      const answer = run.kiosk.choose({ screenId, choice });
      this.#trace.note(this.name, `pressed ${choice}`, answer);
    });
  }

  #withRun(deed: (run: DeviceRun) => void): void {
    const run = this.#run;
    run?.attempt(() => deed(run));
  }

  #onLog(name: string, fields: unknown): void {
    const { faults } = this.#setting;
    this.#trace.note(this.name, name, fields ?? '');
    const text = JSON.stringify(fields ?? '');
    const lower = text.toLowerCase();
    if ([...this.#identifiers, ...this.#pointers].some((word) => lower.includes(word)) || text.includes('a-resident-')) faults.find(`Kiosk ${this.name} logged something about a person with "${name}"`);
    if (name === 'unexpected-error') faults.find(`Kiosk ${this.name} met something unexpected: ${text}`);
    if (name === 'sync-pushed') {
      const { acknowledgedSeq } = this.run.ledger.syncState();
      const head = this.#backendHead();
      if (head !== undefined && acknowledgedSeq > head) faults.find(`Kiosk ${this.name} takes entry ${acknowledgedSeq} for acknowledged; the backend has ${head}`);
    }
  }

  #onSnapshot(snapshot: KioskSnapshot): void {
    const { faults } = this.#setting;
    const before = this.#snapshot;
    this.#snapshot = KioskSnapshot.parse(snapshot);
    const { screen } = snapshot;
    this.screensSeen.add(screen.name);
    if (before && snapshot.revision <= before.revision) faults.find(`Kiosk ${this.name} pushed snapshot ${snapshot.revision} after ${before.revision}`);
    const isNew = before?.screenId !== snapshot.screenId;
    if (isNew) this.#trace.note(this.name, 'shows', screen);
    switch (screen.name) {
      case 'balance': {
        const shown = screen.pockets.find((pocket) => pocket.name === OPENING.name)?.amount;
        if (this.card === undefined || this.card === 'stranger') faults.find(`Kiosk ${this.name} shows a balance with no resident's card on the reader`);
        else if (shown !== openingOf(this.card)) faults.find(`Kiosk ${this.name} shows ${shown ?? 'nothing'} while the card of resident ${this.card} lies there`);
        else this.#holder = this.card;
        return;
      }
      case 'loaded': {
        if (!isNew || this.#holder === undefined) return;
        const held = this.run.ledger.lotsOf(accountOf(this.#holder)).reduce((sum, { lot, amount }) => sum + (lot.schemeId === GRANT.id ? amount : 0), 0);
        if (screen.balance > held) faults.find(`Kiosk ${this.name} says ${screen.balance} is loaded; its ledger holds ${held}`);
        return;
      }
      default:
        return;
    }
  }
}
