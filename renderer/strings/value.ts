/** What a person has and may receive: the balance, before and after, what was put on the card, what was not. */
import { phrased, worded } from './wording.ts';

export const VALUE = {
  'balance.title': worded('いま使《つか》えるもの', 'いま つかえる もの', 'What you can use now'),
  'balance.none': worded('いま使《つか》えるものは\nありません', 'いま つかえる ものは\nありません', 'There is nothing\nto use now'),
  'balance.none-but-offer': worded('届《とど》いているものを受《う》け取《と》れます', 'もらえる ものが あります', 'You can receive what has arrived'),
  'balance.none-at-all': worded('新《あたら》しく届《とど》くと、この画面《がめん》に出《で》ます', 'とどいたら ここに でます', 'What arrives will appear here'),
  'balance.offers': phrased<{ count: number }>(({ count }) => `${count}つ届《とど》いています`, ({ count }) => `${count}つ あります`, ({ count }) => `${count} waiting`),
  'balance.first-of-several': worded('1つめは', '1つめは', 'First:'),
  'balance.print-about': worded('残高《ざんだか》を印刷《いんさつ》する', 'つかえる ものを かいた 紙《かみ》', 'Your balance'),
  'balance.shown': phrased<{ first: number; last: number; count: number }>(
    ({ first, last, count }) => (first === last ? `${count}つのうち ${first}つめ` : `${count}つのうち ${first}～${last}つめ`),
    ({ first, last, count }) => (first === last ? `${count}つの ${first}つめ` : `${count}つの ${first}～${last}つめ`),
    ({ first, last, count }) => (first === last ? `${first} of ${count}` : `${first} to ${last} of ${count}`),
  ),
  'balance.as-of': phrased<{ when: string }>(({ when }) => `${when}の残高《ざんだか》です`, ({ when }) => `${when}の のこりです`, ({ when }) => `Balance as of ${when}`),
  'balance.unconfirmed': worded('役場《やくば》と確《たし》かめる前《まえ》の残高《ざんだか》です', 'まだ 役場《やくば》に きいて いません', 'Not yet checked with the town'),

  'load.title-yen': worded('商品券《しょうひんけん》をカードに入《い》れます', '商品券《しょうひんけん》を カードに いれます', 'Add the voucher to your card'),
  'load.title-point': worded('ポイントをカードに入《い》れます', 'ポイントを カードに いれます', 'Add the points to your card'),
  'load.title-ticket': worded('利用券《りようけん》をカードに入《い》れます', 'チケットを カードに いれます', 'Add the tickets to your card'),
  'load.free': worded('お金《かね》はかかりません', 'お金《かね》は いりません', 'No charge'),
  'load.before': worded('いま', 'いま', 'Now'),
  'load.after': worded('入《い》れたあと', 'いれた あと', 'After'),
  'load.usable-at': worded('使《つか》えるところ', 'つかえる ところ', 'Where to use it'),
  'writing.title': worded('カードを置《お》いたまま\nお待《ま》ちください', 'カードを おいたまま\nまって ください', 'Please leave\nyour card there'),
  'writing.doing': worded('いまカードに入《い》れています', 'いま カードに いれて います', 'Adding it to your card'),
  'loaded.title': worded('入《い》れました', 'いれました', 'Added'),
  'loaded.balance': worded('いま使《つか》えるもの', 'いま つかえる もの', 'You can use'),
  'loaded.print-about': worded('記録《きろく》を印刷《いんさつ》する', 'もらった ものを かいた 紙《かみ》', 'A record on paper'),
  'continue.about': worded('残高《ざんだか》の画面《がめん》に戻《もど》る', 'つかえる ものを みる', 'Back to your balance'),

  'refused.already-taken': worded('すでに受《う》け取《と》られています', 'もう もらって います', 'This has been received already'),
  'refused.already-taken-about': worded('残高《ざんだか》の画面《がめん》でお確《たし》かめください', 'つかえる ものを みて ください', 'Please look at your balance'),
  'refused.too-early': worded('受《う》け取《と》れるのは\nもう少《すこ》し先《さき》です', 'もらえるのは\nもう すこし あとです', 'It cannot be\nreceived yet'),
  'refused.too-early-about': worded('受《う》け取《と》れる日《ひ》は職員《しょくいん》がお調《しら》べします', 'もらえる 日《ひ》は 人《ひと》に きいて ください', 'Staff can tell you from which day'),
  'refused.too-late': worded('受《う》け取《と》れる期間《きかん》が\n終《お》わりました', 'もらえる 日《ひ》が\nおわりました', 'The time to receive it\nis over'),
  'refused.too-late-about': worded('くわしくは職員《しょくいん》がお調《しら》べします', 'くわしい ことは 人《ひと》に きいて ください', 'Staff can tell you more'),
  'refused.not-held-here': worded('いま、この機械《きかい》では\n受《う》け取《と》れません', 'いま ここでは\nもらえません', 'It cannot be received\nhere now'),
  'refused.not-held-here-about': worded('受《う》け取《と》る権利《けんり》はそのまま残《のこ》ります', 'あとで もらえます', 'It stays yours'),
  'refused.too-much': worded('このカードには\nこれ以上《いじょう》入《い》れられません', 'この カードには\nもう はいりません', 'This card cannot\nhold more'),
  'refused.too-much-about': worded('受《う》け取《と》る権利《けんり》はそのまま残《のこ》ります', 'なくなりません', 'It stays yours'),
} as const;
