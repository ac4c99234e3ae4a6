import { expect, test } from 'vitest';
import { hexOf } from '../virtual-card-answers.ts';
import { fromHex } from './byte-fields.ts';
import { Terminal } from './terminal.ts';
import { encryptedReaderId, macInput, readerIdInput, transactionMac } from './transaction-mac.ts';

/** Commands that make files, all with access read 1, write 2, read and write 3, change 0. */
const BACKUP = ['CB', '00 01 3012 200000'] as const;
const STANDARD = ['CD', '01 01 3012 200000'] as const;
/** From 0 to 1000, with 100 on it. */
const VALUE = ['CC', '02 01 3012 00000000 E8030000 64000000 00'] as const;
/** Room for three records of 16 bytes and the one being written. */
const CYCLIC = ['C0', '03 01 3012 100000 040000'] as const;
const LINEAR = ['C1', '04 01 3012 100000 020000'] as const;
const record = (digit: string) => digit.repeat(32);
const MAC_KEY = '66A8CB93269DC9BC2885B7A91B9C697B';
const UID = fromHex('04010203040506');
const CREDIT = ['0C', '02', '32000000'] as const;

async function opened(key: number, ...files: (readonly [string, string])[]): Promise<Terminal> {
  const terminal = await Terminal.withFiles(...files);
  await terminal.open(key);
  return terminal;
}

/** With a transaction MAC file too. @param access of that file */
async function proving(key: number, access: string, ...files: (readonly [string, string])[]): Promise<Terminal> {
  const terminal = await opened(0, ...files);
  expect(await terminal.secure('CE', `0F 01 ${access} 02`, `${MAC_KEY} 00`, 'full')).toBe('');
  await terminal.open(key);
  return terminal;
}

const value = async (terminal: Terminal) => {
  await terminal.open(1);
  return await terminal.secure('6C', '02');
};

test('what is written to a backup file is there after the commit, to a standard file at once', async () => {
  const terminal = await opened(3, BACKUP, STANDARD);
  for (const file of ['00', '01']) expect(await terminal.secure('8D', `${file} 010000 020000`, 'AABB')).toBe('');
  expect(await terminal.secure('AD', '00 000000 040000')).toBe('00000000');
  expect(await terminal.secure('AD', '01 000000 040000')).toBe('00AABB00');
  expect(await terminal.secure('C7')).toBe('');
  expect(await terminal.secure('AD', '00 000000 040000')).toBe('00AABB00');
});

test('reading with length 0 goes to the end, and nothing goes beyond it', async () => {
  const terminal = await opened(3, BACKUP);
  expect(await terminal.secure('AD', '00 1E0000 000000')).toBe('0000');
  expect(await terminal.secure('AD', '00 1E0000 030000')).toBe('BE');
  await terminal.open(3);
  expect(await terminal.secure('8D', '00 1F0000 020000', 'AABB')).toBe('BE');
});

test('a value moves between its limits, and only with the commit', async () => {
  const terminal = await opened(3, VALUE);
  expect(await terminal.secure(...CREDIT)).toBe('');
  expect(await terminal.secure('DC', '02', '0A000000')).toBe('');
  expect(await terminal.secure('6C', '02')).toBe('64000000');
  expect(await terminal.secure('C7')).toBe('');
  expect(await terminal.secure('6C', '02')).toBe('8C000000');
});

test.each([
  ['more than is there', 'DC', '65000000'],
  ['more than it may hold', '0C', '86030000'],
])('%s is refused, and with it everything else that was not committed', async (_what, command, amount) => {
  const terminal = await opened(3, VALUE);
  await terminal.secure('DC', '02', '01000000');
  expect(await terminal.secure(command, '02', amount)).toBe('BE');
  await terminal.open(3);
  expect(await terminal.secure('C7')).toBe('0C');
  expect(await value(terminal)).toBe('64000000');
});

test('several movements of one value are checked together, not each by itself', async () => {
  const terminal = await opened(3, VALUE);
  expect(await terminal.secure('DC', '02', '3C000000')).toBe('');
  expect(await terminal.secure('DC', '02', '29000000')).toBe('BE');
});

test('limited credit gives back at most what the last transaction debited, once', async () => {
  const terminal = await opened(2, ['CC', '02 01 3012 00000000 E8030000 64000000 01']);
  await terminal.secure('DC', '02', '1E000000');
  await terminal.secure('C7');
  expect(await terminal.secure('1C', '02', '14000000')).toBe('');
  expect(await terminal.secure('C7')).toBe('');
  expect(await terminal.secure('1C', '02', '01000000')).toBe('BE');
  expect(await value(terminal)).toBe('5A000000');
});

