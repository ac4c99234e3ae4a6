/** `npm run simulate -- --plant NAME|all [--seeds N]`: plants bugs one after another and says at which seed each is found. */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { openSimulation } from '../run-seed.ts';
import type { TierResult } from '../tier-result.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import type { PlantedBug } from './planted-bug.ts';

export const SEEDS_TO_FIND = 2_000;

export interface Finding {
  readonly name: string;
  /** Undefined when it was not found. */
  readonly seed: number | undefined;
  /** The first thing that was wrong. */
  readonly sentence: string | undefined;
  readonly seconds: number;
}

/** @param names one, or several with commas between @returns undefined when there is no such bug */
export function bugsCalled(names: string): readonly PlantedBug[] | undefined {
  if (names === 'all') return PLANTED_BUGS;
  const wanted = names.split(',');
  const named = PLANTED_BUGS.filter(({ name }) => wanted.includes(name));
  return named.length === wanted.length ? named : undefined;
}

/** For a process that `findBugs` started: the results go to it. */
export async function findBugsShare(name: string, seeds: number, share: number, of: number): Promise<void> {
  const simulation = await openSimulation();
  for (const [index, { name: own, plant }] of (bugsCalled(name) ?? []).entries()) {
    if (index % of !== share) continue;
    const begun = performance.now();
    let finding: Finding = { name: own, seed: undefined, sentence: undefined, seconds: 0 };
    for (let seed = 1; seed <= seeds && finding.seed === undefined; seed += 1) {
      const { faults } = await simulation.run(seed, { plant: plant() });
      if (faults.length > 0) finding = { ...finding, seed, sentence: faults[0] };
    }
    const result: Finding = { ...finding, seconds: (performance.now() - begun) / 1_000 };
    await new Promise<void>((resolve) => process.send?.(result, () => resolve()));
  }
  await simulation.close();
  process.disconnect();
}

/** @param program the file that was started, which calls `findBugsShare` when it is given a share */
export async function findBugs(name: string, seeds: number, program: string): Promise<{ readonly result: TierResult; readonly findings: readonly Finding[] }> {
  const planted = bugsCalled(name) ?? [];
  const of = Math.min(availableParallelism() + 1, planted.length, 8);
  const findings: Finding[] = [];
  await Promise.all(
    Array.from({ length: of }, (_, share) =>
      new Promise<void>((resolve) => {
        const child = fork(program, ['--plant', name, '--seeds', String(seeds), '--share', `${share}/${of}`], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
        child.on('message', (message) => {
          const finding = message as Finding;
          findings.push(finding);
          console.log(`${finding.name}: ${finding.seed === undefined ? `NOT FOUND within ${seeds} seeds` : `seed ${finding.seed}, ${finding.sentence ?? ''}`.slice(0, 160)}`);
        });
        child.once('exit', () => resolve());
      }),
    ),
  );
  const found = findings.filter(({ seed }) => seed !== undefined).length;
  return { result: { passed: found, failed: planted.length - found }, findings };
}
