/** What is said of the screens on which a My Number card is linked. */
import type { Screen, ScreenName } from '../../contract/kiosk.ts';
import type { OwnCard } from '../../contract/link-screens.ts';
import { LINK_FACTS } from '../kiosk/screens/link-words.ts';
import { said, type SpokenPart } from './parts.ts';
import { spokenChoices } from './spoken-facts.ts';

type On<N extends ScreenName> = Extract<Screen, { name: N }>;

const WANTED = { there: [], wanted: [said('link.own-card')], 'no-reader': [said('link.no-reader')] } as const;
const aboutOwnCard = (ownCard: OwnCard): SpokenPart[] => [...WANTED[ownCard], ...spokenChoices(ownCard === 'there' ? ['button.continue'] : [], ['button.finish'])];

export const LINK_PARTS = {
  'link-about': () => [said('link.title'), ...LINK_FACTS.flat().map((key) => said(key)), ...spokenChoices(['button.agree-link', 'button.do-not-link'], ['button.back', 'button.stop'])],
  'link-asking': () => [said('link.asking'), said('starting.wait')],
  'link-done': ({ ownCard }: On<'link-done'>) => [said('link.done'), said('link.done-about'), said('link.end'), said('link.end-about'), ...aboutOwnCard(ownCard)],
  'link-not-done': ({ why, ownCard }: On<'link-not-done'>) => [said('safe.nothing-changed'), said(`link.${why}`), said(`link.${why}-about`), ...aboutOwnCard(ownCard)],
  'link-not-known': () => [said('safe.money'), said('link.not-known'), said('link.not-known-about'), said('link.again-about'), ...spokenChoices(['button.ask-town-again'], ['button.finish'])],
} as const satisfies Partial<{ readonly [N in ScreenName]: (screen: On<N>) => SpokenPart[] }>;
