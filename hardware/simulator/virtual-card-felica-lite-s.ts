/**
 * A FeliCa Lite-S card on a contactless reader: blank as from the factory, or with an imported memory. Its memory can be taken out and
 * put back, so that tests have copies and cards that went back in time.
 */
import { FelicaLiteSChip } from './felica-lite-s/chip.ts';
import { ReaderFront, type VirtualReaderStyle } from './felica-lite-s/reader-front.ts';
import type { VirtualCard } from './virtual-card.ts';

/** FeliCa (standard 11, name 003B). */
const ATR = '3B8F8001804F0CA00000030611003B0000000042';

export interface FelicaLiteSOptions {
  /** What make of reader it lies on. Default: an ACR1251 or ACR1252. */
  readonly readerStyle?: VirtualReaderStyle;
  readonly atr?: Uint8Array | undefined;
}

export class FelicaLiteSCard implements VirtualCard {
  readonly name: string;
  readonly atr: Uint8Array;
  readonly alarms: readonly string[] = [];
  readonly chip: FelicaLiteSChip;
  readonly #front: ReaderFront;

  /** @param idm 8 bytes */
  constructor(name: string, idm: Uint8Array, options: FelicaLiteSOptions = {}) {
    this.name = name;
    this.atr = options.atr ?? Uint8Array.from(Buffer.from(ATR, 'hex'));
    this.chip = new FelicaLiteSChip(idm);
    this.#front = new ReaderFront(options.readerStyle ?? 'acr125x', this.chip);
  }

  powerOn(): void {}

  powerOff(): void {
    this.chip.powerOff();
  }

  reset(): void {
    this.chip.powerOff();
  }

  respond(command: Uint8Array): Uint8Array {
    return this.#front.respond(command);
  }

  exportMemory(): Uint8Array {
    return this.chip.exportMemory();
  }

  importMemory(memory: Uint8Array): void {
    this.chip.importMemory(memory);
  }
}
