import { expect, test } from 'vitest';
import { Faults } from './faults.ts';

const faults = () => new Faults(['mute', 'slow'] as const);

test('a fault that was not armed does not happen', () => {
  expect(faults().take('mute')).toBe(false);
});

test('failNext happens once for each time it was armed', () => {
  const f = faults();
  f.failNext('mute');
  f.failNext('mute');
  expect([f.take('slow'), f.take('mute'), f.take('mute'), f.take('mute')]).toEqual([false, true, true, false]);
});

test('failRepeatedly happens until it is cleared', () => {
  const f = faults();
  f.failRepeatedly('slow');
  expect([f.take('slow'), f.take('slow'), f.armed('slow')]).toEqual([true, true, true]);
  f.clear('slow');
  expect(f.take('slow')).toBe(false);
});

test('clear without a name disarms everything', () => {
  const f = faults();
  f.failNext('mute');
  f.failRepeatedly('slow');
  expect(f.list()).toEqual([{ name: 'mute', times: 1 }, { name: 'slow', times: 'repeatedly' }]);
  f.clear();
  expect(f.list()).toEqual([]);
});

test('looking whether a fault is armed does not use it up', () => {
  const f = faults();
  f.failNext('mute');
  expect([f.armed('mute'), f.armed('mute'), f.take('mute'), f.armed('mute')]).toEqual([true, true, true, false]);
});

test('a name the device does not know is refused', () => {
  const f = faults();
  expect(f.knows('on-fire')).toBe(false);
  expect(() => f.failNext('on-fire' as 'mute')).toThrow(/on-fire/);
});
