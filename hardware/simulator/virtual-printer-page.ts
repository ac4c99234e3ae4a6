/**
 * The printing half of the virtual printer: modes, the line being set, own characters, graphics. It knows nothing of the serial line,
 * of paper ends or of status.
 */
import { HEAD_DOTS, Paper, blank, burn, fromColumns, fromRows, ownCharacter, ruledLine, styled, type Dots } from './escpos-canvas.ts';
import type { KanjiMode, PrinterCommand, Setting } from './virtual-printer-commands.ts';

/** Paper between head and cutter: after a cut this much of the next slip is already past the head. */
const HEAD_TO_CUTTER_DOTS = 96;
const DEFAULT_LINE_SPACING = 30;
/** What stands in a transcript for a character that was sent as dots. */
export const DRAWN_CHARACTER = '〓';

/** Where one character or image stands, in dots from the left end of the head and from the upper edge of the paper. */
export interface Placed {
  /** Null: an image. */
  readonly text: string | null;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly reverse: boolean;
}

export interface TornPaper {
  readonly png: Buffer;
  readonly text: string;
  readonly placed: readonly Placed[];
}

const decoder = new TextDecoder('shift_jis');

export class PrinterPage {
  readonly #paper = new Paper();
  readonly #glyphs = new Map<number, Dots>();
  readonly #complain: (complaint: string) => void;
  readonly #codePage: number;
  #settings: Settings;
  #line: { readonly dots: Dots; readonly x: number; readonly text: string; readonly reverse: boolean }[] = [];
  #placed: Placed[] = [];
  #x = 0;
  #lineText = '';
  #text: string[] = [];
  #stored: Dots | undefined;

  /** @param codePage the one that is in force after every initialisation */
  constructor(complain: (complaint: string) => void, codePage = 0) {
    this.#complain = complain;
    this.#codePage = codePage;
    this.#settings = defaultSettings(codePage);
    this.#paper.feed(HEAD_TO_CUTTER_DOTS);
  }

