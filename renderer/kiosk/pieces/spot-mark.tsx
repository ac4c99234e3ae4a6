/** The town helps here with the State's procedures by My Number card. */
import { useKiosk } from '../kiosk-context.ts';
import { SpotIcon } from './notice-icons.tsx';
import { Lines } from './words.tsx';

export function SpotMark() {
  const { spell } = useKiosk();
  return (
    <p className="spot">
      <SpotIcon />
      <span><Lines text={spell('spot.name')} /></span>
    </p>
  );
}
