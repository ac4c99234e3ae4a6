import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GLYPHS_MAX, defineGlyph, findRealTimeCommand, glyphCode, imageStrip, printMarker } from './escpos-commands.ts';
import { decodeCommand } from '../simulator/virtual-printer-commands.ts';

const hazardous = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(0x10, 0x04, 0x05, 0x14) }, fc.nat(0xff));

it('an image never contains a real-time command, and at most gains dots', () => {
  const image = fc.integer({ min: 1, max: 72 }).chain((rowBytes) =>
    fc.tuple(fc.constant(rowBytes), fc.array(fc.uint8Array({ minLength: rowBytes, maxLength: rowBytes }).chain((row) => fc.array(hazardous, { minLength: row.length, maxLength: row.length })), { minLength: 1, maxLength: 11 })),
  );
  fc.assert(
    fc.property(image, ([rowBytes, rows]) => {
      const strip = imageStrip(rowBytes * 8, rows.map((row) => Uint8Array.from(row)));
      expect(findRealTimeCommand(strip)).toBe(-1);
      const decoded = decodeCommand(strip, { system: 1, on: false });
      if (decoded?.command.kind !== 'store-graphics') throw new Error('not read as an image');
      const sent = decoded.command.rows;
      rows.flat().forEach((byte, index) => expect((sent[index] ?? 0) & byte).toBe(byte));
    }),
  );
});

it('an own character never contains a real-time command', () => {
  fc.assert(
    fc.property(fc.array(hazardous, { minLength: 72, maxLength: 72 }), fc.nat(GLYPHS_MAX - 1), (columns, index) => {
      expect(findRealTimeCommand(defineGlyph(index, Uint8Array.from(columns)))).toBe(-1);
    }),
  );
});

it('no real-time command stands across the border of two commands either', () => {
  const glyph = fc.tuple(fc.array(hazardous, { minLength: 72, maxLength: 72 }), fc.nat(GLYPHS_MAX - 1)).map(([columns, index]) => defineGlyph(index, Uint8Array.from(columns)));
  const strip = fc.tuple(fc.integer({ min: 1, max: 1_020 }), fc.integer({ min: 1, max: 9 }), fc.infiniteStream(hazardous)).map(([width, height, bytes]) =>
    imageStrip(width, Array.from({ length: height }, () => Uint8Array.from(bytes.take((width + 7) >> 3)))),
  );
  const marker = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)), minLength: 4, maxLength: 4 }).map(printMarker);
  fc.assert(
    fc.property(fc.array(fc.oneof(glyph, strip, marker), { maxLength: 6 }), (commands) => {
      expect(findRealTimeCommand(Buffer.concat(commands))).toBe(-1);
    }),
    { numRuns: 300 },
  );
});

it('own characters have 94 different codes that Shift JIS leaves free', () => {
  const codes = Array.from({ length: GLYPHS_MAX }, (_, index) => glyphCode(index));
  expect(new Set(codes.map(([, trail]) => trail)).size).toBe(94);
  expect(codes.every(([lead, trail]) => lead === 0xec && trail >= 0x40 && trail <= 0x9e && trail !== 0x7f)).toBe(true);
  expect(() => glyphCode(94)).toThrow(RangeError);
});

it.each(['', 'ABC', 'ABCDE', 'AB D', 'ABC\u007f', '番号A1'])('refuses %j as a marker, since it could never come back', (marker) => {
  expect(() => printMarker(marker)).toThrow(RangeError);
});
