import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QuestionId } from '../ids.ts';
import { sampleProcedure, SAMPLE, visitOf } from '../test-support/sample-procedure.ts';
import { LocalDate } from '../time.ts';
import type { Answer } from './answers.ts';
import { answerQuestion, beginDraft, nextStep, stepBack, walk, withAsker, type Draft, type Visit } from './answering.ts';
import { Procedure } from './procedure.ts';

const begun = (visit = visitOf()): Draft => {
  const draft = beginDraft(sampleProcedure(), visit);
  if (!draft) throw new Error('the sample asks for nothing');
  return draft;
};
const asked = (draft: Draft, visit = visitOf()): string => {
  const step = nextStep(draft, visit);
  return step.kind === 'question' ? step.question.id : step.kind;
};
const answered = (draft: Draft, id: string, answer: Answer, visit = visitOf()): Draft => {
  const result = answerQuestion(draft, QuestionId.parse(id), answer, visit);
  if (result.kind === 'refused') throw new Error(`${id} = ${JSON.stringify(answer)} was refused: ${result.why}`);
  return result.draft;
};
const refusal = (draft: Draft, id: string, answer: Answer, visit = visitOf()): string => {
  const result = answerQuestion(draft, QuestionId.parse(id), answer, visit);
  return result.kind === 'refused' ? result.why : 'taken';
};
const self = (visit = visitOf()): Draft => withAsker(begun(visit), 'self', visit);

/** Answers in order; returns the questions that were asked on the way. */
function goThrough(draft: Draft, answers: Readonly<Record<string, Answer>>, visit = visitOf()): { readonly draft: Draft; readonly asked: string[] } {
  const on: string[] = [];
  for (let step = nextStep(draft, visit); step.kind === 'question'; step = nextStep(draft, visit)) {
    if (on.includes(step.question.id)) throw new Error(`${step.question.id} is asked again and again`);
    on.push(step.question.id);
    draft = answered(draft, step.question.id, answers[step.question.id] ?? null, visit);
  }
  return { draft, asked: on };
}

const USUAL: Readonly<Record<string, Answer>> = {
  scope: 'all', 'with-number': false, copies: 1, 'fiscal-year': 2026, kana: 'ハマノ　ハナコ', birthday: '1947-03-04', place: { area: 'tomamae' as never, number: '172-1' }, phone: null,
};

