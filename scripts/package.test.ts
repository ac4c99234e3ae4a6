/**
 * The installers themselves need downloads and a real Electron, so they are not made here. What is checked: the configuration is one
 * electron-builder accepts, the shell's archive holds exactly the two bundled files, and the agent lies beside it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { layOutKiosk, reachablePackages } from './package-layout.ts';
import { buildRendererIfStale } from './renderer-build.ts';
import { buildShell } from './shell-build.ts';

const root = path.resolve(import.meta.dirname, '..');
/** What electron-builder itself is made of, found from its own place. */
const ofElectronBuilder = createRequire(createRequire(import.meta.url).resolve('electron-builder/package.json'));
let directory: string;

beforeAll(() => void (directory = mkdtempSync(path.join(tmpdir(), 'package-'))));
afterAll(() => rmSync(directory, { recursive: true }));

// Not part of electron-builder's public interface; its version is pinned.
const { getConfig, validateConfiguration } = ofElectronBuilder('app-builder-lib/out/util/config/config') as {
  getConfig(directory: string, file: string | null, overrides: object | null): Promise<Record<string, unknown>>;
  validateConfiguration(configuration: object, debug: object): Promise<void>;
};
const { DebugLogger } = ofElectronBuilder('builder-util') as { DebugLogger: new (enabled: boolean) => object };

test('electron-builder accepts the configuration, and would not accept a misspelt one', async () => {
  const configuration = await getConfig(root, null, null);
  await expect(validateConfiguration(configuration, new DebugLogger(false))).resolves.toBeUndefined();
  await expect(validateConfiguration({ ...configuration, npmRebuilt: false }, new DebugLogger(false))).rejects.toThrow(/npmRebuilt/);
});

test('every fuse that would open the shell is blown', async () => {
  expect((await getConfig(root, null, null))['electronFuses']).toEqual({
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
  });
});

test('an unpacked build holds the bundled shell in its archive and the agent with its Node beside it', async () => {
  const project = path.join(directory, 'project');
  mkdirSync(path.join(project, 'dist/package/kiosk/agent'), { recursive: true });
  mkdirSync(path.join(project, 'dist/package/kiosk/node_modules/zod'), { recursive: true });
  mkdirSync(path.join(project, 'dist/package/node'), { recursive: true });
  writeFileSync(path.join(project, 'dist/package/kiosk/agent/main.ts'), '');
  writeFileSync(path.join(project, 'dist/package/kiosk/node_modules/zod/package.json'), '{}');
  writeFileSync(path.join(project, 'dist/package/node/node'), '');
  await buildShell(path.join(project, 'dist/electron'));
  const { name, version, description, license, main, type } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Record<string, string>;
  writeFileSync(path.join(project, 'package.json'), JSON.stringify({ name, version, description, license, main, type }));
  // A stand-in has no fuses to blow; what they are set to has a test of its own.
  const configuration = readFileSync(path.join(root, 'electron-builder.yml'), 'utf8').replace(/^electronFuses:\n(?: .*\n)+/m, '');
  writeFileSync(path.join(project, 'electron-builder.yml'), configuration);
  // What electron-builder needs to find of an Electron; nothing of it is run.
  const electron = path.join(directory, 'electron');
  for (const place of ['resources', 'locales']) mkdirSync(path.join(electron, place), { recursive: true });
  for (const [file, text] of [['electron', ''], ['version', '45.4.1'], ['LICENSE', '']] as const) writeFileSync(path.join(electron, file), text);

  const words = ['--dir', '--linux', '--projectDir', project, '--publish', 'never', `-c.electronDist=${electron}`, '-c.electronVersion=45.4.1'];
  const built = spawnSync(process.execPath, [path.join(root, 'node_modules/electron-builder/cli.js'), ...words], { cwd: project, encoding: 'utf8', timeout: 60_000 });
  expect(built.status, built.stdout + built.stderr).toBe(0);

  const resources = path.join(project, 'dist/installers/linux-unpacked/resources');
  const { listPackage } = ofElectronBuilder('@electron/asar') as { listPackage(archive: string, options: object): string[] };
  const files = listPackage(path.join(resources, 'app.asar'), { isPack: false });
  expect(files.sort()).toEqual(['/dist', '/dist/electron', '/dist/electron/main.mjs', '/dist/electron/preload.cjs', '/package.json']);
  for (const place of ['kiosk/agent/main.ts', 'kiosk/node_modules/zod/package.json', 'node/node']) {
    expect(existsSync(path.join(resources, place)), place).toBe(true);
  }
}, 90_000);

