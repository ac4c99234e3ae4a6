/** `agent enrol CODE`: makes this device known to the town's backend with a one-time code from the office. */
import { loadConfiguration } from './configuration.ts';
import { enrol } from './identity.ts';
import type { Log } from './log/log.ts';
import type { Clock, Randomness } from './ports.ts';
import { createHttpBackend } from './sync/http-backend.ts';

const EXIT = { done: 0, usage: 64, refused: 77, configuration: 78, unreachable: 69 } as const;

/** @returns the exit code; what happened is said on standard output or standard error */
export async function enrolCommand(options: {
  readonly code: string | undefined;
  readonly configurationPath: string;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Log;
}): Promise<number> {
  const { code, configurationPath, clock, randomness, log } = options;
  const say = (message: string, exit: number): number => {
    process.stderr.write(`${message}\n`);
    return exit;
  };
  if (code === undefined) return say('登録コードを書いてください。 Give the code: agent enrol CODE [--config FILE]', EXIT.usage);
  const loaded = loadConfiguration(configurationPath);
  if (!loaded.ok) return say(loaded.message, EXIT.configuration);
  const { dataDir, backend: { url } } = loaded.configuration;
  const enrolled = await enrol({ dataDir, code, backend: createHttpBackend({ url, clock, randomness, log }), randomness });
  if (!enrolled.ok) return say(enrolled.message, enrolled.why === 'unreachable' ? EXIT.unreachable : EXIT.refused);
  const { municipalityName, siteName, deviceLabel, deviceId } = enrolled.identity;
  process.stdout.write(`登録しました。 Enrolled: ${municipalityName} ${siteName} ${deviceLabel} (${deviceId})\n`);
  return EXIT.done;
}
