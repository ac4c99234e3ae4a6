/** Screens on which somebody goes through a procedure (手続き): what is asked, one question a screen, and what is made of the answers. */
import { z } from 'zod';
import { AreaId, QuestionId } from './ids.ts';
import { Words } from './procedure/words.ts';
import { LocalDate } from './time.ts';

/** How an answer is given. `options` are picked by their place (`pick`); everything else is answered (`answer`). */
export const QuestionView = z.discriminatedUnion('type', [
  /** `usual`: which of them most people need. */
  z.strictObject({ type: z.literal('options'), options: z.array(Words).min(1).max(100), usual: z.int().min(0).nullable() }),
  z.strictObject({ type: z.literal('number'), least: z.int().min(0), most: z.int().min(1), unit: Words }),
  z.strictObject({ type: z.literal('date'), earliest: LocalDate, latest: LocalDate }),
  z.strictObject({ type: z.literal('people'), most: z.int().min(1) }),
  z.strictObject({ type: z.literal('phone') }),
  z.strictObject({ type: z.literal('kana'), most: z.int().min(1) }),
  z.strictObject({ type: z.literal('address'), areas: z.array(z.strictObject({ id: AreaId, name: z.string(), kana: z.string() })) }),
]);
export type QuestionView = z.infer<typeof QuestionView>;

export const AnswerFaultShown = z.enum([
  'not-this-kind', 'not-offered', 'needed', 'too-small', 'too-large', 'no-such-day', 'too-early', 'too-late', 'not-kana', 'too-long', 'not-a-phone-number', 'no-such-area', 'not-a-house-number', 'too-many',
]);

const RequestLineView = z.strictObject({ label: Words, /** Null: it is written by hand on the slip. */ value: Words.nullable() });

/** What a request costs, what its asker is to bring, and what to mind. */
export const RequestTerms = {
  fee: z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('free') }), z.strictObject({ kind: z.literal('at-window') }), z.strictObject({ kind: z.literal('yen'), total: z.int().min(0) })]),
  bring: z.array(Words),
  notes: z.array(Words),
};

export const ASKING_SCREENS = [
  /** What can be asked for. `made`: how many requests this visit has made already. */
  z.strictObject({ name: z.literal('procedures'), procedures: z.array(Words), made: z.int().min(0) }),
  z.strictObject({
    name: z.literal('question'),
    procedure: Words,
    question: z.union([QuestionId, z.literal('asker')]),
    ask: Words,
    help: Words.nullable(),
    /** It may be left out: `answer` with null. */
    optional: z.boolean(),
    view: QuestionView,
    /** Why the answer that was just given was not taken. */
    fault: AnswerFaultShown.nullable(),
    /** The how manieth question it is, and about how many there are. */
    at: z.int().min(1),
    of: z.int().min(1),
  }),
  /** Everything that was answered, before it is made a request. */
  z.strictObject({
    name: z.literal('request-review'),
    procedure: Words,
    kind: z.enum(['certificate', 'application', 'report']),
    lines: z.array(RequestLineView),
    ...RequestTerms,
  }),
  /** It cannot be taken at this kiosk now; nothing was kept. */
  z.strictObject({ name: z.literal('request-not-taken') }),
  /** Somebody is about to leave the questions without having asked for anything. */
  z.strictObject({ name: z.literal('leave-questions'), made: z.int().min(0) }),
  /** A card was put down in the middle of the questions. */
  z.strictObject({ name: z.literal('card-while-asking') }),
  /** The request that was just made is about to be taken back. */
  z.strictObject({ name: z.literal('withdraw-request'), procedure: Words, number: z.string() }),
  z.strictObject({ name: z.literal('request-withdrawn'), procedure: Words, number: z.string() }),
] as const;
