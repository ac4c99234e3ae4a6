/**
 * What happens in the town, as the seed decides: residents who mostly do the sensible thing, and between them the faults that this run
 * knows. Each step is one thing; all of the world can be in any state.
 */
import { constantChance, type Chance } from '../../backend/seed/constant-chance.ts';
import { CHOICES_OF_SCREEN, type PlainChoice } from '../../contract/kiosk.ts';
import { anyPress } from './any-press.ts';
import { FAULT_NAMES, type FaultKind } from './fault-kinds.ts';
import { CARD_FAULTS } from './faults/card-faults.ts';
import { CLOCK_FAULTS } from './faults/clock-faults.ts';
import type { Deed } from './faults/deed.ts';
import { DEVICE_FAULTS } from './faults/device-faults.ts';
import { MACHINE_FAULTS } from './faults/machine-faults.ts';
import { NETWORK_FAULTS } from './faults/network-faults.ts';
import { OFFICE_FAULTS } from './faults/office-faults.ts';
import { PEOPLE_FAULTS } from './faults/people-faults.ts';
import { personOf, profileOf, RESIDENTS, type Resident } from './residents.ts';
import { ERRANDS, MISTAKES, type Errand } from './desk.ts';
import type { SimulatedDevice } from './simulated-device.ts';
import type { World } from './world.ts';

const HOUR_MS = 3_600_000;
const DEEDS: readonly Deed[] = [...NETWORK_FAULTS, ...MACHINE_FAULTS, ...CLOCK_FAULTS, ...CARD_FAULTS, ...DEVICE_FAULTS, ...PEOPLE_FAULTS, ...OFFICE_FAULTS];

/** After these a run may not end in what a sensible run ends in; they are in few runs, so that most are held to the strictest measure. */
const GRAVE: ReadonlySet<FaultKind> = new Set<FaultKind>(['kiosk-clock-days', 'kiosk-clock-decade', 'backend-clock-decade', 'card-cloned', 'card-rolled-back', 'card-stopped', 'transfer-not-lost', 'backend-restored', 'kiosk-old-ledger', 'kiosk-revoked']);
/** Shares of runs that know a kind, in percent. Not all together: what many faults hide, few of them show. */
const KNOWN = 55;
const GRAVE_KNOWN = 14;
/** Shares of runs and of steps, in percent. */
const ABSENCES = 20;
const SENSIBLE = 55;
const GOES_ON = 75;
const AT_THE_DESK = 22;
/** Of those who go to the desk, so many know that they have what they come for. */
const KNOWING = 80;
/** Until the keys of a card have come. */
const PATIENCE_MS = 100;
/** Longer than a lease runs. */
const ABSENCE_MS = 8 * 24 * HOUR_MS;

/** What a run is to be like. */
export interface Course {
  readonly steps: number;
  readonly kinds: ReadonlySet<FaultKind>;
  /** A kiosk works on without a network for longer than its leases run, and comes back. In steps of the run. */
  readonly absence: { readonly device: number; readonly from: number; readonly asleepAt: number; readonly until: number } | undefined;
}

export function courseOf(chance: Chance, steps: number): Course {
  const third = Math.floor(steps / 3);
  const kinds = new Set(FAULT_NAMES.filter((kind) => chance.percent(GRAVE.has(kind) ? GRAVE_KNOWN : KNOWN)));
  const absence = chance.percent(ABSENCES) ? { device: chance.below(2), from: chance.below(third), asleepAt: third + chance.below(third), until: 2 * third + chance.below(third) } : undefined;
  return { steps, kinds, absence };
}

/** Step `number` of the run. */
export async function step(world: World, { absence, kinds }: Course, chance: Chance, number: number): Promise<void> {
  if (absence && number === absence.from) world.cutOff(absence.device);
  if (absence && number === absence.asleepAt) await world.time.sleep(ABSENCE_MS);
  if (absence && number === absence.until) world.reconnect(absence.device);
  const device = chance.pick(world.devices);
  if (chance.percent(SENSIBLE)) {
    // Most people do not stop after the first thing.
    do {
      if (chance.percent(AT_THE_DESK)) visitDesk(world, device, chance);
      else await visit(world, device, chance);
      await world.settle();
    } while (chance.percent(GOES_ON));
    return;
  }
  const [kind, strike] = chance.weighted<readonly [FaultKind | undefined, Deed['strike']]>([
    ...RELIEFS.map(([weight, relief]) => [[undefined, relief], weight] as const),
    ...DEEDS.filter((deed) => kinds.has(deed.kind)).map((deed) => [[deed.kind, deed.strike], deed.weight] as const),
  ]);
  if ((await strike(world, device, chance)) && kind !== undefined) world.strikes.add(kind);
}