test('a cyclic file keeps the newest records, and answers the oldest of those wanted first', async () => {
  const terminal = await opened(3, CYCLIC);
  for (const digit of ['1', '2', '3', '4', '5']) {
    expect(await terminal.secure('8B', '03 000000 100000', record(digit))).toBe('');
    expect(await terminal.secure('C7')).toBe('');
  }
  expect(await terminal.secure('AB', '03 000000 000000')).toBe(record('3') + record('4') + record('5'));
  expect(await terminal.secure('AB', '03 010000 010000')).toBe(record('4'));
  expect(await terminal.secure('AB', '03 020000 020000')).toBe('BE');
});

test('one transaction adds one record, and a linear file that is full takes no more', async () => {
  const terminal = await opened(3, LINEAR);
  await terminal.secure('8B', '04 000000 080000', record('1').slice(0, 16));
  await terminal.secure('8B', '04 080000 080000', record('2').slice(0, 16));
  await terminal.secure('C7');
  expect(await terminal.secure('AB', '04 000000 000000')).toBe(record('1').slice(0, 16) + record('2').slice(0, 16));
  await terminal.secure('8B', '04 000000 100000', record('3'));
  await terminal.secure('C7');
  expect(await terminal.secure('8B', '04 000000 100000', record('4'))).toBe('BE');
});

test('records are cleared with the commit, and there is nothing to read then', async () => {
  const terminal = await opened(3, CYCLIC);
  await terminal.secure('8B', '03 000000 100000', record('1'));
  await terminal.secure('C7');
  expect(await terminal.secure('EB', '03')).toBe('');
  expect(await terminal.secure('AB', '03 000000 000000')).toBe(record('1'));
  await terminal.secure('C7');
  expect(await terminal.secure('AB', '03 000000 000000')).toBe('BE');
});

test('all files change with one commit, or none does', async () => {
  const write = async (terminal: Terminal) => {
    await terminal.secure('8D', '00 000000 020000', 'AABB');
    await terminal.secure(...CREDIT);
    await terminal.secure('8B', '03 000000 100000', record('1'));
  };
  const endings: [string, (terminal: Terminal) => Promise<unknown>][] = [
    ['abort', (terminal) => terminal.secure('A7')],
    ['power off', async (terminal) => terminal.layDown()],
    ['selection', (terminal) => terminal.select()],
    ['selection by name', (terminal) => terminal.apdu('00A4040007D276000085010000')],
    ['authentication', (terminal) => terminal.open(3)],
    ['an error', (terminal) => terminal.plain('BD', '09000000000000')],
  ];
  for (const [ending, end] of endings) {
    const terminal = await opened(3, BACKUP, VALUE, CYCLIC);
    const before = terminal.application;
    await write(terminal);
    await end(terminal);
    await terminal.select();
    await terminal.open(3);
    expect(await terminal.secure('C7'), ending).toBe('0C');
    expect(terminal.application, ending).toEqual(before);
  }
  const terminal = await opened(3, BACKUP, VALUE, CYCLIC);
  await write(terminal);
  expect(await terminal.secure('C7')).toBe('');
  expect(terminal.application.files).toMatchObject({ 0: { data: `AABB${'00'.repeat(30)}` }, 2: { value: 150 }, 3: { records: [record('1')] } });
});

test.each([
  ['read', [1, 3], 'AD', '00 000000 010000', ''],
  ['write', [2, 3], '8D', '00 000000 010000', 'AA'],
  ['read a value', [1, 2, 3], '6C', '02', ''],
  ['debit', [1, 2, 3], 'DC', '02', '01000000'],
  ['credit', [3], '0C', '02', '01000000'],
  ['read records', [1, 3], 'AB', '03 000000 010000', ''],
  ['write records', [2, 3], '8B', '03 000000 100000', record('2')],
  ['clear records', [3], 'EB', '03', ''],
])('to %s needs one of the keys %j', async (_what, keys, command, header, data) => {
  const terminal = await opened(3, BACKUP, VALUE, CYCLIC);
  await terminal.secure('8B', '03 000000 100000', record('1'));
  await terminal.secure('C7');
  for (let key = 0; key < 5; key += 1) {
    await terminal.open(key);
    const answer = await terminal.secure(command, header, data);
    if (keys.includes(key)) expect(answer, `key ${key}`).not.toBe('AE');
    else expect(answer, `key ${key}`).toBe('AE');
  }
  await terminal.select();
  expect(await terminal.plain(command, `${header}${data}`.replaceAll(' ', ''))).toBe('91AE');
});

