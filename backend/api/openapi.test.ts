import { expect, it } from 'vitest';
import { createBackend } from '../create-backend.ts';
import { openSqlite } from '../database/open-sqlite.ts';
import { silentLog } from '../log.ts';
import { systemClock, systemRandomness } from '../ports.ts';

interface Described {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, { summary?: string; security?: unknown; responses: Record<string, { content?: Record<string, { schema: unknown }> }>; requestBody?: unknown; parameters?: unknown }>>;
  readonly components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
}

it('describes every route in OpenAPI 3.1, with schemas that all exist', async () => {
  const backend = await createBackend({ database: openSqlite(':memory:'), clock: systemClock, randomness: systemRandomness, log: silentLog });
  const response = await backend.app.inject({ method: 'GET', url: '/v1/openapi.json' });
  await backend.close();
  const document = response.json<Described>();
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths).sort()).toEqual(['/v1/device/card-keys', '/v1/device/changes', '/v1/device/hold', '/v1/device/journal', '/v1/device/link', '/v1/device/link-challenge', '/v1/device/link-state', '/v1/device/request', '/v1/device/want', '/v1/enrol', '/v1/health']);
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const operation of Object.values(methods)) {
      expect(operation.summary, path).toBeTruthy();
      expect(operation.responses['200']?.content?.['application/json']?.schema, path).toBeDefined();
      expect(operation.responses['409']?.content?.['application/json']?.schema, path).toEqual({ $ref: '#/components/schemas/ApiError' });
      expect(operation.security !== undefined, path).toBe(path.startsWith('/v1/device/'));
    }
  }
  expect(document.paths['/v1/device/journal']?.['post']?.requestBody).toMatchObject({ content: { 'application/json': { schema: { $ref: '#/components/schemas/PushRequestInput' } } } });
  expect(document.paths['/v1/device/changes']?.['get']?.parameters).toMatchObject([{ name: 'after', in: 'query', required: true }, { name: 'limit', in: 'query', required: false }, { name: 'heard', in: 'query', required: false }, { name: 'generation', in: 'query', required: false }]);
  expect(document.components.securitySchemes).toHaveProperty('device');
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? '');
  expect(references.length).toBeGreaterThan(10);
  for (const reference of references) expect(document.components.schemas, reference).toHaveProperty([reference.replace('#/components/schemas/', '')]);
});
