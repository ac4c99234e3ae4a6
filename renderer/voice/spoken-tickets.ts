/** What is said of the screens on which tickets come out of a card as paper. */
import type { KioskSnapshot, Screen, ScreenName } from '../../contract/kiosk.ts';
import { amountOf, named, said, type SpokenPart } from './parts.ts';
import { spokenChoices } from './spoken-facts.ts';

type On<N extends ScreenName> = Extract<Screen, { name: N }>;
type PaperScreen = 'paper-amount' | 'paper-confirm' | 'paper-out' | 'paper-kept';

const BACK = ['button.back', 'button.stop'] as const;
const tickets = (name: string, count: number): SpokenPart[] => [named(name, { otherwise: 'voice.kind-ticket' }), amountOf(count, 'ticket')];

export const PAPER_PARTS: { readonly [N in PaperScreen]: (screen: On<N>, around: Omit<KioskSnapshot, 'screen'>) => SpokenPart[] } = {
  'paper-amount': ({ from, suggested }) => [said('paper.how-many'), said('points.have'), ...tickets(from.name, from.tickets), ...suggested.map((count) => amountOf(count, 'ticket')), ...spokenChoices([], BACK)],
  'paper-confirm': ({ scheme, tickets: count, after, lastDay }, { now }) => [
    said('paper.title'),
    ...tickets(scheme, count),
    { kind: 'until', day: lastDay, now },
    said('paper.leaves'),
    said('paper.look-after'),
    said('paper.left'),
    amountOf(after, 'ticket'),
    said('points.nothing-changes'),
    ...spokenChoices(['button.do-not-paper', 'button.paper'], BACK),
  ],
  'paper-out': ({ scheme, tickets: count, left, lastDay, usableAt, weakProof }, { now }) => [
    said('paper-out.title'),
    ...tickets(scheme, count),
    said(weakProof ? 'printed.weak-proof' : 'paper-out.hand'),
    said('paper.look-after'),
    { kind: 'until', day: lastDay, now },
    named(usableAt, { lead: 'load.usable-at' }),
    said('paper.left'),
    amountOf(left, 'ticket'),
    ...spokenChoices(['button.continue'], ['button.finish']),
  ],
  'paper-kept': ({ scheme, tickets: count, slip, mayBeThere, trouble }) => [
    said('paper-kept.safe'),
    said('paper-kept.safe-about'),
    said('paper-kept.title'),
    ...tickets(scheme, count),
    ...(mayBeThere ? [said('paper-kept.maybe')] : []),
    said('paper-kept.number'),
    named(slip),
    said('paper-kept.tell'),
    ...(trouble ? [said('paper-kept.printer'), { kind: 'number', number: trouble.number } as const] : []),
    ...spokenChoices(['button.continue'], ['button.finish']),
  ],
};
