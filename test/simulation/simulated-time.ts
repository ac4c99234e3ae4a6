/**
 * Time and quiet of the simulated world. Timers run one after another, and after each of them everything that was set off comes to
 * rest before anything else happens; that is what makes a run the same every time, although signatures are made on other threads.
 */
import type { Clock } from '../../agent/ports.ts';

/** Saturday morning in the town. */
export const BEGINNING = Date.parse('2026-11-21T01:05:00.000Z');
/** Turns of the event loop without work under way after which nothing more can come by itself. */
const QUIET_TURNS = 2;
/** Real time after which work that does not end is a fault of the simulation. */
const REST_LIMIT_MS = 20_000;

/** Counts work that other threads do, so that the simulation can wait for it without guessing. */
export class Rest {
  #underway = 0;
  #onIdle: (() => void) | undefined;

  begin(): void {
    this.#underway += 1;
  }
  end(): void {
    this.#underway -= 1;
    if (this.#underway < 0) throw new Error('More work ended than had begun');
    if (this.#underway === 0) this.#onIdle?.();
  }
  async during<T>(work: Promise<T>): Promise<T> {
    this.begin();
    try {
      return await work;
    } finally {
      this.end();
    }
  }
  /** Until nothing is under way any more. */
  async come(): Promise<void> {
    for (let quiet = 0; quiet < QUIET_TURNS; quiet = this.#underway === 0 ? quiet + 1 : 0) {
      // Asleep: looking again at every turn of the event loop would take a processor from the threads that are waited for.
      if (this.#underway > 0) await this.#idle();
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  #idle(): Promise<void> {
    if (this.#onIdle) throw new Error('Only one waits for rest at a time');
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`${this.#underway} pieces of work never ended`)), REST_LIMIT_MS);
      this.#onIdle = () => {
        this.#onIdle = undefined;
        clearTimeout(limit);
        resolve();
      };
    });
  }
}

interface Timer {
  readonly due: number;
  readonly task: () => void;
}

export class SimulatedTime {
  readonly #rest: Rest;
  readonly #timers = new Map<number, Timer>();
  #elapsed = 0;
  #made = 0;

  constructor(rest: Rest) {
    this.#rest = rest;
  }

  /** What a right clock shows: milliseconds since 1970-01-01T00:00:00Z. */
  now(): number {
    return BEGINNING + this.#elapsed;
  }
  elapsed(): number {
    return this.#elapsed;
  }

  after(ms: number, task: () => void): () => void {
    this.#made += 1;
    const id = this.#made;
    this.#timers.set(id, { due: this.#elapsed + Math.max(0, ms), task });
    return () => this.#timers.delete(id);
  }

  /** Moves time on and runs what falls due. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    await this.#rest.come();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      const [id, timer] = next;
      this.#timers.delete(id);
      this.#elapsed = Math.max(this.#elapsed, timer.due);
      timer.task();
      await this.#rest.come();
    }
    this.#elapsed = end;
  }

  /** Time passes while every machine sleeps: what fell due runs late, once. */
  async sleep(ms: number): Promise<void> {
    await this.#rest.come();
    this.#elapsed += ms;
    await this.advance(0);
  }

  #next(end: number): readonly [number, Timer] | undefined {
    let first: readonly [number, Timer] | undefined;
    for (const entry of this.#timers) {
      if (entry[1].due <= end && (!first || entry[1].due < first[1].due)) first = entry;
    }
    return first;
  }
}

/** The clock of one run of one device: may be wrong, and dies with the run. */
export class DeviceClock implements Clock {
  readonly #time: SimulatedTime;
  readonly #startedAt: number;
  readonly #error: () => number;
  readonly #cancels = new Set<() => void>();
  #dead = false;

  /** @param error milliseconds by which the device's clock is ahead, asked each time */
  constructor(time: SimulatedTime, error: () => number) {
    this.#time = time;
    this.#error = error;
    this.#startedAt = time.elapsed();
  }

  now(): number {
    return this.#time.now() + this.#error();
  }
  monotonic(): number {
    return this.#time.elapsed() - this.#startedAt;
  }
  after(ms: number, task: () => void): () => void {
    if (this.#dead) return () => undefined;
    const cancel = this.#time.after(ms, () => {
      this.#cancels.delete(forget);
      task();
    });
    const forget = () => {
      this.#cancels.delete(forget);
      cancel();
    };
    this.#cancels.add(forget);
    return forget;
  }
  /** Timers that still wait. */
  waiting(): number {
    return this.#cancels.size;
  }
  die(): void {
    this.#dead = true;
    for (const cancel of [...this.#cancels]) cancel();
  }
}

/** How wrong a clock is: by a fixed time, and by more the longer it runs. */
export class DeviceClockError {
  readonly #time: SimulatedTime;
  #base = 0;
  #since = 0;
  /** Milliseconds that it goes wrong in each; below -1 it runs backwards. */
  #drift = 0;

  constructor(time: SimulatedTime) {
    this.#time = time;
  }

  ms(): number {
    return this.#base + Math.trunc(this.#drift * (this.#time.elapsed() - this.#since));
  }
  set(ms: number, drift = 0): void {
    this.#base = ms;
    this.#drift = drift;
    this.#since = this.#time.elapsed();
  }
}
