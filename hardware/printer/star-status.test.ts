import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { starDialect } from './star-dialect.ts';
import { StarReplyParser, counterOf, statusOfStar } from './star-status.ts';

const FINE = [0x23, 0x06, 0, 0, 0, 0, 0, 0, 0];
/** A status in which some bytes are different. */
const but = (changes: Readonly<Record<number, number>>): number[] => FINE.map((byte, index) => changes[index] ?? byte);

describe('a status of Star line mode', () => {
  it.each([
    [{}, { kind: 'ready', paper: 'enough' }],
    [{ 5: 0x02 }, { kind: 'ready', paper: 'near-end' }],
    [{ 5: 0x04 }, { kind: 'ready', paper: 'near-end' }],
    [{ 2: 0x08, 5: 0x0e }, { kind: 'paper-out' }],
    [{ 2: 0x28, 5: 0x08 }, { kind: 'cover-open' }],
    [{ 2: 0x08, 3: 0x08 }, { kind: 'faulty', why: 'cutter' }],
    [{ 2: 0x08, 3: 0x20 }, { kind: 'faulty', why: 'unrecoverable' }],
    [{ 2: 0x08, 3: 0x40 }, { kind: 'faulty', why: 'recoverable' }],
    [{ 2: 0x08, 3: 0x04 }, { kind: 'faulty', why: 'offline' }],
    [{ 4: 0x04 }, { kind: 'faulty', why: 'offline' }],
    [{ 2: 0x08 }, { kind: 'faulty', why: 'offline' }],
  ] as const)('%j is %j', (changes, status) => {
    expect(statusOfStar(but(changes))).toEqual(status);
  });

  it('counts to 31 in five bits that do not lie together', () => {
    expect(counterOf(but({ 7: 0x02 }))).toBe(1);
    expect(counterOf(but({ 7: 0x20 }))).toBe(8);
    expect(counterOf(but({ 7: 0x6e }))).toBe(31);
    expect(counterOf(FINE.slice(0, 7))).toBeUndefined();
  });

  it('is as long as its first byte says, and two longer when its second one says so', () => {
    const long = [0x2f, 0x06, ...Array<number>(13).fill(0)];
    const extended = [0x23, 0x86, 0, 0, 0, 0, 0, 0, 0, 0x35, 0x9f];
    expect(new StarReplyParser().feed([...long, ...extended, ...FINE])).toEqual([long, extended, FINE].map((bytes) => ({ kind: 'status', bytes })));
  });

  it('is found again after noise and a pause, with flow control in the middle of it, in pieces of any size', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xff), { maxLength: 30 }), fc.nat(9), (noise, cut) => {
        const parser = new StarReplyParser();
        parser.feed(noise);
        parser.abandon();
        const said = [...FINE.slice(0, cut), 0x13, 0x11, ...FINE.slice(cut)];
        expect(said.flatMap((byte) => parser.feed([byte]))).toEqual([{ kind: 'status', bytes: FINE }]);
      }),
    );
  });

  it('never comes out of bytes with their highest bit set', () => {
    const noise = Array.from({ length: 200 }, (_, index) => 0x80 | index);
    expect(new StarReplyParser().feed(noise).every(({ kind }) => kind === 'stray')).toBe(true);
  });
});

describe('the proof by counting', () => {
  const saying = (counter: number) => but({ 7: ((counter & 0x18) << 2) | ((counter & 0x07) << 1) });

  it('is the next number, never 0, and a printer that counts from somewhere else was off', () => {
    for (let before = 1; before < 32; before++) {
      const dialect = starDialect();
      dialect.ear.feed(saying(before));
      const proof = dialect.proofOfPiece('A001', false);
      const after = (before + proof.request.length) % 32;
      expect(after).not.toBe(0);
      expect(proof.judge(String(after))).toBe('reached');
      expect(proof.judge(String(before))).toBeUndefined();
      if (before < 31) expect(proof.judge('0')).toBe('not-in-it');
      expect(proof.judge(String((before + 7) % 31 || 5))).not.toBe('reached');
    }
  });

  it('of emptiness is a number that what was counted before cannot come near', () => {
    for (let before = 0; before < 32; before++) {
      const dialect = starDialect();
      dialect.ear.feed(saying(before));
      const proof = dialect.proofOfEmptiness();
      const far = proof.request.filter((byte) => byte === 0x17).length;
      expect(proof.judge(String(far))).toBe('reached');
      for (let late = 0; late < 8; late++) expect(proof.judge(String((before + late) % 32))).toBeUndefined();
    }
  });
});
