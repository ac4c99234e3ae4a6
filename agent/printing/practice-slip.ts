/** What somebody takes home who has practised. 「練習」 stands above and below it, and that it is worth nothing. */
import { foot, head, sizesOf, type SlipFrame } from './slip-frame.ts';
import { bandLine, fitting, leftLines, markupOf, middleLines, pointLines, RULE, sized } from './slip-text.ts';
import { filled, SLIP_WORDS } from './slip-words.ts';

export interface PracticeSlip {
  readonly kind: 'practice';
  readonly practised: ReadonlyArray<keyof typeof SLIP_WORDS.practised>;
  /** Only when the person wants it there. */
  readonly name: string | null;
}

const say = SLIP_WORDS.practice;

export function practiceSlipMarkup(slip: PracticeSlip, frame: SlipFrame): string {
  const { form } = frame;
  const { text } = sizesOf(frame);
  return markupOf([
    ...head(say.title, frame, band(frame)),
    ...(slip.name === null ? [] : [...middleLines(filled(say.name[form], { name: slip.name }), text, true), '']),
    sized(say.praise[form], fitting(say.praise[form], 'triple', 'double'), true),
    '',
    ...leftLines(say.did[form], text),
    ...slip.practised.flatMap((one) => pointLines('○ ', SLIP_WORDS.practised[one][form], text)),
    '',
    ...middleLines(say.again[form], text),
    '',
    RULE,
    '',
    ...middleLines(say.noValue[form], text),
    '',
    ...band(frame),
    ...foot(frame),
  ]);
}

/** In Japanese always: whoever it is shown to must see it. */
function band({ form }: SlipFrame): string[] {
  const text = form === 'ja' ? say.band.ja : `${say.band.ja} ${say.band[form]}`;
  return [bandLine(text, 'quadruple', 'triple', 'double'), ''];
}
