/**
 * `npm start`: the whole kiosk on this machine. Looks what is there, brings what is missing (pcscd, virtual card and printer, the
 * demo town), starts backend, agent and window, and keeps all of them alive until Ctrl-C.
 *
 *   npm start -- [--config FILE] [--data DIR] [--port N] [--no-window]
 *
 * --config runs the agent with a real configuration against its own backend: no simulator, no demo town.
 * Everything it makes lies under --data (default: var/). Not used in production, where electron/ or a service starts the agent.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadIdentity } from '../agent/identity.ts';
import type { AgentReport } from '../contract/kiosk.ts';
import { TROUBLES } from '../contract/trouble.ts';
import { keepAgent } from '../electron/agent-keeper.ts';
import { keepProcess, type KeptProcess, type ProcessEnd } from '../electron/process-keeper.ts';
import { buildRendererIfStale } from './renderer-build.ts';
import { answersAt, cardServiceAnswers, isVirtualReader, listReaders, untilCardServiceAnswers, VIRTUAL_READER_PORT, waysToStartCardService } from './start/card-service.ts';
import { makeDemoCards } from './start/demo-cards.ts';
import { CommandFailed, enrolDemoKiosk, seedDemoTown, writeDemoConfiguration } from './start/demo-town.ts';
import { openLog } from './start/log-files.ts';
import { fromWhereTyped, makePlaces, placesIn } from './start/places.ts';
import { DEFAULT_AGENT_PORT, holderOf, portsFrom, takenOf } from './start/ports.ts';
import { chooseWindow, chromiumWords, openChromium, writeEntrance } from './start/window.ts';

const EXIT_USAGE = 64;
const EXIT_UNAVAILABLE = 69;
const root = path.resolve(import.meta.dirname, '..');

/** Something that stands in the way; the text says what to do. */
class Obstacle extends Error {}

const { values } = readWords();
const places = placesIn(values.data === undefined ? path.join(root, 'var') : fromWhereTyped(values.data));
const agentPort = Number(values.port ?? DEFAULT_AGENT_PORT);
if (!Number.isInteger(agentPort) || agentPort < 1 || agentPort > 65_524) {
  console.error(`--port は 1 から 65524 までの数です (a number from 1 to 65524): ${values.port}`);
  process.exit(EXIT_USAGE);
}
const ports = portsFrom(agentPort);
const ownConfiguration = values.config === undefined ? undefined : fromWhereTyped(values.config);

const kept: KeptProcess[] = [];
let stopping = false;
let window: KeptProcess | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stopAll(0));
process.on('uncaughtException', (error) => {
  console.error(error);
  void stopAll(70);
});

try {
  await main();
} catch (error) {
  if (error instanceof Obstacle || error instanceof CommandFailed) console.error(`\n${error.message}\n`);
  else console.error(error);
  await stopAll(error instanceof Obstacle ? EXIT_UNAVAILABLE : 70);
}

function readWords() {
  try {
    return parseArgs({
      options: { config: { type: 'string' }, data: { type: 'string' }, port: { type: 'string' }, 'no-window': { type: 'boolean', default: false } },
    });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error('使い方 (usage): npm start -- [--config FILE] [--data DIR] [--port N] [--no-window]');
    process.exit(EXIT_USAGE);
  }
}

async function main(): Promise<void> {
  console.log('かざす窓口を始めます (starting Kazasu)');
  makePlaces(places);
  await holdDirectory();
  if (ownConfiguration === undefined) await refuseTakenPorts([ports.agent, ports.backend, ports.link]);
  else if (!existsSync(ownConfiguration)) throw new Obstacle(`設定ファイルがありません (there is no configuration file): ${ownConfiguration}`);

  const pages = buildRendererIfStale();
  // A failure is met where it is awaited; until then it must not end the process.
  pages.catch(() => undefined);
  if (ownConfiguration === undefined) await startDemo();
  else await startCardService();
  const built = await pages;
  if (chooseWindow({ environment: process.env, root, wanted: !values['no-window'] }).kind === 'electron') {
    // Loaded only here: the bundler is not needed for any other window.
    await (await import('./shell-build.ts')).buildShell();
  }
  if (built.done === 'built') tell('画面', `組み立てました (${(built.ms / 1000).toFixed(1)} 秒)`, 'pages built');
  startAgent(ownConfiguration ?? places.configuration);
}

