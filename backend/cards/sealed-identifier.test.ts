import { expect, test } from 'vitest';
import { CardRef, MunicipalityId } from '../../contract/ids.ts';
import { systemRandomness } from '../ports.ts';
import { TEST_CARD_KEYS } from '../test-support/test-card.ts';
import { isSealedUnder, openIdentifier, sealIdentifier } from './sealed-identifier.ts';

const IDENTIFIER = Uint8Array.of(4, 1, 2, 3, 4, 5, 6);
const card = { municipalityId: MunicipalityId.parse('tomamae'), cardRef: CardRef.parse('0'.repeat(32)) };
const seal = () => sealIdentifier(TEST_CARD_KEYS, 1, card, IDENTIFIER, systemRandomness) ?? '';

test('an identifier is opened again, and cannot be seen in what is kept', () => {
  const sealed = seal();
  expect(openIdentifier(TEST_CARD_KEYS, card, sealed)).toEqual(IDENTIFIER);
  expect(Buffer.from(sealed.split('.')[1] ?? '', 'base64url').includes(Buffer.from(IDENTIFIER))).toBe(false);
  expect(seal()).not.toBe(sealed);
  expect([isSealedUnder(sealed, 1), isSealedUnder(sealed, 2)]).toEqual([true, false]);
});

test('it is of no use for another card, under another key, or when it was changed', () => {
  const sealed = seal();
  expect(openIdentifier(TEST_CARD_KEYS, { ...card, cardRef: CardRef.parse('1'.repeat(32)) }, sealed)).toBeUndefined();
  expect(openIdentifier(TEST_CARD_KEYS, { ...card, municipalityId: MunicipalityId.parse('haboro') }, sealed)).toBeUndefined();
  expect(openIdentifier(TEST_CARD_KEYS, card, sealed.replace('1.', '2.'))).toBeUndefined();
  expect(openIdentifier(TEST_CARD_KEYS, card, sealed.replace('1.', '3.'))).toBeUndefined();
  expect(openIdentifier(TEST_CARD_KEYS, card, `${sealed.slice(0, 4)}${sealed[4] === 'A' ? 'B' : 'A'}${sealed.slice(5)}`)).toBeUndefined();
  expect(openIdentifier(TEST_CARD_KEYS, card, '1.AAAA')).toBeUndefined();
  expect(sealIdentifier(TEST_CARD_KEYS, 3, card, IDENTIFIER, systemRandomness)).toBeUndefined();
});
