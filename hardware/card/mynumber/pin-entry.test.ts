import { expect, test } from 'vitest';
import { PinEntry, verificationNumberB, type PrintedValues } from './pin-entry.ts';

const ascii = (text: string) => Uint8Array.from(Buffer.from(text, 'ascii'));
const textOf = (entry: PinEntry) => entry.take(async (digits) => Buffer.from(digits).toString('ascii'));

test('an entry gives its bytes once, and a second time is a bug', async () => {
  const entry = new PinEntry(ascii('1234'));
  expect(await textOf(entry)).toBe('1234');
  await expect(textOf(entry)).rejects.toThrow(/used already/);
});

test('an entry cannot be taken a second time while it is still in use', async () => {
  const entry = new PinEntry(ascii('1234'));
  await entry.take(async () => {
    await expect(textOf(entry)).rejects.toThrow(/used already/);
  });
});

test('the bytes are zeroed after use, also when the use failed', async () => {
  for (const failure of [false, true]) {
    const digits = ascii('1234');
    const use = new PinEntry(digits).take(async () => {
      await Promise.resolve();
      expect([...digits]).toEqual([...ascii('1234')]);
      if (failure) throw new Error('the card burst');
    });
    await expect(use.then(() => 'ended', () => 'failed')).resolves.toBe(failure ? 'failed' : 'ended');
    expect([...digits]).toEqual([0, 0, 0, 0]);
  }
});

test('an entry that is discarded is zeroed and cannot be used', async () => {
  const digits = ascii('1234');
  const entry = new PinEntry(digits);
  entry.discard();
  expect([...digits]).toEqual([0, 0, 0, 0]);
  await expect(textOf(entry)).rejects.toThrow(/used already/);
});

const PRINTED: PrintedValues = { birthDate: '1980-02-17', expiryYear: 2035, securityCode: '2285' };

test.each([
  // Measured on a test card.
  ['1980-02-17', '55021720352285'],
  ['1950-01-03', '25010320352285'],
  // The first and the last day of each era.
  ['2019-05-01', '01050120352285'],
  ['2019-04-30', '31043020352285'],
  ['1989-01-08', '01010820352285'],
  ['1989-01-07', '64010720352285'],
  ['1926-12-25', '01122520352285'],
  ['1926-12-24', '15122420352285'],
  ['1912-07-30', '01073020352285'],
  ['1912-07-29', '45072920352285'],
])('照合番号B of somebody born on %s is %s', async (birthDate, digits) => {
  const made = verificationNumberB({ ...PRINTED, birthDate });
  if (made.kind !== 'entry') throw new Error(made.which);
  expect(await textOf(made.entry)).toBe(digits);
});

test.each([
  ['birthDate', { birthDate: '1980-02-30' }],
  ['birthDate', { birthDate: '1980-2-17' }],
  ['birthDate', { birthDate: '1867-12-31' }],
  ['birthDate', { birthDate: '' }],
  ['expiryYear', { expiryYear: 35 }],
  ['expiryYear', { expiryYear: 2035.5 }],
  ['securityCode', { securityCode: '228' }],
  ['securityCode', { securityCode: '２２８５' }],
])('an impossible %s is named, and there is no entry', (which, wrong) => {
  expect(verificationNumberB({ ...PRINTED, ...wrong })).toEqual({ kind: 'not-possible', which });
});
