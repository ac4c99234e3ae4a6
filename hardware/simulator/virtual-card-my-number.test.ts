import { X509Certificate, createHash, verify } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { issueIdentity, testHierarchy, type CardIdentity } from './my-number/card-identity.ts';
import { KAKUU_HANAKO } from './my-number/holder.ts';
import { TEST_SECRETS } from './my-number/secrets.ts';
import { MyNumberCard, type MyNumberCardOptions } from './virtual-card-my-number.ts';

let identity: CardIdentity;
beforeAll(() => {
  identity = issueIdentity(testHierarchy());
});

const NAME = {
  JPKI: 'D392F000260100000001',
  券面事項入力補助: 'D3921000310001010408',
  券面: 'D3921000310001010402',
  住基: 'D3921000310001010401',
  共通: 'D3921000310001010100',
  ISD: 'A000000151000000',
} as const;
type Title = keyof typeof NAME;
const PIN = TEST_SECRETS['authentication-pin'];
const TEXT_PIN = TEST_SECRETS['text-pin'];
const { number: A, printedNumber: B } = KAKUU_HANAKO;

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase();
const digits = (value: number, length: number) => value.toString(16).toUpperCase().padStart(length, '0');
const ascii = (text: string) => digits(text.length, 2) + hex(Buffer.from(text, 'ascii'));

/** A card with its power on, spoken to in hexadecimal; each answer is the status word, or the data and it. */
class Talk {
  readonly card: MyNumberCard;
  constructor(options: MyNumberCardOptions = {}) {
    this.card = new MyNumberCard('hanako', { identity, ...options });
    this.card.powerOn();
  }
  say(command: string): string {
    return hex(this.card.respond(Uint8Array.from(Buffer.from(command, 'hex'))));
  }
  open(title: Title): this {
    expect(this.say(`00A4040C${digits(NAME[title].length / 2, 2)}${NAME[title]}`)).toBe('9000');
    return this;
  }
  file(id: string): this {
    expect(this.say(`00A4020C02${id}`)).toBe('9000');
    return this;
  }
  show(id: string, secret: string): string {
    return this.file(id).say(`00200080${ascii(secret)}`);
  }
  tries(id: string): string {
    return this.file(id).say('00200080');
  }
  read(id: string): string {
    return this.file(id).say('00B0000000');
  }
  powerCycle(): this {
    this.card.powerOff();
    this.card.powerOn();
    return this;
  }
}
const status = (answer: string) => answer.slice(-4);

/** What opens each file, as the facts about the card have it; nothing: anybody may read it. */
const OPENED_BY: readonly (readonly [Title, string, readonly string[]])[] = [
  ['JPKI', '0001', ['001B']],
  ['JPKI', '0002', []],
  ['JPKI', '0006', []],
  ['JPKI', '0008', []],
  ['JPKI', '000A', []],
  ['JPKI', '000B', []],
  ['券面事項入力補助', '0001', ['0011', '0014']],
  ['券面事項入力補助', '0002', ['0011', '0015']],
  ['券面事項入力補助', '0003', ['0011', '0014', '0015']],
  ['券面事項入力補助', '0004', []],
  ['券面事項入力補助', '0005', []],
  ['券面事項入力補助', '0006', ['0011', '0014', '0015']],
  ['券面事項入力補助', '0007', ['0011', '0014', '0015']],
  ['券面', '0001', ['0011']],
  ['券面', '0002', ['0012', '0013']],
  ['券面', '0003', []],
  ['券面', '0004', []],
  ['券面', '0005', ['0013']],
];
const SECRETS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  JPKI: { '0018': PIN, '001B': TEST_SECRETS['signature-password'] },
  券面事項入力補助: { '0011': TEXT_PIN, '0014': A, '0015': B },
  券面: { '0011': '250103', '0012': B, '0013': A },
};

test.each(OPENED_BY)('%s %s is opened by exactly the secrets %j', (title, id, openedBy) => {
  const shown = (secret?: string) => {
    const talk = new Talk().open(title);
    if (secret) expect(talk.show(secret, SECRETS[title]![secret]!)).toBe('9000');
    return status(talk.read(id));
  };
  expect(shown()).toBe(openedBy.length === 0 ? '9000' : '6982');
  for (const secret of Object.keys(SECRETS[title]!)) expect([secret, shown(secret)]).toEqual([secret, openedBy.length === 0 || openedBy.includes(secret) ? '9000' : '6982']);
});

