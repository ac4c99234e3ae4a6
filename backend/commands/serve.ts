/** `serve`: the backend on a port, until it is told to stop. */
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import SqliteFile from 'better-sqlite3';
import { createHttpPlatform } from '../adapters/http-platform.ts';
import { readPlatformFile } from '../adapters/platform-file.ts';
import { startPlatformWatch } from '../adapters/platform-watch.ts';
import { readCardMasterKeys } from '../cards/master-keys.ts';
import type { Command } from '../command-line.ts';
import { createBackend } from '../create-backend.ts';
import { openDatabase } from '../database/open-database.ts';
import { startExpiryWatch } from '../ledger/expiry-watch.ts';
import { startIntegrityWatch } from '../ledger/integrity-watch.ts';
import { readVerifierFile } from '../links/verifier-file.ts';
import { createBackendLog, detailOf } from '../log.ts';
import { systemClock, systemRandomness } from '../ports.ts';
import { BackendUnusable, errorCode } from '../unusable.ts';

/** A closing that takes longer than this is cut off: everything acknowledged is on the disk anyway. */
const CLOSE_TIMEOUT_MS = 5_000;

/** Serves until SIGTERM, SIGINT or the end of the starting process's channel. @throws BackendUnusable */
export async function serve(command: Extract<Command, { name: 'serve' }>): Promise<void> {
  const told = toldToStop();
  const log = createBackendLog((line) => process.stdout.write(line));
  const cardKeys = readCardMasterKeys({ dataDir: command.dataDir, file: command.cardKeys });
  const certificates = readVerifierFile(command.dataDir);
  const platform = readPlatformFile(command.dataDir);
  const database = await openDatabase(command);
  // SQLite is served by one process; short commands (invite, books) may look in meanwhile. PostgreSQL takes care of itself.
  const release = command.databaseUrl === undefined ? holdAlone(command.dataDir) : () => undefined;
  const watch = startIntegrityWatch({ open: () => openDatabase(command), clock: systemClock, log, busy: hadMuchToDo(), after: afterMs });
  const backend = await createBackend({
    database,
    lastIntegrity: () => watch.last(),
    clock: systemClock,
    randomness: systemRandomness,
    log,
    cardKeys,
    certificates,
    ...(command.cardsPerDay === undefined ? {} : { cardsPerDayMax: command.cardsPerDay }),
    ...(command.keysAhead === undefined ? {} : { keysAheadMax: command.keysAhead }),
    ...(command.stockPerKiosk === undefined ? {} : { stockPerDeviceMax: command.stockPerKiosk }),
  }).catch(async (error: unknown) => {
    await watch.stop();
    await database.close();
    throw error;
  });
  let address: string;
  try {
    await backend.app.listen({ port: command.port, host: command.host });
    const { port } = backend.app.server.address() as AddressInfo;
    address = `http://${command.host.includes(':') ? `[${command.host}]` : command.host}:${port}`;
    log.event('backend-ready', { ms: Math.round(process.uptime() * 1_000), port, engine: database.dialect.engine });
  } catch (error) {
    await watch.stop();
    await backend.close();
    throw explained(error, command);
  }
  const stopPlatform = platform && startPlatformWatch({ database, platform: createHttpPlatform(platform), clock: systemClock, log }, afterMs);
  const stopExpiry = startExpiryWatch({ database, clock: systemClock, log, after: afterMs });
  const listening = { type: 'listening', address };
  process.stdout.write(`${JSON.stringify(listening)}\n`);
  // The callback takes the error of a starter that has let go already; `told` knows of it.
  process.send?.(listening, undefined, undefined, () => undefined);

  await told;
  const cutOff = setTimeout(() => process.exit(0), CLOSE_TIMEOUT_MS);
  try {
    await watch.stop();
    await stopExpiry();
    await stopPlatform?.();
    await backend.close();
  } catch (error) {
    log.event('unexpected-error', { where: 'closing', detail: detailOf(error) });
  }
  clearTimeout(cutOff);
  release();
}

/** Of the time since it was asked last, more than this was work. */
const MUCH = 0.5;

function hadMuchToDo(): () => boolean {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization > MUCH;
  };
}

/** Waiting keeps the process alive only as long as it serves. */
function afterMs(ms: number, task: () => void): () => void {
  const timer = setTimeout(task, ms);
  timer.unref();
  return () => clearTimeout(timer);
}

function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
    process.once('disconnect', resolve);
  });
}

/**
 * Keeps a second serving process away from the data directory. The lock is one of SQLite's own on a file beside the database: the
 * system lets go of it whatever way this process ends.
 */
function holdAlone(dataDir: string): () => void {
  const file = path.join(dataDir, 'serving.lock');
  const lock = new SqliteFile(file, { timeout: 0 });
  try {
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('begin exclusive');
    return () => lock.close();
  } catch (error) {
    lock.close();
    if (!errorCode(error).startsWith('SQLITE_BUSY')) throw error;
    throw new BackendUnusable('unavailable', `Another backend already serves the data directory ${dataDir}. Stop it, or name another directory with --data.`, { cause: error });
  }
}

function explained(error: unknown, { port, host }: { readonly port: number; readonly host: string }): unknown {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return new BackendUnusable('unavailable', `Port ${port} on ${host} is used by another program (often a second backend). Stop it, or choose another with --port.`, { cause: error });
    case 'EACCES':
      return new BackendUnusable('configuration', `This user may not use port ${port}. Choose one above 1023 with --port.`, { cause: error });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new BackendUnusable('configuration', `This machine has no address ${host}. Correct --host.`, { cause: error });
    default:
      return error;
  }
}
