import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { guardRules } from './allowed-commands.ts';
import { ApduGuard, BlockedCommand, GuardedChannel } from './apdu-guard.ts';
import { FIRST_GENERATION, refuseForbidden, type ListedFile, type MyNumberProfile } from './profile.ts';
import { ASK_TRIES, SELECT_JPKI, SELECT_NEUTRAL, SELECT_TEXT, ScriptedCard, bytesOf, selectFileOf, type ScriptedAnswer } from './test-support/scripted-card.ts';

const BLOCKED = { kind: 'blocked', why: 'not-allowed' };
const DIGEST_INFO = '3031300D060960864801650304020105000420';
const SIGN = `802A008033${DIGEST_INFO}${'AB'.repeat(32)}00`;
const VERIFY_1234 = '002000800431323334';
const VERIFY_B = `002000800E${'31'.repeat(14)}`;

/** A guard that saw these commands and their answers; each of them passed. */
function guardAfter(...exchanges: readonly (readonly [command: string, answer: string | undefined])[]): ApduGuard {
  const guard = new ApduGuard(guardRules(FIRST_GENERATION));
  for (const [command, answer] of exchanges) {
    expect([command, guard.check(bytesOf(command))]).toEqual([command, 'pass']);
    guard.note(bytesOf(command), answer === undefined ? undefined : bytesOf(answer));
  }
  return guard;
}
const inFile = (application: string, file: string) => guardAfter([application, '9000'], [selectFileOf(file), '9000']);
const verdict = (guard: ApduGuard, command: string) => guard.check(bytesOf(command));

test.each([SELECT_JPKI, SELECT_TEXT, SELECT_NEUTRAL])('%s selects a listed application by its whole name and passes at any time', (command) => {
  expect(verdict(guardAfter(), command)).toBe('pass');
  expect(verdict(inFile(SELECT_TEXT, '0011'), command)).toBe('pass');
});

test.each([
  [SELECT_JPKI, ['0006', '000A', '000B', '0017', '0018']],
  [SELECT_TEXT, ['0002', '0011', '0015']],
  [SELECT_NEUTRAL, []],
])('within %s only these of all 65536 files can be selected: %j', (application, listed) => {
  const passed: string[] = [];
  const guard = guardAfter([application, '9000']);
  for (let id = 0; id <= 0xffff; id += 1) {
    const command = Uint8Array.of(0x00, 0xa4, 0x02, 0x0c, 0x02, id >> 8, id & 0xff);
    if (guard.check(command) !== 'pass') continue;
    passed.push(id.toString(16).toUpperCase().padStart(4, '0'));
    guard.note(command, bytesOf('9000'));
  }
  expect(passed).toEqual(listed);
});

test('each kind of file allows its own commands and no other', () => {
  const probes = { read: '00B0000000', tries: ASK_TRIES, pin: VERIFY_1234, b: VERIFY_B, sign: SIGN, rest: '00C0000000' };
  const allowed = (guard: () => ApduGuard) => Object.entries(probes).filter(([, command]) => verdict(guard(), command) === 'pass').map(([name]) => name);
  expect(allowed(() => guardAfter())).toEqual([]);
  expect(allowed(() => guardAfter([SELECT_JPKI, '9000']))).toEqual([]);
  for (const readable of ['0006', '000A', '000B']) expect(allowed(() => inFile(SELECT_JPKI, readable))).toEqual(['read']);
  expect(allowed(() => inFile(SELECT_JPKI, '0018'))).toEqual(['tries', 'pin']);
  expect(allowed(() => inFile(SELECT_JPKI, '0017'))).toEqual(['sign']);
  expect(allowed(() => inFile(SELECT_TEXT, '0002'))).toEqual(['read']);
  expect(allowed(() => inFile(SELECT_TEXT, '0011'))).toEqual(['tries', 'pin']);
  expect(allowed(() => inFile(SELECT_TEXT, '0015'))).toEqual(['tries', 'b']);
});

