/** What a kiosk must never do to a My Number card is done to the virtual one: it gives in where its own rules allow, and says so loudly. */
import { expect, test } from 'vitest';
import { KAKUU_HANAKO } from './my-number/holder.ts';
import { MyNumberCard } from './virtual-card-my-number.ts';

const TEXT = '00A4040C0AD3921000310001010408';
const SURFACE = '00A4040C0AD3921000310001010402';
const JPKI = '00A4040C0AD392F000260100000001';
const REGISTER = '00A4040C0AD3921000310001010401';
const COMMON = '00A4040C0AD3921000310001010100';
const hex = (text: string) => Buffer.from(text, 'ascii').toString('hex').toUpperCase();
const NUMBER = hex(KAKUU_HANAKO.number);
const TEXT_PIN = `00200091 04 ${hex('5678')}`;
const NUMBER_AS_KEY = (reference: string) => `002000${reference} 0C ${NUMBER}`;

/** @returns all answers, and the alarms that were raised on the way */
function done(...commands: readonly string[]) {
  const card = new MyNumberCard('hanako');
  const answers = commands.map((command) => Buffer.from(card.respond(Uint8Array.from(Buffer.from(command.replaceAll(' ', ''), 'hex')))).toString('hex').toUpperCase());
  return { card, answers, last: answers.at(-1)!, alarms: card.alarms };
}

test.each([
  ['selected and read', '00A4020C020001', '00B0000000'],
  ['by its short identifier', '00B0810000'],
  ['by the odd instruction and its identifier', '00B1000104 54020000 00'],
  ['by a path', '00A4080C04D3920001', '00B0000000'],
  ['selected without saying how', '00A40000020001', '00B0000000'],
  ['in extended lengths', '00A4020C0000020001', '00B00000000000'],
  ['in the proprietary class', '80A4020C020001', '80B0000000'],
])('the number file, %s after the PIN, is given out: the loudest alarm', (_how, ...commands) => {
  const { last, alarms, card } = done(TEXT, TEXT_PIN, ...commands);
  expect(last).toContain(NUMBER);
  expect(last).toMatch(/9000$/);
  expect(alarms.at(-1)).toMatch(/^THE NUMBER FILE WAS READ/);
  expect(card.given).toEqual(['券面事項入力補助 0001']);
});

test.each([
  ['its key', [TEXT, NUMBER_AS_KEY('94')], '00B0810000', 'THE NUMBER FILE'],
  ['the hashes after 照合番号B', [TEXT, `00200095 0E ${hex(KAKUU_HANAKO.printedNumber)}`], '00B0830000', 'THE FILE WITH THE HASH OF THE NUMBER'],
  ['its picture', [SURFACE, NUMBER_AS_KEY('93')], '00B0850000', 'THE PICTURE OF THE NUMBER'],
])('opened by %s, it is given out as well', (_what, before, read, name) => {
  const { last, alarms } = done(...before, read);
  expect(last).toMatch(/9000$/);
  expect(alarms.at(-1)).toMatch(new RegExp(`^${name} WAS READ`));
});

test.each([
  ['selecting the number file', TEXT, '00A4020C020001', '9000'],
  ['reading it while it is locked', TEXT, '00B0810000', '6982'],
  ['selecting the hashes', TEXT, '00A4020C020003', '9000'],
  ['selecting 照合番号A', TEXT, '00A4020C020014', '9000'],
  ['asking for its tries', TEXT, '00200094', '63CA'],
  ['a wrong number as a key', TEXT, `00200094 01 30`, '63C9'],
  ['selecting the picture', SURFACE, '00A4020C020005', '9000'],
  ['照合番号A of the surface', SURFACE, '00200093', '63CA'],
  ['changing 照合番号A', TEXT, '00240194 04 30303030', '6982'],
  ['writing the number file', TEXT, '00D68100 01 00', '6D00'],
  ['a record of the number file', TEXT, '00B2010C00', '6981'],
  ['a search in its records', TEXT, '00A2010C 01 30', '6D00'],
  ['another logical channel', TEXT, '01B0810000', '6881'],
  ['another class', TEXT, 'B0B0810000', '6E00'],
  ['lengths that do not agree', TEXT, '00A4020C020001FFFF', '6700'],
  ['a data object in the application of the number', TEXT, '00CA000100', '6D00'],
  ['the card’s own command there', SURFACE, '80AE800000', '6D00'],
  ['secure messaging', JPKI, '0CB0810000', '6882'],
  ['secure messaging on another channel', JPKI, '60B0810000', '6882'],
  ['the serial number of 住基', REGISTER, '00B2010C00', undefined],
  ['the serial number of 共通', COMMON, '00B2010C00', undefined],
  ['a record of the serial number that is not there', COMMON, '00B2020C00', '6A83'],
  ['the password for signing', JPKI, `0020009B 07 ${hex('KAZASU1')}`, '9000'],
  ['a wrong password for signing', JPKI, `0020009B 01 30`, '63C4'],
])('%s raises one alarm', (_what, application, command, status) => {
  const { last, alarms } = done(application, command);
  expect(alarms).toHaveLength(1);
  if (status) expect(last).toBe(status);
  else expect(last).toBe(`${hex('000000000000001')}${hex('00000')}${hex('20350103')}9000`);
});

test('an alarm says what was done, where, by which command, and never what was in it', () => {
  const { alarms } = done(TEXT, TEXT_PIN, '00A4020C020001', '00B0000000', NUMBER_AS_KEY('94'));
  expect(alarms).toEqual([
    'THE NUMBER FILE WAS SELECTED (券面事項入力補助, 00A4020C, 9000)',
    'THE NUMBER FILE WAS READ (券面事項入力補助, 00B00000, 9000)',
    'THE NUMBER AS A KEY (照合番号A) WAS TOUCHED (券面事項入力補助, 00200094, 9000)',
  ]);
});

test('a file that is current is still touched by the next command that names none', () => {
  expect(done(TEXT, '00A4020C020001', '00B0000000', '00B0000000').alarms).toHaveLength(3);
  // It was left by a file that has been selected since.
  expect(done(TEXT, '00B0810000', '00A4020C020002', '00B0000000').alarms).toHaveLength(1);
  // The same identifiers in another application are other files.
  expect(done(JPKI, '00A4020C020001', '00B0810000', '00B0830000', '00B0850000').alarms).toEqual([]);
});

test.each([
  ['recognising it', ['00A404000E325041592E5359532E444446303100', JPKI, 'FFCA000000']],
  ['reading its certificate and signing', [JPKI, '00A4020C020006', '00B0000014', '00A4020C02000A', '00B0000004', '00A4020C020018', '00200080', `0020008004${hex('1234')}`, '00A4020C020017', `802A008020${'00'.repeat(32)}00`]],
  ['reading the four attributes by the PIN', [TEXT, '00A4020C020011', '00200080', `0020008004${hex('5678')}`, '00A4020C020002', '00B0000000']],
  ['reading them by 照合番号B', [TEXT, '00A4020C020015', `002000800E${hex(KAKUU_HANAKO.printedNumber)}`, '00A4020C020002', '00B0000000']],
  ['asking for the tries of the password for signing', [JPKI, '00A4020C02001B', '00200080']],
  ['selecting the other applications', [REGISTER, COMMON, SURFACE, '00A4040C08A000000151000000', '00A4040C']],
  ['a file that is not there', [TEXT, '00A4020C020002', '00A4020C020099', '00B09F0000']],
])('%s raises none', (_what, commands) => {
  expect(done(...commands).alarms).toEqual([]);
});
