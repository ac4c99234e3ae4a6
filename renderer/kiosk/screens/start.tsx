/** Waiting for a card: where it goes, the town's notices, and how the person likes to read. */
import type { Screen } from '../../../contract/kiosk.ts';
import { offersLargeText } from '../glass.ts';
import { useKiosk } from '../kiosk-context.ts';
import { BigButton, ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { NoticeBoard } from '../pieces/notice-board.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { SlipIcon } from '../pieces/icons.tsx';
import { Title } from '../pieces/words.tsx';
import { EmergencyScreen } from './emergency.tsx';

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
  const { say, snapshot } = useKiosk();
  const { printer, paperEndsSoon, emergencies, display } = snapshot;
  const paperTrouble = printer === 'ready' || printer === 'preparing' ? null : printer;
  const noCodes = screen.codes === 'away';
  if (emergencies.length > 0) return <EmergencyScreen settingsBar={<SettingsBar />} />;
  const aboveNotices = [
    ...(paperTrouble ? [{ titles: [say('start.no-paper')], text: say(`paper.${paperTrouble}`) }] : []),
    ...(noCodes ? [{ titles: [say('start.no-codes')], text: '' }] : []),
    ...(screen.procedures ? [{ titles: [say('button.procedures')], text: say('procedures.about-no-card') }] : []),
    ...(paperEndsSoon ? [{ titles: [], text: say('start.paper-ends-soon') }] : []),
  ];
  return (
    <Frame layout="two" bar={<SettingsBar />}>
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
        {screen.procedures && <ChoiceButton choice="procedures" look="choice" icon={<SlipIcon />} label={say('button.procedures')} about={say('procedures.about-no-card')} />}
        {paperEndsSoon && <p className="for-staff">{say('start.paper-ends-soon')}</p>}
        <NoticeBoard before={aboveNotices} />
      </div>
    </Frame>
  );
}
