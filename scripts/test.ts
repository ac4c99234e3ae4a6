/**
 * `npm test`: builds the pages if they are stale, goes into a private room (private-room.ts) when that is possible, and runs the
 * whole suite with vitest. Words after `--` go to vitest. The last line is `N passed, M failed`, alone.
 *
 * The tests that need a device run one after another and wait for it most of the time; what needs only the processor, and then what needs
 * only a browser, runs beside them, on one core, in a room of its own. The simulated town takes every core: it begins when the devices are
 * free; processes that are killed have the machine for themselves, at the end. The suite starts hundreds of short processes: what Node compiled for one of them it keeps for the next.
 *
 * A file that cannot be loaded and an error outside every test count as one failure each: nothing that went wrong is left out.
 */
import { spawn, type SpawnOptions } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { privateRoom } from './private-room.ts';
import { buildRendererIfStale } from './renderer-build.ts';
import { countTests, lastLine, sumOf, type TestCount } from './test-count.ts';

const root = path.resolve(import.meta.dirname, '..');
const report = (name: string) => path.join(root, `out/${name}.json`);
const compiled = path.join(root, 'node_modules/.cache/kazasu-tests');

function run(command: readonly string[], options: SpawnOptions = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0]!, command.slice(1), { cwd: root, stdio: 'inherit', ...options });
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
async function vitest(name: string, words: readonly string[]): Promise<TestCount> {
  const file = report(name);
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });
  const command = [process.execPath, 'node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...words];
  const code = await run([...(room.possible ? room.prefix : []), ...command], { env: { NODE_COMPILE_CACHE: compiled, ...process.env } });
  return countTests(file, code);
}

const words = process.argv.slice(2);
async function everything(): Promise<TestCount> {
  const withoutDevices = async () => [await vitest('test-unit', ['--project', 'unit', '--maxWorkers', '1']), await vitest('test-browser', ['--project', 'browser'])];
  const simulation = (name: string) => vitest(`test-${name}`, ['--project', 'simulation', `test/simulation/${name}.test.ts`]);
  const withDevices = async () => [await vitest('test-device', ['--project', 'device']), await simulation('simulation')];
  const together = await Promise.all([withDevices(), withoutDevices()]);
  return sumOf([...together.flat(), await simulation('kills')]);
}
const count = words.length > 0 ? await vitest('test', words) : await everything();
for (const line of count.outside) console.error(line);
console.log(lastLine(count));
process.exit(count.failed > 0 || count.passed === 0 ? 1 : 0);
