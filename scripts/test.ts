/**
 * `npm test`: builds the pages if they are stale, goes into a private room (private-room.ts) when that is possible, and runs the
 * whole suite with vitest. Words after `--` go to vitest. At the end stands once more what failed; the last line is `N passed, M failed`, alone.
 *
 * Four groups of tests run beside each other, each in a room of its own with its own pcscd: journeys through the whole town, one after another,
 * and then processes that are killed; the devices, and then what needs only a browser; what needs only the processor; and the simulated town, which
 * waits for nothing and takes what the others leave, to the last. Devices wait for nobody. Without rooms devices and journeys take turns. The suite starts
 * hundreds of short processes: what Node compiled for one of them it keeps for the next.
 *
 * A file that cannot be loaded and an error outside every test count as one failure each: nothing that went wrong is left out.
 */
import { spawn, type SpawnOptions } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { privateRoom } from './private-room.ts';
import { buildRendererIfStale } from './renderer-build.ts';
import { countTests, lastLine, sumOf, type TestCount } from './test-count.ts';

const root = path.resolve(import.meta.dirname, '..');
const report = (name: string) => path.join(root, `out/${name}.json`);
const compiled = path.join(root, 'node_modules/.cache/kazasu-tests');

/** How far they stand back (nice): what has a browser's patience, and what can wait for everything else. */
const PATIENT = 5;
const MOST_PATIENT = 19;

function run(command: readonly string[], priority: number, options: SpawnOptions = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0]!, command.slice(1), { cwd: root, stdio: 'inherit', ...options });
    // Whatever it starts inherits it.
    if (child.pid !== undefined && priority > 0) os.setPriority(child.pid, priority);
    // The terminal sends Ctrl-C to the whole group; this process only waits for the end.
    const pass = (signal: NodeJS.Signals) => void child.kill(signal);
    process.on('SIGTERM', pass).on('SIGINT', () => undefined);
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

try {
  const built = await buildRendererIfStale();
  if (built.done === 'built') console.log(`画面を組み立てました (pages built): ${(built.ms / 1000).toFixed(1)} s`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
}

const room = privateRoom();
if (!room.possible) {
  console.log(`専用の空間を作れないので、このまま実行します: ほかの pcscd やキオスクが動いていると、ぶつかることがあります (${room.why}).`);
  console.log('No private room for the run; it may collide with a pcscd or a kiosk that runs here.');
}
/** One run of vitest in a room of its own. */
async function vitest(name: string, words: readonly string[], priority = 0): Promise<TestCount> {
  const file = report(name);
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });
  const command = [process.execPath, 'node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...words];
  const code = await run([...(room.possible ? room.prefix : []), ...command], priority, { env: { NODE_COMPILE_CACHE: compiled, ...process.env } });
  return countTests(file, code);
}

const words = process.argv.slice(2);
type Step = () => Promise<TestCount>;
async function inTurn(steps: readonly Step[]): Promise<TestCount[]> {
  const counts: TestCount[] = [];
  for (const step of steps) counts.push(await step());
  return counts;
}

async function everything(): Promise<TestCount> {
  const step = (project: string, priority = 0, ...more: readonly string[]): Step => () => vitest(`test-${project}`, ['--project', project, ...more], priority);
  const journeys = [step('journeys'), step('kills')];
  const devices = [step('device')];
  const glass = [step('browser', PATIENT)];
  const processor = [step('unit', PATIENT, '--maxWorkers', '2'), step('plants', PATIENT)];
  const simulation = [step('simulation', MOST_PATIENT)];
  const lanes = room.possible ? [journeys, [...devices, ...glass], processor, simulation] : [[...journeys, ...devices], glass, processor, simulation];
  return sumOf((await Promise.all(lanes.map(inTurn))).flat());
}
const count = words.length > 0 ? await vitest('test', words) : await everything();
for (const line of count.failures) console.log(line);
console.log(lastLine(count));
process.exit(count.failed > 0 || count.passed === 0 ? 1 : 0);
