/** A town with two kiosks, for one run: made from a seed, let loose, brought to calm, and looked over. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { inTransaction } from '../../backend/database/backend-database.ts';
import type { RequestId } from '../../contract/ids.ts';
import type { CardMemory, VirtualCard } from '../../hardware/simulator/virtual-card.ts';
import { Strikes, type FaultKind } from './fault-kinds.ts';
import { KioskDisk } from './kiosk-disk.ts';
import type { Plant } from './plant.ts';
import { openingOf, RESIDENTS, type Resident } from './residents.ts';
import { SimulatedBackend, type BackendProgram } from './simulated-backend.ts';
import { SimulatedDevice, type Holder } from './simulated-device.ts';
import { SimulatedNetwork, type Weather } from './simulated-network.ts';
import { Rest, SimulatedTime } from './simulated-time.ts';
import { DEVICES, insertGrant, type DeviceName, type Morning, type SmallTown } from './small-town.ts';
import { TownCards } from './town-cards.ts';
import { Faults, Trace } from './trace.ts';

/** Until a kiosk has pulled what there is. */
const GRANTS_HEARD_MS = 500;

export interface WorldSetting {
  readonly seed: number;
  readonly town: SmallTown;
  readonly morning: Morning;
  readonly program: BackendProgram;
  readonly plant: Plant;
  /** What this run's world knows of faults. */
  readonly kinds: ReadonlySet<FaultKind>;
  readonly keepLines: boolean;
  /** For the files of this run; removed at its end. */
  readonly directory: string;
}

export class World {
  readonly rest = new Rest();
  readonly time = new SimulatedTime(this.rest);
  readonly strikes = new Strikes();
  readonly trace: Trace;
  readonly faults: Faults;
  readonly backend: SimulatedBackend;
  readonly devices: readonly SimulatedDevice[];
  readonly cards: TownCards;
  readonly town: SmallTown;
  readonly seed: number;
  readonly kinds: ReadonlySet<FaultKind>;
  /** Whose cards a forger had in his hands: what they say is not the town's word any more. */
  readonly forged = new Set<Resident>();
  /** Whose cards the office stopped. */
  readonly stopped = new Set<Resident>();
  /** Yen in all drawers; undefined when staff would have to look. */
  drawers: number | undefined = 0;
  /** What residents asked for at the desks, and under which name. */
  readonly asked = new Map<RequestId, string>();
  /** Value has been moved from one resident's account to another's. */
  mixed = false;
  /** Memories of cards at an earlier time, as a forger keeps them. */
  readonly oldMemories = new Map<Resident, CardMemory>();
  readonly #directory: string;
  readonly #networks: ReadonlyMap<SimulatedDevice, SimulatedNetwork>;
  #cutOff: SimulatedDevice | undefined;
  #grants: number;
  #grantsWaiting: Resident[] = [];

  constructor({ seed, town, morning, program, plant, kinds, keepLines, directory }: WorldSetting) {
    this.#directory = directory;
    this.town = town;
    this.seed = seed;
    this.kinds = kinds;
    this.trace = new Trace(this.time, keepLines);
    this.faults = new Faults(this.trace);
    this.cards = new TownCards(town.cards, seed ^ 0x63617264);
    this.copyMemories();
    this.backend = new SimulatedBackend(program, this, morning.image, seed ^ 0x6261);
    this.#grants = morning.grants;
    const { time, rest, trace, faults, strikes, backend } = this;
    const networks = new Map<SimulatedDevice, SimulatedNetwork>();
    this.devices = DEVICES.map((name, index) => {
      const own = path.join(directory, `kiosk-${name}`);
      const network = new SimulatedNetwork({ time, rest, trace, faults, strikes, backend, plant, fates: kinds }, name, seed * 2 + index);
      const device = new SimulatedDevice(
        { name, identity: town.identities[name], seed: (seed * 2 + index) * 1_000, network, plant, time, rest, trace, faults, strikes, onCash: (yen) => void (this.drawers = yen === undefined || this.drawers === undefined ? undefined : this.drawers + yen), onRequest: (request, asker) => void this.asked.set(request, asker) },
        {
          trace,
          disk: new KioskDisk(own, morning.ledgers[name]),
          backendHead: (generation) => (this.backend.mayAnswerFromBefore(generation) ? Number.MAX_SAFE_INTEGER : this.#headOf(town.identities[name].deviceId)),
          cardOf: (holder) => this.cardOf(holder),
          isPlain: (resident, opening) => this.forged.has(resident) || this.mixed || Math.ceil(opening / openingOf(1)) === resident,
        },
      );
      networks.set(device, network);
      return device;
    });
    this.#networks = networks;
  }

  /** Everything is switched on, one after the other. */
  async start(): Promise<void> {
    await this.backend.start();
    for (const device of this.devices) device.start();
    await this.settle();
  }

  /** One kiosk after the other hears of the town, each with grants that the other does not hold; then all is switched off. */
  async dawn(first: number): Promise<Morning> {
    await this.backend.start();
    for (const index of [first, 1 - first]) {
      this.devices[index]?.start();
      await this.time.advance(GRANTS_HEARD_MS);
      for (const resident of RESIDENTS) await this.grant(resident);
    }
    for (const device of this.devices) await device.stop();
    await this.rest.come();
    const ledgers = Object.fromEntries(this.devices.map(({ name, disk }) => [name, disk.bytes()])) as Record<DeviceName, Buffer>;
    return { image: this.backend.store.image(), ledgers, grants: this.#grants };
  }

  cardOf(holder: Holder): VirtualCard {
    return this.cards.of(holder);
  }
  /** A forger keeps what all cards say now. */
  copyMemories(): void {
    for (const resident of RESIDENTS) {
      const memory = this.cards.memory(resident);
      if (memory !== undefined) this.oldMemories.set(resident, memory);
    }
  }
  /** Residents whose cards lie nowhere. */
  atHome(): readonly Resident[] {
    return RESIDENTS.filter((resident) => this.devices.every((device) => device.card !== resident && (!device.up || device.run.desk.card !== resident)));
  }

  /** Cuts a kiosk's network until it is connected again, whatever the weather. */
  cutOff(index: number): void {
    const device = this.devices[index];
    if (!device) throw new Error(`There is no kiosk ${index}`);
    this.strikes.add('partition-one');
    this.setWeather(device, 'cut');
    this.#cutOff = device;
  }
  reconnect(index: number): void {
    const device = this.devices[index];
    this.#cutOff = undefined;
    if (device) this.setWeather(device, 'clear');
  }
  /** @returns false when it cannot be changed now */
  setWeather(device: SimulatedDevice, weather: Weather): boolean {
    if (device === this.#cutOff) return false;
    this.networkOf(device).weather = weather;
    this.trace.note(`network ${device.name}`, weather);
    return true;
  }
  networkOf(device: SimulatedDevice): SimulatedNetwork {
    const network = this.#networks.get(device);
    if (!network) throw new Error(`Kiosk ${device.name} has no network`);
    return network;
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
    for (const device of this.devices) await device.tick();
  }

  async close(): Promise<void> {
    for (const device of this.devices) {
      await device.tick();
      await device.stop();
    }
    await this.backend.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** Read past the backend, from its database. */
  #headOf(deviceId: string): number {
    const [row] = this.backend.store.rows<{ head: number }>('select coalesce(max(seq), 0) as head from journal_entry where device_id = ?', deviceId);
    return row?.head ?? 0;
  }
}
