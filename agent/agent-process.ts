/**
 * The agent's process: command line, the window's port, and the loop that keeps trying to serve. A trouble at the start or in the
 * middle is shown to residents as a calm screen with a number and to staff as a sentence that says what to do; the kiosk begins to
 * serve by itself when the cause is gone.
 */
import { flushCompileCache } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { AgentReport } from '../contract/kiosk.ts';
import { TROUBLES, troubleNumber, type TroubleName } from '../contract/trouble.ts';
import { backupCommand } from './backup-command.ts';
import { composeKiosk } from './compose.ts';
import { loadConfiguration, type Configuration } from './configuration.ts';
import { enrolCommand } from './enrol-command.ts';
import { handInCommand } from './hand-in-command.ts';
import { LedgerUnavailable } from './ledger/ledger-unavailable.ts';
import { createLog } from './log/pino-log.ts';
import { reprintCommand } from './reprint-command.ts';
import type { RunningKiosk } from './run-kiosk.ts';
import { createKioskSwitch } from './server/kiosk-switch.ts';
import { stillKiosk, type StillFrame } from './server/still-kiosk.ts';
import type { VoiceDirectories } from './server/voice-files.ts';
import { startWindowServer, type WindowServer } from './server/window-server.ts';
import { systemClock, systemRandomness } from './system-ports.ts';

const EXIT_TROUBLE = 78;
const RETRY_MS = 5_000;
/** Late enough not to disturb the first person. */
const CACHE_FLUSH_MS = 60_000;
const DEFAULT_PORT = 8680;
const WINDOW_ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../dist/renderer');
/** Recordings that came with the kiosk; a town's own lie in its data directory. */
const MADE_VOICES = path.resolve(WINDOW_ROOT, '../voices');
const UNKNOWN_FRAME: StillFrame = { town: '', site: '', display: { ppi: 102.6, readerSide: 'below' }, simulated: false };

interface Trouble {
  readonly name: TroubleName;
  readonly detail: string;
}

const { values, positionals } = parseArgs({
  options: { config: { type: 'string', default: 'kazasu.config.json' }, stay: { type: 'boolean', default: false }, to: { type: 'string' }, from: { type: 'string' }, staff: { type: 'string' } },
  allowPositionals: true,
});
const log = createLog();
const system = { clock: systemClock, randomness: systemRandomness, log };

if (positionals[0] === 'enrol') {
  process.exitCode = await enrolCommand({ code: positionals[1], configurationPath: values.config, ...system });
} else if (positionals.join(' ') === 'backup') {
  process.exitCode = await backupCommand({ to: values.to, configurationPath: values.config, clock: systemClock });
} else if (positionals.join(' ') === 'hand-in') {
  process.exitCode = await handInCommand({ from: values.from, configurationPath: values.config, ...system });
} else if (positionals[0] === 'reprint' && positionals.length <= 2) {
  process.exitCode = await reprintCommand({ slip: positionals[1], staff: values.staff, configurationPath: values.config, clock: systemClock });
} else if (positionals.length > 0) {
  process.stderr.write(`「${positionals.join(' ')}」という指示はありません。 Unknown command; use: agent [--config FILE] [--stay] | agent enrol CODE | agent backup --to DIR | agent hand-in [--from FILE] | agent reprint [NUMBER] --staff ID\n`);
  process.exitCode = 64;
} else {
  await run();
}

/**
 * Tells the shell by IPC; where there is none, by a line of JSON on standard output. Not both: the window's address carries the
 * secret of this start, and what a shell collects from standard output is a log.
 */
