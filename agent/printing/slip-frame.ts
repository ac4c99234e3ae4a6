/** What all slips have around what they say: the head with the time, the number at the foot, and 再発行 where it was printed before. */
import type { Form } from '../../contract/procedure/request-lines.ts';
import { slipNumberText } from '../../contract/slip-number.ts';
import type { Words } from '../../contract/procedure/words.ts';
import { dateInTokyo, type Moment } from '../../contract/time.ts';
import { bandLine, columnsOf, COLUMNS, dateText, leftLines, middleLines, RULE, sized, timeText, type Size } from './slip-text.ts';
import { filled, SLIP_WORDS } from './slip-words.ts';

export interface SlipFrame {
  /** Of a reprint, the number of the first print. */
  readonly slipNumber: number;
  readonly deviceLabel: string;
  readonly town: string;
  readonly site: string;
  /** When this paper is printed. */
  readonly now: Moment;
  readonly form: Form;
  /** For who sees badly: one size up, and longer. */
  readonly large: boolean;
  /** Left out: the slip is printed for the first time. `number`: 1 for the first reprint. `first`: when the first was printed; what the slip says holds then. */
  readonly reprint?: { readonly number: number; readonly first: Moment };
}

/** What stands in which size. */
export interface SlipSizes {
  readonly title: Size;
  readonly text: Size;
  readonly label: Size;
  readonly small: Size;
}
const USUAL: SlipSizes = { title: 'double', text: 'double', label: 'tall', small: 'base' };
const LARGE: SlipSizes = { title: 'triple', text: 'triple', label: 'double', small: 'tall' };

export const sizesOf = ({ large }: Pick<SlipFrame, 'large'>): SlipSizes => (large ? LARGE : USUAL);

/** The moment of which the slip speaks. */
export const momentOf = ({ reprint, now }: SlipFrame): Moment => reprint?.first ?? now;

export function whenText(moment: Moment, form: Form): string {
  return `${dateText(dateInTokyo(moment), form)} ${timeText(moment, form)}`;
}

/** From the edge of the paper to the first line across. @param band above the town's name */
export function head(title: Words, frame: SlipFrame, band: readonly string[] = []): string[] {
  const { form } = frame;
  const { title: titleSize, text } = sizesOf(frame);
  const at = momentOf(frame);
  return [
    ...opening(frame, band),
    ...middleLines(title[form], titleSize, true),
    '',
    ...middleLines(dateText(dateInTokyo(at), form), text),
    ...middleLines(timeText(at, form), text),
    RULE,
    '',
  ];
}

/** The town's name, under 再発行 where it was printed before. */
export function opening(frame: SlipFrame, band: readonly string[] = []): string[] {
  return ['{b:none}', ...reprintLines(frame), ...band, ...middleLines(`${frame.town}　${SLIP_WORDS.frame.kiosk[frame.form]}`, sizesOf(frame).small), ''];
}

/** Always in Japanese as well: staff must see it. */
const reprintText = (number: number) => `再発行 ${number}回目`;

function reprintLines(frame: SlipFrame): string[] {
  const { reprint, form } = frame;
  if (!reprint) return [];
  const { label } = sizesOf(frame);
  return [
    bandLine(reprintText(reprint.number), 'triple', 'double'),
    '',
    ...middleLines(SLIP_WORDS.frame.reissued[form], label),
    ...middleLines(`（${SLIP_WORDS.frame.first[form]} ${whenText(reprint.first, form)}）`, label, true),
    RULE,
  ];
}

/** The slip's number, and where it was printed. */
export function foot(frame: SlipFrame): string[] {
  const { small } = sizesOf(frame);
  const number = `${SLIP_WORDS.frame.number[frame.form]}　${slipNumberText(frame.deviceLabel, frame.slipNumber)}`;
  const site = siteText(frame);
  if (Math.max(columnsOf(number, small), columnsOf(site, small)) > COLUMNS / 2) return [...leftLines(number, small), ...printedAt(frame)];
  return [`${sized(number, small)} | ${sized(site, small)}`, ...reprintedAt(frame)];
}

/** Where it was printed; of a reprint, also when. */
export function printedAt(frame: SlipFrame): string[] {
  return [...leftLines(siteText(frame), sizesOf(frame).small), ...reprintedAt(frame)];
}

const siteText = ({ form, site }: SlipFrame) => filled(SLIP_WORDS.frame.printedAt[form], { site });

function reprintedAt(frame: SlipFrame): string[] {
  const { reprint, form, now } = frame;
  return reprint ? leftLines(`${reprintText(reprint.number)}　${whenText(now, form)}`, sizesOf(frame).small) : [];
}

/** A label, and under it what it names. */
export function labelled(label: Words, text: string, frame: SlipFrame): string[] {
  const sizes = sizesOf(frame);
  return [...leftLines(label[frame.form], sizes.label), ...leftLines(text, sizes.text)];
}
