/** Everything that has come at once: what it is, before it is received and after. More than fits is turned like pages. */
import type { ReactNode } from 'react';
import type { PocketView, Screen } from '../../../contract/kiosk.ts';
import { pocketsPerPage } from '../glass.ts';
import { useKiosk } from '../kiosk-context.ts';
import { PocketCard } from '../pieces/amounts.tsx';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { DoneIcon } from '../pieces/icons.tsx';
import { usePart } from '../pieces/turning.tsx';
import { BackBar, ContinueButton, PrintOrWhyNot } from '../pieces/usual-buttons.tsx';
import { Lines, Title } from '../pieces/words.tsx';

type On<N extends Screen['name']> = { readonly screen: Extract<Screen, { name: N }> };

/** A page of them, and the button that turns it. @param less room that something else takes */
function usePockets(all: readonly PocketView[], less = 0): { readonly list: ReactNode; readonly turn: ReactNode } {
  const { glass, settings } = useKiosk();
  const { shown, first, turn } = usePart(all, Math.max(1, pocketsPerPage(glass, settings.text) - less));
  const list = (
    <ul className="pockets">
      {shown.map((coming, index) => (
        <PocketCard key={first + index} pocket={coming} />
      ))}
    </ul>
  );
  return { list, turn };
}

export function ReceiveAllScreen({ screen: { offers, usableAt } }: On<'receive-all'>) {
  const { spell } = useKiosk();
  const { list, turn } = usePockets(offers);
  return (
    <Frame layout="two" bar={<BackBar end="stop" />}>
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
  const { spell } = useKiosk();
  const { list, turn } = usePockets(received, stopped === null ? 0 : 1);
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
        <PrintOrWhyNot about="balance.print-about" wanted />
        <ContinueButton />
        {turn}
      </div>
    </Frame>
  );
}
