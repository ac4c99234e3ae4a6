import { expect, it } from 'vitest';
import { SESSION_TIMINGS } from './timings.ts';

const { untilAsked, untilEnded, untilCardReturns, untilCodeForgotten, surveyBesideCard, surveyAfterCard } = SESSION_TIMINGS;

it('ends no screen on which somebody reads or chooses within a minute', () => {
  for (const wait of [untilAsked, untilCardReturns, untilCodeForgotten, surveyBesideCard]) expect(wait).toBeGreaterThanOrEqual(60_000);
});

it('warns half a minute before the end, which leaves longer than the twenty seconds of WCAG 2.2.1 to ask for more time', () => {
  expect(untilEnded).toBe(30_000);
});

it('does not keep the next person waiting for an answer that nobody owes', () => {
  expect(surveyAfterCard).toBeLessThanOrEqual(15_000);
});
