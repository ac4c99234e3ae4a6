/** How a posting names its movement: `posting_id` is 64 times the movement's number in this file, and the posting's place in it, from 0. */

/** A movement has at most so many (`Movement.postings`). Ids that are in files are made with it: it can never be another. */
export const POSTINGS_PER_MOVEMENT = 64;

/** The number of the movement that a posting is of, in SQL. */
export const MOVEMENT_OF_POSTING = `posting_id / ${POSTINGS_PER_MOVEMENT}`;

/** Says in SQL that a posting is of the movement of this number. */
export const isPostingOf = (number: string): string =>
  `posting_id BETWEEN ${POSTINGS_PER_MOVEMENT} * ${number} AND ${POSTINGS_PER_MOVEMENT} * ${number} + ${POSTINGS_PER_MOVEMENT - 1}`;