test.each([
  ['the number file', selectFileOf('0001')],
  ['the file with its hash', selectFileOf('0003')],
  ['照合番号A', selectFileOf('0014')],
  ['a file by its beginning', '00A4020C0100'],
  ['a path of two files', '00A4020C0400020001'],
  ['a file with an answer wanted', '00A4020C02000200'],
  ['a file with a byte behind it', '00A4020C020002AA'],
  ['a file with P2 = 00', '00A40200020002'],
  ['a file with P1 = 00', '00A4000C020002'],
  ['the master file', '00A40000'],
  ['a file in extended length', '00A4020C0000020002'],
  ['a beginning of a name', '00A4040C09D39210003100010104'],
  ['the next of a name', '00A4040E0AD3921000310001010408'],
  ['a name with an answer wanted', '00A4040C0AD392100031000101040800'],
  ['the surface application', '00A4040C0AD3921000310001010402'],
  ['the register application', '00A4040C0AD3921000310001010401'],
  ['the common application', '00A4040C0AD3921000310001010100'],
  ['a read with a short identifier', '00B0810000'],
  ['a read with the short identifier of nothing', '00B0800000'],
  ['a read of extended length', '00B00000000000'],
  ['a read without a length', '00B00000'],
  ['a read with data', '00B000000100'],
  ['a read by file', '00B10001045402000000'],
  ['a record', '00B2010C00'],
  ['a record in odd form', '00B3010C00'],
  ['GET DATA', '00CA010000'],
  ['a challenge', '0084000008'],
  ['the card’s own AE', '80AE000000'],
  ['a changed PIN', '002401800434333231'],
  ['a write', '00D600000100'],
  ['no command', ''],
  ['half a header', '00B0'],
])('%s is blocked, wherever one is', (_what, command) => {
  for (const [application, file] of [[SELECT_TEXT, '0002'], [SELECT_TEXT, '0011'], [SELECT_JPKI, '000A'], [SELECT_JPKI, '0018']] as const) {
    expect(verdict(inFile(application, file), command)).toEqual(BLOCKED);
  }
  expect(verdict(guardAfter(), command)).toEqual(BLOCKED);
});

test.each([
  ['a short identifier of 照合番号A', '0020009404'],
  ['tries by a short identifier', '00200094'],
  ['tries with a length', '0020008000'],
  ['three digits', '0020008003313233'],
  ['five digits', '00200080053132333435'],
  ['twelve digits', `002000800C${'31'.repeat(12)}`],
  ['letters', '002000800441424344'],
  ['digits and an answer wanted', `${VERIFY_1234}00`],
  ['digits in extended length', '0020008000000431323334'],
])('a PIN file does not take %s', (_what, command) => {
  expect(verdict(inFile(SELECT_TEXT, '0011'), command)).toEqual(BLOCKED);
});

test.each([
  ['a bare hash', `802A000020${'AB'.repeat(32)}00`],
  ['anything else of that length', `802A008033${'AB'.repeat(51)}00`],
  ['the hash in the card’s own envelope', `802A028020${'AB'.repeat(32)}00`],
  ['the key of another file', SIGN.replace('802A0080', '802A009A')],
  ['the application’s own key', SIGN.replace('802A0080', '802A0000')],
  ['no answer wanted', SIGN.slice(0, -2)],
  ['a shorter answer wanted', `${SIGN.slice(0, -2)}10`],
])('the key does not sign %s', (_what, command) => {
  expect(verdict(inFile(SELECT_JPKI, '0017'), command)).toEqual(BLOCKED);
});

test('no other class byte passes, for any command', () => {
  const where: readonly (readonly [() => ApduGuard, string])[] = [
    [() => guardAfter(), SELECT_TEXT],
    [() => guardAfter([SELECT_TEXT, '9000']), selectFileOf('0002')],
    [() => inFile(SELECT_TEXT, '0002'), '00B0000000'],
    [() => inFile(SELECT_TEXT, '0011'), ASK_TRIES],
    [() => inFile(SELECT_TEXT, '0011'), VERIFY_1234],
    [() => inFile(SELECT_JPKI, '0017'), SIGN],
  ];
  for (const [guard, command] of where) {
    const passing = Array.from({ length: 256 }, (_, cla) => cla).filter((cla) => guard().check(Uint8Array.of(cla, ...bytesOf(command).subarray(1))) === 'pass');
    expect(passing).toEqual([bytesOf(command)[0]]);
  }
});

test('a read passes at every offset up to 7FFF, whatever length it wants, and at no other', () => {
  const guard = inFile(SELECT_TEXT, '0002');
  for (let p1 = 0; p1 <= 0xff; p1 += 1) {
    const command = Uint8Array.of(0x00, 0xb0, p1, 0x03, p1);
    expect(guard.check(command)).toEqual(p1 <= 0x7f ? 'pass' : BLOCKED);
    if (p1 <= 0x7f) guard.note(command, bytesOf('9000'));
  }
});

