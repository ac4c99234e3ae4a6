/**
 * Whether a procedure that the office wrote can be gone through. Every mistake is named by where it stands and why it is one, in Japanese and
 * English; nothing is put right silently. Pure.
 */
import type { z } from 'zod';
import { holds, partsOf, type Condition } from './condition.ts';
import type { FeeLine } from './fees.ts';
import { Procedure, Question, type KnownFact, type QuestionType } from './procedure.ts';
import { plainWords } from './readings.ts';
import type { Words } from './words.ts';
import { isEnough } from './answering.ts';

export interface ProcedureMistake {
  /** `questions.3.when.all.0` */
  readonly at: string;
  readonly ja: string;
  readonly en: string;
}

export type CheckedProcedure = { readonly kind: 'right'; readonly procedure: Procedure } | { readonly kind: 'wrong'; readonly mistakes: readonly ProcedureMistake[] };

type Place = readonly PropertyKey[];

/** @param fees the town's table, which the procedure's fee must be in */
export function checkProcedure(value: unknown, fees: readonly FeeLine[]): CheckedProcedure {
  const parsed = Procedure.safeParse(value);
  const mistakes = parsed.success ? mistakesIn(parsed.data, fees) : parsed.error.issues.flatMap((issue) => explain(issue));
  return parsed.success && mistakes.length === 0 ? { kind: 'right', procedure: parsed.data } : { kind: 'wrong', mistakes };
}

const KNOWN_TYPES: Readonly<Record<KnownFact, readonly QuestionType[]>> = {
  name: ['by-hand'],
  kana: ['kana', 'by-hand'],
  address: ['address', 'by-hand'],
  birthday: ['date'],
  phone: ['phone'],
};

/** Words that mean nothing to residents, or frighten them. */
const FORBIDDEN = ['認証', 'ログイン', 'エラー', 'チャージ'];

function mistakesIn(procedure: Procedure, fees: readonly FeeLine[]): ProcedureMistake[] {
  const mistakes: ProcedureMistake[] = [];
  const mistake = (at: Place, ja: string, en: string) => mistakes.push({ at: at.map(String).join('.'), ja, en });
  const { questions, askers, fee } = procedure;

  for (const [index, { id }] of questions.entries()) {
    if (questions.findIndex((other) => other.id === id) < index) mistake(['questions', index, 'id'], `「${id}」という問いがもうあります`, `there is a question ${id} already`);
  }
  for (const [index, asker] of askers.entries()) if (askers.indexOf(asker) < index) mistake(['askers', index], `「${asker}」が二度あります`, `${asker} is listed twice`);

  const looksAt = (condition: Condition | undefined, at: Place, before: number) => {
    if (condition === undefined) return;
    const found = mistakes.length;
    for (const { part, at: place } of partsOf(condition, at as (string | number)[])) conditionMistake(procedure, part, before, (ja, en) => mistake(place, ja, en));
    if (mistakes.length === found && !canHold(condition, procedure)) mistake(at, 'この条件が成り立つことはありません', 'this condition can never hold');
  };

  for (const [index, question] of questions.entries()) {
    const at = (...rest: PropertyKey[]) => ['questions', index, ...rest];
    looksAt(question.when, at('when'), index);
    if ('options' in question) {
      for (const [place, { value, words, when }] of question.options.entries()) {
        if (question.options.findIndex((other) => other.value === value) < place) mistake(at('options', place, 'value'), `「${value}」がもうあります`, `there is an option ${value} already`);
        if (question.options.findIndex((other) => other.words.ja === words.ja) < place) mistake(at('options', place, 'words', 'ja'), '同じ言葉の選択肢がもうあります', 'another option has the same words');
        looksAt(when, at('options', place, 'when'), index);
      }
      if (question.options.filter(({ when }) => when === undefined).length < 2) mistake(at('options'), 'いつでも選べる選択肢が二つ以上要ります', 'at least two options must be without a condition');
    }
    if (question.type === 'number' && question.least > question.most) mistake(at('most'), 'least より小さい数です', 'is below least');
    if (question.type === 'date' && typeof question.earliest === typeof question.latest && dayNumber(question.earliest) > dayNumber(question.latest)) mistake(at('latest'), 'earliest より前の日です', 'is before earliest');
    if ('known' in question && question.known !== undefined && !KNOWN_TYPES[question.known].includes(question.type)) {
      mistake(at('known'), `${question.known} を答えにできるのは ${KNOWN_TYPES[question.known].join('・')} の問いです`, `${question.known} answers questions of type ${KNOWN_TYPES[question.known].join(' or ')}`);
    }
    if (asksForTheNumber(question)) mistake(at('ask'), 'マイナンバー（12桁の番号）を尋ねたり書かせたりすることはできません', 'nobody may be asked for their My Number, nor made to write it');
  }
  for (const part of ['notes', 'bring', 'staffChecks'] as const) for (const [index, { when }] of procedure[part].entries()) looksAt(when, [part, index, 'when'], questions.length);

  if (fee) {
    if (!fees.some(({ id }) => id === fee.id)) mistake(['fee', 'id'], `手数料の表に「${fee.id}」がありません`, `the table of fees has no ${fee.id}`);
    const copies = questions.find(({ id }) => id === fee.copies);
    if (fee.copies !== undefined && (copies?.type !== 'number' || copies.when !== undefined || copies.optional)) {
      mistake(['fee', 'copies'], '必ず聞かれる数の問いでなければなりません', 'must be a number question that everybody is asked');
    }
  }
  for (const { at, words } of allWords(procedure)) {
    for (const form of ['ja', 'easy'] as const) {
      const bad = FORBIDDEN.find((word) => plainWords(words[form]).includes(word));
      if (bad !== undefined) mistake([...at, form], `「${bad}」は使わない言葉です`, `the word ${bad} is not used`);
    }
  }
  return mistakes;
}

