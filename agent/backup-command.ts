/** `agent backup --to DIR`: a copy of this kiosk's ledger, while it runs or not. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { momentFromEpoch } from '../contract/time.ts';
import { BACKUP } from './backup-errand.ts';
import { loadConfiguration } from './configuration.ts';
import { loadIdentity } from './identity.ts';
import { backUpLedger } from './ledger/backup.ts';
import { openLedger } from './ledger/sqlite-ledger.ts';
import type { Clock } from './ports.ts';
import { askKiosk } from './staff-errands.ts';

const EXIT = { done: 0, failed: 1, usage: 64, unavailable: 69, configuration: 78 } as const;

const say = (message: string, exit: number): number => {
  process.stderr.write(`${message}\n`);
  return exit;
};
const done = (file: string, entries: number): number => {
  process.stdout.write(`${file}\n`);
  return say(`記録 ${entries} 件までの写しです。 A copy up to entry ${entries}. It cannot be put back to go on with; what is in it can be handed in (agent hand-in).`, EXIT.done);
};

/** @returns the exit code */
export async function backupCommand({ to, configurationPath, clock }: { readonly to: string | undefined; readonly configurationPath: string; readonly clock: Clock }): Promise<number> {
  if (to === undefined) return say('写しを置く場所を書いてください。 Say where: agent backup --to DIR [--config FILE]', EXIT.usage);
  const loaded = loadConfiguration(configurationPath);
  if (!loaded.ok) return say(loaded.message, EXIT.configuration);
  const { dataDir } = loaded.configuration;
  const found = loadIdentity(dataDir);
  if (!found.ok) return say(found.detail, EXIT.configuration);
  const place = `${dataDir}/ledger.db`;
  if (!existsSync(place)) return say(`台帳がありません。 There is no ledger ${place} yet.`, EXIT.configuration);
  const target = path.resolve(to);
  const opened = openLedger({ path: place, device: found.identity.deviceId });
  if (!opened.ok) return opened.trouble === 'data-directory' ? askTheKiosk(dataDir, target, clock) : say(opened.detail, EXIT.configuration);
  try {
    const made = backUpLedger(opened.ledger, target, momentFromEpoch(clock.now()));
    return made.ok ? done(made.backup.file, made.backup.entries) : say(made.detail, EXIT.failed);
  } finally {
    opened.ledger.close();
  }
}

async function askTheKiosk(dataDir: string, to: string, clock: Clock): Promise<number> {
  const answer = await askKiosk(dataDir, BACKUP, { to }, clock);
  if (!answer) return say('窓口機から返事がありません。 The kiosk has the ledger, but did not answer. Is it out of service?', EXIT.unavailable);
  return answer.ok ? done(answer.file, answer.entries) : say(`写しを作れませんでした。 The kiosk could not make the copy: ${answer.detail}`, EXIT.failed);
}
