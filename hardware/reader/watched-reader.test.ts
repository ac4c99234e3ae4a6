/**
 * What pcsclite leaves out: its events come from native threads that miss some, which cannot be brought about at will. So the reader here
 * is made up; pcsc-card-reader.device.test.ts has the real one.
 */
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CardState, CommandOutcome } from './pcsc-messages.ts';
import { WatchedReader } from './watched-reader.ts';

const PRESENT = 0x0020;
const MUTE = 0x0200;
const ATR = Uint8Array.of(0x3b, 0x80);
const GONE = new Error('SCardConnect error: Cannot find the reader (0x80100017)');
/** What SCardControl says through the connection to such a reader, and what a driver says that knows no features. */
const HANDLE_OVER = new Error('SCardControl error: Invalid value given. (0x80100011)');
const NOT_SUPPORTED = new Error('SCardControl error: Feature not supported. (0x8010001f)');
const UNRESPONSIVE = new Error('SCardConnect error: Card is unresponsive (0x80100066)');

/** A reader that pulled out says nothing of it: calls fail, and no event comes. */
class ReaderWithoutEvents extends EventEmitter {
  readonly name = 'reader';
  readonly SCARD_SHARE_SHARED = 2;
  readonly SCARD_SHARE_EXCLUSIVE = 1;
  readonly SCARD_LEAVE_CARD = 0;
  readonly SCARD_UNPOWER_CARD = 2;
  connected = false;
  fails: Error | undefined;
  readonly calls: string[] = [];
  connect(_options: { readonly share_mode: number }, done: (error: Error | null, protocol: number) => void): void {
    this.calls.push('connect');
    this.connected = this.fails === undefined;
    done(this.fails ?? null, 2);
  }
  disconnect(_disposition: number, done: (error: Error | null) => void): void {
    this.calls.push('disconnect');
    this.connected = false;
    done(this.fails ?? null);
  }
  transmit(_command: Buffer, _max: number, _protocol: number, done: (error: Error | null, answer: Buffer) => void): void {
    this.calls.push('transmit');
    done(this.fails ?? null, Buffer.from('9000', 'hex'));
  }
  control(_command: Buffer, _code: number, _max: number, done: (error: Error | null) => void): void {
    this.calls.push('control');
    done(this.fails ? HANDLE_OVER : NOT_SUPPORTED);
  }
  SCARD_CTL_CODE(code: number): number {
    return 0x42000000 + code;
  }
}

function watch() {
  const device = new ReaderWithoutEvents();
  const cards: CardState[] = [];
  const outcomes: CommandOutcome[] = [];
  const stale: string[] = [];
  const reader = new WatchedReader(device, {
    card: (_arrival, card) => cards.push(card),
    outcome: (_id, outcome) => outcomes.push(outcome),
    trouble: () => undefined,
    stale: (why) => stale.push(why),
  });
  return { device, reader, cards, outcomes, stale };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('looks afresh at a reader that went while a card was read, when nothing said that it went', async () => {
  const { device, reader, cards, outcomes, stale } = watch();
  device.emit('status', { state: PRESENT, atr: ATR });
  reader.perform({ type: 'transmit', id: 1, reader: 'reader', arrival: 1, command: Uint8Array.of(0, 0xa4, 0, 0) });
  await vi.advanceTimersByTimeAsync(0);
  device.fails = GONE;
  reader.perform({ type: 'transmit', id: 2, reader: 'reader', arrival: 1, command: Uint8Array.of(0, 0xa4, 0, 0) });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'reader-lost']);
  expect(stale).toEqual(['a reader has gone unseen']);
  expect(cards.map(({ kind }) => kind)).toEqual(['present', 'none']);
});

it('looks afresh at a reader that went while its card did not power up, instead of calling the card mute', async () => {
  const { device, cards, stale } = watch();
  device.fails = GONE;
  device.emit('status', { state: PRESENT | MUTE });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(stale).toEqual(['a reader has gone unseen']);
  expect(cards).toEqual([{ kind: 'unreadable', why: 'moved-too-early' }]);
});

it('calls a card mute that does not power up in a reader that is there', async () => {
  const { device, cards, stale } = watch();
  device.fails = UNRESPONSIVE;
  device.emit('status', { state: PRESENT | MUTE });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(stale).toEqual([]);
  expect(cards.at(-1)).toEqual({ kind: 'unreadable', why: 'mute' });
});

it('finds out that a reader went together with another, whether its card was being read or not', async () => {
  for (const connects of [true, false]) {
    const { device, reader, outcomes, stale } = watch();
    device.emit('status', { state: PRESENT, atr: ATR });
    if (connects) reader.perform({ type: 'connect', id: 1, reader: 'reader', arrival: 1, share: 'exclusive' });
    await vi.advanceTimersByTimeAsync(0);
    device.fails = GONE;
    reader.lookWhetherThere();
    await vi.advanceTimersByTimeAsync(0);
    expect(outcomes).toHaveLength(connects ? 1 : 0);
    expect(stale).toEqual(['a reader has gone unseen']);
  }
});

it('leaves a card in peace, and the connection to it, when the reader is still there', async () => {
  const { device, reader, cards, stale } = watch();
  device.emit('status', { state: PRESENT, atr: ATR });
  reader.lookWhetherThere();
  await vi.advanceTimersByTimeAsync(0);
  expect(device.calls).toEqual(['connect', 'disconnect']);
  reader.perform({ type: 'transmit', id: 1, reader: 'reader', arrival: 1, command: Uint8Array.of(0, 0xa4, 0, 0) });
  reader.lookWhetherThere();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(device.calls.slice(2)).toEqual(['connect', 'transmit', 'control']);
  expect(device.connected).toBe(true);
  expect(stale).toEqual([]);
  expect(cards.map(({ kind }) => kind)).toEqual(['present']);
});

it('asks nothing of a reader on which no card lies', async () => {
  const { device, reader, stale } = watch();
  device.emit('status', { state: 0x0010 });
  device.fails = GONE;
  reader.lookWhetherThere();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(device.calls).toEqual([]);
  expect(stale).toEqual([]);
});
