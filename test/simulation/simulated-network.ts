/**
 * The network between a kiosk and the backend: late, lossy, cut, repeating, answering for somebody else. Stands in for `fetch`, below the
 * signing of requests, and delivers to the production backend.
 */
import { constantChance, type Chance } from '../../backend/seed/constant-chance.ts';
import type { FaultKind, Strikes } from './fault-kinds.ts';
import { plainRequest, responseOf, type PlainAnswer, type PlainRequest } from './in-process-request.ts';
import type { Plant } from './plant.ts';
import type { SimulatedBackend } from './simulated-backend.ts';
import type { Rest, SimulatedTime } from './simulated-time.ts';
import type { DeviceName } from './small-town.ts';
import type { Faults, Trace } from './trace.ts';

export type Weather = 'clear' | 'rough' | 'slow' | 'cut';

/** What becomes of one request in rough weather. */
const ROUGH_FATES = [
  'request-late', 'request-lost', 'connection-reset', 'request-repeated', 'answer-lost', 'answer-reset', 'answer-late', 'answer-cut', 'gateway-error', 'wrong-host',
  'back-pressure', 'answer-too-large-refusal', 'half-open',
] as const satisfies readonly FaultKind[];
export type RoughFate = (typeof ROUGH_FATES)[number];

/** Share of requests that rough weather leaves alone, in percent. */
const LEFT_ALONE = 40;
/** Later than the agent waits for an answer: such a request arrives when newer ones have long been answered. */
const LATE_MS = { from: 500, to: 40_000 } as const;
const SLOW_MS = { from: 2_000, to: 9_000 } as const;
const RECORDED_MAX = 30;

const refusal = (status: number, what: string): PlainAnswer => ({ status, body: JSON.stringify({ what, message: 'いまは受け付けられません。Please try again later.' }) });
const ELSEWHERES: readonly PlainAnswer[] = [
  { status: 200, body: '<html><title>Free Wi-Fi</title></html>' },
  { status: 200, body: '{"status":"ok","version":"2.1"}' },
  { status: 200, body: '' },
  { status: 404, body: '{"error":"no such host"}' },
];

interface World {
  readonly time: SimulatedTime;
  readonly rest: Rest;
  readonly trace: Trace;
  readonly faults: Faults;
  readonly strikes: Strikes;
  readonly backend: SimulatedBackend;
  readonly plant: Plant;
  /** Fates that this run knows. */
  readonly fates: ReadonlySet<FaultKind>;
}

interface Caller {
  answer(answer: PlainAnswer): void;
  fail(code: string): void;
}

interface Recorded {
  readonly request: PlainRequest;
  /** Which backend has done what it asks for, by how often it had been put back: one that was put back since knows nothing of it, and does it once more. */
  servedBy: number | undefined;
}

export class SimulatedNetwork {
  readonly #world: World;
  readonly #device: DeviceName;
  readonly #chance: Chance;
  readonly #fates: readonly RoughFate[];
  readonly #recorded: Recorded[] = [];
  weather: Weather = 'clear';
  /** Requests that have been sent and not arrived yet. */
  onTheWay = 0;

  constructor(world: World, device: DeviceName, seed: number) {
    this.#world = world;
    this.#device = device;
    this.#chance = constantChance(seed);
    this.#fates = ROUGH_FATES.filter((fate) => world.fates.has(fate));
  }

