/** Waiting for a card: where it goes, the town's notices, and how the person likes to read. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { LikesBar } from '../pieces/likes.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { SlipIcon } from '../pieces/icons.tsx';
import { Lines, Title } from '../pieces/words.tsx';

export function StartScreen({ screen }: { readonly screen: Extract<Screen, { name: 'start' }> }) {
  const { spell, snapshot } = useKiosk();
  const { printer, paperEndsSoon, notices, display } = snapshot;
  const paperTrouble = printer === 'ready' || printer === 'preparing' ? null : printer;
  const noCodes = screen.codes === 'away';
  // In large text on a small glass the word to staff takes the room of two.
  const shown = notices.slice(0, Math.max(0, 3 - Number(paperTrouble !== null) - Number(noCodes) - 2 * Number(paperEndsSoon)));
  return (
    <Frame layout="two" bar={<LikesBar />}>
      <div className="words spread">
        <Title text={spell('start.title')} grand />
        <p className="where">
          <Lines text={spell(`start.where-${display.readerSide}`)} />
          {screen.codes === 'ready' && (
            <>
              <br />
              <Lines text={spell('start.codes')} />
            </>
          )}
        </p>
        <CardPicture pose="bring" />
      </div>
      <div className="aside notices">
        {paperTrouble && (
          <section className="notice mind">
            <h2><Lines text={spell('start.no-paper')} /></h2>
            <p><Lines text={spell(`paper.${paperTrouble}`)} /></p>
          </section>
        )}
        {noCodes && (
          <section className="notice mind">
            <h2><Lines text={spell('start.no-codes')} /></h2>
          </section>
        )}
        {shown.map((notice) => (
          <section className="notice" key={`${notice.title}${notice.text}`} lang="ja">
            <h2>{notice.title}</h2>
            <p>{notice.text}</p>
          </section>
        ))}
        {screen.procedures && <ChoiceButton choice="procedures" look="choice" icon={<SlipIcon />} label={spell('button.procedures')} about={<Lines text={spell('procedures.about-no-card')} />} />}
        {paperEndsSoon && <p className="for-staff"><Lines text={spell('start.paper-ends-soon')} /></p>}
      </div>
    </Frame>
  );
}