/** Everything around the agent that a machine without devices and without a town needs. */
async function startDemo(): Promise<void> {
  writeDemoConfiguration(places, ports);
  await makeDemoCards(places);
  const backend = async () => {
    await seedDemoTown(root, places);
    await startBackend();
  };
  const devices = async () => {
    await startCardService();
    const [readers] = await Promise.all([listReaders(root), startSimulator()]);
    return readers ?? [];
  };
  const [, readers] = await Promise.all([backend(), devices()]);
  const identity = loadIdentity(places.kioskData);
  if (!identity.ok && identity.trouble === 'not-enrolled') await enrolDemoKiosk(root, places);
  const real = readers.filter((name) => !isVirtualReader(name));
  if (real.length > 0) tell('カードリーダー', `${real.join('、')} と模擬のリーダー`, 'real reader, and a simulated one');
  else tell('カードリーダー', '本物は見つからないので、模擬のリーダーを使います', 'no real reader found: simulated');
  tell('コードリーダー', '設定がないので、模擬のコードリーダーを使います', 'not configured: simulated');
  tell('プリンター', `設定がないので、模擬のプリンターを使います。伝票の絵: ${relative(places.slips)}`, 'not configured: simulated; slips are drawn there');
}

/** One `npm start` a directory: a second one would write the same books. */
async function holdDirectory(): Promise<void> {
  if (await answersAt(places.startSocket)) {
    throw new Obstacle(
      `かざす窓口は、もう動いています (${relative(places.data)})。先のほうを Ctrl-C で止めるか、--data と --port で別の場所を指定してください。\n` +
        'Kazasu already runs on this directory. Stop the other one with Ctrl-C, or name another place with --data and --port.',
    );
  }

  rmSync(places.startSocket, { force: true });
  await new Promise<void>((resolve, reject) => {
    createServer((socket) => void socket.on('error', () => undefined).end())
      .once('error', reject)
      .listen(places.startSocket, resolve)
      .unref();
  });
}

async function refuseTakenPorts(wanted: readonly number[]): Promise<void> {
  const taken = await takenOf(wanted);
  if (taken.length === 0) return;
  const lines = taken.map((port) => `  ${port}  ${holderOf(port) ?? ''}`);
  throw new Obstacle(
    `ポートがほかのプログラムに使われています (ports are taken by another program):\n${lines.join('\n')}\n` +
      `そのプログラムを止めるか、別の番号で始めてください (stop it, or choose others): npm start -- --port ${ports.agent + 100}`,
  );
}

async function startCardService(): Promise<void> {
  if (await cardServiceAnswers()) return;
  const way = waysToStartCardService();
  if (!way.possible) {
    throw new Obstacle(
      way.why === 'not-installed'
        ? 'pcscd がありません。管理者に頼んでください (pcscd is missing; ask an administrator for): apt-get install -y --no-install-recommends pcscd vsmartcard-vpcd'
        : 'pcscd が動いていません。管理者に頼んでください (pcscd does not run; ask an administrator for): systemctl start pcscd.socket   または (or)  pcscd',
    );
  }
  keep('pcscd', way.start);
  if (!(await untilCardServiceAnswers())) throw new Obstacle('pcscd を始めましたが、答えません (pcscd was started but does not answer). 試す (try): pcscd --foreground --debug');
}

async function startBackend(): Promise<void> {
  await startAndWait('backend', ['backend/main.ts', 'serve', '--port', String(ports.backend), '--data', places.backendData], 'listening');
  tell('役場側', `http://127.0.0.1:${ports.backend} (SQLite, デモの町)`, 'backend with the demo town');
}

async function startSimulator(): Promise<void> {
  if (!(await answersAt(VIRTUAL_READER_PORT))) {
    throw new Obstacle(
      `pcscd は動いていますが、仮想のリーダー (vpcd, ポート ${VIRTUAL_READER_PORT}) がありません。次を実行してください。\n` +
        'pcscd runs without its virtual reader. Run:\n' +
        '  apt-get install -y --no-install-recommends vsmartcard-vpcd && systemctl restart pcscd',
    );
  }
  const words = ['--socket', places.simulatorSocket, '--cards', places.cards, '--printer-link', places.printerLink];
  words.push('--scanner-link', places.scannerLink);
  words.push('--slips', places.slips, '--link', `${ports.link}:${ports.backend}`);
  await startAndWait('simulator', ['hardware/simulator/main.ts', ...words], 'ready');
}

/** Starts one of our own programs and waits until it says by IPC that it is ready. */
function startAndWait(name: string, words: readonly string[], readyWord: string): Promise<void> {
  const log = openLog(places.logs, name);
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Obstacle(`${name} が 30 秒たっても始まりません (did not start within 30 s): ${logOf(name)}`)), 30_000);
    const done = (end: () => void) => {
      clearTimeout(limit);
      end();
    };
    keep(
      name,
      () => spawn(process.execPath, words, { cwd: root, stdio: ['ignore', log, log, 'ipc'], detached: true }),
      (message) => {
        if (typeof message === 'object' && message !== null && 'type' in message && message.type === readyWord) done(resolve);
      },
      () => done(() => reject(new Obstacle(`${name} を始められませんでした (could not be started). ${logOf(name)}:\n${lastLines(name)}`))),
    );
  });
}

