/** The interface that a regional-currency platform must serve for us (OpenAPI 3.1), made from the schemas that its answers are checked with. */
import { z } from 'zod';
import { BalanceAnswer, PLATFORM_PATHS, PlatformError, StateAnswer, TransferAnswer, TransferBody, TransferKey } from './platform-wire.ts';

const json = (schema: z.ZodType) => ({ 'application/json': { schema: z.toJSONSchema(schema, { io: 'input' }) } });
const parameter = (name: string, schema: object) => ({ name, in: 'path', required: true, schema });
const text = { type: 'string' };

/** A description as a plain object. */
export function platformOpenApi(): object {
  const key = parameter('key', z.toJSONSchema(TransferKey));
  const answers = (schema: z.ZodType) => ({
    200: { description: 'It was done, now or before under this key.', content: json(schema) },
    '4XX': { description: 'It will never be done. Nothing has changed.', content: json(PlatformError) },
    '5XX': { description: 'Nobody knows; it is asked again under the same key.' },
  });
  const at = (path: string) => decodeURIComponent(path);
  return {
    openapi: '3.1.0',
    info: { title: 'A regional-currency platform, as Kazasu asks it', version: '1', description: 'See docs/adapters.md. A key is remembered for ever.' },
    security: [{ bearer: [] }],
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    paths: {
      [at(PLATFORM_PATHS.transfer('{key}'))]: {
        put: { summary: 'Set a transfer aside', parameters: [key], requestBody: { required: true, content: json(TransferBody) }, responses: answers(TransferAnswer) },
      },
      [at(PLATFORM_PATHS.confirm('{key}'))]: { post: { summary: 'Carry it out', parameters: [key], responses: answers(StateAnswer) } },
      [at(PLATFORM_PATHS.cancel('{key}'))]: { post: { summary: 'Give it back, unless it was carried out', parameters: [key], responses: answers(StateAnswer) } },
      [at(PLATFORM_PATHS.balance('{accountId}', '{schemeId}'))]: {
        get: { summary: 'Confirmed credits less confirmed debits', parameters: [parameter('accountId', text), parameter('schemeId', text)], responses: answers(BalanceAnswer) },
      },
    },
  };
}
