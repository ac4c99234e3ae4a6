/** What stands on many screens: the kiosk's name, the buttons, the call for staff, that the money is safe, what the pictures show. */
import { phrased, worded } from './wording.ts';

export const GENERAL = {
  'kiosk.name': worded('かざす窓口《まどぐち》', 'かざす まどぐち', 'Kazasu'),
  'kiosk.simulated': worded('模擬《もぎ》の機器《きき》で動《うご》いています', 'ためしの きかいです', 'Simulated devices'),

  'button.staff': worded('職員《しょくいん》を\n呼《よ》ぶ', '人《ひと》を よぶ', 'Call staff'),
  'button.back': worded('戻《もど》る', 'もどる', 'Back'),
  'button.stop': worded('やめる', 'やめる', 'Stop'),
  'button.finish': worded('終《お》わる', 'おわる', 'Finish'),
  'button.later': worded('あとにする', 'あとに する', 'Later'),
  'button.receive': worded('受《う》け取《と》る', 'もらう', 'Receive'),
  'button.print': worded('紙《かみ》に出《だ》す', '紙《かみ》に だす', 'Print'),
  'button.next-page': worded('つぎを見《み》る', 'つぎを みる', 'Show more'),
  'button.first-page': worded('はじめを見《み》る', 'はじめを みる', 'Show the first'),
  'button.confirm': worded('入《い》れる', 'いれる', 'Add it'),
  'button.decline': worded('入《い》れない', 'いれない', 'Do not add'),
  'button.continue': worded('つづける', 'つづける', 'Continue'),

  'staff.called': phrased<{ number: number }>(
    ({ number }) => `職員《しょくいん》を呼《よ》びました\n番号《ばんごう》 ${number}`,
    ({ number }) => `人《ひと》を よびました\nばんごう ${number}`,
    ({ number }) => `Staff called\nNo. ${number}`,
  ),
  'staff.deferred': worded('つながりしだい\n職員《しょくいん》を呼《よ》びます', 'つながったら\n人《ひと》を よびます', 'Staff will be called\nonce connected'),
  'staff.please-call': worded('職員《しょくいん》をよんでください', '人《ひと》を よんで ください', 'Please call staff'),
  'trouble.number': worded('番号《ばんごう》', 'ばんごう', 'No.'),

  'safe.money': worded('お金《かね》はなくなりません', 'お金《かね》は なくなりません', 'Your money is safe'),
  'safe.nothing-changed': worded('なにも変《か》わっていません', 'なにも かわって いません', 'Nothing has changed'),
  'safe.on-card': worded('カードには入《はい》っています', 'カードに はいって います', 'It is on your card'),
  'safe.will-look': worded('入《はい》ったかどうかをカードで確《たし》かめます', 'はいったか カードを みます', 'We will check your card'),

  'picture.bring': worded('カードを台《だい》に置《お》く絵《え》', 'カードを おく え', 'Picture: a card is placed on the reader'),
  'picture.on': worded('カードが台《だい》に載《の》っている絵《え》', 'カードが ある え', 'Picture: a card lies on the reader'),
  'picture.take': worded('カードを台《だい》から取《と》る絵《え》', 'カードを とる え', 'Picture: a card is taken from the reader'),
  'picture.code': worded('QRコードのついたカードの絵《え》', 'QRコードの ある カードの え', 'Picture: a card with a QR code'),
  'picture.reader': worded('カードを置《お》く台《だい》の絵《え》', 'カードを おく ところの え', 'Picture: the card reader'),
  'picture.printer': worded('紙《かみ》が出《で》る機械《きかい》の絵《え》', '紙《かみ》が でる きかいの え', 'Picture: the slip printer'),
} as const;
