/** What does not fit the glass is turned like the pages of a book, one button, to the last page and from there to the first. Nothing scrolls. */
import { useState, type ReactNode } from 'react';
import { useKiosk } from '../kiosk-context.ts';
import { BigButton } from './big-button.tsx';
import { BackIcon, MoreIcon } from './icons.tsx';

export interface Turning {
  readonly page: number;
  readonly pages: number;
  readonly last: boolean;
  /** The last page has been on the glass. */
  readonly seenAll: boolean;
  turn(): void;
}

/** @param pages how many there are now: fewer after the text was made smaller, more after it was made larger */
export function useTurning(pages: number): Turning {
  const [turned, setTurned] = useState(0);
  const [seen, setSeen] = useState(false);
  const page = Math.max(0, Math.min(turned, pages - 1));
  const last = page >= pages - 1;
  const turn = () => {
    const next = last ? 0 : page + 1;
    setTurned(next);
    if (next === pages - 1) setSeen(true);
  };
  return { page, pages, last, seenAll: seen || pages <= 1, turn };
}

interface TurnButtonProps {
  readonly turning: Turning;
  /** What is turned: pages to read, or choices. */
  readonly of?: 'pages' | 'choices';
  readonly about?: string;
  readonly wanted?: boolean;
}

/** Nothing while everything fits. */
export function TurnButton({ turning: { pages, last, turn }, of = 'pages', about, wanted = false }: TurnButtonProps) {
  const { spell } = useKiosk();
  if (pages <= 1) return null;
  const label = of === 'pages' ? (last ? 'button.first-page' : 'button.next-page') : last ? 'button.first-choices' : 'button.next-four';
  return <BigButton look={wanted ? 'wanted' : 'choice'} icon={last ? <BackIcon /> : <MoreIcon />} label={spell(label)} {...(about === undefined ? {} : { about })} onPress={turn} />;
}

/** The part of a list that is on the glass, and the button that turns it. */
export function usePart<One>(all: readonly One[], perPage: number, of: 'pages' | 'choices' = 'pages'): { readonly shown: readonly One[]; readonly first: number; readonly pages: number; readonly turn: ReactNode } {
  const { spell } = useKiosk();
  const turning = useTurning(Math.ceil(all.length / perPage));
  const first = turning.page * perPage;
  const shown = all.slice(first, first + perPage);
  const about = spell('balance.shown', { first: first + 1, last: first + shown.length, count: all.length });
  return { shown, first, pages: turning.pages, turn: <TurnButton turning={turning} of={of} about={about} /> };
}