test('the bundled shell asks for nothing that is not in Electron or Node', async () => {
  const target = path.join(directory, 'shell');
  await buildShell(target);
  const main = readFileSync(path.join(target, 'main.mjs'), 'utf8');
  const asked = [...main.matchAll(/^import .* from "([^"]+)";$/gm)].map(([, name]) => name);
  expect(asked).toContain('electron');
  expect(asked.filter((name) => name !== 'electron' && !name?.startsWith('node:'))).toEqual([]);
  expect(readFileSync(path.join(target, 'preload.cjs'), 'utf8')).not.toMatch(/require\(|^import /m);
});

test('the agent that is laid out beside the shell starts with nothing but what lies there', async () => {
  await buildRendererIfStale();
  const target = path.join(directory, 'laid');
  layOutKiosk(root, target, { platform: process.platform, architecture: process.arch });
  const started = spawnSync(path.join(target, 'node/node'), ['agent/main.ts', '--config', '/nowhere/kazasu.config.json'], {
    cwd: path.join(target, 'kiosk'),
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(started.stderr).toContain('番号 101');
  expect(started.status).toBe(78);
  // What is loaded only when it is needed, each from where it is asked for.
  const asked = readdirSync(path.join(target, 'kiosk'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('node_modules'))
    .flatMap((file) => [...readFileSync(path.join(target, 'kiosk', file), 'utf8').matchAll(/import\('([^']+)'\)/g)].map(([, wanted = '']) => ({ file, wanted })));
  expect(asked.map(({ wanted }) => wanted)).toEqual(expect.arrayContaining(['../../contract/hpke.ts', 'receiptline', 'serialport', 'nfc-pcsc']));
  for (const { file, wanted } of asked.filter(({ wanted: one }) => one !== './agent-process.ts')) {
    const from = path.join(target, 'kiosk', file);
    const name = wanted.startsWith('.') ? path.resolve(path.dirname(from), wanted) : wanted;
    const loaded = spawnSync(path.join(target, 'node/node'), ['--input-type=module', '-e', `await import(${JSON.stringify(name)}); process.exit(0)`], { cwd: path.join(target, 'kiosk'), encoding: 'utf8', timeout: 30_000 });
    expect(loaded.status, `${file} loads ${wanted}: ${loaded.stderr.slice(0, 300)}`).toBe(0);
  }
  for (const left of ['hardware/simulator', 'agent/test-support', 'node_modules/vite', 'node_modules/react']) expect(existsSync(path.join(target, 'kiosk', left)), left).toBe(false);
  for (const font of ['@expo-google-fonts/biz-udgothic', '@expo-google-fonts/noto-sans-jp']) expect(existsSync(path.join(target, 'kiosk/node_modules', font)), font).toBe(true);
}, 90_000);

test('packages are found as Node finds them: nested before outer, with what they need, and each once', () => {
  const packages = {
    '': {},
    'node_modules/a': { dependencies: { b: '1', c: '1' } },
    'node_modules/a/node_modules/b': { dependencies: { c: '1', a: '1' } },
    'node_modules/b': { dependencies: { d: '1' } },
    'node_modules/c': { optionalDependencies: { absent: '1' } },
    'node_modules/d': {},
  };
  expect(reachablePackages(packages, ['a'])).toEqual(['node_modules/a', 'node_modules/a/node_modules/b', 'node_modules/c']);
});
