/** What else can be done with the card. */
import type { MenuItem, Screen } from '../../../contract/kiosk.ts';
import type { Key } from '../../strings/catalogue.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { BackBar } from '../pieces/usual-buttons.tsx';
import { Title } from '../pieces/words.tsx';

const WORDS: Readonly<Record<MenuItem, readonly [label: Key, about: Key]>> = {
  points: ['button.points', 'points.about'],
  procedures: ['button.procedures', 'procedures.about'],
  history: ['button.history', 'history.about'],
  link: ['button.link', 'link.about'],
};

export function MenuScreen({ screen }: { readonly screen: Extract<Screen, { name: 'menu' }> }) {
  const { spell } = useKiosk();
  return (
    <Frame layout="two" bar={<BackBar end="finish" />}>
      <div className="words">
        <Title text={spell('menu.title')} />
        <CardPicture pose="on" />
      </div>
      <div className="aside choices">
        {screen.items.map((item) => (
          <ChoiceButton key={item} choice={item} look="choice" label={spell(WORDS[item][0] as 'button.history')} about={spell(WORDS[item][1] as 'history.about')} />
        ))}
      </div>
    </Frame>
  );
}
