/** The procedures as they are shipped, against the rules of the counter. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerQuestion, beginDraft, nextStep, withAsker, type Draft, type Visit } from '../../contract/procedure/answering.ts';
import { dayOf, fiscalYears, type Answer } from '../../contract/procedure/answers.ts';
import { checkProcedure } from '../../contract/procedure/check-procedure.ts';
import { TownFees } from '../../contract/procedure/fees.ts';
import { Procedure, TownAreas, type Question } from '../../contract/procedure/procedure.ts';
import { feeOfDraft, linesOf, textsOf } from '../../contract/procedure/request-lines.ts';
import { readingSegments } from '../../contract/procedure/readings.ts';
import type { Words } from '../../contract/procedure/words.ts';
import { addDays, daysBetween, LocalDate } from '../../contract/time.ts';

const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
const areas = TownAreas.parse(read('../seed/areas.json'));
const fees = TownFees.parse(read('../seed/fees.json'));
const FILES = readdirSync(new URL('.', import.meta.url)).filter((file) => file.endsWith('.json'));
const shipped = (id: string): Procedure => Procedure.parse(read(`./${id}.json`));

const TODAY = LocalDate.parse('2026-11-22');
const visit = (told: Partial<Visit> = {}): Visit => ({ today: TODAY, identity: 'none', known: {}, areas, ...told });

/** Any answer that the question takes. */
function anyAnswer(question: Question): fc.Arbitrary<Answer> {
  const kana = fc.constantFrom('ハマノ　ハナコ', 'ア', 'ヴィクトリア');
  const given = ((): fc.Arbitrary<Answer> => {
    switch (question.type) {
      case 'choice':
      case 'list':
        return fc.constantFrom(...question.options.filter(({ when }) => when === undefined).map(({ value }) => value));
      case 'yes-no':
        return fc.boolean();
      case 'number':
        return fc.integer({ min: question.least, max: question.most });
      case 'date': {
        const [first, last] = [dayOf(question.earliest, TODAY), dayOf(question.latest, TODAY)];
        return fc.integer({ min: 0, max: daysBetween(first, last) }).map((days) => addDays(first, days));
      }
      case 'fiscal-year':
        return fc.constantFrom(...fiscalYears(question, TODAY));
      case 'people':
        return fc.array(kana, { minLength: 1, maxLength: question.most });
      case 'phone':
        return fc.constantFrom('0164642212', '09012345678');
      case 'kana':
        return kana;
      case 'address':
        return fc.constantFrom(...areas).map(({ id }) => ({ area: id, number: '172-1' }));
      case 'by-hand':
        throw new Error('is never asked');
    }
  })();
  return question.optional ? fc.option(given) : given;
}

/** Goes through to the end, with answers drawn as the questions come. */
function anyDraft(procedure: Procedure, told: Visit): fc.Arbitrary<Draft> {
  const on = (draft: Draft, asked: number): fc.Arbitrary<Draft> => {
    const step = nextStep(draft, told);
    if (asked > 40) throw new Error(`${procedure.id} never ends`);
    if (step.kind === 'complete') return fc.constant(draft);
    if (step.kind === 'asker') return fc.constantFrom(...step.askers).chain((asker) => on(withAsker(draft, asker, told), asked));
    return anyAnswer(step.question).chain((answer) => {
      const result = answerQuestion(draft, step.question.id, answer, told);
      if (result.kind === 'refused') throw new Error(`${step.question.id} = ${JSON.stringify(answer)}: ${result.why}`);
      return on(result.draft, asked + 1);
    });
  };
  const begun = beginDraft(procedure, told);
  if (!begun) throw new Error(`${procedure.id} asks for more than is shown`);
  return on(begun, 0);
}

function wordsIn(value: unknown): Words[] {
  if (typeof value !== 'object' || value === null) return [];
  return 'ja' in value && 'easy' in value ? [value as Words] : Object.values(value).flatMap(wordsIn);
}

