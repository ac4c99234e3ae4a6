/** What people answered to the five faces: kept as kiosks counted it, and added up for the office by the month. */
import type { DeviceId, MunicipalityId } from '../../contract/ids.ts';
import type { JournalFact } from '../../contract/journal.ts';
import type { LocalDate } from '../../contract/time.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import type { MunicipalityWork } from '../ledger/change-feed.ts';

/** Each entry of the journal is applied once, so what it counts is added to what was counted before. */
export async function keepSurveys({ transaction, municipalityId }: MunicipalityWork, deviceId: DeviceId, { day, answers }: Extract<JournalFact, { type: 'surveys-counted' }>): Promise<void> {
  for (const { face, did, count } of answers) {
    await transaction
      .insertInto('survey_count')
      .values({ municipality_id: municipalityId, device_id: deviceId, day, face, did: did.join(' '), count })
      .onConflict((conflict) => conflict.columns(['municipality_id', 'day', 'device_id', 'face', 'did']).doUpdateSet((eb) => ({ count: eb('survey_count.count', '+', eb.ref('excluded.count')) })))
      .execute();
  }
}

export interface SurveyMonth {
  /** `2026-11` */
  readonly month: string;
  /** From face 1 (the unhappiest) to face 5. */
  readonly faces: readonly [number, number, number, number, number];
  readonly answers: number;
  /** Of the faces, in hundredths: 425 is 4.25. */
  readonly meanHundredths: number;
}

/** Months in which somebody answered. @param days the first and the last, each left out where everything counts */
export async function surveyMonths({ kysely }: Pick<BackendDatabase, 'kysely'>, municipalityId: MunicipalityId, days: { readonly from?: LocalDate; readonly to?: LocalDate }): Promise<SurveyMonth[]> {
  let query = kysely.selectFrom('survey_count').select(['day', 'face', 'count']).where('municipality_id', '=', municipalityId);
  if (days.from !== undefined) query = query.where('day', '>=', days.from);
  if (days.to !== undefined) query = query.where('day', '<=', days.to);
  const months = Map.groupBy(await query.orderBy('day').execute(), ({ day }) => day.slice(0, 7));
  return [...months].map(([month, rows]) => {
    const faces: [number, number, number, number, number] = [0, 0, 0, 0, 0];
    for (const { face, count } of rows) faces[face - 1] = (faces[face - 1] ?? 0) + count;
    const answers = faces.reduce((sum, count) => sum + count, 0);
    const total = faces.reduce((sum, count, index) => sum + count * (index + 1), 0);
    return { month, faces, answers, meanHundredths: Math.round((total * 100) / answers) };
  });
}
