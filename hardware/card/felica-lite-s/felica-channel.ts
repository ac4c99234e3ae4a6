/**
 * How blocks of a FeliCa card are read and written through PC/SC. There is no standard: a FeliCa card knows no APDUs, and every make of
 * reader has pseudo-APDUs of its own. Three of them pass the card's frames through; one (RC-S380 and what imitates it) takes lists of
 * blocks and makes the frames itself. So this seam is at the level of "read blocks, write blocks in one command", which serves all four;
 * a channel of frames would not. Must never send a write twice, and never try commands on a reader it does not know: FF D6 to another
 * make is a write to another kind of card.
 *
 * Sources: ACS's reference manuals (ACR1251, ACR1252, ACR122U), NXP's PN532 user manual (InDataExchange), PC/SC part 3 amendment 1
 * (transparent session), and public programs that drive RC-S300 and RC-S380. Proved on virtual readers only, not yet on real ones.
 */
import type { CardReader } from '../../reader/card-reader.ts';
import { commandApdu, parseResponse, STATUS, type CommandApdu } from '../apdu.ts';
import {
  SERVICE_READ_WRITE,
  blockList,
  blocksIn,
  parseReadAnswer,
  parseWriteAnswer,
  readFrame,
  writeFrame,
  type BlockWrite,
  type BlocksRead,
  type BlocksWritten,
  type NotDone,
} from './felica-frames.ts';

/**
 * - `direct`: FF 00 00 00 Lc, then the frame (ACR1251, ACR1252).
 * - `pn532`: the same around the reader chip's own command D4 40 01 (ACR122U).
 * - `transparent-session`: FF 50, data objects, between a start and an end (RC-S300).
 * - `block-commands`: FF A4 selects the service, FF B0 reads and FF D6 writes lists of blocks (RC-S380 and PaSoRi-style drivers).
 */
export const FELICA_READER_STYLES = ['direct', 'pn532', 'transparent-session', 'block-commands'] as const;
export type FelicaReaderStyle = (typeof FELICA_READER_STYLES)[number];

export interface NamedReaderStyle {
  /** A part of the reader's PC/SC name that stays when it is plugged in again. */
  readonly nameHas: string;
  readonly style: FelicaReaderStyle;
}

/** Names as libccid, libacsccid and Sony's driver give them. */
const KNOWN_READERS: readonly NamedReaderStyle[] = [
  { nameHas: 'ACR1251', style: 'direct' },
  { nameHas: 'ACR1252', style: 'direct' },
  { nameHas: 'ACR122', style: 'pn532' },
  { nameHas: 'RC-S300', style: 'transparent-session' },
  { nameHas: 'RC-S380', style: 'block-commands' },
];

/**
 * How to talk FeliCa through this reader, by its PC/SC name.
 * @param configured readers this town knows of besides ours; asked first
 * @returns undefined for a reader nobody vouches for: its FeliCa cards are then plain identifiers, and nothing is tried on it
 */
export function felicaReaderStyle(readerName: string, configured: readonly NamedReaderStyle[] = []): FelicaReaderStyle | undefined {
  return [...configured, ...KNOWN_READERS].find(({ nameHas }) => readerName.includes(nameHas))?.style;
}

/** The way to one card, as long as it lies there. Each call is one command to the card, sent once. */
export interface FelicaChannel {
  /** @param blocks one to four */
  read(blocks: readonly number[]): Promise<BlocksRead>;
  /** @param writes one block, or one block and MAC_A */
  write(writes: readonly BlockWrite[]): Promise<BlocksWritten>;
}

type Send = (command: Uint8Array) => Promise<{ readonly kind: 'data'; readonly data: Uint8Array } | NotDone>;

/** What one make of reader needs. `open` may be repeated without harm. */
interface Dialect extends FelicaChannel {
  open(): Promise<{ readonly kind: 'open' } | NotDone>;
  close(): Promise<void>;
}

/**
 * Opens the way to a card, does `work`, and closes it again whatever happens: a reader left in a session would not see the next card.
 * @param generation of the card's presence
 */
export async function withFelicaChannel<T>(
  reader: CardReader,
  generation: number,
  idm: Uint8Array,
  style: FelicaReaderStyle,
  work: (channel: FelicaChannel) => Promise<T>,
): Promise<T | NotDone> {
  const send: Send = async (command) => {
    const result = await reader.transmit(generation, command);
    if (result.kind !== 'answered') return result;
    const response = parseResponse(result.response);
    if (response.kind === 'malformed') return { kind: 'no-answer' };
    if (response.status === STATUS.ok) return { kind: 'data', data: response.data };
    return NO_ANSWER.has(response.status) ? { kind: 'no-answer' } : { kind: 'refused' };
  };
  const dialect = dialectOf(style, send, idm);
  try {
    const opened = await dialect.open();
    return opened.kind === 'open' ? await work(dialect) : opened;
  } finally {
    await dialect.close();
  }
}

/** Operation failed (ACS), no answer from the card (Sony; PC/SC part 3). */
const NO_ANSWER: ReadonlySet<number> = new Set([0x6300, 0x6401]);

function dialectOf(style: FelicaReaderStyle, send: Send, idm: Uint8Array): Dialect {
  switch (style) {
    case 'direct':
      return passingFrames(idm, (frame) => send(directCommand(frame)));
    case 'pn532':
      return passingFrames(idm, async (frame) => {
        const result = await send(directCommand(Uint8Array.of(0xd4, 0x40, 0x01, ...frame)));
        if (result.kind !== 'data') return result;
        const [answer, code, status] = result.data;
        return answer === 0xd5 && code === 0x41 && status === 0x00 ? { kind: 'data', data: result.data.slice(3) } : { kind: 'no-answer' };
      });
    case 'transparent-session':
      return transparentSession(send, idm);
    case 'block-commands':
      return blockCommands(send);
  }
}

