import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SecureSession, sessionKeys } from '../card/desfire/secure-messaging.ts';
import { aesCbcEncrypt } from '../card/crypto.ts';
import { factoryMemory, DesfireMemory } from './desfire/memory.ts';
import { Terminal } from './desfire/terminal.ts';
import { hexOf } from './virtual-card-answers.ts';
import type { DesfireCard } from './virtual-card-desfire.ts';
import { virtualCardOf } from './virtual-card.ts';

const KEY = '0102030405060708090A0B0C0D0E0F10';
const OTHER_KEY = 'A1A2A3A4A5A6A7A8A9AAABACADAEAFB0';
const VALUE = ['CC', '02 01 3012 00000000 E8030000 64000000 00'] as const;
const CREDIT = ['0C', '02', '32000000'] as const;

function xor(one: string, other: string): string {
  return hexOf(Buffer.from(one, 'hex').map((byte, index) => byte ^ Buffer.from(other, 'hex')[index]!));
}
/** CRC-32 (JAMCRC, least significant byte first) of `KEY`. */
const CHECK_SUM = '0E7FB3F6';

test('it is laid down like any ISO 14443-4 card, and the reader knows its identifier', async () => {
  const terminal = new Terminal();
  expect(hexOf(terminal.card.atr)).toBe('3B8180018080');
  expect(await terminal.apdu('FFCA000000')).toBe('040102030405069000');
  expect(await terminal.apdu('FFB0000010')).toBe('6A81');
});

test('what it is, it says in three frames', async () => {
  const terminal = new Terminal();
  expect(await terminal.plain('60')).toBe('04010133001A0591AF');
  expect(await terminal.plain('AF')).toBe('04010133001A0591AF');
  expect(await terminal.plain('AF')).toMatch(/^04010203040506.{14}9100$/);
  expect(await new Terminal(factoryMemory(), { generation: 'ev2' }).plain('60')).toBe('04010112001A0591AF');
});

test('a frame that nobody waits for, and a command in the middle of another, are refused', async () => {
  const terminal = new Terminal();
  expect(await terminal.plain('AF')).toBe('911C');
  await terminal.plain('60');
  expect(await terminal.plain('64', '00')).toBe('91CA');
  expect(await terminal.plain('64', '00')).toBe('009100');
});

test('other names, other classes and commands it does not know are refused', async () => {
  const terminal = new Terminal();
  expect(await terminal.apdu('00A404000E325041592E5359532E444446303100')).toBe('6A82');
  expect(await terminal.apdu('00B0000010')).toBe('6E00');
  expect(await terminal.plain('99')).toBe('911C');
  for (const wrong of ['90', '9064', '9064000001', '90640000010000FF', '906401000100', '9064000002000000']) expect(await terminal.apdu(wrong)).toBe('917E');
});

test('no bytes whatever make it fail, and it always answers with a status', async () => {
  const card = new Terminal().card;
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 2, maxLength: 30 }).map((bytes) => wrapped(bytes)))), (commands) => {
      for (const command of commands) expect(card.respond(command).length).toBeGreaterThanOrEqual(2);
    }),
  );
});
const wrapped = ([instruction = 0, ...body]: Uint8Array) => Uint8Array.of(0x90, instruction, 0, 0, body.length, ...body, 0);

test('an application is selected by its identifier or its name', async () => {
  const terminal = new Terminal();
  await terminal.open(0);
  expect(await terminal.secure('CA', '', 'A1B2C3 0F 85 0102 F001020304')).toBe('');
  expect(await terminal.secure('6A')).toBe('A1B2C3');
  expect(await terminal.plain('5A', 'A1B2C3')).toBe('9100');
  expect(await terminal.apdu('00A4040005F00102030400')).toBe('9000');
  expect(await terminal.plain('6F')).toBe('9100');
  expect(await terminal.plain('5A', 'A1B2C4')).toBe('91A0');
  expect(await terminal.apdu('00A4040007D276000085010000')).toBe('9000');
  expect(await terminal.plain('45')).toBe('0F819100');
});

