/** When something of a procedure is asked, said or printed, as data. Pure. */
import { z } from 'zod';
import { QuestionId } from '../ids.ts';

/** Whose paper it is that is asked for: one's own, somebody's of the same household, or somebody's who sent a proxy. */
export const Asker = z.enum(['self', 'household', 'agent']);
export type Asker = z.infer<typeof Asker>;

/** What a person has shown to the kiosk in this visit. */
export const Identity = z.enum(['none', 'stored-value', 'my-number']);
export type Identity = z.infer<typeof Identity>;

export type Condition =
  | { readonly question: QuestionId; readonly is: string | boolean | number }
  | { readonly question: QuestionId; readonly atLeast: number }
  | { readonly asker: Asker }
  | { readonly identity: Identity }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

/** A question that was not asked, or is not answered yet, is nothing: `is` and `atLeast` do not hold of it. */
export const Condition: z.ZodType<Condition> = z
  .union([
    z.strictObject({ question: QuestionId, is: z.union([z.string().max(40), z.boolean(), z.int()]) }),
    z.strictObject({ question: QuestionId, atLeast: z.int() }),
    z.strictObject({ asker: Asker }),
    z.strictObject({ identity: Identity }),
    z.strictObject({ all: z.array(z.lazy(() => Condition)).min(1).max(8) }),
    z.strictObject({ any: z.array(z.lazy(() => Condition)).min(1).max(8) }),
    z.strictObject({ not: z.lazy(() => Condition) }),
  ])
  .meta({ id: 'Condition' });

export interface ConditionFacts {
  readonly asker: Asker;
  readonly identity: Identity;
  /** What was answered; undefined for a question that was not. */
  readonly answer: (question: QuestionId) => unknown;
}

export function holds(condition: Condition | undefined, facts: ConditionFacts): boolean {
  if (condition === undefined) return true;
  if ('asker' in condition) return facts.asker === condition.asker;
  if ('identity' in condition) return facts.identity === condition.identity;
  if ('all' in condition) return condition.all.every((part) => holds(part, facts));
  if ('any' in condition) return condition.any.some((part) => holds(part, facts));
  if ('not' in condition) return !holds(condition.not, facts);
  const answer = facts.answer(condition.question);
  return 'is' in condition ? answer === condition.is : typeof answer === 'number' && answer >= condition.atLeast;
}

/** A condition and every one it is made of, with the place of each below `at`. */
export function* partsOf(condition: Condition, at: readonly (string | number)[]): Generator<{ readonly part: Condition; readonly at: readonly (string | number)[] }> {
  yield { part: condition, at };
  if ('all' in condition) for (const [index, part] of condition.all.entries()) yield* partsOf(part, [...at, 'all', index]);
  if ('any' in condition) for (const [index, part] of condition.any.entries()) yield* partsOf(part, [...at, 'any', index]);
  if ('not' in condition) yield* partsOf(condition.not, [...at, 'not']);
}
