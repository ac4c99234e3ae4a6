/** A movement of which nobody knows yet whether it happened, as the session keeps it until the card has told. */
import type { CardRef, OperationId } from '../../contract/ids.ts';
import { changeOfPockets, type Movement, type Scheme } from '../../contract/value.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { heldOf } from '../services/move-value.ts';
import type { Holder } from '../services/show-balance.ts';

export interface Undecided {
  readonly operationId: OperationId;
  readonly accountId: Holder['accountId'];
  readonly cardRef: CardRef;
  readonly scheme: Scheme;
  /** What may have been moved, in the scheme's unit. */
  readonly amount: number;
  /** In yen, counted in for it. */
  readonly cash: number;
  /** The device's own count. */
  readonly number: number;
}

type Books = Pick<Ledger, 'openIntents' | 'intentNumber' | 'schemes' | 'movementOf' | 'fateOf'>;

/** The newest of what is open on the holder's card; null when nothing is. */
export function undecidedOf({ accountId, cardRef }: Holder, ledger: Books): Undecided | null {
  const movement = ledger.openIntents(cardRef).at(-1)?.movement;
  const scheme = movement && ledger.schemes().get(movement.schemeId);
  const number = movement && ledger.intentNumber(movement.operationId);
  if (!scheme || number === undefined) return null;
  const amount = Math.abs(changeOfPockets(movement).get(scheme.id) ?? 0);
  return { operationId: movement.operationId, accountId, cardRef, scheme, amount, cash: cashOf(movement, ledger), number };
}

/** What was paid for a load of sets. */
function cashOf({ ofOperation }: Movement, ledger: Pick<Ledger, 'movementOf'>): number {
  const sale = ofOperation === undefined ? undefined : ledger.movementOf(ofOperation);
  return sale?.kind === 'sale' ? sale.postings.reduce((sum, { amount }) => sum + amount, 0) : 0;
}

/** What the card has told, when it is that card and it could be asked. */
export function decisionOf(undecided: Undecided | null, holder: Holder, ledger: Pick<Ledger, 'fateOf'>): Decision | null {
  if (undecided?.cardRef !== holder.cardRef) return null;
  const fate = ledger.fateOf(undecided.operationId);
  if (fate !== 'committed' && fate !== 'aborted') return null;
  const { scheme, amount } = undecided;
  return { scheme, amount, happened: fate === 'committed', balance: heldOf(holder, scheme.id) };
}

export interface Decision {
  readonly scheme: Scheme;
  readonly amount: number;
  readonly happened: boolean;
  readonly balance: number;
}
