/**
 * The QR code of a request's slip: the request's number and the device's signature over it, and nothing of the person. Whoever scans it knows that a
 * kiosk of this town printed it, and asks the backend which request it is. Never loaded by the window.
 *
 *     KZ1.<request id, 16 bytes in base64url>.<device id>.<Ed25519 signature, 64 bytes in base64url>
 *
 * The signed bytes are ASCII, three lines, each ended by one line feed: `kazasu request code v1`, the device id, the request id.
 */
import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { DeviceId, RequestId } from '../ids.ts';

const SHAPE = /^KZ1\.([A-Za-z0-9_-]{22})\.([a-z0-9-]{1,63})\.([A-Za-z0-9_-]{86})$/;

const signedBytes = (device: DeviceId, requestId: RequestId): Buffer => Buffer.from(`kazasu request code v1\n${device}\n${requestId}\n`, 'ascii');

/** @param identity the device and its Ed25519 key */
export function requestCode(requestId: RequestId, { deviceId, privateKey }: { readonly deviceId: DeviceId; readonly privateKey: KeyObject }): string {
  const id = Buffer.from(requestId.replaceAll('-', ''), 'hex').toString('base64url');
  return `KZ1.${id}.${deviceId}.${sign(null, signedBytes(deviceId, requestId), privateKey).toString('base64url')}`;
}

export interface ScannedRequestCode {
  readonly requestId: RequestId;
  readonly device: DeviceId;
  /** @param publicKey the device's, as the town knows it: the `x` of its JWK */
  readonly isOf: (publicKey: string) => boolean;
}

/** @returns undefined when it is no such code; whether it is genuine, `isOf` says */
export function readRequestCode(text: string): ScannedRequestCode | undefined {
  const [, id = '', name = '', signature = ''] = SHAPE.exec(text.trim()) ?? [];
  const [a = '', b = '', c = '', d = '', e = ''] = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/.exec(Buffer.from(id, 'base64url').toString('hex'))?.slice(1) ?? [];
  const requestId = RequestId.safeParse([a, b, c, d, e].join('-')).data;
  const device = DeviceId.safeParse(name).data;
  if (requestId === undefined || device === undefined) return undefined;
  return {
    requestId,
    device,
    isOf(publicKey) {
      try {
        const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
        return verify(null, signedBytes(device, requestId), key, Buffer.from(signature, 'base64url'));
      } catch {
        // Not a key at all.
        return false;
      }
    },
  };
}
