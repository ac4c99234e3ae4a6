/**
 * A bug that can be planted at a seam of the simulated world, to see that the checks find it. Production code has no switch for any of
 * this: a plant stands between two of its parts.
 */
import type { Ledger } from '../../agent/ledger/ledger.ts';
import type { Backend } from '../../agent/ports.ts';
import type { BackendDatabase } from '../../backend/database/backend-database.ts';
import type { CardReader } from '../../hardware/reader/card-reader.ts';
import type { SlipPrinter } from '../../hardware/printer/slip-printer.ts';
import type { PlainAnswer, PlainRequest } from './in-process-request.ts';
import type { DeviceName } from './small-town.ts';

export interface Plant {
  /** Between the agent and its ledger; called for every run of a device. */
  ledger?(ledger: Ledger, device: DeviceName): Ledger;
  reader?(reader: CardReader): CardReader;
  printer?(printer: SlipPrinter): SlipPrinter;
  /** Between the agent and what speaks to the backend. */
  backend?(backend: Backend): Backend;
  /** Between backend and network. */
  answer?(device: DeviceName, request: PlainRequest, answer: PlainAnswer, database: BackendDatabase): Promise<PlainAnswer>;
  /** In the backend's place. @returns undefined when the backend shall answer itself */
  instead?(device: DeviceName, request: PlainRequest): Promise<PlainAnswer | undefined>;
  /** A crash loses what was written in the last steps, as a disk that lies about having written would. */
  readonly lyingDisk?: boolean;
  /** The agent does not look after the slips of an earlier run. */
  readonly forgetsLeftPrintJobs?: boolean;
}

export const NO_PLANT: Plant = {};