test('an application is made once, and goes with the card master key or not at all', async () => {
  const terminal = await Terminal.withFiles();
  await terminal.plain('5A', '000000');
  expect(await terminal.plain('DA', 'A1B2C3')).toBe('91AE');
  await terminal.open(0);
  expect(await terminal.secure('CA', '', 'A1B2C3 0F 85')).toBe('DE');
  await terminal.open(0);
  expect(await terminal.secure('DA', '', 'A1B2C3')).toBe('');
  expect(terminal.card.exportMemory().applications).toEqual([]);
  expect(await terminal.secure('DA', '', 'A1B2C3')).toBe('A0');
});

test('formatting leaves the card with its key and nothing else', async () => {
  const terminal = await Terminal.withFiles(VALUE);
  await terminal.plain('5A', '000000');
  await terminal.open(0);
  expect(await terminal.secure('FC')).toBe('');
  expect(terminal.card.exportMemory()).toEqual(factoryMemory('aes'));
});

test('settings decide who may list, make and change', async () => {
  const terminal = await Terminal.withFiles(VALUE);
  await terminal.open(0);
  expect(await terminal.secure('54', '', '09', 'full')).toBe('');
  expect(await terminal.secure('45')).toBe('0985');
  await terminal.select();
  for (const [command, data] of [['6F', ''], ['F5', '02'], ['CD', '0001EEEE100000'], ['45', '']] as const) expect(await terminal.plain(command, data)).toBe('91AE');
  await terminal.open(0);
  expect(await terminal.secure('54', '', '00', 'full')).toBe('');
  expect(await terminal.secure('54', '', '0F', 'full')).toBe('9D');
  await terminal.open(0);
  expect(await terminal.secure('C4', '00', `${KEY} 01`, 'full')).toBe('9D');
});

test('each file says how it was made', async () => {
  const terminal = await Terminal.withFiles(VALUE, ['CB', '00 01 3012 200000'], ['CD', '01 03 EEEE 100000'], ['C0', '03 01 3012 100000 040000'], ['C1', '04 00 3012 100000 020000']);
  await terminal.open(0);
  await terminal.secure('CE', '0F 01 F01F 02', `${KEY} 07`, 'full');
  expect(await terminal.secure('6F')).toBe('00010203040F');
  expect(await terminal.secure('F5', '', '00')).toBe('01013012200000');
  expect(await terminal.secure('F5', '', '01')).toBe('0003EEEE100000');
  expect(await terminal.secure('F5', '', '02')).toBe('0201301200000000E80300000000000000');
  expect(await terminal.secure('F5', '', '03')).toBe('04013012100000040000000000');
  expect(await terminal.secure('F5', '', '04')).toBe('03003012100000020000000000');
  expect(await terminal.secure('F5', '', '0F')).toBe('0501F01F0207');
  expect(await terminal.secure('DF', '', '02')).toBe('');
  expect(await terminal.secure('F5', '', '02')).toBe('F0');
});

test.each([
  ['a number twice', 'CC', '02 01 3012 00000000 E8030000 64000000 00', 'DE'],
  ['a number too large', 'CD', '20 01 3012 100000', '9E'],
  ['a key that the application has not', 'CD', '01 01 3812 100000', '9E'],
  ['no length', 'CD', '01 01 3012 000000', '9E'],
  ['a communication that does not exist', 'CD', '01 04 3012 100000', '9E'],
  ['a value outside its limits', 'CC', '03 01 3012 00000000 0A000000 64000000 00', '9E'],
  ['a cyclic file without room for the one being written', 'C0', '03 01 3012 100000 010000', '9E'],
  ['bytes too few', 'CB', '03 01 3012 1000', '7E'],
  ['bytes too many', 'CB', '03 01 3012 100000 00', '7E'],
])('a file with %s is not made', async (_what, command, data, status) => {
  const terminal = await Terminal.withFiles(VALUE);
  await terminal.open(0);
  expect(await terminal.secure(command, '', data)).toBe(status);
});

test('a session is opened only by who knows the key', async () => {
  const terminal = await Terminal.withFiles(VALUE);
  expect(await terminal.open(1, KEY)).toBe('AE');
  expect(await terminal.open(5)).toBe('40');
  expect(await terminal.open(1)).toBe('ok');
  expect(await terminal.secure('6C', '02')).toBe('64000000');
});

