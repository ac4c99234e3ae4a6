import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Glass } from './glass.ts';
import { linesOf, noticePages, partsOf, roomForNotices, type Sized } from './notice-pages.ts';

const roomy = roomForNotices('roomy', 'usual');
if (!roomy) throw new Error('The largest glass has no room for notices.');
const notice = (text: string): Sized => ({ titles: ['ごみの日', '燃やせるごみ'], text });

describe('a page of notices', () => {
  it('is one when all of them fit, and has no button then', () => {
    expect(noticePages([notice('朝8時まで'), notice('朝8時まで')], [], roomy)).toEqual([[0, 1]]);
    expect(noticePages([], [], roomy)).toEqual([[]]);
  });

  it('gives way to what stands above', () => {
    const two = [notice('朝8時まで'), notice('朝8時まで')];
    const above = { titles: ['いまは紙に出せません'], text: '紙がなくなっています\n職員をお呼びください\nすぐに入れます' };
    expect(noticePages(two, [above, above], roomy)).toEqual([[], [0, 1]]);
  });

  it('counts Latin letters as half', () => {
    expect(linesOf('燃やせるごみの日です', 11)).toBe(1);
    expect(linesOf('Burnable rubbish', 11)).toBe(1);
    expect(linesOf('Burnable rubbish, put out by 8', 11)).toBe(2);
    expect(linesOf('10時\n公民館', 11)).toBe(2);
  });

  it('takes a text that is too long for a page in parts, and loses no word of it', () => {
    const small = roomForNotices('compact', 'large');
    if (!small) throw new Error('no room');
    const text = '除雪の道順と、灯油の共同購入のご案内です。くわしくは班長へおたずねください。締め切りは30日です';
    const parts = partsOf(notice(text), small);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.join('')).toBe(text);
    expect(partsOf(notice(text), roomy)).toEqual([text]);
  });

  it('has every notice once, in their order, whatever they say and wherever', () => {
    const glass = fc.constantFrom<Glass>('roomy', 'compact', 'tall');
    const texts = fc.array(fc.string({ unit: fc.constantFrom('あ', 'a', '\n'), maxLength: 60 }), { maxLength: 12 });
    fc.assert(
      fc.property(glass, fc.constantFrom('usual', 'large'), texts, texts, (kind, text, said, above) => {
        const room = roomForNotices(kind, text);
        if (!room) throw new Error('no room');
        const pages = noticePages(said.map(notice), above.slice(0, 3).map(notice), room);
        // Words to staff may take all the room there is.
        if (pages.length === 1 && above.length > 0 && pages[0]?.length === 0) return;
        expect(pages.flat()).toEqual(said.map((_, index) => index));
        // Only the first may have none: what stands above fills it.
        for (const page of pages.slice(1)) expect(page.length).toBeGreaterThan(0);
      }),
    );
  });
});
