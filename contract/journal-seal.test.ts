import { createPrivateKey, generateKeyPairSync, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeviceId } from './ids.ts';
import { journalSealer, sealedBytes, sealHolds, sealHoldsElsewhere } from './journal-seal.ts';

const DEVICE = DeviceId.parse('yakuba-1');
const HASH = 'ab'.repeat(32);
/** RFC 8032, 7.1, test 1: a key whose public half everybody can look up. */
const KNOWN = createPrivateKey({ key: Buffer.from('302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex'), format: 'der', type: 'pkcs8' });
const KNOWN_PUBLIC = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex').toString('base64url');

describe('the seal of a journal', () => {
  it('is an Ed25519 signature over four lines that say for what it was made', () => {
    const text = `kazasu journal seal v1\nyakuba-1\n12\n${HASH}\n`;
    expect(sealedBytes(DEVICE, { seq: 12, hash: HASH }).toString('utf8')).toBe(text);
    const seal = journalSealer({ deviceId: DEVICE, privateKey: KNOWN })({ seq: 12, hash: HASH });
    expect(seal).toMatchObject({ seq: 12, hash: HASH, publicKey: KNOWN_PUBLIC });
    const spki = { key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(KNOWN_PUBLIC, 'base64url')]), format: 'der', type: 'spki' } as const;
    expect(verify(null, Buffer.from(text), spki, Buffer.from(seal.signature, 'base64url'))).toBe(true);
  });

  it.each([['here', sealHolds], ['in a thread of its own', sealHoldsElsewhere]] as const)('holds for its device, sequence number, hash and key, and for no other: %s', async (_where, holds) => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const { publicKey, signature } = journalSealer({ deviceId: DEVICE, privateKey })({ seq: 12, hash: HASH });
    expect(await holds(publicKey, DEVICE, { seq: 12, hash: HASH }, signature)).toBe(true);
    expect(await holds(publicKey, DeviceId.parse('yakuba-2'), { seq: 12, hash: HASH }, signature)).toBe(false);
    expect(await holds(publicKey, DEVICE, { seq: 13, hash: HASH }, signature)).toBe(false);
    expect(await holds(publicKey, DEVICE, { seq: 12, hash: 'ac'.repeat(32) }, signature)).toBe(false);
    expect(await holds(KNOWN_PUBLIC, DEVICE, { seq: 12, hash: HASH }, signature)).toBe(false);
    expect(await holds('A'.repeat(43), DEVICE, { seq: 12, hash: HASH }, signature)).toBe(false);
    expect(await holds('not a key', DEVICE, { seq: 12, hash: HASH }, signature)).toBe(false);
  });

  it('does not hold with any bit of its signature changed', () => {
    const { publicKey, signature } = journalSealer({ deviceId: DEVICE, privateKey: KNOWN })({ seq: 1, hash: HASH });
    fc.assert(fc.property(fc.nat(511), (bit) => {
      const bytes = Buffer.from(signature, 'base64url');
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(sealHolds(publicKey, DEVICE, { seq: 1, hash: HASH }, bytes.toString('base64url'))).toBe(false);
    }));
  });
});
