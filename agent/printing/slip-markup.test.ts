import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Procedure } from '../../contract/procedure/procedure.ts';
import type { Words } from '../../contract/procedure/words.ts';
import { LocalDate, Moment } from '../../contract/time.ts';
import { printOnPaper } from '../../hardware/simulator/printed-slip.ts';
import { codesInPicture } from '../test-support/codes-in-picture.ts';
import { EXAMPLE_FRAME, EXAMPLE_REPRINT, slipExamples } from './slip-examples.ts';
import { slipMarkup, type SlipContent, type SlipFrame } from './slip-markup.ts';
import { filled, SLIP_WORDS, UNIT } from './slip-words.ts';

const FORMS = ['ja', 'easy', 'en'] as const;
const procedure = Procedure.parse(JSON.parse(readFileSync(new URL('../../backend/procedures/residence-certificate.json', import.meta.url), 'utf8')));
const EXAMPLES = FORMS.flatMap((form) => slipExamples(procedure, form).filter(({ staff }) => !staff || form === 'ja').map((example) => ({ ...example, form })));
const exampleOf = (name: string, form: SlipFrame['form'] = 'ja') => {
  const found = EXAMPLES.find((example) => example.name === name && example.form === form);
  if (!found) throw new Error(name);
  return found.content;
};
const print = (content: SlipContent, change: Partial<SlipFrame> = {}) => printOnPaper(slipMarkup(content, { ...EXAMPLE_FRAME, ...change }));
/** Without the blanks and breaks that the paper's width makes. */
const bare = (text: string) => text.replace(/[\s　]/gu, '');

describe('the words of slips', () => {
  const all: ReadonlyArray<readonly [string, Words]> = [...Object.entries(SLIP_WORDS).flatMap(([slip, texts]) => Object.entries(texts).map(([name, text]): [string, Words] => [`${slip}.${name}`, text])), ...Object.entries(UNIT)];
  it.each(all)('%s has all three wordings, each as it must be', (name, { ja, easy, en }) => {
    expect([ja, easy].every((text) => text.trim() === text && text !== '')).toBe(true);
    // A number needs no word behind it in English.
    if (name !== 'event.th') expect(en).not.toBe('');
    expect(easy).not.toMatch(/\p{Script=Han}/u);
    expect(en).toMatch(/^[\x20-\x7e]*$/);
    const blanks = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([blank]) => blank).sort();
    expect([blanks(easy), blanks(en)]).toEqual([blanks(ja), blanks(ja)]);
  });

  it('never leaves out what belongs into them', () => {
    expect(filled('{amount}は、あと{days}日', { amount: '500円', days: '3' })).toBe('500円は、あと3日');
    expect(() => filled('{amount}は', {})).toThrow('{amount}');
  });
});

describe.each(EXAMPLES)('the slip $name in $form', ({ content, form, usual }) => {
  it('is at most 8 kB on the wire where it is a usual one, and never much more', async () => {
    const { bytes } = await print(content, { form });
    expect(bytes).toBeLessThanOrEqual(usual ? 8_192 : 16_384);
  });

  it('says the same in large print, with nothing below 6 mm but what staff read', async () => {
    const [usualPrint, large] = [await print(content, { form }), await print(content, { form, large: true })];
    expect([...bare(large.text)].sort().join('')).toBe([...bare(usualPrint.text)].sort().join(''));
    const small = (paper: typeof large) => paper.placed.filter(({ text, height }) => text !== null && text !== '─' && text.trim() !== '' && height < 48).length;
    expect(small(large)).toBeLessThanOrEqual(content.kind === 'request' || content.kind === 'day-report' ? small(usualPrint) : 0);
  });

  it('printed again says so above everything, with its number, the first time and the number of the first print', async () => {
    const [first, again] = [await print(content, { form }), await print(content, { form, ...EXAMPLE_REPRINT })];
    expect(again.text.split('\n')[0]).toContain('再発行 1回目');
    const [band] = again.placed;
    expect(band).toMatchObject({ reverse: true, height: 72 });
    expect(bare(again.text)).toContain(form === 'en' ? 'FirstSat,21Nov202610:05' : 'はじめ2026年11月21日');
    // All else is as it was: the time too, which is the first print's.
    let inBand = false;
    const rest = again.text.split('\n').filter((line) => {
      // A band stands above every piece that is cut off.
      const begins = line.trim() === '再発行 1回目';
      const ends = inBand && line.startsWith('─');
      const kept = !inBand && !begins && !line.startsWith('再発行');
      inBand = (inBand || begins) && !ends;
      return kept;
    });
    expect(rest.join('\n').trim()).toBe(first.text.trim());
  });
});