  get kanji(): KanjiMode {
    // Parameters may be numbers or digits: 1 and "1" mean the same.
    return { system: this.#settings['kanji-system'] % 48, on: this.#settings['kanji-mode'] === 1 };
  }

  get clean(): boolean {
    return this.#paper.clean;
  }

  /** `ESC @`, or the switch: modes, own characters and the line being set are forgotten. */
  initialise(): void {
    this.#settings = defaultSettings(this.#codePage);
    this.#glyphs.clear();
    this.#stored = undefined;
    this.dropLine();
  }

  /** Forgets the line being set. */
  dropLine(): void {
    this.#line = [];
    this.#lineText = '';
    this.#x = this.#settings['left-margin'];
  }

  /** Carries out one command that is about the page. */
  do(command: PrinterCommand): void {
    switch (command.kind) {
      case 'initialise':
        return this.initialise();
      case 'set':
        return this.#set(command.what, command.value);
      case 'single':
        return this.#single(command.byte);
      case 'double':
        return this.#double(command.lead, command.trail);
      case 'line-feed':
        return this.#printLine(this.#settings['line-spacing']);
      case 'feed':
        if (this.#line.length > 0) this.#printLine(0);
        return this.#paper.feed(command.unit === 'dots' ? command.amount : command.amount * this.#settings['line-spacing']);
      case 'define-glyph':
        this.#glyphs.set((command.lead << 8) | command.trail, fromColumns(command.columns));
        return;
      case 'store-graphics':
        this.#stored = fromRows(command.widthDots, command.heightDots, command.rows);
        return;
      case 'print-graphics':
        if (this.#stored) this.#printImage(this.#stored);
        else this.#complain('graphics printed that were not stored');
        this.#stored = undefined;
        return;
      case 'line-raster':
        this.#line.push({ dots: fromRows(command.widthDots, command.heightDots, command.rows), x: this.#x, text: '', reverse: false });
        this.#x += command.widthDots;
        return;
      case 'print-raster':
        return this.#printImage(fromRows(command.widthDots, command.heightDots, command.rows));
      case 'cut':
        if (this.#line.length > 0) this.#complain('a cut in the middle of a line is not obeyed');
        return this.#paper.feed(command.feedDots);
      case 'unknown':
        return this.#complain(`unknown bytes ${Buffer.from(command.bytes).toString('hex')}`);
      case 'automatic-status':
      case 'transmit-status':
      case 'marker':
      case 'count':
      case 'count-from-nought':
      case 'nothing':
        return;
    }
  }

  /** The piece that is cut or torn off, and what stands on it. */
  tear(): TornPaper {
    const torn = { png: this.#paper.tear(), text: this.#text.join('\n'), placed: this.#placed };
    this.#text = [];
    this.#placed = [];
    this.#paper.feed(HEAD_TO_CUTTER_DOTS);
    return torn;
  }

  #set(what: Setting, value: number): void {
    switch (what) {
      case 'absolute':
        this.#x = this.#settings['left-margin'] + value;
        return;
      case 'relative':
        this.#x += value < 0x8000 ? value : value - 0x1_0000;
        return;
      case 'left-margin':
        this.#settings[what] = value;
        if (this.#line.length === 0) this.#x = value;
        return;
      case 'right-edge':
        this.#settings['area-width'] = value - this.#settings['left-margin'];
        return;
      case 'default-line-spacing':
        this.#settings['line-spacing'] = DEFAULT_LINE_SPACING;
        return;
      default:
        this.#settings[what] = value;
    }
  }

  #single(byte: number): void {
    const rule = byte >= 0x80 && this.#settings['code-page'] === 1 ? ruledLine(byte) : undefined;
    if (rule) return this.#place(rule, '─', false);
    let character = byte >= 0xa1 && byte <= 0xdf ? String.fromCharCode(byte - 0xa1 + 0xff61) : String.fromCharCode(byte);
    if (byte === 0x5c && this.#settings.international === 8) character = '¥';
    if (byte >= 0x80 && (byte < 0xa1 || byte > 0xdf || this.#settings['code-page'] !== 1)) {
      this.#complain(`byte ${byte.toString(16)} has no character in this code page`);
    }
    this.#place(ownCharacter(character, 12), character, false);
  }

  #double(lead: number, trail: number): void {
    const glyph = this.#glyphs.get((lead << 8) | trail);
    if (glyph) return this.#place(glyph, DRAWN_CHARACTER, true);
    const row = (lead - (lead < 0xa0 ? 0x81 : 0xc1)) * 2 + (trail >= 0x9f ? 2 : 1);
    const character = decoder.decode(Uint8Array.of(lead, trail));
    if ((row > 8 && row < 16) || row > 84 || character.length !== 1 || character === '\ufffd') {
      this.#complain(`code ${lead.toString(16)}${trail.toString(16)} is not in JIS X 0208 and was not defined`);
      return this.#place(blank(24, 24), ' ', true);
    }
    this.#place(ownCharacter(character, 24), character, true);
  }

  #place(dots: Dots, text: string, kanji: boolean): void {
    const settings = this.#settings;
    const underline = kanji ? settings['kanji-underline'] : settings.underline;
    const character = styled(dots, {
      wide: (settings.size >> 4) + 1,
      high: (settings.size & 15) + 1,
      emphasis: (settings.emphasis & 1) === 1,
      underline: underline & 3,
      reverse: (settings.reverse & 1) === 1,
    });
    if (this.#x + character.width > settings['left-margin'] + settings['area-width']) {
      this.#complain('a line is longer than the print area');
      this.#printLine(settings['line-spacing']);
    }
    this.#line.push({ dots: character, x: this.#x, text, reverse: (settings.reverse & 1) === 1 });
    this.#lineText += text;
    this.#x += character.width;
  }

  #printLine(spacing: number): void {
    const height = this.#line.reduce((highest, { dots }) => Math.max(highest, dots.height), 0);
    if (Math.max(height, spacing) > 0) {
      const strip = blank(HEAD_DOTS, Math.max(height, spacing));
      const right = this.#line.reduce((furthest, { dots, x }) => Math.max(furthest, x + dots.width), this.#settings['left-margin']);
      const shift = this.#alignedBy(right - this.#settings['left-margin']);
      const top = this.#paper.length;
      for (const { dots, x, text, reverse } of this.#line) {
        burn(strip, dots, x + shift, height - dots.height);
        this.#placed.push({ text, x: x + shift, y: top + height - dots.height, width: dots.width, height: dots.height, reverse });
      }
      this.#paper.append(strip);
    }
    this.#text.push(this.#lineText);
    this.dropLine();
  }

  #printImage(image: Dots): void {
    const strip = blank(HEAD_DOTS, image.height);
    const x = this.#settings['left-margin'] + this.#alignedBy(image.width);
    burn(strip, image, x, 0);
    this.#placed.push({ text: null, x, y: this.#paper.length, width: image.width, height: image.height, reverse: false });
    this.#paper.append(strip);
  }

  #alignedBy(width: number): number {
    return Math.max(0, Math.floor(((this.#settings['area-width'] - width) * (this.#settings.alignment % 48)) / 2));
  }
}

type Settings = Record<Exclude<Setting, 'absolute' | 'relative' | 'right-edge' | 'default-line-spacing'>, number>;

function defaultSettings(codePage: number): Settings {
  return {
    international: 0, 'code-page': codePage, alignment: 0, emphasis: 0, underline: 0, size: 0, reverse: 0, 'line-spacing': DEFAULT_LINE_SPACING,
    'left-margin': 0, 'area-width': HEAD_DOTS, 'kanji-system': 0, 'kanji-mode': 0, 'kanji-style': 0, 'kanji-underline': 0,
    'kanji-spacing': 0, 'character-spacing': 0, font: 0, 'kanji-font': 0, 'upside-down': 0,
  };
}
