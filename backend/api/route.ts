/** What every route is given, and what all of them share. */
import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { ApiError } from '../../contract/sync.ts';
import type { CardMasterKeys } from '../cards/master-keys.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import type { IntegrityWatch } from '../ledger/integrity-watch.ts';
import type { CertificateVerifier } from '../links/certificate-verifier.ts';
import type { BackendLog } from '../log.ts';
import type { BackendClock, BackendRandomness } from '../ports.ts';
import type { DeviceAuthentication } from './device-authentication.ts';
import { REFUSAL_STATUSES } from './refusal.ts';

export interface ApiOptions {
  readonly database: BackendDatabase;
  readonly clock: BackendClock;
  readonly randomness: BackendRandomness;
  readonly log: BackendLog;
  /** The town's master keys of cards; without them no card has keys here, and proofs of cards cannot be checked. */
  readonly cardKeys?: CardMasterKeys | undefined;
  /** Who says whether the certificate of a My Number card is good; without them, or without master keys, none is linked. */
  readonly certificates?: CertificateVerifier | undefined;
  /** For how many different cards one device may ask in a day. */
  readonly cardsPerDayMax?: number;
  /** Of how many cards one device has the keys before they come. */
  readonly keysAheadMax?: number;
  /** How many unsold sets of one scheme a device may hold. */
  readonly stockPerDeviceMax?: number;
  /** What the last look at the whole ledger found; left out where nobody looks by itself. */
  readonly lastIntegrity?: () => ReturnType<IntegrityWatch['last']>;
}

export interface Api extends ApiOptions {
  readonly app: FastifyInstance<RawServerDefault, RawRequestDefaultExpression, RawReplyDefaultExpression, FastifyBaseLogger, ZodTypeProvider>;
  readonly devices: DeviceAuthentication;
}

/** In the description: the request must carry a device's token. */
export const DEVICE_SECURITY = [{ device: [] as string[] }];

/** Every route can refuse in one shape. */
export const REFUSAL_RESPONSES = Object.fromEntries(REFUSAL_STATUSES.map((status) => [status, ApiError])) as Record<`4${number}` | '503', typeof ApiError>;
