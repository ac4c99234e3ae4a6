/**
 * How much is sent or asked for at once: as much as arrives in time. On a slow line a large portion would be cut off by the time limit
 * again and again; smaller ones get through, and nothing that was acknowledged is sent again.
 */

export function createPortion({ min, max }: { readonly min: number; readonly max: number }) {
  let most = max;
  let size = max;
  return {
    size: (): number => size,
    /** It arrived: the next may be larger. */
    arrived(): void {
      size = Math.min(most, size * 2);
    },
    /** Nothing was heard of this many: the next are half as many, but not fewer than `min`. */
    silent(sent: number): void {
      if (sent > min) size = Math.max(min, Math.ceil(sent / 2));
    },
    /** The other end does not take so many, ever. */
    tooLarge(sent: number): void {
      most = Math.max(1, Math.ceil(sent / 2));
      size = most;
    },
  };
}
