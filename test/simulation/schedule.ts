/**
 * What happens in the town, as the seed decides: residents who mostly do the sensible thing, hands that do not, devices that fail,
 * machines that stop, clocks that are wrong, an office that grants. Each step is one thing; all of the world can be in any state.
 */
import { CHOICES_OF_SCREEN, type Choice } from '../../contract/kiosk.ts';
import type { Chance } from '../../backend/seed/constant-chance.ts';
import type { PrinterStatus, PrintOutcome } from '../../hardware/printer/slip-printer.ts';
import type { ReaderStatus } from '../../hardware/reader/card-reader.ts';
import type { SimulatedDevice } from './simulated-device.ts';
import { RESIDENTS, type Resident } from './small-town.ts';
import type { World } from './world.ts';

const HOUR_MS = 3_600_000;
/** Within what the backend tolerates: such clocks must make no difference at all. */
const TOLERABLE_CLOCK_MS = 100_000;
const WILD_CLOCK_MS = 72 * HOUR_MS;

const READER_TROUBLES: ReadonlyArray<Exclude<ReaderStatus, { kind: 'ready' }>> = [
  { kind: 'absent' }, { kind: 'service-down' }, { kind: 'starting' }, { kind: 'faulty', why: 'not-answering' }, { kind: 'faulty', why: 'reader-error' },
];
const PRINTER_STATES: readonly PrinterStatus[] = [
  { kind: 'ready', paper: 'enough' }, { kind: 'ready', paper: 'near-end' }, { kind: 'paper-out' }, { kind: 'cover-open' }, { kind: 'silent' }, { kind: 'absent' }, { kind: 'faulty', why: 'cutter' },
];
const SLIP_FAULTS: readonly PrintOutcome[] = [
  { kind: 'failed', why: 'paper-out', partial: true }, { kind: 'failed', why: 'cover-open', partial: false }, { kind: 'unknown', why: 'silence' }, { kind: 'unknown', why: 'line-lost' },
];

type Step = (world: World, device: SimulatedDevice, chance: Chance) => void | Promise<void>;

/** Shares of runs, in percent. */
const ABSENCES = 30;
const WILD_CLOCKS = 15;
/** Longer than a lease runs. */
const ABSENCE_MS = 8 * 24 * HOUR_MS;

/** What a run is to be like. */
export interface Course {
  readonly steps: number;
  /** Clocks may be wrong by days, not only by what the backend tolerates. */
  readonly wildClocks: boolean;
  /** A kiosk works on without a network for longer than its leases run, and comes back. In steps of the run. */
  readonly absence: { readonly device: number; readonly from: number; readonly asleepAt: number; readonly until: number } | undefined;
}

export function courseOf(chance: Chance, steps: number): Course {
  const third = Math.floor(steps / 3);
  const wildClocks = chance.percent(WILD_CLOCKS);
  const absence = chance.percent(ABSENCES) ? { device: chance.below(2), from: chance.below(third), asleepAt: third + chance.below(third), until: 2 * third + chance.below(third) } : undefined;
  return { steps, wildClocks, absence };
}

/** Step `number` of the run. */
export async function step(world: World, { absence }: Course, chance: Chance, number: number): Promise<void> {
  if (absence && number === absence.from) world.cutOff(absence.device);
  if (absence && number === absence.asleepAt) await world.time.sleep(ABSENCE_MS);
  if (absence && number === absence.until) world.reconnect(absence.device);
  const device = chance.pick(world.devices);
  const deed = chance.percent(72) ? visit : chance.weighted(INCIDENTS);
  await deed(world, device, chance);
}

/** The person at the kiosk does what people do. */
const visit: Step = (world, device, chance) => {
  if (!device.up) return chance.percent(30) ? device.start() : undefined;
  const press = (...choices: ReadonlyArray<readonly [Choice, number]>) => device.choose(chance.weighted(choices));
  switch (device.screen) {
    case 'start':
      return putSomeCard(world, device, chance);
    case 'balance':
      return press(['receive', 70], ['print', 15], ['finish', 15]);
    case 'confirm-load':
      if (chance.percent(15)) device.holdReader(true);
      return press(['confirm', 85], ['decline', 10], ['back', 5]);
    case 'loaded':
      return press(['print', 50], ['continue', 20], ['finish', 30]);
    case 'printed':
    case 'print-trouble':
    case 'load-refused':
    case 'still-there':
      return press(['continue', 40], ['finish', 60]);
    case 'farewell':
    case 'card-not-usable':
      return device.card === undefined ? world.time.advance(7_000) : device.take();
    case 'card-moved':
      return putSomeCard(world, device, chance);
    case 'reading':
    case 'writing':
      // A slow reader makes people lift the card.
      return chance.percent(40) && device.card !== undefined ? device.take() : device.holdReader(false);
    case 'printing':
      return device.holdPrinter(false);
    case 'out-of-service':
      return device.replugReader();
    case 'starting':
      return device.replugReader();
  }
};

