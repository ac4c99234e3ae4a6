/**
 * One run of the agent of a case: its driver, its ledger, and the use case that prints. It starts as the program does, and can be killed
 * at any moment: then nothing of it writes or sends any more.
 */
import { randomBytes } from 'node:crypto';
import type { Ledger, PrintJobRecord } from '../../../agent/ledger/ledger.ts';
import type { Log } from '../../../agent/log/log.ts';
import type { Clock } from '../../../agent/ports.ts';
import { printSlip, settleLeftPrintJobs } from '../../../agent/services/print-slip.ts';
import { accountOf } from '../../../agent/test-support/ledger-town.ts';
import { createSerialSlipPrinter } from '../../../hardware/printer/serial-slip-printer.ts';
import type { PrintOutcome, PrinterStatus, SlipPrinter } from '../../../hardware/printer/slip-printer.ts';
import { COLUMNS, type CaseSlip } from './case-slips.ts';
import type { PrintingPlant } from './printing-plant.ts';
import { BAUD_RATE, type Wire } from './wire.ts';

const log: Log = { event: () => undefined };
const randomness = { bytes: (length: number) => Uint8Array.from(randomBytes(length)) };

class Killed extends Error {}

/** What became of one slip that was asked for. */
export interface Printing {
  readonly number: number;
  /** Undefined while it is under way, or when the agent was killed. */
  outcome: PrintOutcome | undefined;
  /** When the outcome was known, in milliseconds since the case began, and what the kiosk had heard from the printer until then. */
  settledAt: number;
  heard: string;
  /** The use case is through. */
  ended: boolean;
  /** Why the use case broke off. */
  broke: string | undefined;
}

export interface AgentSetting {
  readonly wire: Wire;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly plant: PrintingPlant;
  /** Milliseconds since the case began. */
  readonly now: () => number;
  /** It is known before the agent ever ran that a torn slip hangs in the printer. */
  readonly knownTorn: boolean;
  /** Added to the ledger's slip numbers, so that a case has the same ones whichever cases the ledger has seen. */
  readonly numbersAhead: number;
}

export class CaseAgent {
  readonly #setting: AgentSetting;
  readonly #ledger: Ledger;
  readonly #printer: SlipPrinter;
  #killed = false;

  constructor(setting: AgentSetting) {
    const { wire, clock, plant, knownTorn } = setting;
    this.#setting = setting;
    const numbered = numberedFrom(setting.ledger, setting.numbersAhead);
    this.#ledger = this.#mortal(plant.ledger?.(numbered) ?? numbered);
    if (!plant.forgetsLeftPrintJobs) settleLeftPrintJobs({ ledger: this.#ledger, clock, randomness, log });
    // As the program's start decides it.
    const torn = plant.forgetsTorn ? false : knownTorn || (this.#ledger.lastPrintJob()?.state ?? 'printed') !== 'printed';
    const openLine = plant.line?.((options) => wire.open(options)) ?? ((options) => wire.open(options));
    const make = (isTorn: boolean): SlipPrinter => createSerialSlipPrinter({ path: 'a line of the simulation', baudRate: BAUD_RATE, columns: COLUMNS, torn: isTorn, openLine });
    const driver = make(torn);
    this.#printer = plant.printer?.(driver, () => make(false)) ?? driver;
  }

  status(): PrinterStatus {
    return this.#printer.status();
  }

  /** @param onSending called when the slip's first byte is about to leave */
  print(slip: CaseSlip, onSending: () => void): Printing {
    const { clock, now, wire } = this.#setting;
    const printing: { -readonly [Key in keyof Printing]: Printing[Key] } = { number: 0, outcome: undefined, settledAt: 0, heard: '', ended: false, broke: undefined };
    const printer: SlipPrinter = {
      status: () => this.#printer.status(),
      onChange: (listener) => this.#printer.onChange(listener),
      close: () => this.#printer.close(),
      print: async (job, sending) => {
        const outcome = await this.#printer.print(job, () => {
          sending?.();
          onSending();
        });
        if (!this.#killed) Object.assign(printing, { outcome, settledAt: now(), heard: wire.heard });
        return outcome;
      },
    };
    const markup = (slipNumber: number): string => {
      printing.number = slipNumber;
      return slip.markup(slipNumber);
    };
    printSlip({ slip: slip.kind, subject: { accountId: accountOf(1) }, markup }, { ledger: this.#ledger, printer, clock, randomness, log }).then(
      () => (printing.ended = true),
      (error: unknown) => {
        printing.ended = true;
        if (!(error instanceof Killed)) printing.broke = error instanceof Error ? error.message : 'for no reason';
      },
    );
    return printing;
  }

  /** At this very moment: what it had given to the system goes out, and nothing else. */
  kill(): void {
    this.#killed = true;
    void this.#printer.close();
  }

  async stop(): Promise<void> {
    await this.#printer.close();
  }

  /** The ledger as long as the agent lives. */
  #mortal(ledger: Ledger): Ledger {
    const alive = <Words extends unknown[], Result>(call: (...words: Words) => Result) => (...words: Words): Result => {
      if (this.#killed) throw new Killed();
      return call(...words);
    };
    return {
      ...ledger,
      nextNumber: alive((...words: Parameters<Ledger['nextNumber']>) => ledger.nextNumber(...words)),
      createPrintJob: alive((...words: Parameters<Ledger['createPrintJob']>) => ledger.createPrintJob(...words)),
      setPrintJob: alive((...words: Parameters<Ledger['setPrintJob']>) => ledger.setPrintJob(...words)),
      settlePrintJob: alive((...words: Parameters<Ledger['settlePrintJob']>) => ledger.settlePrintJob(...words)),
      unsettledPrintJobs: alive(() => ledger.unsettledPrintJobs()),
      lastPrintJob: alive(() => ledger.lastPrintJob()),
    };
  }
}

/** The same ledger, with other slip numbers. */
export function numberedFrom(ledger: Ledger, ahead: number): Ledger {
  const shown = <Job extends PrintJobRecord>(job: Job): Job => ({ ...job, slipNumber: job.slipNumber + ahead });
  return {
    ...ledger,
    nextNumber: (counter) => ledger.nextNumber(counter) + ahead,
    createPrintJob: (job) => ledger.createPrintJob({ ...job, slipNumber: job.slipNumber - ahead }),
    unsettledPrintJobs: () => ledger.unsettledPrintJobs().map(shown),
    lastPrintJob() {
      const job = ledger.lastPrintJob();
      return job && shown(job);
    },
  };
}
