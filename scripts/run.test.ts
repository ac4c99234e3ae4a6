/** What run.sh decides, tried with stand-ins for the system's programs; what it does to a bare Debian is tried by clean-room.sh. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const PLATFORM = process.arch === 'arm64' ? 'linux-arm64' : 'linux-x64';
let project: string;
let programs: string;

function program(file: string, script: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

/** A checkout whose Node, npm, dpkg and apt are stand-ins that write down what they were asked. */
beforeEach(() => {
  project = mkdtempSync(path.join(tmpdir(), 'run-'));
  programs = path.join(project, 'programs');
  mkdirSync(path.join(project, 'scripts'));
  mkdirSync(path.join(project, 'tools/node'), { recursive: true });
  for (const file of ['scripts/run.sh', 'scripts/installed.mjs', 'scripts/native.mjs', 'tools/node/package.json']) copyFileSync(path.join(root, file), path.join(project, file));
  for (const file of ['package.json', 'package-lock.json', '.npmrc', 'scripts/doctor.ts']) writeFileSync(path.join(project, file), '{}');
  const said = path.join(project, 'said');
  program(path.join(project, 'cli/npm-cli.js'), '');
  // The Node that set-up finds: old; as `npm` it brings a tree whose own Node only echoes.
  program(
    path.join(programs, 'node'),
    `case "$*" in
      "-p process.versions.node") echo "\${FOUND:-24.1.0}" ;;
      *npm-cli.js*) echo "npm by $0: $*" >> ${said}; [ -z "\${NPM_FAILS:-}" ] || { echo "npm error \$NPM_FAILS"; exit 1; }
        place=node_modules; case "$*" in *tools/node*) place=tools/node/node_modules ;; esac
        rm -f stale; mkdir -p $place/node-${PLATFORM}/bin $place/@pokusew/pcsclite/build/Release
        touch $place/@pokusew/pcsclite/build/Release/pcsclite.node
        cp ${programs}/node $place/node-${PLATFORM}/bin/node ;;
      scripts/installed.mjs) [ "\${TREE_COMPLETE:-}" != 0 ] || exit 0; [ -d node_modules ] || exit 1; [ -z "\${NPM_LEAVES_OUT:-}" ] && [ ! -f stale ] ;;
      scripts/native.mjs) echo "native by $0" >> ${said} ;;
      *) echo "ran $*" ;;
    esac`,
  );
  program(path.join(programs, 'dpkg-query'), 'for word; do case $word in -*) ;; *) case " ${MISSING:-} " in *" $word "*) ;; *) printf "installed:%s " "$word" ;; esac ;; esac; done');
  program(path.join(programs, 'id'), 'echo 1000');
  program(path.join(programs, 'sudo'), 'exit 1');
  program(path.join(programs, 'apt-get'), `echo "apt $*" >> ${said}`);
});
afterEach(() => rmSync(project, { recursive: true }));

function run(words: readonly string[], environment: Record<string, string> = {}) {
  const done = spawnSync('sh', ['scripts/run.sh', ...words], {
    cwd: project,
    encoding: 'utf8',
    env: { PATH: `${programs}:/usr/bin:/bin`, npm_execpath: path.join(project, 'cli/npm-cli.js'), ...environment },
  });
  const said = path.join(project, 'said');
  const asked = existsSync(said) ? readFileSync(said, 'utf8').trim().split('\n') : [];
  rmSync(said, { force: true });
  return { code: done.status, out: done.stdout, err: done.stderr, asked };
}

test('it is plain POSIX shell', () => {
  for (const script of ['run.sh', 'clean-room.sh']) {
    const checked = spawnSync('dash', ['-n', path.join(root, 'scripts', script)], { encoding: 'utf8' });
    expect(checked.stderr).toBe('');
    expect(checked.status).toBe(0);
  }
});

test('in a fresh checkout it installs, builds and runs; the next time it only runs', () => {
  const first = run(['doctor', 'a b']);
  expect(first).toMatchObject({ code: 0, out: 'ran scripts/doctor.ts a b\n' });
  expect(first.asked.map((line) => line.split(':')[0]?.split(' ')[0])).toEqual(['npm', 'native']);
  const second = run(['doctor', 'c']);
  expect(second).toMatchObject({ code: 0, out: 'ran scripts/doctor.ts c\n', err: '', asked: [] });
});