function directCommand(data: Uint8Array): CommandApdu {
  return commandApdu({ cla: 0xff, ins: 0x00, p1: 0x00, p2: 0x00, data });
}

/** For readers that pass the card's frames through; needs nothing before and after. */
function passingFrames(idm: Uint8Array, exchange: Send): Dialect {
  return {
    open: async () => ({ kind: 'open' }),
    close: async () => undefined,
    async read(blocks) {
      const result = await exchange(readFrame(idm, blocks));
      return result.kind === 'data' ? parseReadAnswer(result.data, idm, blocks.length) : result;
    },
    async write(writes) {
      const result = await exchange(writeFrame(idm, writes));
      return result.kind === 'data' ? parseWriteAnswer(result.data, idm) : result;
    },
  };
}

const SESSION = { start: 0x81, end: 0x82 } as const;
/** Data object 8F: standard 03 (FeliCa), layer 00. */
const SWITCH_TO_FELICA = commandApdu({ cla: 0xff, ins: 0x50, p1: 0x00, p2: 0x02, data: Uint8Array.of(0x8f, 0x02, 0x03, 0x00), le: 256 });
/** Data object 5F46: how long the reader waits for the card, in microseconds, least significant byte first. 100 ms. */
const TIMER = [0x5f, 0x46, 0x04, 0xa0, 0x86, 0x01, 0x00] as const;

function transparentSession(send: Send, idm: Uint8Array): Dialect {
  const manage = async (tag: number) => {
    const command = commandApdu({ cla: 0xff, ins: 0x50, p1: 0x00, p2: 0x00, data: Uint8Array.of(tag, 0x00), le: 256 });
    return objectsIn(await send(command));
  };
  const frames = passingFrames(idm, async (frame) => {
    const data = [...TIMER, 0x95, 0x82, frame.length >> 8, frame.length & 0xff, ...frame];
    // An extended APDU with the three bytes at its end that this reader's own software sends.
    const result = objectsIn(await send(Uint8Array.of(0xff, 0x50, 0x00, 0x01, 0x00, data.length >> 8, data.length & 0xff, ...data, 0, 0, 0)));
    if (result.kind !== 'objects') return result;
    // 96: the reader's own view of the reception; 97: the card's frame.
    const received = result.objects.get(0x96)?.every((byte) => byte === 0x00) ?? true;
    const answer = result.objects.get(0x97);
    return received && answer ? { kind: 'data', data: answer } : { kind: 'no-answer' };
  });
  return {
    ...frames,
    async open() {
      let started = await manage(SESSION.start);
      // A session that a card pulled away, or a kiosk that was switched off, left open.
      if (started.kind === 'refused') {
        await manage(SESSION.end);
        started = await manage(SESSION.start);
      }
      if (started.kind !== 'objects') return started;
      const switched = objectsIn(await send(SWITCH_TO_FELICA));
      return switched.kind === 'objects' ? { kind: 'open' } : switched;
    },
    close: async () => void (await manage(SESSION.end)),
  };
}

/** Takes BER-TLV data objects with one-byte tags apart, and looks at C0, the state of the command: C0 03, place, SW1 SW2. */
function objectsIn(result: Awaited<ReturnType<Send>>): { readonly kind: 'objects'; readonly objects: ReadonlyMap<number, Uint8Array> } | NotDone {
  if (result.kind !== 'data') return result;
  const { data } = result;
  const objects = new Map<number, Uint8Array>();
  let at = 0;
  while (at < data.length) {
    const tag = data[at]!;
    const length = data[at + 1] === 0x81 ? data[at + 2] : data[at + 1];
    const start = at + (data[at + 1] === 0x81 ? 3 : 2);
    if (length === undefined || length === 0x82 || start + length > data.length) return { kind: 'no-answer' };
    objects.set(tag, data.slice(start, start + length));
    at = start + length;
  }
  const state = objects.get(0xc0);
  if (state?.length !== 3) return { kind: 'no-answer' };
  const status = (state[1]! << 8) | state[2]!;
  if (status === STATUS.ok) return { kind: 'objects', objects };
  return NO_ANSWER.has(status) ? { kind: 'no-answer' } : { kind: 'refused' };
}

/** P1 = 80: a list of blocks follows, each as two bytes, and P2 is their number. */
const LISTED = 0x80;

function blockCommands(send: Send): Dialect {
  return {
    async open() {
      const selected = await send(commandApdu({ cla: 0xff, ins: 0xa4, p1: 0x00, p2: 0x01, data: Uint8Array.of(SERVICE_READ_WRITE, 0x00) }));
      return selected.kind === 'data' ? { kind: 'open' } : selected;
    },
    close: async () => undefined,
    async read(blocks) {
      const result = await send(
        commandApdu({ cla: 0xff, ins: 0xb0, p1: LISTED, p2: blocks.length, data: Uint8Array.from(blockList(blocks)), le: 256 }),
      );
      return result.kind === 'data' ? blocksIn(result.data, blocks.length) : result;
    },
    async write(writes) {
      const data = [...blockList(writes.map(({ block }) => block)), ...writes.flatMap((write) => [...write.data])];
      const result = await send(commandApdu({ cla: 0xff, ins: 0xd6, p1: LISTED, p2: writes.length, data: Uint8Array.from(data) }));
      if (result.kind !== 'data') return result;
      return result.data.length === 0 ? { kind: 'written' } : { kind: 'no-answer' };
    },
  };
}
