/** The town helps here with the State's procedures by My Number card. */
import { useKiosk } from '../kiosk-context.ts';
import { SpotIcon } from './notice-icons.tsx';

export function SpotMark() {
  const { say } = useKiosk();
  return (
    <p className="spot">
      <SpotIcon />
      <span>{say('spot.name')}</span>
    </p>
  );
}
