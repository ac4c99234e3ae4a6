/** Waiting for a card: where it goes, the town's notices, and how the person likes to read. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { LikesBar } from '../pieces/likes.tsx';
import { NoticeBoard } from '../pieces/notice-board.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { SlipIcon } from '../pieces/icons.tsx';
import { Lines, Title } from '../pieces/words.tsx';
import { EmergencyScreen } from './emergency.tsx';

export function StartScreen({ screen }: { readonly screen: Extract<Screen, { name: 'start' }> }) {
  const { say, spell, snapshot } = useKiosk();
  const { printer, paperEndsSoon, emergencies, display } = snapshot;
  const paperTrouble = printer === 'ready' || printer === 'preparing' ? null : printer;
  const noCodes = screen.codes === 'away';
  if (emergencies.length > 0) return <EmergencyScreen settingsBar={<LikesBar />} />;
  const aboveNotices = [
    ...(paperTrouble ? [{ titles: [say('start.no-paper')], text: say(`paper.${paperTrouble}`) }] : []),
    ...(noCodes ? [{ titles: [say('start.no-codes')], text: '' }] : []),
    ...(screen.procedures ? [{ titles: [say('button.procedures')], text: say('procedures.about-no-card') }] : []),
    ...(paperEndsSoon ? [{ titles: [], text: say('start.paper-ends-soon') }] : []),
  ];
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
        {screen.procedures && <ChoiceButton choice="procedures" look="choice" icon={<SlipIcon />} label={spell('button.procedures')} about={<Lines text={spell('procedures.about-no-card')} />} />}
        {paperEndsSoon && <p className="for-staff"><Lines text={spell('start.paper-ends-soon')} /></p>}
        <NoticeBoard before={aboveNotices} />
      </div>
    </Frame>
  );
}