/** The person at the kiosk does what people do. */
async function visit(world: World, device: SimulatedDevice, chance: Chance): Promise<void> {
  const press = (...choices: ReadonlyArray<readonly [PlainChoice, number]>) => void device.choose({ choice: chance.weighted(choices) });
  if (!device.up) return chance.percent(30) ? device.start() : undefined;
  switch (device.screen) {
    case 'start':
      return putSomeCard(world, device, chance);
    case 'balance':
      return press(['receive', 70], ['print', 15], ['finish', 15]);
    case 'confirm-load':
      return press(['confirm', 85], ['decline', 10], ['back', 5]);
    case 'loaded':
      return press(['print', 50], ['continue', 20], ['finish', 30]);
    case 'printed':
    case 'print-trouble':
    case 'load-refused':
    case 'still-there':
      return press(['continue', 40], ['finish', 60]);
    case 'survey':
      if (chance.percent(50)) return void device.choose(anyPress('pick', chance));
      return chance.percent(30) && device.card !== undefined ? device.take() : press(['decline', 50], ['finish', 50]);
    case 'farewell':
    case 'card-not-usable':
      return device.card === undefined ? world.time.advance(7_000) : device.take();
    case 'card-moved':
      return putSomeCard(world, device, chance);
    case 'reading':
    case 'writing':
      device.holdReader(false);
      // A slow kiosk makes people lift the card.
      return chance.percent(15) && device.card !== undefined ? device.take() : world.time.advance(PATIENCE_MS);
    case 'printing':
      return device.holdPrinter(false);
    case 'out-of-service':
    case 'starting':
      return device.replugReader();
    default: {
      const offered = CHOICES_OF_SCREEN[device.screen];
      if (offered.length > 0) device.choose(anyPress(chance.pick(offered), chance));
    }
  }
}

const ERRAND_WEIGHTS: Readonly<Record<Errand, number>> = { spend: 35, give: 10, exchange: 12, buy: 25, void: 12, refund: 8, transfer: 6, ask: 12 };

/** Somebody goes to the staff. */
function visitDesk(world: World, device: SimulatedDevice, chance: Chance): void {
  const free = world.atHome();
  if (!device.up || free.length === 0) return;
  const { desk } = device.run;
  if (desk.busy) return chance.percent(10) ? device.withRun(() => desk.clear()) : undefined;
  const lostOf = (resident: Resident) => [...world.stopped].filter((other) => personOf(other) === personOf(resident));
  const mistakes = MISTAKES.filter((kind) => world.kinds.has(kind));
  const mistake = mistakes.length > 0 && chance.percent(30) ? chance.pick(mistakes) : undefined;
  let errand = mistake && mistake !== 'press-twice-at-desk' ? ERRAND_OF[mistake] : chance.weighted(ERRANDS.map((name) => [name, ERRAND_WEIGHTS[name]] as const));
  let resident = chance.pick(free);
  if (!mistake && chance.percent(KNOWING)) {
    device.withRun(() => {
      const sensible = ERRANDS.flatMap((name) => free.flatMap((who) => (desk.mayCome(name, who, lostOf(who)) ? [[{ name, who }, ERRAND_WEIGHTS[name]] as const] : [])));
      if (sensible.length > 0) ({ name: errand, who: resident } = chance.weighted(sensible));
    });
  }
  if (errand === 'transfer') world.mixed = true;
  const card = profileOf(resident) === 'code' ? undefined : world.cardOf(resident);
  desk.serve({ resident, card, errand, mistake, lost: lostOf(resident), others: free.filter((other) => other !== resident) }, constantChance(chance.below(2 ** 31)));
}

const ERRAND_OF = { 'void-wrong-load': 'void', 'cash-counted-twice': 'buy', 'sale-without-card': 'buy', 'refund-after-load': 'refund', 'transfer-not-lost': 'transfer' } as const satisfies Readonly<Record<string, Errand>>;

function putSomeCard(world: World, device: SimulatedDevice, chance: Chance): void {
  // A paper card that was shown is still in its holder's hand.
  if (device.card !== undefined) device.take();
  device.put(chance.pick(world.atHome()));
}

/** What puts things right again, or just lets time pass. */
const RELIEFS: ReadonlyArray<readonly [number, Deed['strike']]> = [
  [30, struckNot((_, device) => device.holdReader(false))],
  [15, struckNot((_, device) => device.replugReader())],
  [15, struckNot((_, device) => device.holdPrinter(false))],
  [15, struckNot((_, device, chance) => device.setPrinter({ kind: 'ready', paper: chance.pick(['enough', 'near-end']) }))],
  [50, struckNot((_, device) => device.start())],
  [40, struckNot(async ({ backend }) => (backend.up ? undefined : backend.start()))],
  [30, struckNot((world, device) => void world.setWeather(device, 'clear'))],
  [40, struckNot((world, device) => void world.setWeather(device, 'rough'))],
  [60, struckNot((world, _, chance) => world.time.advance(10 + chance.below(2_000)))],
  [25, struckNot((world, _, chance) => world.time.advance(3_000 + chance.below(20_000)))],
  [4, struckNot((world, _, chance) => world.time.advance(30_000 + chance.below(60_000)))],
  [60, struckNot((world, _, chance) => world.grant(chance.pick(RESIDENTS)))],
];

function struckNot(relief: (...words: Parameters<Deed['strike']>) => void | Promise<void>): Deed['strike'] {
  return async (...words) => {
    await relief(...words);
    return false;
  };
}
