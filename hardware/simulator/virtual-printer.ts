/**
 * A receipt printer of a chosen kind behind a real pseudo-terminal: the production driver cannot tell it from one. It draws what it
 * receives as PNG pictures, answers status requests and print markers, and fails by name. Must never be kinder than a printer: bytes
 * it does not know are reported, a full buffer loses bytes, a marker is answered only when everything before it is printed.
 */
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as soon } from 'node:timers/promises';
import { Faults } from './faults.ts';
import type { PrinterCommand } from './virtual-printer-commands.ts';
import { PRINTER_FAULTS, type PrinterFault } from './virtual-printer-faults.ts';
import { KINDS, type PrinterKind, type PrinterKindName } from './virtual-printer-kinds.ts';
import { VirtualLine } from './virtual-printer-line.ts';
import { PrinterPage } from './virtual-printer-page.ts';
import type { RealTimeCommand, PrinterConditions } from './virtual-printer-status.ts';

export interface VirtualSlip {
  readonly number: number;
  /** Path of the picture; empty where none are kept. */
  readonly png: string;
  /** The marker that followed the cut, once it was answered. */
  readonly marker: string | undefined;
  /** What can be read on it, a line a line; 〓 for characters that came as dots. */
  readonly text: string;
}

export interface VirtualPrinterOptions {
  /** Path of the serial line; a link that appears and vanishes with the plug. */
  readonly link: string;
  /** What kind of printer it is. Default: epson. */
  readonly kind?: PrinterKindName;
  /** Where the pictures are kept; without it there are none. */
  readonly slipsDir?: string;
  /** Makes something else to be plugged into than a pseudo-terminal. */
  readonly line?: (onBytes: (bytes: Uint8Array) => void) => Pick<VirtualLine, keyof VirtualLine>;
  /** Makes a page that is not drawn. */
  readonly page?: (complain: (complaint: string) => void) => Pick<PrinterPage, keyof PrinterPage>;
  /** When given, bytes arrive no faster than this line carries them. */
  readonly baudRate?: number;
  /** When given, the head burns no more rows a second; real ones do 1,200–2,400. */
  readonly rowsPerSecond?: number;
  /** How long the `power-cycle` fault keeps the power off. */
  readonly powerCycleMs?: number;
}

/** Epson's receive buffer. */
const BUFFER_BYTES = 4_096;
/** How many lines of a slip come out before a mid-slip fault strikes. */
const MID_SLIP_LINES = 3;
const WATCH_MS = 20;

/** By the global timer, which a simulation may have replaced. */
const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Events {
  /** A slip was cut off; its picture is on the disk. */
  'slip-cut': [slip: VirtualSlip];
  /** A line of the slip was printed; the number counts from 1. */
  'line-printed': [number: number];
}

export class VirtualPrinter extends EventEmitter<Events> {
  readonly faults = new Faults<PrinterFault>(PRINTER_FAULTS);
  /** Everything that was cut off, oldest first. */
  readonly slips: VirtualSlip[] = [];
  /** Pictures of pieces that came off without a cut, when paper ran out in the middle of one. */
  readonly scraps: { readonly png: string; readonly text: string }[] = [];
  /** What a real printer would have stumbled over. */
  readonly complaints: string[] = [];
  /** Bytes that have arrived while it was on. */
  received = 0;

  readonly #options: VirtualPrinterOptions;
  readonly #line: Pick<VirtualLine, keyof VirtualLine>;
  #kind: PrinterKind;
  #page: Pick<PrinterPage, keyof PrinterPage>;
  #realTime: ReturnType<PrinterKind['realTime']>;
  readonly #struck = new Set<PrinterFault>();
  readonly #watch: NodeJS.Timeout;
  #buffer: Uint8Array = new Uint8Array();
  #arrival = Promise.resolve();
  #powered = true;
  #stopped = false;
  /** Grows when everything received is thrown away, so that a command under way notices. */
  #era = 0;
  #automaticStatusMask = 0;
  /** Star's counter of `ETB`. */
  #counted = 0;
  #lastAutomaticStatus = '';
  #inSlip = false;
  #linesOfSlip = 0;
  #pieces = 0;
  #noise = 0x2545;
  #wake = (): void => undefined;
  #running = Promise.resolve();