function dayNumber(bound: string | { readonly days: number }): number {
  return typeof bound === 'string' ? Date.parse(bound) : bound.days;
}

/** Only yes-no, choices and lists may speak of the number: whether it shall be on the paper. */
function asksForTheNumber(question: Question): boolean {
  if (question.type === 'yes-no' || 'options' in question) return false;
  return [question.ask, question.label].some(({ ja, easy }) => /マイナンバー|個人番号|12桁|十二桁/u.test(plainWords(ja) + plainWords(easy)));
}

/** @param before only questions before this one have been answered */
function conditionMistake(procedure: Procedure, part: Condition, before: number, mistake: (ja: string, en: string) => void): void {
  if ('asker' in part) {
    if (!procedure.askers.includes(part.asker)) mistake(`「${part.asker}」は askers にありません`, `${part.asker} is not among the askers`);
    return;
  }
  if ('identity' in part) {
    if (!isEnough(part.identity, procedure.identity)) mistake(`この手続きは ${procedure.identity} がなければ始まりません`, `the procedure never begins without ${procedure.identity}`);
    return;
  }
  if (!('question' in part)) return;
  const index = procedure.questions.findIndex(({ id }) => id === part.question);
  const question = procedure.questions[index];
  if (!question) return mistake(`「${part.question}」という問いがありません`, `there is no question ${part.question}`);
  if (index >= before) return mistake(`「${part.question}」は、ここより後で聞かれます`, `${part.question} is asked later than this`);
  if ('atLeast' in part) {
    if (question.type !== 'number') mistake(`「${part.question}」は数の問いではありません`, `${part.question} is not a number question`);
    else if (part.atLeast > question.most) mistake(`「${part.question}」は ${question.most} までです`, `${part.question} is at most ${question.most}`);
    return;
  }
  const { is } = part;
  const possible =
    'options' in question ? question.options.some(({ value }) => value === is)
    : question.type === 'yes-no' ? typeof is === 'boolean'
    : question.type === 'number' ? typeof is === 'number' && is >= question.least && is <= question.most
    : undefined;
  if (possible === undefined) mistake(`「${part.question}」（${question.type}）の答えは条件にできません`, `a condition cannot look at the answer of ${part.question} (${question.type})`);
  else if (!possible) mistake(`「${part.question}」の答えが ${String(is)} になることはありません`, `${part.question} is never answered with ${String(is)}`);
}

/** The one place where a word in the file decides which shape comes with it. */
const QUESTION_TYPES = Question.options.map(({ shape }) => shape.type.value);

