/**
 * The window's one line to the agent: a stream of snapshots, and choices sent back. It keeps the newest snapshot and nothing else,
 * never shows an older one over a newer one, and lets go of what it shows when the agent has been out of reach for a moment: the
 * calm `agent-unreachable` screen then stands there until the stream is back. It must never guess what the agent would say.
 */
import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink } from '@trpc/client';
import type { KioskRouter } from '../../contract/kiosk-router.ts';
import type { KioskSnapshot, Press, ScreenName } from '../../contract/kiosk.ts';
import type { Moment } from '../../contract/time.ts';
import { TROUBLES } from '../../contract/trouble.ts';
import { USUAL_SETTINGS } from '../../contract/usual-settings.ts';

/** How long the stream may be gone before the window says so. */
export const PATIENCE_MS = 1_500;
/** Waits before dialling again: at once after a stream broke, then about once a second. The browser's own retry is slower. */
const REDIAL_FIRST_MS = 250;
const REDIAL_MS = 1_000;
/** A line that neither speaks nor breaks is given up after this. */
const SILENCE_MS_MAX = 5_000;
/** A call for staff made while the agent was away is delivered when it is back, unless the person has surely left by then. */
export const DEFERRED_CALL_MS_MAX = 120_000;

export interface View {
  readonly snapshot: KioskSnapshot;
  /** False from the moment the stream breaks: nothing but the call for staff can be pressed. */
  readonly live: boolean;
  /** A call for staff waits for the agent to come back. */
  readonly callDeferred: boolean;
}

/** What the agent is reached by; the real one is tRPC over the page's own origin. */
export interface Line {
  /** @returns a function that hangs up */
  listen(listener: { snapshot(snapshot: KioskSnapshot): void; broken(): void }): () => void;
  choose(screenId: number, press: Press): Promise<'taken' | 'ignored'>;
}

/** tRPC on the page's own origin; the browser adds the cookie that lets this window in. */
export function sameOriginLine(): Line {
  const url = `${location.origin}/rpc`;
  const client = createTRPCClient<KioskRouter>({
    links: [splitLink({ condition: (operation) => operation.type === 'subscription', true: httpSubscriptionLink({ url }), false: httpLink({ url }) })],
  });
  return {
    listen(listener) {
      const subscription = client.snapshots.subscribe(undefined, {
        onData: (snapshot) => listener.snapshot(snapshot),
        onConnectionStateChange: ({ state, error }) => {
          if (state === 'connecting' && error) listener.broken();
        },
        onError: () => listener.broken(),
        onComplete: () => listener.broken(),
      });
      return () => subscription.unsubscribe();
    },
    choose: (screenId, press) => client.choose.mutate({ ...press, screenId }),
  };
}

/** Where a call for staff waits for the agent: the moment it was made (Unix, ms), and nothing of who made it. */
export interface WaitingCall {
  at: number | null;
}
const WAITING_CALL = 'kazasu.call-staff';
/** Kept over a page that is loaded anew: an agent that was started again has another address. */
export function waitingCallIn(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): WaitingCall {
  return {
    get at() {
      return Number(storage.getItem(WAITING_CALL)) || null;
    },
    set at(at) {
      if (at === null) storage.removeItem(WAITING_CALL);
      else storage.setItem(WAITING_CALL, String(at));
    },
  };
}

/** Screens on which nobody is in the middle of something. */
const AT_REST: ReadonlySet<ScreenName> = new Set(['starting', 'start', 'survey', 'farewell', 'out-of-service']);

type Surroundings = Pick<KioskSnapshot, 'town' | 'site' | 'settings' | 'display' | 'simulated'>;
/** Until the first snapshot says better: the glass the kiosk was drawn for. */
const UNKNOWN_SURROUNDINGS: Surroundings = { town: '', site: '', settings: USUAL_SETTINGS, display: { ppi: 102.6, readerSide: 'below' }, simulated: false };

function drawnByTheWindow(screen: KioskSnapshot['screen'], surroundings: Surroundings): KioskSnapshot {
  const { town, site, settings, display, simulated } = surroundings;
  return {
    revision: 1,
    screenId: 1,
    screen,
    now: new Date().toISOString() as Moment,
    town,
    site,
    printer: 'absent',
    paperEndsSoon: false,
    notices: [],
    emergencies: [],
    staffCall: null,
    settings,
    display,
    simulated,
  };
}

