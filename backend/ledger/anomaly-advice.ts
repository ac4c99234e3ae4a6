/** What staff can do about each kind of anomaly, in one sentence. Longer words are in docs/backend.md. */
import type { AnomalyKind } from './anomalies.ts';

const LOOK_AND_DECIDE = 'Ask the holder and look at the card. accepted: it is posted and the issuer bears what is missing. rejected: the books stay as they are; put it right with the holder.';
const LOOK_AT_KIOSK = 'Check version, clock and disk of the kiosk; if it is not what it seems, revoke it. Then: noted.';
const LOOK_AT_CARD = 'Look at the card (npm run cards -- inspect) and, if it is sound, release it. Then: noted.';

const ADVICE: Readonly<Record<AnomalyKind, string>> = {
  'operation-repeated': LOOK_AT_KIOSK,
  'unknown-operation': LOOK_AND_DECIDE,
  'no-entitlement': LOOK_AND_DECIDE,
  'already-taken': LOOK_AND_DECIDE,
  withdrawn: LOOK_AND_DECIDE,
  'not-leased': LOOK_AND_DECIDE,
  'not-held': LOOK_AND_DECIDE,
  'from-the-future': `The clock of the kiosk was wrong: set it. ${LOOK_AND_DECIDE}`,
  'against-the-rules': LOOK_AND_DECIDE,
  differs: `${LOOK_AT_KIOSK} ${LOOK_AND_DECIDE}`,
  'claim-used': 'The money was used already: ask the holder what they received, and give back in cash what is theirs. Then: noted.',
  overdrawn: `Wait until all kiosks were online: a load may be under way, and then it is posted by itself. ${LOOK_AND_DECIDE}`,
  'value-on-closed-account': 'Transfer what is left to the person’s new account at a kiosk. Then: noted.',
  'value-on-other-card': 'Value that is kept in the ledger went to or came from an account whose value is on another card. Look at both, and transfer. Then: noted.',
  fork: 'Two machines use one identity, or a kiosk was set back to an old copy: revoke it, keep its disk, enrol it anew. Then: noted.',
  'chain-broken': 'The journal of the kiosk is damaged: stop it, keep its disk, enrol it anew. Then: noted.',
  'entry-id-repeated': LOOK_AT_KIOSK,
  'seal-wrong': 'What came was not sealed by the kiosk: is there something between it and the backend? Then: noted.',
  'operation-void': LOOK_AND_DECIDE,
  'card-unknown': `The card is not the town’s, or a restore has lost its registration: register it again. ${LOOK_AND_DECIDE}`,
  'card-not-of-account': LOOK_AND_DECIDE,
  'card-profile-differs': LOOK_AND_DECIDE,
  'card-evidence-missing': LOOK_AND_DECIDE,
  'card-evidence-wrong': `The kiosk or the card may be forged. ${LOOK_AND_DECIDE}`,
  'card-evidence-unchecked': 'It was posted. Give the backend the master keys (card-keys.json). Then: noted.',
  'card-counter-repeated': `A copy of the card exists: give its holder a new one. ${LOOK_AND_DECIDE}`,
  'card-counter-gap': `Somebody has the keys of the card: re-key. ${LOOK_AND_DECIDE}`,
  'card-rolled-back': LOOK_AT_CARD,
  'card-suspect': LOOK_AT_CARD,
  'too-many-cards': 'Is the kiosk stolen? Then revoke it. Else: noted.',
  'platform-refused': 'The regional-currency platform does not carry out what our books have. Ask its operator, then put one of both right. Then: noted.',
  'platform-differs': 'The platform’s balance is not ours, although it confirmed everything. Compare with its operator. Then: noted.',
};

const UNKNOWN = 'A newer program kept this. Read its documentation.';

/** @param what as it is kept; another version of the program may have kept it */
export const adviceOn = (what: string): string => (ADVICE as Readonly<Record<string, string>>)[what] ?? UNKNOWN;
