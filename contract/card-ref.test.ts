import { describe, expect, it } from 'vitest';
import { cardRefOf } from './card-ref.ts';

describe('cardRefOf', () => {
  // RFC 4231, test case 1 (HMAC-SHA-256), with its 20-byte key padded by zeros to 32 bytes: HMAC pads keys with zeros itself.
  const key = Buffer.concat([Buffer.alloc(20, 0x0b), Buffer.alloc(12)]);

  it('is the first half of the published HMAC-SHA-256 value', () => {
    expect(cardRefOf(key, Buffer.from('Hi There'))).toBe('b0344c61d8db38535ca8afceaf0bf12b');
  });

  it('takes the key as bytes or as base64url alike', () => {
    expect(cardRefOf(key.toString('base64url'), Buffer.from('Hi There'))).toBe(cardRefOf(key, Buffer.from('Hi There')));
  });

  it('differs from town to town', () => {
    expect(cardRefOf(Buffer.alloc(32, 1), Buffer.from([1, 2, 3, 4]))).not.toBe(cardRefOf(Buffer.alloc(32, 2), Buffer.from([1, 2, 3, 4])));
  });

  it('refuses a key of another length and an empty identifier', () => {
    expect(() => cardRefOf(Buffer.alloc(31), Buffer.from([1]))).toThrow('31');
    expect(() => cardRefOf(key, Buffer.alloc(0))).toThrow('empty');
  });
});
