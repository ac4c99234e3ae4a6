/** The virtual chip against the published vectors and the rules of its manual; frames are written out, not made by production code. */
import { beforeEach, describe, expect, test } from 'vitest';
import { FelicaLiteSChip } from './felica-lite-s/chip.ts';
import { FelicaLiteSCard } from './virtual-card-felica-lite-s.ts';
import { virtualCardOf } from './virtual-card.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (of: Uint8Array | undefined) => (of ? Buffer.from(of).toString('hex') : 'silence');
const IDM = '012e4128728c7e8b';
const ZEROS = '00'.repeat(16);
/** The card key "0123456789abcdef" and the challenge 00 … 0f of nfcpy's tests, as they stand in their blocks. */
const CK = '37363534333231306665646362613938';
const RC = '07060504030201000f0e0d0c0b0a0908';
const MAC_BITS = 'ff3f';

let chip: FelicaLiteSChip;
beforeEach(() => {
  chip = new FelicaLiteSChip(bytes(IDM));
});

const framed = (body: string) => bytes((body.replaceAll(' ', '').length / 2 + 1).toString(16).padStart(2, '0') + body);
/** @returns the blocks' bytes, or the two status flags */
function read(...blocks: string[]): string {
  const answer = hex(chip.exchange(framed(`06 ${IDM} 01 0b00 0${blocks.length} ${blocks.map((block) => `80${block}`).join('')}`)));
  return answer.slice(20, 24) === '0000' ? answer.slice(26) : answer.slice(20);
}
/** @returns the two status flags */
function write(block: string, data: string, mac?: string): string {
  const list = mac === undefined ? `01 80${block} ${data}` : `02 80${block}8091 ${data} ${mac}`;
  return hex(chip.exchange(framed(`08 ${IDM} 01 0900 ${list}`))).slice(20);
}
const writeCounter = () => read('90').slice(0, 6);

test('it answers to its system code and to wild cards, and to no other', () => {
  const answer = `1201${IDM}00f1000000014300`;
  expect(hex(chip.exchange(bytes('06 00 88b4 00 00')))).toBe(answer);
  expect(hex(chip.exchange(bytes('06 00 ffff 00 00')))).toBe(answer);
  expect(hex(chip.exchange(bytes('06 00 ffff 01 00')))).toBe(`1401${IDM}00f100000001430088b4`);
  expect(hex(chip.exchange(bytes('06 00 0003 00 00')))).toBe('silence');
});

test('it is silent to frames of another card, of a wrong length, and of commands it does not know', () => {
  expect(hex(chip.exchange(framed('06 0102030405060708 01 0b00 01 8082')))).toBe('silence');
  expect(hex(chip.exchange(bytes(`11 06 ${IDM} 01 0b00 01 8082`)))).toBe('silence');
  expect(hex(chip.exchange(framed(`0c ${IDM}`)))).toBe('silence');
});

describe('with the key and the challenge of the published vectors', () => {
  beforeEach(() => {
    write('87', CK);
    write('80', RC);
  });

  test('it makes the published MACs', () => {
    chip.damage(0x82, bytes(`0102030405060708${'00'.repeat(8)}`));
    chip.damage(0x00, bytes('101112131415161718191a1b1c1d1e1f'));
    expect(read('82', '81').slice(32)).toBe(`91aec5b6d9b3b12d${'00'.repeat(8)}`);
    expect(read('82', '91').slice(32)).toBe(`6a9c1ca386de4213${'00'.repeat(8)}`);
    expect(read('00', '91').slice(32)).toBe(`365605d6ff7f00c1${'00'.repeat(8)}`);
  });

  test('it takes a write with the published MAC at that write counter, once', () => {
    const memory = chip.exportMemory();
    memory.set(bytes('00feff'), 22 * 16);
    chip.importMemory(memory);
    write('80', RC);
    const state = `01${'00'.repeat(15)}`;
    const mac = `17c19e3bbdc3e8bd00feff${'00'.repeat(5)}`;
    expect(write('92', state, mac.replace('17', '18'))).toBe('01b2');
    expect(write('92', state, mac.replace('00feff', '01feff'))).toBe('01b2');
    expect(read('92').slice(0, 2)).toBe('00');
    expect(write('92', state, mac)).toBe('0000');
    expect(read('92').slice(0, 2)).toBe('01');
    expect(writeCounter()).toBe('01feff');
    expect(write('92', state, mac)).toBe('01b2');
  });

  test('challenge and state are gone with the power, the rest stays', () => {
    write('92', `01${'00'.repeat(15)}`);
    const counter = writeCounter();
    chip.powerOff();
    expect(read('92').slice(0, 2)).toBe('00');
    expect(read('82', '91')).toBe('01b2');
    expect(write('00', ZEROS, `0000000000000000${counter}${'00'.repeat(5)}`)).toBe('01b2');
    expect(writeCounter()).toBe(counter);
  });

  test('it never shows its key, nor both MACs at once', () => {
    expect(read('87')).toBe('01a8');
    expect(read('81', '91')).toBe('01a8');
    expect(read('80')).toBe(ZEROS);
  });
});

test('the write counter counts what lasts, and not challenges', () => {
  expect(writeCounter()).toBe('00feff');
  for (const block of ['00', '0e', '82', '84', '86', '87', '88']) write(block, block === '88' ? `ffffff0107${'00'.repeat(11)}` : ZEROS);
  write('80', RC);
  expect(writeCounter()).toBe('07feff');
});

