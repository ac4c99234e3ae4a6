/**
 * Use case: somebody touched one of the five faces. The answer is counted for the day; it goes into the journal on a later day, together with
 * others (docs/decisions/0018-answers-are-counted.md). Nothing of it is logged: a log line has a time.
 */
import { SURVEY_DEEDS, type SurveyCount } from '../../contract/survey.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import { newEntryId } from '../new-id.ts';
import type { Ports } from '../ports.ts';

type SurveyPorts = Pick<Ports, 'ledger' | 'clock' | 'randomness'>;

/** @throws LedgerUnavailable */
export function answerSurvey({ face, did }: Omit<SurveyCount, 'count'>, { ledger, clock }: Pick<SurveyPorts, 'ledger' | 'clock'>): void {
  ledger.countSurvey({ face, did: SURVEY_DEEDS.filter((deed) => did.includes(deed)) }, dateInTokyo(momentFromEpoch(clock.now())));
}

/** To be called once a day, before the day's first answer if possible. @returns the number of entries @throws LedgerUnavailable */
export function handInSurveys({ ledger, clock, randomness }: SurveyPorts): number {
  const at = momentFromEpoch(clock.now());
  return ledger.handInSurveys(dateInTokyo(at), () => ({ id: newEntryId(clock, randomness), at }));
}
