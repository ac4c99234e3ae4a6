/**
 * Decides whether the card that a device names may stand behind a movement. What the town knows of the card counts, never what the
 * device says it is. Pure.
 */
import { counterOf, type CardEvidence, type CardProfile } from '../../contract/card.ts';
import type { AccountId, CardRef, OperationId } from '../../contract/ids.ts';

export type CardFault =
  | 'card-unknown'
  | 'card-not-of-account'
  | 'card-profile-differs'
  | 'value-on-other-card'
  | 'card-evidence-missing'
  | 'card-evidence-wrong'
  | 'card-counter-repeated'
  | 'card-counter-gap';

/** The card as a device reports it. */
export interface NamedCard {
  readonly cardRef: CardRef;
  readonly profile: CardProfile;
}

/** The card as the town knows it. */
export interface CardOnRecord {
  readonly accountId: AccountId;
  readonly state: 'active' | 'stopped';
  readonly profile: CardProfile;
  readonly keyVersion: number | null;
  readonly sealedIdentifier: string | null;
}

type Refused = { readonly ok: false; readonly what: CardFault; readonly detail: string };

/**
 * Whether the town knows the card as the device names it, and as one of this account. Also stopped cards: what happened, happened.
 * @param others the account's cards, when the card moved value: an account that has a card with the value on it keeps its value there
 */
export function checkNamedCard(
  named: NamedCard,
  accountId: AccountId | null,
  known: CardOnRecord | undefined,
  others: ReadonlyArray<Pick<CardOnRecord, 'profile' | 'state'>> = [],
): { readonly ok: true; readonly card: CardOnRecord } | Refused {
  const fault = (what: CardFault, detail: string): Refused => ({ ok: false, what, detail });
  if (!known) return fault('card-unknown', 'The town has no such card.');
  if (accountId !== null && known.accountId !== accountId) return fault('card-not-of-account', 'The card belongs to another account than the movement.');
  if (known.profile !== named.profile) return fault('card-profile-differs', `The device took the card for ${named.profile}, the town knows it as ${known.profile}.`);
  if (known.profile !== 'desfire' && others.some(({ profile, state }) => profile === 'desfire' && state === 'active')) {
    return fault('value-on-other-card', 'The account has a card with the value on it; no other of its cards can move value.');
  }
  return { ok: true, card: known };
}

/** `unchecked`: the backend lacks what it needs to check the proof (the master key, or the card's identifier). */
export type Proof = 'good' | 'wrong' | 'unchecked';

export interface CounterFacts {
  /** The operations that the counter is said to belong to: more than one when a copy of the card exists. */
  ownersOf(counter: number): ReadonlySet<OperationId>;
  /** By how much the card's count of transactions is ahead of its counter, since its first proof; undefined before that. */
  readonly transactionsAhead: number | undefined;
  /** Checks a transaction MAC. */
  proofOf(evidence: Extract<CardEvidence, { kind: 'transaction-mac' }>): Proof;
}

export interface CardOperation {
  readonly counter: number;
  readonly evidence: Exclude<CardEvidence['kind'], 'none'>;
  readonly proved: boolean;
  /** The card's own count of transactions; null without a proof. */
  readonly transactionCounter: number | null;
}

/** Which evidence a card of each profile can leave. `log` is weaker than a proof and accepted: a proof cannot always be had any more. */
const EVIDENCE_OF: Readonly<Record<CardProfile, ReadonlyArray<CardEvidence['kind']>>> = {
  'plain-identifier': ['none'],
  code: ['none'],
  desfire: ['transaction-mac', 'log'],
  'felica-lite-s': ['write-counter', 'log', 'none'],
};

/** @returns the card's own operation behind the movement; null when the card keeps no count */
export function checkEvidence(
  operationId: OperationId,
  { profile }: CardOnRecord,
  evidence: CardEvidence,
  facts: CounterFacts,
): { readonly ok: true; readonly operation: CardOperation | null; readonly unchecked: boolean } | Refused {
  const fault = (what: CardFault, detail: string): Refused => ({ ok: false, what, detail });
  if (!EVIDENCE_OF[profile].includes(evidence.kind)) {
    return evidence.kind === 'none'
      ? fault('card-evidence-missing', `A ${profile} card leaves evidence of each movement; this one came without.`)
      : fault('card-evidence-wrong', `A ${profile} card cannot leave evidence of the kind ${evidence.kind}.`);
  }
  const counter = counterOf(evidence);
  if (evidence.kind === 'none' || counter === null) return { ok: true, operation: null, unchecked: false };
  const proof = evidence.kind === 'transaction-mac' ? facts.proofOf(evidence) : undefined;
  if (proof === 'wrong') return fault('card-evidence-wrong', 'The card did not make this transaction MAC, or made it for something else.');
  if ([...facts.ownersOf(counter)].some((owner) => owner !== operationId)) {
    return fault('card-counter-repeated', `The card’s counter ${counter} belongs to another operation already: a copy of the card exists.`);
  }
  const transactionCounter = evidence.kind === 'transaction-mac' && proof === 'good' ? evidence.transactionCounter : null;
  // Each operation of the town is one transaction of the card. One more, and somebody with its keys has done something that nobody reported.
  if (transactionCounter !== null && facts.transactionsAhead !== undefined && transactionCounter - counter !== facts.transactionsAhead) {
    return fault('card-counter-gap', `The card has committed ${transactionCounter - counter - facts.transactionsAhead} transaction(s) that are no operation of the town.`);
  }
  return { ok: true, operation: { counter, evidence: evidence.kind, proved: proof === 'good', transactionCounter }, unchecked: proof === 'unchecked' };
}
