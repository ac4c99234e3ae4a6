/** What stands on a slip, said: the same facts, in the order of the paper. */
import type { OnPaper } from '../../contract/kiosk.ts';
import type { Moment } from '../../contract/time.ts';
import { amountOf, named, said, worded, type SpokenPart } from './parts.ts';
import { spokenTerms } from './spoken-asking.ts';
import { schemeName, spokenPockets } from './spoken-facts.ts';
import { spokenMove } from './spoken-points.ts';

export function spokenPaper(paper: OnPaper, now: Moment): SpokenPart[] {
  switch (paper.slip) {
    case 'balance':
      return spokenPockets(paper.pockets, now);
    case 'load': {
      const { name, unit, paid, premium, free, balance, lastDay, usableAt } = paper;
      return [
        schemeName(name, unit),
        amountOf(paid + premium + free, unit),
        ...(paid > 0 ? [said('buy.paid-part'), amountOf(paid, unit)] : []),
        ...(premium > 0 ? [said('buy.gift-part'), amountOf(premium, unit)] : []),
        said('loaded.balance'),
        amountOf(balance, unit),
        { kind: 'until', day: lastDay, now },
        named(usableAt, { lead: 'load.usable-at' }),
      ];
    }
    case 'points':
      return spokenMove(paper, now);
    case 'request':
      return [worded(paper.procedure), said('trouble.number'), named(paper.number), ...spokenTerms(paper)];
    case 'incident':
      return [said('undecided.number'), named(paper.number)];
  }
}
