/** Several things have come, or something is on sale as well: the person says which one it is to be, or that they want all that has come. */
import type { Screen } from '../../../contract/kiosk.ts';
import { amountInWords, priceInWords } from '../../strings/amounts.ts';
import { untilDay } from '../../strings/dates.ts';
import { useKiosk } from '../kiosk-context.ts';
import { Chooser } from '../pieces/chooser.tsx';
import { Frame } from '../pieces/frame.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { BackBar } from '../pieces/usual-buttons.tsx';
import { Lines, Title } from '../pieces/words.tsx';

export function OffersScreen({ screen }: { readonly screen: Extract<Screen, { name: 'offers' }> }) {
  const { spell, settings, snapshot } = useKiosk();
  return (
    <Frame layout="two" bar={<BackBar end="finish" />}>
      <div className="words">
        <Title text={spell(screen.sales.length > 0 ? 'offers.title-or-buy' : 'offers.title')} />
        <CardPicture pose="on" />
      </div>
      <Chooser
        options={[
          ...(screen.offers.length > 1
            ? [{ label: spell('button.receive-all'), press: { choice: 'receive-all' } as const, usual: true, about: <span><Lines text={spell('offers.all-about', { count: screen.offers.length })} /></span> }]
            : []),
          ...screen.offers.map(({ name, amount, unit, takeBy }, index) => ({
          label: name,
          japanese: true,
          about: (
            <>
              <span><Lines text={amountInWords(amount, unit, settings.form)} /></span>
              <span className="detail"><Lines text={spell('offers.take-by', { day: untilDay(takeBy, snapshot.now, settings.form) })} /></span>
            </>
          ),
          press: { choice: 'pick' as const, index },
        })),
          ...screen.sales.map(({ name, price, unit, paid, premium }, index) => ({
            label: name,
            japanese: true,
            about: <span><Lines text={spell('offers.buy-about', { price: priceInWords(price, settings.form), amount: amountInWords(paid + premium, unit, settings.form) })} /></span>,
            press: { choice: 'pick' as const, index: screen.offers.length + index },
          })),
        ]}
      />
    </Frame>
  );
}
