/** Runs one seed from beginning to end. The same seed gives the same run, thing by thing. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { constantChance } from '../../backend/seed/constant-chance.ts';
import { bringToCalm } from './calm.ts';
import type { FaultKind } from './fault-kinds.ts';
import { lookOver } from './look-over.ts';
import { NO_PLANT, type Plant } from './plant.ts';
import { courseOf, step } from './schedule.ts';
import { buildBackendProgram } from './simulated-backend.ts';
import { makeSmallTown, workDirectory, type Morning } from './small-town.ts';
import { watchAllowances } from './watch.ts';
import { World } from './world.ts';

export const TIERS = { fast: { seeds: 2_000, steps: 15 }, full: { seeds: 2_000, steps: 500 } } as const;
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
  /** How often each kind of fault struck. */
  readonly strikes: Partial<Record<FaultKind, number>>;
}

/** Longer than the agent waits for any answer. */
const GIVEN_UP_MS = 15_000;
/** Steps. */
const WATCH_EVERY = 5;
/** No seed of a run: what is made before all runs must have other ids than what they make. */
const DAWN = 0x3fff_ffff;

export interface Simulation {
  run(seed: number, options?: RunOptions): Promise<RunResult>;
  close(): Promise<void>;
}

/** Makes the town and builds the backend's interface, once for any number of runs. */
export async function openSimulation(): Promise<Simulation> {
  const directory = workDirectory('simulation');
  const town = await makeSmallTown();
  const program = await buildBackendProgram();
  const dawn = { town, morning: town.empty, program, plant: NO_PLANT, kinds: new Set<FaultKind>(), keepLines: false };
  const mornings: Morning[] = [];
  // One after the other: the program serves one world at a time.
  for (const first of [0, 1]) {
    const world = new World({ ...dawn, seed: DAWN - first, directory: path.join(directory, `dawn-${first}`) });
    mornings.push(await world.dawn(first));
    await world.close();
    if (world.faults.sentences.length > 0) throw new Error(world.faults.sentences.join('; '));
  }

  async function run(seed: number, { tier = 'fast', plant = NO_PLANT, keepLines = false }: RunOptions = {}): Promise<RunResult> {
    const chance = constantChance(seed);
    const course = courseOf(chance, TIERS[tier].steps);
    const morning = chance.pick(mornings);
    const world = new World({ seed, town, morning, program, plant, kinds: course.kinds, keepLines, directory: path.join(directory, String(seed)) });
    try {
      await world.start();
      for (let number = 0; number < course.steps; number += 1) {
        await step(world, course, chance, number);
        await world.settle();
        if (number % WATCH_EVERY === 0) watchAllowances(world);
      }
      watchAllowances(world);
      await bringToCalm(world);
      await rest(world);
      await lookOver(world);
    } catch (error) {
      world.faults.find(`The run broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    const figures = figuresOf(world);
    await world.close().catch((error: unknown) => world.faults.find(`The run did not close: ${String(error)}`));
    return { seed, hash: world.trace.end(), faults: world.faults.sentences, lines: world.trace.lines ?? [], figures, strikes: world.strikes.counts() };
  }

  return {
    run,
    async close() {
      await program.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A kiosk at rest waits for two things: the next snapshot and the next exchange. A stopped one waits for nothing. */
async function rest(world: World): Promise<void> {
  const { devices, time, faults } = world;
  const clocks = devices.flatMap((device) => {
    if (!device.up || device.lost) return [];
    const { clock } = device.run;
    const expected = 2 + (device.snapshot.staffCall ? 1 : 0);
    faults.expect(clock.waiting() === expected, `Kiosk ${device.name} waits for ${clock.waiting()} things when all is quiet, not ${expected}`);
    return [{ name: device.name, clock }];
  });
  for (const device of devices) await device.stop();
  // What was asked of the backend at the last moment is given up after a while.
  await time.advance(GIVEN_UP_MS);
  for (const { name, clock } of clocks) faults.expect(clock.waiting() === 0, `Kiosk ${name} still waits for ${clock.waiting()} things after its end`);
}

function figuresOf(world: World): RunResult['figures'] {
  const { backend, devices } = world;
  const crashes = backend.crashes + devices.reduce((sum, device) => sum + device.crashes, 0);
  const slips = devices.reduce((sum, { printers }) => sum + printers.reduce((more, { printed }) => more + printed.length, 0), 0);
  const count = (table: 'movement' | 'journal_entry' | 'anomaly') => backend.store.rows<{ count: number }>(`select count(*) as count from ${table}`)[0]?.count ?? 0;
  return { movements: count('movement'), entries: count('journal_entry'), anomalies: count('anomaly'), slips, crashes };
}