const CASES_MAX = 20_000;

/** Tries every case that the condition can tell apart. More cases than can be tried count as possible. */
function canHold(condition: Condition, procedure: Procedure): boolean {
  const domains = new Map<string, unknown[]>();
  for (const { part } of partsOf(condition, [])) {
    if (!('question' in part)) continue;
    const known = domains.get(part.question) ?? [undefined];
    domains.set(part.question, 'is' in part ? [...known, part.is] : [...known, part.atLeast, part.atLeast - 1]);
    const question = procedure.questions.find(({ id }) => id === part.question);
    if (question && 'options' in question) domains.set(part.question, [undefined, ...question.options.map(({ value }) => value)]);
    if (question?.type === 'yes-no') domains.set(part.question, [undefined, true, false]);
  }
  let cases: ReadonlyMap<string, unknown>[] = [new Map()];
  for (const [question, values] of domains) {
    cases = cases.flatMap((one) => [...new Set(values)].map((value) => new Map([...one, [question, value]])));
    if (cases.length > CASES_MAX) return true;
  }
  const identities = (['none', 'stored-value', 'my-number'] as const).filter((identity) => isEnough(identity, procedure.identity));
  return procedure.askers.some((asker) =>
    identities.some((identity) => cases.some((one) => holds(condition, { asker, identity, answer: (id) => one.get(id) }))),
  );
}

function* allWords(procedure: Procedure): Generator<{ readonly at: Place; readonly words: Words }> {
  yield { at: ['name'], words: procedure.name };
  for (const [index, question] of procedure.questions.entries()) {
    yield { at: ['questions', index, 'ask'], words: question.ask };
    yield { at: ['questions', index, 'label'], words: question.label };
    if (question.help) yield { at: ['questions', index, 'help'], words: question.help };
    if ('options' in question) for (const [place, { words }] of question.options.entries()) yield { at: ['questions', index, 'options', place, 'words'], words };
    if (question.type === 'number') yield { at: ['questions', index, 'unit'], words: question.unit };
  }
  for (const part of ['notes', 'bring', 'staffChecks'] as const) for (const [index, { text }] of procedure[part].entries()) yield { at: [part, index, 'text'], words: text };
}

/** An issue of the schema in words; of a choice between shapes, the issues of the shape that was meant. */
function explain(issue: z.core.$ZodIssue, below: Place = []): ProcedureMistake[] {
  const place = [...below, ...issue.path];
  const at = place.map(String).join('.') || '(全体 whole)';
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ at: [...place, key].map(String).join('.'), ja: '知らない名前です', en: 'unknown name' }));
    case 'invalid_type':
      return [issue.message.endsWith('received undefined') ? { at, ja: 'ありません', en: 'is missing' } : { at, ja: `${issue.expected} でなければなりません`, en: `must be ${issue.expected}` }];
    case 'too_small':
      return [{ at, ja: `${String(issue.minimum)} 以上でなければなりません`, en: `must have or be at least ${String(issue.minimum)}` }];
    case 'too_big':
      return [{ at, ja: `${String(issue.maximum)} 以下でなければなりません`, en: `must have or be at most ${String(issue.maximum)}` }];
    case 'invalid_value':
      return [{ at, ja: `${issue.values.map(String).join('・')} のどれかでなければなりません`, en: `must be one of ${issue.values.map(String).join(', ')}` }];
    case 'invalid_union': {
      if (issue.errors.length === 0) return [{ at, ja: `${QUESTION_TYPES.join('・')} のどれかでなければなりません`, en: `must be one of ${QUESTION_TYPES.join(', ')}` }];
      // The shape whose mistakes lie deepest is the one that was meant.
      const depth = (issues: readonly z.core.$ZodIssue[]) => Math.max(0, ...issues.map(({ path }) => path.length));
      const [nearest] = [...issue.errors].sort((one, other) => depth(other) - depth(one));
      if (nearest && depth(nearest) > 0) return nearest.flatMap((inner) => explain(inner, place));
      return [{ at, ja: 'どの形にもあてはまりません', en: 'has none of the shapes that are possible here' }];
    }
    default:
      return [{ at, ja: `この値は使えません（${issue.message}）`, en: `cannot be used: ${issue.message}` }];
  }
}
