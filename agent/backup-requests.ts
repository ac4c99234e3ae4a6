/**
 * How `agent backup` reaches the kiosk that runs: only the process that has the ledger open can read it. The command puts a request into the
 * data directory; the kiosk looks for it, makes the copy, and puts the answer beside it.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { momentFromEpoch } from '../contract/time.ts';
import { backUpLedger } from './ledger/backup.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Log } from './log/log.ts';
import type { Clock } from './ports.ts';

const LOOK_EVERY_MS = 2_000;

const BackupRequest = z.strictObject({ to: z.string().min(1) });
export const BackupAnswer = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), file: z.string(), entries: z.int() }),
  z.strictObject({ ok: z.literal(false), detail: z.string() }),
]);
export type BackupAnswer = z.infer<typeof BackupAnswer>;

export const requestPath = (dataDir: string): string => path.join(dataDir, 'backup-request.json');
export const answerPath = (dataDir: string): string => path.join(dataDir, 'backup-answer.json');

/** @param to an absolute path of a directory */
export function askForBackup(dataDir: string, to: string): void {
  rmSync(answerPath(dataDir), { force: true });
  writeWhole(requestPath(dataDir), BackupRequest.parse({ to }));
}

/** @returns undefined while there is none */
export function readBackupAnswer(dataDir: string): BackupAnswer | undefined {
  return readJson(answerPath(dataDir), BackupAnswer);
}

/** Answers requests until it is told to stop. @returns a function that stops it */
export function serveBackupRequests({ dataDir, ledger, clock, log }: { readonly dataDir: string; readonly ledger: Ledger; readonly clock: Clock; readonly log: Log }): () => void {
  let cancel = clock.after(LOOK_EVERY_MS, look);
  function look(): void {
    try {
      const request = readJson(requestPath(dataDir), BackupRequest);
      if (request) {
        rmSync(requestPath(dataDir), { force: true });
        writeWhole(answerPath(dataDir), backUp(request.to));
      }
    } catch (error) {
      // The answer could not be written; whoever asked hears that none came.
      log.event('unexpected-error', { where: 'backup', detail: String(error).slice(0, 400) });
    }
    cancel = clock.after(LOOK_EVERY_MS, look);
  }
  function backUp(to: string): BackupAnswer {
    const began = clock.monotonic();
    try {
      const made = backUpLedger(ledger, to, momentFromEpoch(clock.now()));
      if (!made.ok) return made;
      log.event('ledger-backed-up', { entries: made.backup.entries, ms: Math.round(clock.monotonic() - began) });
      return { ok: true, file: made.backup.file, entries: made.backup.entries };
    } catch (error) {
      // A full disk or a missing stick is no reason for the kiosk to stop.
      return { ok: false, detail: error instanceof Error ? error.message : String(error) };
    }
  }
  return () => cancel();
}

/** Read by another process: there whole or not at all. */
function writeWhole(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(value), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function readJson<T>(file: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
