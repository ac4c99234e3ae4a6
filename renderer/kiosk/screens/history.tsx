/** What came to the account and what went, the newest first, a page at a time. */
import type { MovementView, Screen } from '../../../contract/kiosk.ts';
import { grouped, unitWord } from '../../strings/amounts.ts';
import type { Key } from '../../strings/catalogue.ts';
import { dayAsRead } from '../../strings/dates.ts';
import { pocketsPerPage } from '../glass.ts';
import { useKiosk } from '../kiosk-context.ts';
import { Frame } from '../pieces/frame.tsx';
import { usePart } from '../pieces/turning.tsx';
import { BackBar } from '../pieces/usual-buttons.tsx';
import { Lines, Title } from '../pieces/words.tsx';

const WORD: Readonly<Record<MovementView['kind'], Key>> = {
  load: 'history.load', sale: 'history.load', refund: 'history.taken-back', exchange: 'history.exchange', spend: 'history.spend', give: 'history.give', void: 'history.taken-back',
  transfer: 'history.transfer', expire: 'history.expire', reallocate: 'history.correct', correct: 'history.correct',
};

export function HistoryScreen({ screen }: { readonly screen: Extract<Screen, { name: 'history' }> }) {
  const { spell, settings, snapshot, glass } = useKiosk();
  const { movements } = screen;
  const perPage = pocketsPerPage(glass, settings.text) + (settings.text === 'usual' && (glass === 'roomy' || glass === 'tall') ? 1 : 0);
  const { shown, first, turn } = usePart(movements, perPage);
  return (
    <Frame layout="two" bar={<BackBar end="finish" />}>
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
      <div className="aside choices">{turn}</div>
    </Frame>
  );
}
