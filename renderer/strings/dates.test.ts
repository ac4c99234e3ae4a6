import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainWords } from '../../contract/procedure/readings.ts';
import { dateInTokyo, dateParts, LocalDate, Moment, momentFromEpoch } from '../../contract/time.ts';
import { dayAsRead, daysLeftAsRead, inTokyo, timeOfDay, untilDay, weekdayAndDay, whenKnown } from './dates.ts';

const day = (written: string) => LocalDate.parse(written);
const moment = (written: string) => Moment.parse(written);
const now = moment('2026-11-21T01:05:00.000Z');

describe('days and times', () => {
  it('agrees with the contract’s calendar on every moment', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.parse('2000-01-01'), max: Date.parse('2100-01-01') }), (epochMs) => {
        const at = momentFromEpoch(epochMs);
        expect(inTokyo(at)).toMatchObject(dateParts(dateInTokyo(at)));
      }),
    );
  });

  it('reads a last day this year, next year and later', () => {
    expect(plainWords(untilDay(day('2026-12-31'), now, 'ja'))).toBe('12月31日まで');
    expect(plainWords(untilDay(day('2027-02-28'), now, 'ja'))).toBe('来年2月28日まで');
    expect(plainWords(untilDay(day('2029-03-31'), now, 'ja'))).toBe('2029年3月31日まで');
    expect(untilDay(day('2027-02-28'), now, 'en')).toBe('Until Feb 28, 2027');
  });

  it('takes the year from Tokyo, not from UTC', () => {
    expect(plainWords(dayAsRead(day('2027-01-01'), moment('2026-12-31T15:00:00.000Z'), 'ja'))).toBe('1月1日');
    expect(plainWords(dayAsRead(day('2027-01-01'), moment('2026-12-31T14:59:59.999Z'), 'ja'))).toBe('来年1月1日');
  });

  it('counts the days only when the end is near', () => {
    expect(daysLeftAsRead(46, 'ja')).toBeNull();
    expect(plainWords(daysLeftAsRead(45, 'ja') ?? '')).toBe('あと45日');
    expect(daysLeftAsRead(1, 'en')).toBe('1 day left');
    expect(plainWords(daysLeftAsRead(0, 'ja') ?? '')).toBe('今日まで');
  });

  it('reads the day of the week and the time of day', () => {
    expect(plainWords(`${weekdayAndDay(now, 'ja')}　${timeOfDay(now, 'ja')}`)).toBe('11月21日（土）　午前10時05分');
    expect(plainWords(timeOfDay(moment('2026-11-21T03:00:00.000Z'), 'ja'))).toBe('午後0時00分');
    expect(plainWords(timeOfDay(moment('2026-11-20T15:00:00.000Z'), 'ja'))).toBe('午前0時00分');
    expect(timeOfDay(moment('2026-11-20T15:00:00.000Z'), 'en')).toBe('12:00 am');
  });

  it('names the day of what was known only when it was not today', () => {
    expect(plainWords(whenKnown(moment('2026-11-21T00:12:00.000Z'), now, 'ja'))).toBe('午前9時12分');
    expect(plainWords(whenKnown(moment('2026-11-20T06:12:00.000Z'), now, 'ja'))).toBe('11月20日　午後3時12分');
  });

  it('says how days and minutes are read', () => {
    expect(untilDay(day('2026-12-31'), now, 'ja')).toBe('12月《がつ》31日《にち》まで');
    expect(dayAsRead(day('2027-01-01'), now, 'ja')).toBe('来年《らいねん》1月《がつ》｜1日《ついたち》');
    expect(daysLeftAsRead(20, 'ja')).toBe('あと｜20日《はつか》');
    expect(daysLeftAsRead(1, 'ja')).toBe('あと1日《にち》');
    const minutes = ['00', '01', '03', '05', '10', '12', '58'].map((minute) => timeOfDay(moment(`2026-11-21T01:${minute}:00.000Z`), 'ja').slice(-5));
    expect(minutes).toEqual(['分《ふん》', '分《ぷん》', '分《ぷん》', '分《ふん》', '分《ぷん》', '分《ふん》', '分《ぷん》']);
  });

  it('reads days and times in easy Japanese', () => {
    expect(untilDay(day('2027-02-28'), now, 'easy')).toBe('らいねん 2月《がつ》28日《にち》まで');
    expect(daysLeftAsRead(0, 'easy')).toBe('きょうまで');
    expect(plainWords(daysLeftAsRead(40, 'easy') ?? '')).toBe('あと 40日');
    expect(plainWords(`${weekdayAndDay(now, 'easy')}　${timeOfDay(now, 'easy')}`)).toBe('11月21日（ど）　ごぜん 10時05分');
  });
});
