/** What cases share: a ledger, anew after so many of them. */
import { TOWN_DEVICE } from '../../../agent/test-support/ledger-town.ts';
import { layoutSlip } from '../../../hardware/printer/slip-layout.ts';
import { CaseLedger } from '../tearing/case-ledger.ts';
import { COLUMNS } from './case-slips.ts';
import { NO_PRINTING_PLANT, type PrintingPlant } from './printing-plant.ts';

/** Few enough that a ledger stays quick. */
const CASES_PER_LEDGER = 1_500;

export class PrintingWorld {
  readonly plant: PrintingPlant;
  #ledger: CaseLedger | undefined;
  #cases = 0;

  static async open(plant = NO_PRINTING_PLANT): Promise<PrintingWorld> {
    // What is loaded when the first slip is laid out, and when the first character is drawn, takes real time.
    await layoutSlip('髙', { columns: COLUMNS });
    return new PrintingWorld(plant);
  }

  private constructor(plant: PrintingPlant) {
    this.plant = plant;
  }

  /** For one more case. */
  ledger(): CaseLedger {
    if (this.#cases % CASES_PER_LEDGER === 0) this.close();
    this.#cases += 1;
    return (this.#ledger ??= new CaseLedger(TOWN_DEVICE));
  }

  close(): void {
    this.#ledger?.remove();
    this.#ledger = undefined;
  }
}