  /** Plugs a printer with paper in it in and switches it on. */
  static async start(options: VirtualPrinterOptions): Promise<VirtualPrinter> {
    if (options.slipsDir !== undefined) mkdirSync(options.slipsDir, { recursive: true });
    const printer = new VirtualPrinter(options);
    await printer.#line.plug();
    printer.#running = printer.#work();
    return printer;
  }

  private constructor(options: VirtualPrinterOptions) {
    super();
    this.#options = options;
    this.#kind = KINDS[options.kind ?? 'epson'];
    this.#page = this.#newPage();
    this.#realTime = this.#kind.realTime();
    const receive = (bytes: Uint8Array): void => this.#receive(bytes);
    this.#line = options.line?.(receive) ?? new VirtualLine(options.link, receive);
    this.#watch = setInterval(() => this.#noticeChange(), WATCH_MS).unref();
  }

  get plugged(): boolean {
    return this.#line.plugged;
  }
  get powered(): boolean {
    return this.#powered;
  }
  get kind(): PrinterKindName {
    return this.#kind.name;
  }
  /** The faults that are in force now. */
  get conditions(): PrinterFault[] {
    return PRINTER_FAULTS.filter((fault) => this.#inForce(fault));
  }

  unplug(): Promise<void> {
    return this.#line.unplug();
  }
  replug(): Promise<void> {
    return this.#line.plug();
  }

  /** Another printer stands on the same cable, switched on. */
  become(kind: PrinterKindName): void {
    this.powerOff();
    this.#kind = KINDS[kind];
    this.#page = this.#newPage();
    this.#realTime = this.#kind.realTime();
    this.powerOn();
  }
  #newPage(): Pick<PrinterPage, keyof PrinterPage> {
    const complain = (complaint: string): void => void this.complaints.push(complaint);
    return this.#options.page?.(complain) ?? new PrinterPage(complain, this.#kind.codePage);
  }

  /** The line stays, the printer is mute and forgets everything it had received. */
  powerOff(): void {
    this.#powered = false;
    this.#automaticStatusMask = 0;
    this.#counted = 0;
    this.#forget();
    this.#page.initialise();
    for (const fault of ['cutter-error', 'overheated', 'unrecoverable', 'offline', 'silent', 'garbage-answers'] as const) this.#struck.delete(fault);
  }
  powerOn(): void {
    this.#powered = true;
    this.#noticeChange();
  }

