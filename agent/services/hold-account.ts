/**
 * Use case: before value leaves an account that is kept in the ledger, this device becomes the only one that may take it out, and knows
 * everything that others took out before. A person waits: it is answered within seconds or given up.
 */
import type { AccountId } from '../../contract/ids.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import type { Clock, Ports } from '../ports.ts';
import type { Synchroniser } from '../sync/synchroniser.ts';

/** From the first question to the last change pulled. */
const LIMIT_MS = 4_000;
/** Twice: the backend may still believe in a hold that this device has given back and is only now telling it of. */
const TRIES = 2;

export type HoldOutcome =
  | 'held'
  /** Another device has it and has not given it back, or the town knows no such account. */
  | 'elsewhere'
  /** The town cannot be asked now, or the answer took too long. A hold that comes late is given back by itself. */
  | 'unreachable';

/** @throws LedgerUnavailable */
export async function ensureHold(
  accountId: AccountId,
  ports: Pick<Ports, 'ledger' | 'backend' | 'clock'> & { readonly sync: Pick<Synchroniser, 'syncOnce'> },
): Promise<HoldOutcome> {
  const { ledger, backend, clock, sync } = ports;
  const isHeld = () => ledger.holdsAccount(accountId, momentFromEpoch(clock.now()));
  if (isHeld()) return 'held';
  const late = deadline(clock, LIMIT_MS);
  try {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const answer = await Promise.race([backend.hold({ accountId }), late.passed]);
      if (answer === 'passed' || answer.kind !== 'answered') return 'unreachable';
      if (answer.value.kind !== 'held') return 'elsewhere';
      // The exchange under way may have begun before the hold was given: another one follows it.
      if ((await Promise.race([sync.syncOnce(), late.passed])) === 'passed') return 'unreachable';
      if (ledger.syncState().cursor < answer.value.cursor) await Promise.race([sync.syncOnce(), late.passed]);
      if (ledger.syncState().cursor >= answer.value.cursor && isHeld()) return 'held';
    }
    return 'unreachable';
  } finally {
    late.cancel();
  }
}

function deadline(clock: Clock, ms: number): { readonly passed: Promise<'passed'>; cancel(): void } {
  let cancel = () => {};
  const passed = new Promise<'passed'>((resolve) => {
    cancel = clock.after(ms, () => resolve('passed'));
  });
  return { passed, cancel: () => cancel() };
}
