/** From the bytes of a line to one scan, and what is kept meanwhile. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeCardCode } from './card-code.ts';
import { EMPTY_LINE, endsLine, scanOf, withByte, type CodeLine } from './code-line.ts';

const IDENTIFIER = Uint8Array.from({ length: 16 }, (_, index) => 200 - index);
const CODE = writeCardCode(IDENTIFIER);
const lineOf = (text: string): CodeLine => [...Buffer.from(text, 'latin1')].reduce(withByte, EMPTY_LINE);
const scanned = (text: string) => scanOf(lineOf(text));

describe('a line of a scanner', () => {
  it('is the card whose code it is', () => {
    expect(scanned(CODE)).toEqual({ kind: 'card', identifier: IDENTIFIER });
    expect(scanned(CODE.toLowerCase())).toEqual({ kind: 'card', identifier: IDENTIFIER });
  });

  it('is damaged when a card’s code was cut off, or two ran into each other', () => {
    expect(scanned(CODE.slice(0, 30))).toEqual({ kind: 'damaged' });
    expect(scanned(CODE + CODE)).toEqual({ kind: 'damaged' });
    expect(scanned(`${CODE}Q`)).toEqual({ kind: 'damaged' });
  });

  it('is foreign when it is anything else', () => {
    for (const text of ['https://example.jp/', '4901234567894', '01049012345678942110\x1d21AB', '\x8e\x44\x91\x4f\x92\xac']) {
      expect(scanned(text), text).toEqual({ kind: 'foreign' });
    }
  });

  it('is nothing when it is empty, noise or a few bytes', () => {
    for (const text of ['', 'K', 'KZ1', '\x00\xff\x80\x13\x07', `${CODE}\x00`, `\x02${CODE}`]) expect(scanned(text), JSON.stringify(text)).toBeUndefined();
  });

  it('ends with CR or LF and with no other byte', () => {
    expect(Array.from({ length: 256 }, (_, byte) => byte).filter(endsLine)).toEqual([0x0a, 0x0d]);
  });

  it('keeps nothing of a code that is not a card’s: not the number on a My Number card, not a page', () => {
    for (const text of ['123456789018', 'https://example.jp/?me=1234', 'KX123456789018', 'KZ2P123456']) {
      expect(Object.values(lineOf(text)).filter((value) => typeof value === 'string'), text).toEqual(['']);
    }
    const others = fc.string({ unit: 'binary-ascii' }).filter((text) => !/^$|^k$|^kz$|^kz1/i.test(text));
    fc.assert(
      fc.property(others, (text) => {
        expect(lineOf(text).kept).toBe('');
      }),
    );
  });

  it('keeps no more than one code and a character of a line that never ends', () => {
    expect(lineOf(CODE.repeat(1_000)).kept).toBe(`${CODE}K`);
    expect(lineOf(CODE.repeat(1_000)).length).toBe(36_000);
  });
});