test.each([['6A82'], ['6F00'], ['6283'], ['6110'], ['AB9000'], ['9001'], ['90'], [''], [undefined]])(
  'after SELECT of an application that was answered by %s, only SELECT of an application passes',
  (answer) => {
    const guard = guardAfter([SELECT_TEXT, '9000'], [selectFileOf('0002'), '9000'], [SELECT_JPKI, answer]);
    for (const command of [selectFileOf('0002'), selectFileOf('000A'), '00B0000000', ASK_TRIES, '00C0000000']) expect(verdict(guard, command)).toEqual(BLOCKED);
    expect(verdict(guard, SELECT_JPKI)).toBe('pass');
  },
);

test.each([['6A82'], ['6986'], ['AB9000'], ['90'], [undefined]])('after SELECT of a file that was answered by %s, only SELECT of an application passes', (answer) => {
  const guard = guardAfter([SELECT_TEXT, '9000'], [selectFileOf('0002'), '9000'], [selectFileOf('0011'), answer]);
  for (const command of [selectFileOf('0002'), '00B0000000', ASK_TRIES]) expect(verdict(guard, command)).toEqual(BLOCKED);
  expect(verdict(guard, SELECT_TEXT)).toBe('pass');
});

test.each([['90'], [undefined]])('after a read that was answered by %s nobody knows what is current', (answer) => {
  const guard = guardAfter([SELECT_TEXT, '9000'], [selectFileOf('0002'), '9000'], ['00B0000000', answer]);
  expect(verdict(guard, '00B0000000')).toEqual(BLOCKED);
});

test('selecting an application leaves no file current', () => {
  const guard = guardAfter([SELECT_TEXT, '9000'], [selectFileOf('0002'), '9000'], [SELECT_TEXT, '9000']);
  expect(verdict(guard, '00B0000000')).toEqual(BLOCKED);
});

test('the rest of an answer can be fetched while it waits, and not after', () => {
  const guard = guardAfter([SELECT_TEXT, '9000'], [selectFileOf('0002'), '9000'], ['00B0000000', 'AB6110'], ['00C0000010', 'AB6101'], ['00C0000001', 'AB9000']);
  expect(verdict(guard, '00C0000001')).toEqual(BLOCKED);
  const selected = guardAfter([SELECT_TEXT, '9000'], [selectFileOf('0002'), '9000'], ['00B0000000', 'AB6110'], [selectFileOf('0011'), '9000']);
  expect(verdict(selected, '00C0000010')).toEqual(BLOCKED);
});

test('while a command is unanswered nothing passes', () => {
  const guard = guardAfter();
  expect(verdict(guard, SELECT_TEXT)).toBe('pass');
  expect(verdict(guard, SELECT_TEXT)).toEqual({ kind: 'blocked', why: 'unanswered-command' });
  guard.note(bytesOf(SELECT_TEXT), bytesOf('9000'));
  expect(verdict(guard, SELECT_TEXT)).toBe('pass');
});

test('a channel throws what is blocked, says nothing of it, and the reader gets nothing', async () => {
  const card = new ScriptedCard('9000');
  await card.channel.transmit(bytesOf(SELECT_TEXT));
  const blocked = card.channel.transmit(bytesOf('00A4020C020001'));
  await expect(blocked).rejects.toBeInstanceOf(BlockedCommand);
  await expect(blocked).rejects.toThrow(/^A command to a My Number card was blocked: not-allowed$/);
  expect(card.sent).toEqual([SELECT_TEXT]);
});

test('a channel sends what it judged, even if the caller changes the bytes meanwhile', async () => {
  const card = new ScriptedCard('9000', '9000');
  await card.channel.transmit(bytesOf(SELECT_TEXT));
  const command = bytesOf(selectFileOf('0002'));
  const sending = card.channel.transmit(command);
  command[6] = 0x01;
  await sending;
  expect(card.sent).toEqual([SELECT_TEXT, selectFileOf('0002')]);
});

test('a second command on a channel waits for nobody: it is a bug and is not sent', async () => {
  const card = new ScriptedCard('9000', '9000');
  const first = card.channel.transmit(bytesOf(SELECT_TEXT));
  await expect(card.channel.transmit(bytesOf(SELECT_JPKI))).rejects.toThrow(/unanswered-command/);
  await first;
  expect(card.sent).toEqual([SELECT_TEXT]);
});

