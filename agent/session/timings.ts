/**
 * How long the session waits, in milliseconds. No screen on which something is to be read or chosen ends under a minute, and while the card lies
 * there it warns half a minute before. Who took the card is not asked: what they did is done.
 */
export const SESSION_TIMINGS = {
  /** Nobody pressed anything. With the card on the reader they are asked; without it they have gone. */
  untilAsked: 60_000,
  /** From the question "are you still there" to the end. */
  untilEnded: 30_000,
  /** Nobody pressed anything that the agent hears of while digits are entered: fourteen of them, read off a card, take their time. */
  untilAskedWhileEntering: 180_000,
  /** How long 「もう一度、同じカードを置いてください」 waits. */
  untilCardReturns: 60_000,
  /** How long somebody has to put the card back, or to print the number, of whom nobody knows whether it happened. */
  untilUndecidedEnds: 120_000,
  /** How long a sentence stays after the card it speaks of was taken. */
  afterUnusableCardTaken: 6_000,
  /** How long a code that cannot be served counts as there. Nobody sees that it goes, and the sentence is to be read to its end. */
  untilCodeForgotten: 60_000,
  /** How long the five faces wait for an answer that nobody owes: with the card on the reader, and once it is gone. */
  surveyBesideCard: 60_000,
  surveyAfterCard: 15_000,
  /** How long the farewell stays once the card is gone. */
  farewell: 4_000,
  /** Somebody chose how to read, put down no card and left. */
  untilSettingsForgotten: 60_000,
  /** How long a call for staff stays on the screen. */
  staffCall: 180_000,
  /** A full snapshot at least this often, so that a window that missed one puts itself right. */
  periodicSnapshot: 10_000,
} as const;
