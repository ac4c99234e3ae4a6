/** What may happen in a step of a run besides the sensible thing. */
import type { Chance } from '../../../backend/seed/constant-chance.ts';
import type { FaultKind } from '../fault-kinds.ts';
import type { SimulatedDevice } from '../simulated-device.ts';
import type { World } from '../world.ts';

/** @returns true when it struck at once; a fault that was only prepared counts itself when it strikes */
export type Strike = (world: World, device: SimulatedDevice, chance: Chance) => boolean | Promise<boolean>;

export interface Deed {
  readonly kind: FaultKind;
  /** How often among all that this run knows. */
  readonly weight: number;
  readonly strike: Strike;
}

export const deed = (kind: FaultKind, weight: number, strike: Strike): Deed => ({ kind, weight, strike });
