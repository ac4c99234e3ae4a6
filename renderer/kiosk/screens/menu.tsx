/** What else can be done with the card. */
import type { MenuItem, Screen } from '../../../contract/kiosk.ts';
import type { Key } from '../../strings/catalogue.ts';
import { useKiosk } from '../kiosk-context.ts';
import { Chooser } from '../pieces/chooser.tsx';
import { Frame } from '../pieces/frame.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { BackBar } from '../pieces/usual-buttons.tsx';
import { Lines, Title } from '../pieces/words.tsx';

const WORDS: Readonly<Record<MenuItem, readonly [label: Key, about: Key]>> = {
  points: ['button.points', 'points.about'],
  procedures: ['button.procedures', 'procedures.about'],
  history: ['button.history', 'history.about'],
  'no-sale': ['button.no-sale', 'no-sale.about'],
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
      <Chooser options={screen.items.map((item) => ({ label: spell(WORDS[item][0] as 'button.history'), about: <Lines text={spell(WORDS[item][1] as 'history.about')} />, press: { choice: item } }))} />
    </Frame>
  );
}
