/** Bundles Electron's shell into dist/electron: main.mjs and preload.cjs (a sandboxed preload must be one CommonJS file). */
import path from 'node:path';
import { build, type InlineConfig } from 'vite';

const root = path.resolve(import.meta.dirname, '..');

/** @param target directory for the two files */
export async function buildShell(target = path.join(root, 'dist/electron')): Promise<void> {
  const bundle = (entry: string, format: 'es' | 'cjs', file: string): InlineConfig => ({
    root,
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true, external: ['electron'], target: 'node' },
    build: {
      ssr: entry,
      target: 'node24',
      outDir: target,
      emptyOutDir: false,
      minify: false,
      rolldownOptions: { output: { format, entryFileNames: file } },
    },
  });
  await build(bundle('electron/main.ts', 'es', 'main.mjs'));
  await build(bundle('electron/preload.ts', 'cjs', 'preload.cjs'));
}