test('the identifier is told in a session, enciphered', async () => {
  const terminal = new Terminal();
  expect(await terminal.plain('51')).toBe('91AE');
  await terminal.open(0);
  expect(await terminal.secure('51', '', '', 'full')).toBe('04010203040506');
});

test('one who changes his own key is a stranger afterwards; the new one opens', async () => {
  const terminal = await Terminal.withFiles(VALUE);
  await terminal.open(0);
  expect(await terminal.secure('C4', '00', `${KEY} 07`, 'full')).toBe('wrong-proof');
  expect(hexOf(terminal.reader.sent.at(-1)!).slice(2, 4)).toBe('C4');
  expect(await terminal.plain('64', '00')).toBe('079100');
  expect(await terminal.open(0)).toBe('AE');
  expect(await terminal.open(0, KEY)).toBe('ok');
});

test('another key is changed by the master key, with the old one and a check sum', async () => {
  const terminal = await Terminal.withFiles(VALUE);
  await terminal.open(0);
  expect(await terminal.secure('C4', '01', `${KEY} 07 ${CHECK_SUM}`, 'full')).toBe('');
  expect(await terminal.secure('64', '', '01')).toBe('07');
  expect(await terminal.open(1, KEY)).toBe('ok');
  await terminal.open(0);
  // As if OTHER_KEY were the old one; then rightly, with the check sum of another key.
  expect(await terminal.secure('C4', '01', `${xor(KEY, OTHER_KEY)} 08 ${CHECK_SUM}`, 'full')).toBe('1E');
  await terminal.open(0);
  expect(await terminal.secure('C4', '01', `${xor(OTHER_KEY, KEY)} 08 ${CHECK_SUM}`, 'full')).toBe('1E');
  expect(terminal.application.keys[1]).toEqual({ type: 'aes', value: KEY, version: 7 });
  await terminal.open(2);
  expect(await terminal.secure('C4', '01', `${KEY} 08 ${CHECK_SUM}`, 'full')).toBe('AE');
});

test('a factory key of DES opens no AES session, and one of AES no older one', async () => {
  expect(await new Terminal(factoryMemory('des')).open(0)).toBe('AE');
  expect(await new Terminal(factoryMemory('des')).plain('1A', '00')).toMatch(/^.{16}91AF$/);
  expect(await new Terminal(factoryMemory('aes')).plain('1A', '00')).toBe('91AE');
});

test('a wrong MAC, a repeated command and a garbled one are refused and end the session', async () => {
  const terminal = await Terminal.withFiles(VALUE);
  for (const change of [(command: string) => command, (command: string) => command.replace(/..00$/, (end) => `${end.startsWith('0') ? '1' : '0'}${end.slice(1)}`)]) {
    await terminal.open(3);
    await terminal.secure(...CREDIT);
    expect(await terminal.apdu(change(hexOf(terminal.reader.sent.at(-1)!)))).toBe('911E');
    expect(await terminal.plain('6C', '02')).toBe('91AE');
  }
});

test('a session goes on under another key with the same counter, after AuthenticateEV2NonFirst', async () => {
  const { card } = await Terminal.withFiles(VALUE);
  const terminal = new Terminal(card.exportMemory(), { random: (length) => new Uint8Array(length).fill(0x11) });
  await terminal.select();
  expect(await terminal.plain('77', '01')).toBe('919D');
  await terminal.open(3);
  expect(await terminal.secure('6C', '02')).toBe('64000000');
  const [zeros, ours, theirs] = [0x00, 0x22, 0x11].map((byte) => new Uint8Array(16).fill(byte)) as [Uint8Array, Uint8Array, Uint8Array];
  expect(await terminal.plain('77', '01')).toBe(`${hexOf(aesCbcEncrypt(zeros, zeros, theirs))}91AF`);
  // Both random numbers are the same byte sixteen times, so that rotating them changes nothing.
  const answer = aesCbcEncrypt(zeros, zeros, Uint8Array.of(...ours, ...theirs));
  expect(await terminal.plain('AF', hexOf(answer))).toBe(`${hexOf(aesCbcEncrypt(zeros, zeros, ours))}9100`);
  const { generation } = terminal.reader.presence() as { generation: number };
  const session = new SecureSession({ reader: terminal.reader, generation }, sessionKeys(zeros, ours, theirs), Uint8Array.of(0x11, 0x11, 0x11, 0x11), 1);
  expect(await session.transact({ ins: 0x6c, header: Uint8Array.of(0x02) })).toMatchObject({ kind: 'ok' });
});

