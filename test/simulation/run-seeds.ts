/** The seeded tiers of `npm run simulate`: two kiosks and their backend under seeded faults, one process for each core. */
import { availableParallelism } from 'node:os';
import { fork } from 'node:child_process';
import { FAULT_NAMES, type FaultKind } from './fault-kinds.ts';
import { openSimulation, type RunResult, type Tier } from './run-seed.ts';
import type { TierResult } from './tier-result.ts';

export interface SeedsChoice {
  readonly tier: Tier;
  readonly first: number;
  readonly seeds: number;
}

/** One seed, with everything that happened in it. */
export async function replaySeed(seed: number, tier: Tier): Promise<TierResult> {
  const simulation = await openSimulation();
  const result = await simulation.run(seed, { tier, keepLines: true });
  await simulation.close();
  for (const line of result.lines) console.log(line);
  report(result, tier);
  console.log(`hash ${result.hash}`);
  return result.faults.length === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Every `of`th seed, for a process that `runSeeds` started; results go to it. */
export async function runSeedsShare({ tier, first, seeds }: SeedsChoice, share: number, of: number): Promise<void> {
  const simulation = await openSimulation();
  for (let seed = first + share; seed < first + seeds; seed += of) {
    const result = await simulation.run(seed, { tier });
    await new Promise<void>((resolve) => process.send?.(result, () => resolve()));
  }
  await simulation.close();
  process.disconnect();
}

/** @param program the file that was started, which calls `runSeedsShare` when it is given a share */
export async function runSeeds({ tier, first, seeds }: SeedsChoice, program: string): Promise<TierResult & { readonly failures: readonly string[]; readonly strikes: ReadonlyMap<FaultKind, number> }> {
  const failures: string[] = [];
  const begun = performance.now();
  // One more than there are cores: each waits now and then for a signature.
  const of = Math.min(availableParallelism() + 1, seeds, 8);
  const total = { passed: 0, failed: 0, movements: 0, entries: 0, anomalies: 0, slips: 0, crashes: 0 };
  const strikes = new Map<FaultKind, number>();
  await Promise.all(
    Array.from({ length: of }, (_, share) =>
      new Promise<void>((resolve) => {
        const words = ['--tier', tier, '--first', String(first), '--seeds', String(seeds), '--share', `${share}/${of}`];
        const child = fork(program, words, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
        let toCome = Math.ceil((seeds - share) / of);
        child.on('message', (message) => {
          const result = message as RunResult;
          toCome -= 1;
          if (result.faults.length === 0) total.passed += 1;
          else total.failed += 1;
          for (const name of ['movements', 'entries', 'anomalies', 'slips', 'crashes'] as const) total[name] += result.figures[name];
          for (const kind of FAULT_NAMES) strikes.set(kind, (strikes.get(kind) ?? 0) + (result.strikes[kind] ?? 0));
          if (result.faults.length > 0) failures.push(`seed ${result.seed}: ${result.faults.join('; ')}`);
          report(result, tier);
          const done = total.passed + total.failed;
          if (done % 50 === 0) console.log(`${done} / ${seeds} (${((performance.now() - begun) / 1_000).toFixed(0)} s)`);
        });
        child.once('exit', (code) => {
          if (toCome > 0) {
            console.error(`A process of the simulation ended (${code ?? 'killed'}) with ${toCome} seeds to go.`);
            failures.push(`A process of the simulation ended (${code ?? 'killed'}) with ${toCome} seeds to go.`);
            total.failed += toCome;
          }
          resolve();
        });
      }),
    ),
  );
  const seconds = (performance.now() - begun) / 1_000;
  const { movements, entries, anomalies, slips, crashes } = total;
  console.log(`${entries} journal entries, ${movements} movements (${anomalies} kept for staff), ${slips} slips, ${crashes} crashes`);
  const never = FAULT_NAMES.filter((kind) => (strikes.get(kind) ?? 0) === 0);
  console.log(`${FAULT_NAMES.length - never.length} of ${FAULT_NAMES.length} kinds of fault struck${never.length > 0 ? `, not ${never.join(', ')}` : ''}:`);
  console.log([...strikes].filter(([, count]) => count > 0).map(([kind, count]) => `  ${kind} ${count}`).join('\n'));
  console.log(`${seeds} seeds in ${seconds.toFixed(1)} s: ${(seeds / seconds).toFixed(1)} seeds/s`);
  return { passed: total.passed, failed: total.failed, failures, strikes };
}

function report({ seed, faults }: RunResult, tier: Tier): void {
  if (faults.length === 0) return;
  console.log(`seed ${seed} failed:`);
  for (const fault of faults) console.log(`  ${fault}`);
  console.log(`  again: npm run simulate -- --tier ${tier} --seed ${seed}`);
}
