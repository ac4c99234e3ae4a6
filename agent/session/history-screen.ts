/** The last movements of an account, as its holder reads them. Pure. */
import type { AccountId, SchemeId } from '../../contract/ids.ts';
import type { Screen } from '../../contract/kiosk.ts';
import { dateInTokyo } from '../../contract/time.ts';
import { changeOfPockets, type Movement, type Scheme } from '../../contract/value.ts';

export const SHOWN_MOVEMENTS = 12;

export interface HistorySources {
  /** The newest first. */
  readonly movementsOf: (account: AccountId) => readonly Movement[];
  readonly schemes: () => ReadonlyMap<SchemeId, Scheme>;
}

export function historyScreen(account: AccountId, { movementsOf, schemes }: HistorySources): Extract<Screen, { name: 'history' }> {
  const known = schemes();
  const movements = movementsOf(account).flatMap((movement) =>
    [...changesFor(account, movement)].flatMap(([schemeId, change]) => {
      const scheme = known.get(schemeId);
      return scheme ? [{ on: dateInTokyo(movement.occurredAt), kind: movement.kind, name: scheme.name, unit: scheme.unit, change }] : [];
    }),
  );
  return { name: 'history', movements: movements.slice(0, SHOWN_MOVEMENTS) };
}

/** What a movement between two accounts does to the one that is looked at. */
function changesFor(account: AccountId, movement: Movement): Map<SchemeId, number> {
  return changeOfPockets(movement.accountId === account ? movement : { ...movement, accountId: account });
}
