/** Checks a card's transaction MAC with what the backend has: the town's master keys and the card's sealed identifier. */
import type { CardEvidence } from '../../contract/card.ts';
import type { CardRef, MunicipalityId } from '../../contract/ids.ts';
import { changeOfPockets, type Movement } from '../../contract/value.ts';
import type { CardOnRecord, Proof } from './check-card.ts';
import type { CardMasterKeys } from './master-keys.ts';
import { openIdentifier } from './sealed-identifier.ts';
import { isMacOfCard, isTransactionOf } from './transaction-proof.ts';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/** @param keys undefined when the backend has no master keys */
export function proofOf(
  evidence: Extract<CardEvidence, { kind: 'transaction-mac' }>,
  movement: Movement,
  card: CardOnRecord & { readonly cardRef: CardRef; readonly municipalityId: MunicipalityId },
  keys: CardMasterKeys | undefined,
): Proof {
  const { counter, transactionCounter } = evidence;
  const mac = { transactionCounter, value: bytesOf(evidence.value), input: bytesOf(evidence.input) };
  if (!isTransactionOf(mac.input, { operationId: movement.operationId, counter, changes: changeOfPockets(movement) })) return 'wrong';
  if (!keys || keys.municipality !== card.municipalityId || card.sealedIdentifier === null) return 'unchecked';
  const identifier = openIdentifier(keys, card, card.sealedIdentifier);
  if (!identifier) return 'unchecked';
  // A movement may be reported after its card was re-keyed: any version that the town still has will do.
  const made = keys.versions.some((version) => {
    const master = keys.master(version);
    return master !== undefined && isMacOfCard(mac, master, identifier);
  });
  return made ? 'good' : 'wrong';
}
