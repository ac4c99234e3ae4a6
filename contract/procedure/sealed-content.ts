/**
 * What a sealed QR code carries of a request, and how it becomes bytes: only what the window needs, and as few bytes as that takes. Whoever counts the symbols
 * learns of the answers only between which two of a few steps they lie.
 *
 *     request id: 16 bytes · beginning of SHA-256 of the office's public key: 4 bytes · length of the device's name: 1 byte · that name, ASCII    (the head)
 *     HPKE: encapsulated key, 32 bytes · ciphertext; the head is its associated data
 *     Ed25519 of the device over `kazasu sealed request code v2`, a line feed, and all of the above: 64 bytes
 *
 * The plain text: length, 2 bytes · DEFLATE (RFC 1951) of a JSON array · zeros up to the next step. Nothing of Node: a page reads it.
 */
import { z } from 'zod';
import { SEAL_BYTES, type Bytes } from '../hpke-bytes.ts';
import { DeviceId, ProcedureId, RequestId } from '../ids.ts';
import { epochOfMoment, momentFromEpoch } from '../time.ts';
import { Asker } from './condition.ts';
import type { RequestContent } from './request.ts';
import { concatenated, hexadecimal } from './sealed-parts.ts';

/** Bound to every one, so that it cannot be passed off as something else. */
export const INFO = 'kazasu sealed request code v2';
const SIGNED = new TextEncoder().encode(`${INFO}\n`);
const SIGNATURE_BYTES = 64;
const ID_BYTES = 16;
export const KEY_HINT_BYTES = 4;
const DEVICE_AT = ID_BYTES + KEY_HINT_BYTES;

export type SealedContent = Pick<RequestContent, 'requestId' | 'procedureId' | 'version' | 'madeAt' | 'device' | 'number' | 'asker' | 'lines'> & {
  /** In plain Japanese, as it stands on the slip. */
  readonly procedureName: string;
};

/** Number, procedure's name, its id, its version, moment in ms, asker; then a label and a value in turn, null where there are lines to write on. */
const Terse = z.tuple([z.string().min(1).max(40), z.string().min(1).max(60), ProcedureId, z.int().min(1), z.int().min(0).max(8.64e15), Asker], z.string().max(800).nullable());

/** Bytes of the plain text. */
const STEPS = [256, 384, 512, 640, 1_024, 1_536, 2_048, 3_072];

export interface SealedHead {
  readonly requestId: RequestId;
  readonly keyHint: Bytes;
  readonly device: DeviceId;
}

export function headBytes({ requestId, keyHint, device }: SealedHead): Bytes {
  const id = Uint8Array.from(requestId.replaceAll('-', '').match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  const name = new TextEncoder().encode(device);
  return concatenated(id, keyHint, Uint8Array.of(name.length), name);
}

export const signedBytes = (headAndSealed: Bytes): Bytes => concatenated(SIGNED, headAndSealed);

export interface SealedMessage {
  readonly head: SealedHead;
  /** The head as it came: the associated data. */
  readonly associated: Bytes;
  readonly sealed: Bytes;
  readonly signed: Bytes;
  readonly signature: Bytes;
}

/** @returns undefined when the bytes are no such message */
export function readMessage(whole: Bytes): SealedMessage | undefined {
  const headLength = DEVICE_AT + 1 + (whole[DEVICE_AT] ?? 0);
  const end = whole.length - SIGNATURE_BYTES;
  if (end <= headLength + SEAL_BYTES) return undefined;
  const associated = whole.slice(0, headLength);
  const requestId = RequestId.safeParse(hexadecimal(associated.slice(0, ID_BYTES)).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')).data;
  const device = DeviceId.safeParse(new TextDecoder().decode(associated.slice(DEVICE_AT + 1))).data;
  if (requestId === undefined || device === undefined) return undefined;
  return { head: { requestId, keyHint: associated.slice(ID_BYTES, DEVICE_AT), device }, associated, sealed: whole.slice(headLength, end), signed: signedBytes(whole.slice(0, end)), signature: whole.slice(end) };
}

/** @param deflate DEFLATE without a header @returns the plain text; undefined when it is longer than anything a person could answer */
export function plainBytes({ number, procedureName, procedureId, version, madeAt, asker, lines }: SealedContent, deflate: (bytes: Bytes) => Bytes): Bytes | undefined {
  const terse = Terse.parse([number, procedureName, procedureId, version, epochOfMoment(madeAt), asker, ...lines.flatMap(({ label, value }) => [label, value])]);
  const packed = deflate(new TextEncoder().encode(JSON.stringify(terse)));
  const step = STEPS.find((bytes) => bytes >= 2 + packed.length);
  if (step === undefined) return undefined;
  return concatenated(Uint8Array.of(packed.length >> 8, packed.length & 255), packed, new Uint8Array(step - 2 - packed.length));
}

/** @throws when it is not what `plainBytes` makes */
export async function readPlainBytes(plain: Bytes, { requestId, device }: SealedHead): Promise<SealedContent> {
  const [high = 0, low = 0] = plain;
  const packed = new Blob([plain.subarray(2, 2 + high * 256 + low)]);
  const text = await new Response(packed.stream().pipeThrough(new DecompressionStream('deflate-raw'))).text();
  const [number, procedureName, procedureId, version, madeAtMs, asker, ...rest] = Terse.parse(JSON.parse(text));
  const lines = Array.from({ length: Math.ceil(rest.length / 2) }, (_, at) => ({ label: rest[2 * at] ?? '', value: rest[2 * at + 1] ?? null }));
  return { requestId, device, number, procedureName, procedureId, version, madeAt: momentFromEpoch(madeAtMs), asker, lines };
}
