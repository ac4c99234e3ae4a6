import { expect, it } from 'vitest';
import { EntitlementId } from '../../contract/ids.ts';
import { LocalDate, Moment } from '../../contract/time.ts';
import { SCHEME } from '../test-support/ledger-town.ts';
import type { Holder } from '../services/show-balance.ts';
import { slipMarkup } from './slip-markup.ts';

it('says the last day of what was loaded, not of its scheme, where lots end earlier', () => {
  const scheme = { ...SCHEME, lastDay: LocalDate.parse('2027-02-28'), rules: { validDays: 30 } };
  const entitlement = {
    id: EntitlementId.parse('e-1'), accountId: 'a-1' as Holder['accountId'], schemeId: scheme.id, amount: 500, lotKind: 'free' as const,
    firstDay: LocalDate.parse('2026-11-01'), lastDay: LocalDate.parse('2027-01-31'),
  };
  const frame = { town: '町', site: '役場', deviceLabel: '役場1', slipNumber: 7, now: Moment.parse('2026-11-21T01:05:00.000Z') };
  const markup = slipMarkup({ kind: 'load', offer: { entitlement, scheme }, balance: 500 }, frame);
  expect(markup).toContain('12月21日');
  expect(markup).not.toContain('2月28日');
});
