/**
 * Every word that slips say by themselves, in the three wordings. Easy Japanese is in kana with blanks between its phrases. What comes from data
 * (names of schemes, offices) is printed as it is in all of them. Only Japanese: what staff alone read.
 */
import type { Words } from '../../contract/procedure/words.ts';
import type { Unit } from '../../contract/value.ts';

const words = (ja: string, easy: string, en: string): Words => ({ ja, easy, en });

export const UNIT: Readonly<Record<Unit, Words>> = {
  yen: words('円', 'えん', 'yen'),
  point: words('ポイント', 'ポイント', 'points'),
  ticket: words('枚', 'まい', 'tickets'),
};

/** `{…}` stands for what is put there. */
export const SLIP_WORDS = {
  frame: {
    kiosk: words('かざす窓口', 'かざす まどぐち', 'card kiosk'),
    number: words('番号', 'ばんごう', 'Number'),
    printedAt: words('{site}で印刷しました', '{site}で いんさつ', 'Printed at {site}'),
    reissued: words('もう一度印刷した紙です', 'もういちど いんさつした かみです', 'This slip was printed again'),
    first: words('はじめ', 'はじめ', 'First'),
  },
  shared: {
    balance: words('いまの残高', 'いま つかえる もの', 'You have now'),
    usableAt: words('使えるところ', 'つかえる ところ', 'Where to use it'),
    contact: words('お問い合わせ', 'きく ところ', 'Questions'),
    keep: words('この紙をお持ちください', 'かみは もっていて ください', 'Please keep this slip'),
  },
  balance: {
    title: words('残高のお知らせ', 'いま つかえる もの', 'Your balance'),
    none: words('いま使えるものはありません', 'いま つかえる ものは ありません', 'There is nothing to use now'),
    until: words('{date}まで', '{date}まで', 'Until {date}'),
    untilWhen: words('いつまで使えるか', 'いつまで つかえるか', 'Until when'),
    later: words('そのあと', 'その あと', 'Later'),
    soon: words('{amount}は、あと{days}日で使えなくなります', '{amount}は あと {days}にちで つかえなく なります', '{amount} will end in {days} days'),
    tomorrow: words('{amount}は、明日まで使えます', '{amount}は あしたまで つかえます', '{amount} will end tomorrow'),
    today: words('{amount}は、今日まで使えます', '{amount}は きょうまで つかえます', '{amount} will end today'),
    asOf: words('{when}の残高です', '{when}の のこりです', 'Balance as of {when}'),
  },
  load: {
    title: words('お受け取りの控え', 'うけとりの かみ', 'What you received'),
    received: words('受け取った額', 'うけとった もの', 'You received'),
    paid: words('お支払いの分', 'はらった ぶん', 'Paid for'),
    premium: words('プレミアム分', 'おまけの ぶん', 'Premium'),
    granted: words('お支払いのない分', 'はらって いない ぶん', 'Granted'),
    cash: words('いただいた現金', 'はらった おかね', 'Cash we took'),
    noCash: words('お金はいただいていません', 'おかねは はらって いません', 'No money was taken'),
    neverCash: words('プレミアム分は、おまけです。現金にはできません', 'おまけの ぶんは おかねに できません', 'The premium is a gift. It is never paid out in cash'),
    lastDay: words('使える最後の日', 'つかえる さいごの ひ', 'Last day to use it'),
    issuer: words('発行しているところ', 'だして いる ところ', 'Issued by'),
  },
  points: {
    exchangedTitle: words('交換の控え', 'ポイントを かえた かみ', 'Points exchanged'),
    gaveTitle: words('寄付の控え', 'ポイントを あげた かみ', 'Points given'),
    exchanged: words('かえたポイント', 'かえた ぶん', 'You exchanged'),
    gave: words('寄付したポイント', 'あげた ぶん', 'You gave'),
    left: words('残り', 'のこり', 'Left'),
    became: words('受け取った額', 'うけとった もの', 'You received'),
    activity: words('寄付したところ', 'あげた ところ', 'Given to'),
    thanks: words('ありがとうございました', 'ありがとう ございました', 'Thank you'),
  },
  tickets: {
    one: words('1枚', '1まい', '1 ticket'),
    hand: words('お使いのときに、この紙をお渡しください', 'つかう ときに この かみを わたして ください', 'Hand this slip over when you use it'),
    only: words('この紙は一度だけ使えます', 'この かみは 1かい つかえます', 'It can be used once'),
  },
  event: {
    title: words('受付の控え', 'うけつけの かみ', 'Checked in'),
    done: words('受け付けました', 'うけつけました', 'You are checked in'),
    number: words('受付の番号', 'あなたの ばんごう', 'Your number'),
    th: words('番', 'ばん', ''),
    place: words('ところ', 'ばしょ', 'Place'),
    given: words('お受け取り', 'うけとった もの', 'You received'),
    next: words('次の回', 'つぎの かい', 'Next time'),
    from: words('{time}から', '{time}から', 'From {time}'),
  },
  practice: {
    band: words('練習', 'れんしゅう', 'PRACTICE'),
    title: words('練習の修了証', 'れんしゅう できました', 'Practice completed'),
    praise: words('よくできました', 'よく できました', 'Well done!'),
    name: words('{name} さん', '{name} さん', '{name}'),
    did: words('練習したこと', 'れんしゅう した こと', 'You practised'),
    noValue: words('練習の紙です。お金の価値はなく、手続きにも使えません', 'れんしゅうの かみです。おかねでは ありません', 'This is for practice only. It has no value'),
    again: words('またいつでも練習できます', 'また いつでも れんしゅう できます', 'Come and practise again at any time'),
  },
  practised: {
    balance: words('残高を見る', 'のこりを みる', 'See your balance'),
    load: words('カードに受け取る', 'カードに うけとる', 'Receive on your card'),
    request: words('申請票を作る', 'もうしこみの かみを つくる', 'Make a request slip'),
    gathering: words('催しの受付をする', 'うけつけを する', 'Check in at an event'),
    print: words('紙を印刷する', 'かみを いんさつ する', 'Print a slip'),
  },
  incident: {
    title: words('処理未了のお知らせ', 'まだ おわって いません', 'Not finished yet'),
    what: words('カードに書けたかどうか、まだ分かりません', 'カードに かけたか まだ わかりません', 'We do not know yet whether your card was written'),
    amount: words('確認中の額', 'いま しらべて いる もの', 'Amount in question'),
    cash: words('お預かりした現金', 'あずかった おかね', 'Cash we hold for you'),
    cashIsYours: words('お受け取りが済むまで、お客さまのお金です', 'うけとるまで あなたの おかねです', 'It is yours until you have received what you paid for'),
    safe: words(
      '記録は残っています。カードをもう一度読むと、書けたかどうか分かります。二度行われることはありません',
      'きろくは のこって います。カードを もういちど よむと わかります。2かい する ことは ありません',
      'It is on record. Reading your card again will tell. It is never done twice',
    ),
    toDo: words('していただくこと', 'して ください', 'What to do'),
    bring: words('カードとこの紙を、窓口へお持ちください', 'カードと この かみを まどぐちへ もってきて ください', 'Bring your card and this slip to the counter'),
    number: words('未了番号', 'ばんごう', 'Number'),
  },
  request: {
    sealed: words('職員が読み取るコード', 'やくばの ひとが よむ コード', 'Codes for staff'),
    number: words('受付番号', 'ばんごう', 'Number'),
    hand: words('この紙を窓口に出してください', 'この かみを まどぐちに だして ください', 'Hand this slip in at the window'),
    sent: words('役場に届けます', 'やくばに とどけます', 'It goes to the town hall'),
    fee: words('手数料', 'おかね', 'Fee'),
    free: words('かかりません', 'いりません', 'None'),
    atWindow: words('窓口で確かめてください', 'まどぐちで きいて ください', 'Ask at the window'),
    bring: words('お持ちいただくもの', 'もってくる もの', 'Please bring'),
    notes: words('ご注意', 'たいせつな こと', 'Please note'),
    signature: words('署名（ご本人が書いてください）', 'なまえを かいて ください', 'Signature'),
    certificate: words('交付の申請票', 'もうしこみの かみ', 'Request for a certificate'),
    application: words('受付票', 'うけつけの かみ', 'Received'),
    report: words('受付票', 'うけつけの かみ', 'Received'),
  },
} satisfies Readonly<Record<string, Readonly<Record<string, Words>>>>;

/** Puts what belongs there into `{…}`. @throws when a wording asks for something that was not given */
export function filled(text: string, given: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = given[name];
    if (value === undefined) throw new Error(`Nothing was given for {${name}} in ${text}`);
    return value;
  });
}