test('what nobody may do is refused to every key, and what is free needs none and is not protected', async () => {
  const terminal = await opened(0, ['CD', '01 01 F0EF 040000']);
  expect(await terminal.secure('8D', '01 000000 010000', 'AA')).toBe('9D');
  expect(await terminal.plain('AD', '01000000000000')).toBe('000000009100');
});

test('an enciphered file is not read in the clear, and a MACed one not without a MAC', async () => {
  const terminal = await opened(3, ['CB', '00 03 3012 200000'], STANDARD);
  expect(await terminal.secure('8D', '00 000000 050000', '0102030405', 'full')).toBe('');
  expect(await terminal.secure('C7')).toBe('');
  const sent = hexOf(terminal.reader.sent.at(-2)!);
  expect(sent).not.toContain('0102030405');
  expect(await terminal.secure('AD', '00 000000 050000', '', 'full')).toBe('0102030405');
  expect(await terminal.plain('8D', '01000000010000AA')).toMatch(/^91(7E|1E|AF)$/);
});

test('each kind of file takes only its own commands, and none that is not there', async () => {
  for (const [command, header, data] of [['6C', '00', ''], ['AD', '02 000000 010000', ''], ['0C', '03', '01000000'], ['8B', '00 000000 010000', 'AA']] as const) {
    const terminal = await opened(3, BACKUP, VALUE, CYCLIC);
    expect(await terminal.secure(command, header, data)).toBe('9D');
  }
  const terminal = await opened(3, BACKUP);
  expect(await terminal.secure('AD', '07 000000 010000')).toBe('F0');
});

test('a commit proves everything that was read and written since the authentication', async () => {
  const terminal = await proving(3, 'F01F', VALUE, BACKUP, CYCLIC);
  expect(await terminal.secure('6C', '02')).toBe('64000000');
  expect(await terminal.secure('AD', '00 1E0000 000000')).toBe('0000');
  await terminal.secure(...CREDIT);
  await terminal.secure('8D', '00 000000 020000', 'AABB');
  await terminal.secure('8B', '03 000000 100000', record('1'));
  const input = [['6C0264000000'], ['AD001E0000020000', '0000'], ['0C0232000000'], ['8D00000000020000', 'AABB'], ['8B03000000100000', record('1')]] as const;
  const covered = Buffer.concat(input.map(([parameters, data = '']) => macInput(fromHex(parameters), fromHex(data))));
  const proof = await terminal.secure('C7', '', '01');
  expect(proof).toBe(`01000000${hexOf(transactionMac(fromHex(MAC_KEY), 1, UID, covered))}`);
  await terminal.open(1);
  expect(await terminal.secure('AD', '0F 000000 0C0000')).toBe(proof);
});

test('what was read before an abort is not in the proof, and reading alone can be committed', async () => {
  const terminal = await proving(3, 'F01F', VALUE);
  await terminal.secure('6C', '02');
  await terminal.secure('A7');
  await terminal.secure(...CREDIT);
  expect((await terminal.secure('C7', '', '01')).slice(8)).toBe(hexOf(transactionMac(fromHex(MAC_KEY), 1, UID, macInput(fromHex('0C0232000000')))));
  await terminal.secure('6C', '02');
  expect(await terminal.secure('C7', '', '01')).toMatch(/^02000000/);
});

test('a proof is asked for only where there is a transaction MAC file', async () => {
  const terminal = await opened(3, VALUE);
  await terminal.secure(...CREDIT);
  expect(await terminal.secure('C7', '', '01')).toBe('9E');
});

test('where a reader must name itself, nothing is committed without that, and the next learns who was the last', async () => {
  const terminal = await proving(3, '301F', VALUE);
  await terminal.secure(...CREDIT);
  expect(await terminal.secure('C7')).toBe('9D');
  const [first, second] = ['11'.repeat(16), '22'.repeat(16)];
  await terminal.open(3);
  const answer = await terminal.secure('C8', '', first);
  expect(answer).toBe(hexOf(encryptedReaderId(fromHex(MAC_KEY), 1, UID, new Uint8Array(16))));
  expect(await terminal.secure('C7', '', '01')).toBe(`01000000${hexOf(transactionMac(fromHex(MAC_KEY), 1, UID, readerIdInput(0xc8, fromHex(first), fromHex(answer))))}`);
  expect(await terminal.secure('C8', '', second)).toBe(hexOf(encryptedReaderId(fromHex(MAC_KEY), 2, UID, fromHex(first))));
});
