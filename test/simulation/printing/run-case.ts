/** Runs one case from the start of the agent to the next slip, and judges it. */
import { createHash } from 'node:crypto';
import type { JournalBody } from '../../../contract/journal.ts';
import type { Clock } from '../../../agent/ports.ts';
import { slipMarker } from '../../../agent/printing/slip-marker.ts';
import { VirtualPrinter } from '../../../hardware/simulator/virtual-printer.ts';
import { BEGINNING } from '../simulated-time.ts';
import type { CaseLedger } from '../tearing/case-ledger.ts';
import { CaseAgent, numberedFrom, type Printing } from './case-agent.ts';
import { LEFT_BEHIND, NEXT_SLIP, SLIPS, type SlipName } from './case-slips.ts';
import { CaseTime } from './case-time.ts';
import { judge, type CutPiece, type Seen, type SlipSettled } from './judge.ts';
import { nameOf, type After, type Direction, type PrintingCase } from './printing-case.ts';
import type { PrintingWorld } from './printing-world.ts';
import { Wire } from './wire.ts';
import { WrittenPage } from './written-page.ts';

/** As slow as printers are. */
const ROWS_PER_SECOND = 2_000;
/** Until the printer is ready after everything was put right, and until a slip is settled. */
const READY_LIMIT_MS = 10_000;
const SETTLED_LIMIT_MS = 60_000;
/** How long it stays wrong when somebody puts it right while the slip is waited for, and how long the power is off; one of them by the offset. */
const WRONG_MS = [120, 900, 4_000];
/** Nobody changes a roll of paper in less. */
const NEW_PAPER_MS = [1_000, 2_500, 6_000];
const OFF_MS = [150, 2_000, 9_000];
/** A killed agent is started again after so long; when somebody looks after the printer; how long the paper is watched at the end. */
const RESTART_MS = 700;
const HELP_MS = 1_500;
const WATCH_MS = 1_000;
/** One restart in so many really closes the ledger's file and opens it again. */
const REOPENED_SHARE = 40;
const ENTRIES_MAX = 20;
/** The slip's number comes from the name of the case: the printer returns it, and no number is like another on the wire. */
const NUMBERS = 9_000;

export interface CaseResult {
  readonly name: string;
  /** What must not happen and did; empty when the case passed. */
  readonly faults: readonly string[];
  /** What became of the slip. */
  readonly outcome: string;
  /** Bytes of the slip that the printer was sent, and of answers that the kiosk heard, while it was printed. */
  readonly counted: Readonly<Record<Direction, number>>;
}

/** The slip with no fault at all: it must be printed, and its bytes are those at which a fault can strike. */
export async function runUndisturbed(world: PrintingWorld, slip: SlipName): Promise<CaseResult> {
  return runNamed(world, slip, slip, undefined);
}

export async function runCase(world: PrintingWorld, printingCase: PrintingCase): Promise<CaseResult> {
  return runNamed(world, nameOf(printingCase), printingCase.slip, printingCase);
}

