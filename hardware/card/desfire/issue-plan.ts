/**
 * What is still missing on a card, as steps, made from nothing but what was found on it. Pure. So a torn issuing or re-keying is not
 * continued from memory: it is simply done again, and finds less to do. Each step is one command, which a card carries out as a whole or
 * not at all.
 */
import { FACTORY_VERSION, type CardFindings } from './card-findings.ts';
import { KEY_SETTINGS, LAID_OUT_FILES } from './issuing-commands.ts';
import { KEY } from './layout.ts';

export type IssueStep =
  | { readonly kind: 'change-card-key'; readonly from: number; readonly type: 'des' | 'aes' }
  | { readonly kind: 'create-application' }
  /** Number 0 is the application's master key, which changes itself and then the others. */
  | { readonly kind: 'change-key'; readonly number: number; readonly from: number }
  | { readonly kind: 'create-file'; readonly number: number }
  | { readonly kind: 'write-state' }
  /** From then on only the issuer makes or deletes anything on the card. */
  | { readonly kind: 'close-card' };

export type IssuePlan =
  | { readonly kind: 'steps'; readonly steps: readonly IssueStep[] }
  /** A key has another version than the one wanted: the card is out already, and is re-keyed, not issued. */
  | { readonly kind: 'issued-with'; readonly version: number }
  /** Something of the card is missing: it must be issued to its end first. */
  | { readonly kind: 'not-issued' }
  /** Its life as a town card is over. */
  | { readonly kind: 'retired' };

/**
 * True for a card that was closed and has no application: issuing closes a card last, retiring deletes the application. Such a card is not
 * issued again, because its counters would begin anew, and whoever saw it before would take it for one that was rolled back.
 */
export function isRetired(found: CardFindings): boolean {
  return found.application === 'absent' && found.settings === KEY_SETTINGS;
}

function keyChanges(found: CardFindings, to: number): { readonly card: readonly IssueStep[]; readonly own: readonly IssueStep[]; readonly others: readonly IssueStep[] } {
  const card: readonly IssueStep[] = found.keyVersion === to ? [] : [{ kind: 'change-card-key', from: found.keyVersion, type: found.keyType }];
  const versions = found.application === 'absent' ? Object.values(KEY).map(() => FACTORY_VERSION) : found.application.keyVersions;
  const changes = versions.flatMap((from, number): readonly (IssueStep & { kind: 'change-key' })[] => (from === to ? [] : [{ kind: 'change-key', number, from }]));
  return { card, own: changes.filter(({ number }) => number === KEY.master), others: changes.filter(({ number }) => number !== KEY.master) };
}

function missing(found: CardFindings): { readonly application: readonly IssueStep[]; readonly files: readonly IssueStep[]; readonly state: readonly IssueStep[]; readonly closing: readonly IssueStep[] } {
  const { application } = found;
  const files = application === 'absent' ? [] : application.files;
  return {
    application: application === 'absent' ? [{ kind: 'create-application' }] : [],
    files: LAID_OUT_FILES.filter(({ number }) => !files.includes(number)).map(({ number }) => ({ kind: 'create-file', number })),
    state: application !== 'absent' && application.state === 'written' ? [] : [{ kind: 'write-state' }],
    closing: found.settings === KEY_SETTINGS ? [] : [{ kind: 'close-card' }],
  };
}

/** Steps to a card with all of the layout and the keys of `version`. The keys known to everybody go first. */
export function planIssue(found: CardFindings, version: number): IssuePlan {
  if (isRetired(found)) return { kind: 'retired' };
  const versions = [found.keyVersion, ...(found.application === 'absent' ? [] : found.application.keyVersions)];
  const other = versions.find((each) => each !== version && each !== FACTORY_VERSION);
  if (other !== undefined) return { kind: 'issued-with', version: other };
  const keys = keyChanges(found, version);
  const { application, files, state, closing } = missing(found);
  return { kind: 'steps', steps: [...keys.card, ...application, ...keys.own, ...files, ...keys.others, ...state, ...closing] };
}

/** Steps to the keys of `version` on a card that is out; whatever mixture of versions a torn re-keying left. */
export function planRekey(found: CardFindings, version: number): IssuePlan {
  if (isRetired(found)) return { kind: 'retired' };
  const versions = [found.keyVersion, ...(found.application === 'absent' ? [] : found.application.keyVersions)];
  const { application, files, state, closing } = missing(found);
  if ([...application, ...files, ...state, ...closing].length > 0 || versions.includes(FACTORY_VERSION)) return { kind: 'not-issued' };
  const newer = versions.find((each) => each > version);
  if (newer !== undefined) return { kind: 'issued-with', version: newer };
  const keys = keyChanges(found, version);
  return { kind: 'steps', steps: [...keys.card, ...keys.own, ...keys.others] };
}
