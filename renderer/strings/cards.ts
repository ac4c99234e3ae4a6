/** The screens about the card itself: waiting for it, looking at it, when it moved or cannot be used, and goodbye. */
import { phrased, worded } from './wording.ts';

export const CARDS = {
  'starting.title': worded('準備《じゅんび》しています', 'じゅんび して います', 'Getting ready'),
  'starting.wait': worded('少《すこ》しお待《ま》ちください', 'すこし まって ください', 'One moment, please'),

  'start.title': worded('カードを\nここに置《お》いてください', 'カードを\nここに おいて ください', 'Place your card\nhere'),
  'start.where-below': worded('読《よ》み取《と》る台《だい》は、画面《がめん》の下《した》です', 'カードを おく ところは したです', 'The reader is below the screen'),
  'start.where-left': worded('読《よ》み取《と》る台《だい》は、画面《がめん》の左《ひだり》です', 'カードを おく ところは ひだりです', 'The reader is left of the screen'),
  'start.where-right': worded('読《よ》み取《と》る台《だい》は、画面《がめん》の右《みぎ》です', 'カードを おく ところは みぎです', 'The reader is right of the screen'),
  'start.codes': worded('QRコードのカードは、かざしてください', 'QRコードも つかえます', 'Or show a QR code card'),
  'start.no-codes': worded('いまはQRコードを使《つか》えません', 'いま QRコードは つかえません', 'QR codes cannot be read now'),
  'start.no-paper': worded('いまは紙《かみ》に出《だ》せません', 'いま 紙《かみ》に だせません', 'Printing is not available'),
  'start.paper-ends-soon': worded('紙《かみ》がもうすぐなくなります\n（職員《しょくいん》の方《かた》へ）', '紙《かみ》が すぐ なくなります\n（ここの 人《ひと》へ）', 'The paper ends soon\n(for staff)'),

  'reading.title': worded('カードを\n見《み》ています', 'カードを\nみて います', 'Looking at\nyour card'),
  'card.leave': worded('置《お》いたままお待《ま》ちください', 'おいて まって ください', 'Please leave it there'),

  'moved.title': worded('もう一度《いちど》、同《おな》じカードを\n置《お》いてください', 'おなじ カードを\nもういちど おいて ください', 'Please place the same\ncard again'),
  'moved.why': worded('カードが先《さき》に離《はな》れました', 'カードが うごきました', 'It was moved too soon'),

  'not-usable.unknown': worded('このカードは\n登録《とうろく》されていません', 'この カードは まだ\nつかえません', 'This card is\nnot registered'),
  'not-usable.unknown-about': worded('お使《つか》いになるには、職員《しょくいん》にお声《こえ》がけください', 'つかいたい とき、人《ひと》に きいて ください', 'Please ask staff if you wish to use it'),
  'not-usable.payment': worded('このカードは\nこの機械《きかい》では使《つか》えません', 'この カードは\nここで つかえません', 'This card cannot be\nused here'),
  'not-usable.not-read': worded('カードの中《なか》は読《よ》んでいません', 'カードの なかは みて いません', 'Nothing on it was read'),
  'not-usable.town-card': worded('町《まち》のカードを置《お》いてください', '町《まち》の カードを おいて ください', 'Please place your town card'),
  'not-usable.my-number': worded('マイナンバーカードは\nここでは使《つか》いません', 'マイナンバーカードは\nここで つかいません', 'The My Number card\nis not used here'),
  'not-usable.stopped': worded('このカードは\n止《と》められています', 'この カードは\nとまって います', 'This card\nhas been stopped'),
  'not-usable.stopped-about': worded('中《なか》のお金《かね》は、職員《しょくいん》がお調《しら》べします', 'お金《かね》は ここの 人《ひと》が しらべます', 'Staff can look into what it holds'),
  'not-usable.suspect': worded('このカードは\nいま使《つか》えません', 'この カードは\nいま つかえません', 'This card cannot be\nused now'),
  'not-usable.several': worded('カードを1枚《まい》だけ\n置《お》いてください', 'カードは 1まいだけ\nおいて ください', 'Please place\njust one card'),
  'not-usable.several-about': worded('2枚《まい》以上《いじょう》が重《かさ》なっているようです', 'カードが 2まい あるようです', 'There seems to be more than one'),
  'not-usable.foreign-code': worded('このコードは\nこの機械《きかい》では使《つか》えません', 'この コードは\nここで つかえません', 'This code cannot be\nused here'),
  'not-usable.not-kept': worded('コードの中身《なかみ》は残《のこ》していません', 'コードの なかは のこって いません', 'Nothing of it was kept'),
  'not-usable.town-code': worded('町《まち》のカードのコードを、かざしてください', '町《まち》の カードの コードを みせて ください', 'Please hold up the code on your town card'),
  'not-usable.damaged-code': worded('コードを、もう一度《いちど》\nかざしてください', 'コードを もういちど\nみせて ください', 'Please hold up\nthe code once more'),
  'not-usable.unreadable': worded('カードを\n置《お》きなおしてください', 'カードを もういちど\nおいて ください', 'Please place the card\nonce more'),
  'not-usable.unreadable-about': worded('うまく読《よ》み取《と》れませんでした', 'まだ よめて いません', 'It could not be read well'),

  'farewell.take': worded('カードを\nお取《と》りください', 'カードを\nとって ください', 'Please take\nyour card'),
  'farewell.thanks': worded('ありがとうございました', 'ありがとう ございました', 'Thank you'),

  'still-there.title': worded('つづけますか', 'つづけますか', 'Would you like to continue?'),
  'still-there.ends': phrased<{ seconds: number }>(
    ({ seconds }) => `このままだと、あと${seconds}秒《びょう》で終《お》わります`,
    ({ seconds }) => `あと ${seconds}びょうで おわります`,
    ({ seconds }) => `This ends by itself in ${seconds} seconds`,
  ),
  'still-there.about': worded('いまの画面《がめん》に戻《もど》る', 'まえの がめんに もどる', 'Back to where you were'),
} as const;
