/**
 * How a person likes the screens: the buttons that change it. On the start screen the ones most asked for stand in the bottom bar; on every other
 * screen 「見やすく」 lays all of them over the main part, which stays as it is behind them.
 */
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Settings } from '../../../contract/kiosk.ts';
import type { Key } from '../../strings/catalogue.ts';
import type { Form } from '../../strings/wording.ts';
import { offersLargeText, type Glass } from '../glass.ts';
import { useKiosk, type Likes } from '../kiosk-context.ts';
import { BigButton } from './big-button.tsx';
import { Title } from './words.tsx';

interface Like {
  /** A button that changes its words stays the same button. */
  readonly place: 'text' | 'colours' | 'voice' | 'slow' | 'volume' | 'readings' | Form;
  readonly label: Extract<Key, `button.${string}`>;
  readonly about?: `likes.volume-${Settings['volume']}`;
  readonly change: Partial<Settings>;
  /** The language of the label where it is not the screen's. */
  readonly lang?: 'ja' | 'en';
  /** One may want to press it again. */
  readonly again?: true;
}

const FORM_LIKES: readonly Like[] = [
  { place: 'ja', label: 'button.to-ja', change: { form: 'ja' }, lang: 'ja' },
  { place: 'easy', label: 'button.to-easy', change: { form: 'easy' }, lang: 'ja' },
  { place: 'en', label: 'button.to-en', change: { form: 'en' }, lang: 'en' },
];

/** What can be changed with one touch on the start screen. */
function firstLikes({ text, colours, form, voice }: Settings, glass: Glass): Like[] {
  const large = text === 'large';
  const contrast = colours === 'contrast';
  const silent = voice === 'off';
  const size: Like = { place: 'text', label: large ? 'button.usual-size' : 'button.larger', change: { text: large ? 'usual' : 'large' } };
  return [
    ...(offersLargeText(glass) ? [size] : []),
    { place: 'colours', label: contrast ? 'button.usual-colours' : 'button.contrast', change: { colours: contrast ? 'usual' : 'contrast' } },
    { place: 'voice', label: silent ? 'button.voice-on' : 'button.voice-off', change: { voice: silent ? 'normal' : 'off' } },
    ...FORM_LIKES.filter(({ place }) => place !== form),
  ];
}

function furtherLikes({ form, readings, voice, volume }: Settings): Like[] {
  const slow = voice === 'slow';
  const withReadings: Like = { place: 'readings', label: readings ? 'button.readings-off' : 'button.readings-on', change: { readings: !readings } };
  return [
    { place: 'slow', label: slow ? 'button.voice-normal' : 'button.voice-slow', change: { voice: slow ? 'normal' : 'slow' } },
    { place: 'volume', label: 'button.volume', about: `likes.volume-${volume}`, change: { volume: volume === 1 ? 2 : volume === 2 ? 3 : 1 }, again: true },
    // Easy Japanese always has its readings, English has none.
    ...(form === 'ja' ? [withReadings] : []),
  ];
}

/** Whether 「見やすく」 lies over the screen. Goes with the screen, and when nobody can be told of a wish. */
export function useLikes(screenId: number, live: boolean, openAtFirst = false): Likes {
  const [openOn, setOpenOn] = useState<number | null>(openAtFirst ? screenId : null);
  return { open: live && openOn === screenId, show: () => setOpenOn(screenId), close: () => setOpenOn(null) };
}

interface LikeButtonProps {
  readonly like: Like;
  readonly look: 'bar' | 'choice';
  readonly then?: () => void;
}

function LikeButton({ like: { label, about, change, lang }, look, then }: LikeButtonProps) {
  const kiosk = useKiosk();
  const press = () => {
    kiosk.change(change);
    then?.();
  };
  return <BigButton look={look} label={kiosk.spell(label)} {...(about && { about: kiosk.spell(about) })} {...(lang && { lang })} onPress={press} />;
}

/** The bar of the start screen. */
export function LikesBar(): ReactNode {
  const { settings, glass } = useKiosk();
  return firstLikes(settings, glass).map((like) => <LikeButton key={like.place} look="bar" like={like} />);
}

/** All of them. Choosing one, or 「閉じる」, brings the same screen back. */
export function LikesPanel() {
  const { spell, settings, glass, likes } = useKiosk();
  const panel = useRef<HTMLElement>(null);
  // Whoever goes by keyboard or switch goes on from here.
  useEffect(() => panel.current?.focus(), []);
  return (
    <main className="likes" ref={panel} tabIndex={-1}>
      <Title text={spell('likes.title')} />
      {[...firstLikes(settings, glass), ...furtherLikes(settings)].map((like) => (
        <LikeButton key={like.place} look="choice" like={like} {...(!like.again && { then: likes.close })} />
      ))}
    </main>
  );
}
