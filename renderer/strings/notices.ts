/** Words around the town's notices; what they say themselves is the town's. */
import { phrased, worded } from './wording.ts';

export const noticeStrings = {
  'notice.shelter': worded('避難所《ひなんじょ》', 'にげる ばしょ', 'Shelter'),
  'notice.garbage': worded('ごみの日《ひ》', 'ごみの ひ', 'Rubbish day'),
  'notice.lunch': worded('学校給食《がっこうきゅうしょく》', 'がっこうの きゅうしょく', 'School lunch'),
  'notice.event': worded('行事《ぎょうじ》', 'イベント', 'Event'),
  'notice.circular': worded('電子回覧板《でんしかいらんばん》', 'かいらんばん', 'Town circular'),
  'notice.notice': worded('お知《し》らせ', 'おしらせ', 'Notice'),
  'button.more-notices': worded('ほかのお知《し》らせ', 'ほかの おしらせ', 'More notices'),

  'emergency.title': worded('緊急《きんきゅう》のお知《し》らせ', 'いそぎの おしらせ', 'Emergency notice'),
  'emergency.there-is': worded('緊急《きんきゅう》のお知《し》らせがあります', 'いそぎの おしらせが あります', 'There is an emergency'),
  'emergency.since': phrased<{ when: string }>(({ when }) => `${when}から`, ({ when }) => `${when} から`, ({ when }) => `Since ${when}`),
  'emergency.card': worded('カードは、いつもどおり使《つか》えます', 'カードは いつものように つかえます', 'You can use your card as usual'),

  'spot.name': worded('手続《てつづき》スポット', 'てつづき スポット', 'Procedure spot'),
} as const;
