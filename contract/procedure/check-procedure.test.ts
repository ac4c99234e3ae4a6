import { describe, expect, it } from 'vitest';
import { SAMPLE } from '../test-support/sample-procedure.ts';
import { checkProcedure } from './check-procedure.ts';
import { FeeLine } from './fees.ts';

const FEES = [FeeLine.parse({ id: 'sample-fee', name: '証明', rates: [{ from: '2020-04-01', yen: 300, basis: '条例', approved: null }] })];
const words = (text: string) => ({ ja: text, easy: text, en: text });
type Sample = typeof SAMPLE;
type Question = Readonly<Record<string, unknown>>;

/** What is said of the sample when it is changed so. */
function said(change: (sample: Sample) => unknown): string[] {
  const checked = checkProcedure(change(structuredClone(SAMPLE)), FEES);
  return checked.kind === 'right' ? [] : checked.mistakes.map(({ at, en }) => `${at}: ${en}`);
}
const withQuestion = (index: number, change: Question) => (sample: Sample) => ({ ...sample, questions: sample.questions.map((question, place) => (place === index ? { ...question, ...change } : question)) });

it('takes a procedure with a question of every type', () => {
  expect(said((sample) => sample)).toEqual([]);
});

describe('a mistake is named by its place and why:', () => {
  it.each<readonly [string, (sample: Sample) => unknown, string]>([
    ['nothing at all', () => null, '(全体 whole): must be object'],
    ['a name that nobody knows', (sample) => ({ ...sample, colour: 'red' }), 'colour: unknown name'],
    ['a missing part', ({ office: _, ...rest }) => rest, 'office: is missing'],
    ['a wrong telephone number', (sample) => ({ ...sample, office: { ...sample.office, phone: '12345' } }), 'office.phone: cannot be used: '],
    ['a type that there is not', withQuestion(0, { type: 'essay' }), 'questions.0.type: must be one of choice, list, yes-no, number'],
    ['too many buttons', withQuestion(0, { options: ['a', 'b', 'c', 'd', 'e'].map((value) => ({ value, words: words(value) })) }), 'questions.0.options: must have or be at most 4'],
    ['a text that is too long', withQuestion(2, { ask: words('あ'.repeat(41)) }), 'questions.2.ask.ja: cannot be used: at most 40 characters besides readings'],
    ['two questions of one name', withQuestion(1, { id: 'scope', when: undefined }), 'questions.1.id: there is a question scope already'],
    ['two equal options', withQuestion(0, { options: [{ value: 'all', words: words('全員') }, { value: 'all', words: words('一部') }, { value: 'some', words: words('ほか') }] }), 'questions.0.options.1.value: there is an option all already'],
    ['two options that read the same', withQuestion(0, { options: [{ value: 'all', words: words('全員') }, { value: 'some', words: words('全員') }] }), 'questions.0.options.1.words.ja: another option has the same words'],
    ['a condition on a question that there is not', withQuestion(1, { when: { question: 'colour', is: true } }), 'questions.1.when: there is no question colour'],
    ['a condition on a later question', withQuestion(1, { when: { question: 'copies', atLeast: 2 } }), 'questions.1.when: copies is asked later than this'],
    ['a condition on itself', withQuestion(0, { when: { question: 'scope', is: 'all' } }), 'questions.0.when: scope is asked later than this'],
    ['a condition that no answer meets', withQuestion(1, { when: { question: 'scope', is: 'none' } }), 'questions.1.when: scope is never answered with none'],
    ['a condition on a free answer', (sample) => ({ ...sample, notes: [{ text: words('x'), when: { question: 'phone', is: '0164642212' } }] }), 'notes.0.when: a condition cannot look at the answer of phone (phone)'],
    ['a condition inside others', withQuestion(1, { when: { all: [{ asker: 'self' }, { not: { question: 'scope', is: 'x' } }] } }), 'questions.1.when.all.1.not: scope is never answered with x'],
    ['an asker that may not ask', withQuestion(6, { when: { asker: 'household' } }), 'questions.6.when: household is not among the askers'],
    ['a condition that contradicts itself', withQuestion(6, { when: { all: [{ asker: 'agent' }, { asker: 'self' }] } }), 'questions.6.when: this condition can never hold'],
    ['numbers that cannot be', withQuestion(3, { least: 5, most: 4 }), 'questions.3.most: is below least'],
    ['days that cannot be', withQuestion(9, { earliest: '2026-01-02', latest: '2026-01-01' }), 'questions.9.latest: is before earliest'],
    ['a card’s answer to the wrong type', withQuestion(8, { known: 'birthday' }), 'questions.8.known: birthday answers questions of type date'],
    ['a fee that is not in the table', (sample) => ({ ...sample, fee: { id: 'other-fee' } }), 'fee.id: the table of fees has no other-fee'],
    ['copies that are not counted', (sample) => ({ ...sample, fee: { id: 'sample-fee', copies: 'why-many' } }), 'fee.copies: must be a number question that everybody is asked'],
    ['a My Number to write', withQuestion(6, { label: words('マイナンバー') }), 'questions.6.ask: nobody may be asked for their My Number, nor made to write it'],
    ['a My Number to type', withQuestion(8, { ask: words('12桁の番号を入れてください') }), 'questions.8.ask: nobody may be asked for their My Number, nor made to write it'],
    ['words of the trade', withQuestion(2, { ask: words('認証しますか') }), 'questions.2.ask.ja: the word 認証 is not used'],
    ['an identity that is below what is needed', (sample) => ({ ...sample, identity: 'my-number', notes: [{ text: words('x'), when: { identity: 'none' } }] }), 'notes.0.when: the procedure never begins without my-number'],
  ])('%s', (_, change, expected) => {
    expect(said(change).find((line) => line.startsWith(expected))).toBeDefined();
  });

  it('in Japanese as well', () => {
    const checked = checkProcedure({ ...SAMPLE, fee: { id: 'other-fee' } }, FEES);
    expect(checked).toMatchObject({ kind: 'wrong', mistakes: [{ at: 'fee.id', ja: '手数料の表に「other-fee」がありません' }] });
  });

  it('all of them at once', () => {
    expect(said((sample) => ({ ...withQuestion(3, { least: 5, most: 4 })(sample), fee: { id: 'other-fee' } }))).toHaveLength(2);
  });
});
