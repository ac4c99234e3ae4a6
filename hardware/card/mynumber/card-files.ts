/**
 * SELECT and READ BINARY on a guarded channel: bytes of a listed file, or a closed reason why there are none. Nothing that reads changes
 * the card, so an answer that only names another length (6Cxx) is asked for again; what was lost never is.
 */
import { STATUS, commandApdu, type StatusWord } from '../apdu.ts';
import { selectApplication, selectFileInApplication } from './allowed-commands.ts';
import type { ChannelAnswer, GuardedChannel } from './apdu-guard.ts';
import type { FileOf } from './profile.ts';
import { elementHeader } from './tag-length-value.ts';

/** Why a command led to nothing. The same for everything that is done with the card. */
export type CardTrouble =
  | { readonly kind: 'card-moved' }
  | { readonly kind: 'reader-lost' }
  /** The card has no such application or file. */
  | { readonly kind: 'not-on-card' }
  /** No PIN has opened it in this session. */
  | { readonly kind: 'locked' }
  /** What the card gives is not what belongs there. */
  | { readonly kind: 'malformed' }
  /** Another answer than any that is known; the status word tells nothing of a person. */
  | { readonly kind: 'refused'; readonly status: StatusWord };

export type Reading = { readonly kind: 'read'; readonly bytes: Uint8Array } | CardTrouble;

/** Status words: ISO/IEC 7816-4, 5.6, and as measured on this card. */
const SECURITY_STATUS_NOT_SATISFIED = 0x6982;
const END_OF_FILE_REACHED = 0x6282;
const OFFSET_PAST_END = 0x6b00;

/** READ BINARY with Le = 00. */
const CHUNK_MAX = 256;
/** A certificate has about 1.8 kB, the attributes at most some hundred bytes: what claims to be more is not believed. */
const OBJECT_MAX = 8_192;
/** So many pieces of one answer (61xx) are fetched; more is no answer. */
const PIECES_MAX = 40;

/**
 * Selects a file from anywhere: its application by the whole name, unless that is current, then the file itself. Whether selecting the
 * same application again makes a card forget what was verified in it is disputed, so it is not done.
 */
export async function selectFile(channel: GuardedChannel, { application, file }: FileOf): Promise<{ readonly kind: 'selected' } | CardTrouble> {
  if (!channel.isCurrent(application)) {
    const inApplication = await select(channel, selectApplication(application));
    if (inApplication.kind !== 'selected') return inApplication;
  }
  return select(channel, selectFileInApplication(file));
}

async function select(channel: GuardedChannel, command: Uint8Array): Promise<{ readonly kind: 'selected' } | CardTrouble> {
  const answer = await channel.transmit(command);
  if (answer.kind !== 'answered') return answer;
  return answer.status === STATUS.ok && answer.data.length === 0 ? { kind: 'selected' } : troubleOf(answer.status);
}

/** The first bytes of a file: `length` of them, or fewer when the file is shorter. */
export async function readStart(channel: GuardedChannel, at: FileOf, length: number): Promise<Reading> {
  const selected = await selectFile(channel, at);
  return selected.kind === 'selected' ? readAt(channel, 0, length) : selected;
}

/** The one BER-TLV object that a file starts with, without the filler behind it. */
export async function readObject(channel: GuardedChannel, at: FileOf): Promise<Reading> {
  const selected = await selectFile(channel, at);
  if (selected.kind !== 'selected') return selected;
  const first = await readAt(channel, 0, CHUNK_MAX);
  if (first.kind !== 'read') return first;
  const header = elementHeader(first.bytes, 0);
  if (!header || header.end > OBJECT_MAX) return { kind: 'malformed' };
  const object = new Uint8Array(header.end);
  object.set(first.bytes.subarray(0, header.end));
  let filled = first.bytes.length;
  while (filled < object.length) {
    const next = await readAt(channel, filled, Math.min(CHUNK_MAX, object.length - filled));
    if (next.kind !== 'read') return next;
    // A file that ends before its own length says so, either by a warning or by nothing more.
    if (next.bytes.length === 0) return { kind: 'malformed' };
    object.set(next.bytes.subarray(0, object.length - filled), filled);
    filled += next.bytes.length;
  }
  return { kind: 'read', bytes: object };
}

/** @returns as many bytes as the card gives, none past the file's end */
async function readAt(channel: GuardedChannel, offset: number, length: number): Promise<Reading> {
  const readBinary = (le: number) => channel.transmit(commandApdu({ cla: 0x00, ins: 0xb0, p1: offset >> 8, p2: offset & 0xff, le }));
  let first = await readBinary(length);
  // 6Cxx: the card gave nothing and names the length that it would give. Reading changes nothing, so it may be asked again.
  if (first.kind === 'answered' && first.status >> 8 === 0x6c) first = await readBinary(lengthIn(first.status));
  const answer = await wholeAnswer(channel, first);
  if (answer.kind !== 'answered') return answer;
  switch (answer.status as number) {
    case STATUS.ok:
    case END_OF_FILE_REACHED:
      return { kind: 'read', bytes: answer.data };
    case OFFSET_PAST_END:
      return { kind: 'read', bytes: new Uint8Array() };
    default:
      return troubleOf(answer.status);
  }
}

/** Fetches what still waits of an answer (61xx, GET RESPONSE) and puts it together. */
export async function wholeAnswer(channel: GuardedChannel, first: ChannelAnswer): Promise<ChannelAnswer> {
  const pieces: Uint8Array[] = [];
  let answer = first;
  while (answer.kind === 'answered') {
    pieces.push(answer.data);
    if (answer.status >> 8 !== 0x61 || pieces.length === PIECES_MAX) return { ...answer, data: Uint8Array.from(Buffer.concat(pieces)) };
    answer = await channel.transmit(commandApdu({ cla: 0x00, ins: 0xc0, p1: 0x00, p2: 0x00, le: lengthIn(answer.status) }));
  }
  return answer;
}

/** SW2 of 61xx and 6Cxx: 00 means 256. */
function lengthIn(status: StatusWord): number {
  return (status & 0xff) || 256;
}

export function troubleOf(status: StatusWord): CardTrouble {
  if (status === STATUS.fileNotFound) return { kind: 'not-on-card' };
  if (status === SECURITY_STATUS_NOT_SATISFIED) return { kind: 'locked' };
  return { kind: 'refused', status };
}
