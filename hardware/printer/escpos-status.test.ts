import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReplyParser, statusOfAutomatic, statusOfRealTime, type PrinterReply } from './escpos-status.ts';

const marker = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), minLength: 4, maxLength: 4 });
const statusByte = fc.integer({ min: 0, max: 0xff }).map((byte) => (byte & 0x6c) | 0x12);
const automatic = fc
  .tuple(fc.nat(0xff), fc.nat(0xff), fc.nat(0xff), fc.nat(0xff))
  .map(([a, b, c, d]): [number, number, number, number] => [(a & 0x6c) | 0x10, b & 0x6f, c & 0x6f, d & 0x6f]);
const reply: fc.Arbitrary<PrinterReply> = fc.oneof(
  marker.map((text) => ({ kind: 'printed' as const, marker: text })),
  statusByte.map((byte) => ({ kind: 'real-time-status' as const, byte })),
  automatic.map((bytes) => ({ kind: 'automatic-status' as const, bytes })),
  fc.constant({ kind: 'cleared' as const }),
  fc.constantFrom('xon' as const, 'xoff' as const).map((flow) => ({ kind: 'flow' as const, flow })),
);

function bytesOf(one: PrinterReply): number[] {
  switch (one.kind) {
    case 'printed':
      return [0x37, 0x22, ...Buffer.from(one.marker, 'latin1'), 0];
    case 'real-time-status':
    case 'processed':
    case 'stray':
      return [one.byte];
    case 'automatic-status':
      return [...one.bytes];
    case 'cleared':
      return [0x37, 0x25, 0];
    case 'flow':
      return [one.flow === 'xon' ? 0x11 : 0x13];
  }
}

describe('replies of an ESC/POS printer', () => {
  it('are told apart whatever their order and however the line cuts them', () => {
    fc.assert(
      fc.property(fc.array(reply, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (replies, cuts) => {
        const bytes = replies.flatMap(bytesOf);
        const parser = new ReplyParser();
        const heard: PrinterReply[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const length = cuts[turn % cuts.length] ?? 1;
          heard.push(...parser.feed(bytes.slice(at, at + length)));
          at += length;
        }
        expect(heard).toEqual(replies);
      }),
      { numRuns: 500 },
    );
  });

  it('may have flow control in the middle of them', () => {
    expect(new ReplyParser().feed([0x37, 0x22, 0x41, 0x13, 0x42, 0x43, 0x11, 0x44, 0x00])).toEqual([
      { kind: 'flow', flow: 'xoff' },
      { kind: 'flow', flow: 'xon' },
      { kind: 'printed', marker: 'ABCD' },
    ]);
  });

  it('never come out of noise: no byte is lost, and no proof is heard that was not said', () => {
    const noise = fc.array(fc.oneof(fc.nat(0xff), fc.constantFrom(0x37, 0x22, 0x25, 0x00, 0x10, 0x12)), { maxLength: 60 });
    fc.assert(
      fc.property(noise, (bytes) => {
        const parser = new ReplyParser();
        const heard = [...parser.feed(bytes), ...parser.abandon()];
        expect(heard.flatMap(bytesOf).filter(notFlow).length).toBe(bytes.filter(notFlow).length);
        const said = Buffer.from(bytes.filter(notFlow)).toString('latin1');
        for (const one of heard) if (one.kind === 'printed') expect(said).toContain(`7"${one.marker}\0`);
      }),
      { numRuns: 3_000 },
    );
  });

  it('are understood again after noise and a pause', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xff), { maxLength: 30 }), reply, (noise, good) => {
        const parser = new ReplyParser();
        parser.feed(noise);
        parser.abandon();
        expect(parser.feed(bytesOf(good))).toEqual([good]);
      }),
    );
  });

  it('recover in the middle: a block that breaks off does not swallow the next one', () => {
    const heard = new ReplyParser().feed([0x37, 0x22, 0x41, 0x37, 0x22, 0x41, 0x42, 0x43, 0x44, 0x00]);
    expect(heard.at(-1)).toEqual({ kind: 'printed', marker: 'ABCD' });
  });
});

function notFlow(byte: number): boolean {
  return byte !== 0x11 && byte !== 0x13;
}

describe('status', () => {
  const fine = { 1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12 } as const;
  it.each([
    [fine, { kind: 'ready', paper: 'enough' }],
    [{ ...fine, 4: 0x1e }, { kind: 'ready', paper: 'near-end' }],
    [{ ...fine, 1: 0x1a, 2: 0x32, 4: 0x7e }, { kind: 'paper-out' }],
    [{ ...fine, 1: 0x1a, 2: 0x36, 4: 0x72 }, { kind: 'cover-open' }],
    [{ ...fine, 1: 0x1a, 2: 0x52, 3: 0x1a }, { kind: 'faulty', why: 'cutter' }],
    [{ ...fine, 1: 0x1a, 2: 0x52, 3: 0x32 }, { kind: 'faulty', why: 'unrecoverable' }],
    [{ ...fine, 1: 0x1a, 2: 0x52, 3: 0x52 }, { kind: 'faulty', why: 'recoverable' }],
    [{ ...fine, 1: 0x1a }, { kind: 'faulty', why: 'offline' }],
  ] as const)('of DLE EOT answers %j is %j', (answers, status) => {
    expect(statusOfRealTime(answers)).toEqual(status);
  });

  it.each([
    [[0x10, 0, 0, 0], { kind: 'ready', paper: 'enough' }],
    [[0x10, 0, 0x03, 0], { kind: 'ready', paper: 'near-end' }],
    [[0x18, 0, 0x0c, 0], { kind: 'paper-out' }],
    [[0x38, 0, 0x0c, 0], { kind: 'cover-open' }],
    [[0x18, 0x08, 0, 0], { kind: 'faulty', why: 'cutter' }],
    [[0x18, 0x20, 0, 0], { kind: 'faulty', why: 'unrecoverable' }],
    [[0x18, 0x40, 0, 0], { kind: 'faulty', why: 'recoverable' }],
    [[0x18, 0, 0, 0], { kind: 'faulty', why: 'offline' }],
  ] as const)('of automatic bytes %j is %j', (bytes, status) => {
    expect(statusOfAutomatic([...bytes])).toEqual(status);
  });
});
