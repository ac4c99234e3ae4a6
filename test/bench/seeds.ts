/** How many seeds of the fast simulation a second: what decides how many fit into five minutes. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { availableParallelism } from 'node:os';
import { ROOT } from '../support/process.ts';
import type { Row } from './rows.ts';

/** As many as must fit into five minutes. */
const NEEDED_PER_SECOND = 2_000 / 300;
/** Processes start and the small town is built before the first seed. */
const FIRST_SEEDS = 4;

/** Runs seeds for about so long. @throws when one of them found a fault */
export async function seedsRow(seconds: number): Promise<Row> {
  const few = await timed(FIRST_SEEDS);
  const guess = await timed(FIRST_SEEDS * 5);
  const each = Math.max(0.001, (guess - few) / (FIRST_SEEDS * 4));
  const seeds = Math.max(FIRST_SEEDS * 5, Math.round(seconds / each));
  const perSecond = (seeds - FIRST_SEEDS) / ((await timed(seeds)) - few);
  return {
    name: 'simulate_seeds_per_s',
    value: perSecond,
    unit: '1/s',
    floor: NEEDED_PER_SECOND,
    note: `${seeds} seeds of the fast tier on ${availableParallelism()} processors, without the start of the processes (${few.toFixed(1)} s with ${FIRST_SEEDS} seeds); floor: 2,000 seeds in five minutes`,
  };
}

/** @returns how long the first so many seeds took, in seconds */
function timed(seeds: number): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(ROOT, 'test/simulation/simulate.ts'), '--tier', 'fast', '--seeds', String(seeds)], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve((performance.now() - begun) / 1_000);
      else reject(new Error(`A seed failed: ${said.slice(-2_000)}`));
    });
  });
}
