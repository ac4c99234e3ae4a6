import { expect, test } from 'vitest';
import { MyNumberCard } from './virtual-card-my-number.ts';
import { virtualCardOf } from './virtual-card.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const answer = (card: { respond(command: Uint8Array): Uint8Array }, command: string) => Buffer.from(card.respond(bytes(command))).toString('hex').toUpperCase();
const SELECT_PAYMENT = '00A404000E325041592E5359532E444446303100';
const SELECT_JPKI = '00A4040C0AD392F000260100000001';

test('every default ATR ends in its check byte and offers T=1', () => {
  for (const definition of [
    { name: 'a', model: 'identifier', uid: '11223344' },
    { name: 'b', model: 'identifier', uid: '11223344556677' },
    { name: 'c', model: 'identifier', uid: '1122334455667788' },
    { name: 'd', model: 'iso-identifier', uid: '11223344556677' },
    { name: 'e', model: 'payment', uid: '11223344556677' },
    { name: 'f', model: 'my-number', uid: '00000000' },
  ] as const) {
    const { atr } = virtualCardOf(definition);
    expect(atr.slice(1).reduce((check, byte) => check ^ byte, 0)).toBe(0);
    expect([...atr.slice(2, 4)]).toEqual([0x80, 0x01]);
  }
});

test('a definition may bring its own ATR', () => {
  expect(virtualCardOf({ name: 'a', model: 'identifier', uid: '11223344', atr: '3B00' }).atr).toEqual(bytes('3B00'));
});

test('an impossible definition names the card', () => {
  expect(() => virtualCardOf({ name: 'hanako', model: 'identifier', uid: 'xyz' })).toThrow(/hanako/);
});

test('a storage card knows its identifier and no applications', () => {
  const card = virtualCardOf({ name: 'hanako', model: 'identifier', uid: '0114B34A5F2C1D00' });
  expect(answer(card, 'FFCA000000')).toBe('0114B34A5F2C1D009000');
  expect(answer(card, SELECT_PAYMENT)).toBe('6E00');
});

test('an ISO-DEP card without applications says 6A82 to SELECT', () => {
  const card = virtualCardOf({ name: 'taro', model: 'iso-identifier', uid: '04A1B2C3D4E5F6' });
  expect([answer(card, SELECT_PAYMENT), answer(card, SELECT_JPKI), answer(card, 'FFCA000000')]).toEqual(['6A82', '6A82', '04A1B2C3D4E5F69000']);
});

test.each(['FFCA000000', SELECT_JPKI, '00A4040007A000000999990100', '00B2010C00', '80A8000002830000'])('a bank card raises an alarm at %s', (command) => {
  const card = virtualCardOf({ name: 'bank', model: 'payment', uid: '04112233445566' });
  expect(answer(card, SELECT_PAYMENT)).toMatch(/^6F2D840E.*9000$/);
  expect(card.alarms).toEqual([]);
  answer(card, command);
  expect(card.alarms).toHaveLength(1);
});

test('a My Number card is recognised without an alarm, and nothing is given out by that', () => {
  const card = new MyNumberCard('mynumber');
  expect([answer(card, SELECT_PAYMENT), answer(card, SELECT_JPKI)]).toEqual(['6A82', '9000']);
  expect(answer(card, 'FFCA000000')).toMatch(/^[0-9A-F]{8}9000$/);
  expect([card.alarms, card.given]).toEqual([[], []]);
});
