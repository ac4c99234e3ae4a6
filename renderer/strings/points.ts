/**
 * What the window says about points that are exchanged or given, about a rule that stands against it, and about what nobody knows yet. Names of
 * schemes and activities are data.
 */
import type { Refusal } from '../../contract/refusal.ts';
import { phrased, worded, type Phrasing, type Wording } from './wording.ts';

const CHOICES = {
  'button.exchange': worded('かえる', 'かえる', 'Exchange'),
  'button.do-not-exchange': worded('かえない', 'かえない', 'Do not exchange'),
  'button.give': worded('寄付《きふ》する', 'あげる', 'Give'),
  'button.do-not-give': worded('寄付《きふ》しない', 'あげない', 'Do not give'),
  'button.print-number': worded('番号《ばんごう》を紙《かみ》に出《だ》す', 'ばんごうを かみに だす', 'Print the number'),
  'button.first-choices': worded('はじめに戻《もど》る', 'はじめに もどる', 'Back to the first'),
} as const satisfies Readonly<Record<string, Wording>>;

const SAID = {
  'button.points': worded('ポイントや券《けん》を使《つか》う', 'ポイントや けんを つかう', 'Points and tickets'),
  'points.about': worded('かえる・寄付《きふ》・紙《かみ》にする', 'かえる、あげる、かみに する', 'Exchange, give, take as paper'),
  'points.can-exchange': worded('かえられます', 'かえられます', 'Can be exchanged'),
  'points.can-give': worded('寄付《きふ》できます', 'あげられます', 'Can be given'),
  'points.too-few': worded('まだ少《すこ》し足《た》りません', 'まだ すこし たりません', 'There are too few yet'),
  'points.title': worded('ポイントや券《けん》で\nできること', 'ポイントや けんで\nできる こと', 'What you can do\nwith what you have'),
  'points.give-about': worded('町《まち》の活動《かつどう》に', 'まちの かつどうに', 'to an activity'),
  'points.have': worded('いま使《つか》える分《ぶん》', 'いま つかえる もの', 'You have now'),
  'points.all': worded('全部《ぜんぶ》', 'ぜんぶ', 'all'),
  'points.half': worded('半分《はんぶん》', 'はんぶん', 'half'),
  'points.now': worded('いま', 'いま', 'Now'),
  'points.after-exchange': worded('かえたあと', 'かえた あと', 'After'),
  'points.after-gift': worded('寄付《きふ》のあと', 'あげた あと', 'After'),
  'points.nothing-changes': worded('なにも変《か》わりません', 'なにも かわりません', 'Nothing changes'),

  'exchange.how-many': worded('どれだけ\nかえますか', 'どれだけ\nかえますか', 'How many would you\nlike to exchange?'),
  'exchange.title': worded('つぎのようにかえます', 'つぎの ように かえます', 'Exchange as follows'),
  'exchange.doing': worded('いまかえています', 'いま かえて います', 'Exchanging'),
  'exchange.done': worded('かえました', 'かえました', 'Exchanged'),
  'exchange.left': worded('残《のこ》り', 'のこり', 'Left'),

  'give.where': worded('どこに\n寄付《きふ》しますか', 'どこに\nあげますか', 'Where would you\nlike to give?'),
  'give.how-many': worded('どれだけ\n寄付《きふ》しますか', 'どれだけ\nあげますか', 'How much would you\nlike to give?'),
  'give.title': worded('寄付《きふ》します', 'あげます', 'Give'),
  'give.to': worded('寄付先《きふさき》', 'あげる ところ', 'To'),
  'give.doing': worded('いま寄付《きふ》しています', 'いま あげて います', 'Giving'),
  'give.done': worded('寄付《きふ》しました\nありがとうございます', 'あげました\nありがとう ございます', 'Given\nThank you'),

  'points.is-done': worded('ポイントの手続《てつづ》きは済《す》んでいます', 'ポイントは もう おわりました', 'What you chose is done'),
  'printed.points': worded('控《ひか》えを印刷《いんさつ》しました', 'かみを いんさつ しました', 'The record is printed'),
  'printed.incident': worded('番号《ばんごう》を印刷《いんさつ》しました', 'ばんごうを いんさつ しました', 'The number is printed'),
  'printed.back': worded('前《まえ》の画面《がめん》に戻《もど》る', 'まえの がめんに もどる', 'Back to where you were'),

  'undecided.title': worded('もう一度《いちど》、同《おな》じカードを\n置《お》いてください', 'もう いちど おなじ カードを\nおいて ください', 'Please place the same\ncard again'),
  'undecided.why': worded('終《お》わる前《まえ》に、カードと話《はな》せなくなりました', 'おわる まえに カードが みえなく なりました', 'The card was lost before it was done'),
  'undecided.safe': worded('できたかどうかをカードで確《たし》かめます', 'できたか カードで たしかめます', 'Your card will tell whether it was done'),
  'undecided.cash': worded('お預《あず》かりした現金《げんきん》', 'あずかった おかね', 'Cash we hold for you'),
  'undecided.number': worded('未了番号《みりょうばんごう》', 'ばんごう', 'Number'),
  'undecided.print-about': worded('職員《しょくいん》に見《み》せる紙《かみ》', 'やくばの ひとに みせる かみ', 'A slip to show staff'),
  'undecided.read-about': worded('台《だい》に載《の》っているカードを確《たし》かめる', 'だいの カードを たしかめる', 'Check the card that lies there'),

  'decided.happened': worded('できていました', 'できて いました', 'It was done'),
  'decided.not-happened': worded('できていませんでした', 'できて いませんでした', 'It was not done'),
  'decided.happened-about': worded('カードで確《たし》かめました', 'カードで たしかめました', 'We have checked your card'),
  'decided.not-happened-about': worded('もう一度《いちど》お選《えら》びになれます', 'もう いちど えらべます', 'You can choose it again'),
} as const satisfies Readonly<Record<string, Wording>>;

