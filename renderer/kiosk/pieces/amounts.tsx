/** Amounts: the largest thing on the screen, with what they are of and until when. */
import type { ReactNode } from 'react';
import type { PocketView } from '../../../contract/kiosk.ts';
import type { Unit } from '../../../contract/value.ts';
import { grouped, unitWord } from '../../strings/amounts.ts';
import { daysLeftAsRead, untilDay } from '../../strings/dates.ts';
import { useKiosk } from '../kiosk-context.ts';
import { Lines } from './words.tsx';

/** From how many characters a number is set a little smaller, so that it stays on one line. */
const LONG_NUMBER = 8;

export function Amount({ amount, unit }: { readonly amount: number; readonly unit: Unit }) {
  const { settings } = useKiosk();
  const number = grouped(amount);
  return (
    <p className={number.length >= LONG_NUMBER ? 'amount long' : 'amount'}>
      {number}
      <small>
        <Lines text={unitWord(unit, amount, settings.form)} />
      </small>
    </p>
  );
}

/** So many characters of a name take more than two lines beside an amount. */
const LONG_NAME = 16;
export const hasLongName = ({ name }: PocketView): boolean => name.length > LONG_NAME;

export function PocketCard({ pocket }: { readonly pocket: PocketView }) {
  const { settings, snapshot } = useKiosk();
  const soon = daysLeftAsRead(pocket.daysLeft, settings.form);
  return (
    <li className={hasLongName(pocket) ? 'pocket long' : 'pocket'}>
      <div>
        <p className="pocket-name" lang="ja">
          {pocket.name}
        </p>
        <p className="until">
          <span>
            <Lines text={untilDay(pocket.lastDay, snapshot.now, settings.form)} />
          </span>
          {soon !== null && (
            <span className="soon">
              <Lines text={soon} />
            </span>
          )}
        </p>
      </div>
      <Amount amount={pocket.amount} unit={pocket.unit} />
    </li>
  );
}

/** One side of before → after; `after` is the safe, green one. */
export function AmountPanel(props: { readonly look: 'before' | 'after'; readonly title: string; readonly amount: number; readonly unit: Unit; readonly lang?: string; readonly children?: ReactNode }) {
  const { look, title, amount, unit, lang, children } = props;
  return (
    <section className={`panel ${look}`}>
      <h2 lang={lang}>
        <Lines text={title} />
      </h2>
      <Amount amount={amount} unit={unit} />
      {children}
    </section>
  );
}
