/**
 * Seeded sequences of commands for a My Number card, of which many go where nobody may go. Each starts as something the
 * kiosk, an attacker or a careless programmer might send, and is then bent in one or more of the ways listed here.
 */

/** Numbers from 0 up to but without 1, always the same for a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

const bytes = (hex: string): readonly number[] => [...Buffer.from(hex, 'hex')];
const TEXT = bytes('D3921000310001010408');
const JPKI = bytes('D392F000260100000001');
/** The issuer's, 券面, 住基, 共通, マイナ免許証, and one that is not there. */
const OTHERS = [
  'A0000001510000',
  'D3921000310001010402',
  'D3921000310001010401',
  'D3921000310001010100',
  'A0000002310600000000000000000000',
  'D3921000310001010499',
].map(bytes);
/** Files from which the number can be had, in whatever application. */
const FORBIDDEN = [0x01, 0x03, 0x14, 0x05, 0x13];
const LISTED = [0x02, 0x06, 0x0a, 0x0b, 0x11, 0x15, 0x17, 0x18];
const OFFSETS = [0, 1, 0x0e, 0xff, 0x0101, 0x07ff, 0x1001, 0x7ffe, 0x7fff];
const RIGHT_PINS = ['1234', '5678', '25010320351234'].map((digits) => [...Buffer.from(digits, 'ascii')]);
const DIGEST_INFO = bytes('3031300D060960864801650304020105000420');

export const MUTATIONS = [
  'short-identifier',
  'class',
  'partial-name',
  'parameters',
  'extended-length',
  'record',
  'get-data',
  'other-instruction',
  'secure-messaging',
  'chaining',
  'trailing-bytes',
  'truncation',
  'forbidden-file',
  'odd-read',
  'path',
  'bit',
] as const;
export type Mutation = (typeof MUTATIONS)[number];

/** One sequence. `count` is told every mutation that was applied. */
export function generatedSequence(random: () => number, count: (mutation: Mutation) => void): readonly Uint8Array[] {
  const length = 4 + Math.floor(random() * 8);
  const sequence: Uint8Array[] = [];
  const add = (command: number[], bentHowOften = 0.35) => {
    let bent = command;
    if (random() < bentHowOften) {
      for (let times = random() < 0.85 ? 1 : 2; times > 0; times -= 1) {
        const mutation = pick(random, MUTATIONS);
        count(mutation);
        bent = mutated(random, bent, mutation);
      }
    }
    sequence.push(Uint8Array.from(bent));
  };
  let application = applicationOf(random);
  // Seldom bent, for then whatever follows meets a card whose current application nobody knows, and most of it is blocked.
  add(selectApplication(application), 0.15);
  while (sequence.length < length) {
    const kind = random();
    if (kind < 0.12) {
      const next = applicationOf(random);
      add(selectApplication(next));
      // Now and then it goes on as if nothing had been selected.
      if (random() < 0.8) application = next;
    } else if (kind < 0.75) {
      const file = fileOf(random, application);
      add([0x00, 0xa4, 0x02, 0x0c, 0x02, file >> 8, file & 0xff]);
      for (let times = Math.floor(random() * 3); times > 0; times -= 1) add(useOf(random, file));
    } else if (kind < 0.95) add(useOf(random, pick(random, LISTED)));
    else add(Array.from({ length: Math.floor(random() * 14) }, () => byteOf(random)));
  }
  return sequence;
}

function applicationOf(random: () => number): readonly number[] {
  const kind = random();
  return kind < 0.55 ? TEXT : kind < 0.85 ? JPKI : pick(random, OTHERS);
}

function selectApplication(name: readonly number[]): number[] {
  return [0x00, 0xa4, 0x04, 0x0c, name.length, ...name];
}

function fileOf(random: () => number, application: readonly number[]): number {
  const kind = random();
  if (kind < 0.6) return pick(random, application === TEXT ? [0x02, 0x11, 0x15] : [0x06, 0x0a, 0x0b, 0x17, 0x18]);
  if (kind < 0.75) return pick(random, LISTED);
  return kind < 0.97 ? pick(random, FORBIDDEN) : Math.floor(random() * 0x1_0000);
}

/** What one does with a file of that number; sometimes what one does with another. */
function useOf(random: () => number, file: number): number[] {
  const kind = random();
  if (kind < 0.04) return [0x00, 0xc0, 0x00, 0x00, byteOf(random)];
  switch (kind < 0.2 ? pick(random, LISTED) : file) {
    case 0x11:
    case 0x14:
    case 0x15:
    case 0x18:
      return random() < 0.5 ? [0x00, 0x20, 0x00, 0x80] : verify(random);
    case 0x17:
      // Seldom as it should be: a signature takes the card longer than a thousand other commands.
      return random() < 0.05 ? sign(random) : [0x80, 0x2a, 0x00, 0x80, 0x33, 0x00];
    default:
      return readBinary(random);
  }
}

