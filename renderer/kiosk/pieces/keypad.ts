/** Ten digits on a keypad, in their usual order or in one that nobody can follow from the movement of a hand. */

export const USUAL_ORDER: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0];

/** @param below gives a number from 0, smaller than its argument, each as likely as the other */
export function shuffledOrder(below: (limit: number) => number): readonly number[] {
  const order = [...USUAL_ORDER];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = below(last + 1);
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}

/** From the browser's unpredictable bytes; those that would make some numbers likelier are thrown away. */
export function unpredictableBelow(limit: number): number {
  const fair = 256 - (256 % limit);
  const byte = new Uint8Array(1);
  do crypto.getRandomValues(byte);
  while ((byte[0] ?? 0) >= fair);
  return (byte[0] ?? 0) % limit;
}

/** What has to be entered, one number after the other; each has so many digits. */
export interface Entry {
  readonly digits: readonly number[];
  readonly part: number;
}
export const EMPTY_ENTRY: Entry = { digits: [], part: 0 };

const startOf = (lengths: readonly number[], part: number): number => lengths.slice(0, part).reduce((sum, length) => sum + length, 0);

/** How many digits the current number has by now. */
export function enteredOf({ digits, part }: Entry, lengths: readonly number[]): number {
  return digits.length - startOf(lengths, part);
}

export function isFull(entry: Entry, lengths: readonly number[]): boolean {
  return enteredOf(entry, lengths) === lengths[entry.part];
}

/** One digit more, unless the number is whole. */
export function withDigit(entry: Entry, digit: number, lengths: readonly number[]): Entry {
  return isFull(entry, lengths) ? entry : { ...entry, digits: [...entry.digits, digit] };
}

/** One digit less; at the beginning of a number, back to the one before it. */
export function erased(entry: Entry, lengths: readonly number[]): Entry {
  const { digits, part } = entry;
  if (enteredOf(entry, lengths) === 0) return { digits, part: Math.max(0, part - 1) };
  return { digits: digits.slice(0, -1), part };
}
