/** Choices one above the other, never more than four: where there are more, the last one shows the others. */
import { useState, type ReactNode } from 'react';
import { choicesPerPage } from '../glass.ts';
import { useKiosk } from '../kiosk-context.ts';
import { BigButton } from './big-button.tsx';
import { BackIcon, MoreIcon } from './icons.tsx';

/** @param props.choices one button each; where `told`, or a few lines why there is none */
export function PagedChoices({ choices, told = false }: { readonly choices: readonly ReactNode[]; readonly told?: boolean }) {
  const { spell, glass, settings } = useKiosk();
  const room = choicesPerPage(glass, settings.text, told);
  const perPage = choices.length <= room ? choices.length : room - 1;
  const pages = Math.ceil(choices.length / Math.max(1, perPage));
  const [turned, setTurned] = useState(0);
  const page = turned % pages;
  const last = page === pages - 1;
  return (
    <div className="aside choices">
      {choices.slice(page * perPage, (page + 1) * perPage)}
      {pages > 1 && (
        <BigButton look="choice" icon={last ? <BackIcon /> : <MoreIcon />} label={spell(last ? 'button.first-choices' : 'button.next-four')} onPress={() => setTurned(page + 1)} />
      )}
    </div>
  );
}