describe.each(FILES)('%s', (file) => {
  it('has no mistake', () => {
    expect(checkProcedure(read(file), fees)).not.toHaveProperty('mistakes');
  });

  it('gives a reading for every kanji, and uses none in easy Japanese', () => {
    for (const { ja, easy } of wordsIn(read(file))) {
      const without = readingSegments(ja).filter(({ reading }) => reading === undefined).map(({ text }) => text).join('');
      expect([ja, without.match(/\p{Script=Han}+/gu)]).toEqual([ja, null]);
      expect(easy).not.toMatch(/\p{Script=Han}/u);
    }
  });

  it('is gone through to its end whatever is answered, and says it in three wordings', () => {
    const procedure = Procedure.parse(read(file));
    fc.assert(
      fc.property(anyDraft(procedure, visit()), (draft) => {
        for (const form of ['ja', 'easy', 'en'] as const) {
          const lines = linesOf(draft, visit(), form);
          expect(lines.length).toBeGreaterThan(2);
          for (const { label, value } of lines) expect(`${label}: ${value ?? '＿'}`).not.toMatch(/undefined|null|\[object|《/);
          textsOf([...procedure.notes, ...procedure.bring, ...procedure.staffChecks], draft, visit(), form);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('never says an amount that nobody in the town has approved', () => {
    const procedure = Procedure.parse(read(file));
    fc.assert(
      fc.property(anyDraft(procedure, visit()), (draft) => {
        expect(feeOfDraft(draft, visit(), fees).kind).not.toBe('yen');
      }),
      { numRuns: 10 },
    );
  });
});

/** The texts that hold when these questions are answered so, and all others as most people do. */
function textsWhen(procedure: Procedure, part: 'notes' | 'bring' | 'staffChecks', asker: 'self' | 'household' | 'agent', answers: Readonly<Record<string, Answer>>): string {
  const begun = beginDraft(procedure, visit());
  if (!begun) throw new Error('nothing begun');
  let draft = withAsker(begun, asker, visit());
  for (let step = nextStep(draft, visit()); step.kind === 'question'; step = nextStep(draft, visit())) {
    const [usual = null] = fc.sample(anyAnswer(step.question), { numRuns: 1, seed: 1 });
    const result = answerQuestion(draft, step.question.id, answers[step.question.id] ?? usual, visit());
    if (result.kind === 'refused') throw new Error(result.why);
    draft = result.draft;
  }
  return textsOf(procedure[part], draft, visit(), 'ja').join('\n');
}

it('what is known of a person fills the lines that would be written by hand, also an address that another procedure asked for', () => {
  const valueOf = (address: Answer) => {
    const told = visit({ known: { name: '髙橋 﨑子', address } });
    const [draft] = fc.sample(anyDraft(shipped('residence-certificate'), told), { numRuns: 1, seed: 3 });
    const lines = draft ? linesOf(draft, told, 'ja') : [];
    return ['氏名', '住所'].map((label) => lines.find((line) => line.label === label)?.value);
  };
  const [tomamae] = areas.filter(({ name }) => name === '字苫前');
  expect(valueOf({ written: '北海道苫前郡苫前町字苫前100番地' })).toEqual(['髙橋 﨑子', '北海道苫前郡苫前町字苫前100番地']);
  expect(tomamae && valueOf({ area: tomamae.id, number: '172-1' })).toEqual(['髙橋 﨑子', '字苫前172番地の1']);
});

describe('of the rules for certificates', () => {
  const residence = shipped('residence-certificate');
  const seal = shipped('seal-certificate');
  const taxes = [shipped('income-certificate'), shipped('tax-certificate')];

  it('what is sensitive on a residence record is left out unless the person wants it', () => {
    const sensitive = residence.questions.filter(({ type }) => type === 'yes-no');
    expect(sensitive.map(({ id }) => id)).toEqual(['head', 'registered-domicile', 'with-number', 'with-code', 'nationality']);
    for (const question of sensitive) expect(question).toMatchObject({ usual: false });
  });

  it('a residence record with the number or the code goes to no proxy, but by post to the person', () => {
    for (const id of ['with-number', 'with-code']) {
      expect(textsWhen(residence, 'notes', 'agent', { [id]: true })).toContain('郵送');
      expect(textsWhen(residence, 'staffChecks', 'agent', { [id]: true })).toContain('本人へ郵送');
      expect(textsWhen(residence, 'notes', 'self', { [id]: true })).not.toContain('郵送');
    }
    expect(textsWhen(residence, 'notes', 'agent', { 'with-number': false, 'with-code': false })).not.toContain('郵送');
  });

  it('who comes for somebody else brings their letter of proxy, and staff look at it', () => {
    for (const procedure of [residence, ...taxes]) {
      expect(textsWhen(procedure, 'bring', 'agent', {})).toContain('委任状');
      expect(textsWhen(procedure, 'staffChecks', 'agent', {})).toContain('委任状');
      expect(textsWhen(procedure, 'bring', 'self', {})).not.toContain('委任状');
    }
    expect(textsWhen(residence, 'staffChecks', 'household', {})).toContain('同じ世帯');
  });

  it('a seal certificate needs the registration card, from whoever comes, and its number is written at the window', () => {
    expect(seal.askers).toEqual(['self', 'agent']);
    for (const asker of ['self', 'agent'] as const) expect(textsWhen(seal, 'bring', asker, {})).toContain('印鑑登録証');
    expect(textsWhen(seal, 'notes', 'self', { 'has-card': false })).toContain('印鑑登録証がないと お出しできません');
    expect(seal.questions.find(({ id }) => id === 'registration-number')?.type).toBe('by-hand');
  });

  it('a tax certificate is only for oneself or by proxy, asks for the year in plain words, and sends elsewhere who lived elsewhere', () => {
    for (const procedure of taxes) {
      expect(procedure.askers).toEqual(['self', 'agent']);
      expect(procedure.questions.find(({ type }) => type === 'fiscal-year')).toMatchObject({ newFrom: '06-01' });
      expect(textsWhen(procedure, 'notes', 'self', {})).toContain('申告');
      expect(textsWhen(procedure, 'notes', 'self', { 'lived-here': false })).toContain('住んでいた市区町村');
      expect(textsWhen(procedure, 'notes', 'self', { 'lived-here': true })).not.toContain('住んでいた市区町村');
    }
  });

  it('each can be asked for without a My Number card, says that it is no certificate, and which proofs of identity to bring', () => {
    for (const procedure of [residence, seal, ...taxes]) {
      expect(procedure.identity).toBe('none');
      expect(textsWhen(procedure, 'notes', 'self', {})).toContain('証明書ではありません');
      expect(textsWhen(procedure, 'bring', 'self', {})).toMatch(/写真.*一点[^]*二点/u);
    }
  });
});
