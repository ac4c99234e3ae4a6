import { describe, expect, it } from 'vitest';
import { QuestionId } from '../ids.ts';
import { sampleProcedure, visitOf } from '../test-support/sample-procedure.ts';
import type { Answer } from './answers.ts';
import { answerQuestion, beginDraft, withAsker, type Draft, type Visit } from './answering.ts';
import { FeeLine } from './fees.ts';
import { feeOfDraft, fiscalYearText, linesOf, textsOf } from './request-lines.ts';

function drafted(asker: 'self' | 'agent', answers: Readonly<Record<string, Answer>>, visit: Visit): Draft {
  const begun = beginDraft(sampleProcedure(), visit);
  if (!begun) throw new Error('the sample asks for nothing');
  return Object.entries(answers).reduce((draft, [id, answer]) => {
    const result = answerQuestion(draft, QuestionId.parse(id), answer, visit);
    if (result.kind === 'refused') throw new Error(`${id}: ${result.why}`);
    return result.draft;
  }, withAsker(begun, asker, visit));
}

const ANSWERS: Readonly<Record<string, Answer>> = {
  scope: 'some', people: ['ハマノ　タロウ', 'ハマノ　ハナコ'], 'with-number': true, copies: 2, 'fiscal-year': 2026, kana: 'ハマノ　ハナコ', birthday: '1947-03-04', place: { area: 'tomamae' as never, number: '172-1' }, phone: '0164642212',
};

describe('what a request says', () => {
  it('reads as people write it, and leaves lines for what is written by hand', () => {
    expect(linesOf(drafted('agent', ANSWERS, visitOf()), visitOf(), 'ja')).toEqual([
      { label: '申請する人', value: '代理の人', lines: 1 },
      { label: 'scope', value: '一部', lines: 1 },
      { label: 'people', value: 'ハマノ　タロウ、ハマノ　ハナコ', lines: 1 },
      { label: 'with-number', value: '載せる', lines: 1 },
      { label: 'copies', value: '2通', lines: 1 },
      { label: 'fiscal-year', value: '令和8年度（令和7年1月～12月の所得）', lines: 1 },
      { label: 'principal', value: null, lines: 1 },
      { label: 'name', value: null, lines: 1 },
      { label: 'kana', value: 'ハマノ　ハナコ', lines: 1 },
      { label: 'birthday', value: '昭和22年3月4日', lines: 1 },
      { label: 'place', value: '字苫前172番地の1', lines: 1 },
      { label: 'phone', value: '0164-64-2212', lines: 1 },
    ]);
  });

  it('has what the card says, and nothing of what was left out', () => {
    const visit = visitOf({ identity: 'my-number', known: { name: '髙橋 﨑子', address: { written: '字苫前100番地' } } });
    const { place: _, ...rest } = ANSWERS;
    const lines = linesOf(drafted('self', { ...rest, phone: null }, visit), visit, 'ja');
    expect(lines.filter(({ label }) => ['name', 'place', 'phone'].includes(label))).toEqual([
      { label: 'name', value: '髙橋 﨑子', lines: 1 },
      { label: 'place', value: '字苫前100番地', lines: 1 },
    ]);
  });

  it('has the notes that hold', () => {
    const texts = (asker: 'self' | 'agent', number: boolean) => textsOf(sampleProcedure().notes, drafted(asker, { ...ANSWERS, 'with-number': number }, visitOf()), visitOf(), 'ja');
    expect(texts('agent', true)).toEqual(['郵送します', '証明書ではありません']);
    expect(texts('self', true)).toEqual(['証明書ではありません']);
    expect(texts('agent', false)).toEqual(['証明書ではありません']);
  });

  it('costs as much as its copies', () => {
    const fees = [FeeLine.parse({ id: 'sample-fee', name: '証明', rates: [{ from: '2020-04-01', yen: 300, basis: '条例', approved: { by: '住民生活課', on: '2020-03-01' } }] })];
    expect(feeOfDraft(drafted('self', ANSWERS, visitOf()), visitOf(), fees)).toMatchObject({ total: 600 });
  });
});

it('says of a tax year whose income it shows, across the change of an era', () => {
  expect(fiscalYearText(2020, 'ja')).toBe('令和2年度（令和元年1月～12月の所得）');
  expect(fiscalYearText(2019, 'ja')).toBe('令和元年度（平成30年1月～12月の所得）');
  expect(fiscalYearText(2026, 'easy')).toBe('令和8年ど（令和7年1～12がつの しょとく）');
  expect(fiscalYearText(2026, 'en')).toBe('Fiscal 2026 (income of 2025)');
});
