/**
 * The tearing tier of `npm run simulate`: every operation, torn at every command in every way, on every journey, and torn again at every
 * command of the way back. One process for each core; the same cases whatever their number.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { runCases } from './enumerate-cases.ts';
import { runCase } from './run-case.ts';
import { caseOfName } from './tearing-case.ts';
import { TearingWorld } from './tearing-world.ts';
import type { TierResult } from '../tier-result.ts';

const PROCESSES_MAX = 8;
/** A process tells of its results when there are so many. */
const RESULTS_TOLD = 200;
const PROGRESS_MS = 10_000;

interface Told {
  readonly passed: Readonly<Record<string, number>>;
  readonly failures: ReadonlyArray<{ readonly name: string; readonly profile: string; readonly faults: readonly string[] }>;
  readonly progress: number;
}

/** @param program the file that was started, which calls `runTearingShare` when it is given a share */
export async function runTearingTier(program: string): Promise<TierResult> {
  const begun = performance.now();
  const of = Math.min(availableParallelism(), PROCESSES_MAX);
  const passed = new Map<string, number>();
  const failed = new Map<string, number>();
  const progress = new Map<number, number>();
  const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);
  const seconds = (): number => (performance.now() - begun) / 1_000;
  const say = setInterval(() => {
    const percent = (100 * sum(progress.values())) / of;
    console.log(`${percent.toFixed(0)} % · ${sum(passed.values())} passed, ${sum(failed.values())} failed (${seconds().toFixed(0)} s)`);
  }, PROGRESS_MS);
  await Promise.all(
    Array.from({ length: of }, (_, share) =>
      new Promise<void>((resolve) => {
        const child = fork(program, ['--tier', 'tearing', '--share', `${share}/${of}`], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
        child.on('message', (message) => {
          const told = message as Told;
          progress.set(share, told.progress);
          for (const [profile, count] of Object.entries(told.passed)) passed.set(profile, (passed.get(profile) ?? 0) + count);
          for (const failure of told.failures) {
            failed.set(failure.profile, (failed.get(failure.profile) ?? 0) + 1);
            reportFailure(failure);
          }
        });
        child.once('exit', (code) => {
          if (code !== 0) {
            console.error(`A process of the simulation ended (${code ?? 'killed'}) before it was through.`);
            failed.set('unfinished', (failed.get('unfinished') ?? 0) + 1);
          }
          resolve();
        });
      }),
    ),
  );
  clearInterval(say);
  for (const profile of new Set([...passed.keys(), ...failed.keys()])) {
    console.log(`${profile}: ${passed.get(profile) ?? 0} passed, ${failed.get(profile) ?? 0} failed`);
  }
  const total = { passed: sum(passed.values()), failed: sum(failed.values()) };
  console.log(`${total.passed + total.failed} cases in ${seconds().toFixed(1)} s: ${((total.passed + total.failed) / seconds()).toFixed(0)} cases/s`);
  return total;
}

/** The part of one process, which tells the one that started it. */
export async function runTearingShare(share: number, of: number): Promise<void> {
  const world = await TearingWorld.open();
  let passed: Record<string, number> = {};
  let failures: Array<Told['failures'][number]> = [];
  let results = 0;
  const tell = (progress: number): Promise<void> => {
    const told: Told = { passed, failures, progress };
    [passed, failures] = [{}, []];
    return new Promise((resolve) => process.send?.(told, () => resolve()));
  };
  for await (const { name, profile, faults, progress } of runCases(world, { share, of, oneIn: 1 })) {
    results += 1;
    if (faults.length === 0) passed[profile] = (passed[profile] ?? 0) + 1;
    else failures.push({ name, profile, faults });
    if (results % RESULTS_TOLD === 0) await tell(progress);
  }
  await tell(1);
  world.close();
  process.disconnect();
}

/** One case alone. @returns undefined when there is no such case */
export async function runTearingCase(name: string): Promise<TierResult | undefined> {
  const tearingCase = caseOfName(name);
  const world = await TearingWorld.open();
  try {
    if (!tearingCase || !world.subjects.some((subject) => subject.name === tearingCase.subject)) return undefined;
    const result = await runCase(world, tearingCase);
    console.log(`${result.commands} commands, ${result.operationCommands} of them while the operation was tried`);
    if (result.faults.length === 0) return { passed: 1, failed: 0 };
    reportFailure(result);
    return { passed: 0, failed: 1 };
  } finally {
    world.close();
  }
}

function reportFailure({ name, faults }: { readonly name: string; readonly faults: readonly string[] }): void {
  console.log(`${name} failed:`);
  for (const fault of faults) console.log(`  ${fault}`);
  console.log(`  again: npm run simulate -- --tier tearing --case ${name}`);
}
