/**
 * What the postings of each kind of movement may look like. The builders make nothing else; who takes a movement from somewhere else,
 * or writes one down before a card is touched, looks here first. Says nothing about amounts that others hold, nor about rules. Pure.
 */
import type { LedgerAccount, Movement, Posting } from './value.ts';
import { claimAccount, exchangedAccount, expiredAccount, issuedAccount, pocketAccount, soldAccount } from './value.ts';

/** @returns in words what a movement of this kind never does; undefined when there is nothing of that sort in it */
export function shapeFault(movement: Movement): string | undefined {
  const { kind, accountId, schemeId, ofOperation, fromAccountId, lots, postings } = movement;
  const own = `pocket/${accountId}/`;
  const begun = new Map<LedgerAccount, string>(lots.map((lot) => [pocketAccount(lot.accountId, lot.id), lot.schemeId]));
  if (lots.some((lot) => lot.accountId !== accountId)) return `A lot of the ${kind} belongs to another account`;
  if (begun.size !== lots.length) return `A lot of the ${kind} stands there twice`;

  const isIssue = ({ debit, credit }: Posting): boolean => {
    const scheme = begun.get(credit);
    return scheme !== undefined && debit === `issued/${scheme}`;
  };
  const fits: Readonly<Record<Movement['kind'], (posting: Posting) => boolean>> = {
    load: (posting) =>
      (isIssue(posting) && begun.get(posting.credit) === schemeId) ||
      (ofOperation !== undefined && posting.debit === claimAccount(accountId, ofOperation) && posting.credit === soldAccount(schemeId)),
    sale: ({ debit, credit }) => debit.startsWith('cash/') && credit === claimAccount(accountId, movement.operationId),
    refund: ({ debit, credit }) => ofOperation !== undefined && debit === claimAccount(accountId, ofOperation) && credit.startsWith('cash/'),
    exchange: (posting) =>
      (posting.debit.startsWith(own) && posting.credit === exchangedAccount(schemeId)) || (isIssue(posting) && begun.get(posting.credit) !== schemeId),
    spend: ({ debit, credit }) => debit.startsWith(own) && credit.startsWith(`spent/${schemeId}/`),
    give: ({ debit, credit }) => debit.startsWith(own) && credit.startsWith(`given/${schemeId}/`),
    void: ({ debit, credit }) =>
      (debit.startsWith(own) && credit === issuedAccount(schemeId)) || (debit === soldAccount(schemeId) && credit.startsWith(`claim/${accountId}/`)),
    transfer: ({ debit, credit }) => fromAccountId !== undefined && fromAccountId !== accountId && debit.startsWith(`pocket/${fromAccountId}/`) && begun.has(credit),
    expire: ({ debit, credit }) => debit.startsWith(own) && credit === expiredAccount(schemeId),
    reallocate: ({ debit, credit }) => [debit, credit].every((account) => account.startsWith(own) || account === expiredAccount(schemeId)),
    correct: ({ debit, credit }) => debit === issuedAccount(schemeId) && credit.startsWith(own),
  };
  const wrong = postings.find((posting) => !fits[kind](posting));
  if (wrong) return `A ${kind} does not move value from ${wrong.debit} to ${wrong.credit}`;
  const filled = new Set(postings.map(({ credit }) => credit));
  if (kind !== 'reallocate' && kind !== 'correct' && [...begun.keys()].some((pocket) => !filled.has(pocket))) return `A lot of the ${kind} gets nothing`;
  const needsOrigin = kind === 'refund' || kind === 'void' || kind === 'reallocate';
  if (needsOrigin && ofOperation === undefined) return `The ${kind} does not say of which operation`;
  return undefined;
}