const COUNTED = {
  'points.from': phrased<{ amount: string }>(
    ({ amount }) => `${amount}からできます`,
    ({ amount }) => `${amount}から できます`,
    ({ amount }) => `From ${amount} on`,
  ),
  'points.becomes-amount': phrased<{ amount: string }>(
    ({ amount }) => `${amount}になります`,
    ({ amount }) => `${amount}に なります`,
    ({ amount }) => `becomes ${amount}`,
  ),
} as const satisfies Readonly<Record<string, Phrasing<never>>>;

/** What a rule that stands against it says, and what can be done. Every rule has its words, whichever of them can come here. */
const NOT_DONE = {
  'not-done.wrong-account': worded('これは別《べつ》の方《かた》のものです', 'これは ほかの ひとの ものです', 'This belongs to\nanother person'),
  'not-done.wrong-account-about': worded('職員《しょくいん》がお調《しら》べします', 'やくばの ひとが しらべます', 'Staff can look into it'),
  'not-done.wrong-scheme': worded('これは別《べつ》の制度《せいど》のものです', 'これは ほかの ものです', 'This belongs to\nanother scheme'),
  'not-done.wrong-scheme-about': worded('職員《しょくいん》がお調《しら》べします', 'やくばの ひとが しらべます', 'Staff can look into it'),
  'not-done.not-held-here': worded('いま、この機械《きかい》では\nできません', 'いま この きかいでは\nできません', 'This cannot be done\nhere now'),
  'not-done.not-held-here-about': worded('役場《やくば》の窓口《まどぐち》か、あとでお試《ため》しください', 'やくばに きくか、あとで もう いちど', 'Ask at the town hall, or try later'),
  'not-done.already-taken': worded('すでに受《う》け取《と》られています', 'もう うけとって います', 'This has been\nreceived already'),
  'not-done.already-taken-about': worded('残高《ざんだか》の画面《がめん》でお確《たし》かめください', 'のこりの がめんを みて ください', 'Please look at your balance'),
  'not-done.too-early': worded('まだ始《はじ》まっていません', 'まだ はじまって いません', 'It has not begun yet'),
  'not-done.too-early-about': worded('始《はじ》まる日《ひ》は職員《しょくいん》がお調《しら》べします', 'はじまる ひは やくばの ひとが しらべます', 'Staff can tell you from which day'),
  'not-done.too-late': worded('期間《きかん》が終《お》わりました', 'もう おわりました', 'The time for this is over'),
  'not-done.too-late-about': worded('くわしくは職員《しょくいん》がお調《しら》べします', 'やくばの ひとが しらべます', 'Staff can tell you more'),
  'not-done.scheme-over': worded('この制度《せいど》は終《お》わりました', 'これは もう おわりました', 'The scheme is over'),
  'not-done.scheme-over-about': worded('くわしくは職員《しょくいん》がお調《しら》べします', 'やくばの ひとが しらべます', 'Staff can tell you more'),
  'not-done.too-much': worded('このカードには\nこれ以上《いじょう》入《はい》りません', 'この カードには\nもう はいりません', 'This card cannot\nhold more'),
  'not-done.too-much-about': worded('先《さき》に使《つか》うと、また入《はい》ります', 'さきに つかうと また はいります', 'Use some first, then there is room'),
  'not-done.not-enough': worded('残高《ざんだか》が足《た》りません', 'のこりが たりません', 'There is not enough'),
  'not-done.not-enough-about': worded('小《ちい》さい額《がく》をお選《えら》びください', 'すくない ほうを えらんで ください', 'Please choose a smaller amount'),
  'not-done.too-many-parts': worded('一度《いちど》にできる額《がく》を\nこえています', 'いちどに できません', 'It is too much at once'),
  'not-done.too-many-parts-about': worded('2回《かい》に分《わ》けてお選《えら》びください', '2かいに わけて ください', 'Please do it in two steps'),
  'not-done.not-offered': worded('いまは取《と》り扱《あつか》っていません', 'いまは できません', 'This is not offered now'),
  'not-done.not-offered-about': worded('くわしくは職員《しょくいん》がお調《しら》べします', 'やくばの ひとが しらべます', 'Staff can tell you more'),
  'not-done.not-sold': worded('この券《けん》は販売《はんばい》していません', 'この けんは うって いません', 'This voucher is not sold'),
  'not-done.not-sold-about': worded('くわしくは職員《しょくいん》がお調《しら》べします', 'やくばの ひとが しらべます', 'Staff can tell you more'),
  'not-done.sale-not-begun': worded('販売《はんばい》はまだ始《はじ》まっていません', 'まだ うって いません', 'The sale has not begun'),
  'not-done.sale-not-begun-about': worded('始《はじ》まる日《ひ》は職員《しょくいん》がお調《しら》べします', 'はじまる ひは やくばの ひとが しらべます', 'Staff can tell you from which day'),
  'not-done.sale-over': worded('販売《はんばい》期間《きかん》が終《お》わりました', 'もう うって いません', 'The sale is over'),
  'not-done.sale-over-about': worded('次《つぎ》の販売《はんばい》をお待《ま》ちください', 'つぎを まって ください', 'Please wait for the next one'),
  'not-done.not-eligible': worded('いまはお求《もと》めになれません', 'いまは かえません', 'You cannot buy it now'),
  'not-done.not-eligible-about': worded('買《か》える方《かた》は役場《やくば》がお調《しら》べします', 'やくばに きいて ください', 'The town hall can tell who may buy'),
  'not-done.lottery-not-won': worded('いまは抽選《ちゅうせん》で当選《とうせん》した方《かた》の\n販売《はんばい》です', 'いまは くじに あたった\nひとだけです', 'Now it is sold to those\ndrawn by lot'),
  'not-done.lottery-not-won-about': worded('次《つぎ》の販売《はんばい》をお待《ま》ちください', 'つぎを まって ください', 'Please wait for the next one'),
  'not-done.other-medium': worded('アプリか紙《かみ》で\n買《か》われています', 'アプリか かみで\nもう かって います', 'Bought by app or\non paper already'),
  'not-done.other-medium-about': worded('カードと両方《りょうほう》では買《か》えません', 'カードでは かえません', 'It is sold by one of them only'),
  'not-done.person-limit': worded('お一人《ひとり》で買《か》える数《かず》を\nこえています', 'ひとりで かえる かずより\nおおいです', 'That is more than one\nperson may buy'),
  'not-done.person-limit-about': worded('数《かず》をへらしてください', 'かずを へらして ください', 'Please choose fewer'),
  'not-done.household-limit': worded('ご家族《かぞく》で買《か》える数《かず》を\nこえています', 'かぞくで かえる かずより\nおおいです', 'That is more than one\nhousehold may buy'),
  'not-done.household-limit-about': worded('数《かず》をへらしてください', 'かずを へらして ください', 'Please choose fewer'),
  'not-done.sold-out': worded('売《う》り切《き》れました', 'うりきれました', 'Sold out'),
  'not-done.sold-out-about': worded('次《つぎ》の販売《はんばい》をお待《ま》ちください', 'つぎを まって ください', 'Please wait for the next one'),
  'not-done.claim-used': worded('お預《あず》かりは済《す》んでいます', 'もう おわって います', 'What was paid is settled'),
  'not-done.claim-used-about': worded('残高《ざんだか》の画面《がめん》でお確《たし》かめください', 'のこりの がめんを みて ください', 'Please look at your balance'),
  'not-done.wrong-step': worded('この単位《たんい》ではできません', 'この かずでは できません', 'It can be done in\nwhole steps only'),
  'not-done.wrong-step-about': worded('別《べつ》の額《がく》をお選《えら》びください', 'ほかの かずを えらんで ください', 'Please choose another amount'),
  'not-done.void-not-allowed': worded('これは取《と》り消《け》せません', 'これは やめられません', 'This cannot be taken back'),
  'not-done.void-not-allowed-about': worded('くわしくは職員《しょくいん》がお調《しら》べします', 'やくばの ひとが しらべます', 'Staff can tell you more'),
  'not-done.void-not-today': worded('取《と》り消《け》せるのは\n入《い》れた日《ひ》だけです', 'いれた ひだけ\nやめられます', 'It can be taken back\non its own day only'),
  'not-done.void-not-today-about': worded('くわしくは職員《しょくいん》がお調《しら》べします', 'やくばの ひとが しらべます', 'Staff can tell you more'),
  'not-done.void-already-used': worded('一部《いちぶ》をお使《つか》いになっています', 'もう すこし つかって います', 'Part of it is used already'),
  'not-done.void-already-used-about': worded('使《つか》ったあとは取《と》り消《け》せません', 'つかった あとは やめられません', 'It cannot be taken back any more'),
  'not-done.second-staff': worded('もう一人《ひとり》の職員《しょくいん》の\n確認《かくにん》がいります', 'やくばの ひとが\nもう ひとり いります', 'A second member of\nstaff is needed'),
  'not-done.second-staff-about': worded('職員《しょくいん》をよんでください', 'やくばの ひとを よんで ください', 'Please call staff'),
  'not-done.needs-staff': worded('このカードでは\n職員《しょくいん》の確認《かくにん》がいります', 'この カードでは やくばの\nひとの かくにんが いります', 'With this card, staff\nmust agree'),
  'not-done.needs-staff-about': worded('職員《しょくいん》をよんでください', 'やくばの ひとを よんで ください', 'Please call staff'),
  'not-done.balance-not-sure': worded('いまは残高《ざんだか》を\n確《たし》かめられません', 'いまは のこりが\nわかりません', 'The balance cannot be\nmade sure of now'),
  'not-done.balance-not-sure-about': worded('役場《やくば》の窓口《まどぐち》か、あとでお試《ため》しください', 'やくばに きくか、あとで もう いちど', 'Ask at the town hall, or try later'),
  'not-done.value-on-other-card': worded('残高《ざんだか》は別《べつ》のカードに\n入《はい》っています', 'のこりは ほかの カードに\nはいって います', 'The value is on\nanother card'),
  'not-done.value-on-other-card-about': worded('そのカードを置《お》いてください', 'その カードを おいて ください', 'Please use that card'),
  'not-done.no-paper': worded('いまは紙《かみ》を出《だ》せません', 'いまは かみが でません', 'No paper can come out now'),
  'not-done.no-paper-about': worded('職員《しょくいん》をよぶか、あとでお試《ため》しください', 'やくばの ひとを よぶか、あとで もう いちど', 'Call staff, or try again later'),
  'not-done.nothing-there': worded('残高《ざんだか》がありません', 'のこりが ありません', 'There is nothing there'),
  'not-done.nothing-there-about': worded('残高《ざんだか》の画面《がめん》でお確《たし》かめください', 'のこりの がめんを みて ください', 'Please look at your balance'),
} as const satisfies Readonly<Record<`not-done.${Refusal}` | `not-done.${Refusal}-about`, Wording>>;

export const pointsStrings = { ...CHOICES, ...SAID, ...COUNTED, ...NOT_DONE } as const;
