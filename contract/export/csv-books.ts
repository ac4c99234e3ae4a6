/**
 * Books as CSV (RFC 4180: CRLF, UTF-8 without a byte order mark), one posting a row. Amounts are whole numbers of `unit`. A column is never
 * renamed or moved; new ones come at the end.
 */
import { dateInTokyo } from '../time.ts';
import type { BooksFormat, NamedSchemes } from './books-format.ts';
import { KnownLots, measureOfPosting } from './measure.ts';

export const CSV_COLUMNS = [
  'date', 'occurred_at', 'device_id', 'seq', 'operation_id', 'kind', 'posting', 'debit', 'credit', 'amount', 'unit', 'scheme_id', 'account_id',
  'entitlement_id', 'of_operation_id', 'from_account_id', 'sets', 'stock_lease_id', 'staff', 'paid_per_set', 'premium_per_set',
] as const;

/** `unit` is empty for a scheme that is not among `schemes`. */
export function csvBooks(schemes: NamedSchemes): BooksFormat {
  const lots = new KnownLots();
  return {
    head: () => row(CSV_COLUMNS),
    movement({ movement, device, seq }) {
      const { operationId, kind, occurredAt, accountId, schemeId, entitlementId, postings, ofOperation, fromAccountId, sets, stockLease, staff, perSet } = movement;
      lots.learn(movement.lots);
      return postings
        .map((posting, index) => {
          const measure = measureOfPosting(posting, movement, lots);
          const scheme = measure.kind === 'scheme' ? measure.schemeId : schemeId;
          const unit = measure.kind === 'money' ? 'yen' : schemes.get(scheme)?.unit;
          return row([
            dateInTokyo(occurredAt), occurredAt, device, seq, operationId, kind, index + 1, posting.debit, posting.credit, posting.amount, unit, scheme, accountId,
            entitlementId, ofOperation, fromAccountId, sets, stockLease, staff?.join(' '), perSet?.paid, perSet?.premium,
          ]);
        })
        .join('');
    },
    end: () => '',
  };
}

type Cell = string | number | null | undefined;
const row = (cells: readonly Cell[]): string => `${cells.map(cell).join(',')}\r\n`;

/** A field with a separator, a quotation mark or a line break stands in quotation marks. */
function cell(value: Cell): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
