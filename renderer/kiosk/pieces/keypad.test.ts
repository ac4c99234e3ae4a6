import { describe, expect, it } from 'vitest';
import { EMPTY_ENTRY, enteredOf, erased, isFull, shuffledOrder, unpredictableBelow, USUAL_ORDER, withDigit, type Entry } from './keypad.ts';

const PIN = [4];
const PRINTED = [6, 4, 4];
const entered = (digits: string, lengths: readonly number[], from: Entry = EMPTY_ENTRY): Entry => [...digits].reduce((entry, digit) => withDigit(entry, Number(digit), lengths), from);

describe('an entry', () => {
  it('takes as many digits as it needs and no more', () => {
    const entry = entered('123456', PIN);
    expect(entry.digits).toEqual([1, 2, 3, 4]);
    expect(isFull(entry, PIN)).toBe(true);
    expect(isFull(entered('123', PIN), PIN)).toBe(false);
  });

  it('loses its last digit, and nothing when there is none', () => {
    expect(erased(entered('12', PIN), PIN).digits).toEqual([1]);
    expect(erased(EMPTY_ENTRY, PIN)).toEqual(EMPTY_ENTRY);
  });

  it('of several numbers goes from one to the next, and back by erasing', () => {
    const first = entered('2501039', PRINTED);
    expect(first.digits).toEqual([2, 5, 0, 1, 0, 3]);
    const second = entered('20', PRINTED, { ...first, part: 1 });
    expect(enteredOf(second, PRINTED)).toBe(2);
    const back = [1, 2, 3].reduce((entry) => erased(entry, PRINTED), second);
    expect(back).toEqual({ digits: [2, 5, 0, 1, 0, 3], part: 0 });
    expect(isFull(back, PRINTED)).toBe(true);
  });
});

describe('the order of the keys', () => {
  it('has each digit once, however it is mixed', () => {
    expect([...shuffledOrder(unpredictableBelow)].sort()).toEqual([...USUAL_ORDER].sort());
    expect(shuffledOrder((limit) => limit - 1)).toEqual(USUAL_ORDER);
  });

  it('puts each digit in each place equally often', () => {
    const first = new Map<number, number>();
    for (let time = 0; time < 5_000; time += 1) {
      const [digit = -1] = shuffledOrder(unpredictableBelow);
      first.set(digit, (first.get(digit) ?? 0) + 1);
    }
    // 500 each are expected; six standard deviations either side.
    for (const digit of USUAL_ORDER) expect(Math.abs((first.get(digit) ?? 0) - 500)).toBeLessThan(128);
  });
});
