/**
 * A kiosk as a thing in the world: what lies on its reader, what its printer did, how wrong its clock is, and the run of its program.
 * Watches every snapshot and every log line for what must never be there.
 */
import type { DeviceIdentity } from '../../agent/identity.ts';
import type { Generation } from '../../contract/sync.ts';
import { KioskSnapshot, type Press, type ScreenName } from '../../contract/kiosk.ts';
import type { ReaderStatus } from '../../hardware/reader/card-reader.ts';
import type { PrinterStatus, PrintOutcome, SlipJob } from '../../hardware/printer/slip-printer.ts';
import type { VirtualCard } from '../../hardware/simulator/virtual-card.ts';
import { DeviceRun, LedgerRefused, type RunSetting } from './device-run.ts';
import type { KioskDisk} from './kiosk-disk.ts';
import { tearLog } from './kiosk-disk.ts';
import { accountOf, identifierOf, profileOf, type Resident } from './residents.ts';
import { GRANT, OPENING } from './schemes.ts';
import { DeviceClockError } from './simulated-time.ts';
import { PERSONAL_WORDS } from './personal-words.ts';
import type { Stranger } from './town-cards.ts';
import type { Trace } from './trace.ts';

export type Holder = Resident | Stranger;

type FixedSetting = Omit<RunSetting, 'ledgerFile' | 'clockError' | 'onLog' | 'onSnapshot' | 'onCrashPoint' | 'onLedgerGone'>;

export interface DeviceWorld {
  readonly trace: Trace;
  readonly disk: KioskDisk;
  /** Highest entry the backend has, as it stands in its database; more than any while an answer may come from before it was put back. */
  /** @param generation of the feed, which the kiosk follows */
  readonly backendHead: (generation: Generation | null) => number;
  readonly cardOf: (holder: Holder) => VirtualCard;
  /** Whose account a snapshot must be about; false when the books and the card of this resident may say different things. */
  readonly isPlain: (resident: Resident, opening: number) => boolean;
}

export class SimulatedDevice {
  readonly #setting: FixedSetting;
  readonly #world: DeviceWorld;
  readonly #pointers: readonly string[];
  #oldPicture: string | undefined;
  #run: DeviceRun | undefined;
  #starts = 0;
  #gone = false;
  readonly #buried: DeviceRun[] = [];
  #snapshot: KioskSnapshot | undefined;
  #holder: Resident | undefined;
  /** Whose paper card was shown last. */
  #shown: Resident | undefined;
  /** Whose card lies here, or was shown last. */
  card: Holder | undefined;
  readonly clockError: DeviceClockError;
  crashes = 0;
  /** It is not one of the town's kiosks any more: staff revoked it, or an old copy of its ledger was put back. */
  lost = false;
  #kept: string | undefined;
  readonly screensSeen = new Set<ScreenName>();
  /** Every slip that came out of the slot, whichever run sent it. */
  readonly printers: Array<{ readonly printed: readonly SlipJob[] }> = [];

