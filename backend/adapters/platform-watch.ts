/** Tells the platform what waits every few seconds, and compares balances every night. One exchange at a time. */
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import { untilNight } from '../ledger/integrity-watch.ts';
import { detailOf } from '../log.ts';
import { comparePlatform, settlePlatform, type PlatformPorts } from './settle-platform.ts';

const EVERY_MS = 5_000;

/** @param after runs a task once after so many milliseconds @returns a function that stops it, when what is under way has ended */
export function startPlatformWatch(ports: PlatformPorts, after: (ms: number, task: () => void) => () => void): () => Promise<void> {
  let stopped = false;
  let running: Promise<unknown> = Promise.resolve();
  const cancels = new Set<() => void>();

  const again = (ms: number, task: () => Promise<unknown>, next: () => number) => {
    const cancel = after(ms, () => {
      cancels.delete(cancel);
      running = running
        .then(() => (stopped ? undefined : task()))
        .catch((error: unknown) => ports.log.event('unexpected-error', { where: 'platform', detail: detailOf(error) }))
        .then(() => {
          if (!stopped) again(next(), task, next);
        });
    });
    cancels.add(cancel);
  };
  again(EVERY_MS, () => settlePlatform(ports), () => EVERY_MS);
  const untilTonight = () => untilNight(ports.clock.now());
  again(untilTonight(), () => comparePlatform(ports, dateInTokyo(momentFromEpoch(ports.clock.now()))), untilTonight);

  return async () => {
    stopped = true;
    for (const cancel of cancels) cancel();
    await running;
  };
}