/** A store for React's `useSyncExternalStore`, plus `choose`. */
export class Connection {
  private view: View;
  private readonly line: Line;
  private readonly listeners = new Set<() => void>();
  /** Revisions count within one stream; a new stream may come from a new agent, whose first word is the whole truth. */
  private newestRevision = 0;
  private attempt = 0;
  private hangUp: () => void = () => undefined;
  private patience: ReturnType<typeof setTimeout> | undefined;
  private redial: ReturnType<typeof setTimeout> | undefined;
  private readonly waitingCall: WaitingCall;

  constructor(line: Line, waitingCall: WaitingCall = { at: null }) {
    this.line = line;
    this.waitingCall = waitingCall;
    this.view = { snapshot: drawnByTheWindow({ name: 'starting' }, UNKNOWN_SURROUNDINGS), live: false, callDeferred: waitingCall.at !== null };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly current = (): View => this.view;

  /** Opens the line and keeps it open until `stop`. */
  start(): void {
    this.losePatienceLater();
    this.dial();
  }

  stop(): void {
    this.attempt += 1;
    this.hangUp();
    clearTimeout(this.patience);
    clearTimeout(this.redial);
  }

  /**
   * Sends what was pressed on the screen with `screenId`. @returns when the agent has answered; `ignored` also when it could not
   * be asked: the stream then shows why.
   */
  async choose(screenId: number, press: Press): Promise<'taken' | 'ignored' | 'deferred'> {
    if (!this.view.live) {
      if (press.choice !== 'call-staff') return 'ignored';
      this.waitingCall.at = Date.now();
      this.show({ ...this.view, callDeferred: true });
      return 'deferred';
    }
    try {
      return await this.line.choose(screenId, press);
    } catch {
      return 'ignored';
    }
  }

  private dial(): void {
    this.hangUp();
    const attempt = ++this.attempt;
    const current = () => attempt === this.attempt;
    let heard = false;
    this.newestRevision = 0;
    this.dialAgainIn(SILENCE_MS_MAX);
    this.hangUp = this.line.listen({
      snapshot: (snapshot) => {
        if (!current()) return;
        heard = true;
        clearTimeout(this.redial);
        this.take(snapshot);
      },
      broken: () => {
        if (!current()) return;
        // What this line still has to say comes too late.
        this.attempt += 1;
        this.lost();
        this.dialAgainIn(heard ? REDIAL_FIRST_MS : REDIAL_MS);
      },
    });
  }

  private dialAgainIn(ms: number): void {
    clearTimeout(this.redial);
    this.redial = setTimeout(() => this.dial(), ms);
  }

  private take(snapshot: KioskSnapshot): void {
    if (snapshot.revision < this.newestRevision) return;
    this.newestRevision = snapshot.revision;
    clearTimeout(this.patience);
    this.patience = undefined;
    this.show({ snapshot, live: true, callDeferred: false });
    this.deliverDeferredCall(snapshot.screenId);
  }

  private deliverDeferredCall(screenId: number): void {
    const { at } = this.waitingCall;
    this.waitingCall.at = null;
    if (at !== null && Math.abs(Date.now() - at) <= DEFERRED_CALL_MS_MAX) void this.choose(screenId, { choice: 'call-staff' });
  }

  private lost(): void {
    if (this.view.live) this.show({ ...this.view, live: false });
    this.losePatienceLater();
  }

  private losePatienceLater(): void {
    this.patience ??= setTimeout(() => {
      const { snapshot, callDeferred } = this.view;
      if (snapshot.screen.name === 'out-of-service' && snapshot.screen.trouble === 'agent-unreachable') return;
      const interrupted = !AT_REST.has(snapshot.screen.name);
      const trouble = 'agent-unreachable';
      const screen = { name: 'out-of-service', trouble, number: TROUBLES[trouble].number, interrupted } as const;
      this.show({ snapshot: drawnByTheWindow(screen, snapshot), live: false, callDeferred });
    }, PATIENCE_MS);
  }

  private show(view: View): void {
    this.view = view;
    for (const listener of this.listeners) listener();
  }
}