test.each(['18.20.4', '20.20.2', '22.1.0'])('found Node %s, npm itself is run by the pinned one', (found) => {
  const { asked } = run(['doctor'], { FOUND: found });
  expect(asked[0]).toContain(`npm by ${programs}/node`);
  expect(asked[0]).toContain('--prefix tools/node');
  expect(asked[1]).toContain(`npm by ${project}/tools/node/node_modules/node-${PLATFORM}/bin/node`);
});

test('found Node 24, nothing else is brought', () => {
  expect(run(['doctor']).asked.filter((line) => line.includes('tools/node'))).toEqual([]);
});

test('a tree that another npm command completed is not installed again', () => {
  run(['doctor']);
  rmSync(path.join(project, 'node_modules/.kazasu-set-up'));
  expect(run(['doctor'], { TREE_COMPLETE: '0' }).asked.map((line) => line.split(' ')[0])).toEqual(['native']);
});

test('a changed lock file is noticed', () => {
  run(['doctor']);
  writeFileSync(path.join(project, 'package-lock.json'), '{ }');
  writeFileSync(path.join(project, 'stale'), '');
  expect(run(['doctor']).asked.length).toBe(2);
});

test('an installation that broke off is done again', () => {
  expect(run(['doctor'], { NPM_FAILS: 'EINTEGRITY' }).code).toBe(69);
  expect(run(['doctor']).code).toBe(0);
});

test('a tree in which npm left something out is not used', () => {
  const done = run(['doctor'], { NPM_LEAVES_OUT: '1' });
  expect([69, 74]).toContain(done.code);
  expect(done.out).toBe('');
  expect(run(['doctor']).code).toBe(0);
});

test.each([
  ['ENOTFOUND registry', 69, 'レジストリに届きません'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 69, 'レジストリに届きません'],
  ['ENOSPC: no space left on device', 74, 'ディスクの空きが足りません'],
  ['EUSAGE', 69, '上の行に理由があります'],
])('npm saying %s is explained', (words, code, explanation) => {
  const done = run(['doctor'], { NPM_FAILS: words });
  expect(done.code).toBe(code);
  expect(done.err).toContain(explanation);
});

test('without root or sudo it names the exact command to ask for, and changes nothing', () => {
  const done = run(['agent'], { MISSING: 'pcscd libpcsclite-dev' });
  expect(done.code).toBe(69);
  expect(done.err).toContain('apt-get install -y --no-install-recommends libpcsclite-dev pcscd\n');
  expect(done.asked).toEqual([]);
});

test('two commands at once set up once: the second waits for the first', async () => {
  const environment = { PATH: `${programs}:/usr/bin:/bin`, npm_execpath: path.join(project, 'cli/npm-cli.js') };
  const both = ['a', 'b'].map(
    (word) => new Promise<number | null>((resolve) => spawn('sh', ['scripts/run.sh', 'doctor', word], { cwd: project, env: environment, stdio: 'ignore' }).on('close', resolve)),
  );
  expect(await Promise.all(both)).toEqual([0, 0]);
  const asked = readFileSync(path.join(project, 'said'), 'utf8').trim().split('\n');
  expect(asked.map((line) => line.split(' ')[0])).toEqual(['npm', 'native']);
});

test('as root it installs what is missing and nothing else', () => {
  program(path.join(programs, 'id'), 'echo 0');
  const { asked } = run(['agent'], { MISSING: 'pcscd' });
  expect(asked.filter((line) => line.startsWith('apt')).at(-1)).toMatch(/install -y --no-install-recommends pcscd$/);
});

test('a browser is asked for where a command needs one: not for a start without a display', () => {
  for (const task of ['test', 'demo', 'bench', 'screens']) expect(run([task], { MISSING: 'chromium' }).err, task).toContain('chromium');
  expect(run(['start'], { MISSING: 'chromium' }).err).not.toContain('apt-get');
  expect(run(['start'], { MISSING: 'chromium', DISPLAY: ':0' }).err).toContain('chromium');
});

test('a command that does not exist is refused', () => {
  expect(run(['fly']).code).toBe(64);
});
