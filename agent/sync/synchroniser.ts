/**
 * Keeps ledger and backend in step: pushes the journal by watermark and pulls changes by cursor, in turn, and does so again. It can be cut
 * at any point and goes on from what the ledger knows. It never throws, never has two exchanges at once, and never makes anybody
 * at the kiosk wait.
 */
import type { SealedHead } from '../../contract/journal-seal.ts';
import type { JournalEntry, JournalSeal } from '../../contract/journal.ts';
import { PULL_CHANGES_MAX, PUSH_CHARACTERS_MAX, PUSH_ENTRIES_MAX, type ApiError, type Generation, type PullResponse } from '../../contract/sync.ts';
import { momentFromEpoch, type Moment } from '../../contract/time.ts';
import { ForeignAcknowledgement, LedgerUnavailable } from '../ledger/ledger-unavailable.ts';
import type { Backend, Ports } from '../ports.ts';
import { newEntryId } from '../new-id.ts';
import { createPortion } from './portion.ts';
import { createRetryDelay } from './retry-delay.ts';
import { createTimer } from './timer.ts';

export type SyncOutcome = 'done' | 'unreachable' | 'refused';
/** What one portion of the journal, or one page of the feed, came to. */
type Progress = SyncOutcome | 'more';

export interface Synchroniser {
  /** There is something to send: goes on at once, or as soon as the backend may be tried again. */
  wake(): void;
  /** Whether the backend answered last time; null before the first time. */
  online(): boolean | null;
  /** Calls `listener` when `online()` changed or changes of the town were applied. @returns a function that stops it */
  onChange(listener: () => void): () => void;
  /** One whole exchange, after the one that may be under way. */
  syncOnce(): Promise<SyncOutcome>;
  /** When it has returned, ledger and log are not touched any more, even if an answer still comes. */
  stop(): Promise<void>;
}

export interface SynchroniserOptions {
  /** Between exchanges when all is well and not much is going on. */
  readonly idleMs?: number;
  readonly retryMinMs?: number;
  readonly retryMaxMs?: number;
  /** Before something refused is tried again. */
  readonly refusedMs?: number;
  /**
   * Everything the town has said is in the ledger: what should be given back now? `townTime` is the backend's own.
   * @returns how much the journal has to tell the town at once
   */
  readonly giveBack?: (townTime: Moment) => number;
  /** The ledger has to be opened again. The synchroniser has stopped itself. */
  readonly onLedgerUnavailable?: (error: LedgerUnavailable) => void;
  /** Whether nobody is being served: what is leased to this device may be forgotten now, and the ledger be busy for longer. */
  readonly nobodyThere?: () => boolean;
}

const REWINDS_MAX = 3;
/** Fewer than this take no longer than a single one: a line that cannot carry them carries nothing. */
const PORTION_MIN = 25;
/** Changes that go into the ledger at once, and entries that are read and packed, while somebody is being served: some 30 ms on a slow machine. The most there are take 300 ms. */
const BESIDE_A_VISIT = 500;
/** So many changes in one exchange come from kiosks that catch up, and more will follow soon. */
const MUCH_NEWS = { changes: 100, idleMs: 1_000 } as const;
type What = ApiError['what'];
/** Refusals after which trying again soon may help. */
const PASSING: ReadonlySet<What> = new Set(['unavailable', 'clock-skew', 'replayed']);
/** Refusals of the device itself: neither pushing nor pulling makes sense. */
const OF_DEVICE: ReadonlySet<What> = new Set(['revoked', 'unknown-device', 'bad-signature', 'not-found', 'bad-code']);

