/**
 * The sealed QR codes of a request's slip: the request itself, for the office's key alone, so that paper carries it where no network does. They say a second
 * time, to whoever has no network, what `sealRequest` sends; the signed number (`request-code.ts`) stays on the slip beside them. Never loaded by the window.
 */
import { sign, type KeyObject } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { byteSealerTo } from '../hpke-bytes.ts';
import type { DeviceId } from '../ids.ts';
import { headBytes, INFO, plainBytes, signedBytes, type SealedContent } from './sealed-content.ts';
import { beginningOfHash, concatenated, partsOfBytes } from './sealed-parts.ts';

/**
 * @param officePublicKey X25519, 32 bytes in base64url
 * @param content made at the device that signs
 * @param identity the device and its Ed25519 key
 * @returns one text a QR code, to be printed all; undefined when the request is too long for paper
 */
export async function sealedRequestCode(
  officePublicKey: string,
  content: SealedContent,
  { deviceId, privateKey }: { readonly deviceId: DeviceId; readonly privateKey: KeyObject },
): Promise<string[] | undefined> {
  if (content.device !== deviceId) throw new Error(`The request ${content.requestId} was made at ${content.device}, not at ${deviceId}`);
  const plain = plainBytes(content, (bytes) => new Uint8Array(deflateRawSync(bytes, { level: 9 })));
  if (plain === undefined) return undefined;
  const key = new Uint8Array(Buffer.from(officePublicKey, 'base64url'));
  const head = headBytes({ requestId: content.requestId, keyHint: await beginningOfHash(key), device: deviceId });
  const seal = await byteSealerTo(key, INFO);
  const headAndSealed = concatenated(head, await seal(head, plain));
  return partsOfBytes(concatenated(headAndSealed, new Uint8Array(sign(null, signedBytes(headAndSealed), privateKey))));
}
