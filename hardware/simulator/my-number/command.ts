/**
 * A command as a card takes it apart (ISO/IEC 7816-4, 5.1: short and extended lengths), and which file it is aimed at. The aim is found
 * without regard to the class and even in a badly formed command: what tries to reach a file is to be known, also when it fails.
 */
import type { Application, ElementaryFile } from './applications.ts';

export interface Command {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data: Uint8Array;
  /** Most bytes wanted in the answer; undefined when none are. */
  readonly le: number | undefined;
  /** False when the lengths do not agree; `data` is then as much as is there. */
  readonly wellFormed: boolean;
}

/** @returns undefined when there is not even a header */
export function commandOf(bytes: Uint8Array): Command | undefined {
  const [cla, ins, p1, p2] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) return undefined;
  return { cla, ins, p1, p2, ...bodyOf(bytes.slice(4)) };
}

function bodyOf(body: Uint8Array): Pick<Command, 'data' | 'le' | 'wellFormed'> {
  const none = new Uint8Array();
  const first = body[0];
  if (first === undefined) return { data: none, le: undefined, wellFormed: true };
  if (body.length === 1) return { data: none, le: first || 256, wellFormed: true };
  const extended = first === 0 && body.length >= 3;
  const length = extended ? (body[1]! << 8) | body[2]! : first;
  const begin = extended ? 3 : 1;
  if (extended && body.length === 3) return { data: none, le: length || 65_536, wellFormed: true };
  const data = body.slice(begin, begin + length);
  const rest = body.slice(begin + length);
  const expectedLength = extended ? 2 : 1;
  const wellFormed = length > 0 && data.length === length && (rest.length === 0 || rest.length === expectedLength);
  const le = rest.length === 0 ? undefined : extended ? ((rest[0]! << 8) | (rest[1] ?? 0)) || 65_536 : rest[0]! || 256;
  return { data, le, wellFormed };
}

export const INS = {
  verify: 0x20,
  changeReferenceData: 0x24,
  performSecurityOperation: 0x2a,
  /** Of 共通 and 住基, instead of 24. */
  changePin: 0x32,
  getChallenge: 0x84,
  select: 0xa4,
  readBinary: 0xb0,
  readBinaryByFile: 0xb1,
  readRecord: 0xb2,
} as const;

const BY_OFFSET = new Set([0xb0, 0xd0, 0xd6, 0x0e, 0xa0]);
const BY_FILE = new Set([0xb1, 0xd1, 0xd7, 0x0f, 0xa1]);
const BY_RECORD = new Set([0xb2, 0xb3, 0xd2, 0xdc, 0xdd, 0xe2, 0xa2]);
const BY_REFERENCE = new Set([0x20, 0x21, 0x24, 0x25, 0x26, 0x28, 0x2a, 0x2b, 0x2c, 0x2d, 0x32, 0x82, 0x86, 0x87, 0x88]);
/** GET and PUT DATA, and the card's own 80 AE: they name no file, and may reach what is in one. */
export const BY_DATA_OBJECT: ReadonlySet<number> = new Set([0xca, 0xcb, 0xda, 0xdb, 0xae]);

/** True where the class says that the command is under secure messaging (ISO/IEC 7816-4, 5.4.1): then nobody sees what it asks. */
export function isHidden({ cla }: Command): boolean {
  return (cla & 0xe0) === 0x60 || ((cla & 0x60) === 0 && (cla & 0x0c) !== 0);
}

/** The file a command wants, in the application that is current; undefined when it wants none, or one that is not there. */
export function aimOf(command: Command, application: Application, current: ElementaryFile | undefined): ElementaryFile | undefined {
  const { ins, p1, p2, data } = command;
  const byShortIdentifier = (identifier: number) => (identifier === 0 ? current : application.files.find((file) => (file.id & 0x1f) === identifier));
  if (ins === INS.select) return p1 === 0x04 || data.length < 2 ? undefined : fileWith(application, (data.at(-2)! << 8) | data.at(-1)!);
  if (BY_OFFSET.has(ins)) return p1 & 0x80 ? byShortIdentifier(p1 & 0x1f) : current;
  if (BY_FILE.has(ins)) return p1 === 0 && p2 === 0 ? current : fileWith(application, (p1 << 8) | p2);
  if (BY_RECORD.has(ins)) return byShortIdentifier(p2 >> 3);
  if (BY_REFERENCE.has(ins)) return p2 === 0 ? undefined : byShortIdentifier(p2 & 0x1f);
  return undefined;
}

function fileWith(application: Application, id: number): ElementaryFile | undefined {
  return application.files.find((file) => file.id === id);
}
