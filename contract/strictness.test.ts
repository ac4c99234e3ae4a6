import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import * as ids from './ids.ts';
import * as journal from './journal.ts';
import * as link from './link.ts';
import * as kiosk from './kiosk.ts';
import { LOG_EVENTS } from './log-events.ts';
import * as sync from './sync.ts';
import { TROUBLES } from './trouble.ts';
import * as value from './value.ts';

/** Claims of a token may carry more: libraries add their own, and they are signed. */
const OPEN = new Set<string>(['RequestClaims']);

/** Every object schema inside `schema`, with the way to it. */
function objectsIn(schema: z.core.$ZodType, at: string, seen = new Set<z.core.$ZodType>()): Array<{ readonly at: string; readonly schema: z.ZodObject }> {
  if (seen.has(schema)) return [];
  seen.add(schema);
  const inner = (child: z.core.$ZodType, name: string) => objectsIn(child, `${at}${name}`, seen);
  if (schema instanceof z.ZodObject) return [{ at, schema }, ...Object.entries(schema.shape).flatMap(([key, child]) => inner(child as z.core.$ZodType, `.${key}`))];
  if (schema instanceof z.ZodArray) return inner(schema.element, '[]');
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option, index) => inner(option, `|${index}`));
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) return inner(schema.unwrap(), '');
  return [];
}

describe('what crosses a boundary', () => {
  const exported: Array<[string, unknown]> = Object.entries({ ...journal, ...kiosk, ...link, ...sync, ...value });
  const objects = exported.flatMap(([name, schema]) => (schema instanceof z.ZodType && !OPEN.has(name) ? objectsIn(schema, name) : []));

  it('is found by this test', () => expect(objects.length).toBeGreaterThan(40));

  it.each(objects)('has no room for anything unsaid: $at', ({ schema }) => {
    const refused = schema.safeParse({ smuggled: 1 }).error?.issues ?? [];
    expect(refused.map(({ code }) => code)).toContain('unrecognized_keys');
  });
});

describe('identifiers', () => {
  it.each(['', 'A', 'a b', '-a', 'a/b', 'あ', 'a'.repeat(64), "a'; DROP TABLE lot; --"])('are never %j', (text) => {
    for (const schema of [ids.AccountId, ids.DeviceId, ids.LotId, ids.SchemeId, ids.EntitlementId]) expect(schema.safeParse(text).success).toBe(false);
  });
  it.each(['019a0000-0000-4000-8000-000000000001', '019A0000-0000-7000-8000-000000000001', '019a0000-0000-7000-c000-000000000001'])('made at a time are not %s', (text) => {
    expect([ids.OperationId.safeParse(text).success, ids.EntryId.safeParse(text).success]).toEqual([false, false]);
  });
  it('of cards cannot be a card’s own identifier', () => {
    for (const uid of ['04a1b2c3d4e5f6', '0101061122334455', '1234567890123456']) expect(ids.CardRef.safeParse(uid).success).toBe(false);
  });
});

describe('the catalogues', () => {
  it('give every trouble a number of its own', () => {
    const numbers = Object.values(TROUBLES).map(({ number }) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
  it('say in a sentence what each log event means', () => {
    for (const { meaning } of Object.values(LOG_EVENTS)) expect(meaning).toMatch(/^\S.{10,}\.$/);
  });
  it('have no field for anything about a person', () => {
    const fields = new Set(Object.values(LOG_EVENTS).flatMap((event) => Object.keys(event.fields.shape)));
    for (const forbidden of ['account', 'accountId', 'card', 'cardRef', 'uid', 'idm', 'name', 'person', 'birthday', 'address']) expect(fields.has(forbidden)).toBe(false);
  });
});