test('the short file identifier reads the same as selecting, and makes that file the current one', () => {
  const talk = new Talk().open('JPKI');
  const token = talk.read('0006');
  expect(talk.file('000A').say('00B0860000')).toBe(token);
  expect(talk.say('00B0000014')).toBe(`${token.slice(0, 40)}9000`);
  expect(talk.say('00B0861F02')).toBe(`${token.slice(62, 66)}9000`);
  expect(talk.say('00B09F0000')).toBe('6A82');
  expect(talk.say('00B0E60000')).toBe('6A86');
});

test('reading goes on at an offset, is short at the end, and has no file beyond', () => {
  const talk = new Talk().open('JPKI').file('0006');
  expect(talk.say('00B0009E10')).toBe('00009000');
  expect(talk.say('00B000A000')).toBe('6B00');
  expect(talk.say('00B00000')).toBe('6700');
  expect(talk.say('00B00000000020')).toHaveLength(2 * 0x20 + 4);
  talk.open('共通');
  expect(talk.say('00B0000000')).toBe('6986');
  expect(talk.file('0001').say('00B0000000')).toBe('6981');
  expect(talk.file('001C').say('00B0000000')).toBe('6981');
});

test('a certificate is read whole, piece by piece, by the length in its first bytes', () => {
  const talk = new Talk().open('JPKI').file('000A');
  const length = Buffer.from(talk.say('00B0000004'), 'hex').readUInt16BE(2) + 4;
  let certificate = '';
  while (certificate.length < length * 2) certificate += talk.say(`00B0${digits(certificate.length / 2, 4)}${digits(Math.min(256, length - certificate.length / 2) % 256, 2)}`).slice(0, -4);
  expect(certificate).toBe(hex(identity.authentication.certificate));
});

test('token information begins with a label of 32 characters; a card without certificates says so', () => {
  expect(Buffer.from(new Talk().open('JPKI').read('0006'), 'hex').subarray(0, 32).toString()).toBe('JPKIAPICCTOKEN2'.padEnd(32));
  expect(new Talk().open('JPKI').read('0008')).toBe('8F8F009000');
  const without = new Talk({ identity: undefined }).open('JPKI');
  expect(without.read('0008')).toBe('0000009000');
  expect([without.say('00A4020C02000A'), without.say('00A4020C020017')]).toEqual(['6A82', '6A82']);
});

test('at power-on the issuer’s application is current; there is no master file', () => {
  const talk = new Talk();
  expect(['00A40000', '00A40000023F00', '00A4020C02000A', '00A4040C0AD392F000260100000002'].map((command) => talk.say(command))).toEqual(['6A82', '6A82', '6A82', '6A82']);
  expect(talk.say('00A40400')).toBe('6F0A8408A0000001510000009000');
});

test('a beginning of a name selects, and the worst application is found first', () => {
  const talk = new Talk();
  expect(talk.say('00A4040005D392100031')).toContain(NAME.券面事項入力補助);
  expect(talk.say('00A4040205D392100031')).toContain(NAME.券面);
  expect(talk.say('00A4040C05D392F00026')).toBe('9000');
  expect(talk.say('00A4040C0BD392F00026010000000100')).toBe('6A82');
});

test('wrong values use the tries up, the counter outlives the power, and the right value gives them back', () => {
  const talk = new Talk().open('JPKI');
  expect(talk.tries('0018')).toBe('63C3');
  expect(talk.show('0018', '0000')).toBe('63C2');
  expect(talk.powerCycle().open('JPKI').tries('0018')).toBe('63C2');
  expect(talk.show('0018', PIN)).toBe('9000');
  expect(talk.tries('0018')).toBe('63C3');
});

test.each([
  ['JPKI', '0018', 3],
  ['JPKI', '001B', 5],
  ['券面事項入力補助', '0011', 3],
  ['券面事項入力補助', '0014', 10],
  ['券面事項入力補助', '0015', 10],
  ['券面', '0012', 10],
  ['住基', '001C', 3],
  ['共通', '001C', 3],
] as const)('%s %s is blocked after %i wrong values, also for the right one, and stays so', (title, id, tries) => {
  const talk = new Talk().open(title);
  const right = SECRETS[title]?.[id] ?? '9012';
  for (let left = tries - 1; left >= 0; left -= 1) expect(talk.show(id, 'X')).toBe(`63C${digits(left, 1)}`);
  expect([talk.show(id, right), talk.tries(id)]).toEqual(['6984', '63C0']);
  expect(talk.powerCycle().open(title).tries(id)).toBe('63C0');
  expect(new Talk({ state: JSON.parse(JSON.stringify(talk.card.state)) as typeof talk.card.state }).open(title).tries(id)).toBe('63C0');
});

