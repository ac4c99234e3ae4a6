/** Where somebody stands in asking for procedures: what is offered, what they have answered, and the screens of it. Pure. */
import type { Screen } from '../../contract/kiosk.ts';
import type { QuestionView } from '../../contract/asking-screens.ts';
import { dayOf, fiscalYears, type Answer, type AnswerFault } from '../../contract/procedure/answers.ts';
import { answerQuestion, beginDraft, holdsNow, isEnough, nextStep, stepBack, walk, withAsker, type Draft, type Step, type Visit } from '../../contract/procedure/answering.ts';
import type { FeeLine } from '../../contract/procedure/fees.ts';
import type { KnownFact, Procedure, Question } from '../../contract/procedure/procedure.ts';
import { answerText, ASKER, ASKER_WORDS, feeOfDraft, fiscalYearText, NO, YES } from '../../contract/procedure/request-lines.ts';
import type { Words } from '../../contract/procedure/words.ts';
import type { MadeRequest } from '../services/make-request.ts';

export interface Asking {
  readonly visit: Visit;
  /** Those that this person may ask for, in the town's order. */
  readonly procedures: readonly Procedure[];
  readonly fees: readonly FeeLine[];
  /** Null while a procedure is being chosen. */
  readonly draft: Draft | null;
  readonly fault: AnswerFault | null;
  /** The last request of this visit, and how many there are. */
  readonly request: MadeRequest | null;
  readonly made: number;
  /** The person was asked for their My Number card: they are not asked twice. */
  readonly cardAskedFor: boolean;
}

/** @param offered everything the town offers at kiosks */
export function beginAsking(visit: Visit, offered: readonly Procedure[], fees: readonly FeeLine[]): Asking {
  return { visit, procedures: offered.filter(({ identity }) => isEnough(visit.identity, identity)), fees, draft: null, fault: null, request: null, made: 0, cardAskedFor: false };
}

export function chooseProcedure(asking: Asking, index: number): Asking {
  const procedure = asking.procedures[index];
  const draft = procedure && beginDraft(procedure, asking.visit);
  return draft ? { ...asking, draft, fault: null } : asking;
}

const ON_CARD: ReadonlySet<KnownFact> = new Set<KnownFact>(['name', 'address', 'birthday']);

/** A My Number card would answer something of the procedure that was chosen. */
export function cardWouldTell({ draft, visit, cardAskedFor }: Asking): boolean {
  if (!draft || cardAskedFor || visit.identity === 'my-number') return false;
  return draft.procedure.questions.some((question) => 'known' in question && question.known !== undefined && ON_CARD.has(question.known) && visit.known[question.known] === undefined);
}

/** What the card said, or that there is none to be asked. The procedure begins again from its start, before its first question. */
export function withCard(asking: Asking, known: Visit['known'] | null): Asking {
  const visit: Visit = known ? { ...asking.visit, identity: 'my-number', known: { ...asking.visit.known, ...known } } : asking.visit;
  const draft = asking.draft && beginDraft(asking.draft.procedure, visit);
  return { ...asking, visit, draft: draft ?? null, cardAskedFor: true };
}

/** The next question; null when there is no draft, or nothing is left to ask. */
export function stepOf({ draft, visit }: Asking): Exclude<Step, { kind: 'complete' }> | null {
  const step = draft && nextStep(draft, visit);
  return step === null || step.kind === 'complete' ? null : step;
}

export const isComplete = (asking: Asking): boolean => asking.draft !== null && stepOf(asking) === null;

/** What was picked of the options on the screen. */
export function pickOption(asking: Asking, index: number): Asking {
  const { draft, visit } = asking;
  const step = stepOf(asking);
  if (!draft || !step) return asking;
  if (step.kind === 'asker') {
    const asker = step.askers[index];
    return asker === undefined ? asking : { ...asking, draft: withAsker(draft, asker, visit), fault: null };
  }
  const answer = optionsOf(step.question, draft, visit)?.[index]?.answer;
  return answer === undefined ? asking : answerOne(asking, step.question, answer);
}

export function answerAsked(asking: Asking, answer: Answer): Asking {
  const step = stepOf(asking);
  return step?.kind === 'question' ? answerOne(asking, step.question, answer) : asking;
}

function answerOne(asking: Asking, { id }: Question, answer: Answer): Asking {
  const { draft, visit } = asking;
  if (!draft) return asking;
  const answered = answerQuestion(draft, id, answer, visit);
  return answered.kind === 'answered' ? { ...asking, draft: answered.draft, fault: null } : { ...asking, fault: answered.why };
}

/** One question back; out of the procedure at its beginning. */
export function oneBack(asking: Asking): Asking {
  const { draft, visit } = asking;
  return { ...asking, draft: (draft && stepBack(draft, visit)) ?? null, fault: null };
}

/** The request was made: what was answered for it and is known of the person need not be asked again in this visit. */
export function withRequest(asking: Asking, request: MadeRequest): Asking {
  const { visit } = asking;
  const told = [...walk(request.draft, visit)].flatMap(({ question, answer }) =>
    'known' in question && question.known !== undefined && answer !== undefined && answer !== null ? [[question.known, answer] as const] : [],
  );
  return { ...asking, visit: { ...visit, known: { ...visit.known, ...Object.fromEntries(told) } }, draft: null, fault: null, request, made: asking.made + 1 };
}

