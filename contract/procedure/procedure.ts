/**
 * A procedure (手続き): a questionnaire kept as data. The office edits it, the backend sends it to every kiosk, and no release is needed. What
 * a schema alone cannot say of it is in `check-procedure.ts`; how it is gone through, in `answering.ts`. `docs/procedure.schema.json` is made
 * from here.
 */
import { z } from 'zod';
import { AreaId, FeeId, ProcedureId, QuestionId } from '../ids.ts';
import { LocalDate } from '../time.ts';
import { Asker, Condition, Identity } from './condition.ts';
import { Label, Sentence } from './words.ts';

/**
 * What may be known of the person at the kiosk before they are asked: name, address and birthday from a My Number card (券面入力補助, with
 * the holder's PIN), all of them from another procedure of the same visit.
 */
export const KnownFact = z.enum(['name', 'kana', 'address', 'birthday', 'phone']);
export type KnownFact = z.infer<typeof KnownFact>;

const common = {
  id: QuestionId,
  /** The question, as one screen asks it. */
  ask: Sentence,
  /** What stands before the answer, on the slip and at the office. */
  label: Label,
  /** A second sentence that makes the question easier. */
  help: Sentence.optional(),
  when: Condition.optional(),
  /** It may be left out. */
  optional: z.literal(true).optional(),
};
/** What is known of the person at the kiosk is taken, and the question is not asked. Whoever else a paper is about is asked for. */
const known = { known: KnownFact.optional() };

const Option = z.strictObject({ value: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/), words: Label, when: Condition.optional() });

/** A day, or so many days from the day of asking (negative: before it). */
const DayBound = z.union([LocalDate, z.strictObject({ days: z.int().min(-60_000).max(3_660) })]);
export type DayBound = z.infer<typeof DayBound>;

export const Question = z.discriminatedUnion('type', [
  /** One of at most four, each a button. */
  z.strictObject({ ...common, type: z.literal('choice'), options: z.array(Option).min(2).max(4) }),
  /** One of many, a page of four at a time. */
  z.strictObject({ ...common, type: z.literal('list'), options: z.array(Option).min(5).max(100) }),
  /** `usual`: what most need; it is offered first. `yes` and `no`: the buttons' words, and the slip's; left out: はい and いいえ. */
  z.strictObject({ ...common, type: z.literal('yes-no'), usual: z.boolean().optional(), yes: Label.optional(), no: Label.optional() }),
  z.strictObject({ ...common, type: z.literal('number'), least: z.int().min(0).max(9_999), most: z.int().min(1).max(9_999), unit: Label }),
  /** Asked in the Japanese calendar. */
  z.strictObject({ ...common, ...known, type: z.literal('date'), earliest: DayBound, latest: DayBound }),
  /**
   * Of a tax certificate: the fiscal year, said with the calendar year whose income it shows. The newest is offered from the day `newFrom`
   * (`06-01`) of its year; so many years are offered.
   */
  z.strictObject({ ...common, type: z.literal('fiscal-year'), years: z.int().min(1).max(8), newFrom: z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/) }),
  /** People of the household, each by a name in kana. */
  z.strictObject({ ...common, type: z.literal('people'), most: z.int().min(1).max(8) }),
  /** By the keypad: 10 or 11 digits, beginning with 0. */
  z.strictObject({ ...common, ...known, type: z.literal('phone') }),
  /** By the kana board. */
  z.strictObject({ ...common, ...known, type: z.literal('kana'), most: z.int().min(1).max(80) }),
  /** A part of the town from its list, and a house number. */
  z.strictObject({ ...common, ...known, type: z.literal('address') }),
  /** Never asked: a line on the slip to write on, unless the card has said it. */
  z.strictObject({ ...common, ...known, type: z.literal('by-hand'), lines: z.int().min(1).max(3) }),
]);
export type Question = z.infer<typeof Question>;
export type QuestionType = Question['type'];

const Note = z.strictObject({ text: Sentence, when: Condition.optional() });

export const Procedure = z.strictObject({
  id: ProcedureId,
  /** Grows with every change; a request keeps the one it was made with. */
  version: z.int().min(1).max(1_000_000),
  /** As the counter calls it. */
  name: Label,
  /** Certificates print a request slip for the window; `application` and `report` need no paper of the town in return. */
  kind: z.enum(['certificate', 'application', 'report']),
  office: z.strictObject({ name: z.string().min(1).max(30), phone: z.string().regex(/^0\d{1,4}-\d{1,4}-\d{3,4}$/) }),
  /** What a person must have shown to ask at a kiosk. */
  identity: Identity,
  askers: z.array(Asker).min(1).max(3),
  /** In the order in which they are asked. */
  questions: z.array(Question).min(1).max(30),
  /** Null: it costs nothing. `copies`: a number question to multiply it by. */
  fee: z.strictObject({ id: FeeId, copies: QuestionId.optional() }).nullable(),
  /** Said before the person agrees, and printed. */
  notes: z.array(Note).max(12),
  /** What to bring to the window; printed. */
  bring: z.array(Note).max(8),
  /** What staff compare before they hand anything out; printed for them with boxes. */
  staffChecks: z.array(Note).max(12),
});
export type Procedure = z.infer<typeof Procedure>;

/** A part of the town. */
export const Area = z.strictObject({ id: AreaId, name: z.string().min(1).max(20), kana: z.string().regex(/^[ぁ-ゖー]{1,30}$/) });
export type Area = z.infer<typeof Area>;
/** All parts of the town, in the order in which they are offered. */
export const TownAreas = z
  .array(Area)
  .max(200)
  .refine((areas) => new Set(areas.map(({ id }) => id)).size === areas.length, { message: 'each id may stand there once' });
