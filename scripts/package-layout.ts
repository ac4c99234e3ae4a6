/**
 * What an installed kiosk needs beside its shell: the agent's sources (Node runs them as they are), the packages they load, and Node
 * itself. Copies only what production code can reach: no tests, no simulator, no development packages.
 */
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({ dependencies: z.record(z.string(), z.string()).optional(), optionalDependencies: z.record(z.string(), z.string()).optional() }),
  ),
});
type LockedPackages = z.infer<typeof Lock>['packages'];

/** Rooms the agent runs from. */
const SOURCES = ['agent', 'contract', 'hardware'];
const NOT_PRODUCTION = /(^|\/)(simulator|test-support|gallery)(\/|$)|\.test\.tsx?$/;
/** Of a package: what is compiled and what the compiler left, and what only people read. By its kind: a folder called `src` may hold what runs. */
const NOT_NEEDED = /^\/deps(\/|$)|\/build\/Release\/obj\.target(\/|$)|\.(md|map|[cm]?ts|c|cc|cpp|h|hpp|gypi?)$/;

export interface Target {
  readonly platform: NodeJS.Platform;
  readonly architecture: string;
}

/** The packages `first` need, with theirs, as places in the lock file; found as Node finds them, from the inside outwards. */
export function reachablePackages(packages: LockedPackages, first: readonly string[]): string[] {
  const found = new Set<string>();
  const look = (name: string, from: string): void => {
    for (let place = from; ; place = place.slice(0, Math.max(place.lastIndexOf('/node_modules/'), 0))) {
      const candidate = `${place === '' ? '' : `${place}/`}node_modules/${name}`;
      const entry = packages[candidate];
      if (entry) {
        if (found.has(candidate)) return;
        found.add(candidate);
        for (const next of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) look(next, candidate);
        return;
      }
      if (place === '') return;
    }
  };
  for (const name of first) look(name, '');
  return [...found].sort();
}

/** Which of `packages` production files of `directory` name, in an import or as a place of a file. */
export function namedPackages(directory: string, packages: readonly string[]): string[] {
  const texts: string[] = [];
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && entry.name.endsWith('.ts') && !NOT_PRODUCTION.test(path.relative(path.dirname(directory), file))) texts.push(readFileSync(file, 'utf8'));
  }
  return packages.filter((name) => texts.some((text) => text.includes(`'${name}'`) || text.includes(`'${name}/`)));
}

export function layOutKiosk(root: string, target: string, { platform, architecture }: Target): { readonly packages: number; readonly sources: number } {
  rmSync(target, { recursive: true, force: true });
  const kiosk = path.join(target, 'kiosk');
  mkdirSync(kiosk, { recursive: true });
  let sources = 0;
  for (const room of SOURCES) {
    cpSync(path.join(root, room), path.join(kiosk, room), {
      recursive: true,
      filter: (place) => {
        if (NOT_PRODUCTION.test(path.relative(root, place))) return false;
        if (/\.ts$/.test(place)) sources += 1;
        return true;
      },
    });
  }
  cpSync(path.join(root, 'dist/renderer'), path.join(kiosk, 'dist/renderer'), { recursive: true });
  // Recordings, where somebody made them (npm run voices).
  if (existsSync(path.join(root, 'dist/voices'))) cpSync(path.join(root, 'dist/voices'), path.join(kiosk, 'dist/voices'), { recursive: true });
  writeFileSync(path.join(kiosk, 'package.json'), '{ "name": "kazasu-kiosk", "private": true, "type": "module" }\n');

  const lock = Lock.parse(JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'))).packages;
  const { dependencies } = z.object({ dependencies: z.record(z.string(), z.string()) }).parse(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')));
  const first = SOURCES.flatMap((room) => namedPackages(path.join(root, room), Object.keys(dependencies)));
  const places = reachablePackages(lock, first).filter((place) => existsSync(path.join(root, place)));
  for (const place of places) {
    cpSync(path.join(root, place), path.join(kiosk, place), {
      recursive: true,
      // Nested packages are listed, and copied, on their own.
      filter: (file) => !NOT_NEEDED.test(file.slice(path.join(root, place).length)) && !path.relative(path.join(root, place), file).startsWith('node_modules'),
    });
  }

  const windows = platform === 'win32';
  const program = windows ? 'node.exe' : 'node';
  const node = path.join(root, 'node_modules', `node-${windows ? 'win' : 'linux'}-${architecture}`, 'bin', program);
  mkdirSync(path.join(target, 'node'));
  cpSync(node, path.join(target, 'node', program));
  chmodSync(path.join(target, 'node', program), 0o755);
  return { packages: places.length, sources };
}
