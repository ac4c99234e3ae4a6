/** Everything that was answered, a page at a time; nothing is kept before the person agrees. What to bring and to mind comes last. */
import type { Screen } from '../../../contract/kiosk.ts';
import { plainWords } from '../../../contract/procedure/readings.ts';
import { grouped } from '../../strings/amounts.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { SlipIcon } from '../pieces/icons.tsx';
import { TurnButton, useTurning } from '../pieces/turning.tsx';
import { BackBar } from '../pieces/usual-buttons.tsx';
import { Lines, Title } from '../pieces/words.tsx';
import { useWords } from '../words-of.ts';

type Review = Extract<Screen, { name: 'request-review' }>;
interface Line {
  readonly label: string;
  readonly value: string;
  readonly byHand?: boolean;
}

/** How much of a column of text a page takes, in lines of the body. */
function roomOf(glass: string, large: boolean): number {
  switch (glass) {
    case 'roomy':
      return large ? 8 : 12;
    case 'tall':
      return large ? 12 : 18;
    case 'compact':
      return large ? 5 : 8;
    default:
      return 4;
  }
}

/** Half-width characters that fit in one line, roughly: a line too many is better than one that is cut off. */
function widthOf(glass: string, large: boolean): number {
  switch (glass) {
    case 'roomy':
      return large ? 42 : 56;
    case 'tall':
      return large ? 36 : 48;
    case 'compact':
      return large ? 26 : 36;
    default:
      return 22;
  }
}

/** A line with readings is so much higher. */
const WITH_READINGS = 1.45;
const halfWidth = (text: string) => [...plainWords(text)].reduce((sum, character) => sum + (character.charCodeAt(0) < 0x300 ? 1.15 : 2), 0);

function pagesOf(lines: readonly Line[], room: number, width: number): Line[][] {
  const pages: Line[][] = [[]];
  let used = 0;
  for (const line of lines) {
    const takes = Math.max(1, Math.ceil(halfWidth(line.label) / (width * 0.42)), Math.ceil(halfWidth(line.value) / (width * 0.55))) + 0.35;
    if (used + takes > room && used > 0) {
      pages.push([]);
      used = 0;
    }
    pages.at(-1)?.push(line);
    used += takes;
  }
  return pages;
}

export function RequestReviewScreen({ screen }: { readonly screen: Review }) {
  const { spell, settings, glass } = useKiosk();
  const words = useWords();
  const { procedure, lines, fee, bring, notes, kind } = screen;
  const money = fee.kind === 'yen' ? `${grouped(fee.total)}${settings.form === 'en' ? ' yen' : '円'}` : spell(`review.${fee.kind}`);
  const all: Line[] = [
    ...lines.map(({ label, value }) => ({ label: words(label), value: value ? words(value) : spell('review.by-hand'), byHand: value === null })),
    ...(kind === 'report' && fee.kind === 'free' ? [] : [{ label: spell('review.fee'), value: money }]),
    ...bring.map((one) => ({ label: spell('review.bring'), value: words(one) })),
    ...notes.map((one) => ({ label: spell('review.notes'), value: words(one) })),
  ];
  const large = settings.text === 'large';
  const readings = settings.readings || settings.form === 'easy';
  const pages = pagesOf(all, roomOf(glass, large) / (readings ? WITH_READINGS : 1), widthOf(glass, large));
  const turning = useTurning(pages.length);
  return (
    <Frame layout="two" bar={<BackBar end="stop" />}>
      <div className="words top">
        <Title text={spell('review.title')} />
        <p className="where-at"><Lines text={words(procedure)} /></p>
        <dl className="answers">
          {(pages[turning.page] ?? []).map(({ label, value, byHand = false }, index) => (
            <div key={index} className={byHand ? 'by-hand' : undefined}>
              <dt><Lines text={label} /></dt>
              <dd lang="ja"><Lines text={value} /></dd>
            </div>
          ))}
        </dl>
      </div>
      <div className="aside choices">
        <TurnButton turning={turning} wanted={!turning.seenAll} about={spell('review.page', { page: turning.page + 1, pages: turning.pages })} />
        {turning.seenAll && <ChoiceButton choice="confirm" look="go" icon={<SlipIcon />} label={spell('button.ask')} about={kind === 'certificate' ? undefined : spell('review.go-about')} />}
      </div>
    </Frame>
  );
}