describe('a draft', () => {
  it('asks one question after the other, and only those that its answers lead to', () => {
    expect(goThrough(self(), USUAL).asked).toEqual(['scope', 'with-number', 'copies', 'fiscal-year', 'kana', 'birthday', 'place', 'phone']);
    expect(goThrough(self(), { ...USUAL, scope: 'some', people: ['ハマノ　タロウ'], copies: 3, 'why-many': 'c' }).asked).toEqual([
      'scope', 'people', 'with-number', 'copies', 'why-many', 'fiscal-year', 'kana', 'birthday', 'place', 'phone',
    ]);
  });

  it('asks first for whom, unless only one kind of person may ask', () => {
    expect(nextStep(begun(), visitOf())).toEqual({ kind: 'asker', askers: ['self', 'agent'] });
    const alone = Procedure.parse({ ...SAMPLE, askers: ['self'] });
    expect(beginDraft(alone, visitOf())?.asker).toBe('self');
    expect(() => withAsker(begun(), 'household', visitOf())).toThrow('cannot be asked for by household');
  });

  it('does not ask for what the card says, or another procedure of the visit, and leaves a line for a name nobody can type', () => {
    const known = visitOf({ identity: 'my-number', known: { name: '浜野 花子', birthday: '1947-03-04', address: { written: '苫前郡苫前町字苫前100番地' }, phone: '0164642212' } });
    const { draft, asked: on } = goThrough(self(known), USUAL, known);
    expect(on).toEqual(['scope', 'with-number', 'copies', 'fiscal-year', 'kana']);
    const byId = new Map([...walk(draft, known)].map((one) => [one.question.id as string, one]));
    expect(byId.get('name')).toMatchObject({ answer: '浜野 花子', known: true });
    expect(byId.get('kana')).toMatchObject({ answer: 'ハマノ　ハナコ', known: false });
    expect([...walk(goThrough(self(), USUAL).draft, visitOf())].find(({ question }) => question.id === 'name')?.answer).toBeUndefined();
  });

  it('asks after all where what is known is no answer to the question', () => {
    const known = visitOf({ known: { birthday: '1870-01-01', kana: 'はまの' } });
    expect(goThrough(self(known), USUAL, known).asked).toContain('birthday');
    expect(goThrough(self(known), USUAL, known).asked).toContain('kana');
  });

  it('drops what is not asked for any more when an answer changes, and asks for it again when it changes back', () => {
    const { draft } = goThrough(self(), { ...USUAL, scope: 'some', people: ['ハマノ　タロウ'] });
    const changed = answered(draft, 'scope', 'all');
    expect(changed.answers.has(QuestionId.parse('people'))).toBe(false);
    expect(asked(changed)).toBe('complete');
    expect(asked(answered(changed, 'scope', 'some'))).toBe('people');
  });

  it('drops an option that another asker does not have', () => {
    const draft = answered(self(), 'scope', 'only-me');
    expect(asked(withAsker(draft, 'agent', visitOf()))).toBe('scope');
  });

  it('goes back one answer at a time, to its beginning', () => {
    const two = answered(answered(self(), 'scope', 'all'), 'with-number', true);
    const one = stepBack(two, visitOf());
    expect(one && asked(one)).toBe('with-number');
    const none = one && stepBack(one, visitOf());
    expect(none && asked(none)).toBe('scope');
    const start = none && stepBack(none, visitOf());
    expect(start && asked(start)).toBe('asker');
    expect(start && stepBack(start, visitOf())).toBeUndefined();
  });

  it('begins only for whom has shown enough', () => {
    const needs = (identity: string) => Procedure.parse({ ...SAMPLE, identity });
    const begins = (needed: string, shown: Visit['identity']) => beginDraft(needs(needed), visitOf({ identity: shown })) !== undefined;
    expect([begins('none', 'none'), begins('stored-value', 'none'), begins('stored-value', 'stored-value'), begins('stored-value', 'my-number'), begins('my-number', 'stored-value'), begins('my-number', 'my-number')]).toEqual(
      [true, false, true, true, false, true],
    );
  });

  it('is never complete with an answer that its question would not take, whatever is answered in whatever order', () => {
    const anything = fc.oneof(fc.constantFrom<Answer>('all', 'some', 'only-me', 'c', true, false, 0, 1, 3, 11, 2026, 2020, 'ハマノ', '0164642212', '1947-03-04', null), fc.constant<Answer>(['ハマノ']), fc.constant<Answer>({ area: 'tomamae' as never, number: '1' }));
    const move = fc.oneof(
      fc.record({ kind: fc.constant('answer' as const), id: fc.constantFrom(...SAMPLE.questions.map(({ id }) => id)), answer: anything }),
      fc.record({ kind: fc.constant('asker' as const), asker: fc.constantFrom('self' as const, 'agent' as const) }),
      fc.constant({ kind: 'back' as const }),
    );
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
        const visit = visitOf();
        let draft = begun();
        for (const one of moves) {
          if (one.kind === 'asker') draft = withAsker(draft, one.asker, visit);
          else if (one.kind === 'back') draft = stepBack(draft, visit) ?? draft;
          else {
            const result = answerQuestion(draft, QuestionId.parse(one.id), one.answer, visit);
            if (result.kind === 'answered') draft = result.draft;
          }
        }
        const seen = new Set([...walk(draft, visit)].map(({ question }) => question.id));
        for (const id of draft.answers.keys()) expect(seen.has(id)).toBe(true);
        for (const [id, answer] of draft.answers) expect(refusal(draft, id, answer)).toBe('taken');
      }),
    );
  });
});

describe('an answer', () => {
  const all = goThrough(self(), { ...USUAL, scope: 'some', people: ['ハマノ　タロウ'], copies: 3, 'why-many': 'a' }).draft;
  it.each<readonly [string, Answer, string]>([
    ['scope', 'nobody', 'not-offered'],
    ['scope', null, 'needed'],
    ['people', [], 'not-this-kind'],
    ['people', ['はまの'], 'not-kana'],
    ['people', ['ア', 'イ', 'ウ', 'エ'], 'too-many'],
    ['with-number', 'yes', 'not-this-kind'],
    ['copies', 0, 'too-small'],
    ['copies', 11, 'too-large'],
    ['copies', '3', 'not-this-kind'],
    ['why-many', null, 'taken'],
    ['fiscal-year', 2027, 'not-offered'],
    ['fiscal-year', 2024, 'taken'],
    ['fiscal-year', 2023, 'not-offered'],
    ['kana', 'ハマノ ハナコ', 'not-kana'],
    ['kana', 'ア'.repeat(21), 'too-long'],
    ['birthday', '1947-02-29', 'no-such-day'],
    ['birthday', '1899-12-31', 'too-early'],
    ['birthday', '2026-11-23', 'too-late'],
    ['place', { area: 'elsewhere' as never, number: '1' }, 'no-such-area'],
    ['place', { area: 'tomamae' as never, number: '0' }, 'not-a-house-number'],
    ['place', { area: 'tomamae' as never, number: '172-1-3' }, 'taken'],
    ['phone', '123456789012', 'not-a-phone-number'],
    ['phone', '09012345678', 'taken'],
    ['nothing-like-it', 'x', 'not-offered'],
  ])('%s = %j: %s', (id, answer, expected) => {
    expect(refusal(all, id, answer)).toBe(expected);
  });

  it('of a tax year: the newest from its day in the year on', () => {
    const year = (today: string) => {
      const visit = visitOf({ today: LocalDate.parse(today) });
      return ['2026', '2025'].map((one) => refusal(self(visit), 'fiscal-year', Number(one), visit));
    };
    expect(year('2026-05-31')).toEqual(['not-offered', 'taken']);
    expect(year('2026-06-01')).toEqual(['taken', 'taken']);
  });
});
