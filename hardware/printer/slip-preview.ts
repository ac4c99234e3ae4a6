/** The picture of a slip: what stands on it stands where the printer puts it. */
import type { BaseCommand } from 'receiptline';
import { leading, measuring } from './receiptline-command.ts';
import { columnsOf, graphemes, NormalisationShelter } from './slip-characters.ts';
import type { SlipLayoutOptions } from './slip-layout.ts';

const COLUMN_DOTS = 12;
/** What a printer leaves between the last line of a piece and the next piece: 3 mm. */
const AIR_AT_CUT_DOTS = 24;
const XML: Readonly<Record<string, string>> = { ' ': '&#xa0;', '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * The same slip as an SVG picture, `12 × columns` units wide. Names the font BIZ UDGothic; loads nothing from anywhere.
 */
export async function slipPreviewSvg(markup: string, options: Pick<SlipLayoutOptions, 'columns'>): Promise<string> {
  const { commands, transform } = await import('receiptline');
  const shelter = new NormalisationShelter();
  const base: BaseCommand = commands.svg;
  const command: BaseCommand = {
    ...base,
    ...measuring(shelter, () => undefined),
    ...leading(base, function (this: BaseCommand, dots) {
      this['svgHeight'] = Number(this['svgHeight']) + dots;
      return '';
    }),
    open(printer) {
      base.open.call(this, printer);
      // receiptline numbers every picture at random; one picture on a page needs no number, and equal slips get equal pictures.
      this['receiptId'] = 'slip';
      return '';
    },
    cut() {
      this['svgHeight'] = Number(this['svgHeight']) + AIR_AT_CUT_DOTS;
      return '';
    },
    text(text) {
      // receiptline puts each character on a whole unit before it enlarges it: up to half a millimetre beside where the printer puts it.
      const scale = Number(this['textScale']);
      const character = (piece: string) => {
        const columns = columnsOf(shelter.reveal(piece)) * scale;
        const middle = ((Number(this['textPosition']) + columns / 2) * COLUMN_DOTS) / scale;
        this['textPosition'] = Number(this['textPosition']) + columns;
        return `<tspan x="${Number(middle.toFixed(3))}">${piece.replace(/[ &<>]/g, (sign) => XML[sign] ?? sign)}</tspan>`;
      };
      const style = this['textAttributes'] as Record<string, string>;
      // A printer strikes twice one dot apart, however large the character.
      const bold = style['stroke'] === undefined ? {} : { 'stroke-width': Number((1 / scale).toFixed(3)) };
      const attributes = Object.entries({ ...style, ...bold }).map(([name, value]) => ` ${name}="${value}"`);
      this['textElement'] = `${String(this['textElement'])}<text${attributes.join('')}>${graphemes(text).map(character).join('')}</text>`;
      return '';
    },
  };
  return transform(shelter.hide(markup), { cpl: options.columns, encoding: 'cp932', spacing: true, command })
    .replace(/<style[^>]*>.*?<\/style>/s, '')
    .replace(/[\u{f0000}-\u{ffffd}]/gu, (standIn) => shelter.reveal(standIn));
}
