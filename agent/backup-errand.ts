/** What `agent backup` asks of the kiosk that runs: a copy of its ledger. */
import { z } from 'zod';
import { momentFromEpoch } from '../contract/time.ts';
import { backUpLedger } from './ledger/backup.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Log } from './log/log.ts';
import type { Clock } from './ports.ts';
import type { Errand } from './staff-errands.ts';

/** `to`: an absolute path of a directory. */
const BackupRequest = z.strictObject({ to: z.string().min(1) });
const BackupAnswer = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), file: z.string(), entries: z.int() }),
  z.strictObject({ ok: z.literal(false), detail: z.string() }),
]);
type BackupAnswer = z.infer<typeof BackupAnswer>;

export const BACKUP: Errand<z.infer<typeof BackupRequest>, BackupAnswer> = { name: 'backup', request: BackupRequest, answer: BackupAnswer };

export function serveBackup(to: string, { ledger, clock, log }: { readonly ledger: Ledger; readonly clock: Clock; readonly log: Log }): BackupAnswer {
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