test('the same secret of two applications has two counters', () => {
  const talk = new Talk().open('住基');
  talk.show('001C', '0000');
  expect([talk.tries('001C'), talk.open('共通').tries('001C')]).toEqual(['63C2', '63C3']);
  talk.open('券面事項入力補助').show('0015', '0');
  expect([talk.tries('0015'), talk.open('券面').tries('0012')]).toEqual(['63C9', '63CA']);
});

test('a key that was shipped blocked has no tries from the beginning', () => {
  const talk = new Talk().open('券面事項入力補助');
  expect([talk.tries('0012'), talk.show('0012', '')]).toEqual(['63C0', '6700']);
  expect(talk.show('0012', '0000')).toBe('6984');
});

test('asking for the tries costs none; lengths that are none are refused without costing one', () => {
  const talk = new Talk().open('JPKI').file('0018');
  expect(['00200080', '0020008004', `00200080${ascii('0'.repeat(17))}`, '002000800431', '00200180', '00200018', '00200000'].map((command) => talk.say(command))).toEqual([
    '63C3', '6700', '6700', '6700', '6A86', '6A86', '6A88',
  ]);
  expect(talk.say('00200098')).toBe('63C3');
  expect(talk.file('000A').say('00200080')).toBe('6981');
  expect(talk.open('JPKI').say('00200080')).toBe('6986');
});

test('what was verified is forgotten by power-off and by another application, and by nothing else', () => {
  const verified = () => {
    const talk = new Talk().open('券面事項入力補助');
    expect(talk.show('0011', TEXT_PIN)).toBe('9000');
    return talk;
  };
  const still = (talk: Talk) => status(talk.open('券面事項入力補助').read('0002')) === '9000';
  expect(still(verified())).toBe(true);
  expect(still(verified().open('券面事項入力補助'))).toBe(true);
  const missing = verified();
  expect(missing.say('00A4040C05A000000003')).toBe('6A82');
  expect(still(missing)).toBe(true);
  const reset = verified();
  reset.card.reset();
  expect(still(reset)).toBe(true);
  expect(still(verified().open('ISD'))).toBe(false);
  expect(still(verified().open('JPKI'))).toBe(false);
  expect(still(verified().powerCycle())).toBe(false);
});

test('a wrong value closes again what the right one had opened', () => {
  const talk = new Talk().open('券面事項入力補助');
  talk.show('0011', TEXT_PIN);
  talk.show('0011', '0000');
  expect(status(talk.read('0002'))).toBe('6982');
});

const DIGEST_INFO = '3031300D060960864801650304020105000420';
const HASH = 'A5'.repeat(32);

test('the user-authentication key signs after its PIN, by file and by short identifier, and the certificate verifies it', () => {
  const talk = new Talk().open('JPKI');
  const command = (p1: string, p2: string, data: string) => talk.say(`802A${p1}${p2}${digits(data.length / 2, 2)}${data}00`);
  expect(talk.file('0017').say(`802A008033${DIGEST_INFO}${HASH}00`)).toBe('6982');
  talk.show('0018', PIN);
  const signature = command('00', '97', DIGEST_INFO + HASH);
  expect(signature).toHaveLength(2 * 256 + 4);
  expect(command('00', '80', DIGEST_INFO + HASH)).toBe(signature);
  expect(command('02', '80', HASH)).toBe(signature);
  const challenge = Buffer.from('かざす');
  const signed = Buffer.from(command('00', '97', DIGEST_INFO + hex(createHash('sha256').update(challenge).digest())).slice(0, -4), 'hex');
  expect(verify('sha256', challenge, new X509Certificate(identity.authentication.certificate).publicKey, signed)).toBe(true);
  expect([command('00', '9A', DIGEST_INFO + HASH), command('04', '97', HASH), command('02', '97', 'A5'), command('00', '98', HASH), command('00', '9F', HASH)]).toEqual(['6982', '6A86', '6700', '6985', '6A88']);
  expect(talk.say(`002A008020${HASH}00`)).toBe('6E00');
  expect(talk.open('券面事項入力補助').say(`802A000020${HASH}00`)).toBe('6982');
});

