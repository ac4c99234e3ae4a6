/**
 * One run of a device's program, from its start to its end: the production agent on ports that can die under it. After a crash every
 * port of the run is dead, so nothing it still does reaches the world; what it had committed is what the next run finds.
 */
import type { DeviceIdentity } from '../../agent/identity.ts';
import { createDeviceCardKeys } from '../../agent/keys/device-card-keys.ts';
import { createRequestCodes } from '../../agent/keys/request-codes.ts';
import { createSlipCopies } from '../../agent/keys/slip-copies.ts';
import { LedgerUnavailable } from '../../agent/ledger/ledger-unavailable.ts';
import type { Ledger } from '../../agent/ledger/ledger.ts';
import { openLedger } from '../../agent/ledger/sqlite-ledger.ts';
import type { Log } from '../../agent/log/log.ts';
import type { Backend, Ports } from '../../agent/ports.ts';
import { runKiosk, type RunningKiosk } from '../../agent/run-kiosk.ts';
import { settleLeftPrintJobs } from '../../agent/services/print-slip.ts';
import { reportLeftIntents } from '../../agent/services/resolve-intents.ts';
import { createHttpBackend } from '../../agent/sync/http-backend.ts';
import { ScriptedPrinter } from '../../agent/test-support/scripted-printer.ts';
import { ScriptedScanner } from '../../agent/test-support/scripted-scanner.ts';
import { createSeededRandomness } from '../../agent/test-support/seeded-randomness.ts';
import { constantChance, type Chance } from '../../backend/seed/constant-chance.ts';
import { journalSealer } from '../../contract/journal-seal.ts';
import type { KioskSnapshot } from '../../contract/kiosk.ts';
import { guardedReader } from '../../hardware/card/guarded-reader.ts';
import type { CardReader } from '../../hardware/reader/card-reader.ts';
import { AgentPoints, RunIsOver } from './agent-points.ts';
import { Desk, type DeskSetting } from './desk.ts';
import type { Strikes } from './fault-kinds.ts';
import type { Plant } from './plant.ts';
import { SimulatedReader } from './simulated-reader.ts';
import { DeviceClock, type Rest, type SimulatedTime } from './simulated-time.ts';
import { BACKEND_URL, type DeviceName } from './small-town.ts';
import type { SimulatedNetwork } from './simulated-network.ts';
import type { Faults, Trace } from './trace.ts';

/** The ledger does not open. */
export class LedgerRefused extends Error {
  readonly trouble: string;

  constructor(trouble: string, detail: string) {
    super(`${trouble}: ${detail}`);
    this.trouble = trouble;
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
  readonly strikes: Strikes;
  readonly trace: Trace;
  readonly network: SimulatedNetwork;
  readonly plant: Plant;
  /** Milliseconds by which the device's clock is ahead. */
  readonly clockError: () => number;
  readonly onLog: Log['event'];
  readonly onSnapshot: (snapshot: KioskSnapshot) => void;
  /** An armed crash point was reached: the device takes the picture of its files and ends the run. */
  readonly onCrashPoint: () => void;
  /** The ledger could not be read or written any more: the program must be started again. */
  readonly onLedgerGone: () => void;
  /** As `DeskSetting` says. */
  readonly onCash: (yen: number | undefined) => void;
  readonly onRequest: DeskSetting['onRequest'];
}

export class DeviceRun {
  readonly reader = new SimulatedReader();
  /** Where staff lay a card down. */
  readonly deskReader = new SimulatedReader();
  readonly printer = new ScriptedPrinter();
  readonly scanner = new ScriptedScanner();
  readonly clock: DeviceClock;
  readonly points: AgentPoints;
  /** The ledger itself, without anything in between. */
  readonly ledger: Ledger;
  #desk: Desk | undefined;
  #running: RunningKiosk | undefined;

