/**
 * The network between kiosks and backend: late, lossy, cut, repeating, answering for somebody else. Stands in for `fetch`, below the
 * signing of requests, and delivers to the production backend.
 */
import { constantChance, type Chance } from '../../backend/seed/constant-chance.ts';
import { plainRequest, responseOf, type PlainAnswer, type PlainRequest } from './in-process-request.ts';
import type { Plant } from './plant.ts';
import type { SimulatedBackend } from './simulated-backend.ts';
import type { Rest, SimulatedTime } from './simulated-time.ts';
import type { DeviceName } from './small-town.ts';
import type { Faults, Trace } from './trace.ts';

export type Weather = 'clear' | 'rough' | 'cut';

/** What becomes of one request. */
type Fate = 'arrives' | 'late' | 'lost' | 'reset' | 'repeated' | 'answer-lost' | 'answer-reset' | 'answer-late' | 'gateway';

const ROUGH_FATES: ReadonlyArray<readonly [Fate, number]> = [
  ['arrives', 40], ['late', 14], ['lost', 8], ['reset', 6], ['repeated', 10], ['answer-lost', 8], ['answer-reset', 6], ['answer-late', 4], ['gateway', 4],
];
/** Later than the agent waits for an answer: such a request arrives when newer ones have long been answered. */
const LATE_MS = { from: 500, to: 40_000 } as const;

interface World {
  readonly time: SimulatedTime;
  readonly rest: Rest;
  readonly trace: Trace;
  readonly faults: Faults;
  readonly backend: SimulatedBackend;
  readonly plant: Plant;
}

export class SimulatedNetwork {
  readonly #world: World;
  readonly #device: DeviceName;
  readonly #chance: Chance;
  weather: Weather = 'clear';

  constructor(world: World, device: DeviceName, seed: number) {
    this.#world = world;
    this.#device = device;
    this.#chance = constantChance(seed);
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

  #send(request: PlainRequest, caller: { answer(answer: PlainAnswer): void; fail(code: string): void }): void {
    const { time, trace } = this.#world;
    const fate = this.weather === 'clear' ? 'arrives' : this.weather === 'cut' ? this.#chance.pick(['reset', 'lost'] as const) : this.#chance.weighted(ROUGH_FATES);
    trace.note(`network ${this.#device}`, fate, request.url);
    const onTheWay = 1 + this.#chance.below(40);
    const late = LATE_MS.from + this.#chance.below(LATE_MS.to - LATE_MS.from);
    const answerAfter = 1 + this.#chance.below(40);
    const deliver = (afterMs: number, then: (answer: PlainAnswer | undefined) => void) =>
      void time.after(afterMs, () => {
        if (this.weather === 'cut') caller.fail('ECONNRESET');
        else void this.#world.rest.during(this.#ask(request).then(then, (error: unknown) => this.#world.faults.find(`A request broke the backend: ${String(error)}`)));
      });
    const answerIn = (afterMs: number) => (answer: PlainAnswer | undefined) =>
      void time.after(afterMs, () => (answer && this.weather !== 'cut' ? caller.answer(answer) : caller.fail('ECONNREFUSED')));
    const nobody = () => undefined;

    switch (fate) {
      case 'arrives':
        return deliver(onTheWay, answerIn(answerAfter));
      case 'late':
        return deliver(late, answerIn(answerAfter));
      case 'lost':
        return;
      case 'reset':
        return void time.after(onTheWay, () => caller.fail('ECONNRESET'));
      case 'repeated':
        deliver(onTheWay, answerIn(answerAfter));
        return deliver(late, nobody);
      case 'answer-lost':
        return deliver(onTheWay, nobody);
      case 'answer-reset':
        return deliver(onTheWay, () => void time.after(answerAfter, () => caller.fail('ECONNRESET')));
      case 'answer-late':
        return deliver(onTheWay, answerIn(late));
      case 'gateway':
        return void time.after(onTheWay, () => caller.answer({ status: 502, body: '<html>Bad Gateway</html>' }));
    }
  }

  async #ask(request: PlainRequest): Promise<PlainAnswer | undefined> {
    const { backend, plant, trace } = this.#world;
    let answer = await backend.handle(request);
    if (answer && plant.answer && backend.up) answer = await plant.answer(this.#device, request, answer, backend.database);
    trace.note(`network ${this.#device}`, 'answered', answer ? `${request.method} ${answer.status}` : 'nobody there');
    return answer;
  }
}
