import { expect, test } from 'vitest';
import type { CardReader, TransmitResult } from '../../reader/card-reader.ts';
import { DirectReader } from '../../simulator/direct-reader.ts';
import { MyNumberCard, type MyNumberCardOptions } from '../../simulator/virtual-card-my-number.ts';
import { BlockedCommand } from './apdu-guard.ts';
import type { OpenedMyNumberCard } from './my-number-card.ts';
import { withMyNumberSession } from './my-number-session.ts';
import { PinEntry } from './pin-entry.ts';
import { SELECT_JPKI, SELECT_NEUTRAL, SELECT_TEXT, bytesOf, hexOf, selectFileOf } from './test-support/scripted-card.ts';

const enterPin = (card: OpenedMyNumberCard) => card.verifyPin('attributes-pin', new PinEntry(bytesOf('35363738')), { warnedOfLastTry: false });

/** A reader of this process that remembers, in order, everything that was asked of it. */
class RecordingReader extends DirectReader {
  readonly log: string[] = [];
  connectAnswer: Awaited<ReturnType<CardReader['connect']>> | undefined;

  override async transmit(generation: number, command: Uint8Array): Promise<TransmitResult> {
    this.log.push(hexOf(command));
    return super.transmit(generation, command);
  }
  override async connect(generation: number, options?: Parameters<CardReader['connect']>[1]) {
    this.log.push(`connect ${options?.share}`);
    return this.connectAnswer ?? super.connect(generation);
  }
  override async disconnect(generation: number, disposition: 'leave' | 'power-off') {
    this.log.push(`disconnect ${disposition}`);
    return super.disconnect(generation, disposition);
  }
}

function layDown(options: MyNumberCardOptions = {}) {
  const virtual = new MyNumberCard('hanako', options);
  const reader = new RecordingReader(virtual);
  const presence = reader.presence();
  if (presence.kind !== 'present') throw new Error(presence.kind);
  return { virtual, reader, presence };
}

/** What the card still gives of what a PIN had opened, asked past the guard. */
function attributesAfterwards(virtual: MyNumberCard): string {
  virtual.respond(bytesOf(SELECT_TEXT));
  virtual.respond(bytesOf(selectFileOf('0002')));
  return hexOf(virtual.respond(bytesOf('00B0000010')).slice(-2));
}

test('a session connects exclusively before anything is sent, and ends with another application and without power', async () => {
  const { virtual, reader, presence } = layDown();
  const outcome = await withMyNumberSession(reader, presence, async (card) => {
    expect(await enterPin(card)).toEqual({ kind: 'verified' });
    return (await card.readAttributes()).kind;
  });
  expect(outcome).toEqual({ kind: 'done', value: 'attributes' });
  expect(reader.log.slice(0, 3)).toEqual(['connect exclusive', SELECT_NEUTRAL, SELECT_TEXT]);
  expect(reader.log.slice(-2)).toEqual([SELECT_NEUTRAL, 'disconnect power-off']);
  expect(attributesAfterwards(virtual)).toBe('6982');
  expect(virtual.alarms).toEqual([]);
});

test('the card forgets what was verified even where cutting the power does nothing', async () => {
  const { virtual, reader, presence } = layDown();
  reader.disconnect = async () => undefined;
  await withMyNumberSession(reader, presence, enterPin);
  expect(attributesAfterwards(virtual)).toBe('6982');
});

test('the card forgets what was verified even where it does not know the other application', async () => {
  const { virtual, reader, presence } = layDown();
  const transmit = reader.transmit.bind(reader);
  reader.transmit = async (generation, command) =>
    hexOf(command) === SELECT_NEUTRAL ? { kind: 'answered', response: bytesOf('6A82') } : transmit(generation, command);
  expect(await withMyNumberSession(reader, presence, enterPin)).toEqual({ kind: 'done', value: { kind: 'verified' } });
  expect(attributesAfterwards(virtual)).toBe('6982');
});

test('what another program left verified is forgotten before the session begins', async () => {
  const { virtual, reader, presence } = layDown();
  for (const command of [SELECT_TEXT, selectFileOf('0011'), '002000800435363738']) virtual.respond(bytesOf(command));
  expect(await withMyNumberSession(reader, presence, (card) => card.readAttributes())).toEqual({ kind: 'done', value: { kind: 'locked' } });
});

