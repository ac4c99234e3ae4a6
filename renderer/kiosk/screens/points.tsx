/** What can be done with points and tickets, and what not and why: one question after the other, until it is said before and after. */
import type { PointsOptionView, Screen } from '../../../contract/kiosk.ts';
import { amountInWords } from '../../strings/amounts.ts';
import { useKiosk } from '../kiosk-context.ts';
import { Amount } from '../pieces/amounts.tsx';
import { PressButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { GiftIcon, SlipIcon, SwapIcon } from '../pieces/icons.tsx';
import { PagedChoices } from '../pieces/paged-choices.tsx';
import { BackBar } from '../pieces/usual-buttons.tsx';
import { Lines, Title } from '../pieces/words.tsx';

/** What there is of a scheme, beside a question about it. */
export function Have({ from }: { readonly from: Extract<Screen, { name: 'give-where' }>['from'] }) {
  const { spell } = useKiosk();
  return (
    <div className="have">
      <p className="lead">
        <span lang="ja">{from.name}</span> <span className="detail"><Lines text={spell('points.have')} /></span>
      </p>
      <Amount amount={from.amount} unit={from.unit} />
    </div>
  );
}

const WORDS = {
  exchange: { label: 'button.exchange', about: 'points.give-about', Icon: SwapIcon },
  give: { label: 'button.give', about: 'points.give-about', Icon: GiftIcon },
  paper: { label: 'button.paper', about: 'points.paper-about', Icon: SlipIcon },
} as const;

function Option({ option, index }: { readonly option: PointsOptionView; readonly index: number }) {
  const { spell, settings } = useKiosk();
  const { does, from, to, why, least } = option;
  const { label: labelKey, Icon, about: aboutKey } = WORDS[does];
  const label = spell(labelKey);
  const held = amountInWords(from.amount, from.unit, settings.form);
  if (why !== null)
    return (
      <p className="why-not">
        <b><Lines text={label} /></b> <span lang="ja">{from.name}</span> <span className="detail"><Lines text={held} /></span>
        <br />
        <Lines text={why === 'not-enough' ? spell('points.from', { amount: amountInWords(least, from.unit, settings.form) }) : spell(`not-done.${why}`)} />
      </p>
    );
  const about = (
    <>
      <span>
        <span lang="ja">{from.name}</span> <span className="detail"><Lines text={held} /></span>
      </span>
      <span className="detail">{to === null ? <Lines text={spell(aboutKey)} /> : <span lang="ja">→ {to}</span>}</span>
    </>
  );
  return <PressButton press={{ choice: 'pick', index }} look="choice" icon={<Icon />} label={label} about={about} />;
}

export function PointsScreen({ screen }: { readonly screen: Extract<Screen, { name: 'points' }> }) {
  const { spell } = useKiosk();
  return (
    <Frame layout="two" bar={<BackBar end="stop" />}>
      <div className="words">
        <Title text={spell('points.title')} grand />
      </div>
      <PagedChoices told long={screen.options.some(({ why }) => why !== null)} choices={screen.options.map((option, index) => <Option key={index} option={option} index={index} />)} />
    </Frame>
  );
}

export function ExchangeAmountScreen({ screen }: { readonly screen: Extract<Screen, { name: 'exchange-amount' }> }) {
  const { spell, settings } = useKiosk();
  const { from, to, unit, amounts } = screen;
  return (
    <Frame layout="two" bar={<BackBar end="stop" />}>
      <div className="words">
        <Title text={spell('exchange.how-many')} />
        <Have from={from} />
      </div>
      <PagedChoices
        told
        choices={amounts.map(({ give, get, part }, index) => (
          <PressButton
            key={index}
            press={{ choice: 'pick', index }}
            look="choice"
            label={labelOf(amountInWords(give, from.unit, settings.form), part, spell)}
            about={
              <>
                <span className="detail" lang="ja">
                  {to}
                </span>
                <span><Lines text={spell('points.becomes-amount', { amount: amountInWords(get, unit, settings.form) })} /></span>
              </>
            }
          />
        ))}
      />
    </Frame>
  );
}

export function GiveWhereScreen({ screen }: { readonly screen: Extract<Screen, { name: 'give-where' }> }) {
  const { spell } = useKiosk();
  return (
    <Frame layout="two" bar={<BackBar end="stop" />}>
      <div className="words">
        <Title text={spell('give.where')} />
        <Have from={screen.from} />
      </div>
      <PagedChoices choices={screen.activities.map((activity, index) => <PressButton key={index} press={{ choice: 'pick', index }} look="choice" label={activity} lang="ja" />)} />
    </Frame>
  );
}

export function GiveAmountScreen({ screen }: { readonly screen: Extract<Screen, { name: 'give-amount' }> }) {
  const { spell, settings } = useKiosk();
  const { from, activity, amounts } = screen;
  return (
    <Frame layout="two" bar={<BackBar end="stop" />}>
      <div className="words">
        <Title text={spell('give.how-many')} />
        <p className="lead">
          <Lines text={spell('give.to')} /> <b lang="ja">{activity}</b>
        </p>
        <Have from={from} />
      </div>
      <PagedChoices
        choices={amounts.map(({ give, part }, index) => (
          <PressButton key={index} press={{ choice: 'pick', index }} look="choice" label={labelOf(amountInWords(give, from.unit, settings.form), part, spell)} />
        ))}
      />
    </Frame>
  );
}

/** 「全部　320ポイント」 */
export function labelOf(amount: string, part: 'all' | 'half' | 'other', spell: ReturnType<typeof useKiosk>['spell']): string {
  return part === 'other' ? amount : `${spell(part === 'all' ? 'points.all' : 'points.half')} ${amount}`;
}