  /** The fault begins now and lasts until it is put right. */
  strike(fault: PrinterFault): void {
    this.#struck.add(fault);
    this.#noticeChange();
  }
  openCover(): void {
    this.strike('cover-open');
  }
  closeCover(): void {
    this.#struck.delete('cover-open');
    this.#noticeChange();
  }
  /** A new roll; what was half-printed on the old one comes off. */
  loadPaper(): void {
    if (this.#conditions().paperOut && !this.#page.clean) {
      const { png, text } = this.#page.tear();
      this.scraps.push({ png: this.#keep(png, 'scrap'), text });
    }
    for (const fault of ['paper-out', 'paper-near-end', 'paper-out-mid-slip'] as const) this.#struck.delete(fault);
    this.#noticeChange();
  }
  /** Everything in order again: paper, cover, errors, and no fault armed. */
  putRight(): void {
    this.faults.clear();
    this.loadPaper();
    this.#struck.clear();
    this.#noticeChange();
  }

  /** Ends the printer and removes its path. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#watch);
    this.#wake();
    await this.#line.unplug();
    await this.#running;
  }

  #inForce(fault: PrinterFault): boolean {
    if (this.#struck.has(fault)) return true;
    if (fault === 'power-cycle' || fault === 'unplug-mid-slip' || fault === 'paper-out-mid-slip') return false;
    return this.#repeated(fault);
  }
  #repeated(fault: PrinterFault): boolean {
    return this.faults.armed(fault) && this.faults.list().some(({ name, times }) => name === fault && times === 'repeatedly');
  }
  /** Lets the faults armed for this moment happen. */
  #opportunity(faults: readonly PrinterFault[]): void {
    for (const fault of faults) {
      if (this.#inForce(fault) || !this.faults.take(fault)) continue;
      if (fault === 'power-cycle') this.#cyclePower();
      else if (fault === 'unplug-mid-slip') void this.unplug();
      else this.strike(fault);
    }
  }
  #cyclePower(): void {
    this.powerOff();
    void delay(this.#options.powerCycleMs ?? 250).then(() => this.powerOn());
  }

  #conditions(): PrinterConditions {
    const paperOut = this.#inForce('paper-out') || this.#inForce('paper-out-mid-slip');
    const [coverOpen, cutter, unrecoverable, overheated] = (['cover-open', 'cutter-error', 'unrecoverable', 'overheated'] as const).map((fault) => this.#inForce(fault));
    const stopped = paperOut || coverOpen === true || cutter === true || unrecoverable === true || overheated === true;
    return {
      offline: stopped || this.#inForce('offline'),
      paperOut,
      paperNearEnd: paperOut || this.#inForce('paper-near-end'),
      coverOpen: coverOpen === true,
      cutter: cutter === true,
      unrecoverable: unrecoverable === true,
      overheated: overheated === true,
    };
  }

  /** Sends automatic status when it changed and somebody asked for it. */
  #noticeChange(): void {
    if (this.#stopped) return;
    const status = this.#kind.automaticStatus(this.#conditions(), this.#counted);
    const changed = status.join() !== this.#lastAutomaticStatus;
    this.#lastAutomaticStatus = status.join();
    if (changed && this.#automaticStatusMask !== 0) this.#answer(status);
    this.#wake();
  }

  #answer(bytes: readonly number[]): void {
    if (!this.#powered || this.#inForce('silent')) return;
    if (this.#inForce('garbage-answers')) this.#line.send(Uint8Array.from(bytes, () => this.#noiseByte()));
    else this.#line.send(Uint8Array.from(bytes));
  }
  #noiseByte(): number {
    this.#noise = (Math.imul(this.#noise, 1_103_515_245) + 12_345) >>> 0;
    return (this.#noise >>> 16) | 0x81; // framing errors of a wrong speed: high bit set
  }

  #receive(bytes: Uint8Array): void {
    const { baudRate } = this.#options;
    if (baudRate === undefined) return this.#arrive(bytes);
    for (let at = 0; at < bytes.length; at += 32) {
      const slice = bytes.slice(at, at + 32);
      this.#arrival = this.#arrival.then(() => delay((slice.length * 10_000) / baudRate)).then(() => this.#arrive(slice));
    }
  }
  #arrive(bytes: Uint8Array): void {
    if (!this.#powered) return;
    this.received += bytes.length;
    for (const byte of bytes) {
      if (this.#buffer.length < BUFFER_BYTES) this.#buffer = Buffer.concat([this.#buffer, Uint8Array.of(byte)]);
      else this.complaints.push('the receive buffer was full: a byte was lost');
      const command = this.#realTime.feed(byte);
      if (command) this.#obeyAtOnce(command);
      if (this.#inForce('hasty-answers') && Buffer.from(this.#buffer).subarray(-3).toString('latin1') === '\x1dr\x01') this.#answer([0x00]);
    }
    this.#wake();
  }
  #obeyAtOnce(command: RealTimeCommand): void {
    switch (command.kind) {
      case 'status':
        // Nothing is taken out of the buffer of an offline printer; requests must not fill it.
        if (this.#conditions().offline) this.#buffer = this.#buffer.slice(0, -3);
        return this.#answer(this.#kind.answerTo(command.n, this.#conditions(), this.#counted));
      case 'recover':
        this.#struck.delete('cutter-error');
        if (command.clear) this.#forget();
        return this.#noticeChange();
      case 'clear':
        this.#forget();
        return this.#answer([0x37, 0x25, 0x00]);
    }
  }
  #forget(): void {
    this.#era++;
    this.#buffer = new Uint8Array();
    this.#page.dropLine();
    this.#inSlip = false;
    this.#wake();
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      const decoded = this.#powered && !this.#conditions().offline ? this.#kind.decode(this.#buffer, this.#page.kanji) : undefined;
      if (!decoded) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        continue;
      }
      const bytes = this.#buffer.slice(0, decoded.length);
      const era = this.#era;
      if (!this.#mayBegin(decoded.command)) continue;
      this.#buffer = this.#buffer.slice(decoded.length);
      await this.#carryOut(decoded.command, bytes, era);
    }
  }

  /** Faults that belong before a command strike here; the command then waits in the buffer. */
  #mayBegin(command: PrinterCommand): boolean {
    const era = this.#era;
    if (command.kind === 'initialise' && !this.#inSlip) {
      this.#inSlip = true;
      this.#linesOfSlip = 0;
      this.#opportunity(['paper-out', 'paper-near-end', 'overheated', 'unrecoverable', 'offline', 'silent', 'garbage-answers', 'proof-lost', 'hasty-answers']);
    }
    if (command.kind === 'cut') this.#opportunity(['cutter-error']);
    return era === this.#era && this.#powered && !this.#conditions().offline;
  }

  async #carryOut(command: PrinterCommand, bytes: Uint8Array, era: number): Promise<void> {
    const rows = command.kind === 'line-feed' || command.kind === 'cut' ? 30 : command.kind === 'print-graphics' ? 12 : 0;
    if (rows > 0) await (this.#options.rowsPerSecond === undefined ? soon() : delay((rows * 1_000) / this.#options.rowsPerSecond));
    if (era !== this.#era || this.#stopped) return;
    if (rows > 0 && this.#conditions().offline) {
      // The cover was opened or the paper ended under the head: this line is still to be printed.
      this.#buffer = Buffer.concat([bytes, this.#buffer]);
      return;
    }
    this.#page.do(command);
    switch (command.kind) {
      case 'initialise':
        if (this.#kind.initialiseSilences) this.#automaticStatusMask = 0;
        return;
      case 'line-feed':
        this.emit('line-printed', ++this.#linesOfSlip);
        if (this.#linesOfSlip >= MID_SLIP_LINES) this.#opportunity(['cover-open', 'paper-out-mid-slip', 'power-cycle', 'unplug-mid-slip']);
        return;
      case 'cut':
        return this.#cut();
      case 'automatic-status':
        this.#automaticStatusMask = command.mask;
        if (command.mask !== 0) this.#answer(this.#kind.automaticStatus(this.#conditions(), this.#counted));
        return;
      case 'transmit-status':
        if (this.#inForce('proof-lost') || this.#inForce('hasty-answers')) return;
        return this.#answer([this.#conditions().paperNearEnd ? 0x03 : 0x00]);
      case 'marker':
        if (!this.#kind.epsonOnly) return void this.complaints.push('GS ( H is not known here');
        return this.#prove(command.marker);
      case 'define-glyph':
        if (!this.#kind.epsonOnly) this.complaints.push('FS 2 is not known here');
        return;
      case 'count':
        if (this.#inForce('proof-lost')) return;
        this.#counted = (this.#counted + 1) % 32;
        return this.#noticeChange();
      case 'count-from-nought':
        this.#counted = 0;
        return;
      default:
        return;
    }
  }

  #cut(): void {
    this.#inSlip = false;
    const { png, text } = this.#page.tear();
    const slip: VirtualSlip = { number: this.slips.length + 1, png: this.#keep(png, 'slip'), marker: undefined, text };
    this.slips.push(slip);
    this.emit('slip-cut', slip);
  }
  #prove(marker: string): void {
    if (this.#inForce('proof-lost')) return;
    const newest = this.slips.at(-1);
    if (newest && newest.marker === undefined && !this.#inSlip) this.slips[this.slips.length - 1] = { ...newest, marker };
    this.#answer([0x37, 0x22, ...Buffer.from(marker, 'latin1'), 0x00]);
  }
  #keep(png: Buffer, kind: 'slip' | 'scrap'): string {
    const { slipsDir } = this.#options;
    if (slipsDir === undefined) return '';
    let path: string;
    // Pictures of an earlier run stay.
    do path = join(slipsDir, `${kind}-${String(++this.#pieces).padStart(4, '0')}.png`);
    while (existsSync(path));
    writeFileSync(path, png);
    return path;
  }
}
