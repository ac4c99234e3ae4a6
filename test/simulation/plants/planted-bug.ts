import type { Plant } from '../plant.ts';

export interface PlantedBug {
  /** What `--plant` calls it. */
  readonly name: string;
  readonly about: string;
  /** Anew for each run: a bug may remember. */
  readonly plant: () => Plant;
}

export const bug = (name: string, about: string, plant: () => Plant): PlantedBug => ({ name, about, plant });