async function runNamed(world: PrintingWorld, name: string, slip: SlipName, wrong: Omit<PrintingCase, 'slip'> | undefined): Promise<CaseResult> {
  const time = new CaseTime();
  const course = new Course(world, time, name, slip, wrong);
  return time.during(async () => {
    try {
      const seen = await course.run();
      return { name, faults: await judge(seen), outcome: course.outcome, counted: course.counted };
    } catch (error) {
      const broke = `The case broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
      return { name, faults: [broke], outcome: course.outcome, counted: course.counted };
    }
  });
}

class Course {
  readonly #world: PrintingWorld;
  readonly #time: CaseTime;
  readonly #slip: SlipName;
  readonly #wrong: Omit<PrintingCase, 'slip'> | undefined;
  readonly #wire: Wire;
  readonly #ledger: CaseLedger;
  readonly #firstSeq: number;
  readonly #numbersAhead: number;
  readonly #hash: Buffer;
  readonly #paper: CutPiece[] = [];
  readonly #faults: string[] = [];
  #page = new WrittenPage(() => undefined);
  #device: VirtualPrinter | undefined;
  #agent: CaseAgent | undefined;
  #first: Printing | undefined;
  #struckAt: number | undefined;
  #wasWrong = false;

  constructor(world: PrintingWorld, time: CaseTime, name: string, slip: SlipName, wrong: Omit<PrintingCase, 'slip'> | undefined) {
    this.#world = world;
    this.#time = time;
    this.#slip = slip;
    this.#wrong = wrong;
    this.#wire = new Wire(() => time.now());
    this.#ledger = world.ledger();
    this.#firstSeq = this.#ledger.ledger.syncState().lastSeq;
    this.#hash = createHash('sha1').update(name).digest();
    this.#numbersAhead = (this.#hash.readUInt16LE(0) % NUMBERS) - this.#ledger.ledger.nextNumber('slip');
  }

  get outcome(): string {
    const first = this.#first;
    if (!first) return 'never asked for';
    const { outcome } = first;
    const said = outcome === undefined ? 'killed' : 'why' in outcome ? `${outcome.kind} (${outcome.why})` : outcome.kind;
    const ended = this.#wire.pieces.some(({ marker }) => marker === slipMarker(first.number));
    return ended ? said : `${said}, its end not sent`;
  }
  get counted(): Readonly<Record<Direction, number>> {
    return this.#wire.counted;
  }

  async run(): Promise<Seen> {
    const device = await this.#plugIn();
    const { afterTorn } = SLIPS[this.#slip];
    if (afterTorn) await this.#leaveBehind();
    this.#start(afterTorn);
    await this.#becomesReady('The printer did not become ready');
    this.#first = this.#agent?.print(SLIPS[this.#slip], () => this.#wire.watch(this.#wrong && { ...this.#wrong, strike: () => this.#strike(this.#wrong?.after ?? 'then-right') }));
    const first = this.#first;
    if (!first) throw new Error('There is no agent');
    await this.#firstEnds(first);
    if (this.#wrong && this.#struckAt === undefined) this.#faults.push('The fault never struck: there is no such byte');
    const stateOfFirst = this.#ledger.ledger.lastPrintJob()?.state;
    const piecesOfFirst = this.#wire.pieces.length;
    const paperBefore = this.#paper.length;
    const hungBefore = this.#page.lines();

    await this.#becomesReady('The printer is not ready again after everything was put right');
    const next = this.#agent?.print(NEXT_SLIP, () => undefined);
    if (!next) throw new Error('There is no agent');
    if (!(await this.#time.until(() => next.ended, SETTLED_LIMIT_MS))) this.#faults.push('The next slip is never settled: the queue is stuck');
    await this.#time.pass(WATCH_MS);
    const seen = this.#seen({ stateOfFirst, piecesOfFirst, paperBefore, hungBefore, next });
    await this.#close(device);
    return seen;
  }

  async #plugIn(): Promise<VirtualPrinter> {
    const device = await VirtualPrinter.start({
      link: 'a line of the simulation',
      rowsPerSecond: ROWS_PER_SECOND,
      line: (onBytes) => this.#wire.printerEnd(onBytes),
      page: (complain) => (this.#page = new WrittenPage(complain)),
    });
    device.on('slip-cut', ({ text }) => this.#paper.push({ kind: 'cut', lines: text.split('\n'), at: this.#time.now() }));
    this.#device = device;
    return device;
  }

  /** What hangs in the printer from an earlier run. */
  async #leaveBehind(): Promise<void> {
    this.#wire.take(LEFT_BEHIND);
    await this.#time.pass(HELP_MS);
    this.#wire.pieces.length = 0;
  }

  #start(knownTorn: boolean): void {
    const { time, ledger } = { time: this.#time, ledger: this.#ledger.ledger };
    const clock: Clock = {
      now: () => BEGINNING + time.now(),
      monotonic: () => time.now(),
      after: (ms, task) => {
        const timer = setTimeout(task, ms);
        return () => clearTimeout(timer);
      },
    };
    this.#agent = new CaseAgent({ wire: this.#wire, ledger, clock, plant: this.#world.plant, now: () => time.now(), knownTorn, numbersAhead: this.#numbersAhead });
  }

  #strike(after: After): void {
    this.#struckAt = this.#time.now();
    this.#goWrong();
    if (after === 'killed') this.#agent?.kill();
  }

  #goWrong(): void {
    const { device, wrong } = { device: this.#device, wrong: this.#wrong };
    if (!device || !wrong) return;
    this.#wasWrong = true;
    switch (wrong.fault) {
      case 'paper-out':
        return device.strike('paper-out');
      case 'silence':
        return device.strike('silent');
      case 'cable-out':
        return void device.unplug();
      case 'cable-off':
        return this.#wire.carry(false);
      case 'power-cycle':
        device.powerOff();
        // It comes back by itself: nobody has to do anything.
        setTimeout(() => device.powerOn(), this.#oneOf(OFF_MS));
    }
  }

  /** Somebody looks after the printer: new paper, the cable, whatever it was. */
  #putRight(): void {
    const device = this.#device;
    if (!device || !this.#wasWrong) return;
    this.#wasWrong = false;
    const scraps = device.scraps.length;
    device.putRight();
    for (const { text } of device.scraps.slice(scraps)) this.#paper.push({ kind: 'scrap', lines: text.split('\n'), at: this.#time.now() });
    this.#wire.carry(true);
    void device.replug();
  }

  /** The first slip is settled, or its agent was killed and runs again; and nothing is wrong any more. */
  async #firstEnds(first: Printing): Promise<void> {
    const time = this.#time;
    const over = (): boolean => first.ended || (this.#struckAt !== undefined && this.#wrong?.after !== 'then-right');
    if (!(await time.until(over, SETTLED_LIMIT_MS))) this.#faults.push('The slip is never settled: the queue is stuck');
    this.#wire.stopWatching();
    if (this.#wrong?.after === 'soon-right') {
      if (this.#wasWrong) await time.pass(this.#oneOf(this.#wrong.fault === 'paper-out' ? NEW_PAPER_MS : WRONG_MS));
      this.#putRight();
      if (!(await time.until(() => first.ended, SETTLED_LIMIT_MS))) this.#faults.push('The slip is never settled although everything was put right: the queue is stuck');
    }
    if (this.#wrong?.after === 'killed') {
      await time.pass(RESTART_MS);
      if (this.#hash.readUInt16LE(2) % REOPENED_SHARE === 0) this.#ledger.reopen();
      this.#start(false);
    }
    // A power that is still off counts as wrong too.
    await time.pass(this.#wrong?.fault === 'power-cycle' ? Math.max(HELP_MS, this.#oneOf(OFF_MS)) : HELP_MS);
    this.#putRight();
    if (first.broke !== undefined) this.#faults.push(`Printing broke off: ${first.broke}`);
  }

  async #becomesReady(otherwise: string): Promise<void> {
    if (!(await this.#time.until(() => this.#agent?.status().kind === 'ready', READY_LIMIT_MS))) this.#faults.push(`${otherwise}: ${JSON.stringify(this.#agent?.status())}`);
  }

  #seen(sofar: Pick<Seen, 'stateOfFirst' | 'piecesOfFirst' | 'paperBefore' | 'hungBefore' | 'next'>): Seen {
    const ledger = numberedFrom(this.#ledger.ledger, this.#numbersAhead);
    const facts = ledger.entriesAfter(this.#firstSeq, ENTRIES_MAX).map(({ body }) => (JSON.parse(body) as JournalBody).fact);
    const settled = facts.filter((fact): fact is SlipSettled => fact.type === 'slip-settled');
    const last = ledger.lastPrintJob();
    const first = this.#first;
    const device = this.#device;
    if (!first || !last || !device) throw new Error('Nothing was printed');
    return {
      ...sofar, slip: this.#slip, wrong: this.#wrong, first, last, settled, unsettled: ledger.unsettledPrintJobs().length,
      paper: this.#paper, hangs: this.#page.lines(), pieces: this.#wire.pieces, complaints: device.complaints, faults: this.#faults,
    };
  }

  async #close(device: VirtualPrinter): Promise<void> {
    let closed = false;
    void Promise.all([this.#agent?.stop(), device.stop()]).then(() => (closed = true));
    if (!(await this.#time.until(() => closed, SETTLED_LIMIT_MS))) throw new Error('The driver does not end');
  }

  #oneOf(durations: readonly number[]): number {
    return durations[Math.floor((this.#wrong?.offset ?? 0) / 3) % durations.length] ?? 0;
  }
}
