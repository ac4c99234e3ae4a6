/**
 * Builds the ports from a configuration and starts everything that needs them. With `agent-process.ts` the only place of the agent that
 * makes a driver; everything else is handed its ports.
 */
import { journalSealer } from '../contract/journal-seal.ts';
import type { TroubleName } from '../contract/trouble.ts';
import { guardedReader } from '../hardware/card/guarded-reader.ts';
import { createSerialSlipPrinter } from '../hardware/printer/serial-slip-printer.ts';
import { slipPreviewSvg } from '../hardware/printer/slip-preview.ts';
import { createPcscCardReader } from '../hardware/reader/pcsc-card-reader.ts';
import { createSerialCodeScanner } from '../hardware/scanner/serial-code-scanner.ts';
import { BACKUP, serveBackup } from './backup-errand.ts';
import type { Configuration } from './configuration.ts';
import { loadIdentity } from './identity.ts';
import { createDeviceCardKeys } from './keys/device-card-keys.ts';
import { createRequestCodes } from './keys/request-codes.ts';
import { createSlipCopies } from './keys/slip-copies.ts';
import { openLedger } from './ledger/sqlite-ledger.ts';
import type { Log } from './log/log.ts';
import type { Clock, Randomness } from './ports.ts';
import { REPRINT, serveReprint } from './reprint-errand.ts';
import { runKiosk, type RunningKiosk } from './run-kiosk.ts';
import { settleLeftPrintJobs } from './services/print-slip.ts';
import { reportLeftIntents } from './services/resolve-intents.ts';
import { serveErrand } from './staff-errands.ts';
import { createHttpBackend } from './sync/http-backend.ts';

export type Composition =
  | { readonly ok: true; readonly running: RunningKiosk }
  | { readonly ok: false; readonly trouble: TroubleName; readonly detail: string };

/** @param onFailure called at most once, when a service threw and the kiosk cannot go on */
export function composeKiosk(
  configuration: Configuration,
  system: { readonly clock: Clock; readonly randomness: Randomness; readonly log: Log },
  onFailure: (error: unknown) => void,
): Composition {
  const { clock, randomness, log } = system;
  const found = loadIdentity(configuration.dataDir);
  if (!found.ok) return { ok: false, trouble: found.trouble, detail: found.detail };
  const { identity } = found;
  const opened = openLedger({ path: `${configuration.dataDir}/ledger.db`, device: identity.deviceId });
  if (!opened.ok) return opened;
  const { ledger } = opened;

  let torn: boolean;
  try {
    settleLeftPrintJobs({ ledger, clock, randomness, log });
    reportLeftIntents({ ledger, clock, randomness, log });
    // Whether a piece of it hangs in the printer nobody knows; a notice too many is better than two slips in one.
    torn = (ledger.lastPrintJob()?.state ?? 'printed') !== 'printed';
  } catch (error) {
    ledger.close();
    throw error;
  }
  const pcsc = createPcscCardReader({
    allow: (name) => configuration.reader.allow.some((pattern) => pattern.test(name)),
    now: () => clock.now(),
    ...(configuration.reader.heartbeatMs === undefined ? {} : { heartbeatMs: configuration.reader.heartbeatMs }),
    onDiagnostic: (diagnostic) => {
      switch (diagnostic.kind) {
        case 'process-ended':
          log.event('reader-process-ended', { why: diagnostic.why, detail: diagnostic.detail });
          break;
        case 'driver-missing':
          log.event('reader-trouble', { what: diagnostic.kind, detail: diagnostic.detail });
          break;
        case 'trouble':
          log.event('reader-trouble', { what: diagnostic.what, detail: diagnostic.detail });
          break;
        case 'process-started':
          break;
      }
    },
  });
  const reader = guardedReader(pcsc);
  const scanner = configuration.scanner && createSerialCodeScanner(configuration.scanner);
  const printer = createSerialSlipPrinter({
    ...configuration.printer,
    torn,
    onDiagnostic(diagnostic) {
      if (diagnostic.kind === 'unprintable') log.event('slip-unprintable', { why: diagnostic.why, characters: diagnostic.characters.join(', ').slice(0, 400) });
    },
  });
  const backend = createHttpBackend({ url: configuration.backend.url, identity, clock, randomness, log });
  const cardKeys = createDeviceCardKeys({ ledger, backend, clock, log }, identity);
  const slipCopies = createSlipCopies(identity.sealingKey);
  const requestCodes = createRequestCodes(identity);
  const drawSlip = (markup: string) => slipPreviewSvg(markup, { columns: configuration.printer.columns });
  const running = runKiosk(
    { clock, randomness, reader, ...(scanner ? { scanner } : {}), cardKeys, printer, slipCopies, requestCodes, drawSlip, ledger, sealJournal: journalSealer(identity), backend, log },
    { identity, display: configuration.display, simulated: configuration.simulated, felicaReaders: configuration.reader.felica, sealedSlips: configuration.printer.sealedRequests },
    onFailure,
  );
  const errands = { dataDir: configuration.dataDir, clock, log };
  const stopBackups = serveErrand(errands, BACKUP, ({ to }) => serveBackup(to, { ledger, clock, log }));
  const stopReprints = serveErrand(errands, REPRINT, (asked) => serveReprint(asked, { ledger, printer, clock, randomness, log, slipCopies }));
  return {
    ok: true,
    running: {
      ...running,
      async stop() {
        stopBackups();
        stopReprints();
        await running.stop();
      },
    },
  };
}