test('locked, its write counter begins anew and the configured rules hold', () => {
  write('87', CK);
  write('88', `${MAC_BITS}0000070100000000${MAC_BITS}01000000`);
  expect(writeCounter()).toBe('000000');
  expect(write('82', ZEROS)).toBe('01a8');
  expect(write('87', ZEROS)).toBe('01b1');
  expect(write('88', `ffffff0107${'00'.repeat(11)}`)).toBe('01a8');
  expect(write('00', ZEROS)).toBe('01b1');
  expect(write('0e', ZEROS)).toBe('01a8');
  expect(write('92', `01${'00'.repeat(15)}`)).toBe('01b1');
  expect(read('88')).toBe(`${MAC_BITS}0000070100000000${MAC_BITS}01000000`);
});

test('a block that may be read only by a known reader is opened by STATE', () => {
  write('88', `ffffff0107000100${'00'.repeat(8)}`);
  expect(read('00')).toBe('01b1');
  expect(write('92', `01${'00'.repeat(15)}`)).toBe('0000');
  expect(read('00')).toBe(ZEROS);
  write('80', RC);
  expect(read('00')).toBe('01b1');
});

test('the register only falls', () => {
  const register = (a: string, b: string) => `${a}${b}${'00'.repeat(8)}`;
  expect(write('0e', register('bc020000', '00000000'))).toBe('0000');
  expect(write('0e', register('bd020000', '00000000'))).toBe('01a8');
  expect(write('0e', register('bb020000', '01000000'))).toBe('01a8');
  expect(write('0e', register('bb020000', '00000000'))).toBe('0000');
  expect(read('0e')).toBe(register('bb020000', '00000000'));
});

test.each([
  ['five blocks', `06 ${IDM} 01 0b00 05 80008001800280038004`, '01a2'],
  ['no blocks', `06 ${IDM} 01 0b00 00`, '01a2'],
  ['an unknown service', `06 ${IDM} 01 0f09 01 8000`, '01a1'],
  ['two services', `06 ${IDM} 02 0b000900 01 8000`, '01a1'],
  ['a broken list', `06 ${IDM} 01 0b00 02 8000`, '01a3'],
  ['a block it does not have', `06 ${IDM} 01 0b00 01 8040`, '01a8'],
  ['a write through the service for reading', `08 ${IDM} 01 0b00 01 8000 ${ZEROS}`, '01a1'],
  ['two blocks of which the second is no MAC', `08 ${IDM} 01 0900 02 80008001 ${ZEROS}${ZEROS}`, '01a3'],
])('%s is refused', (_what, body, flags) => {
  expect(hex(chip.exchange(framed(body))).slice(20)).toBe(flags);
});

describe('behind a reader', () => {
  const READ_ID = `06 ${IDM} 01 0900 01 8082`;
  const answerOf = (readerStyle: 'acr125x' | 'acr122' | 'rc-s300' | 'rc-s380', ...commands: string[]) => {
    const card = new FelicaLiteSCard('card', bytes(IDM), { readerStyle });
    return commands.map((command) => hex(card.respond(bytes(command)))).at(-1)!;
  };
  const frame = hex(framed(READ_ID));
  const ID_BLOCK = `${IDM}${'00'.repeat(8)}`;
  const answer = `1d07${IDM}000001${ID_BLOCK}`;
  const START = 'ff5000000281000000';

  test.each(['acr125x', 'acr122', 'rc-s300', 'rc-s380'] as const)('every %s gives the IDm', (style) => {
    expect(answerOf(style, 'ffca000000')).toBe(`${IDM}9000`);
  });

  test('each make of reader has its own commands', () => {
    expect(answerOf('acr125x', `ff00000010${frame}`)).toBe(`${answer}9000`);
    expect(answerOf('acr122', `ff00000013d44001${frame}`)).toBe(`d54100${answer}9000`);
    expect(answerOf('rc-s300', START, `ff50000100001495820010${frame}000000`)).toBe(`c00300900092010096020000971d${answer}9000`);
    expect(answerOf('rc-s380', 'ffa40001020900', 'ffb0008200')).toBe(`${ID_BLOCK}9000`);
    expect(answerOf('rc-s380', 'ffa40001020900', 'ffb08002048082808600')).toBe(`${ID_BLOCK}${ZEROS}9000`);
    expect(answerOf('rc-s380', 'ffa40001020900', `ffd6000010${RC}`)).toBe('9000');
    expect(answerOf('rc-s380', 'ffa40001020900', `ffd68001128080${RC}`)).toBe('9000');
  });

  test('each make of reader says in its own way that the card is silent or refuses', () => {
    const foreign = frame.replace('012e', '022e');
    expect(answerOf('acr125x', `ff00000010${foreign}`)).toBe('6300');
    expect(answerOf('acr122', `ff00000013d44001${foreign}`)).toBe('d541019000');
    expect(answerOf('rc-s300', START, `ff50000100001495820010${foreign}000000`)).toBe('c0030064019000');
    expect(answerOf('rc-s380', 'ffa40001020900', 'ffb0008700')).toBe('6f00');
  });

  test('a session and a service must be opened first, and a session is not opened twice', () => {
    expect(answerOf('rc-s300', `ff50000100001495820010${frame}000000`)).toBe('c0030069859000');
    expect(answerOf('rc-s300', START, START)).toBe('c0030069859000');
    expect(answerOf('rc-s380', 'ffb0008200')).toBe('6986');
  });

  test('no reader passes APDUs of class 00 on to a card that knows none', () => {
    expect(answerOf('acr125x', '00a40400')).toBe('6d00');
  });
});

test('the model can be named in a file of demonstration cards', () => {
  const card = virtualCardOf({ name: 'felica', model: 'felica-lite-s', uid: IDM });
  expect(card).toBeInstanceOf(FelicaLiteSCard);
  expect(hex(card.atr)).toBe('3b8f8001804f0ca00000030611003b0000000042');
});
