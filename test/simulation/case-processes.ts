/**
 * A tier whose cases are counted out: one process for each core, the same cases whatever their number. The processes tell the one that
 * started them what passed and what did not.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { TierResult } from './tier-result.ts';

const PROCESSES_MAX = 8;
/** A process tells of its results when there are so many. */
const RESULTS_TOLD = 200;
const PROGRESS_MS = 10_000;

/** One case that was run. */
export interface CountedResult {
  readonly name: string;
  /** By what the cases are counted. */
  readonly group: string;
  /** What must not happen and did; empty when the case passed. */
  readonly faults: readonly string[];
  /** Share of the cases that were begun, from 0 to 1. */
  readonly progress: number;
}

interface Told {
  readonly passed: Readonly<Record<string, number>>;
  readonly failures: ReadonlyArray<Omit<CountedResult, 'progress'>>;
  readonly progress: number;
}

/** @param program the file that was started, which calls `tellShare` when it is given a share */
export async function runInProcesses(tier: string, program: string): Promise<TierResult> {
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
        const child = fork(program, ['--tier', tier, '--share', `${share}/${of}`], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
        child.on('message', (message) => {
          const told = message as Told;
          progress.set(share, told.progress);
          for (const [group, count] of Object.entries(told.passed)) passed.set(group, (passed.get(group) ?? 0) + count);
          for (const failure of told.failures) {
            failed.set(failure.group, (failed.get(failure.group) ?? 0) + 1);
            reportFailure(tier, failure);
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
  for (const group of new Set([...passed.keys(), ...failed.keys()])) {
    console.log(`${group}: ${passed.get(group) ?? 0} passed, ${failed.get(group) ?? 0} failed`);
  }
  const total = { passed: sum(passed.values()), failed: sum(failed.values()) };
  console.log(`${total.passed + total.failed} cases in ${seconds().toFixed(1)} s: ${((total.passed + total.failed) / seconds()).toFixed(0)} cases/s`);
  return total;
}

/** The part of one process, which tells the one that started it. */
export async function tellShare(results: AsyncIterable<CountedResult>): Promise<void> {
  let passed: Record<string, number> = {};
  let failures: Array<Told['failures'][number]> = [];
  let told = 0;
  const tell = (progress: number): Promise<void> => {
    const message: Told = { passed, failures, progress };
    [passed, failures] = [{}, []];
    return new Promise((resolve) => process.send?.(message, () => resolve()));
  };
  for await (const { name, group, faults, progress } of results) {
    told += 1;
    if (faults.length === 0) passed[group] = (passed[group] ?? 0) + 1;
    else failures.push({ name, group, faults });
    if (told % RESULTS_TOLD === 0) await tell(progress);
  }
  await tell(1);
  process.disconnect();
}

export function reportFailure(tier: string, { name, faults }: Pick<CountedResult, 'name' | 'faults'>): void {
  console.log(`${name} failed:`);
  for (const fault of faults) console.log(`  ${fault}`);
  console.log(`  again: npm run simulate -- --tier ${tier} --case ${name}`);
}
