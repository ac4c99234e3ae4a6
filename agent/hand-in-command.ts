/**
 * `agent hand-in [--from FILE]`: gives the town what a ledger file has and the town has not. Nothing is written into the file and no entry is made: it is
 * for a copy under which nobody may go on, before the device is enrolled anew.
 */
import { journalSealer } from '../contract/journal-seal.ts';
import { loadConfiguration } from './configuration.ts';
import { loadIdentity } from './identity.ts';
import { handIn } from './ledger/hand-in.ts';
import { readJournal } from './ledger/ledger-audit.ts';
import type { Log } from './log/log.ts';
import type { Clock, Randomness } from './ports.ts';
import { createHttpBackend } from './sync/http-backend.ts';

const EXIT = { done: 0, failed: 1, unreachable: 69, configuration: 78 } as const;

/** @returns the exit code */
export async function handInCommand(options: {
  readonly from: string | undefined;
  readonly configurationPath: string;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Log;
}): Promise<number> {
  const { from, configurationPath, clock, randomness, log } = options;
  const say = (message: string, exit: number): number => {
    process.stderr.write(`${message}\n`);
    return exit;
  };
  const loaded = loadConfiguration(configurationPath);
  if (!loaded.ok) return say(loaded.message, EXIT.configuration);
  const { dataDir, backend: { url } } = loaded.configuration;
  const found = loadIdentity(dataDir);
  if (!found.ok) return say(found.detail, EXIT.configuration);
  const { identity } = found;
  const file = from ?? `${dataDir}/ledger.db`;
  let entries: ReturnType<typeof readJournal>;
  try {
    entries = readJournal(file);
  } catch (error) {
    return say(`${file} を読めません。 It cannot be read (stop the kiosk first): ${error instanceof Error ? error.message : String(error)}`, EXIT.configuration);
  }
  const outcome = await handIn(entries, { backend: createHttpBackend({ url, identity, clock, randomness, log }), sealJournal: journalSealer(identity) });
  switch (outcome.kind) {
    case 'handed-in':
      process.stdout.write(`${outcome.seq}\n`);
      return say(`町は記録 ${outcome.seq} まで持っています。 The town has entries up to ${outcome.seq}. Now revoke ${identity.deviceId} at the backend, and enrol this machine in an empty data directory.`, EXIT.done);
    case 'unreachable':
      return say(`町のシステムに届きません。 The backend cannot be reached (${outcome.detail}); try again.`, EXIT.unreachable);
    case 'refused':
      return say(`受け付けられませんでした。 The backend refuses (${outcome.what}): ${outcome.detail} Keep the file and give it to the maintainers.`, EXIT.failed);
  }
}
