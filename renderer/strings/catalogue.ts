/**
 * Every word the window says, once, in every language. A key has the same parameters in all of them.
 *
 * Japanese here is polite and short: no blame, no exclamation marks, no words of the trade (see catalogue.test.ts). A line break
 * in a string is a line break on the glass. Names of schemes, notices and towns are data and never appear here.
 */
import { plainWords } from '../../contract/procedure/readings.ts';
import type { TroubleName } from '../../contract/trouble.ts';
import { ASKING } from './asking.ts';
import { pointsStrings } from './points.ts';
import { phrased, worded, type Form, type Phrasing, type Wording } from './wording.ts';

export const LANGUAGES = ['ja', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

const plain = (ja: string, en: string): Wording => worded(ja, ja, en);
const phrase = <P>(ja: (parameters: P) => string, en: (parameters: P) => string): Phrasing<P> => phrased(ja, ja, en);

export const catalogue = {
  ...ASKING,
  ...pointsStrings,
  'kiosk.name': plain('かざす窓口', 'Kazasu'),
  'kiosk.simulated': plain('模擬の機器で動いています', 'Simulated devices'),

  'button.larger': plain('大きい文字', 'Larger'),
  'button.usual-size': plain('もとの文字', 'Smaller'),
  'button.contrast': plain('白黒反転', 'Contrast'),
  'button.usual-colours': plain('もとの色', 'Colours'),
  // Named in the language it leads to, so that whoever needs it can read it.
  'button.other-language': plain('English', '日本語'),
  'button.staff': plain('職員を呼ぶ', 'Call staff'),
  'button.back': plain('戻る', 'Back'),
  'button.stop': plain('やめる', 'Stop'),
  'button.finish': plain('終わる', 'Finish'),
  'button.later': plain('あとにする', 'Later'),
  'button.receive': plain('受け取る', 'Receive'),
  'button.print': plain('紙に出す', 'Print'),
  'button.next-page': plain('つぎを見る', 'Show more'),
  'button.first-page': plain('はじめを見る', 'Show the first'),
  'button.confirm': plain('入れる', 'Add it'),
  'button.decline': plain('入れない', 'Do not add'),
  'button.continue': plain('つづける', 'Continue'),

  'staff.called': phrase<{ number: number }>(({ number }) => `職員を呼びました\n番号 ${number}`, ({ number }) => `Staff called\nNo. ${number}`),
  'staff.deferred': plain('つながりしだい\n職員を呼びます', 'Staff will be called\nonce connected'),
  'staff.please-call': plain('職員をよんでください', 'Please call staff'),
  'trouble.number': plain('番号', 'No.'),

  'safe.money': plain('お金はなくなりません', 'Your money is safe'),
  'safe.nothing-changed': plain('なにも変わっていません', 'Nothing has changed'),
  'safe.on-card': plain('カードには入っています', 'It is on your card'),
  'safe.will-look': plain('入ったかどうかをカードで確かめます', 'We will check your card'),

  'starting.title': plain('準備しています', 'Getting ready'),
  'starting.wait': plain('少しお待ちください', 'One moment, please'),

  'start.title': plain('カードを\nここに置いてください', 'Place your card\nhere'),
  'start.where-below': plain('読み取る台は、画面の下です', 'The reader is below the screen'),
  'start.where-left': plain('読み取る台は、画面の左です', 'The reader is left of the screen'),
  'start.where-right': plain('読み取る台は、画面の右です', 'The reader is right of the screen'),
  'start.codes': plain('QRコードのカードは、かざしてください', 'Or show a QR code card'),
  'start.no-codes': plain('いまはQRコードを使えません', 'QR codes cannot be read now'),
  'start.no-paper': plain('いまは紙に出せません', 'Printing is not available'),
  'start.paper-ends-soon': plain('紙がもうすぐなくなります\n（職員の方へ）', 'The paper ends soon\n(for staff)'),

  'picture.bring': plain('カードを台に置く絵', 'Picture: a card is placed on the reader'),
  'picture.on': plain('カードが台に載っている絵', 'Picture: a card lies on the reader'),
  'picture.take': plain('カードを台から取る絵', 'Picture: a card is taken from the reader'),
  'picture.code': plain('QRコードのついたカードの絵', 'Picture: a card with a QR code'),
  'picture.reader': plain('カードを置く台の絵', 'Picture: the card reader'),
  'picture.printer': plain('紙が出る機械の絵', 'Picture: the slip printer'),

  'reading.title': plain('カードを\n見ています', 'Looking at\nyour card'),
  'card.leave': plain('置いたままお待ちください', 'Please leave it there'),

  'balance.title': plain('いま使えるもの', 'What you can use now'),
  'balance.none': plain('いま使えるものは\nありません', 'There is nothing\nto use now'),
  'balance.none-but-offer': plain('届いているものを受け取れます', 'You can receive what has arrived'),
  'balance.none-at-all': plain('新しく届くと、この画面に出ます', 'What arrives will appear here'),
  'balance.offers': phrase<{ count: number }>(({ count }) => `${count}つ届いています`, ({ count }) => `${count} waiting`),
  'balance.first-of-several': plain('1つめは', 'First:'),
  'balance.print-about': plain('残高を印刷する', 'Your balance'),
  'balance.shown': phrase<{ first: number; last: number; count: number }>(
    ({ first, last, count }) => (first === last ? `${count}つのうち ${first}つめ` : `${count}つのうち ${first}～${last}つめ`),
    ({ first, last, count }) => (first === last ? `${first} of ${count}` : `${first} to ${last} of ${count}`),
  ),
  'balance.as-of': phrase<{ when: string }>(({ when }) => `${when}の残高です`, ({ when }) => `Balance as of ${when}`),
  'balance.unconfirmed': plain('役場と確かめる前の残高です', 'Not yet checked with the town'),

  'paper.preparing': plain('紙に出す準備をしています', 'The printer is getting ready'),
  'paper.absent': plain('紙を出す機械がつながっていません', 'The printer is not connected'),
  'paper.silent': plain('紙を出す機械の返事がありません', 'The printer does not answer'),
  'paper.paper-out': plain('紙がなくなっています', 'The printer has no paper'),
  'paper.cover-open': plain('紙のふたが開いています', 'The printer’s cover is open'),
  'paper.cutter': plain('紙を切る刃が止まっています', 'The paper cutter is stuck'),
  'paper.overheated': plain('紙を出す機械が休んでいます', 'The printer is cooling down'),
  'paper.unrecoverable': plain('紙を出す機械が使えません', 'The printer cannot be used'),
  'paper.garbled': plain('紙を出す機械と話が通じません', 'The printer cannot be understood'),
  'paper.faulty': plain('紙を出す機械が止まっています', 'The printer has stopped'),

  'load.title-yen': plain('商品券をカードに入れます', 'Add the voucher to your card'),
  'load.title-point': plain('ポイントをカードに入れます', 'Add the points to your card'),
  'load.title-ticket': plain('利用券をカードに入れます', 'Add the tickets to your card'),
  'load.free': plain('お金はかかりません', 'No charge'),
  'load.before': plain('いま', 'Now'),
  'load.after': plain('入れたあと', 'After'),
  'load.usable-at': plain('使えるところ', 'Where to use it'),
  'writing.title': plain('カードを置いたまま\nお待ちください', 'Please leave\nyour card there'),
  'writing.doing': plain('いまカードに入れています', 'Adding it to your card'),
  'loaded.title': plain('入れました', 'Added'),
  'loaded.balance': plain('いま使えるもの', 'You can use'),
  'loaded.print-about': plain('記録を印刷する', 'A record on paper'),
  'continue.about': plain('残高の画面に戻る', 'Back to your balance'),

  'printing.title': plain('印刷しています', 'Printing'),
  'printing.wait': plain('紙が出るまでお待ちください', 'Please wait for the slip'),
  'printed.title': plain('紙が出ます\nお取りください', 'Please take\nyour slip'),
  'printed.balance': plain('残高を印刷しました', 'Your balance is printed'),
  'printed.load': plain('入れた記録を印刷しました', 'The record is printed'),

  'print-trouble.printer-absent': plain('紙を出す機械に\nつながりません', 'The printer is\nnot connected'),
  'print-trouble.printer-silent': plain('紙を出す機械から\n返事がありません', 'The printer\ndoes not answer'),
  'print-trouble.printer-paper-out': plain('紙がなくなりました', 'The printer has run out of paper'),
  'print-trouble.printer-cover-open': plain('紙のふたが\n開いています', 'The printer’s cover\nis open'),
  'print-trouble.printer-faulty': plain('紙を出す機械が\n止まりました', 'The printer\nhas stopped'),
  'print-trouble.printer-no-proof': plain('紙が出たか\n確かめられません', 'We cannot tell whether\nthe slip came out'),
  'print-trouble.printer-cutter': plain('紙を切る刃が\n止まりました', 'The paper cutter\nis stuck'),
  'print-trouble.printer-overheated': plain('紙を出す機械が\n熱くなり、休んでいます', 'The printer is hot\nand is cooling down'),
  'print-trouble.printer-unrecoverable': plain('紙を出す機械が\n使えなくなりました', 'The printer\ncannot be used now'),
  'print-trouble.printer-garbled': plain('紙を出す機械と\n話が通じません', 'The printer\ncannot be understood'),
  'print-trouble.printer-power-cycled': plain('印刷の途中で\n機械の電源が切れました', 'The printer lost power\nwhile printing'),
  'print-trouble.printer-line-lost': plain('印刷の途中で\n機械との線が外れました', 'The printer’s cable came off\nwhile printing'),
  'print-trouble.printer-stopped-at-end': plain('印刷の終わりで\n機械が止まりました', 'The printer stopped\nat the end of the slip'),
  'print-trouble.slip-character': plain('この機械では\n出せない文字があります', 'It has a character\nthis printer lacks'),
  'print-trouble.slip-layout': plain('紙に\n収まりませんでした', 'It does not fit\non the slip'),
  'print-trouble.other': plain('紙に出せませんでした', 'The slip could not be printed'),
  'print-trouble.no-proof-look': plain('出ていれば、お取りください', 'If it is there, please take it'),
  'print-trouble.no-proof-else': plain('なければ、職員をよんでください', 'If it is not, please call staff'),
  'print-trouble.may-come': plain('続きが出ることがあります', 'The rest may still come out'),
  'print-trouble.goes-on-by-itself': plain('しばらくすると、また出せます', 'It can print again in a while'),
  'print-trouble.staff-will-write': plain('職員が手書きの控えをお渡しします', 'Staff will write it for you by hand'),
  'print-trouble.not-printed': plain('紙は出ていません', 'No slip was printed'),

  'refused.already-taken': plain('すでに受け取られています', 'This has been received already'),
  'refused.already-taken-about': plain('残高の画面でお確かめください', 'Please look at your balance'),
  'refused.too-early': plain('受け取れるのは\nもう少し先です', 'It cannot be\nreceived yet'),
  'refused.too-early-about': plain('受け取れる日は職員がお調べします', 'Staff can tell you from which day'),
  'refused.too-late': plain('受け取れる期間が\n終わりました', 'The time to receive it\nis over'),
  'refused.too-late-about': plain('くわしくは職員がお調べします', 'Staff can tell you more'),
  'refused.not-held-here': plain('いま、この機械では\n受け取れません', 'It cannot be received\nhere now'),
  'refused.not-held-here-about': plain('受け取る権利はそのまま残ります', 'It stays yours'),
  'refused.too-much': plain('このカードには\nこれ以上入れられません', 'This card cannot\nhold more'),
  'refused.too-much-about': plain('受け取る権利はそのまま残ります', 'It stays yours'),

  'moved.title': plain('もう一度、同じカードを\n置いてください', 'Please place the same\ncard again'),
  'moved.why': plain('カードが先に離れました', 'It was moved too soon'),

  'not-usable.unknown': plain('このカードは\n登録されていません', 'This card is\nnot registered'),
  'not-usable.unknown-about': plain('お使いになるには、職員にお声がけください', 'Please ask staff if you wish to use it'),
  'not-usable.payment': plain('このカードは\nこの機械では使えません', 'This card cannot be\nused here'),
  'not-usable.not-read': plain('カードの中は読んでいません', 'Nothing on it was read'),
  'not-usable.town-card': plain('町のカードを置いてください', 'Please place your town card'),
  'not-usable.my-number': plain('マイナンバーカードは\nここでは使いません', 'The My Number card\nis not used here'),
  'not-usable.stopped': plain('このカードは\n止められています', 'This card\nhas been stopped'),
  'not-usable.stopped-about': plain('中のお金は、職員がお調べします', 'Staff can look into what it holds'),
  'not-usable.suspect': plain('このカードは\nいま使えません', 'This card cannot be\nused now'),
  'not-usable.several': plain('カードを1枚だけ\n置いてください', 'Please place\njust one card'),
  'not-usable.several-about': plain('2枚以上が重なっているようです', 'There seems to be more than one'),
  'not-usable.foreign-code': plain('このコードは\nこの機械では使えません', 'This code cannot be\nused here'),
  'not-usable.not-kept': plain('コードの中身は残していません', 'Nothing of it was kept'),
  'not-usable.town-code': plain('町のカードのコードを、かざしてください', 'Please hold up the code on your town card'),
  'not-usable.damaged-code': plain('コードを、もう一度\nかざしてください', 'Please hold up\nthe code once more'),
  'not-usable.unreadable': plain('カードを\n置きなおしてください', 'Please place the card\nonce more'),
  'not-usable.unreadable-about': plain('うまく読み取れませんでした', 'It could not be read well'),

  'farewell.take': plain('カードを\nお取りください', 'Please take\nyour card'),
  'farewell.thanks': plain('ありがとうございました', 'Thank you'),

  'still-there.title': plain('つづけますか', 'Would you like to continue?'),
  'still-there.ends': phrase<{ seconds: number }>(
    ({ seconds }) => `このままだと、あと${seconds}秒で終わります`,
    ({ seconds }) => `This ends by itself in ${seconds} seconds`,
  ),
  'still-there.about': plain('いまの画面に戻る', 'Back to where you were'),

  'service.heals': plain('直ると、自動で元の画面に戻ります', 'It comes back by itself'),
  'service.please-wait': plain('すぐに戻ります。お待ちください', 'It will be back soon. Please wait'),

  'trouble.configuration-invalid': plain('機械の設定を\n確かめています', 'The settings\nneed a look'),
  'trouble.port-occupied': plain('もう1つの窓口が\n動いています', 'Another kiosk program\nis running'),
  'trouble.not-enrolled': plain('この機械は、まだ\n町に登録されていません', 'This kiosk is\nnot enrolled yet'),
  'trouble.identity-unreadable': plain('この機械の登録を\n確かめられません', 'The enrolment\ncannot be read'),
  'trouble.ledger-foreign': plain('この機械の記録では\nありません', 'The records belong\nto another kiosk'),
  'trouble.ledger-newer': plain('機械の更新が\n必要です', 'This kiosk\nneeds an update'),
  'trouble.ledger-damaged': plain('記録を確かめるため\n休んでいます', 'Closed while the records\nare checked'),
  'trouble.disk-full': plain('記録する場所が\nいっぱいです', 'There is no room\nfor records'),
  'trouble.data-directory': plain('記録する場所が\n使えません', 'The records\ncannot be written'),
  'trouble.ledger-set-back': plain('記録を確かめるため\n休んでいます', 'Closed while the records\nare checked'),
  'trouble.reader-service-down': plain('カードの読み取りが\n止まっています', 'Card reading\nhas stopped'),
  'trouble.reader-absent': plain('カードを読む機械が\nつながっていません', 'The card reader is\nnot connected'),
  'trouble.reader-faulty': plain('カードを読む機械が\n動いていません', 'The card reader is\nnot working'),
  'trouble.printer-absent': plain('紙を出す機械が\nつながっていません', 'The printer is\nnot connected'),
  'trouble.printer-silent': plain('紙を出す機械の\n返事がありません', 'The printer\ndoes not answer'),
  'trouble.printer-paper-out': plain('紙がなくなりました', 'The printer has no paper'),
  'trouble.printer-cover-open': plain('紙のふたが\n開いています', 'The printer’s cover\nis open'),
  'trouble.printer-faulty': plain('紙を出す機械が\n止まりました', 'The printer\nhas stopped'),
  'trouble.printer-no-proof': plain('紙が出たか\n確かめられません', 'We cannot tell whether\na slip came out'),
  'trouble.printer-cutter': plain('紙を切る刃が\n止まっています', 'The paper cutter\nis stuck'),
  'trouble.printer-overheated': plain('紙を出す機械が\n熱くなり、休んでいます', 'The printer is hot\nand is cooling down'),
  'trouble.printer-unrecoverable': plain('紙を出す機械が\n使えません', 'The printer\ncannot be used now'),
  'trouble.printer-garbled': plain('紙を出す機械と\n話が通じません', 'The printer\ncannot be understood'),
  'trouble.printer-power-cycled': plain('印刷の途中で\n機械の電源が切れました', 'The printer lost power\nwhile printing'),
  'trouble.printer-line-lost': plain('印刷の途中で\n機械との線が外れました', 'The printer’s cable came off\nwhile printing'),
  'trouble.printer-stopped-at-end': plain('印刷の終わりで\n機械が止まりました', 'The printer stopped\nat the end of a slip'),
  'trouble.slip-character': plain('紙に出せない\n文字があります', 'A character\ncannot be printed'),
  'trouble.slip-layout': plain('紙に\n収まりませんでした', 'A slip did not fit\non the paper'),
  'trouble.agent-unreachable': plain('つながるのを\n待っています', 'Waiting for\nthe connection'),
  'trouble.unexpected': plain('ただいま\nお休みしています', 'Out of service\nfor now'),
} as const satisfies Readonly<Record<string, Wording | Phrasing<never>>> & Readonly<Record<`trouble.${TroubleName}`, Wording>>;

export type Key = keyof typeof catalogue;
type Said<K extends Key> = (typeof catalogue)[K]['ja'];
export type ParametersOf<K extends Key> = Said<K> extends (parameters: infer P) => string ? [P] : [];

/** The text of `key`; keys with parameters cannot be said without them, and the others not with any. */
export type Say = <K extends Key>(key: K, ...parameters: ParametersOf<K>) => string;

/** @returns the voice of one wording */
export function sayIn(form: Form): Say {
  return (key, ...parameters) => {
    const text: string | ((parameters: never) => string) = catalogue[key][form];
    return plainWords(typeof text === 'string' ? text : text(parameters[0] as never));
  };
}
