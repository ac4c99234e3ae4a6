/**
 * `npm run check`: everything that can be said about the code without running it. Two checks at a time, one line each with its time;
 * what a failed check said is printed under its line. Exit 1 when one failed.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
process.chdir(root);

interface Check {
  readonly name: string;
  /** @returns what is wrong, or undefined */
  run(): Promise<string | undefined>;
}

const tool = (name: string, ...words: string[]): Check => ({
  name,
  run: () =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      child.on('error', (error) => resolve(error.message));
      child.on('close', (code) => resolve(code === 0 ? undefined : said.trim() || `exit ${code}`));
    }),
});

const ROOMS = ['contract', 'hardware', 'agent', 'backend', 'renderer', 'electron', 'scripts', 'test'];

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Record<string, string>;
}

/** Every entry of a lock file is pinned by its integrity, and package.json asks for exact versions only. */
const pinned: Check = {
  name: 'versions pinned',
  run: async () => {
    const wrong: string[] = [];
    for (const directory of ['.', 'tools/node']) {
      const wanted = JSON.parse(readFileSync(`${directory}/package.json`, 'utf8')) as Record<string, Record<string, string> | undefined>;
      const lock = JSON.parse(readFileSync(`${directory}/package-lock.json`, 'utf8')) as { packages: Record<string, LockedPackage> };
      for (const [name, version] of ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) => Object.entries(wanted[kind] ?? {}))) {
        if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) wrong.push(`${directory}/package.json: ${name} ${version} is not an exact version`);
        else if (lock.packages[`node_modules/${name}`]?.version !== version) wrong.push(`${directory}/package-lock.json: ${name} is not locked at ${version}`);
      }
      for (const [place, entry] of Object.entries(lock.packages)) {
        if (place === '' || entry.link) continue;
        if (!entry.integrity) wrong.push(`${directory}/package-lock.json: ${place} has no integrity`);
        // Other platforms' parts belong in the lock as well: `npm ci` of npm 11 refuses a lock without them.
        for (const name of Object.keys(entry.optionalDependencies ?? {})) {
          if (!isLocked(lock.packages, place, name)) wrong.push(`${directory}/package-lock.json: ${name}, which ${place} names, is not locked`);
        }
        if (entry.resolved) wrong.push(`${directory}/package-lock.json: ${place} names a registry host`);
      }
    }
    const main = JSON.parse(readFileSync('package.json', 'utf8')) as { optionalDependencies: Record<string, string> };
    const tools = JSON.parse(readFileSync('tools/node/package.json', 'utf8')) as { optionalDependencies: Record<string, string> };
    for (const [name, version] of Object.entries(tools.optionalDependencies)) {
      if (main.optionalDependencies[name] !== version) wrong.push(`tools/node pins ${name} ${version}, package.json ${main.optionalDependencies[name]}`);
    }
    return wrong.length > 0 ? wrong.join('\n') : undefined;
  },
};

/** As Node looks for it: beside the package that names it, then outwards. */
function isLocked(packages: Record<string, LockedPackage>, from: string, name: string): boolean {
  for (let place = from; ; place = place.slice(0, Math.max(place.lastIndexOf('/node_modules/'), 0))) {
    if (packages[`${place === '' ? '' : `${place}/`}node_modules/${name}`]) return true;
    if (place === '') return false;
  }
}

/** What people read has tests of its own: every screen's words, in every language. */
const wordsTested: Check = {
  name: 'strings tested',
  run: async () => (existsSync('renderer/strings/catalogue.test.ts') ? undefined : 'renderer/strings/catalogue.test.ts is missing'),
};

const checks: Check[] = [
  tool('types', 'node_modules/typescript/bin/tsc', '--noEmit', '-p', '.'),
  tool('lint', 'node_modules/eslint/bin/eslint.js', '--cache', '--cache-location', 'node_modules/.cache/eslint/', '--max-warnings', '0', '.'),
  tool('import rules', 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.cjs', '--output-type', 'err', ...ROOMS),
  tool('unused code', 'node_modules/knip/bin/knip.js', '--no-progress', '--no-config-hints'),
  tool('log events page', 'scripts/log-events-page.ts', '--check'),
  tool('troubles page', 'scripts/troubles-page.ts', '--check'),
  tool('platform interface', 'scripts/platform-page.ts', '--check'),
  tool('offline page', 'scripts/offline-page.ts', '--check'),
  tool('procedure schema', 'scripts/procedure-page.ts', '--check'),
  pinned,
  wordsTested,
];

let failed = 0;
const waiting = [...checks];
async function worker(): Promise<void> {
  for (let check = waiting.shift(); check; check = waiting.shift()) {
    const begun = performance.now();
    const wrong = await check.run();
    const seconds = ((performance.now() - begun) / 1000).toFixed(1).padStart(5);
    console.log(`${wrong === undefined ? '✓' : '✗'} ${check.name.padEnd(18)} ${seconds} s`);
    if (wrong !== undefined) {
      failed += 1;
      console.log(wrong.replace(/^/gm, '    '));
    }
  }
}
await Promise.all([worker(), worker()]);
console.log(failed === 0 ? 'すべて問題ありません (everything is in order)' : `${failed} 件に問題があります (checks failed)`);
process.exitCode = failed === 0 ? 0 : 1;
