/** The idle screen while there is an emergency: it comes before everything else, and the card can be used as ever. */
import { useState, type ReactNode } from 'react';
import { useKiosk } from '../kiosk-context.ts';
import { BigButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { EmergencyWords } from '../pieces/notice-board.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { Lines } from '../pieces/words.tsx';

export function EmergencyScreen({ settingsBar }: { readonly settingsBar: ReactNode }) {
  const { spell, snapshot, glass } = useKiosk();
  const { emergencies, display } = snapshot;
  const [turned, setTurned] = useState(0);
  const shown = emergencies[turned % emergencies.length];
  const several = emergencies.length > 1;
  // The smallest glass has room for it only where the settings are.
  const inBar = glass === 'tight';
  const more = several && <BigButton look={inBar ? 'bar' : 'choice'} label={spell('button.more-notices')} onPress={() => setTurned(turned + 1)} />;
  return (
    <Frame layout="emergency" bar={(inBar && more) || settingsBar}>
      {shown && <EmergencyWords emergency={shown} heads />}
      <div className="card-as-ever">
        <p>
          <Lines text={spell('emergency.card')} />
          <span className="where-it-goes"><Lines text={spell(`start.where-${display.readerSide}`)} /></span>
        </p>
        {!inBar && more}
        <CardPicture pose="bring" />
      </div>
    </Frame>
  );
}
