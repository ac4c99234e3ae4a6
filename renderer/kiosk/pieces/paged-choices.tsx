/** Choices one above the other, never more than four: where there are more, the last one shows the others. */
import type { ReactNode } from 'react';
import { choicesPerPage } from '../glass.ts';
import { useKiosk } from '../kiosk-context.ts';
import { TurnButton, useTurning } from './turning.tsx';

/** @param props.choices one button each; where `told`, or a few lines why there is none; where `long`, some of them are as high as two */
export function PagedChoices({ choices, told = false, long = false }: { readonly choices: readonly ReactNode[]; readonly told?: boolean; readonly long?: boolean }) {
  const { glass, settings } = useKiosk();
  const readings = settings.readings || settings.form === 'easy';
  const room = long && readings && glass === 'tight' ? 1 : choicesPerPage(glass, settings.text, told);
  const perPage = choices.length <= room ? choices.length : Math.max(1, room - 1);
  const turning = useTurning(Math.ceil(choices.length / perPage));
  return (
    <div className="aside choices">
      {choices.slice(turning.page * perPage, (turning.page + 1) * perPage)}
      <TurnButton turning={turning} of="choices" />
    </div>
  );
}
