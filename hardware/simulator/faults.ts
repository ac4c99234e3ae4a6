/**
 * Named faults of a simulated device. Whoever drives the simulation arms a fault by its name; the simulated device asks, at the very
 * moment the fault would happen, whether it is armed. Must never act by itself: no timers, no chance.
 */

export interface ArmedFault<Name extends string> {
  readonly name: Name;
  /** How many times it will still happen; `'repeatedly'` until it is cleared. */
  readonly times: number | 'repeatedly';
}

export class Faults<Name extends string> {
  readonly names: readonly Name[];
  readonly #once = new Map<Name, number>();
  readonly #repeated = new Set<Name>();

  /** @param names every fault the device knows, so that a misspelt name from outside is refused */
  constructor(names: readonly Name[]) {
    this.names = names;
  }

  /** True when `name` is one of this device's faults; narrows text that came from outside. */
  knows(name: string): name is Name {
    return (this.names as readonly string[]).includes(name);
  }

  /** The fault happens at its next opportunity, once. Armed twice, it happens twice. */
  failNext(name: Name): void {
    this.#refuseUnknown(name);
    this.#once.set(name, (this.#once.get(name) ?? 0) + 1);
  }

  /** The fault happens at every opportunity until it is cleared. */
  failRepeatedly(name: Name): void {
    this.#refuseUnknown(name);
    this.#repeated.add(name);
  }

  /** Disarms one fault, or all of them. */
  clear(name?: Name): void {
    if (name === undefined) {
      this.#once.clear();
      this.#repeated.clear();
    } else {
      this.#refuseUnknown(name);
      this.#once.delete(name);
      this.#repeated.delete(name);
    }
  }

  /**
   * Asked by the simulated device at the moment the fault would happen.
   * @returns true when the fault must happen now; a fault armed for a number of times is then armed once less
   */
  take(name: Name): boolean {
    this.#refuseUnknown(name);
    if (this.#repeated.has(name)) return true;
    const left = this.#once.get(name) ?? 0;
    if (left === 0) return false;
    if (left === 1) this.#once.delete(name);
    else this.#once.set(name, left - 1);
    return true;
  }

  /** True when the fault would happen now, without using it up: for faults that are a state and not an event (paper is out). */
  armed(name: Name): boolean {
    this.#refuseUnknown(name);
    return this.#repeated.has(name) || this.#once.has(name);
  }

  /** Everything that is armed, in the order of `names`. */
  list(): ArmedFault<Name>[] {
    return this.names
      .filter((name) => this.armed(name))
      .map((name) => ({ name, times: this.#repeated.has(name) ? 'repeatedly' : (this.#once.get(name) ?? 0) }));
  }

  #refuseUnknown(name: Name): void {
    if (!this.knows(name)) throw new Error(`Unknown fault "${String(name)}"; known: ${this.names.join(', ')}`);
  }
}
