/** Runs one seed from beginning to end. The same seed gives the same run, thing by thing. */
import { constantChance } from '../../backend/seed/constant-chance.ts';
import path from 'node:path';
import { rmSync } from 'node:fs';
import { bringToCalm } from './calm.ts';
import { lookOver } from './look-over.ts';
import { NO_PLANT, type Plant } from './plant.ts';
import { courseOf, step } from './schedule.ts';
import { buildBackendProgram } from './simulated-backend.ts';
import { makeSmallTown, workDirectory } from './small-town.ts';
import { World } from './world.ts';

export const TIERS = { fast: { seeds: 200, steps: 120 }, full: { seeds: 2_000, steps: 500 } } as const;
export type Tier = keyof typeof TIERS;

export interface RunOptions {
  readonly tier?: Tier;
  readonly plant?: Plant;
  /** Keep what happened as lines to read. */
  readonly keepLines?: boolean;
}

export interface RunResult {
  readonly seed: number;
  /** Of everything that happened, in order. */
  readonly hash: string;
  /** What must not happen and did; empty when the run passed. */
  readonly faults: readonly string[];
  readonly lines: readonly string[];
  readonly figures: { readonly movements: number; readonly entries: number; readonly anomalies: number; readonly slips: number; readonly crashes: number };
}

export interface Simulation {
  run(seed: number, options?: RunOptions): Promise<RunResult>;
  close(): Promise<void>;
}

/** Makes the town and builds the backend's interface, once for any number of runs. */
export async function openSimulation(): Promise<Simulation> {
  const directory = workDirectory('simulation');
  const town = await makeSmallTown();
  const program = await buildBackendProgram();

  async function run(seed: number, { tier = 'fast', plant = NO_PLANT, keepLines = false }: RunOptions = {}): Promise<RunResult> {
    const chance = constantChance(seed);
    const course = courseOf(chance, TIERS[tier].steps);
    const world = new World({ seed, town, program, plant, wildClocks: course.wildClocks, keepLines, directory: path.join(directory, String(seed)) });
    try {
      await world.start(chance.below(2));
      for (let number = 0; number < course.steps; number += 1) {
        await step(world, course, chance, number);
        await world.settle();
      }
      await bringToCalm(world);
      for (const device of world.devices) await rest(world, device);
      await lookOver(world);
    } catch (error) {
      world.faults.find(`The run broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    const figures = await figuresOf(world);
    await world.close().catch((error: unknown) => world.faults.find(`The run did not close: ${String(error)}`));
    return { seed, hash: world.trace.end(), faults: world.faults.sentences, lines: world.trace.lines ?? [], figures };
  }

  return {
    run,
    async close() {
      await program.close();
      town.remove();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A kiosk at rest waits for two things: the next snapshot and the next exchange. A stopped one waits for nothing. */
async function rest(world: World, device: World['devices'][number]): Promise<void> {
  if (!device.up) return;
  const { clock } = device.run;
  const expected = 2 + (device.snapshot.staffCall ? 1 : 0);
  world.faults.expect(clock.waiting() === expected, `Kiosk ${device.name} waits for ${clock.waiting()} things when all is quiet, not ${expected}`);
  await device.stop();
  await world.rest.come();
  world.faults.expect(clock.waiting() === 0, `Kiosk ${device.name} still waits for ${clock.waiting()} things after its end`);
}

async function figuresOf(world: World): Promise<RunResult['figures']> {
  const crashes = world.backend.crashes + world.devices.reduce((sum, device) => sum + device.crashes, 0);
  const slips = world.devices.reduce((sum, { printers }) => sum + printers.reduce((more, { printed }) => more + printed.length, 0), 0);
  if (!world.backend.up) return { movements: 0, entries: 0, anomalies: 0, slips, crashes };
  const { kysely } = world.backend.database;
  const count = async (table: 'movement' | 'journal_entry' | 'anomaly') =>
    (await kysely.selectFrom(table).select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()).count;
  return { movements: await count('movement'), entries: await count('journal_entry'), anomalies: await count('anomaly'), slips, crashes };
}