  constructor(setting: FixedSetting, world: DeviceWorld) {
    this.#setting = setting;
    this.#world = world;
    this.clockError = new DeviceClockError(setting.time);
    this.#pointers = PERSONAL_WORDS.pointersUnder(setting.identity.cardKey);
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
  get disk(): KioskDisk {
    return this.#world.disk;
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

  start(): void {
    if (this.#run) return;
    try {
      this.#start();
    } catch (error) {
      if (!(this.lost && error instanceof LedgerRefused && error.trouble === 'ledger-set-back')) throw error;
      // It says so, and must be enrolled anew.
      this.#world.trace.note(this.name, 'refuses its ledger', error.trouble);
    }
  }

  #start(): void {
    const { trace, disk, cardOf } = this.#world;
    trace.note(this.name, 'starts');
    this.#starts += 1;
    new DeviceRun(
      {
        ...this.#setting,
        // Chance is never the same again, as on a real machine: at the same moment it would make the same ids.
        seed: this.#setting.seed + this.#starts,
        ledgerFile: disk.file,
        clockError: () => this.clockError.ms(),
        onLog: (...words) => this.#onLog(words[0], words[1]),
        onSnapshot: (snapshot) => this.#onSnapshot(snapshot),
        onCrashPoint: () => this.crash(),
        onLedgerGone: () => {
          this.#gone = true;
        },
      },
      (begun) => {
        this.#run = begun;
        this.#gone = false;
        this.#snapshot = undefined;
        this.printers.push(begun.printer);
        if (this.card !== undefined && !this.#isPaper(this.card)) begun.reader.put(cardOf(this.card));
      },
    );
    this.#oldPicture = undefined;
  }

  /** The machine stops at once. What is committed is what the next run finds. @param torn bytes of a write that did not come to its end */
  crash(torn?: Uint8Array): boolean {
    const run = this.#run;
    if (!run) return false;
    const { trace, disk } = this.#world;
    this.crashes += 1;
    trace.note(this.name, 'crashes', torn ? 'in a write' : '');
    disk.use(this.#oldPicture ?? disk.picture());
    const tore = torn !== undefined && tearLog(disk.file, torn);
    this.#oldPicture = undefined;
    this.#run = undefined;
    run.die();
    this.#buried.push(run);
    return torn === undefined || tore;
  }

  /** Keeps a copy of the ledger, or puts the one that was kept back in its place; then it is lost. @returns whether it was put back */
  putOldLedgerBack(): boolean {
    const { disk, trace } = this.#world;
    if (this.#kept === undefined) {
      this.#kept = disk.picture();
      return false;
    }
    this.crash();
    disk.use(this.#kept);
    this.#kept = undefined;
    this.lost = true;
    trace.note(this.name, 'an old copy of the ledger is put back');
    return true;
  }

  /** Between two steps of the schedule. */
  async tick(): Promise<void> {
    for (const run of this.#buried.splice(0)) run.bury();
    if (this.#gone) {
      this.#gone = false;
      this.#world.trace.note(this.name, 'stops, for its ledger is gone');
      await this.stop();
    }
    if (this.#setting.plant.lyingDisk && this.#run) this.#oldPicture ??= this.#world.disk.picture();
  }

  async stop(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    await run?.stop();
  }

  put(card: Holder): void {
    this.card = card;
    this.#world.trace.note(this.name, this.#isPaper(card) ? 'code shown' : 'card put', String(card));
    this.withRun((run) => {
      if (this.#isPaper(card)) {
        this.#shown = card;
        run.scanner.show(identifierOf(card));
      } else {
        if (run.reader.status().kind === 'ready') this.#shown = undefined;
        run.reader.put(this.#world.cardOf(card));
      }
    });
  }
  /** Lays a thing down that says it is the card of `resident`. */
  putInstead(card: VirtualCard, resident: Resident): void {
    this.card = resident;
    this.#world.trace.note(this.name, 'another thing put', `as card ${resident}`);
    this.withRun((run) => run.reader.put(card));
  }
  take(): void {
    const { card } = this;
    this.card = undefined;
    this.#world.trace.note(this.name, 'card taken');
    if (card !== undefined && !this.#isPaper(card)) this.withRun((run) => run.reader.take());
  }
  showUnusable(kind: 'foreign' | 'damaged'): void {
    this.withRun((run) => run.scanner.showUnusable(kind));
  }
  putAnother(): void {
    this.#world.trace.note(this.name, 'a second card put');
    this.withRun((run) => run.reader.putAnother());
  }
  /** The second card is taken; the first is found anew. */
  takeOther(): void {
    const { card } = this;
    this.withRun((run) => (card === undefined || this.#isPaper(card) ? run.reader.take() : run.reader.put(this.#world.cardOf(card))));
  }
  unplugReader(status: Exclude<ReaderStatus, { kind: 'ready' }>): void {
    this.#world.trace.note(this.name, 'reader lost', status.kind);
    this.withRun((run) => run.reader.unplug(status));
  }
  replugReader(): void {
    this.#world.trace.note(this.name, 'reader back');
    if (this.card !== undefined && !this.#isPaper(this.card)) this.#shown = undefined;
    this.withRun((run) => run.reader.replug());
  }
  holdReader(hold: boolean): void {
    this.withRun((run) => (hold ? run.reader.hold() : run.reader.release()));
  }
  setPrinter(status: PrinterStatus): void {
    this.#world.trace.note(this.name, 'printer', status.kind);
    this.withRun((run) => run.printer.setStatus(status));
  }
  nextSlip(outcome: PrintOutcome): void {
    this.withRun((run) => void (run.printer.nextOutcome = outcome));
  }
  holdPrinter(hold: boolean): void {
    this.withRun((run) => (hold ? run.printer.hold() : run.printer.release()));
  }
  choose(press: Press, screenId = this.#snapshot?.screenId ?? 1): 'taken' | 'ignored' | undefined {
    let answer: 'taken' | 'ignored' | undefined;
    this.withRun((run) => {
      answer = run.kiosk.choose({ ...press, screenId });
      this.#world.trace.note(this.name, `pressed ${press.choice}`, answer);
    });
    return answer;
  }
  withRun(deed: (run: DeviceRun) => void): void {
    const run = this.#run;
    run?.attempt(() => deed(run));
  }

  #isPaper(card: Holder): card is Resident {
    return typeof card === 'number' && profileOf(card) === 'code';
  }

  #onLog(name: string, fields: unknown): void {
    const { faults } = this.#setting;
    const text = JSON.stringify(fields ?? '');
    this.#world.trace.note(this.name, name, text);
    const lower = text.toLowerCase();
    if (PERSONAL_WORDS.identifiers.some((word) => lower.includes(word)) || this.#pointers.some((word) => lower.includes(word)) || text.includes('a-resident-')) {
      faults.find(`Kiosk ${this.name} logged something about a person with "${name}"`);
    }
    if (name === 'unexpected-error') faults.find(`Kiosk ${this.name} met something unexpected: ${text}`);
    if (name === 'sync-pushed') {
      const { acknowledgedSeq, generation } = this.run.ledger.syncState();
      const head = this.#world.backendHead(generation);
      if (acknowledgedSeq > head) faults.find(`Kiosk ${this.name} takes entry ${acknowledgedSeq} for acknowledged; the backend has ${head}`);
    }
  }

  #onSnapshot(snapshot: KioskSnapshot): void {
    const { faults, strikes } = this.#setting;
    const before = this.#snapshot;
    const isNew = before?.screenId !== snapshot.screenId;
    this.#snapshot = isNew ? KioskSnapshot.parse(snapshot) : snapshot;
    const { screen } = snapshot;
    this.screensSeen.add(screen.name);
    if (before && snapshot.revision <= before.revision) faults.find(`Kiosk ${this.name} pushed snapshot ${snapshot.revision} after ${before.revision}`);
    if (!isNew) return;
    this.#world.trace.note(this.name, 'shows', screen);
    if (screen.name === 'balance') {
      // A code that was shown counts as there until the session ends, wherever the paper is; a card that is put on a reader which is gone is not there.
      const holder = (this.run.reader.status().kind === 'ready' ? this.card : undefined) ?? this.#shown;
      if (typeof holder !== 'number') return faults.find(`Kiosk ${this.name} shows a balance with no resident's card there`);
      this.#holder = holder;
      const amount = screen.pockets.find(({ name }) => name === OPENING.name)?.amount ?? 0;
      // With a clock of another year nothing of it can be used, and a kiosk may have taken it off the card.
      const otherYear = amount === 0 && strikes.has('kiosk-clock-decade');
      if (!otherYear && !this.#world.isPlain(holder, amount)) faults.find(`Kiosk ${this.name} shows ${amount} while the card of resident ${holder} is there`);
    }
    if (screen.name === 'loaded' && this.#holder !== undefined && profileOf(this.#holder) !== 'desfire') {
      const held = this.run.ledger.lotsOf(accountOf(this.#holder)).reduce((sum, { lot, amount }) => sum + (lot.schemeId === GRANT.id ? amount : 0), 0);
      if (screen.balance > held) faults.find(`Kiosk ${this.name} says ${screen.balance} is loaded; its ledger holds ${held}`);
    }
  }
}

