/**
 * Builds the clerk's page (renderer/clerk): one HTML file with its script and style inside, that opens from a disk and can reach nothing.
 *
 *   node scripts/clerk-page.ts FILE
 */
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { build } from 'vite';

const root = path.resolve(import.meta.dirname, '..');

/** @returns the page's text @throws Error with Vite's own words when it cannot be built */
async function clerkPage(): Promise<string> {
  process.env['NODE_ENV'] = 'production';
  const built = await build({
    root: path.join(root, 'renderer'),
    configFile: false,
    publicDir: false,
    // What @hpke/core would load under an old Node is left out, and Vite warns of it.
    logLevel: 'error',
    plugins: [react()],
    build: { write: false, target: ['chrome137', 'edge137', 'firefox130'], cssCodeSplit: false, modulePreload: false, reportCompressedSize: false, rolldownOptions: { input: path.join(root, 'renderer/clerk/main.tsx'), output: { codeSplitting: false } } },
  });
  const files = [built].flat().flatMap((result) => ('output' in result ? result.output : []));
  const script = only(files.flatMap((file) => (file.type === 'chunk' ? [file.code] : [])));
  const style = only(files.flatMap((file) => (file.type === 'asset' ? [String(file.source)] : [])));
  // Neither may end its element; in a script these letters stand only in strings and comments.
  const [code, rules] = [script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--'), style];
  if (rules.includes('</style') || /[\r\0]/.test(code + rules)) throw new Error('The page’s script or style cannot stand in a page.');
  const policy = `default-src 'none'; script-src ${hashOf(code)}; style-src ${hashOf(rules)}; base-uri 'none'; form-action 'none'`;
  // What is read here is shown to nobody else: no translation by a service, no spelling by one.
  return `<!doctype html>
<html lang="ja" translate="no">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="google" content="notranslate">
<meta name="robots" content="noindex">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>票を開くページ　かざす窓口</title>
<style>${rules}</style>
</head>
<body>
<div id="clerk" class="kiosk" spellcheck="false"></div>
<script type="module">${code}</script>
</body>
</html>
`;
}

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

function only(texts: readonly string[]): string {
  const [text, ...others] = texts;
  if (text === undefined || others.length > 0) throw new Error(`The page came out in ${texts.length} pieces instead of one.`);
  return text;
}

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('Usage: node scripts/clerk-page.ts FILE');
const page = await clerkPage();
mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
// Nobody ever opens half of it.
writeFileSync(`${file}.new`, page);
renameSync(`${file}.new`, file);
console.log(`${file}: ${Math.round(Buffer.byteLength(page) / 1_000)} kB, SHA-256 ${createHash('sha256').update(page).digest('hex')}`);
