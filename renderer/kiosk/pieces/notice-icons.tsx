/** What each kind of notice is drawn as; always with its word. */
import type { NoticeKind } from '../../../contract/notice.ts';
import { Icon } from './icons.tsx';

const DRAWN: Readonly<Record<NoticeKind, string>> = {
  // A person runs to a door.
  shelter: 'M13 3h8v18h-8M13 21V3M17 12h.1M6.500 5.500a1.500 1.500 0 1 1 .1 0M3 11l3-2.500 2.500 1L10 12M6.500 9.500L6 14l2.500 2.500V21M6 14l-3 4',
  // A tied bag.
  garbage: 'M9 7c-4 2.500-5.500 6-5.500 9 0 3 2 5 8.500 5s8.500-2 8.500-5c0-3-1.500-6.500-5.500-9M9 7h6M9 7L7.500 3.500 10 4.500 12 3l2 1.500 2.500-1L15 7',
  // A bowl with steam.
  lunch: 'M3 11.500h18a9 7.500 0 0 1-6 7V21H9v-2.500a9 7.500 0 0 1-6-7M8.500 8.500c-1.500-2 1-3 0-5M12.500 8.500c-1.500-2 1-3 0-5M16.500 8.500c-1.500-2 1-3 0-5',
  // A leaf of a calendar.
  event: 'M4 5.500h16V21H4zM4 10h16M8.500 3v5M15.500 3v5M8 14h3M13.500 14h2.500M8 17.500h3',
  // A board with a clip.
  circular: 'M5 4.500h14V21H5zM9 3h6v3.500H9zM8.500 11h7M8.500 14.500h7M8.500 17.800h4',
  // A loudspeaker.
  notice: 'M4 9.500v5h3.500L16 19V5L7.500 9.500zM19 9a4.500 4.500 0 0 1 0 6M8.500 14.500L10 20',
};

export const NoticeIcon = ({ kind }: { readonly kind: NoticeKind }) => (
  <Icon>
    <path d={DRAWN[kind]} />
  </Icon>
);

/** A triangle with a stroke and a dot: look here at once. */
export const EmergencyIcon = () => (
  <Icon>
    <path d="M12 3L22 20.500H2zM12 9.500v5M12 17.400v.2" />
  </Icon>
);

/** The mark of a 手続スポット, our own drawing: a card held over a form. */
export const SpotIcon = () => (
  <Icon>
    <path d="M5 9V3h10l4 4v14h-7M14.500 3v4.500H19M2.500 12.500h11v7h-11zM2.500 15h11M5 17.300h2.500" />
  </Icon>
);
