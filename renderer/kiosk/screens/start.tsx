/** Waiting for a card: where it goes, the town's notices, and how the person likes to read. */
import type { Screen } from '../../../contract/kiosk.ts';
import { offersLargeText } from '../glass.ts';
import { useKiosk } from '../kiosk-context.ts';
import { BigButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { Title } from '../pieces/words.tsx';

function SettingsBar() {
  const { say, settings, change, glass } = useKiosk();
  const large = settings.text === 'large';
  const contrast = settings.colours === 'contrast';
  const otherLanguage = settings.language === 'ja' ? 'en' : 'ja';
  return (
    <>
      {offersLargeText(glass) && <BigButton look="bar" label={say(large ? 'button.usual-size' : 'button.larger')} onPress={() => change({ text: large ? 'usual' : 'large' })} />}
      <BigButton
        look="bar"
        label={say(contrast ? 'button.usual-colours' : 'button.contrast')}
        onPress={() => change({ colours: contrast ? 'usual' : 'contrast' })}
      />
      <BigButton look="bar" label={say('button.other-language')} lang={otherLanguage} onPress={() => change({ language: otherLanguage })} />
    </>
  );
}

export function StartScreen({ screen }: { readonly screen: Extract<Screen, { name: 'start' }> }) {
  const { say, snapshot, glass } = useKiosk();
  const { printer, paperEndsSoon, notices, display } = snapshot;
  const paperTrouble = printer === 'ready' || printer === 'preparing' ? null : printer;
  const noCodes = screen.codes === 'away';
  // In large text on a small glass the word to staff takes the room of two.
  const shown = notices.slice(0, Math.max(0, 3 - Number(paperTrouble !== null) - Number(noCodes) - 2 * Number(paperEndsSoon)));
  return (
    <Frame layout="two" bar={<SettingsBar />} hear={glass !== 'tall'}>
      <div className="words spread">
        <Title text={say('start.title')} grand />
        <p className="where">
          {say(`start.where-${display.readerSide}`)}
          {screen.codes === 'ready' && (
            <>
              <br />
              {say('start.codes')}
            </>
          )}
        </p>
        <CardPicture pose="bring" />
      </div>
      <div className="aside notices">
        {paperTrouble && (
          <section className="notice mind">
            <h2>{say('start.no-paper')}</h2>
            <p>{say(`paper.${paperTrouble}`)}</p>
          </section>
        )}
        {noCodes && (
          <section className="notice mind">
            <h2>{say('start.no-codes')}</h2>
          </section>
        )}
        {shown.map((notice) => (
          <section className="notice" key={`${notice.title}${notice.text}`} lang="ja">
            <h2>{notice.title}</h2>
            <p>{notice.text}</p>
          </section>
        ))}
        {paperEndsSoon && <p className="for-staff">{say('start.paper-ends-soon')}</p>}
      </div>
    </Frame>
  );
}
