import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../test-support/manual-clock.ts';
import { cutPersonalNumbers, isIndividualNumber } from './cut-personal-numbers.ts';
import type { Log } from './log.ts';
import { createLog } from './pino-log.ts';

/** Eleven digits in a row and their check digit; nobody has it. */
const VALID = '123456789018';

describe('the log', () => {
  const lines: string[] = [];
  const log = createLog({ write: (line) => void lines.push(line) }, createManualClock());
  const written = (act: (to: Log) => void): unknown => {
    lines.length = 0;
    act(log);
    expect(lines.length).toBe(1);
    return JSON.parse(lines[0] ?? '');
  };

  it('writes one JSON line with level, time, event and its fields', () => {
    expect(written((to) => to.event('sync-pushed', { entries: 3, acknowledgedSeq: 12 }))).toEqual({
      level: 'info',
      time: '2026-11-21T01:05:00.000Z',
      event: 'sync-pushed',
      entries: 3,
      acknowledgedSeq: 12,
    });
  });

  it('drops every field that is not in the catalogue, and values of another kind', () => {
    const fields = { entries: 3, acknowledgedSeq: 'twelve', cardRef: '0a1b', person: { name: '太郎' } };
    expect(written((to) => to.event('sync-pushed', fields as never))).toEqual({ level: 'info', time: '2026-11-21T01:05:00.000Z', event: 'sync-pushed', entries: 3 });
  });

  it('cuts a text that is too long instead of losing the line', () => {
    expect(written((to) => to.event('sync-offline', { detail: 'x'.repeat(5_000) }))).toMatchObject({ detail: 'x'.repeat(400) });
  });

  it('cuts personal numbers out of every text', () => {
    expect(written((to) => to.event('sync-refused', { what: VALID, detail: `read ${VALID} from the card` }))).toMatchObject({ what: '[cut]', detail: 'read [cut] from the card' });
  });

  it('does not throw when nothing can be written any more', () => {
    const broken = createLog({ write: () => { throw new Error('EPIPE'); } });
    expect(() => broken.event('card-arrived', { generation: 1 })).not.toThrow();
  });
});

describe('cutting personal numbers', () => {
  const digits = (count: number) => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count }).map((list) => list.join(''));
  /** Eleven digits completed by their check digit. */
  const individual = digits(11).map((eleven) => {
    for (let check = 0; check <= 9; check += 1) if (isIndividualNumber(`${eleven}${check}`)) return `${eleven}${check}`;
    throw new Error('every eleven digits have a check digit');
  });
  const nonDigits = fc.string().map((text) => text.replace(/[0-9０-９]/g, '').normalize('NFC'));

  it('knows the check digit', () => {
    expect([VALID, '123456789012', '12345678901', 'a23456789018'].map(isIndividualNumber)).toEqual([true, false, false, false]);
  });

  it('cuts a valid number wherever it stands', () => {
    fc.assert(fc.property(nonDigits, individual, nonDigits, (before, number, after) => {
      expect(cutPersonalNumbers(`${before}${number}${after}`)).toBe(`${before}[cut]${after}`);
    }));
  });

  it('cuts it in full-width digits, in groups, and inside a longer run', () => {
    fc.assert(fc.property(individual, (number) => {
      const wide = [...number].map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)).join('');
      const groups = number.match(/.{4}/g) ?? [];
      for (const text of [wide, groups.join(' '), groups.join('-'), `7${number}`, `${number}7`]) expect(cutPersonalNumbers(text)).toBe('[cut]');
    }));
  });

  it('cuts every run of fourteen digits and more', () => {
    fc.assert(fc.property(fc.integer({ min: 14, max: 40 }).chain(digits), (number) => {
      expect(cutPersonalNumbers(`a${number}b`)).toBe('a[cut]b');
    }));
  });

  it('leaves other numbers, moments and our own ids', () => {
    for (const text of ['123456789012', '2026-11-21T01:05:00.000Z', '0199a8b0-0000-7000-8000-123456789018', '4000 bytes', '127.0.0.1:8691']) {
      expect(cutPersonalNumbers(text)).toBe(text);
    }
  });
});
