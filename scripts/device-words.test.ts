import { expect, test } from 'vitest';
import { describeAnswer, HELP, readDeviceWords } from './device-words.ts';

const request = (line: string) => {
  const read = readDeviceWords(line.split(' '));
  return read.kind === 'request' ? read.request : read.kind;
};

test.each([
  ['card insert hanako', { do: 'card-insert', card: 'hanako', slot: 0 }],
  ['card insert taro --slot 1', { do: 'card-insert', card: 'taro', slot: 1 }],
  ['card remove', { do: 'card-remove', slot: 0 }],
  ['card list', { do: 'card-list' }],
  ['code scan taro-paper', { do: 'code-scan', code: 'taro-paper' }],
  ['code scan https://example.jp/', { do: 'code-scan', code: 'https://example.jp/' }],
  ['scanner fault garbled', { do: 'scanner-fault', fault: 'garbled', repeatedly: false }],
  ['scanner fault silent --repeatedly', { do: 'scanner-fault', fault: 'silent', repeatedly: true }],
  ['scanner clear', { do: 'scanner-clear' }],
  ['scanner unplug', { do: 'scanner-unplug' }],
  ['scanner replug', { do: 'scanner-replug' }],
  ['printer fault paper-out', { do: 'printer-fault', fault: 'paper-out', repeatedly: false }],
  ['printer fault paper-out --repeatedly', { do: 'printer-fault', fault: 'paper-out', repeatedly: true }],
  ['printer clear', { do: 'printer-clear' }],
  ['printer kind star-line', { do: 'printer-kind', kind: 'star-line' }],
  ['printer status', { do: 'printer-status' }],
  ['printer unplug', { do: 'printer-unplug' }],
  ['printer replug', { do: 'printer-replug' }],
  ['reader fault mute', { do: 'reader-fault', fault: 'mute', repeatedly: false }],
  ['reader clear', { do: 'reader-clear' }],
  ['network cut', { do: 'network-cut' }],
  ['network restore', { do: 'network-restore' }],
  ['status', { do: 'status' }],
])('%s', (line, wanted) => {
  expect(request(line)).toEqual(wanted);
});

test.each(['card insert', 'card insert hanako --slot 2', 'card insert hanako taro', 'card eat hanako', 'code scan', 'code scan taro paper', 'scanner fault', 'network cut now', 'printer fault', 'status --loud'])(
  '“%s” is refused with a reason, and nothing is sent',
  (line) => {
    expect(request(line)).toBe('not-understood');
  },
);

test('no words, help and --help show the help, which names every verb', () => {
  expect(readDeviceWords([])).toEqual({ kind: 'help' });
  expect(request('help')).toBe('help');
  expect(request('--help')).toBe('help');
  for (const verb of ['card insert', 'card remove', 'code scan', 'scanner unplug', 'printer unplug', 'reader clear', 'network cut']) expect(HELP).toContain(verb);
});

test('cards are shown with what they are about, facts a line each', () => {
  expect(describeAnswer({ do: 'card-list' }, [{ name: 'bank', about: '銀行' }, { name: 'hanako', about: '花子' }])).toBe('bank    銀行\nhanako  花子');
  expect(describeAnswer({ do: 'status' }, { network: 'up', printer: { faults: [], slips: 2 } })).toBe('network: up\nprinter:\n  faults: -\n  slips: 2');
  expect(describeAnswer({ do: 'card-remove' }, null)).toBe('OK');
});
