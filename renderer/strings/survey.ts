/** Words of the five faces at the end of a visit. */
import { worded } from './wording.ts';

export const surveyStrings = {
  'survey.title': worded('今日《きょう》の窓口《まどぐち》はいかがでしたか', 'きょうの まどぐちは どうでしたか', 'How was it today?'),
  'survey.nobody': worded('お名前《なまえ》もカードも記録《きろく》しません', 'なまえも カードも のこりません', 'Neither name nor card is recorded'),
  'survey.take-card': worded('カードは、お取《と》りになれます', 'カードを とっても いいです', 'You may take your card'),
  'survey.face-5': worded('とても\nよい', 'とても よい', 'Very good'),
  'survey.face-4': worded('よい', 'よい', 'Good'),
  'survey.face-3': worded('ふつう', 'ふつう', 'Fair'),
  'survey.face-2': worded('あまり\nよくない', 'あまり よくない', 'Not so good'),
  'survey.face-1': worded('よくない', 'よくない', 'Poor'),
} as const;
