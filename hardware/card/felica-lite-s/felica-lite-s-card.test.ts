import { beforeEach, describe, expect, test } from 'vitest';
import { DirectReader } from '../../simulator/direct-reader.ts';
import { STYLE_OF, issuedFelicaCard, random, type HeldFelicaKeys } from '../../simulator/felica-lite-s/issued-card.ts';
import { VIRTUAL_READER_STYLES } from '../../simulator/felica-lite-s/reader-front.ts';
import { FelicaLiteSCard as VirtualFelicaCard } from '../../simulator/virtual-card-felica-lite-s.ts';
import type { VirtualCard } from '../../simulator/virtual-card.ts';
import type { CardMovement, CardOperation } from '../stored-value.ts';
import { felicaReaderStyle, type FelicaReaderStyle } from './felica-channel.ts';
import { felicaLiteSCard } from './felica-lite-s-card.ts';
import { SLOT_STARTS } from './mirror.ts';

const IDM = Uint8Array.of(0x01, 0x2e, 0x41, 0x28, 0x72, 0x8c, 0x7e, 0x8b);
const KEY = Uint8Array.from(Buffer.from('00112233445566778899aabbccddeeff', 'hex'));
const CK_PLACE = 20 * 16;
const WCNT_PLACE = 22 * 16;
const operationId = (number: number) => `019aa000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
const credit = (amount: number, pocket = 'premium-2026'): CardMovement => ({ pocket, kind: 'credit', amount });
const debit = (amount: number, pocket = 'premium-2026'): CardMovement => ({ pocket, kind: 'debit', amount });
const operation = (number: number, ...movements: CardMovement[]): CardOperation => ({ operationId: operationId(number), movements });

let card: VirtualFelicaCard;
let keys: HeldFelicaKeys;
let reader: DirectReader;

beforeEach(async () => {
  ({ card, keys } = await issuedFelicaCard(IDM, KEY));
  reader = new DirectReader();
});

/** Lays a card down and gives what the agent would have of it. */
function laid(on: VirtualCard = card, style: FelicaReaderStyle = 'direct', idm = IDM) {
  return felicaLiteSCard(reader, reader.insert(on), idm, keys, { style, random, pockets: ['premium-2026', 'points-2026'] });
}

/** The card, with its answers changed on the way by something that knows nothing of keys. */
function through(change: (answer: Uint8Array, command: Uint8Array) => Uint8Array): VirtualCard {
  return {
    name: card.name,
    atr: card.atr,
    alarms: card.alarms,
    powerOn: () => card.powerOn(),
    powerOff: () => card.powerOff(),
    reset: () => card.reset(),
    respond: (command) => change(card.respond(command), command),
  };
}
/** The frame's command code in a pass-through command of the style `direct`. */
const code = (command: Uint8Array) => command[6];
const isRead = (command: Uint8Array) => code(command) === 0x06;
const isWrite = (command: Uint8Array) => code(command) === 0x08;
const firstBlock = (command: Uint8Array) => command[20];

describe.each(VIRTUAL_READER_STYLES)('through an %s', (readerStyle) => {
  const style = STYLE_OF[readerStyle];

  test('a card proves itself, takes operations, and shows them at the next touch', async () => {
    ({ card, keys } = await issuedFelicaCard(IDM, KEY, readerStyle));
    const first = laid(card, style);
    expect(first.capabilities).toEqual({ valueOnCard: false, offlineProof: false, authenticated: false });
    expect(await first.read()).toEqual({ kind: 'read', pockets: new Map(), counter: 0 });
    expect(first.capabilities).toEqual({ valueOnCard: false, offlineProof: false, authenticated: true });
    expect(await first.apply(operation(1, credit(5000)))).toEqual({
      kind: 'committed',
      evidence: { kind: 'write-counter', counter: 1, writeCounter: 3 },
    });
    const second = laid(card, style);
    expect(await second.apply(operation(2, debit(1200), credit(12, 'points-2026')))).toMatchObject({ kind: 'committed', evidence: { counter: 2 } });
    expect(await laid(card, style).read()).toEqual({ kind: 'read', pockets: new Map(), counter: 2 });
    const history = await laid(card, style).history();
    expect(history.kind === 'read' && history.operations[0]).toEqual({
      operationId: operationId(2),
      counter: 2,
      movements: [debit(1200), credit(12, 'points-2026')],
    });
    expect(await laid(card, style).mirror()).toEqual({ kind: 'mirror', counter: 2, moved: new Map([['points-2026', 12], ['premium-2026', 3800]]) });
  });

  test('a copy with another key is not genuine, and nothing is written on it', async () => {
    ({ card, keys } = await issuedFelicaCard(IDM, KEY, readerStyle));
    const memory = card.exportMemory();
    memory.fill(0x55, CK_PLACE, CK_PLACE + 16);
    const copy = new VirtualFelicaCard('copy', IDM, { readerStyle });
    copy.importMemory(memory);
    const touched = laid(copy, style);
    expect(await touched.read()).toEqual({ kind: 'suspect', why: 'not-genuine' });
    expect(await touched.apply(operation(1, credit(5000)))).toEqual({ kind: 'not-committed', why: 'suspect' });
    expect(await touched.settle(operationId(1), 0)).toEqual({ kind: 'suspect', why: 'not-genuine' });
    expect(touched.capabilities.authenticated).toBe(false);
    expect(copy.exportMemory()).toEqual(memory);
  });
});

test('a balance takes three commands to the card, a load of one pocket eight', async () => {
  const touched = laid();
  await touched.read();
  const balance = reader.sent.length;
  await touched.apply(operation(1, credit(5000)));
  expect([balance, reader.sent.length - balance]).toEqual([3, 8]);
});

test('history gives the last two operations, newest first', async () => {
  const touched = laid();
  expect(await touched.history()).toEqual({ kind: 'read', operations: [] });
  for (const number of [1, 2, 3]) await touched.apply(operation(number, credit(number)));
  const history = await touched.history();
  const shown = history.kind === 'read' ? history.operations.map(({ counter, movements }) => [counter, movements]) : history.kind;
  expect(shown).toEqual([[3, [credit(3)]], [2, [credit(2)]]]);
});

test('a pocket this town does not know is named by its mark', async () => {
  await laid().apply(operation(1, credit(7, 'taxi-2031')));
  const history = await laid().history();
  expect(history.kind === 'read' && history.operations[0]?.movements[0]?.pocket).toMatch(/^#[0-9a-f]{8}$/);
});

test('the pocket moved longest ago makes room for a seventh', async () => {
  const touched = laid();
  for (let number = 1; number <= 7; number += 1) {
    await touched.apply(operation(number, credit(number, number === 1 ? 'premium-2026' : `scheme-${number}`)));
  }
  const mirror = await touched.mirror();
  expect(mirror.kind === 'mirror' && [mirror.moved.has('premium-2026'), [...mirror.moved.values()]]).toEqual([false, [7, 6, 5, 4, 3, 2]]);
});

test('an operation of four movements in six pockets fits, and one that does not is refused before anything is written', async () => {
  const touched = laid();
  await touched.apply(operation(1, credit(1, 'a'), credit(1, 'b'), credit(1, 'c')));
  expect((await touched.apply(operation(2, credit(1, 'd'), credit(1, 'e'), credit(1, 'f'), debit(1, 'a')))).kind).toBe('committed');
  const before = card.exportMemory();
  const five = ['a', 'b', 'c', 'd', 'e'].map((pocket) => credit(1, pocket));
  expect(await touched.apply(operation(3, ...five))).toEqual({ kind: 'not-committed', why: 'refused' });
  expect(await touched.apply(operation(4, credit(0x8000_0000)))).toEqual({ kind: 'not-committed', why: 'refused' });
  expect(card.exportMemory()).toEqual(before);
});

test('an operation that the card already shows as its last is not written again', async () => {
  const touched = laid();
  const first = await touched.apply(operation(1, credit(5000)));
  const before = card.exportMemory();
  expect(await touched.apply(operation(1, credit(5000)))).toEqual(first);
  expect(card.exportMemory()).toEqual(before);
});

test('an operation without a UUID is a bug of the caller', async () => {
  await expect(laid().apply({ operationId: 'one', movements: [] })).rejects.toThrow(RangeError);
});

describe('keys', () => {
  test.each(['unknown-card', 'not-here'] as const)('a card whose key is %s is not even spoken to', async (why) => {
    keys.hold(IDM, { kind: why });
    const touched = laid();
    expect(await touched.read()).toEqual({ kind: 'no-key', why });
    expect(await touched.settle(operationId(1), 0)).toEqual({ kind: 'no-key', why });
    expect(await touched.apply(operation(1, credit(1)))).toEqual({ kind: 'not-committed', why: 'no-key' });
    expect(reader.sent).toEqual([]);
  });

  test('a key of another version says nothing against the card', async () => {
    keys.hold(IDM, { kind: 'keys', keys: { profile: 'felica-lite-s', version: 2, card: KEY.toReversed() } });
    expect(await laid().read()).toEqual({ kind: 'no-key', why: 'not-here' });
  });

  test('a card that has the key of another card contradicts itself', async () => {
    const other = IDM.with(7, 0x8c);
    const copy = new VirtualFelicaCard('copy', other);
    copy.importMemory(card.exportMemory());
    keys.hold(other, { kind: 'keys', keys: { profile: 'felica-lite-s', version: 1, card: KEY } });
    const touched = laid(copy, 'direct', other);
    expect(await touched.read()).toEqual({ kind: 'suspect', why: 'inconsistent' });
    expect(touched.capabilities.authenticated).toBe(false);
  });
});

describe('noise', () => {
  test('one wrong MAC is tried again in a fresh session', async () => {
    let flips = 1;
    const noisy = through((answer, command) => (isRead(command) && flips-- > 0 ? answer.with(14, answer[14]! ^ 1) : answer));
    expect(await laid(noisy).read()).toMatchObject({ kind: 'read', counter: 0 });
  });

  test('a card that answers nothing but noise is asked for again, never frozen', async () => {
    const noise = through((answer) => answer.map((byte) => byte ^ 0xff));
    expect(await laid(noise).read()).toEqual({ kind: 'card-moved' });
    const silence = through(() => Uint8Array.of(0x63, 0x00));
    expect(await laid(silence).settle(operationId(1), 0)).toEqual({ kind: 'card-moved' });
    const otherIdm = through((answer) => answer.with(2, answer[2]! ^ 1));
    expect(await laid(otherIdm).apply(operation(1, credit(1)))).toEqual({ kind: 'not-committed', why: 'card-moved' });
  });

  test('a key version that cannot be read leaves a wrong MAC without consequence', async () => {
    const noisy = through((answer, command) => {
      if (!isRead(command)) return answer;
      return firstBlock(command) === 0x86 ? Uint8Array.of(0x63, 0x00) : answer.with(14, answer[14]! ^ 1);
    });
    expect(await laid(noisy).read()).toEqual({ kind: 'card-moved' });
  });

  test('someone who says "written" in the place of the card is not believed', async () => {
    const liar: VirtualCard = {
      ...through((answer) => answer),
      respond: (command) => {
        const isHead = isWrite(command) && SLOT_STARTS.some((start) => firstBlock(command) === start);
        return isHead ? Uint8Array.of(0x0c, 0x09, ...IDM, 0x00, 0x00, 0x90, 0x00) : card.respond(command);
      },
    };
    expect(await laid(liar).apply(operation(1, credit(5000)))).toEqual({ kind: 'not-committed', why: 'refused' });
    expect(await laid().read()).toMatchObject({ kind: 'read', counter: 0 });
  });

  test('an answer to the deciding write that nobody can read is decided at once by reading', async () => {
    reader.tear = (_index, command) => (isWrite(command) && firstBlock(command) === SLOT_STARTS[1] ? 'answer-garbled' : undefined);
    const evidence = { kind: 'write-counter', counter: 1, writeCounter: 3 };
    expect(await laid().apply(operation(1, credit(5000)))).toEqual({ kind: 'committed', evidence });
  });

  test('a wrong MAC and then nothing to be understood is no reason to freeze a card', async () => {
    let reads = 0;
    const noisy = through((answer, command) => {
      if (!isRead(command)) return answer;
      reads += 1;
      if (reads === 1) return answer.with(14, answer[14]! ^ 1);
      return firstBlock(command) === 0x86 ? answer : Uint8Array.of(0x63, 0x00);
    });
    expect(await laid(noisy).read()).toEqual({ kind: 'card-moved' });
  });

  test('what is changed on the way after the card proved itself is trouble on the way, and nothing against the card', async () => {
    const tampered = through((answer, command) => (isRead(command) && firstBlock(command) !== 0x82 ? answer.with(14, answer[14]! ^ 1) : answer));
    expect(await laid(tampered).read()).toEqual({ kind: 'card-moved' });
    expect(await laid(tampered).history()).toEqual({ kind: 'card-moved' });
    expect(await laid(tampered).settle(operationId(1), 0)).toEqual({ kind: 'card-moved' });
  });

  test('a card that lost its power for a moment in between refuses, and nothing more is written', async () => {
    for (let losing = 0; losing < 9; losing += 1) {
      const { card: fresh, keys: held } = await issuedFelicaCard(IDM, KEY);
      card = fresh;
      keys = held;
      let commands = 0;
      const weak: VirtualCard = {
        ...through((answer) => answer),
        respond: (command) => {
          if (commands++ === losing) card.powerOff();
          return card.respond(command);
        },
      };
      reader.sent.length = 0;
      const outcome = await laid(weak).apply(operation(1, credit(5000)));
      const read = await laid().read();
      expect([losing, read.kind === 'read' && read.counter]).toEqual([losing, outcome.kind === 'committed' ? 1 : 0]);
      // Commands 3 to 5 write the slot's other blocks; one that is refused is the last of them.
      if (losing >= 3 && losing <= 5) {
        expect([losing, outcome]).toEqual([losing, { kind: 'not-committed', why: 'refused' }]);
        expect(commands).toBe(losing + 1);
      }
    }
  });
});

describe('what the card shows decides', () => {
  test('a memory put back is seen by the counter, and settle knows it for what it is', async () => {
    const early = card.exportMemory();
    const touched = laid();
    await touched.apply(operation(1, credit(5000)));
    await touched.apply(operation(2, debit(4000)));
    card.importMemory(early);
    expect(await laid().read()).toMatchObject({ kind: 'read', counter: 0 });
    expect(await laid().settle(operationId(3), 2)).toEqual({ kind: 'suspect', why: 'rolled-back' });
  });

  test.each<[applied: number, asked: number, before: number | null, verdict: string]>([
    [0, 1, 0, 'not-committed'],
    [0, 1, null, 'not-committed'],
    [1, 1, 0, 'committed'],
    [1, 1, null, 'committed'],
    [1, 9, 1, 'not-committed'],
    [2, 1, 0, 'committed'],
    [2, 9, 0, 'not-committed'],
    [2, 9, null, 'not-committed'],
    [3, 9, 0, 'unknown'],
    [3, 9, null, 'unknown'],
    [3, 9, 1, 'not-committed'],
    [3, 9, 2, 'not-committed'],
  ])('after %i operations, operation %i prepared at counter %s is %s', async (applied, asked, before, verdict) => {
    const touched = laid();
    for (let number = 1; number <= applied; number += 1) await touched.apply(operation(number, credit(number)));
    const settled = await laid().settle(operationId(asked), before);
    expect(settled.kind).toBe(verdict);
    if (settled.kind === 'committed') expect(settled.evidence).toMatchObject({ kind: 'write-counter', counter: asked });
  });

  test('a slot that is not whole does not count, and the other one still holds', async () => {
    const touched = laid();
    await touched.apply(operation(1, credit(1)));
    await touched.apply(operation(2, credit(2)));
    card.chip.damage(SLOT_STARTS[0] + 1, new Uint8Array(16));
    expect(await laid().read()).toMatchObject({ kind: 'read', counter: 1 });
    card.chip.damage(SLOT_STARTS[1], new Uint8Array(16));
    expect(await laid().read()).toEqual({ kind: 'suspect', why: 'inconsistent' });
    expect(await laid().apply(operation(3, credit(3)))).toEqual({ kind: 'not-committed', why: 'suspect' });
  });

  test('a card that is worn out takes no more operations, and says so before anything is written', async () => {
    const memory = card.exportMemory();
    memory.set([0xfd, 0xfd, 0xff], WCNT_PLACE);
    card.importMemory(memory);
    expect(await laid().apply(operation(1, credit(1)))).toEqual({ kind: 'not-committed', why: 'refused' });
    expect(card.exportMemory()).toEqual(memory);
  });

  test('a card that is gone, and a reader that is gone, are told apart', async () => {
    const gone = laid();
    reader.remove();
    expect(await gone.read()).toEqual({ kind: 'card-moved' });
    const unplugged = laid();
    reader.unplug();
    expect(await unplugged.apply(operation(1, credit(1)))).toEqual({ kind: 'not-committed', why: 'reader-lost' });
  });
});

describe('readers', () => {
  test.each([
    ['ACS ACR1252 Dual Reader [ACR1252 Dual Reader PICC] 00 00', 'direct'],
    ['ACS ACR1251 CL Reader 01 00', 'direct'],
    ['ACS ACR122U PICC Interface 00 00', 'pn532'],
    ['SONY FeliCa RC-S300/P (0236798) 00 00', 'transparent-session'],
    ['Sony RC-S380/P 00 00', 'block-commands'],
    ['Identiv uTrust 3700 F CL Reader [uTrust 3700 F CL Reader] (1) 00 00', undefined],
    ['Virtual PCD 00 00', undefined],
  ])('%s: %s', (name, style) => {
    expect(felicaReaderStyle(name)).toBe(style);
  });

  test('a town may name a reader of its own, and may know ours better', () => {
    expect(felicaReaderStyle('Virtual PCD 00 00', [{ nameHas: 'Virtual PCD', style: 'direct' }])).toBe('direct');
    expect(felicaReaderStyle('ACS ACR1252 Dual Reader 00 00', [{ nameHas: 'ACR1252', style: 'pn532' }])).toBe('pn532');
  });

  test('every transparent session is ended, and one that a pulled card left open is ended first', async () => {
    ({ card, keys } = await issuedFelicaCard(IDM, KEY, 'rc-s300'));
    const managed = () => reader.sent.filter((command) => command[3] === 0x00 && command[1] === 0x50).map((command) => command[5]);
    await laid(card, 'transparent-session').read();
    expect(managed()).toEqual([0x81, 0x82]);
    reader.sent.length = 0;
    reader.tear = (index) => (index === 3 ? 'command-lost' : undefined);
    expect(await laid(card, 'transparent-session').read()).toEqual({ kind: 'card-moved' });
    expect(managed()).toEqual([0x81]);
    reader.tear = undefined;
    expect((await laid(card, 'transparent-session').read()).kind).toBe('read');
    expect(managed()).toEqual([0x81, 0x81, 0x82, 0x81, 0x82]);
  });

  test('a reader that does not know the commands it is sent leaves the card alone', async () => {
    const before = card.exportMemory();
    for (const style of ['pn532', 'transparent-session', 'block-commands'] as const) {
      expect(await laid(card, style).apply(operation(1, credit(1)))).toEqual({ kind: 'not-committed', why: 'card-moved' });
    }
    expect(card.exportMemory()).toEqual(before);
  });
});
