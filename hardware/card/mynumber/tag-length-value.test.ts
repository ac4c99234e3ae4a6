import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf } from './test-support/scripted-card.ts';
import { contentOf, elementHeader, elementsIn } from './tag-length-value.ts';

test.each([
  ['3003020101', { tag: 0x30, start: 0, contentStart: 2, end: 5 }],
  ['FF2056', { tag: 0xff20, start: 0, contentStart: 3, end: 3 + 0x56 }],
  ['308181', { tag: 0x30, start: 0, contentStart: 3, end: 3 + 0x81 }],
  ['30820456', { tag: 0x30, start: 0, contentStart: 4, end: 4 + 0x456 }],
  ['3083010000', { tag: 0x30, start: 0, contentStart: 5, end: 5 + 0x1_0000 }],
])('%s has tag and length where X.690 puts them', (hex, element) => {
  expect(elementHeader(bytesOf(hex), 0)).toEqual(element);
});

test.each(['', '30', 'FF', 'FF20', 'FF8101', '3080', '3082', '308204', '308400000001'])('"%s" is no header', (hex) => {
  expect(elementHeader(bytesOf(hex), 0)).toBeUndefined();
});

test('elements must fill what holds them without a gap or an overhang', () => {
  const bytes = bytesOf('0201050403AABBCC0500');
  expect(elementsIn(bytes, 0, bytes.length)?.map((element) => contentOf(bytes, element).length)).toEqual([1, 3, 0]);
  expect(elementsIn(bytes, 0, bytes.length - 1)).toBeUndefined();
  expect(elementsIn(bytes, 0, bytes.length + 1)).toBeUndefined();
  expect(elementsIn(bytes, 0, 6)).toBeUndefined();
  expect(elementsIn(bytesOf('0402AA'), 0, 4)).toBeUndefined();
});

test('whatever the bytes, no element lies outside of them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      for (const { start, contentStart, end } of elementsIn(bytes, 0, bytes.length) ?? []) {
        expect(start < contentStart && contentStart <= end && end <= bytes.length).toBe(true);
      }
    }),
  );
});