function keep(name: string, start: () => ChildProcess, onMessage?: (message: unknown) => void, onFirstEnd?: (end: ProcessEnd) => void): KeptProcess {
  let first = true;
  const process = keepProcess({
    start,
    ...(onMessage ? { onMessage } : {}),
    onEnd: (end) => {
      tellEnd(name, end);
      if (first) onFirstEnd?.(end);
      first = false;
    },
  });
  kept.push(process);
  return process;
}

function startAgent(configuration: string): void {
  const choice = chooseWindow({ environment: process.env, root, wanted: !values['no-window'] });
  const log = openLog(places.logs, 'agent');
  let announced = false;

  const show = (address: string): void => {
    if (!announced) announce(address);
    else console.log(`\n新しいアドレス (new address):\n${address}`);
    announced = true;
    if (choice.kind === 'chromium') void openWindow(choice.program, address);
  };
  const hear = (report: AgentReport): void => {
    if (report.type === 'trouble') {
      console.log(`\n番号 ${report.number}: ${report.message}\n→ ${TROUBLES[report.trouble].remedy}`);
    }
  };
  const announce = (address: string): void => {
    tell('画面', { electron: 'Electron', chromium: 'Chromium', none: 'ここでは開きません。次のアドレスをブラウザーで開いてください' }[choice.kind], choice.kind === 'none' ? noWindow(choice.why) : 'window');
    console.log(`\n${address}\n`);
    if (ownConfiguration === undefined) {
      console.log('  カードを置く (put a card):   npm run device -- card insert hanako');
      console.log('  カードを取る (take it away): npm run device -- card remove');
      console.log('  紙のカード (a paper card):   npm run device -- code scan taro-paper');
      console.log('  ほかの操作 (more):           npm run device -- help');
    }
    console.log('  終わる (stop):               Ctrl-C');
  };

  if (choice.kind === 'electron') {
    // As in production, the shell keeps the agent; its reports come as lines on its standard output.
    keep('window', () => {
      const electron = spawn(choice.program, ['.', `--agent-config=${configuration}`], { cwd: root, stdio: ['ignore', 'pipe', log], detached: true });
      readReports(electron, (report) => {
        hear(report);
        if (report.type === 'window') show(report.address);
      });
      return electron;
    });
    return;
  }
  kept.push(
    keepAgent({
      node: process.execPath,
      home: root,
      configuration,
      output: log,
      onAddress: show,
      onAway: (end) => tellEnd('agent', end),
      onReport: hear,
    }),
  );
}

function readReports(shell: ChildProcess, listener: (report: AgentReport) => void): void {
  void import('node:readline').then(({ createInterface }) => {
    createInterface({ input: shell.stdout! }).on('line', (line) => {
      if (!line.startsWith('{"type":')) return;
      try {
        listener(JSON.parse(line) as AgentReport);
      } catch {
        // A line of Electron's own that only looked like a report.
      }
    });
  });
}

async function openWindow(program: string, address: string): Promise<void> {
  await window?.stop();
  if (stopping) return;
  const entrance = writeEntrance(places.data, address);
  window = keepProcess({
    start: () => openChromium(program, chromiumWords(entrance, places.browserProfile, process.getuid?.() === 0)),
    onEnd: (end) => tellEnd('window', end),
  });
}

async function stopAll(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  if (kept.length > 0) console.log('\n終わります (stopping)');
  await window?.stop();
  for (const process of kept.reverse()) await process.stop();
  process.exit(code);
}

function tell(what: string, japanese: string, english: string): void {
  console.log(`  ${what}: ${japanese} (${english})`);
}

function tellEnd(name: string, end: ProcessEnd): void {
  if (stopping) return;
  const how = end.error?.message ?? end.signal ?? `exit ${end.code}`;
  console.log(`  ${name} が止まりました (ended: ${how}); ${end.restartInMs / 1000} 秒後にまた始めます (starting again). ${logOf(name)}`);
}

function noWindow(why: 'asked' | 'no-display' | 'no-browser'): string {
  switch (why) {
    case 'asked':
      return 'no window, as asked: open this address in a browser on this machine';
    case 'no-display':
      return 'no display: open this address in a browser on this machine';
    case 'no-browser':
      return 'no browser found: open this address in a browser on this machine';
  }
}

function relative(place: string): string {
  const shown = path.relative(process.cwd(), place);
  return shown.startsWith('..') ? place : shown;
}

const logOf = (name: string): string => relative(path.join(places.logs, `${name}.log`));

function lastLines(name: string): string {
  return readFileSync(path.join(places.logs, `${name}.log`), 'utf8').trim().split('\n').slice(-8).join('\n');
}