/** Begins by itself, in the clock's next turn. */
export function createSynchroniser(ports: Pick<Ports, 'ledger' | 'sealJournal' | 'backend' | 'clock' | 'randomness' | 'log'>, options: SynchroniserOptions = {}): Synchroniser {
  const { ledger, sealJournal, backend, clock, log } = ports;
  const { idleMs = 15_000, retryMinMs = 1_000, retryMaxMs = 20_000, refusedMs = 300_000 } = options;
  const retryDelay = createRetryDelay({ minMs: retryMinMs, maxMs: retryMaxMs, randomness: ports.randomness });
  const listeners = new Set<() => void>();
  let reached: boolean | null = null;
  let stopped = false;
  let active: Promise<SyncOutcome> | undefined;
  let following: Promise<SyncOutcome> | undefined;
  /** Pushing rests until then (monotonic); pulling goes on. */
  let pushRestsUntil = 0;
  /** How long the loop waits after the last exchange, if that was refused. */
  let restMs = idleMs;
  let deviceRefused = false;
  /** The backend wants to be left alone so long (ms), by its last answer. */
  let retryAfterMs = 0;
  const entriesAtOnce = createPortion({ min: PORTION_MIN, max: PUSH_ENTRIES_MAX });
  const changesAtOnce = createPortion({ min: PORTION_MIN, max: PULL_CHANGES_MAX });
  const atOnce = (portion: { readonly size: () => number }): number => (options.nobodyThere?.() === false ? Math.min(portion.size(), BESIDE_A_VISIT) : portion.size());
  const timer = createTimer(clock);

  function notify(): void {
    for (const listener of listeners) listener();
  }
  function heard(): void {
    if (reached === true) return;
    reached = true;
    const { lastSeq, acknowledgedSeq } = ledger.syncState();
    log.event('sync-online', { unsent: Math.max(0, lastSeq - acknowledgedSeq) });
    notify();
  }
  function notHeard(detail: string): 'unreachable' {
    if (reached !== false) {
      reached = false;
      log.event('sync-offline', { detail });
      notify();
    }
    return 'unreachable';
  }
  function refused(what: What, detail: string): SyncOutcome {
    log.event('sync-refused', { what, detail });
    deviceRefused = OF_DEVICE.has(what);
    // Written off: what this device had may be another's by now.
    if (what === 'revoked') ledger.giveUpLeases();
    return 'refused';
  }

  /** What every answer but a good one comes to. */
  function failed(answer: Exclude<Awaited<ReturnType<Backend['pull']>>, { kind: 'answered' }>): SyncOutcome {
    if (answer.kind === 'unreachable') return notHeard(answer.detail);
    const { what, message, retryAfterSeconds = 0 } = answer.error;
    retryAfterMs = retryAfterSeconds * 1_000;
    if (PASSING.has(what)) return notHeard(what);
    heard();
    return refused(what, message);
  }

  /** Kept before it is sent. Made without an answer coming, it is sent again, or stands beside a later one. */
  function sealed(head: SealedHead): JournalSeal {
    const kept = ledger.sealOf(head.seq);
    if (kept) return kept;
    const seal = sealJournal(head);
    ledger.keepSeal(seal);
    return seal;
  }

  /** Where pushing stands within one exchange. */
  interface Pushing {
    after: number;
    rewinds: number;
  }
  const beginPushing = (): Pushing => ({ after: ledger.syncState().acknowledgedSeq, rewinds: 0 });

  /** One portion, once it is acknowledged. */
  async function push(pushing: Pushing): Promise<Progress> {
    for (;;) {
      const { after } = pushing;
      const entries = inOnePush(ledger.entriesAfter(after, atOnce(entriesAtOnce)));
      const head = entries.at(-1);
      if (!head) return 'done';
      const answer = await backend.push({ entries, seal: sealed(head).signature });
      if (stopped) return 'unreachable';
      if (answer.kind === 'answered') {
        heard();
        const { acknowledgedSeq, acknowledgedHash } = answer.value;
        try {
          ledger.acknowledge(acknowledgedSeq, acknowledgedHash);
        } catch (error) {
          if (error instanceof ForeignAcknowledgement) return refused('conflict', error.message);
          throw error;
        }
        if (acknowledgedSeq <= after) return refused('gap', `the backend stays at entry ${acknowledgedSeq}`);
        entriesAtOnce.arrived();
        log.event('sync-pushed', { entries: entries.length, acknowledgedSeq });
        pushing.after = acknowledgedSeq;
        return acknowledgedSeq < ledger.syncState().lastSeq ? 'more' : 'done';
      }
      const error = answer.kind === 'refused' ? answer.error : undefined;
      if (error?.what === 'gap' && error.expectedSeq !== undefined && pushing.rewinds < REWINDS_MAX && error.expectedSeq <= ledger.syncState().lastSeq) {
        heard();
        pushing.rewinds += 1;
        pushing.after = error.expectedSeq - 1;
      } else if (error?.what === 'revoked' && error.expectedSeq !== undefined && error.expectedSeq > after + 1 && error.expectedSeq <= ledger.syncState().lastSeq) {
        // Kept for staff and acknowledged by nobody: what this device did must not be lost with it.
        pushing.after = error.expectedSeq - 1;
      } else if (error?.what === 'too-large' && entries.length > 1) {
        entriesAtOnce.tooLarge(entries.length);
      } else {
        if (answer.kind === 'unreachable') entriesAtOnce.silent(entries.length);
        return failed(answer);
      }
    }
  }

  /** Unless pushing rests after a refusal: then what is refused waits, and nothing is sent. */
  async function pushInTurn(pushing: Pushing): Promise<Progress> {
    if (clock.monotonic() < pushRestsUntil) return 'refused';
    const pushed = await push(pushing);
    if (pushed === 'refused') pushRestsUntil = clock.monotonic() + refusedMs;
    return pushed;
  }

  /** What the backend's clock said when it last answered a pull. */
  let townTime: Moment | undefined;
  /** Changes that this exchange has brought. */
  let news = 0;

  /** One page. */
  async function pull(): Promise<Progress> {
    const { cursor: before, heard: heardThen, generation, acknowledgedSeq } = ledger.syncState();
    const limit = atOnce(changesAtOnce);
    const answer = await backend.pull(before, limit, generation, heardThen);
    if (stopped) return 'unreachable';
    if (answer.kind !== 'answered') {
      if (answer.kind === 'unreachable') changesAtOnce.silent(limit);
      return failed(answer);
    }
    heard();
    changesAtOnce.arrived();
    const page = answer.value;
    townTime = page.serverTime;
    if (page.journalHead) ledger.compareHead(page.journalHead);
    if (page.generation !== undefined && page.generation !== generation) {
      if (!follow(page.generation, page.journalHead)) return 'done';
    }
    const { cursor } = ledger.syncState();
    if (page.cursor < cursor || (page.more && page.cursor === cursor)) return refused('bad-request', `the backend's cursor went from ${cursor} to ${page.cursor}`);
    const tells = page.changes.length > 0 || ledger.isBehind();
    // A push beside this pull may have come first.
    ledger.applyChanges(page.changes, page.cursor, momentFromEpoch(clock.now()), page.journalHead?.seq ?? acknowledgedSeq, !page.more);
    if (page.changes.length > 0) {
      news += page.changes.length;
      log.event('sync-pulled', { changes: page.changes.length, cursor: page.cursor });
    }
    if (tells) notify();
    return page.more ? 'more' : 'done';
  }

  /**
   * Pages of the feed: one, or, beside a further portion of the journal, as many as come until that is posted. However much is to be sent, a card
   * that was stopped meanwhile is not served until all of it is. What is asked for says no more of the feed than was known before the oldest
   * entry that the town does not have (`heard`).
   * @param pushed what the portion before came to
   * @param pulled what the page before came to: a refused one is not asked for again
   */
  async function pullBeside(pushing: Pushing, pushed: Progress, pulled: Progress): Promise<[Progress, Progress]> {
    let underWay = pushed === 'more';
    const sending = underWay ? pushInTurn(pushing).finally(() => (underWay = false)) : pushed;
    const hearing = async (): Promise<Progress> => {
      if (pulled === 'refused') return pulled;
      for (;;) {
        const page = await pull();
        if (page !== 'more' || !underWay || stopped) return page;
      }
    };
    const [sent, got] = await Promise.allSettled([sending, hearing()]);
    if (sent.status === 'rejected') throw sent.reason;
    if (got.status === 'rejected') throw got.reason;
    return [sent.value, got.value];
  }

  /** What the backend has lost, and that this device follows it, it hears at once. */
  let toTell = false;

  /** The backend was put back from a backup, or is heard for the first time. @returns false while somebody is being served */
  function follow(generation: Generation, head: PullResponse['journalHead']): boolean {
    if (options.nobodyThere?.() === false) return false;
    const { lastSeq, cursor } = ledger.syncState();
    const at = momentFromEpoch(clock.now());
    if (!ledger.followGeneration(generation, head, { id: newEntryId(clock, ports.randomness), at })) return false;
    if (ledger.syncState().lastSeq === lastSeq && ledger.syncState().cursor === cursor) return true;
    log.event('generation-began', { generation });
    notify();
    toTell = true;
    return true;
  }

  /** What residents asked for goes to the office, one after the other, and is erased here once it lies there. */
  async function handOver(): Promise<SyncOutcome> {
    for (;;) {
      const [request] = ledger.requestsToSend(1);
      if (!request) return 'done';
      const answer = await backend.request(request);
      if (stopped) return 'unreachable';
      if (answer.kind !== 'answered') return failed(answer);
      heard();
      // A backend that was put back hears of it anew first.
      if (answer.value.kind === 'unknown-request') return 'done';
      ledger.eraseRequest(request.requestId);
      log.event('request-sent', { left: ledger.requestsWaiting() });
    }
  }

  async function exchange(): Promise<SyncOutcome> {
    if (stopped) return 'unreachable';
    deviceRefused = false;
    retryAfterMs = 0;
    news = 0;
    try {
      const pushing = beginPushing();
      // What others must know goes first.
      let pushed = await pushInTurn(pushing);
      let pulled: Progress = 'more';
      const goesOn = () => !stopped && !deviceRefused && pushed !== 'unreachable' && pulled !== 'unreachable' && (pushed === 'more' || pulled === 'more');
      while (goesOn()) {
        [pushed, pulled] = await pullBeside(pushing, pushed, pulled);
        // What was done between two pages is sent before the next.
        if (pushed !== 'more' && pulled === 'more' && goesOn()) pushed = await pushInTurn(pushing);
      }
      if (stopped || pushed === 'unreachable' || pulled === 'unreachable') return 'unreachable';
      restMs = deviceRefused || pulled === 'refused' ? refusedMs : idleMs;
      if (deviceRefused || pushed === 'refused' || pulled === 'refused') return 'refused';
      const handed = await handOver();
      if (handed !== 'done') return handed;
      const given = townTime === undefined ? 0 : (options.giveBack?.(townTime) ?? 0);
      if (given === 0 && !toTell) return 'done';
      toTell = false;
      const telling = beginPushing();
      let told: Progress = 'more';
      while (told === 'more') told = await push(telling);
      return told;
    } catch (error) {
      if (error instanceof LedgerUnavailable) {
        halt();
        options.onLedgerUnavailable?.(error);
      } else if (!stopped) {
        log.event('unexpected-error', { where: 'sync', detail: String(error instanceof Error ? error.stack : error).slice(0, 400) });
      }
      return 'unreachable';
    }
  }

  function syncOnce(): Promise<SyncOutcome> {
    if (!active) {
      active = exchange().finally(() => {
        active = undefined;
      });
      return active;
    }
    following ??= active.then(() => {
      following = undefined;
      return syncOnce();
    });
    return following;
  }

  function halt(): void {
    stopped = true;
    timer.cancel();
    listeners.clear();
  }

  /** How the loop waits: `idle` ends with a wake, `retry` may be shortened by one, `refused` runs its time. */
  let waiting: 'idle' | 'retry' | 'refused' | 'running' = 'idle';
  let wokenWhileRunning = false;

  const idleAfter = (changes: number): number => (changes >= MUCH_NEWS.changes ? Math.min(idleMs, MUCH_NEWS.idleMs) : idleMs);

  async function turn(): Promise<void> {
    waiting = 'running';
    wokenWhileRunning = false;
    const outcome = await syncOnce();
    if (stopped) return;
    switch (outcome) {
      case 'done':
        retryDelay.reset();
        waiting = 'idle';
        timer.set(wokenWhileRunning ? 0 : idleAfter(news), begin);
        return;
      case 'unreachable':
        waiting = 'retry';
        // On top of what the backend asked for, so that not all kiosks come back at the same moment.
        timer.set(retryAfterMs + retryDelay.next(), begin);
        return;
      case 'refused':
        retryDelay.reset();
        waiting = 'refused';
        timer.set(restMs, begin);
        return;
    }
  }
  const begin = (): void => void turn();
  timer.set(0, begin);

  return {
    wake() {
      if (stopped) return;
      if (waiting === 'running') wokenWhileRunning = true;
      else if (waiting === 'idle') timer.set(0, begin);
      else if (waiting === 'retry') timer.shorten(retryMinMs);
    },
    online: () => reached,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    syncOnce,
    async stop() {
      halt();
    },
  };
}

/** As many of the entries as go into one push: at least one, however long it is. */
function inOnePush(entries: readonly JournalEntry[]): JournalEntry[] {
  let characters = 0;
  const end = entries.findIndex(({ body }, index) => (characters += body.length) > PUSH_CHARACTERS_MAX && index > 0);
  return entries.slice(0, end === -1 ? undefined : end);
}