  /** A `fetch` for one run of the device. @param alive false when that run is over: nothing may reach it any more */
  fetchFor(alive: () => boolean): (url: string, init: RequestInit) => Promise<Response> {
    const { rest } = this.#world;
    return (url, init) =>
      new Promise((resolve, reject) => {
        // From here on the request waits for simulated time, not for another thread.
        rest.end();
        if (!alive()) return;
        let over = false;
        const finish = (end: () => void) => {
          if (over || !alive()) return;
          over = true;
          rest.begin();
          end();
        };
        init.signal?.addEventListener('abort', () => finish(() => reject(new DOMException('This operation was aborted', 'AbortError'))));
        this.#send(plainRequest(url, init), {
          answer: (answer) => finish(() => resolve(responseOf(answer))),
          fail: (code) => finish(() => reject(new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) }))),
        });
      });
  }

  /** Somebody who listened sends one of the last requests again. @returns false when there was none */
  replayRecorded(): boolean {
    if (this.#recorded.length === 0 || !this.#world.backend.up) return false;
    const recorded = this.#chance.pick(this.#recorded);
    const { servedBy } = recorded;
    this.#world.trace.note(`network ${this.#device}`, 'recorded and sent again', recorded.request.url);
    this.#deliver(recorded, 1, (answer) => {
      if (servedBy === this.#world.backend.restorations && answer?.status === 200) this.#world.faults.find('A recorded request was served a second time');
    });
    return true;
  }

  #send(request: PlainRequest, caller: Caller): void {
    const { time, trace, strikes } = this.#world;
    const fate = this.#fateOf();
    trace.note(`network ${this.#device}`, fate, request.url);
    const recorded: Recorded = { request, servedBy: undefined };
    this.#recorded.push(recorded);
    if (this.#recorded.length > RECORDED_MAX) this.#recorded.shift();
    const soon = 1 + this.#chance.below(40);
    const answerAfter = 1 + this.#chance.below(40);
    const within = ({ from, to }: { readonly from: number; readonly to: number }) => from + this.#chance.below(to - from);
    const late = within(LATE_MS);
    const slow = within(SLOW_MS);
    const answerIn = (afterMs: number, changed: (answer: PlainAnswer) => PlainAnswer = (answer) => answer) => (answer: PlainAnswer | undefined) =>
      void time.after(afterMs, () => (answer && this.weather !== 'cut' ? caller.answer(changed(answer)) : caller.fail('ECONNREFUSED')));
    const instead = (answer: PlainAnswer) => void time.after(soon, () => caller.answer(answer));
    const deliver = (afterMs: number, then: (answer: PlainAnswer | undefined) => void) =>
      this.#deliver(recorded, afterMs, then, () => caller.fail('ECONNRESET'));
    const nobody = () => undefined;

    if (fate !== 'arrives' && fate !== 'cut') strikes.add(fate);
    switch (fate) {
      case 'arrives':
        return deliver(soon, answerIn(answerAfter));
      case 'slow-link':
        return deliver(slow, answerIn(slow));
      case 'cut':
        return this.#chance.percent(50) ? undefined : void time.after(soon, () => caller.fail('ECONNRESET'));
      case 'request-late':
        return deliver(late, answerIn(answerAfter));
      case 'request-lost':
      case 'half-open':
        return;
      case 'connection-reset':
        return void time.after(soon, () => caller.fail('ECONNRESET'));
      case 'request-repeated':
        deliver(soon, answerIn(answerAfter));
        return deliver(late, nobody);
      case 'answer-lost':
        return deliver(soon, nobody);
      case 'answer-reset':
        return deliver(soon, () => void time.after(answerAfter, () => caller.fail('ECONNRESET')));
      case 'answer-late':
        return deliver(soon, answerIn(late));
      case 'answer-cut':
        return deliver(soon, answerIn(answerAfter, (answer) => ({ ...answer, cutAt: Math.floor(answer.body.length / 2) })));
      case 'gateway-error':
        return instead({ status: this.#chance.pick([502, 504] as const), body: '<html>Bad Gateway</html>' });
      case 'wrong-host':
        return instead(this.#chance.pick(ELSEWHERES));
      case 'back-pressure':
        return instead(refusal(503, 'unavailable'));
      case 'answer-too-large-refusal':
        return instead(refusal(413, 'too-large'));
    }
  }

  #fateOf(): RoughFate | 'arrives' | 'slow-link' | 'cut' {
    switch (this.weather) {
      case 'clear':
        return 'arrives';
      case 'slow':
        return 'slow-link';
      case 'cut':
        return 'cut';
      case 'rough':
        return this.#fates.length === 0 || this.#chance.percent(LEFT_ALONE) ? 'arrives' : this.#chance.pick(this.#fates);
    }
  }

  #deliver(recorded: Recorded, afterMs: number, then: (answer: PlainAnswer | undefined) => void, whenCut: () => void = () => undefined): void {
    const { time, rest, faults } = this.#world;
    this.onTheWay += 1;
    time.after(afterMs, () => {
      this.onTheWay -= 1;
      if (this.weather === 'cut') whenCut();
      else void rest.during(this.#ask(recorded).then(then, (error: unknown) => faults.find(`A request broke the backend: ${String(error)}`)));
    });
  }

  async #ask(recorded: Recorded): Promise<PlainAnswer | undefined> {
    const { backend, plant, trace } = this.#world;
    const { request } = recorded;
    let answer = (await plant.instead?.(this.#device, request)) ?? (await backend.handle(request));
    if (answer && plant.answer && backend.up) answer = await plant.answer(this.#device, request, answer, backend.database);
    if (answer?.status === 200) recorded.servedBy = backend.restorations;
    trace.note(`network ${this.#device}`, 'answered', answer ? `${request.method} ${answer.status}` : 'nobody there');
    return answer;
  }
}