it.each(['balance', 'load', 'load-sold', 'event', 'incident', 'day-report'])('prints the figures that matter 9 mm high on %s, 11 mm in large print', async (name) => {
  for (const [large, dots] of [[false, 96], [true, 120]] as const) {
    if (name === 'day-report' && large) continue;
    const { placed } = await print(exampleOf(name), { large });
    // Figures take ¾ of their cell.
    expect(placed.filter(({ text, height }) => height === dots && /\d/.test(text ?? '')).length).toBeGreaterThan(1);
  }
});

it('keeps the largest amounts on one line', async () => {
  for (const amount of [1_234_567, 99_999_999, 1_000_000_000]) {
    for (const unit of ['yen', 'point'] as const) {
      for (const large of [false, true]) {
        const pocket = { name: '券', unit, amount, ends: [{ lastDay: LocalDate.parse('2027-03-31'), amount }], usableAt: '町', contact: '町' };
        expect((await print({ kind: 'balance', asOf: null, pockets: [pocket] }, { large })).text).toContain(`${amount.toLocaleString('ja-JP')} ${UNIT[unit].ja}`);
      }
    }
  }
});

describe('what ends soon', () => {
  const soonOf = async (lastDay: string) => {
    const ends = [{ lastDay: LocalDate.parse(lastDay), amount: 500 }, { lastDay: LocalDate.parse('2027-12-31'), amount: 1_000 }];
    return bare((await print({ kind: 'balance', asOf: null, pockets: [{ name: '券', unit: 'yen', amount: 1_500, ends, usableAt: '町', contact: '町' }] })).text);
  };
  it.each([
    ['2026-11-21', '500円は、今日まで使えます'],
    ['2026-11-22', '500円は、明日まで使えます'],
    ['2026-12-05', '500円は、あと14日で使えなくなります'],
    ['2027-01-05', '500円は、あと45日で使えなくなります'],
  ])('on %s is said in plain words, with how much', async (day, said) => {
    expect(await soonOf(day)).toContain(said);
  });

  it('is not said of what can be used for long', async () => {
    expect(await soonOf('2027-01-06')).not.toMatch(/あと|まで使えます/);
  });

  it('has a row for each of the first days, and the rest in one', async () => {
    const ends = [1, 2, 3, 4, 5].map((month) => ({ lastDay: LocalDate.parse(`2027-0${month}-28`), amount: month * 100 }));
    const text = bare((await print({ kind: 'balance', asOf: null, pockets: [{ name: '券', unit: 'yen', amount: 1_500, ends, usableAt: '町', contact: '町' }] })).text);
    expect(text).toContain('2027年3月28日(日)300円そのあと900円');
  });
});

it('says when a balance was last confirmed, where that is not now', async () => {
  const empty = exampleOf('balance-empty');
  expect(bare((await print(empty)).text)).toContain('2026年11月20日(金)17時30分の残高です');
  expect(bare((await print({ kind: 'balance', pockets: [], asOf: null })).text)).not.toContain('の残高です');
});

it('says 練習 in large white on black above and below, and that it is worth nothing, in every wording', async () => {
  for (const form of FORMS) {
    const { text, placed } = await print(exampleOf('practice', form), { form });
    expect(placed.filter(({ reverse, text: sign, height }) => reverse && sign === '練' && height >= 72)).toHaveLength(2);
    expect(text.split('\n')[0]).toContain('練習');
    expect(bare(text)).toContain(bare(SLIP_WORDS.practice.noValue[form]));
  }
});

describe('the slip of something unfinished', () => {
  it('names the money that was counted in, only where there was some', async () => {
    expect(bare((await print(exampleOf('incident-cash'))).text)).toContain('お預かりした現金10,000円お受け取りが済むまで、お客さまのお金です');
    expect((await print(exampleOf('incident'))).text).not.toContain('現金');
  });

  it('has the operation, and nothing else, as a code that another program reads', async () => {
    expect(codesInPicture((await print(exampleOf('incident'))).png)).toEqual(['0199b1c2-7d3e-7a4f-8b21-5c6d7e8f9a0b']);
  });
});

it('has the day report in Japanese and in one size, whatever was asked for', () => {
  const report = exampleOf('day-report');
  expect(slipMarkup(report, { ...EXAMPLE_FRAME, form: 'en', large: true })).toBe(slipMarkup(report, EXAMPLE_FRAME));
});

it('prints what comes from data as it is', async () => {
  const name = '{code:1}|~_"`^\\n 髙橋';
  const next = Moment.parse('2026-11-28T01:00:00.000Z');
  const { text } = await print({ kind: 'event', name, place: name, number: 1, given: null, next });
  expect(bare(text)).toContain(bare('{code:1}|~_"`^\\n 〓橋'));
});
