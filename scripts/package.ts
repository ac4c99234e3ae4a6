/**
 * `npm run package [-- electron-builder's words]`: installers of the kiosk (electron-builder.yml). Lays out what goes beside the shell,
 * the agent with its packages and the Node that runs it, in dist/package, and hands over to electron-builder.
 *
 * The agent's native modules are built for the machine this runs on, so an installer is made on the system it is for: Linux on Linux,
 * Windows on Windows. electron-builder downloads Electron and its tools from the network (or takes `-c.electronDist=DIR`).
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { layOutKiosk } from './package-layout.ts';
import { buildRendererIfStale } from './renderer-build.ts';
import { buildShell } from './shell-build.ts';

const root = path.resolve(import.meta.dirname, '..');
const built = await buildRendererIfStale();
console.log(`pages: ${built.done}`);
await buildShell();
console.log('shell: built');
const laid = layOutKiosk(root, path.join(root, 'dist/package'), { platform: process.platform, architecture: process.arch });
console.log(`agent: ${laid.packages} packages, ${laid.sources} source files`);
const builder = spawnSync(process.execPath, ['node_modules/electron-builder/cli.js', '--publish', 'never', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
process.exitCode = builder.status ?? 1;
