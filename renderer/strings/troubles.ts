/** Why the kiosk cannot serve: one sentence for every trouble. */
import type { TroubleName } from '../../contract/trouble.ts';
import { worded, type Wording } from './wording.ts';

export const TROUBLE_WORDS = {
  'service.heals': worded('直《なお》ると、自動《じどう》で元《もと》の画面《がめん》に戻《もど》ります', 'なおったら もとの がめんに なります', 'It comes back by itself'),
  'service.please-wait': worded('すぐに戻《もど》ります。お待《ま》ちください', 'すぐ もどります。まって ください', 'It will be back soon. Please wait'),

  'trouble.configuration-invalid': worded('機械《きかい》の設定《せってい》を\n確《たし》かめています', 'きかいを\nしらべて います', 'The settings\nneed a look'),
  'trouble.port-occupied': worded('もう1つの窓口《まどぐち》が\n動《うご》いています', 'もう 1つの まどぐちが\nうごいて います', 'Another kiosk program\nis running'),
  'trouble.not-enrolled': worded('この機械《きかい》は、まだ\n町《まち》に登録《とうろく》されていません', 'この きかいは\nまだ つかえません', 'This kiosk is\nnot enrolled yet'),
  'trouble.identity-unreadable': worded('この機械《きかい》の登録《とうろく》を\n確《たし》かめられません', 'この きかいを\nしらべて います', 'The enrolment\ncannot be read'),
  'trouble.ledger-foreign': worded('この機械《きかい》の記録《きろく》では\nありません', 'この きかいの\nきろくでは ありません', 'The records belong\nto another kiosk'),
  'trouble.ledger-newer': worded('機械《きかい》の更新《こうしん》が\n必要《ひつよう》です', 'きかいを\nあたらしく します', 'This kiosk\nneeds an update'),
  'trouble.ledger-damaged': worded('記録《きろく》を確《たし》かめるため\n休《やす》んでいます', 'きろくを しらべるので\nやすんで います', 'Closed while the records\nare checked'),
  'trouble.disk-full': worded('記録《きろく》する場所《ばしょ》が\nいっぱいです', 'きろくする ところが\nいっぱいです', 'There is no room\nfor records'),
  'trouble.data-directory': worded('記録《きろく》する場所《ばしょ》が\n使《つか》えません', 'きろくする ところが\nつかえません', 'The records\ncannot be written'),
  'trouble.ledger-set-back': worded('記録《きろく》を確《たし》かめるため\n休《やす》んでいます', 'きろくを しらべるので\nやすんで います', 'Closed while the records\nare checked'),
  'trouble.reader-service-down': worded('カードの読《よ》み取《と》りが\n止《と》まっています', 'カードを よむ ところが\nとまって います', 'Card reading\nhas stopped'),
  'trouble.reader-absent': worded('カードを読《よ》む機械《きかい》が\nつながっていません', 'カードを よむ きかいが\nつながって いません', 'The card reader is\nnot connected'),
  'trouble.reader-faulty': worded('カードを読《よ》む機械《きかい》が\n動《うご》いていません', 'カードを よむ きかいが\nうごいて いません', 'The card reader is\nnot working'),
  'trouble.printer-absent': worded('紙《かみ》を出《だ》す機械《きかい》が\nつながっていません', '紙《かみ》の きかいが\nつながって いません', 'The printer is\nnot connected'),
  'trouble.printer-silent': worded('紙《かみ》を出《だ》す機械《きかい》の\n返事《へんじ》がありません', '紙《かみ》の きかいの\nへんじが ありません', 'The printer\ndoes not answer'),
  'trouble.printer-paper-out': worded('紙《かみ》がなくなりました', '紙《かみ》が なくなりました', 'The printer has no paper'),
  'trouble.printer-cover-open': worded('紙《かみ》のふたが\n開《あ》いています', '紙《かみ》の ふたが\nあいて います', 'The printer’s cover\nis open'),
  'trouble.printer-faulty': worded('紙《かみ》を出《だ》す機械《きかい》が\n止《と》まりました', '紙《かみ》の きかいが\nとまりました', 'The printer\nhas stopped'),
  'trouble.printer-no-proof': worded('紙《かみ》が出《で》たか\n確《たし》かめられません', '紙《かみ》が でたか\nわかりません', 'We cannot tell whether\na slip came out'),
  'trouble.printer-cutter': worded('紙《かみ》を切《き》る刃《は》が\n止《と》まっています', '紙《かみ》を きる ところが\nとまって います', 'The paper cutter\nis stuck'),
  'trouble.printer-overheated': worded('紙《かみ》を出《だ》す機械《きかい》が\n熱《あつ》くなり、休《やす》んでいます', '紙《かみ》の きかいが\nあつくて やすんで います', 'The printer is hot\nand is cooling down'),
  'trouble.printer-unrecoverable': worded('紙《かみ》を出《だ》す機械《きかい》が\n使《つか》えません', '紙《かみ》の きかいが\nつかえません', 'The printer\ncannot be used now'),
  'trouble.printer-garbled': worded('紙《かみ》を出《だ》す機械《きかい》と\n話《はなし》が通《つう》じません', '紙《かみ》の きかいの\nへんじが わかりません', 'The printer\ncannot be understood'),
  'trouble.printer-power-cycled': worded('印刷《いんさつ》の途中《とちゅう》で\n機械《きかい》の電源《でんげん》が切《き》れました', '紙《かみ》の きかいの\nでんきが きれました', 'The printer lost power\nwhile printing'),
  'trouble.printer-line-lost': worded('印刷《いんさつ》の途中《とちゅう》で\n機械《きかい》との線《せん》が外《はず》れました', '紙《かみ》の きかいの\nせんが はずれました', 'The printer’s cable came off\nwhile printing'),
  'trouble.printer-stopped-at-end': worded('印刷《いんさつ》の終《お》わりで\n機械《きかい》が止《と》まりました', 'おわる ところで\nきかいが とまりました', 'The printer stopped\nat the end of a slip'),
  'trouble.slip-character': worded('紙《かみ》に出《だ》せない\n文字《もじ》があります', '紙《かみ》に だせない\nもじが あります', 'A character\ncannot be printed'),
  'trouble.slip-layout': worded('紙《かみ》に\n収《おさ》まりませんでした', '紙《かみ》に\nはいりません', 'A slip did not fit\non the paper'),
  'trouble.agent-unreachable': worded('つながるのを\n待《ま》っています', 'つながるのを\nまって います', 'Waiting for\nthe connection'),
  'trouble.unexpected': worded('ただいま\nお休《やす》みしています', 'いま\nやすんで います', 'Out of service\nfor now'),
} as const satisfies Readonly<Record<`trouble.${TroubleName}`, Wording>> & Readonly<Record<string, Wording>>;
