/** The five faces at the end of a visit: how it was, and for which kinds of things somebody had come. */
import { z } from 'zod';

/** 5 is the happiest. */
export const Face = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5)]);
export type Face = z.infer<typeof Face>;

export const SURVEY_DEEDS = ['load', 'purchase', 'exchange', 'give', 'slip', 'request', 'link'] as const;
/** A kind of thing that can be done in a session. */
export const SurveyDeed = z.enum(SURVEY_DEEDS);
export type SurveyDeed = z.infer<typeof SurveyDeed>;

/** So many answers with this face, in sessions in which these kinds of things were done, each named once, in the order of `SURVEY_DEEDS`. */
export const SurveyCount = z.strictObject({
  face: Face,
  did: z.array(SurveyDeed).min(1).max(SURVEY_DEEDS.length),
  count: z.int().min(1).max(1_000_000),
});
export type SurveyCount = z.infer<typeof SurveyCount>;

/** Of one entry of the journal. */
export const SURVEY_COUNTS_MAX = 100;