function putSomeCard(world: World, device: SimulatedDevice, chance: Chance): void {
  if (device.card !== undefined) return;
  const free = RESIDENTS.filter((resident) => world.devices.every((other) => other.card !== resident));
  device.put(chance.percent(95) ? chance.pick<Resident>(free) : 'stranger');
}

/** A thing to do, and how often among 1,000 or so. */
const INCIDENTS: ReadonlyArray<readonly [Step, number]> = [
  // Hands
  [(_, device) => (device.card === undefined ? undefined : device.take()), 70],
  [putSomeCardAnyhow, 40],
  [(_, device) => device.putAnother(), 10],
  [(_, device) => device.takeOther(), 10],
  [pressAnything, 60],
  [pressTwice, 50],
  [pressOnOldScreen, 20],
  [(_, device) => device.choose('call-staff'), 15],
  // Devices
  [(_, device) => device.holdReader(true), 50],
  [(_, device) => device.holdReader(false), 40],
  [(_, device, chance) => device.unplugReader(chance.pick(READER_TROUBLES)), 15],
  [(_, device) => device.replugReader(), 15],
  [(_, device, chance) => device.setPrinter(chance.pick(PRINTER_STATES)), 25],
  [(_, device, chance) => device.nextSlip(chance.pick(SLIP_FAULTS)), 20],
  [(_, device) => device.holdPrinter(true), 15],
  [(_, device) => device.holdPrinter(false), 15],
  // Machines
  [(_, device) => device.crash(), 15],
  [(_, device, chance) => (device.up ? device.run.crashAfter(chance.below(12)) : device.start()), 50],
  [(_, device) => device.start(), 60],
  [(world) => world.backend.crash(), 8],
  [(world) => world.backend.crashSoon(), 20],
  [(world) => (world.backend.up ? undefined : world.backend.start()), 50],
  // Network, time, office
  [(world, device, chance) => world.setWeather(device, chance.weighted([['clear', 40], ['rough', 40], ['cut', 20]])), 60],
  [(world, _, chance) => world.time.advance(10 + chance.below(2_000)), 90],
  [(world, _, chance) => world.time.advance(3_000 + chance.below(20_000)), 70],
  [(world, _, chance) => world.time.advance(30_000 + chance.below(60_000)), 15],
  [(world, _, chance) => world.time.sleep(HOUR_MS * (1 + chance.below(20))), 6],
  [(world, _, chance) => world.time.sleep(HOUR_MS * 24 * (1 + chance.below(9))), 5],
  [setClock, 20],
  [(world, _, chance) => world.grant(chance.pick(RESIDENTS)), 80],
];

function putSomeCardAnyhow(world: World, device: SimulatedDevice, chance: Chance): void {
  if (device.card !== undefined) device.take();
  putSomeCard(world, device, chance);
}

function pressAnything(_: World, device: SimulatedDevice, chance: Chance): void {
  if (!device.up) return;
  const offered = CHOICES_OF_SCREEN[device.screen];
  device.choose(offered.length > 0 && chance.percent(80) ? chance.pick(offered) : chance.pick(['receive', 'print', 'confirm', 'finish', 'continue'] as const));
}

function pressTwice(_: World, device: SimulatedDevice, chance: Chance): void {
  if (!device.up) return;
  const offered = CHOICES_OF_SCREEN[device.screen];
  if (offered.length === 0) return;
  const choice = offered.includes('confirm') ? 'confirm' : chance.pick(offered);
  const { screenId } = device.snapshot;
  device.choose(choice, screenId);
  device.choose(choice, screenId);
}

function pressOnOldScreen(_: World, device: SimulatedDevice, chance: Chance): void {
  if (!device.up) return;
  device.choose(chance.pick(['receive', 'confirm', 'finish'] as const), Math.max(1, device.snapshot.screenId - 1));
}

function setClock(world: World, device: SimulatedDevice, chance: Chance): void {
  const most = world.wildClocks ? WILD_CLOCK_MS : TOLERABLE_CLOCK_MS;
  device.clockErrorMs = chance.percent(30) ? 0 : chance.below(2 * most) - most;
  world.trace.note(device.name, 'clock set', String(device.clockErrorMs));
}
