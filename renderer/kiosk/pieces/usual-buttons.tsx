/** Buttons that mean the same wherever they stand. */
import type { Key } from '../../strings/catalogue.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from './big-button.tsx';
import { BackIcon, SlipIcon } from './icons.tsx';
import { Lines } from './words.tsx';

/** The bar of a screen from which the way back is open. @param end `stop` where something is about to be done, `finish` where something is only shown */
export function BackBar({ end }: { readonly end: 'stop' | 'finish' }) {
  const { spell } = useKiosk();
  return (
    <>
      <ChoiceButton choice="back" look="bar" label={spell('button.back')} />
      <ChoiceButton choice="finish" look="bar" label={spell(`button.${end}`)} />
    </>
  );
}

/** Back to what the card holds. */
export function ContinueButton() {
  const { spell } = useKiosk();
  return <ChoiceButton choice="continue" look="choice" icon={<BackIcon />} label={spell('button.continue')} about={<span className="detail"><Lines text={spell('continue.about')} /></span>} />;
}

/** The print button, or why there is none. @param wanted printing is what most people do next */
export function PrintOrWhyNot({ about, wanted = false }: { readonly about: Extract<Key, `${string}.print-about`>; readonly wanted?: boolean }) {
  const { spell, snapshot } = useKiosk();
  if (snapshot.printer !== 'ready') return <p className="why-not"><Lines text={spell(`paper.${snapshot.printer}`)} /></p>;
  return <ChoiceButton choice="print" look={wanted ? 'wanted' : 'choice'} icon={<SlipIcon />} label={spell('button.print')} about={spell(about)} />;
}
