import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, dateInTokyo, dateParts, daysBetween, epochOfMoment, LocalDate, Moment, momentFromEpoch } from './time.ts';

const date = (text: string) => LocalDate.parse(text);
const moment = (text: string) => Moment.parse(text);
/** Milliseconds from 2000 to 2099. */
const epoch = fc.integer({ min: 946_684_800_000, max: 4_102_444_799_999 });

describe('dates in Tokyo', () => {
  it.each([
    ['2026-11-20T14:59:59.999Z', '2026-11-20'],
    ['2026-11-20T15:00:00.000Z', '2026-11-21'],
    ['2026-12-31T14:59:59.999Z', '2026-12-31'],
    ['2026-12-31T15:00:00.000Z', '2027-01-01'],
    ['2028-02-28T15:00:00.000Z', '2028-02-29'],
    ['2027-02-28T15:00:00.000Z', '2027-03-01'],
  ])('the moment %s falls on %s', (at, day) => expect(dateInTokyo(moment(at))).toBe(day));

  it('is what the system’s own calendar of Asia/Tokyo says, at any moment', () => {
    const calendar = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo' });
    fc.assert(fc.property(epoch, (ms) => {
      expect(dateInTokyo(momentFromEpoch(ms))).toBe(calendar.format(ms));
    }));
  });

  it('changes once a day, at 15:00 UTC', () => {
    fc.assert(fc.property(epoch, (ms) => {
      const midnight = Math.ceil((ms + 32_400_000) / 86_400_000) * 86_400_000 - 32_400_000;
      expect(daysBetween(dateInTokyo(momentFromEpoch(midnight - 1)), dateInTokyo(momentFromEpoch(midnight)))).toBe(1);
    }));
  });

  it('counts days forth and back alike, over months, years and leap days', () => {
    fc.assert(fc.property(epoch, fc.integer({ min: -4_000, max: 4_000 }), (ms, days) => {
      const from = dateInTokyo(momentFromEpoch(ms));
      const to = addDays(from, days);
      expect(LocalDate.safeParse(to).success).toBe(true);
      expect([daysBetween(from, to), daysBetween(to, from), addDays(to, -days)]).toEqual([days, 0 - days, from]);
    }));
    expect([addDays(date('2028-02-28'), 1), addDays(date('2027-02-28'), 1), daysBetween(date('2026-12-31'), date('2027-01-01'))]).toEqual(['2028-02-29', '2027-03-01', 1]);
  });

  it('knows year, month, day and weekday', () => {
    expect(dateParts(date('2026-11-21'))).toEqual({ year: 2026, month: 11, day: 21, weekday: 6 });
  });
});

describe('moments', () => {
  it('come back from their milliseconds', () => {
    fc.assert(fc.property(epoch, (ms) => {
      const at = momentFromEpoch(ms);
      expect([Moment.safeParse(at).success, epochOfMoment(at)]).toEqual([true, ms]);
    }));
  });

  it('sort as text in the order of time', () => {
    fc.assert(fc.property(epoch, epoch, (a, b) => {
      expect(momentFromEpoch(a) < momentFromEpoch(b)).toBe(a < b);
    }));
  });

  it.each(['2026-11-21T10:05:00.000+09:00', '2026-11-21T01:05:00Z', '2026-11-21', '2026-11-21T25:00:00.000Z'])('are not written as %s', (text) => {
    expect(Moment.safeParse(text).success).toBe(false);
  });

  it.each(['2026-02-29', '2026-11-31', '2026-1-1', '令和8年11月21日'])('have no day %s', (text) => expect(LocalDate.safeParse(text).success).toBe(false));
});
