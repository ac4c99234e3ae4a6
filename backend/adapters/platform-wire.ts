/** The platform's interface over HTTP, as schemas; `docs/platform-openapi.json` is made from them. */
import { z } from 'zod';
import { AccountId, SchemeId } from '../../contract/ids.ts';
import { AMOUNT_MAX } from '../../contract/value.ts';

export const PLATFORM_PATHS = {
  /** PUT: the transfer is set aside. */
  transfer: (key: string) => `/v1/transfers/${encodeURIComponent(key)}`,
  /** POST */
  confirm: (key: string) => `/v1/transfers/${encodeURIComponent(key)}/confirm`,
  /** POST */
  cancel: (key: string) => `/v1/transfers/${encodeURIComponent(key)}/cancel`,
  /** GET */
  balance: (accountId: string, schemeId: string) => `/v1/accounts/${encodeURIComponent(accountId)}/balances/${encodeURIComponent(schemeId)}`,
} as const;

export const TransferKey = z.string().regex(/^[0-9a-f-]{36}-[1-9]\d?$/);

export const TransferBody = z.strictObject({
  accountId: AccountId,
  schemeId: SchemeId,
  direction: z.enum(['credit', 'debit']),
  amount: z.int().min(1).max(AMOUNT_MAX),
});

const State = z.enum(['reserved', 'confirmed', 'cancelled']);
export const TransferAnswer = TransferBody.extend({ key: TransferKey, state: State });
export const StateAnswer = z.strictObject({ key: TransferKey, state: State });
export const BalanceAnswer = z.strictObject({ accountId: AccountId, schemeId: SchemeId, amount: z.int().min(0) });
/** With a status from 400 to 499. */
export const PlatformError = z.strictObject({ error: z.enum(['unknown-account', 'not-enough', 'key-reused', 'cancelled', 'bad-request']) });
