/** Which amounts are suggested to somebody who may choose any from one on. Pure. */

const ROUND = [5, 2, 1] as const;

/** @returns at most four of 1 to `max`, the largest first: all, half, a round one, the least; none when there is nothing to choose */
export function sensibleAmounts(max: number): number[] {
  if (max <= 4) return Array.from({ length: Math.max(0, max) }, (_, index) => max - index);
  const half = Math.floor(max / 2);
  const round = roundBelow(half);
  return [max, half, ...(round > 1 ? [round] : []), 1];
}

/** The largest of 1, 2, 5, 10, 20, 50 … that is smaller. */
function roundBelow(limit: number): number {
  for (let ten = 10 ** String(limit).length; ten >= 1; ten /= 10) {
    const found = ROUND.find((digit) => digit * ten < limit);
    if (found !== undefined) return found * ten;
  }
  return 0;
}

/** What people call such a part of everything. */
export function partOf(amount: number, max: number): 'all' | 'half' | 'other' {
  if (amount === max) return 'all';
  return amount * 2 === max ? 'half' : 'other';
}
