/** What the holder can use now, until when, and what can be done with it. More pockets than fit are turned like pages. */
import type { Screen } from '../../../contract/kiosk.ts';
import { amountInWords, priceInWords } from '../../strings/amounts.ts';
import { whenKnown } from '../../strings/dates.ts';
import { pocketsPerPage } from '../glass.ts';
import { useKiosk } from '../kiosk-context.ts';
import { hasLongName, PocketCard } from '../pieces/amounts.tsx';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { GiftIcon } from '../pieces/icons.tsx';
import { usePart } from '../pieces/turning.tsx';
import { PrintOrWhyNot } from '../pieces/usual-buttons.tsx';
import { Lines, Title } from '../pieces/words.tsx';

type Balance = Extract<Screen, { name: 'balance' }>;

/** Says how sure the amounts are; nothing when the town has just confirmed them. */
function HowSure({ screen }: { readonly screen: Balance }) {
  const { spell, settings, snapshot } = useKiosk();
  if (screen.confirmedAt === null) return <p className="how-sure"><Lines text={spell('balance.unconfirmed')} /></p>;
  if (screen.online) return null;
  return <p className="how-sure"><Lines text={spell('balance.as-of', { when: whenKnown(screen.confirmedAt, snapshot.now, settings.form) })} /></p>;
}

function BuyButton({ sales }: Pick<Balance, 'sales'>) {
  const { spell, settings } = useKiosk();
  const [sale] = sales;
  if (!sale) return null;
  const { price, paid, premium, unit } = sale;
  const words = { price: priceInWords(price, settings.form), amount: amountInWords(paid + premium, unit, settings.form) };
  return <ChoiceButton choice="buy" look="choice" icon={<GiftIcon />} label={spell('button.buy')} about={<span className="detail"><Lines text={spell('balance.sale', words)} /></span>} />;
}

/** @param either four choices are all there is room for: one button for what has come and what is on sale */
function ReceiveButton({ offers, either }: Pick<Balance, 'offers'> & { readonly either: boolean }) {
  const { spell } = useKiosk();
  const [first] = offers;
  if (!first) return null;
  const about = (
    <>
      <span><Lines text={spell('balance.offers', { count: offers.length })} /></span>
      {offers.length > 1 && (
        <span className="detail">
          <Lines text={spell('balance.first-of-several')} /> <span lang="ja">{first.name}</span>
        </span>
      )}
    </>
  );
  return <ChoiceButton choice={either ? 'receive-or-buy' : 'receive'} look="wanted" icon={<GiftIcon />} label={spell(either ? 'button.receive-or-buy' : 'button.receive')} about={about} />;
}

export function BalanceScreen({ screen }: { readonly screen: Balance }) {
  const { spell, glass, settings } = useKiosk();
  const { pockets, offers, sales } = screen;
  const perPage = Math.max(1, pocketsPerPage(glass, settings.text) - (glass !== 'roomy' && pockets.some(hasLongName) ? 1 : 0));
  const { shown, first, pages, turn } = usePart(pockets, perPage);
  const either = pages > 1 && offers.length > 0 && sales.length > 0;
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className={pockets.length === 0 ? 'words' : 'words top'}>
        <Title text={spell(pockets.length === 0 ? 'balance.none' : 'balance.title')} />
        <HowSure screen={screen} />
        {pockets.length === 0 ? (
          <p className="lead"><Lines text={spell(offers.length > 0 ? 'balance.none-but-offer' : sales.length > 0 ? 'balance.none-but-sale' : 'balance.none-at-all')} /></p>
        ) : (
          <ul className="pockets">
            {shown.map((pocket, index) => (
              <PocketCard key={first + index} pocket={pocket} />
            ))}
          </ul>
        )}
      </div>
      <div className="aside choices">
        <ReceiveButton offers={offers} either={either} />
        {!either && <BuyButton sales={sales} />}
        <PrintOrWhyNot about="balance.print-about" />
        <ChoiceButton choice="more" look="choice" label={spell('button.more')} about={<span className="detail"><Lines text={spell('button.more-about')} /></span>} />
        {turn}
      </div>
    </Frame>
  );
}
