/** What is said when a My Number card is linked with the card somebody came with: what it means, what is kept, and what came of it. */
import type { LinkNotDone } from '../../contract/link-screens.ts';
import { worded, type Wording } from './wording.ts';

const SAID = {
  'button.link': worded('カードをつなぐ', 'カードを つなぐ', 'Link cards'),
  'link.about': worded('マイナンバーカードと', 'マイナンバーカードと', 'with your My Number card'),
  'button.agree-link': worded('同意《どうい》して\nつなぐ', 'わかりました\nつなぐ', 'Agree and link'),
  'button.do-not-link': worded('つながない', 'つながない', 'Do not link'),
  'button.ask-town-again': worded('もう一度《いちど》\n確《たし》かめる', 'もういちど たしかめる', 'Ask again'),

  'link.title': worded('マイナンバーカードと\nつなぎますか', 'マイナンバーカードと\nつなぎますか', 'Link your\nMy Number card?'),
  'link.what': worded('つなぐもの', 'つなぐ もの', 'What is linked'),
  'link.what-about': worded('置《お》いたカードと、マイナンバーカード', 'いまの カードと マイナンバーカード', 'This card and your My Number card'),
  'link.why': worded('何《なん》のため', 'なんの ため', 'What for'),
  'link.why-about': worded('ご本人《ほんにん》のカードだと、町《まち》に分《わ》かります', 'あなたの カードだと 町《まち》に わかります', 'The town knows this card as yours'),
  'link.kept': worded('残《のこ》すもの', 'のこす もの', 'What is kept'),
  'link.kept-about': worded('つないだという印《しるし》と日時《にちじ》だけ\n12桁《けた》の番号《ばんごう》・お名前《なまえ》・ご住所《じゅうしょ》は\n残《のこ》しません', 'つないだ しるしと 日時《にちじ》だけ\n12けたの ばんごう、なまえ、\nじゅうしょは のこりません', 'Only a mark of the link, and when\nNot your 12-digit number,\nname or address'),
  'link.end': worded('終《お》わりにするとき', 'やめたい とき', 'To end it'),
  'link.end-about': worded('いつでも、役場《やくば》の窓口《まどぐち》でできます', 'いつでも 役場《やくば》の まどぐちへ', 'At any time, at the town hall'),
  'link.nothing-changes': worded('何《なに》も変《か》わりません', 'なにも かわらないです', 'Nothing is changed'),

  'link.asking': worded('町《まち》に\n確《たし》かめています', '町《まち》に\nきいて います', 'Asking\nthe town'),
  'link.done': worded('つながりました', 'つながりました', 'They are linked'),
  'link.done-about': worded('このカードがご本人《ほんにん》のものだと、町《まち》に伝《つた》わりました', 'あなたの カードだと 町《まち》に つたわりました', 'The town knows this card as yours now'),
  'link.no-reader': worded('いまはカードを読《よ》む機械《きかい》が使《つか》えません。\nこのまま終《お》わってもだいじょうぶです', 'いま カードの きかいが つかえません。\nこのまま おわっても だいじょうぶです', 'The card reader cannot be used now.\nYou can finish here'),
  'link.own-card': worded('もとのカードを置《お》くと、つづけられます', 'まえの カードを おくと つづきます', 'To go on, place your first card'),
  'link.not-known': worded('つながったかどうか\nまだ分《わ》かりません', 'つながったか まだ\nわかりません', 'It is not known yet\nwhether they are linked'),
  'link.not-known-about': worded('町《まち》からの返事《へんじ》が、まだ届《とど》きません', '町《まち》の へんじが まだ きません', 'The town has not answered yet'),
  'link.again-about': worded('2回《かい》つながることはありません', 'つなぐのは 1かいだけです', 'It is never done twice'),
} as const satisfies Readonly<Record<string, Wording>>;

/** Why nothing was linked, and what can be done. */
const NOT_DONE = {
  'link.other-account': worded('このマイナンバーカードは\n別《べつ》のカードとつながっています', 'マイナンバーカードは ほかの\nカードと つながって います', 'It is linked to\nanother card'),
  'link.other-account-about': worded('役場《やくば》の窓口《まどぐち》で、つなぎ直《なお》せます', '役場《やくば》で かえられます', 'The town hall can change that'),
  'link.other-card': worded('このカードは、別《べつ》のマイナンバー\nカードとつながっています', 'この カードは ほかの マイナンバー\nカードと つながって います', 'Linked to another\nMy Number card'),
  'link.other-card-about': worded('役場《やくば》の窓口《まどぐち》で、つなぎ直《なお》せます', '役場《やくば》で かえられます', 'The town hall can change that'),
  'link.linked-already': worded('このカードは\nつながっています', 'この カードは もう\nつながって います', 'This card is\nlinked already'),
  'link.linked-already-about': worded('あらためてつなぐ必要《ひつよう》はありません', 'なにも しなくて いいです', 'There is nothing more to do'),
  'link.not-valid': worded('このマイナンバーカードは\nいま、つなげません', 'この マイナンバーカードは\nいま つなげません', 'This card cannot\nbe linked now'),
  'link.not-valid-about': worded('電子《でんし》証明書《しょうめいしょ》を、役場《やくば》の窓口《まどぐち》でお調《しら》べします', '役場《やくば》の 人《ひと》が しらべます', 'The town hall can look into it'),
  'link.not-checked': worded('いまは、カードを\n確《たし》かめられません', 'いま カードを\nたしかめられません', 'The card cannot be\nchecked now'),
  'link.not-checked-about': worded('しばらくしてから、もう一度《いちど》お試《ため》しください', 'あとで もう いちど して ください', 'Please try again later'),
  'link.too-late': worded('時間《じかん》がたちましたので\nつないでいません', 'ながく かかったので\nつなぎません', 'It took a while, so\nnothing was linked'),
  'link.too-late-about': worded('はじめから、もう一度《いちど》できます', 'はじめから もう いちど できます', 'You can begin again'),
  'link.not-offered': worded('いまは、つなぐことが\nできません', 'いま つなぐ ことは\nできません', 'Cards cannot be\nlinked now'),
  'link.not-offered-about': worded('くわしくは職員《しょくいん》がお調《しら》べします', '役場《やくば》の 人《ひと》が しらべます', 'Staff can tell you more'),
  'link.unreachable': worded('いま、町《まち》と\n連絡《れんらく》が取《と》れません', 'いま 町《まち》と\nはなせません', 'The town cannot be\nreached now'),
  'link.unreachable-about': worded('しばらくしてから、もう一度《いちど》お試《ため》しください', 'あとで もう いちど して ください', 'Please try again later'),
  'link.stopped': worded('つないでいません', 'つないで いません', 'Nothing was linked'),
  'link.stopped-about': worded('いつでも、またお選《えら》びになれます', 'いつでも また えらべます', 'You can choose it again at any time'),
} as const satisfies Readonly<Record<`link.${LinkNotDone}` | `link.${LinkNotDone}-about`, Wording>>;

export const linkStrings = { ...SAID, ...NOT_DONE } as const;