  /** @param begin called before the agent starts, to lay things on the reader */
  constructor(setting: RunSetting, begin: (run: DeviceRun) => void) {
    const { identity, ledgerFile, seed, time, rest, network, plant, faults, strikes } = setting;
    this.points = new AgentPoints(setting.onCrashPoint, strikes);
    const { points } = this;
    const ledgerGone = () => {
      if (!points.over) setting.onLedgerGone();
    };
    this.clock = new DeviceClock(time, setting.clockError);
    const opened = openLedger({ path: ledgerFile, device: identity.deviceId });
    if (!opened.ok) throw new LedgerRefused(opened.trouble, opened.detail);
    this.ledger = opened.ledger;
    const log: Log = {
      event: (...words) => {
        if (!points.over) setting.onLog(...words);
      },
    };
    const randomness = createSeededRandomness(seed);
    const ledger = points.ledger(plant.ledger?.(this.ledger, setting.name) ?? this.ledger);
    const http = createHttpBackend({ url: BACKEND_URL, identity, clock: this.clock, randomness, log, fetch: network.fetchFor(() => !points.over) });
    const backend = points.backend(resting(inPortions(plant.backend?.(http) ?? http, constantChance(seed)), rest));
    const { clock } = this;
    const cardKeys = createDeviceCardKeys({ ledger, backend, clock, log }, identity);
    const copies = createSlipCopies(identity.sealingKey);
    const ports: Ports = {
      clock,
      randomness,
      log,
      ledger,
      reader: this.#reader(this.reader, plant),
      scanner: this.scanner,
      printer: points.printer(plant.printer?.(this.printer) ?? this.printer),
      slipCopies: { seal: (...words) => rest.during(copies.seal(...words)), open: (...words) => rest.during(copies.open(...words)) },
      backend,
      cardKeys: { keysOf: (profile, identifier) => rest.during(cardKeys.keysOf(profile, identifier)) },
      sealJournal: journalSealer(identity),
    };
    const deskPorts = { ...ports, reader: this.#reader(this.deskReader, plant) };
    begin(this);
    // What the person at the desk needs is not given back, like what the one in the session needs.
    const kept = new Proxy(ledger, {
      get: (target, name: keyof Ledger) =>
        name === 'leasesToReturn'
          ? (...[now, busy]: Parameters<Ledger['leasesToReturn']>) => target.leasesToReturn(now, busy).filter((lease) => lease.kind !== 'hold' || lease.id !== this.#desk?.account)
          : (Reflect.get(target, name) as unknown),
    });
    if (!plant.forgetsLeftPrintJobs) settleLeftPrintJobs(ports);
    reportLeftIntents(ports);
    this.#running = runKiosk({ ...ports, ledger: kept }, { identity, display: { ppi: 102.6, readerSide: 'below' }, simulated: true, felicaReaders: [{ nameHas: 'direct', style: 'direct' }] }, (error) => {
      if (points.over || error instanceof RunIsOver) return;
      if (error instanceof LedgerUnavailable) ledgerGone();
      else faults.find(`Kiosk ${setting.name} fell: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    });
    this.#running.kiosk.onSnapshot((snapshot) => {
      if (!points.over) setting.onSnapshot(snapshot);
    });
    setting.onSnapshot(this.#running.kiosk.snapshot());
    const { sync } = this.#running;
    this.#desk = new Desk({
      name: setting.name,
      ports: deskPorts,
      debitPorts: { ...deskPorts, sync },
      cardKey: identity.cardKey,
      device: identity.deviceId,
      deviceLabel: identity.deviceLabel,
      codes: createRequestCodes(identity),
      rest,
      reader: this.deskReader,
      trace: setting.trace,
      strikes,
      onLedgerGone: ledgerGone,
      onCash: setting.onCash,
      onRequest: setting.onRequest,
      onFault: (sentence) => faults.find(`Kiosk ${setting.name}: ${sentence}`),
    });
  }

  get desk(): Desk {
    if (!this.#desk) throw new Error('The run has not begun');
    return this.#desk;
  }

  get kiosk(): RunningKiosk['kiosk'] {
    if (!this.#running) throw new Error('The run has not begun');
    return this.#running.kiosk;
  }

  /** Does what a finger or a hand does; a crash on the way is no surprise, nor that a kiosk without its ledger does not know what to say. */
  attempt(deed: () => void): void {
    try {
      deed();
    } catch (error) {
      if (!(error instanceof RunIsOver || error instanceof LedgerUnavailable)) throw error;
    }
  }

  /** From now on nothing of this run reaches the world. */
  die(): void {
    this.points.end();
    this.clock.die();
  }

  /** Ends the file of a run that is over. */
  bury(): void {
    this.ledger.close();
  }

  /** An orderly end, as production does it. */
  async stop(): Promise<void> {
    await this.#running?.stop();
    this.points.end();
  }

  /** As `compose.ts` builds it: nothing but known commands reaches a card. */
  #reader(reader: SimulatedReader, plant: Plant): CardReader {
    return guardedReader(this.points.reader(plant.reader?.(reader) ?? reader));
  }
}

/** What two kiosks do in a run goes into one request. So for a quarter of their starts something before the backend lets only a little through at a time. */
function inPortions(backend: Backend, chance: Chance): Backend {
  if (chance.percent(75)) return backend;
  const entriesMax = 1 + chance.below(5);
  const changesMax = 3 + chance.below(30);
  return {
    ...backend,
    push: async (request) => (request.entries.length > entriesMax ? { kind: 'refused', error: { what: 'too-large', message: '大きすぎます。 It is too large.' } } : backend.push(request)),
    pull: (after, limit = changesMax, ...rest) => backend.pull(after, Math.min(limit, changesMax), ...rest),
  };
}

/** The simulation waits until each answer is there, signatures and packing included. Keys of cards are waited for until they are opened. */
function resting(backend: Backend, rest: Rest): Backend {
  return new Proxy(backend, {
    get(target, name: keyof Backend) {
      const method = Reflect.get(target, name) as (...words: unknown[]) => Promise<unknown>;
      return (...words: unknown[]) => (name === 'cardKeys' ? method.apply(target, words) : rest.during(method.apply(target, words)));
    },
  });
}