function readBinary(random: () => number): number[] {
  const offset = random() < 0.8 ? pick(random, OFFSETS) : Math.floor(random() * 0x8000);
  return [0x00, 0xb0, offset >> 8, offset & 0xff, random() < 0.5 ? 0x00 : byteOf(random)];
}

function verify(random: () => number): number[] {
  const digits = random() < 0.85 ? pick(random, RIGHT_PINS) : Array.from({ length: pick(random, [3, 4, 12, 14]) }, () => 0x30 + Math.floor(random() * 10));
  return [0x00, 0x20, 0x00, 0x80, digits.length, ...digits];
}

function sign(random: () => number): number[] {
  return [0x80, 0x2a, 0x00, 0x80, 0x33, ...DIGEST_INFO, ...Array.from({ length: 32 }, () => byteOf(random)), 0x00];
}

function mutated(random: () => number, command: number[], mutation: Mutation): number[] {
  const [cla = 0, ins = 0, p1 = 0, p2 = 0, ...body] = command;
  const anyFile = () => (random() < 0.7 ? pick(random, FORBIDDEN) : pick(random, LISTED));
  switch (mutation) {
    case 'short-identifier':
      if (ins === 0xb0) return [cla, ins, 0x80 | anyFile(), p2, ...body];
      return ins === 0x20 || ins === 0x2a ? [cla, ins, p1, 0x80 | anyFile(), ...body] : [cla, 0xb0, 0x80 | anyFile(), 0x00, 0x00];
    case 'class':
      return [pick(random, [0x01, 0x02, 0x03, 0x04, 0x08, 0x0c, 0x0f, 0x40, 0x80, 0x8c, 0xff, byteOf(random)]), ins, p1, p2, ...body];
    case 'partial-name': {
      const name = random() < 0.6 ? TEXT : JPKI;
      const part = name.slice(0, Math.floor(random() * (name.length + 1)));
      return [0x00, 0xa4, 0x04, pick(random, [0x0c, 0x0c, 0x0e, 0x00]), part.length, ...part];
    }
    case 'parameters':
      return [
        cla,
        ins,
        pick(random, [0x00, 0x01, 0x02, 0x03, 0x04, 0x08, 0x09, 0x80, byteOf(random)]),
        random() < 0.5 ? p2 : pick(random, [0x00, 0x02, 0x04, 0x0c, 0x0e, byteOf(random)]),
        ...body,
      ];
    case 'extended-length':
      if (body.length < 2) return [cla, ins, p1, p2, 0x00, 0x00, body[0] ?? 0x00];
      return [cla, ins, p1, p2, 0x00, 0x00, ...body, ...(random() < 0.5 ? [] : [0x00, 0x00])];
    case 'record':
      return [cla, pick(random, [0xb2, 0xb3]), 1, (anyFile() << 3) | 0x04, 0x00];
    case 'get-data':
      return [pick(random, [0x00, 0x80]), pick(random, [0xca, 0xcb, 0xae]), byteOf(random), byteOf(random), 0x00];
    case 'other-instruction':
      return [
        cla,
        pick(random, [0xd6, 0xd7, 0x0e, 0x24, 0x2c, 0x32, 0x82, 0x88, 0x84, byteOf(random)]),
        random() < 0.5 ? p1 : 0x80 | anyFile(),
        random() < 0.5 ? p2 : 0x80 | anyFile(),
        ...body,
      ];
    case 'secure-messaging':
      return [pick(random, [0x04, 0x08, 0x0c, 0x8c]), ins, p1, p2, 0x0d, 0x87, 0x09, 0x01, ...Array.from({ length: 8 }, () => byteOf(random)), 0x97, 0x00];
    case 'chaining':
      return [cla | 0x10, ins, p1, p2, ...body];
    case 'trailing-bytes':
      if (random() < 0.5) return [...command, 0x00, pick(random, LISTED)];
      return [...command, ...Array.from({ length: 1 + Math.floor(random() * 4) }, () => byteOf(random))];
    case 'truncation':
      return command.slice(0, Math.floor(random() * command.length));
    case 'forbidden-file':
      return [0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, pick(random, FORBIDDEN)];
    case 'odd-read':
      return [cla, 0xb1, 0x00, anyFile(), 0x03, 0x54, 0x01, Math.floor(random() * 0x20) | 0x01, 0x00];
    case 'path':
      return [cla, 0xa4, pick(random, [0x02, 0x08, 0x09]), 0x0c, 0x04, 0x00, pick(random, LISTED), 0x00, anyFile()];
    case 'bit': {
      if (command.length === 0) return command;
      const bit = Math.floor(random() * command.length * 8);
      return command.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
    }
  }
}

function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

function byteOf(random: () => number): number {
  return Math.floor(random() * 256);
}
