/**
 * A page of the virtual printer that writes down what would be burnt and draws nothing: a line a line, with size and weight of its characters,
 * dots by their sum. Two pages that read the same would look the same.
 */
import { createHash } from 'node:crypto';
import { carryOut } from '../../../hardware/simulator/printed-slip.ts';
import type { PrinterCommand, KanjiMode, Setting } from '../../../hardware/simulator/virtual-printer-commands.ts';
import type { PrinterPage } from '../../../hardware/simulator/virtual-printer-page.ts';

/** What changes how a character looks, or where its line stands. */
const LOOKS: readonly Setting[] = ['size', 'emphasis', 'underline', 'reverse', 'alignment', 'left-margin', 'international', 'code-page', 'kanji-system'];

const decoder = new TextDecoder('shift_jis');
const characters = new Map<number, string>();

/** What a slip reads like when nothing disturbs the printer. */
export function written(bytes: Uint8Array): string[] {
  const page = new WrittenPage((complaint) => {
    throw new Error(complaint);
  });
  carryOut(bytes, page);
  return page.lines();
}

export class WrittenPage implements Pick<PrinterPage, keyof PrinterPage> {
  readonly #complain: (complaint: string) => void;
  readonly #settings = new Map<Setting, number>();
  readonly #glyphs = new Map<number, string>();
  #lines: string[] = [];
  #line = '';
  #look = '';
  #stored: string | undefined;

  constructor(complain: (complaint: string) => void) {
    this.#complain = complain;
  }

  get kanji(): KanjiMode {
    return { system: this.#of('kanji-system') % 48, on: this.#of('kanji-mode') === 1 };
  }
  get clean(): boolean {
    return this.#lines.every((line) => line === '');
  }
  /** What hangs out of the printer. */
  lines(): string[] {
    return [...this.#lines];
  }

  initialise(): void {
    this.#settings.clear();
    this.#glyphs.clear();
    this.#stored = undefined;
    this.dropLine();
  }
  dropLine(): void {
    this.#line = '';
    this.#look = '';
  }

  do(command: PrinterCommand): void {
    switch (command.kind) {
      case 'initialise':
        return this.initialise();
      case 'set':
        this.#settings.set(command.what, command.value);
        if (command.what === 'absolute' || command.what === 'relative') this.#line += `→${command.value};`;
        return;
      case 'single':
        return this.#place(String.fromCharCode(command.byte));
      case 'double':
        return this.#double((command.lead << 8) | command.trail);
      case 'line-feed':
        return this.#endLine();
      case 'feed':
        if (this.#line !== '') this.#endLine();
        return;
      case 'define-glyph':
        this.#glyphs.set((command.lead << 8) | command.trail, sumOf(command.columns));
        return;
      case 'store-graphics':
        this.#stored = `▒${command.widthDots}×${command.heightDots} ${sumOf(command.rows)}`;
        return;
      case 'print-graphics':
        if (this.#stored === undefined) this.#complain('graphics printed that were not stored');
        else this.#lines.push(this.#stored);
        return;
      case 'cut':
        if (this.#line !== '') this.#complain('a cut in the middle of a line is not obeyed');
        return;
      case 'unknown':
        return this.#complain(`unknown bytes ${Buffer.from(command.bytes).toString('hex')}`);
      case 'print-raster':
        this.#lines.push(`▒${command.widthDots}×${command.heightDots} ${sumOf(command.rows)}`);
        return;
      case 'line-raster':
        return this.#place(`▒${command.widthDots}×${command.heightDots} ${sumOf(command.rows)}`);
      case 'automatic-status':
      case 'transmit-status':
      case 'marker':
      case 'count':
      case 'count-from-nought':
      case 'nothing':
        return;
    }
  }

  tear(): ReturnType<PrinterPage['tear']> {
    const text = this.#lines.join('\n');
    this.#lines = [];
    return { png: Buffer.alloc(0), text, placed: [] };
  }

  #of(setting: Setting): number {
    return this.#settings.get(setting) ?? 0;
  }
  #double(code: number): void {
    let character = this.#glyphs.get(code) ?? characters.get(code);
    if (character === undefined) {
      character = decoder.decode(Uint8Array.of(code >> 8, code & 255));
      characters.set(code, character);
    }
    if (character.includes('\ufffd')) this.#complain(`code ${code.toString(16)} has no character`);
    this.#place(character);
  }
  #place(character: string): void {
    const look = LOOKS.map((setting) => this.#of(setting)).join();
    if (look !== this.#look) this.#line += `‹${look}›`;
    this.#look = look;
    this.#line += character;
  }
  #endLine(): void {
    this.#lines.push(this.#line);
    this.dropLine();
  }
}

const sumOf = (bytes: Uint8Array): string => `〓${createHash('sha1').update(bytes).digest('hex').slice(0, 8)}`;
