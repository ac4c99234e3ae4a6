/** What is being sold, and why not to whoever stands here: nobody has to wonder where the button is. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { Frame } from '../pieces/frame.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { TurnButton, useTurning } from '../pieces/turning.tsx';
import { BackBar } from '../pieces/usual-buttons.tsx';
import { Lines, Title } from '../pieces/words.tsx';
import { noSaleWords } from './purchase-words.ts';

export function NoSaleScreen({ screen: { sales } }: { readonly screen: Extract<Screen, { name: 'no-sale' }> }) {
  const { spell } = useKiosk();
  const turning = useTurning(sales.length);
  const sale = sales[turning.page];
  if (!sale) return null;
  const [why, about] = noSaleWords(sale.why);
  return (
    <Frame layout="two" bar={<BackBar end="finish" />}>
      <div className="words">
        <Title text={spell('no-sale.title')} />
        <p className="lead named" lang="ja">{sale.name}</p>
        <p className="why-not"><b><Lines text={spell(why)} /></b><span className="block"><Lines text={spell(about)} /></span></p>
        <p className="lead detail"><Lines text={spell('no-sale.ask')} /></p>
      </div>
      <div className="aside choices">
        <TurnButton turning={turning} about={spell('review.page', { page: turning.page + 1, pages: sales.length })} />
        <CardPicture pose="on" />
      </div>
    </Frame>
  );
}
