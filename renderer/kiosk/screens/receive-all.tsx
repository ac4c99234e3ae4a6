/** Everything that has come at once: what it is, before it is received and after. More than fits is turned like pages. */
import { useState, type ReactNode } from 'react';
import type { PocketView, Screen } from '../../../contract/kiosk.ts';
import { pocketsPerPage } from '../glass.ts';
import { useKiosk } from '../kiosk-context.ts';
import { PocketCard } from '../pieces/amounts.tsx';
import { BigButton, ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { BackIcon, DoneIcon, MoreIcon, SlipIcon } from '../pieces/icons.tsx';
import { Lines, Title } from '../pieces/words.tsx';
import { BackAndStop } from './points.tsx';

type On<N extends Screen['name']> = { readonly screen: Extract<Screen, { name: N }> };

/** A page of them, and the button that turns it. @param less room that something else takes */
function usePages(all: readonly PocketView[], less = 0): { readonly list: ReactNode; readonly turn: ReactNode } {
  const { spell, glass, settings } = useKiosk();
  const [turned, setTurned] = useState(0);
  const perPage = Math.max(1, pocketsPerPage(glass, settings.text) - less);
  const pages = Math.max(1, Math.ceil(all.length / perPage));
  const page = turned % pages;
  const first = page * perPage;
  const shown = all.slice(first, first + perPage);
  const lastPage = page === pages - 1;
  const list = (
    <ul className="pockets">
      {shown.map((coming, index) => (
        <PocketCard key={first + index} pocket={coming} />
      ))}
    </ul>
  );
  if (pages === 1) return { list, turn: null };
  const turn = (
    <BigButton
      look="choice"
      icon={lastPage ? <BackIcon /> : <MoreIcon />}
      label={spell(lastPage ? 'button.first-page' : 'button.next-page')}
      about={spell('balance.shown', { first: first + 1, last: first + shown.length, count: all.length })}
      onPress={() => setTurned(page + 1)}
    />
  );
  return { list, turn };
}

export function ReceiveAllScreen({ screen: { offers, usableAt } }: On<'receive-all'>) {
  const { spell } = useKiosk();
  const { list, turn } = usePages(offers);
  return (
    <Frame layout="two" bar={<BackAndStop />}>
      <div className="words top">
        <Title text={spell('receive-all.title')} />
        {list}
      </div>
      <div className="aside choices">
        <ChoiceButton choice="confirm" look="wanted" icon={<DoneIcon />} label={spell('button.add-all')} about={<span className="detail"><Lines text={spell('load.free')} /></span>} />
        <ChoiceButton choice="decline" look="choice" label={spell('button.decline')} about={<span className="detail"><Lines text={spell('points.nothing-changes')} /></span>} />
        {turn}
        {usableAt !== null && (
          <p className="usable">
            <b><Lines text={spell('load.usable-at')} /></b> <span lang="ja">{usableAt}</span>
          </p>
        )}
      </div>
    </Frame>
  );
}

export function ReceivedAllScreen({ screen: { received, left, stopped } }: On<'received-all'>) {
  const { spell, snapshot } = useKiosk();
  const { list, turn } = usePages(received, stopped === null ? 0 : 1);
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className="words top">
        <div className="done">
          <DoneIcon />
          <Title text={spell('received-all.title')} />
        </div>
        {list}
        {stopped !== null && (
          <p className="why-not">
            <b><Lines text={spell('received-all.left', { count: left })} /></b>
            <span className="detail block"><Lines text={spell(`received-all.${stopped}`)} /></span>
          </p>
        )}
      </div>
      <div className="aside choices">
        {snapshot.printer === 'ready' ? (
          <ChoiceButton choice="print" look="wanted" icon={<SlipIcon />} label={spell('button.print')} about={spell('balance.print-about')} />
        ) : (
          <p className="why-not"><Lines text={spell(`paper.${snapshot.printer}`)} /></p>
        )}
        <ChoiceButton choice="continue" look="choice" icon={<BackIcon />} label={spell('button.continue')} about={<span className="detail"><Lines text={spell('continue.about')} /></span>} />
        {turn}
      </div>
    </Frame>
  );
}
