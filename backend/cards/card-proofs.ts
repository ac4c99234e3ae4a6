/** Checks a card's transaction MAC with what the backend has: the town's master keys and the card's sealed identifier. */
import type { CardEvidence } from '../../contract/card.ts';
import type { CardRef, MunicipalityId } from '../../contract/ids.ts';
import { changeOfPockets, type Movement } from '../../contract/value.ts';
import type { CardOnRecord, Proof } from './check-card.ts';
import type { CardMasterKeys } from './master-keys.ts';
import { openIdentifier } from './sealed-identifier.ts';
import { isMacOfCard, isTransactionOf, transactionKeyOf, type TransactionKey } from './transaction-proof.ts';

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
  const known = transactionKeys(keys, card, card.sealedIdentifier);
  if (!known) return 'unchecked';
  return known.some((key) => isMacOfCard(mac, key)) ? 'good' : 'wrong';
}

/** Of cards that were checked lately, by their sealed identifier, which no two cards share; in memory only, and gone with the master keys. */
const keysKept = new WeakMap<CardMasterKeys, Map<string, readonly TransactionKey[]>>();
/** A card's keys take about 200 bytes. */
const CARDS_KEPT_MAX = 10_000;

/** A movement may be reported after its card was re-keyed: of every version that the town still has. */
function transactionKeys(keys: CardMasterKeys, card: { readonly cardRef: CardRef; readonly municipalityId: MunicipalityId }, sealed: string): readonly TransactionKey[] | undefined {
  const kept = keysKept.get(keys) ?? new Map<string, readonly TransactionKey[]>();
  keysKept.set(keys, kept);
  const name = `${card.municipalityId} ${card.cardRef} ${sealed}`;
  const known = kept.get(name);
  if (known) return known;
  const identifier = openIdentifier(keys, card, sealed);
  if (!identifier) return undefined;
  const made = keys.versions.flatMap((version) => keys.master(version) ?? []).map((master) => transactionKeyOf(master, identifier));
  if (kept.size >= CARDS_KEPT_MAX) kept.clear();
  kept.set(name, made);
  return made;
}
