/** Clocks that are set wrong, run wrong, or run backwards. */
import type { SimulatedDevice } from '../simulated-device.ts';
import type { World } from '../world.ts';
import { deed, type Deed } from './deed.ts';

/** Within what the backend tolerates: such clocks must make no difference at all. */
const TOLERABLE_MS = 100_000;
const HOUR_MS = 3_600_000;
const DECADE_MS = 3_652 * 24 * HOUR_MS;

function set(world: World, device: SimulatedDevice, ms: number, drift = 0): true {
  device.clockError.set(ms, drift);
  world.trace.note(device.name, 'clock set', `${ms} ${drift}`);
  return true;
}

function setBackend(world: World, ms: number): true {
  world.backend.clockErrorMs = ms;
  world.trace.note('backend', 'clock set', String(ms));
  return true;
}

export const CLOCK_FAULTS: readonly Deed[] = [
  deed('kiosk-clock-off', 15, (world, device, chance) => set(world, device, chance.percent(25) ? 0 : chance.below(2 * TOLERABLE_MS) - TOLERABLE_MS)),
  deed('kiosk-clock-days', 8, (world, device, chance) => set(world, device, (chance.below(145) - 72) * HOUR_MS)),
  deed('kiosk-clock-decade', 6, (world, device, chance) => set(world, device, chance.pick([-1, 0, 1]) * DECADE_MS)),
  // By a second each two seconds: the wall clock stands, falls behind, or goes back, while time goes on.
  deed('kiosk-clock-backwards', 6, (world, device, chance) => set(world, device, chance.below(TOLERABLE_MS), chance.pick([-1, -1.5, -2]))),
  deed('backend-clock-off', 8, (world, _, chance) => setBackend(world, chance.percent(30) ? 0 : chance.below(2 * TOLERABLE_MS) - TOLERABLE_MS)),
  deed('backend-clock-decade', 4, (world, _, chance) => setBackend(world, chance.pick([-1, 0, 1]) * DECADE_MS)),
];