/** What is picked of, with the answer that each stands for; undefined for a question that is answered in another way. */
function optionsOf(question: Question, draft: Draft, visit: Visit): ReadonlyArray<{ readonly words: Words; readonly answer: Answer }> | undefined {
  switch (question.type) {
    case 'choice':
    case 'list':
      return question.options.filter(({ when }) => holdsNow(when, draft, visit)).map(({ words, value }) => ({ words, answer: value }));
    case 'yes-no': {
      const [yes, no] = [{ words: question.yes ?? YES, answer: true }, { words: question.no ?? NO, answer: false }];
      return question.usual === false ? [no, yes] : [yes, no];
    }
    case 'fiscal-year':
      return fiscalYears(question, visit.today).map((year) => ({ words: inAllForms((form) => fiscalYearText(year, form)), answer: year }));
    default:
      return undefined;
  }
}

function viewOf(question: Question, draft: Draft, visit: Visit): QuestionView {
  const options = optionsOf(question, draft, visit);
  if (options) return { type: 'options', options: options.map(({ words }) => words), usual: question.type === 'yes-no' && question.usual !== undefined ? 0 : null };
  switch (question.type) {
    case 'number':
      return { type: 'number', least: question.least, most: question.most, unit: question.unit };
    case 'date':
      return { type: 'date', earliest: dayOf(question.earliest, visit.today), latest: dayOf(question.latest, visit.today) };
    case 'people':
      return { type: 'people', most: question.most };
    case 'kana':
      return { type: 'kana', most: question.most };
    case 'phone':
      return { type: 'phone' };
    case 'address':
      return { type: 'address', areas: visit.areas.map(({ id, name, kana }) => ({ id, name, kana })) };
    default:
      throw new Error(`${question.id} is not asked on a screen`);
  }
}

export function questionScreen(asking: Asking): Extract<Screen, { name: 'question' }> | null {
  const { draft, visit, fault } = asking;
  const step = stepOf(asking);
  if (!draft || !step) return null;
  const procedure = draft.procedure.name;
  const asked = [...walk(draft, visit)].filter(({ question, known }) => !known && question.type !== 'by-hand');
  const askers = draft.procedure.askers.length > 1 ? 1 : 0;
  const of = Math.max(1, asked.length + askers);
  if (step.kind === 'asker')
    return {
      name: 'question', procedure, question: 'asker', ask: ASKER_QUESTION, help: null, optional: false, fault, at: 1, of,
      view: { type: 'options', options: step.askers.map((asker) => ASKER_WORDS[asker]), usual: null },
    };
  const { question } = step;
  return {
    name: 'question',
    procedure,
    question: question.id,
    ask: question.ask,
    help: question.help ?? null,
    optional: question.optional === true,
    view: viewOf(question, draft, visit),
    fault,
    at: Math.min(of, askers + 1 + asked.findIndex((one) => one.question.id === question.id)),
    of,
  };
}

export function reviewScreen({ draft, visit, fees }: Asking): Extract<Screen, { name: 'request-review' }> | null {
  if (!draft) return null;
  const { procedure } = draft;
  return { name: 'request-review', procedure: procedure.name, kind: procedure.kind, lines: reviewLines(draft, visit), ...termsOf(draft, visit, fees) };
}

/** What it costs, what to bring, and what to mind. */
export function termsOf(draft: Draft, visit: Visit, fees: readonly FeeLine[]): Pick<Extract<Screen, { name: 'request-review' }>, 'fee' | 'bring' | 'notes'> {
  const fee = feeOfDraft(draft, visit, fees);
  const texts = (part: Procedure['notes']) => part.filter(({ when }) => holdsNow(when, draft, visit)).map(({ text }) => text);
  return { fee: fee.kind === 'yen' ? { kind: 'yen', total: fee.total } : { kind: fee.kind }, bring: texts(draft.procedure.bring), notes: texts(draft.procedure.notes) };
}

type ReviewLine = Extract<Screen, { name: 'request-review' }>['lines'][number];

/** As `linesOf`, in all wordings and with their readings. */
function reviewLines(draft: Draft, visit: Visit): ReviewLine[] {
  const asker = draft.asker !== null && draft.procedure.askers.length > 1 ? [{ label: ASKER, value: ASKER_WORDS[draft.asker] }] : [];
  const answered = [...walk(draft, visit)].flatMap(({ question, answer }): ReviewLine[] => {
    if (question.type === 'by-hand' && answer === undefined) return [{ label: question.label, value: null }];
    if (answer === undefined || answer === null) return [];
    const picked = optionsOf(question, draft, visit)?.find((option) => option.answer === answer);
    return [{ label: question.label, value: picked?.words ?? inAllForms((form) => answerText(question, answer, visit.areas, form)) }];
  });
  return [...asker, ...answered];
}

const ASKER_QUESTION: Words = { ja: '申《もう》し込《こ》むのは どなたですか', easy: 'もうしこむのは だれですか', en: 'Who is asking?' };

const inAllForms = (text: (form: keyof Words) => string): Words => ({ ja: text('ja'), easy: text('easy'), en: text('en') });
