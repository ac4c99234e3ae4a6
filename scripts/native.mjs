/**
 * Builds the one module that has to be compiled here, @pokusew/pcsclite (nfc-pcsc's way to PC/SC), against the headers of the Node
 * that runs this script. Does nothing when it already loads.
 *
 * Why not npm: it would run node-gyp with `nodedir` of the system's Node, build "successfully" for another ABI, and the module would
 * only fail when it is loaded. Why our own node-gyp: Debian's 9.3 makes a module that crashes at exit.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);
const started = Date.now();

/** Loaded in a process of its own: a module for another ABI may crash instead of throwing. */
const loads = () => spawnSync(process.execPath, ['-e', "require('@pokusew/pcsclite')"], { stdio: 'ignore' }).status === 0;

if (loads()) process.exit(0);

const prefix = path.resolve(path.dirname(process.execPath), '..');
const headers = existsSync(path.join(prefix, 'include/node/node_api.h')) ? [`--nodedir=${prefix}`] : [];
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_config_(nodedir|node_gyp)$/i.test(name)));
const built = spawnSync(process.execPath, [require.resolve('node-gyp/bin/node-gyp.js'), 'rebuild', ...headers], {
  cwd: path.dirname(require.resolve('@pokusew/pcsclite/package.json')),
  env: environment,
  encoding: 'utf8',
});
if (built.status !== 0 || !loads()) {
  console.error((built.stdout + built.stderr).split('\n').slice(-30).join('\n'));
  console.error('カードリーダー用の部品 (pcsclite) を作れませんでした。g++ make python3 libpcsclite-dev が要ります。');
  console.error('The native module pcsclite could not be built: it needs g++, make, python3 and libpcsclite-dev.');
  process.exit(69);
}
console.log(`  pcsclite: Node ${process.version}, ${Date.now() - started} ms`);
