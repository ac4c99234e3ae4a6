/** What is on a town card, for staff: how far it is issued, its value, its log. Never a key, and of the UID only a keyed digest. */
import { createHmac } from 'node:crypto';
import { findOnCard, type IssuedCard, type IssuingTrouble } from '../../hardware/card/desfire/card-findings.ts';
import { selectDesfireApplication } from '../../hardware/card/desfire/card-session.ts';
import { desfireCard } from '../../hardware/card/desfire/desfire-card.ts';
import { planIssue, type IssueStep } from '../../hardware/card/desfire/issue-plan.ts';
import { KEY } from '../../hardware/card/desfire/layout.ts';
import type { CardRead, LoggedOperation } from '../../hardware/card/stored-value.ts';
import type { Present } from './laid-down-card.ts';

export interface Inspection {
  readonly kind: 'inspected';
  readonly digest: string;
  /** Of the card's own key, then of the application's, by number; 0 is the key everybody knows. */
  readonly keyVersions: readonly number[];
  /** Steps that issuing has still to do. */
  readonly missing: readonly IssueStep['kind'][];
  /** Left out while the card is not wholly issued. */
  readonly value?: { readonly pockets: ReadonlyMap<string, number>; readonly counter: number | null; readonly operations: readonly LoggedOperation[] };
}

export type InspectionOutcome = Inspection | IssuingTrouble | Exclude<CardRead, { kind: 'read' }>;

/** Eight hexadecimal digits that tell this card from the town's others; nobody without the town's keys can find the UID from them. */
export function digestOf(uid: Uint8Array, masterKey: Uint8Array): string {
  return createHmac('sha256', masterKey).update('kazasu inspection').update(uid).digest('hex').slice(0, 8);
}

/** @param masterKey one of the town's, for the digest */
export async function inspectCard(card: IssuedCard, presence: Present, masterKey: Uint8Array): Promise<InspectionOutcome> {
  const found = await findOnCard(card);
  if (found.kind !== 'found') return found;
  const { keyVersion, application } = found.result;
  const versions = application === 'absent' ? [] : application.keyVersions;
  const plan = planIssue(found.result, keyVersion === 0 ? 1 : keyVersion);
  const missing = plan.kind === 'steps' ? plan.steps.map(({ kind }) => kind) : [];
  const common = { kind: 'inspected', digest: digestOf(card.uid, masterKey), keyVersions: [keyVersion, ...versions], missing } as const;
  if (application === 'absent' || application.state !== 'written') return common;
  return await withValue(common, card, presence, application.keyVersions[KEY.spend]!);
}

async function withValue(common: Inspection, card: IssuedCard, presence: Present, version: number): Promise<InspectionOutcome> {
  const keys = card.issuer.keysOf(card.uid, version);
  const spend = keys?.application[KEY.spend];
  if (!spend) return { kind: 'no-keys', key: 'spend', version };
  const selected = await selectDesfireApplication(card.reader, card.generation);
  if (selected !== 'yes') return selected === 'no' ? { kind: 'not-ours', what: 'application name' } : { kind: selected };
  const port = { keysOf: async () => ({ kind: 'keys', keys: { profile: 'desfire', version, spend } }) as const };
  const stored = desfireCard(card.reader, presence, card.uid, port, { pocketNames: [], random: card.random });
  const read = await stored.read();
  if (read.kind !== 'read') return read;
  const history = await stored.history();
  if (history.kind !== 'read') return history;
  return { ...common, value: { pockets: read.pockets, counter: read.counter, operations: history.operations } };
}