test('a forged card opens sessions, but its answers do not hold', async () => {
  const terminal = await Terminal.withFiles(VALUE);
  terminal.card.wrongMac = true;
  expect(await terminal.open(1)).toBe('ok');
  expect(await terminal.secure('6C', '02')).toBe('wrong-proof');
});

test.each([
  ['ev2', 123],
  ['ev3', 251],
] as const)('an answer of an %s longer than a frame comes in pieces of %i bytes', async (generation, piece) => {
  const made = await Terminal.withFiles(['CD', '01 01 E0EE 2C0100']);
  const terminal = new Terminal(made.card.exportMemory(), { generation });
  await terminal.select();
  expect(await terminal.plain('AD', '01000000000000')).toBe('917E');
  const frames: string[] = [await terminal.plain('BD', '01000000000000')];
  while (frames.at(-1)!.endsWith('91AF')) frames.push(await terminal.plain('AF'));
  expect(frames.map((frame) => frame.length / 2 - 2)).toEqual(generation === 'ev2' ? [piece, piece, 300 - 2 * piece] : [piece, 300 - piece]);
  expect(frames.at(-1)).toMatch(/9100$/);
});

test('data longer than a frame is written in pieces, and nothing of it before the last', async () => {
  const made = await Terminal.withFiles(['CD', '01 01 E0EE C80000']);
  const terminal = new Terminal(made.card.exportMemory(), { generation: 'ev2' });
  await terminal.select();
  expect(await terminal.plain('3D', `01000000C80000${'AA'.repeat(100)}`)).toBe('91AF');
  expect(terminal.application.files[1]).toMatchObject({ data: '00'.repeat(200) });
  expect(await terminal.plain('AF', 'AA'.repeat(100))).toBe('9100');
  expect(terminal.application.files[1]).toMatchObject({ data: 'AA'.repeat(200) });
  expect(await terminal.plain('3D', `01000000C80000${'AA'.repeat(120)}`)).toBe('917E');
});

test.each([
  ['command-lost', '64000000'],
  ['answer-lost', '96000000'],
] as const)('%s at the commit: it happened wholly, or not at all', async (tear, value) => {
  const terminal = await Terminal.withFiles(VALUE);
  await terminal.open(3);
  await terminal.secure(...CREDIT);
  terminal.reader.tear = (_index, command) => (command[1] === 0xc7 ? tear : undefined);
  expect(await terminal.secure('C7')).toBe('card-moved');
  terminal.layDown();
  await terminal.select();
  await terminal.open(1);
  expect(await terminal.secure('6C', '02')).toBe(value);
});

test('its memory can be kept as text, put back later, and given to a second card', async () => {
  const terminal = await Terminal.withFiles(VALUE);
  const kept = DesfireMemory.parse(JSON.parse(JSON.stringify(terminal.card.exportMemory())));
  await terminal.open(3);
  await terminal.secure(...CREDIT);
  await terminal.secure('C7');
  expect(terminal.application.files[2]).toMatchObject({ value: 150 });
  terminal.card.importMemory(kept);
  expect(terminal.application.files[2]).toMatchObject({ value: 100 });
  expect(await terminal.plain('6C', '02')).toBe('919D');
  const clone = new Terminal(kept);
  await clone.select();
  await clone.open(1);
  expect(await clone.secure('6C', '02')).toBe('64000000');
});

test('a definition makes one, empty or with what is on it', () => {
  const definition = { name: 'town card', model: 'desfire', uid: '04010203040506' } as const;
  const empty = virtualCardOf(definition) as DesfireCard;
  expect(empty.exportMemory()).toEqual(factoryMemory('des'));
  const memory = { ...factoryMemory('aes'), keySettings: 0x09 };
  expect((virtualCardOf({ ...definition, memory }) as DesfireCard).exportMemory()).toEqual(memory);
  expect(() => virtualCardOf({ ...definition, uid: '0401' })).toThrow(/town card/);
});