test('the 6F00 that some cards give to their first command costs nothing, and no PIN is sent twice', async () => {
  const { reader, presence } = layDown({ oddities: { firstCommandFails: true } });
  expect(await withMyNumberSession(reader, presence, enterPin)).toEqual({ kind: 'done', value: { kind: 'verified' } });
  expect(reader.log.filter((command) => command.startsWith('0020008004'))).toHaveLength(1);
});

test.each(['in-use', 'card-moved', 'reader-lost'] as const)('when connecting ends in %s, nothing is sent and nothing is disconnected', async (answer) => {
  const { reader, presence } = layDown();
  reader.connectAnswer = answer;
  expect(await withMyNumberSession(reader, presence, () => Promise.reject(new Error('must not be called')))).toEqual({ kind: answer });
  expect(reader.log).toEqual(['connect exclusive']);
});

test.each([
  ['card-moved', (reader: RecordingReader) => reader.remove()],
  ['reader-lost', (reader: RecordingReader) => reader.unplug()],
] as const)('a session whose card is gone before its first command ends in %s', async (kind, leave) => {
  const { reader, presence } = layDown();
  reader.connect = async () => {
    leave(reader);
    return 'connected';
  };
  expect(await withMyNumberSession(reader, presence, () => Promise.reject(new Error('must not be called')))).toEqual({ kind });
  expect(reader.log.at(-1)).toBe('disconnect power-off');
});

test('a card that leaves in the middle is told by what was asked of it, and the session still ends', async () => {
  const { reader, presence } = layDown();
  const outcome = await withMyNumberSession(reader, presence, async (card) => {
    reader.remove();
    return [await card.detect(), await card.triesLeft('attributes-pin'), await enterPin(card)];
  });
  expect(outcome).toEqual({ kind: 'done', value: [{ kind: 'card-moved' }, { kind: 'card-moved' }, { kind: 'card-moved' }] });
  expect(reader.log.at(-1)).toBe('disconnect power-off');
});

test('a card that was exchanged in the middle gets nothing of the session', async () => {
  const { reader, presence } = layDown();
  const another = new MyNumberCard('taro');
  await withMyNumberSession(reader, presence, async (card) => {
    reader.insert(another);
    expect(await enterPin(card)).toEqual({ kind: 'card-moved' });
  });
  expect(another.state['text-pin'].triesLeft).toBe(3);
  expect(reader.sent.map(hexOf)).toEqual([SELECT_NEUTRAL]);
});

test('a session ends properly when its work fails, and the failure is told', async () => {
  const { virtual, reader, presence } = layDown();
  const failing = withMyNumberSession(reader, presence, async (card) => {
    await enterPin(card);
    throw new Error('the screen burst');
  });
  await expect(failing).rejects.toThrow('the screen burst');
  expect(reader.log.slice(-2)).toEqual([SELECT_NEUTRAL, 'disconnect power-off']);
  expect(attributesAfterwards(virtual)).toBe('6982');
});

test('work that left a command unanswered is a bug; the power is cut all the same', async () => {
  const { virtual, reader, presence } = layDown();
  let forgotten: Promise<unknown> | undefined;
  const failing = withMyNumberSession(reader, presence, async (card) => {
    await enterPin(card);
    forgotten = card.readAttributes().catch((error: unknown) => error);
  });
  await expect(failing).rejects.toBeInstanceOf(BlockedCommand);
  expect(await forgotten).toBeInstanceOf(BlockedCommand);
  expect(reader.log.at(-1)).toBe('disconnect power-off');
  expect(attributesAfterwards(virtual)).toBe('6982');
});

test('a card that outlives its session sends nothing any more', async () => {
  const { reader, presence } = layDown();
  const outcome = await withMyNumberSession(reader, presence, async (card) => card);
  if (outcome.kind !== 'done') throw new Error(outcome.kind);
  const sent = reader.log.length;
  await expect(outcome.value.detect()).rejects.toThrow(/closed/);
  expect(reader.log).toHaveLength(sent);
});

test('nothing of the certificates and keys for signing is ever asked for', async () => {
  const { reader, presence } = layDown();
  await withMyNumberSession(reader, presence, async (card) => {
    await card.detect();
    await card.readCertificate();
    await enterPin(card);
    await card.readAttributes();
  });
  const selected = reader.log.filter((command) => command.startsWith('00A4'));
  expect(new Set(selected)).toEqual(new Set([SELECT_NEUTRAL, SELECT_JPKI, SELECT_TEXT, ...['0006', '000A', '0011', '0002'].map(selectFileOf)]));
});
