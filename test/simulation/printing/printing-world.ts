/** What cases share: a ledger, anew after so many of them. */
import { TOWN_DEVICE } from '../../../agent/test-support/ledger-town.ts';
import { CaseLedger } from '../tearing/case-ledger.ts';
import { NO_PRINTING_PLANT, type PrintingPlant } from './printing-plant.ts';

/** Few enough that slip numbers keep four digits. */
const CASES_PER_LEDGER = 1_500;

export class PrintingWorld {
  readonly plant: PrintingPlant;
  #ledger: CaseLedger | undefined;
  #cases = 0;

  constructor(plant = NO_PRINTING_PLANT) {
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
