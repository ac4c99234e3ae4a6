/**
 * The places at which a kiosk's machine can stop or its disk fail: before and after every call of a port. Everything the program does to
 * the world goes through here, so after the end of a run nothing of it gets through any more.
 */
import { LedgerUnavailable } from '../../agent/ledger/ledger-unavailable.ts';
import type { Ledger } from '../../agent/ledger/ledger.ts';
import type { Backend } from '../../agent/ports.ts';
import type { SlipPrinter } from '../../hardware/printer/slip-printer.ts';
import type { CardReader } from '../../hardware/reader/card-reader.ts';
import type { Strikes } from './fault-kinds.ts';

/** Thrown by the ports of a run that is over. */
export class RunIsOver extends Error {
  constructor() {
    super('This run of the device is over');
  }
}

export type LedgerFault = 'kiosk-disk-full' | 'kiosk-read-error';

/** Methods that change nothing. A machine that stops around one of them leaves what it would have left anyway. */
const READS = new Set<string>([
  'lookupCard', 'lotsOf', 'schemes', 'offersOf', 'notices', 'openIntents', 'intentNumber', 'staffOf', 'knowsOperation', 'counterSeen', 'openMovementsOf', 'cardKeys', 'entriesAfter', 'syncState',
  'unsettledPrintJobs', 'lastPrintJob', 'officeKey', 'procedures', 'areas', 'fees', 'requestsToSend', 'requestsWaiting', 'printJobsOf', 'slipCopy', 'close',
]);

export class AgentPoints {
  readonly #stop: () => void;
  readonly #strikes: Strikes;
  #over = false;
  #pointsLeft: number | undefined;
  #failing: { readonly fault: LedgerFault; left: number } | undefined;
  #failed: LedgerUnavailable | undefined;

  constructor(stop: () => void, strikes: Strikes) {
    this.#stop = stop;
    this.#strikes = strikes;
  }

  get over(): boolean {
    return this.#over;
  }
  end(): void {
    this.#over = true;
  }

  /** Lets the machine stop at the `points`th place from now; undefined: at none. */
  crashAfter(points: number | undefined): void {
    this.#pointsLeft = points;
  }
  /** One of the ledger's next calls finds that the disk does not take or give what it should; from then on the ledger is gone. */
  failAfter(fault: LedgerFault, calls: number): void {
    this.#failing = { fault, left: calls };
  }
  mend(): void {
    this.#pointsLeft = undefined;
    this.#failing = undefined;
  }

  ledger(ledger: Ledger): Ledger {
    return new Proxy(ledger, {
      get: (target, name: string) => {
        const method = Reflect.get(target, name) as (...words: unknown[]) => unknown;
        const isWrite = !READS.has(name);
        return (...words: unknown[]) => {
          if (this.#over) throw new RunIsOver();
          if (name === 'close') return method.apply(target, words);
          this.#ledgerFault(isWrite);
          if (isWrite) this.#point();
          const result = method.apply(target, words);
          if (isWrite) this.#point();
          return result;
        };
      },
    });
  }

  reader(reader: CardReader): CardReader {
    return {
      status: () => reader.status(),
      presence: () => reader.presence(),
      onChange: (listener) => reader.onChange(listener),
      connect: (generation, options) => reader.connect(generation, options),
      disconnect: (generation, disposition) => reader.disconnect(generation, disposition),
      close: () => reader.close(),
      transmit: async (generation, command) => {
        this.#point();
        const result = await reader.transmit(generation, command);
        this.#point();
        return result;
      },
    };
  }

  printer(printer: SlipPrinter): SlipPrinter {
    return {
      status: () => printer.status(),
      onChange: (listener) => printer.onChange(listener),
      close: () => printer.close(),
      print: async (job, onSending) => {
        this.#point();
        const outcome = await printer.print(job, () => {
          onSending?.();
          this.#point();
        });
        this.#point();
        return outcome;
      },
    };
  }

  backend(backend: Backend): Backend {
    return new Proxy(backend, {
      get: (target, name: keyof Backend) => {
        const method = Reflect.get(target, name) as (...words: unknown[]) => Promise<unknown>;
        return async (...words: unknown[]) => {
          this.#point();
          const answer = await method.apply(target, words);
          this.#point();
          return answer;
        };
      },
    });
  }

  #point(): void {
    if (this.#over) throw new RunIsOver();
    if (this.#pointsLeft === undefined) return;
    this.#pointsLeft -= 1;
    if (this.#pointsLeft >= 0) return;
    this.#pointsLeft = undefined;
    this.#strikes.add('kiosk-crash-at-call');
    this.#stop();
    throw new RunIsOver();
  }

  #ledgerFault(isWrite: boolean): void {
    if (this.#failed) throw new LedgerUnavailable(this.#failed.trouble, this.#failed.message, { cause: this.#failed });
    const failing = this.#failing;
    if (!failing || isWrite !== (failing.fault === 'kiosk-disk-full')) return;
    failing.left -= 1;
    if (failing.left >= 0) return;
    this.#failing = undefined;
    this.#strikes.add(failing.fault);
    this.#failed = new LedgerUnavailable(failing.fault === 'kiosk-disk-full' ? 'disk-full' : 'data-directory', 'The simulated disk failed');
    throw this.#failed;
  }
}
