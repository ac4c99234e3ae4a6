/**
 * One run of a device's program, from its start to its end: the production agent on ports that can die under it. After a crash every
 * port of the run is dead, so nothing it still does reaches the world; what it had committed is what the next run finds.
 */
import type { Ledger } from '../../agent/ledger/ledger.ts';
import { openLedger } from '../../agent/ledger/sqlite-ledger.ts';
import type { Log } from '../../agent/log/log.ts';
import type { Backend, Ports } from '../../agent/ports.ts';
import { runKiosk, type RunningKiosk } from '../../agent/run-kiosk.ts';
import { settleLeftPrintJobs } from '../../agent/services/print-slip.ts';
import { reportLeftIntents } from '../../agent/services/resolve-intents.ts';
import { createDeviceCardKeys } from '../../agent/keys/device-card-keys.ts';
import { createHttpBackend } from '../../agent/sync/http-backend.ts';
import { ScriptedPrinter } from '../../agent/test-support/scripted-printer.ts';
import { ScriptedReader } from '../../agent/test-support/scripted-reader.ts';
import { createSeededRandomness } from '../../agent/test-support/seeded-randomness.ts';
import type { DeviceIdentity } from '../../agent/identity.ts';
import { journalSealer } from '../../contract/journal-seal.ts';
import type { KioskSnapshot } from '../../contract/kiosk.ts';
import type { CardReader } from '../../hardware/reader/card-reader.ts';
import type { SlipPrinter } from '../../hardware/printer/slip-printer.ts';
import type { Plant } from './plant.ts';
import { DeviceClock, type Rest, type SimulatedTime } from './simulated-time.ts';
import { BACKEND_URL, type DeviceName } from './small-town.ts';
import type { SimulatedNetwork } from './simulated-network.ts';
import type { Faults } from './trace.ts';

/** Thrown by the ports of a run that is over. */
export class RunIsOver extends Error {
  constructor() {
    super('This run of the device is over');
  }
}

export interface RunSetting {
  readonly name: DeviceName;
  readonly identity: DeviceIdentity;
  readonly ledgerFile: string;
  readonly seed: number;
  readonly time: SimulatedTime;
  readonly rest: Rest;
  readonly faults: Faults;
  readonly network: SimulatedNetwork;
  readonly plant: Plant;
  /** Milliseconds by which the device's clock is ahead. */
  readonly clockError: () => number;
  readonly onLog: Log['event'];
  readonly onSnapshot: (snapshot: KioskSnapshot) => void;
  /** An armed crash point was reached: the device takes the picture of its files and ends the run. */
  readonly onCrashPoint: () => void;
}

/** Writing methods: before and after each of them a machine may stop. */
const WRITES = new Set<keyof Ledger>([
  'prepare', 'commit', 'abort', 'markUnknown', 'noteCounter', 'reportCard', 'stopCard', 'keepCardKeys', 'dropCardKeys', 'append', 'keepSeal', 'nextNumber', 'createPrintJob', 'setPrintJob', 'settlePrintJob', 'acknowledge', 'applyChanges',
]);

export class DeviceRun {
  readonly reader = new ScriptedReader();
  readonly printer = new ScriptedPrinter();
  readonly clock: DeviceClock;
  /** The ledger itself, without anything in between. */
  readonly ledger: Ledger;
  readonly #setting: RunSetting;
  #running: RunningKiosk | undefined;
  #over = false;
  #pointsLeft: number | undefined;

