/**
 * The HTTP interface: routes, checking of everything that comes in and goes out, one shape for every refusal, and its own description
 * (OpenAPI 3.1) made from the same schemas.
 */
import fastifySwagger from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject, hasZodFastifySchemaValidationErrors, serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { sql } from 'kysely';
import { z } from 'zod';
import { API, ApiError, BODY_BYTES_MAX, CardKeysRequest, CardKeysResponse, Change, EnrolRequest, EnrolResponse, HoldRequest, HoldResponse, PublicKey, PullResponse, PushRequest, PushResponse, RequestUpload, RequestUploadResponse, WantRequest, WantResponse } from '../../contract/sync.ts';
import { LinkChallengeRequest, LinkChallengeResponse, LinkRequest, LinkResponse, LinkStateRequest, LinkStateResponse } from '../../contract/link.ts';
import { Condition } from '../../contract/procedure/condition.ts';
import { Procedure } from '../../contract/procedure/procedure.ts';
import { JournalEntry } from '../../contract/journal.ts';
import { Moment, momentFromEpoch } from '../../contract/time.ts';
import { Entitlement, Lot, Movement, Posting, Scheme } from '../../contract/value.ts';
import { detailOf } from '../log.ts';
import { errorCode, isDiskFull } from '../unusable.ts';
import { cardKeysRoute } from './card-keys-route.ts';
import { deviceAuthentication } from './device-authentication.ts';
import { enrolRoute } from './enrol-route.ts';
import { holdRoute } from './hold-route.ts';
import { linkRoutes } from './link-routes.ts';
import { pullRoute } from './pull-route.ts';
import { pushRoute } from './push-route.ts';
import { refuse } from './refusal.ts';
import { requestRoute } from './request-route.ts';
import { readJsonBodies, UNKNOWN_ENCODING } from './request-body.ts';
import { wantRoute } from './want-route.ts';
import { REFUSAL_RESPONSES, type Api, type ApiOptions } from './route.ts';

const REQUEST_TIMEOUT_MS = 30_000;
export const OPENAPI_PATH = '/v1/openapi.json';

const Health = z.strictObject({
  status: z.literal('serving'),
  engine: z.enum(['sqlite', 'postgres']),
  time: Moment,
  /** When the whole ledger was last added up and held, and how many faults the last look found; null before the first look. */
  integrity: z.strictObject({ heldAt: Moment.nullable(), faults: z.int().min(0).nullable() }),
});

/** Names under which schemas stand in the description. */
const named = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries({ ApiError, CardKeysRequest, CardKeysResponse, Change, Condition, EnrolRequest, EnrolResponse, Entitlement, Health, HoldRequest, HoldResponse, JournalEntry, LinkChallengeRequest, LinkChallengeResponse, LinkRequest, LinkResponse, LinkStateRequest, LinkStateResponse, Lot, Movement, Posting, Procedure, PublicKey, PullResponse, PushRequest, PushResponse, RequestUpload, RequestUploadResponse, Scheme, WantRequest, WantResponse })) {
  named.add(schema, { id });
}

/** Builds the interface; it does not listen yet. */
export async function createApi(options: ApiOptions): Promise<FastifyInstance> {
  const { database, clock, log } = options;
  const app = fastify({ logger: false, bodyLimit: BODY_BYTES_MAX, requestTimeout: REQUEST_TIMEOUT_MS, forceCloseConnections: true }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  readJsonBodies(app);

  app.setNotFoundHandler((request, reply) => refuse(reply, log, { what: 'not-found' }, { detail: `${request.method} of an unknown path` }));
  app.setErrorHandler((error, _request, reply) => {
    if (hasZodFastifySchemaValidationErrors(error)) return refuse(reply, log, { what: 'bad-request' }, { detail: `wrong at ${error.validation[0]?.instancePath ?? ''}` });
    const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
    if (errorCode(error) === UNKNOWN_ENCODING) return refuse(reply, log, { what: 'unknown-encoding' }, { detail: 'unknown content-encoding' });
    if (status === 413) return refuse(reply, log, { what: 'too-large' }, { detail: 'body too large' });
    if (typeof status === 'number' && status >= 400 && status < 500) return refuse(reply, log, { what: 'bad-request' }, { detail: errorCode(error) || 'not JSON' });
    const where = isDiskFull(error) ? 'disk-full' : 'api';
    log.event('unexpected-error', { where, detail: detailOf(error) });
    return refuse(reply, log, { what: 'unavailable' }, { detail: where });
  });

  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Kazasu backend',
        version: '1',
        description: 'The town’s ledger behind the card kiosks. Every refusal is an `ApiError`: `what` is for programs, `message` tells a person what to do.',
      },
      components: {
        securitySchemes: {
          device: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description:
              'One token a request, signed with the device’s Ed25519 key (EdDSA). Claims: `iss` device id, `aud` "kazasu-backend", `iat`, `exp` (at most 120 s later), `jti` used once, `htm` method, `htu` path and query as sent, `bod` SHA-256 of the body’s bytes as sent in base64url.',
          },
        },
      },
    },
    transform: createJsonSchemaTransform({ schemaRegistry: named }),
    transformObject: createJsonSchemaTransformObject({ schemaRegistry: named }),
  });

  const api: Api = { ...options, app, devices: deviceAuthentication({ database, clock, log }) };
  enrolRoute(api);
  pushRoute(api);
  pullRoute(api);
  cardKeysRoute(api);
  holdRoute(api);
  wantRoute(api);
  requestRoute(api);
  linkRoutes(api);
  app.get(
    API.health,
    { schema: { summary: 'Whether the backend and its database serve', tags: ['service'], response: { 200: Health, ...REFUSAL_RESPONSES } } },
    async () => {
      await sql`select 1`.execute(database.kysely);
      return { status: 'serving' as const, engine: database.dialect.engine, time: momentFromEpoch(clock.now()), integrity: options.lastIntegrity?.() ?? { heldAt: null, faults: null } };
    },
  );
  app.get(OPENAPI_PATH, { schema: { hide: true } }, async () => app.swagger());
  await app.ready();
  return app;
}
