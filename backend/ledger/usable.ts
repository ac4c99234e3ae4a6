/** What an account can use. */
import type { AccountId, SchemeId } from '../../contract/ids.ts';
import { usable } from '../../contract/movements.ts';
import type { LocalDate } from '../../contract/time.ts';
import type { PostingFacts } from './posting-facts.ts';

/** What the account can use of the scheme on `day`, in the scheme's unit. */
export function usableOf({ holdings }: Pick<PostingFacts, 'holdings'>, accountId: AccountId, schemeId: SchemeId, day: LocalDate): number {
  return usable(holdings.of(accountId), schemeId, day);
}