test('only the basic logical channel, no chaining, no secure messaging, no other class', () => {
  const talk = new Talk();
  const select = `A4040C0A${NAME.JPKI}`;
  expect(['01', '03', '40', '10', '0C', '04', '90', 'B0', '80'].map((cla) => talk.say(cla + select))).toEqual(['6881', '6881', '6881', '6884', '6882', '6882', '6884', '6E00', '9000']);
  expect([talk.say('0070000001'), talk.say('00'), talk.say(`00${select}00000000`)]).toEqual(['6D00', '6700', '6700']);
});

test('it gives random bytes, as many as were asked for', () => {
  const talk = new Talk();
  expect([talk.say('0084000008').length, talk.say('0084000000').length]).toEqual([20, 516]);
  expect(talk.say('0084000010')).not.toBe(talk.say('0084000010'));
  expect([talk.say('00840000'), talk.say('0084010008')]).toEqual(['6700', '6A86']);
});

test('a PIN is changed after it was shown, and the new one lasts', () => {
  const talk = new Talk().open('JPKI').file('0018');
  expect(talk.say(`00240180${ascii('4321')}`)).toBe('6982');
  talk.show('0018', PIN);
  expect([talk.say(`00240180${ascii('43210')}`), talk.say(`80320080${ascii('4321')}`), talk.say(`00240180${ascii('4321')}`)]).toEqual(['6A80', '6D00', '9000']);
  expect([talk.powerCycle().open('JPKI').show('0018', PIN), talk.show('0018', '4321')]).toEqual(['63C2', '9000']);
  const next = new Talk({ state: talk.card.state }).open('JPKI');
  expect(next.show('0018', '4321')).toBe('9000');
  next.open('住基').show('001C', TEST_SECRETS['register-pin']);
  expect([next.say(`00240180${ascii('0000')}`), next.say(`80320080${ascii('0000')}`)]).toEqual(['6D00', '9000']);
});

test('its identifier is another one after each power-up, as the type B kind is', () => {
  const talk = new Talk();
  const first = talk.say('FFCA000000');
  expect(first).toMatch(/^[0-9A-F]{8}9000$/);
  expect(talk.say('FFCA000000')).toBe(first);
  expect(talk.powerCycle().say('FFCA000000')).not.toBe(first);
  expect(talk.say('FF00000000')).toBe('6A81');
});

test('in what cards differ, it differs on request', () => {
  const first = new Talk({ oddities: { firstCommandFails: true } });
  const select = `00A4040C0A${NAME.JPKI}`;
  expect([first.say(select), first.say(select), first.powerCycle().say(select)]).toEqual(['6F00', '9000', '6F00']);
  const blocked = new Talk({ oddities: { blocked: 0x6983 } }).open('券面事項入力補助');
  expect(blocked.show('0012', '0000')).toBe('6983');
  const forgetful = new Talk({ oddities: { reset: 'forgets' } }).open('JPKI');
  forgetful.show('0018', PIN);
  forgetful.card.reset();
  expect(forgetful.open('JPKI').file('0017').say(`802A008020${HASH}00`)).toBe('6982');
  const outspoken = new Talk({ oddities: { queryWhenVerified: 'ok' } }).open('JPKI');
  expect([outspoken.tries('0018'), outspoken.show('0018', PIN), outspoken.tries('0018')]).toEqual(['63C3', '9000', '9000']);
  const label = `${hex(Buffer.from('JPKIAPICCTOKEN2'.padEnd(20)))}9000`;
  expect(new Talk({ oddities: { tokenInformationBytes: 20 } }).open('JPKI').read('0006')).toBe(label);
  expect(new Talk({ oddities: { longestRead: 20, shortRead: 0x6282 } }).open('JPKI').read('0006')).toBe(label);
  expect(new Talk({ oddities: { shortRead: 0x6282 } }).open('JPKI').read('0006').slice(-4)).toBe('6282');
  expect(new Talk({ oddities: { printedNumberTries: 3 } }).open('券面事項入力補助').tries('0015')).toBe('63C3');
});
