import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { DeviceId, RequestId } from '../ids.ts';
import { readRequestCode, requestCode } from './request-code.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const publicKey = createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '';
const KIOSK = { deviceId: DeviceId.parse('yakuba-1'), privateKey };
const requestId = RequestId.parse('01900000-0000-7000-8000-0000000000ff');
const code = requestCode(requestId, KIOSK);

it('says which request it is, and that this kiosk printed it', () => {
  const read = readRequestCode(`${code}\r\n`);
  expect([read?.requestId, read?.device, read?.isOf(publicKey)]).toEqual([requestId, 'yakuba-1', true]);
});

it('is small enough for a code that a hand scanner reads from thermal paper', () => {
  expect(code.length).toBeLessThan(160);
});

it('is believed of no other kiosk, no other request, and not when a character is changed', () => {
  const other = createPublicKey(generateKeyPairSync('ed25519').privateKey).export({ format: 'jwk' }).x ?? '';
  expect([readRequestCode(code)?.isOf(other), readRequestCode(code)?.isOf('')]).toEqual([false, false]);
  expect(readRequestCode(code.replace('yakuba-1', 'yakuba-2'))?.isOf(publicKey)).toBe(false);
  const another = requestCode(RequestId.parse('01900000-0000-7000-8000-000000000001'), KIOSK);
  const [head, , name, signature] = code.split('.');
  expect(readRequestCode([head, another.split('.')[1], name, signature].join('.'))?.isOf(publicKey)).toBe(false);
});

it.each(['', 'KZ1.x.y.z', code.slice(1), `${code}A`, code.replace('KZ1', 'KZ2'), 'https://town.example/', code.replace(/^KZ1\.[^.]+/, `KZ1.${'A'.repeat(22)}`)])('%j is no such code', (text) => {
  expect(readRequestCode(text)).toBeUndefined();
});