test('a closed channel sends nothing any more', async () => {
  const card = new ScriptedCard('9000');
  card.channel.close();
  await expect(card.channel.transmit(bytesOf(SELECT_NEUTRAL))).rejects.toThrow(/closed/);
  expect(card.sent).toEqual([]);
});

test('what a channel held of a command is zeroed, however the command ended', async () => {
  const endings: readonly ScriptedAnswer[] = ['9000', '63C1', 'AB', { kind: 'card-moved' }, { kind: 'reader-lost' }];
  for (const ending of endings) {
    const card = new ScriptedCard('9000', '9000', ending);
    for (const command of [SELECT_TEXT, selectFileOf('0011'), VERIFY_1234]) await card.channel.transmit(bytesOf(command));
    expect(card.sent.at(-1)).toBe(VERIFY_1234);
    expect(card.arrays.at(-1)!.every((byte) => byte === 0)).toBe(true);
  }
  const failing = new GuardedChannel({ transmit: () => Promise.reject(new Error('the reader burst')) }, 1, FIRST_GENERATION);
  await expect(failing.transmit(bytesOf(SELECT_TEXT))).rejects.toThrow('burst');
  // The guard knows that this one was answered by nobody, and is not stuck.
  await expect(failing.transmit(bytesOf(SELECT_TEXT))).rejects.toThrow('burst');
});

test('an answer that is none counts as a card that moved', async () => {
  const card = new ScriptedCard('12');
  expect(await card.channel.transmit(bytesOf(SELECT_TEXT))).toEqual({ kind: 'card-moved' });
});

test('whatever is sent through a channel, the reader gets only what the guard lets pass, in order', async () => {
  const command = fc.oneof(
    fc.constantFrom(SELECT_JPKI, SELECT_TEXT, SELECT_NEUTRAL, selectFileOf('0002'), selectFileOf('0001'), '00B0000000', '00B0810000', ASK_TRIES).map(bytesOf),
    fc.uint8Array({ maxLength: 12 }),
  );
  const answer = fc.constantFrom('9000', '9000', '9000', '6A82', '', '6110');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(command, answer), { maxLength: 20 }), async (exchanges) => {
      const guard = new ApduGuard(guardRules(FIRST_GENERATION));
      const passing = exchanges.filter(([bytes, response]) => {
        const passes = guard.check(bytes) === 'pass';
        if (passes) guard.note(bytes, bytesOf(response));
        return passes;
      });
      const card = new ScriptedCard(...passing.map(([, response]) => response));
      for (const [bytes] of exchanges) await card.channel.transmit(bytes).catch((error: unknown) => expect(error).toBeInstanceOf(BlockedCommand));
      expect(card.sent).toEqual(passing.map(([bytes]) => Buffer.from(bytes).toString('hex').toUpperCase()));
    }),
  );
});

test('a profile that lists what leads to the number makes no guard', () => {
  const { applications } = FIRST_GENERATION;
  const withFile = (id: number): MyNumberProfile => {
    const file: ListedFile = { id, role: { kind: 'readable' } };
    return { ...FIRST_GENERATION, applications: applications.map((application) => ({ ...application, files: [...application.files, file] })) };
  };
  const withApplication = (aid: string): MyNumberProfile => ({ ...FIRST_GENERATION, applications: [...applications, { aid: bytesOf(aid), files: [] }] });
  for (const id of [0x0001, 0x0003, 0x0014]) expect(() => guardRules(withFile(id))).toThrow(/must never/);
  for (const aid of ['D3921000310001010402', 'D3921000310001010401', 'D3921000310001010100', 'D39210003100010104', 'D392']) {
    expect(() => guardRules(withApplication(aid))).toThrow(/must never/);
  }
  expect(() => refuseForbidden(withFile(0x0004))).not.toThrow();
});

test('of the modules for this card only the guard and the session know that there is a reader', () => {
  const folder = import.meta.dirname;
  const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  expect(sources).toContain('my-number-card.ts');
  const knowing = sources.filter((name) => readFileSync(path.join(folder, name), 'utf8').includes('/reader/'));
  expect(knowing.sort()).toEqual(['apdu-guard.ts', 'my-number-session.ts']);
});
