/**
 * Builds the window's pages with Vite, only when something they are made from has changed. Used by start, test, demo and the others
 * that need the pages. The new pages are moved into place when they are complete, so nobody is ever served half of them.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const pages = path.join(root, 'dist/renderer');
const stamp = path.join(root, 'dist/renderer.stamp');
const madeFrom = ['renderer', 'contract', 'vite.config.ts', 'renderer.vite.config.ts', 'package-lock.json'];

function* filesUnder(place: string): Generator<string> {
  const absolute = path.join(root, place);
  if (!existsSync(absolute)) return;
  for (const entry of readdirSync(path.dirname(absolute), { withFileTypes: true })) {
    if (entry.name !== path.basename(absolute)) continue;
    if (!entry.isDirectory()) {
      yield place;
      continue;
    }
    for (const name of readdirSync(absolute).sort()) yield* filesUnder(path.join(place, name));
  }
}

/** SHA-256 over names and contents of everything the pages are made from (tests aside). */
function fingerprint(): string {
  const hash = createHash('sha256').update('production\0');
  for (const place of madeFrom) {
    for (const file of filesUnder(place)) {
      if (/\.test\.tsx?$/.test(file)) continue;
      hash.update(`${file}\0`).update(readFileSync(path.join(root, file)));
    }
  }
  return hash.digest('hex');
}

/**
 * @returns `unchanged` or `built` with the time it took in milliseconds
 * @throws Error with Vite's own words when the pages cannot be built
 */
export async function buildRendererIfStale(): Promise<{ readonly done: 'unchanged' | 'built'; readonly ms: number }> {
  const begun = performance.now();
  const wanted = fingerprint();
  const isCurrent = () => existsSync(path.join(pages, 'index.html')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  if (isCurrent()) return { done: 'unchanged', ms: performance.now() - begun };
  mkdirSync(path.dirname(pages), { recursive: true });
  const fresh = `${pages}.${process.pid}`;
  try {
    await runVite(fresh);
    const old = `${fresh}.old`;
    if (existsSync(pages)) renameSync(pages, old);
    renameSync(fresh, pages);
    rmSync(old, { recursive: true, force: true });
    writeFileSync(stamp, wanted);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return { done: 'built', ms: performance.now() - begun };
}

function runVite(outDirectory: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const vite = spawn(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--outDir', outDirectory, '--emptyOutDir', '--logLevel', 'warn'], {
      cwd: root,
      // Inherited from a test run it would be `test`, and the pages would carry React's development build: two thirds more to load.
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    vite.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    vite.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    vite.on('error', reject);
    vite.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`画面を組み立てられませんでした (the pages could not be built):\n${said}`));
    });
  });
}
