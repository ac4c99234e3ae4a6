/** What the printer's slip and its picture have in common: how receiptline measures text, and the air between its lines. */
import type { BaseCommand } from 'receiptline';
import { columnsOf, graphemes, type NormalisationShelter } from './slip-characters.ts';

/** Under a line of enlarged characters; 8 dots are a millimetre. */
const LEADING_DOTS = 10;

/** Widths and pieces of text as the printer will print them. `onTaken` is told how many visible characters are to be printed. */
export function measuring(shelter: NormalisationShelter, onTaken: (count: number) => void): Pick<BaseCommand, 'measureText' | 'arrayFrom'> {
  return {
    measureText: (text) => columnsOf(shelter.reveal(text)),
    // receiptline joins the pieces again and gives them back to `text`, so they must keep their stand-ins.
    arrayFrom(text) {
      onTaken(graphemes(shelter.reveal(text)).filter((piece) => piece !== ' ').length);
      return graphemes(text);
    },
  };
}

interface AiryLines {
  wh(this: BaseCommand, carets: number): string;
  vr(this: BaseCommand, widths: number[], height: number): string;
  lf(this: BaseCommand): string;
}

/** Adds air under lines of enlarged characters, which receiptline sets solid. Ruled tables stay closed. */
export function leading(base: BaseCommand, feed: (this: BaseCommand, dots: number) => string): AiryLines {
  let enlarged = false;
  let ruled = false;
  return {
    wh(this: BaseCommand, carets) {
      enlarged ||= carets > 1; // one caret widens only
      return base.wh.call(this, carets);
    },
    vr(this: BaseCommand, widths, height) {
      ruled = true;
      return base.vr.call(this, widths, height);
    },
    lf(this: BaseCommand) {
      const airy = enlarged && !ruled;
      enlarged = false;
      ruled = false;
      // In this order: the picture counts its height as it goes.
      const line = base.lf.call(this);
      return line + (airy ? feed.call(this, LEADING_DOTS) : '');
    },
  };
}