function report(line: AgentReport): void {
  if (process.send) process.send(line);
  else process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function run(): Promise<void> {
  log.event('agent-starting', { version: process.version });
  const secret = Buffer.from(systemRandomness.bytes(32)).toString('base64url');
  const kiosk = createKioskSwitch(stillKiosk({ name: 'starting' }, UNKNOWN_FRAME, system));
  let server: WindowServer | undefined;
  let running: RunningKiosk | undefined;
  let trouble: Trouble | undefined;
  let frame = UNKNOWN_FRAME;
  let voices: VoiceDirectories = { made: MADE_VOICES };
  let stopping = false;
  let wakeRetry = () => {};

  /** Serves the window on `port`; moves there when it was elsewhere. @returns what stands in the way */
  const serveWindow = async (port: number): Promise<Trouble | undefined> => {
    if (server?.port === port) return undefined;
    const started = await startWindowServer({ port, secret, root: WINDOW_ROOT, voices: () => voices, kiosk, log });
    if (!started.ok) return { name: started.why === 'port-occupied' ? 'port-occupied' : 'unexpected', detail: started.detail };
    const before = server;
    server = started;
    report({ type: 'window', address: started.address });
    await before?.close();
    return undefined;
  };

  const enter = async (next: Trouble): Promise<void> => {
    const number = troubleNumber(next.name);
    if (trouble?.name !== next.name || trouble.detail !== next.detail) {
      log.event('trouble-entered', { trouble: next.name, number, detail: next.detail.slice(0, 400) });
      process.stderr.write(`\n番号 ${number}: ${next.detail}\n${TROUBLES[next.name].meaning}\n→ ${TROUBLES[next.name].remedy}\n\n`);
      kiosk.use(stillKiosk({ name: 'out-of-service', trouble: next.name, number, interrupted: trouble === undefined && running !== undefined }, frame, system));
      report({ type: 'trouble', trouble: next.name, number, message: next.detail });
    }
    trouble = next;
    if (!values.stay) {
      await stop('trouble', EXIT_TROUBLE);
      return;
    }
    // The calm screen needs a port of its own when the wanted one is taken.
    if (!server) await serveWindow(0);
  };

  const attempt = async (): Promise<Trouble | undefined> => {
    const loaded = loadConfiguration(values.config);
    if (!loaded.ok) {
      if (values.stay && !server) await serveWindow(DEFAULT_PORT);
      return { name: 'configuration-invalid', detail: loaded.message };
    }
    const { configuration } = loaded;
    voices = { made: MADE_VOICES, own: path.resolve(configuration.dataDir, 'voices') };
    frame = { ...frame, display: configuration.display, simulated: configuration.simulated };
    const atPort = await serveWindow(configuration.server.port);
    if (atPort) return atPort;
    return serve(configuration);
  };

  const serve = (configuration: Configuration): Trouble | undefined => {
    try {
      const composed = composeKiosk(configuration, system, (error) => void fallen(error));
      if (!composed.ok) return { name: composed.trouble, detail: composed.detail };
      running = composed.running;
      frame = running.frame;
      return undefined;
    } catch (error) {
      return troubleOfError(error);
    }
  };

  const fallen = async (error: unknown): Promise<void> => {
    const next = troubleOfError(error);
    await enter(next);
    const fell = running;
    running = undefined;
    await fell?.stop().catch((fault: unknown) => log.event('unexpected-error', { where: 'stop', detail: String(fault).slice(0, 400) }));
    await untilServing(true);
  };

  const untilServing = async (afterPause: boolean): Promise<void> => {
    for (let pause = afterPause; !stopping; pause = true) {
      if (pause) {
        await new Promise<void>((resolve) => {
          const cancel = systemClock.after(RETRY_MS, resolve);
          wakeRetry = () => {
            cancel();
            resolve();
          };
        });
        if (stopping) return;
      }
      const next = await attempt();
      if (!next && running) {
        if (trouble) log.event('trouble-left', { trouble: trouble.name });
        trouble = undefined;
        kiosk.use(running.kiosk);
        log.event('agent-ready', { ms: Math.round(systemClock.monotonic()), port: server?.port ?? 0 });
        report({ type: 'serving' });
        // Node writes the cache at an orderly end; a kiosk is often just switched off.
        systemClock.after(CACHE_FLUSH_MS, flushCompileCache);
        return;
      }
      if (next) await enter(next);
    }
  };

  const stop = async (why: string, code: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log.event('agent-stopping', { why });
    wakeRetry();
    // A device that does not let go must not keep the process alive for ever.
    systemClock.after(3_000, () => process.exit(code));
    await Promise.allSettled([server?.close(), running?.stop()]);
    process.exit(code);
  };

  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal, 0));
  process.once('disconnect', () => void stop('shell-gone', 0));
  process.on('uncaughtException', (error) => {
    log.event('unexpected-error', { where: 'process', detail: (error.stack ?? error.message).slice(0, 400) });
    void stop('unexpected', 70);
  });
  process.on('unhandledRejection', (reason) => {
    log.event('unexpected-error', { where: 'promise', detail: String(reason instanceof Error ? reason.stack : reason).slice(0, 400) });
    void stop('unexpected', 70);
  });
  await untilServing(false);
}

function troubleOfError(error: unknown): Trouble {
  if (error instanceof LedgerUnavailable) return { name: error.trouble, detail: error.message };
  log.event('unexpected-error', { where: 'kiosk', detail: String(error instanceof Error ? error.stack : error).slice(0, 400) });
  return { name: 'unexpected', detail: error instanceof Error ? error.message : 'unknown' };
}
