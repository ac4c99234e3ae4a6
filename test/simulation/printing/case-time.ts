/**
 * Time of one case. While it runs, the global timers are its own: driver and virtual printer use those, and seconds of waiting cost
 * nothing. After each timer everything that it set off comes to rest before the next. Must give the real timers back whatever happens.
 */

interface Timer {
  readonly id: number;
  readonly task: () => void;
  /** Of an interval, its milliseconds. */
  readonly every: number | undefined;
  due: number;
}

/** What the globals return: enough of a Timeout for code that only keeps it, clears it or lets it go. */
interface Handle {
  readonly id: number;
  unref(): Handle;
  ref(): Handle;
}

type Globals = Pick<typeof globalThis, 'setTimeout' | 'setInterval' | 'clearTimeout' | 'clearInterval'>;
const turn = globalThis.setImmediate;

export class CaseTime {
  /** Those that wait, the next one last. */
  readonly #timers: Timer[] = [];
  #now = 0;
  #made = 0;

  /** Milliseconds since the case began. */
  now(): number {
    return this.#now;
  }

  /** Runs `work` with this time in the place of the world's. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
    const clear = (handle: Handle | undefined): void => this.#clear(handle?.id);
    const replaced = {
      setTimeout: (task: (...words: unknown[]) => void, ms = 0, ...words: unknown[]) => this.#add(() => task(...words), ms, undefined),
      setInterval: (task: () => void, ms = 0) => this.#add(task, ms, Math.max(1, ms)),
      clearTimeout: clear,
      clearInterval: clear,
    };
    Object.assign(globalThis, replaced as unknown as Globals);
    try {
      return await work();
    } finally {
      Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval });
    }
  }

  /** Lets time pass until `condition` holds. @returns false when it does not within `limitMs` */
  async until(condition: () => boolean, limitMs: number): Promise<boolean> {
    const end = this.#now + limitMs;
    await quiet();
    while (!condition()) {
      const next = this.#timers.at(-1);
      if (!next || next.due > end) {
        this.#now = end;
        return false;
      }
      this.#now = next.due;
      if (next.every === undefined) {
        this.#timers.pop();
      } else {
        this.#timers.pop();
        next.due += next.every;
        this.#put(next);
      }
      next.task();
      await quiet();
    }
    return true;
  }

  async pass(ms: number): Promise<void> {
    await this.until(() => false, ms);
  }

  #add(task: () => void, ms: number, every: number | undefined): Handle {
    this.#made += 1;
    const id = this.#made;
    this.#put({ id, task, every, due: this.#now + Math.max(0, ms) });
    const handle: Handle = {
      id,
      // What does not keep a process alive only looks after something; whoever simulates says himself when it changed.
      unref: () => {
        this.#clear(id);
        return handle;
      },
      ref: () => handle,
    };
    return handle;
  }

  /** Timers that fall due together run in the order in which they were made. */
  #put(timer: Timer): void {
    let at = this.#timers.length;
    while (at > 0 && (this.#timers[at - 1]?.due ?? 0) <= timer.due) at -= 1;
    this.#timers.splice(at, 0, timer);
  }

  #clear(id: number | undefined): void {
    const at = this.#timers.findIndex((timer) => timer.id === id);
    if (at >= 0) this.#timers.splice(at, 1);
  }
}

/** Until nothing goes on by itself: promises that follow each other take one turn of the event loop, however many they are. */
const quiet = (): Promise<void> => new Promise((resolve) => turn(() => resolve()));
