/**
 * Going through a procedure, one question at a time. Pure: the session machine keeps the draft, the slip and the office read what came of it.
 * An answer that leads elsewhere takes with it the answers that are not asked for any more, so a draft never says what its person did not see.
 */
import type { QuestionId } from '../ids.ts';
import type { LocalDate } from '../time.ts';
import { faultOf, type Answer, type AnswerFault, type AnswerFrame } from './answers.ts';
import { holds, type Asker, type Condition, type ConditionFacts, type Identity } from './condition.ts';
import type { Area, KnownFact, Procedure, Question } from './procedure.ts';

/** What is known of the person before any question, and where and when they ask. */
export interface Visit {
  readonly today: LocalDate;
  readonly identity: Identity;
  /** From their card, or from what they answered for another procedure of this visit. */
  readonly known: Readonly<Partial<Record<KnownFact, Answer>>>;
  readonly areas: readonly Area[];
}

export interface Draft {
  readonly procedure: Procedure;
  /** Null until it was asked; a procedure with one kind of asker never asks. */
  readonly asker: Asker | null;
  readonly answers: ReadonlyMap<QuestionId, Answer>;
}

export type Step =
  | { readonly kind: 'asker'; readonly askers: readonly Asker[] }
  | { readonly kind: 'question'; readonly question: Question }
  | { readonly kind: 'complete' };

/** @returns undefined when the person has not shown what the procedure needs */
export function beginDraft(procedure: Procedure, visit: Visit): Draft | undefined {
  if (!isEnough(visit.identity, procedure.identity)) return undefined;
  const [only, ...others] = procedure.askers;
  return { procedure, asker: only !== undefined && others.length === 0 ? only : null, answers: new Map() };
}

/** A My Number card says more than a stored-value card, which says more than nothing. */
export function isEnough(shown: Identity, needed: Identity): boolean {
  return needed === 'none' || shown === needed || shown === 'my-number';
}

export function nextStep(draft: Draft, visit: Visit): Step {
  if (draft.asker === null) return { kind: 'asker', askers: draft.procedure.askers };
  for (const { question, answer } of walk(draft, visit)) {
    if (answer === undefined && question.type !== 'by-hand') return { kind: 'question', question };
  }
  return { kind: 'complete' };
}

/** @throws RangeError when the procedure is not for this asker */
export function withAsker(draft: Draft, asker: Asker, visit: Visit): Draft {
  if (!draft.procedure.askers.includes(asker)) throw new RangeError(`${draft.procedure.id} cannot be asked for by ${asker}.`);
  return settled({ ...draft, asker }, visit);
}

export type Answered = { readonly kind: 'answered'; readonly draft: Draft } | { readonly kind: 'refused'; readonly why: AnswerFault };

/** Answers a question, or answers it anew. */
export function answerQuestion(draft: Draft, id: QuestionId, answer: Answer, visit: Visit): Answered {
  const question = draft.procedure.questions.find((candidate) => candidate.id === id);
  if (!question || draft.asker === null || !holds(question.when, factsOf(draft, visit))) return { kind: 'refused', why: 'not-offered' };
  const why = faultOf(question, answer, frameOf(draft, visit));
  if (why) return { kind: 'refused', why };
  return { kind: 'answered', draft: settled({ ...draft, answers: new Map([...draft.answers, [id, answer]]) }, visit) };
}

/** The draft without its last answer, or without its asker; undefined at its beginning. */
export function stepBack(draft: Draft, visit: Visit): Draft | undefined {
  const last = [...walk(draft, visit)].findLast(({ question }) => draft.answers.has(question.id));
  if (last) return { ...draft, answers: new Map([...draft.answers].filter(([id]) => id !== last.question.id)) };
  return draft.asker !== null && draft.procedure.askers.length > 1 ? { ...draft, asker: null } : undefined;
}

export interface WalkedQuestion {
  readonly question: Question;
  /** Undefined when it has none yet; a line to write by hand keeps none. */
  readonly answer: Answer | undefined;
  /** It was not asked: the card said it, or an earlier procedure of the visit. */
  readonly known: boolean;
}

/** Every question that this draft asks, in order, with what is answered. */
export function* walk(draft: Draft, visit: Visit): Generator<WalkedQuestion> {
  const facts = factsOf(draft, visit);
  const frame = frameOf(draft, visit);
  for (const question of draft.procedure.questions) {
    if (!holds(question.when, facts)) continue;
    const own = draft.answers.get(question.id);
    const told = own === undefined ? knownAnswer(question, visit, frame) : undefined;
    yield { question, answer: own === undefined ? told : own, known: told !== undefined };
  }
}

/** What the card says, where it answers this question; never something the question would not take. */
function knownAnswer(question: Question, visit: Visit, frame: AnswerFrame): Answer | undefined {
  const answer = 'known' in question && question.known !== undefined ? visit.known[question.known] : undefined;
  return answer === undefined || answer === null || faultOf(question, answer, frame) !== null ? undefined : answer;
}

/** Conditions of the draft's notes, options and questions, asked now. */
export function holdsNow(condition: Condition | undefined, draft: Draft, visit: Visit): boolean {
  return holds(condition, factsOf(draft, visit));
}

function factsOf(draft: Draft, visit: Visit): ConditionFacts {
  return {
    asker: draft.asker ?? 'self',
    identity: visit.identity,
    answer: (id) => {
      const own = draft.answers.get(id);
      if (own !== undefined) return own;
      const question = draft.procedure.questions.find((candidate) => candidate.id === id);
      return question && 'known' in question && question.known !== undefined ? visit.known[question.known] : undefined;
    },
  };
}

function frameOf(draft: Draft, visit: Visit): AnswerFrame {
  return { today: visit.today, areas: visit.areas, facts: factsOf(draft, visit) };
}

/** Without answers that are not asked for any more, or not offered any more. A condition looks at earlier questions only, so once through is enough. */
function settled(draft: Draft, visit: Visit): Draft {
  let kept: Draft = { ...draft, answers: new Map() };
  for (const question of draft.procedure.questions) {
    const answer = draft.answers.get(question.id);
    if (answer === undefined || !holds(question.when, factsOf(kept, visit)) || faultOf(question, answer, frameOf(kept, visit)) !== null) continue;
    kept = { ...kept, answers: new Map([...kept.answers, [question.id, answer]]) };
  }
  return kept;
}
