/** How much script the first screen loads, compressed, beside React alone. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { ROOT } from '../support/process.ts';
import type { Row } from './rows.ts';

const LIMIT_KB = 120;
const REACT_ALONE = `
  import { createElement } from 'react';
  import { createRoot } from 'react-dom/client';
  createRoot(document.body).render(createElement('p', null, 'kazasu'));
`;

const kilobytes = (code: string | Uint8Array): number => gzipSync(code, { level: 9 }).length / 1_000;

export async function firstScreen(): Promise<Row> {
  const pages = path.join(ROOT, 'dist/renderer');
  const html = readFileSync(path.join(pages, 'index.html'), 'utf8');
  const scripts = [...html.matchAll(/<(?:script[^>]+src|link rel="modulepreload"[^>]+href)="([^"]+\.js)"/g)].map((match) => match[1] ?? '');
  if (scripts.length === 0) throw new Error('dist/renderer/index.html loads no script');
  const value = scripts.reduce((sum, script) => sum + kilobytes(readFileSync(path.join(pages, script))), 0);
  return {
    name: 'first_screen_js_gz_kb',
    value,
    unit: 'kB',
    floor: await reactAlone(),
    note: `${scripts.length} file(s) that index.html loads, gzip -9; floor: react and react-dom alone, bundled the same way; limit ${LIMIT_KB}`,
  };
}

async function reactAlone(): Promise<number> {
  // Beside node_modules, so that the bundler finds React from there.
  const directory = mkdtempSync(path.join(ROOT, 'out/bench-react-'));
  const entry = path.join(directory, 'react-alone.js');
  writeFileSync(entry, REACT_ALONE);
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    const built = await build({ root: directory, configFile: false, logLevel: 'error', build: { write: false, target: 'chrome120', modulePreload: { polyfill: false }, rolldownOptions: { input: entry } } });
    const outputs = (Array.isArray(built) ? built : [built]).flatMap((result) => ('output' in result ? result.output : []));
    return outputs.reduce((sum, chunk) => sum + (chunk.type === 'chunk' ? kilobytes(chunk.code) : 0), 0);
  } finally {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
    rmSync(directory, { recursive: true, force: true });
  }
}
