/** A town with two kiosks, for one run: made from a seed, let loose, brought to calm, and looked over. */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import SqliteFile from 'better-sqlite3';
import { inTransaction } from '../../backend/database/backend-database.ts';
import type { BackendProgram } from './simulated-backend.ts';
import { SimulatedBackend } from './simulated-backend.ts';
import { SimulatedDevice } from './simulated-device.ts';
import { SimulatedNetwork, type Weather } from './simulated-network.ts';
import type { Plant } from './plant.ts';
import { Rest, SimulatedTime } from './simulated-time.ts';
import { DEVICES, FIRST_GRANTS, insertGrant, RESIDENTS, type Resident, type SmallTown } from './small-town.ts';
import { Faults, Trace } from './trace.ts';

/** Until a kiosk has pulled what there is. */
const GRANTS_HEARD_MS = 500;

export interface WorldSetting {
  readonly seed: number;
  readonly town: SmallTown;
  readonly program: BackendProgram;
  readonly plant: Plant;
  /** Clocks may be wrong by days, not only by what the backend tolerates. */
  readonly wildClocks: boolean;
  readonly keepLines: boolean;
  /** For the files of this run; removed at its end. */
  readonly directory: string;
}

export class World {
  readonly rest = new Rest();
  readonly time = new SimulatedTime(this.rest);
  readonly trace: Trace;
  readonly faults: Faults;
  readonly backend: SimulatedBackend;
  readonly devices: readonly SimulatedDevice[];
  readonly wildClocks: boolean;
  readonly #directory: string;
  readonly #networks: ReadonlyMap<SimulatedDevice, SimulatedNetwork>;
  #cutOff: SimulatedDevice | undefined;
  #grants = FIRST_GRANTS;
  #grantsWaiting: Resident[] = [];

  constructor({ seed, town, program, plant, wildClocks, keepLines, directory }: WorldSetting) {
    this.wildClocks = wildClocks;
    this.#directory = directory;
    this.trace = new Trace(this.time, keepLines);
    this.faults = new Faults(this.trace);
    mkdirSync(directory, { recursive: true });
    town.copyTo(directory);
    this.backend = new SimulatedBackend(program, this, directory, seed ^ 0x6261);
    const networks = new Map<SimulatedDevice, SimulatedNetwork>();
    this.devices = DEVICES.map((name, index) => {
      const network = new SimulatedNetwork({ ...this.#parts(), backend: this.backend, plant }, name, seed * 2 + index);
      const device = new SimulatedDevice(
        { name, identity: town.identities[name], seed: (seed * 2 + index) * 1_000, network, plant, ...this.#parts() },
        { trace: this.trace, directory, backendHead: () => this.#headOf(town.identities[name].deviceId) },
      );
      networks.set(device, network);
      return device;
    });
    this.#networks = networks;
  }

  /** One kiosk after the other, each with grants that the other does not hold. */
  async start(first: number): Promise<void> {
    await this.backend.start();
    for (const index of [first, 1 - first]) {
      this.devices[index]?.start();
      await this.time.advance(GRANTS_HEARD_MS);
      for (const resident of RESIDENTS) await this.grant(resident);
    }
  }

  /** Cuts a kiosk's network until it is connected again, whatever the weather. */
  cutOff(index: number): void {
    const device = this.devices[index];
    if (!device) throw new Error(`There is no kiosk ${index}`);
    this.setWeather(device, 'cut');
    this.#cutOff = device;
  }
  reconnect(index: number): void {
    const device = this.devices[index];
    this.#cutOff = undefined;
    if (device) this.setWeather(device, 'clear');
  }

  setWeather(device: SimulatedDevice, weather: Weather): void {
    if (device === this.#cutOff) return;
    const network = this.#networks.get(device);
    if (!network) throw new Error(`Kiosk ${device.name} has no network`);
    network.weather = weather;
    this.trace.note(`network ${device.name}`, weather);
  }

  /** The office grants something to a resident; it waits while the backend is down. */
  async grant(resident: Resident): Promise<void> {
    this.#grantsWaiting.push(resident);
    await this.grantWaiting();
  }
  async grantWaiting(): Promise<void> {
    for (let resident = this.#grantsWaiting[0]; resident !== undefined && this.backend.up; resident = this.#grantsWaiting[0]) {
      const [number, to] = [this.#grants + 1, resident];
      this.trace.note('office', 'grants', `${number} to ${to}`);
      const done = await this.rest.during(this.backend.during((database) => inTransaction(database, (work) => insertGrant(work, to, number)).then(() => 'granted' as const)));
      // A backend that went down had not committed it; the office grants it again when it is back.
      if (done === undefined) return;
      this.#grants = number;
      this.#grantsWaiting.shift();
    }
  }

  /** After each step: everything comes to rest. */
  async settle(): Promise<void> {
    await this.rest.come();
    for (const device of this.devices) device.tick();
  }

  async close(): Promise<void> {
    for (const device of this.devices) {
      device.tick();
      await device.stop();
    }
    await this.backend.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #parts(): { readonly time: SimulatedTime; readonly rest: Rest; readonly trace: Trace; readonly faults: Faults } {
    return { time: this.time, rest: this.rest, trace: this.trace, faults: this.faults };
  }

  /** Read past the backend, from its file. */
  #headOf(deviceId: string): number | undefined {
    if (!this.backend.up) return undefined;
    const file = new SqliteFile(path.resolve(this.backend.file), { readonly: true });
    try {
      return file.prepare<[string], number>('select coalesce(max(seq), 0) from journal_entry where device_id = ?').pluck().get(deviceId);
    } finally {
      file.close();
    }
  }
}
