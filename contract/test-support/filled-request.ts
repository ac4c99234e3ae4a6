/** Procedures filled in as most people would, and as long as anybody could, for tests of what paper holds. */
import { answerQuestion, beginDraft, nextStep, withAsker, type Visit } from '../procedure/answering.ts';
import { dayOf, fiscalYears, type Answer } from '../procedure/answers.ts';
import type { Area, Procedure, Question } from '../procedure/procedure.ts';
import { linesOf, type RequestLine } from '../procedure/request-lines.ts';
import type { Words } from '../procedure/words.ts';
import { LocalDate } from '../time.ts';

const TODAY = LocalDate.parse('2026-11-22');

export type Filling = 'usual' | 'longest';

/** The lines of a person at whose card everything was read, in plain Japanese; repeatable, and as hard to pack as names are. */
export function filledLines(procedure: Procedure, areas: readonly Area[], filling: Filling): RequestLine[] {
  const long = filling === 'longest';
  const known = long ? { name: any(KANJI, 200), address: { written: any(KANJI, 200) } } : { name: '髙橋 﨑子', address: { written: '北海道苫前郡苫前町字苫前172番地の1' } };
  const visit: Visit = { today: TODAY, identity: 'my-number', known, areas };
  let draft = beginDraft(procedure, visit);
  if (!draft) throw new Error(`${procedure.id} asks for more than is shown`);
  for (let step = nextStep(draft, visit); step.kind !== 'complete'; step = nextStep(draft, visit)) {
    if (step.kind === 'asker') {
      draft = withAsker(draft, (long ? step.askers.at(-1) : step.askers[0]) ?? 'self', visit);
      continue;
    }
    const result = answerQuestion(draft, step.question.id, answerTo(step.question, long, areas), visit);
    if (result.kind === 'refused') throw new Error(`${procedure.id} ${step.question.id}: ${result.why}`);
    draft = result.draft;
  }
  return linesOf(draft, visit, 'ja');
}

function answerTo(question: Question, long: boolean, areas: readonly Area[]): Answer {
  switch (question.type) {
    case 'choice':
    case 'list': {
      const options = question.options.filter(({ when }) => when === undefined);
      // Where some people of a household are named, that is the longest answer.
      const wanted = options.find(({ value }) => value === 'some') ?? longest(options, ({ words }: { readonly words: Words }) => words.ja);
      return (long ? wanted : options[0])?.value ?? null;
    }
    case 'yes-no':
      return long;
    case 'number':
      return long ? question.most : question.least;
    case 'date':
      return dayOf(question.latest, TODAY);
    case 'fiscal-year':
      return fiscalYears(question, TODAY)[0] ?? null;
    case 'people':
      return Array.from({ length: long ? question.most : 1 }, () => (long ? any(KANA, 80) : 'ハマノ　タロウ'));
    case 'phone':
      return '09012345678';
    case 'kana':
      return long ? any(KANA, question.most) : 'ハマノ　ハナコ'.slice(0, question.most);
    case 'address':
      return { area: longest(areas, ({ name }) => name).id, number: long ? '12345-1234-1234-1234' : '172-1' };
    case 'by-hand':
      throw new Error('is never asked');
  }
}

function longest<One>(all: readonly One[], text: (one: One) => string): One {
  const [first, ...others] = all;
  if (first === undefined) throw new Error('there is none');
  return others.reduce((best, one) => (text(one).length > text(best).length ? one : best), first);
}

const between = (first: string, last: string) => Array.from({ length: last.charCodeAt(0) - first.charCodeAt(0) + 1 }, (_, at) => String.fromCharCode(first.charCodeAt(0) + at)).join('');
const KANA = between('ア', 'ヴ');
const KANJI = between('一', '鿿');

/** Letters drawn by a fixed rule (Lehmer's). */
let state = 1;
function any(letters: string, count: number): string {
  return Array.from({ length: count }, () => letters[(state = (state * 48_271) % 2_147_483_647) % letters.length]).join('');
}
