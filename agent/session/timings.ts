/** How long the session waits, in milliseconds. No screen ends under a minute while the card lies there, and it warns first. */
export const SESSION_TIMINGS = {
  /** Nobody pressed anything while the card lies on the reader. */
  untilAsked: 60_000,
  /** From the question "are you still there" to the end. */
  untilEnded: 30_000,
  /** The card was taken and nothing was pressed: the person has gone. */
  afterCardTaken: 30_000,
  /** How long 「もう一度、同じカードを置いてください」 waits. */
  untilCardReturns: 60_000,
  /** How long somebody has to put the card back, or to print the number, of whom nobody knows whether it happened. */
  untilUndecidedEnds: 120_000,
  /** How long a sentence stays after the card it speaks of was taken. */
  afterUnusableCardTaken: 6_000,
  /** How long a code that cannot be served counts as there. Nobody sees that it goes, and the sentence is to be read to its end. */
  untilCodeForgotten: 60_000,
  /** How long the farewell stays once the card is gone. */
  farewell: 4_000,
  /** How long a call for staff stays on the screen. */
  staffCall: 180_000,
  /** A full snapshot at least this often, so that a window that missed one puts itself right. */
  periodicSnapshot: 10_000,
} as const;
