/**
 * What the virtual printer says of itself, and the commands it obeys at the moment they arrive. Source of the bits: TM-T88III
 * specification, page 84 and appendix G.
 */

export interface PrinterConditions {
  readonly offline: boolean;
  readonly paperOut: boolean;
  readonly paperNearEnd: boolean;
  readonly coverOpen: boolean;
  readonly cutter: boolean;
  readonly unrecoverable: boolean;
  readonly overheated: boolean;
}

/** The byte that answers `DLE EOT n`. */
export function realTimeStatus(n: number, conditions: PrinterConditions): number {
  const { offline, paperOut, paperNearEnd, coverOpen, cutter, unrecoverable, overheated } = conditions;
  switch (n) {
    case 1:
      return 0x12 | bit(offline, 0x08);
    case 2:
      return 0x12 | bit(coverOpen, 0x04) | bit(paperOut, 0x20) | bit(cutter || unrecoverable || overheated, 0x40);
    case 3:
      return 0x12 | bit(cutter, 0x08) | bit(unrecoverable, 0x20) | bit(overheated, 0x40);
    default:
      return 0x12 | bit(paperNearEnd, 0x0c) | bit(paperOut, 0x60);
  }
}

/** The four bytes of automatic status. */
export function automaticStatus(conditions: PrinterConditions): [number, number, number, number] {
  const { offline, paperOut, paperNearEnd, coverOpen, cutter, unrecoverable, overheated } = conditions;
  return [
    0x10 | bit(offline, 0x08) | bit(coverOpen, 0x20),
    bit(cutter, 0x08) | bit(unrecoverable, 0x20) | bit(overheated, 0x40),
    bit(paperNearEnd, 0x03) | bit(paperOut, 0x0c),
    0,
  ];
}

function bit(on: boolean, mask: number): number {
  return on ? mask : 0;
}

export type RealTimeCommand =
  | { readonly kind: 'status'; readonly n: number }
  | { readonly kind: 'recover'; readonly clear: boolean }
  | { readonly kind: 'clear' };

const CLEAR = [0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08];

/** Finds real-time commands in whatever arrives, also in the middle of image data – as real printers do. */
export class RealTimeCommands {
  #recent: number[] = [];

  /** @returns the command that `byte` completes */
  feed(byte: number): RealTimeCommand | undefined {
    this.#recent = [...this.#recent, byte].slice(-CLEAR.length);
    const [dle, kind, n = 0] = this.#recent.slice(-3);
    if (dle === 0x10 && kind === 0x04 && n >= 1 && n <= 4) return { kind: 'status', n };
    if (dle === 0x10 && kind === 0x05 && (n === 1 || n === 2)) return { kind: 'recover', clear: n === 2 };
    return CLEAR.every((expected, index) => this.#recent[index] === expected) ? { kind: 'clear' } : undefined;
  }
}
