/**
 * `npm run simulate -- [--tier fast|full] [--seeds N] [--seed S]`: runs the production agent and backend under seeded faults. The last
 * line is `N passed, M failed`, alone. `--seed S` runs that seed alone and prints everything that happened in it.
 */
import { availableParallelism } from 'node:os';
import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import { openSimulation, TIERS, type RunResult, type Tier } from './run-seed.ts';

const USAGE = 'npm run simulate -- [--tier fast|full] [--seeds N] [--first S] [--seed S]';

const { values } = parseArgs({
  options: { tier: { type: 'string', default: 'fast' }, seeds: { type: 'string' }, first: { type: 'string', default: '1' }, seed: { type: 'string' }, share: { type: 'string' } },
});
if (!(values.tier in TIERS)) {
  console.error(`「${values.tier}」という段階はありません。 Unknown tier.\n${USAGE}`);
  process.exit(64);
}
const tier = values.tier as Tier;
const whole = (text: string): number => {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  console.error(`「${text}」は数ではありません。 Not a whole number.\n${USAGE}`);
  process.exit(64);
};
const first = whole(values.first);
const seeds = values.seeds === undefined ? TIERS[tier].seeds : whole(values.seeds);

if (values.seed !== undefined) await replay(whole(values.seed));
else if (values.share !== undefined) await runShare(...(values.share.split('/').map(whole) as [number, number]));
else await runAll();

/** One seed, with everything that happened in it. */
async function replay(seed: number): Promise<void> {
  const simulation = await openSimulation();
  const result = await simulation.run(seed, { tier, keepLines: true });
  await simulation.close();
  for (const line of result.lines) console.log(line);
  report(result);
  console.log(`hash ${result.hash}`);
  finish(result.faults.length === 0 ? 1 : 0, result.faults.length === 0 ? 0 : 1);
}

/** Every `of`th seed, for a process that `runAll` started; results go to it. */
async function runShare(share: number, of: number): Promise<void> {
  const simulation = await openSimulation();
  for (let seed = first + share; seed < first + seeds; seed += of) {
    const result = await simulation.run(seed, { tier });
    await new Promise<void>((resolve) => process.send?.(result, () => resolve()));
  }
  await simulation.close();
  process.disconnect();
}

async function runAll(): Promise<void> {
  const begun = performance.now();
  const of = Math.min(availableParallelism(), seeds, 8);
  const total = { passed: 0, failed: 0, movements: 0, entries: 0, anomalies: 0, slips: 0, crashes: 0 };
  await Promise.all(
    Array.from({ length: of }, (_, share) =>
      new Promise<void>((resolve) => {
        const words = ['--tier', tier, '--first', String(first), '--seeds', String(seeds), '--share', `${share}/${of}`];
        const child = fork(import.meta.filename, words, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
        let toCome = Math.ceil((seeds - share) / of);
        child.on('message', (message) => {
          const result = message as RunResult;
          toCome -= 1;
          if (result.faults.length === 0) total.passed += 1;
          else total.failed += 1;
          for (const name of ['movements', 'entries', 'anomalies', 'slips', 'crashes'] as const) total[name] += result.figures[name];
          report(result);
          const done = total.passed + total.failed;
          if (done % 50 === 0) console.log(`${done} / ${seeds} (${((performance.now() - begun) / 1_000).toFixed(0)} s)`);
        });
        child.once('exit', (code) => {
          if (toCome > 0) {
            console.error(`A process of the simulation ended (${code ?? 'killed'}) with ${toCome} seeds to go.`);
            total.failed += toCome;
          }
          resolve();
        });
      }),
    ),
  );
  const seconds = (performance.now() - begun) / 1_000;
  const { movements, entries, anomalies, slips, crashes } = total;
  console.log(`${entries} journal entries, ${movements} movements (${anomalies} superseded, kept for staff), ${slips} slips, ${crashes} crashes`);
  console.log(`${seeds} seeds in ${seconds.toFixed(1)} s: ${(seeds / seconds).toFixed(1)} seeds/s`);
  finish(total.passed, total.failed);
}

function report({ seed, faults }: RunResult): void {
  if (faults.length === 0) return;
  console.log(`seed ${seed} failed:`);
  for (const fault of faults) console.log(`  ${fault}`);
  console.log(`  again: npm run simulate -- --tier ${tier} --seed ${seed}`);
}

function finish(passed: number, failed: number): void {
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
