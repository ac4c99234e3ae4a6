/** Sentences on the glass: a title, the line that says the money is safe, and the number staff ask for. */
import { Fragment, type ReactNode } from 'react';
import { plainWords, readingSegments } from '../../../contract/procedure/readings.ts';
import { useKiosk } from '../kiosk-context.ts';
import { SafeIcon } from './icons.tsx';

/**
 * One line as it is spelt: with the readings above their kanji for whoever asked for them, and always in easy Japanese. English words come
 * with a date that may have some.
 */
function Line({ text }: { readonly text: string }) {
  const { settings } = useKiosk();
  if (!settings.readings && settings.form !== 'easy') return plainWords(text);
  return readingSegments(text).map(({ text: piece, reading }, index) =>
    reading === undefined ? (
      piece
    ) : (
      <ruby key={index}>
        {piece}
        {/* Only seen: whatever reads aloud has the kanji, and no button is named twice. */}
        <rt aria-hidden="true">{reading}</rt>
      </ruby>
    ),
  );
}

/** Words as they are spelt (`spell`, dates, amounts). A line break in a string is a line break here. */
export function Lines({ text }: { readonly text: string }) {
  const { settings } = useKiosk();
  return text.split('\n').map((line, index) => (
    <Fragment key={index}>
      {/* The blank is seen where a small glass leaves the break out. */}
      {index > 0 && (settings.form === 'en' ? ' ' : '')}
      {index > 0 && <br />}
      <Line text={line} />
    </Fragment>
  ));
}

/** Words of a button: a line break in a string, and every blank, is where they may be folded on a glass that is too narrow for one line. */
export function Folded({ text }: { readonly text: string }) {
  return text.split(/(\n| )/).map((piece, index) => {
    if (piece === '\n') return <wbr key={index} />;
    if (piece === ' ') return piece;
    return (
      <span className="whole" key={index}>
        <Line text={piece} />
      </span>
    );
  });
}

export function Title({ text, grand = false }: { readonly text: string; readonly grand?: boolean }) {
  return (
    <h1 className={grand ? 'title grand' : 'title'}>
      <Lines text={text} />
    </h1>
  );
}

/** 「お金はなくなりません」: stands before everything else whenever something went wrong. */
export function Safe({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="safe">
      <SafeIcon />
      <p>
        <b>
          <Lines text={title} />
        </b>
        {children !== undefined && <span className="more">{typeof children === 'string' ? <Lines text={children} /> : children}</span>}
      </p>
    </div>
  );
}

/** The number that residents read out and staff look up. */
export function TroubleNumber({ number }: { readonly number: number }) {
  const { spell } = useKiosk();
  return (
    <p className="number">
      <Lines text={spell('trouble.number')} /> <b>{number}</b>
    </p>
  );
}