  /** @param begin called before the agent starts, to lay things on the reader */
  constructor(setting: RunSetting, begin: (run: DeviceRun) => void) {
    this.#setting = setting;
    const { identity, ledgerFile, seed, time, network, plant, faults } = setting;
    this.clock = new DeviceClock(time, setting.clockError);
    const opened = openLedger({ path: ledgerFile, device: identity.deviceId });
    if (!opened.ok) throw new Error(`${opened.trouble}: ${opened.detail}`);
    this.ledger = opened.ledger;
    const log: Log = {
      event: (...words) => {
        if (!this.#over) setting.onLog(...words);
      },
    };
    const randomness = createSeededRandomness(seed);
    const ledger = this.#mortal(plant.ledger?.(this.ledger, setting.name) ?? this.ledger);
    const http = createHttpBackend({ url: BACKEND_URL, identity, clock: this.clock, randomness, log, fetch: network.fetchFor(() => !this.#over) });
    const backend = this.#mortalBackend(http);
    const ports: Ports = {
      clock: this.clock,
      randomness,
      log,
      ledger,
      sealJournal: journalSealer(identity),
      reader: this.#mortalReader(plant.reader?.(this.reader) ?? this.reader),
      printer: this.#mortalPrinter(plant.printer?.(this.printer) ?? this.printer),
      backend,
      cardKeys: createDeviceCardKeys({ ledger, backend, clock: this.clock, log }, identity),
    };
    begin(this);
    if (!plant.forgetsLeftPrintJobs) settleLeftPrintJobs(ports);
    reportLeftIntents(ports);
    this.#running = runKiosk(ports, { identity, display: { ppi: 102.6, readerSide: 'below' }, simulated: true }, (error) => {
      if (!this.#over) faults.find(`Kiosk ${setting.name} fell: ${error instanceof Error ? error.message : String(error)}`);
    });
    this.#running.kiosk.onSnapshot((snapshot) => {
      if (!this.#over) setting.onSnapshot(snapshot);
    });
    setting.onSnapshot(this.#running.kiosk.snapshot());
  }

  get kiosk(): RunningKiosk['kiosk'] {
    if (!this.#running) throw new Error('The run has not begun');
    return this.#running.kiosk;
  }

  /** Lets the machine stop before or after the `points`th thing from now that leaves a trace in the world. */
  crashAfter(points: number | undefined): void {
    this.#pointsLeft = points;
  }

  /** Does what a finger or a hand does; a crash on the way is no surprise. */
  attempt(deed: () => void): void {
    try {
      deed();
    } catch (error) {
      if (!(error instanceof RunIsOver)) throw error;
    }
  }

  /** From now on nothing of this run reaches the world. */
  die(): void {
    this.#over = true;
    this.clock.die();
  }

  /** Ends the file of a run that is over. */
  bury(): void {
    this.ledger.close();
  }

  /** An orderly end, as production does it. */
  async stop(): Promise<void> {
    await this.#running?.stop();
    this.#over = true;
  }

  #point(): void {
    if (this.#over) throw new RunIsOver();
    if (this.#pointsLeft === undefined) return;
    this.#pointsLeft -= 1;
    if (this.#pointsLeft >= 0) return;
    this.#pointsLeft = undefined;
    this.#setting.onCrashPoint();
    throw new RunIsOver();
  }

  #mortal(ledger: Ledger): Ledger {
    return new Proxy(ledger, {
      get: (target, name: keyof Ledger) => {
        const method = Reflect.get(target, name) as (...words: unknown[]) => unknown;
        const isWrite = WRITES.has(name);
        return (...words: unknown[]) => {
          if (this.#over) throw new RunIsOver();
          if (isWrite) this.#point();
          const result = method.apply(target, words);
          if (isWrite) this.#point();
          return result;
        };
      },
    });
  }

  #mortalReader(reader: CardReader): CardReader {
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

  #mortalPrinter(printer: SlipPrinter): SlipPrinter {
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

  #mortalBackend(http: Backend): Backend {
    const { rest } = this.#setting;
    return {
      enrol: (request) => http.enrol(request),
      push: (request) => rest.during(http.push(request)),
      pull: (after) => rest.during(http.pull(after)),
      cardKeys: (request) => rest.during(http.cardKeys(request)),
      hold: (request) => rest.during(http.hold(request)),
      want: (request) => rest.during(http.want(request)),
    };
  }
}
