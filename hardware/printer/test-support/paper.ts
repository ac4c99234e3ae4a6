/** Lays a slip out and prints it on the page of the virtual printer, so that tests read from paper and not from the layout. */
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { defused } from '../escpos-commands.ts';
import { graphemes } from '../slip-characters.ts';
import { drawGlyphs } from '../slip-glyphs.ts';
import { layoutSlip, type SlipLayout, type SlipLayoutOptions } from '../slip-layout.ts';
import { carryOut } from '../../simulator/printed-slip.ts';
import type { PrinterCommand } from '../../simulator/virtual-printer-commands.ts';
import { DRAWN_CHARACTER, PrinterPage } from '../../simulator/virtual-printer-page.ts';

export interface Paper {
  /** What stands on it; lines drawn whole cannot be read and are missing. Characters that were taught are 〓. */
  readonly text: string;
  /** The same, with the characters that were taught by their names where `known` has characters with the same dots. */
  read(known: string): string;
  readonly png: Buffer;
  readonly complaints: readonly string[];
  readonly commands: readonly PrinterCommand[];
  readonly bytes: Uint8Array;
}

/** @throws when the slip cannot be printed */
export async function onPaper(markup: string, options: SlipLayoutOptions = { columns: 48 }): Promise<Paper> {
  const layout = await layoutSlip(markup, options);
  if (layout.kind !== 'printable') throw new Error(`unprintable: ${layout.why}`);
  return printed(layout);
}

export function printed(layout: SlipLayout & { kind: 'printable' }): Paper {
  const complaints: string[] = [];
  const page = new PrinterPage((complaint) => complaints.push(complaint));
  const commands = layout.units.flatMap((unit) => carryOut(unit, page));
  const taught = new Map<string, Uint8Array>();
  /** For each 〓 on the paper its dots; undefined where it is the character itself. */
  const drawn: (Uint8Array | undefined)[] = [];
  for (const command of commands) {
    if (command.kind === 'define-glyph') taught.set(`${command.lead} ${command.trail}`, command.columns);
    if (command.kind !== 'double') continue;
    const dots = taught.get(`${command.lead} ${command.trail}`);
    if (dots || (command.lead === 0x81 && command.trail === 0xac)) drawn.push(dots);
  }
  const { text, png } = page.tear();
  return {
    text,
    png,
    complaints,
    commands,
    bytes: Buffer.concat(layout.units),
    read(known) {
      const { glyphs } = drawGlyphs(graphemes(known).map((grapheme) => ({ grapheme, columns: 2 })));
      const names = new Map([...glyphs].map(([grapheme, dots]) => [Buffer.from(defused(dots)).toString('hex'), grapheme]));
      const waiting = drawn[Symbol.iterator]();
      return text.replaceAll(DRAWN_CHARACTER, () => {
        const dots = waiting.next().value;
        return dots ? (names.get(Buffer.from(dots).toString('hex')) ?? DRAWN_CHARACTER) : DRAWN_CHARACTER;
      });
    },
  };
}

/** How many dots differ between two papers; Infinity when they are not of one size. */
export async function differingDots(one: Paper, other: Paper): Promise<number> {
  const [a, b] = await Promise.all([pixels(one.png), pixels(other.png)]);
  return a.length === b.length ? a.reduce((count, dot, index) => count + (dot === b[index] ? 0 : 1), 0) : Infinity;
}

async function pixels(png: Buffer): Promise<Uint32Array> {
  const image = await loadImage(png);
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  return new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
}
