/** What came to the account and what went, the newest first, a page at a time. */
import { useState } from 'react';
import type { MovementView, Screen } from '../../../contract/kiosk.ts';
import { grouped, unitWord } from '../../strings/amounts.ts';
import type { Key } from '../../strings/catalogue.ts';
import { dayAsRead } from '../../strings/dates.ts';
import { pocketsPerPage } from '../glass.ts';
import { useKiosk } from '../kiosk-context.ts';
import { BigButton, ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { BackIcon, MoreIcon } from '../pieces/icons.tsx';
import { Lines, Title } from '../pieces/words.tsx';

const WORD: Readonly<Record<MovementView['kind'], Key>> = {
  load: 'history.load', sale: 'history.load', refund: 'history.taken-back', exchange: 'history.exchange', spend: 'history.spend', give: 'history.give', void: 'history.taken-back',
  transfer: 'history.transfer', expire: 'history.expire', reallocate: 'history.correct', correct: 'history.correct',
};

export function HistoryScreen({ screen }: { readonly screen: Extract<Screen, { name: 'history' }> }) {
  const { spell, settings, snapshot, glass } = useKiosk();
  const { movements } = screen;
  const perPage = pocketsPerPage(glass, settings.text) + (settings.text === 'usual' && (glass === 'roomy' || glass === 'tall') ? 1 : 0);
  const pages = Math.max(1, Math.ceil(movements.length / perPage));
  const [turned, setTurned] = useState(0);
  const first = (turned % pages) * perPage;
  const shown = movements.slice(first, first + perPage);
  const lastPage = turned % pages === pages - 1;
  const bar = (
    <>
      <ChoiceButton choice="back" look="bar" label={spell('button.back')} />
      <ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />
    </>
  );
  return (
    <Frame layout="two" bar={bar}>
      <div className="words top">
        <Title text={spell(movements.length === 0 ? 'history.none' : 'history.title')} />
        <ul className="movements">
          {shown.map(({ on, kind, name, unit, change }, index) => (
            <li key={first + index} className="movement">
              <p>
                <span><Lines text={dayAsRead(on, snapshot.now, settings.form)} /></span> <b><Lines text={spell(WORD[kind] as 'history.load')} /></b>
              </p>
              <p>
                <span lang="ja">{name}</span> <b className="change"><Lines text={`${change > 0 ? '＋' : '－'}${grouped(Math.abs(change))}${settings.form === 'en' ? ' ' : ''}${unitWord(unit, Math.abs(change), settings.form)}`} /></b>
              </p>
            </li>
          ))}
        </ul>
      </div>
      <div className="aside choices">
        {pages > 1 && (
          <BigButton
            look="choice"
            icon={lastPage ? <BackIcon /> : <MoreIcon />}
            label={spell(lastPage ? 'button.first-page' : 'button.next-page')}
            about={spell('balance.shown', { first: first + 1, last: first + shown.length, count: movements.length })}
            onPress={() => setTurned(turned + 1)}
          />
        )}
      </div>
    </Frame>
  );
}
