/**
 * What the window says while sets are bought for cash that staff count in, and while several things are received at once. Names of schemes are data. What is
 * said to staff is in the same words for all: whoever stands beside them may read it as well.
 */
import { phrased, worded } from './wording.ts';

export const PURCHASE = {
  'button.buy': worded('商品券《しょうひんけん》を買《か》う', '商品券《しょうひんけん》を かう', 'Buy vouchers'),
  'button.receive-or-buy': worded('受《う》け取《と》る・買《か》う', 'もらう・かう', 'Receive or buy'),
  'button.receive-all': worded('全部《ぜんぶ》受《う》け取《と》る', 'ぜんぶ もらう', 'Receive all of it'),
  'button.add-all': worded('全部《ぜんぶ》入《い》れる', 'ぜんぶ いれる', 'Add all of it'),
  'button.pay': worded('買《か》う', 'かう', 'Buy'),
  'button.do-not-buy': worded('買《か》わない', 'かわない', 'Do not buy'),
  'button.cash-counted': worded('受《う》け取《と》りました', 'もらいました', 'I have the cash'),
  'button.no-cash': worded('受《う》け取《と》っていません', 'もらって いません', 'I have no cash'),

  'button.no-sale': worded('商品券《しょうひんけん》の販売《はんばい》', '商品券《しょうひんけん》の こと', 'Voucher sale'),
  'no-sale.about': worded('いま買《か》えないわけ', 'いま かえない わけ', 'Why you cannot buy now'),
  'no-sale.title': worded('いまは買《か》えない商品券《しょうひんけん》', 'いま かえない 商品券《しょうひんけん》', 'Not on sale for you now'),
  'no-sale.person-limit': worded('お一人《ひとり》で買《か》える数《かず》を\nもう買《か》われています', 'ひとりで かえる かずを\nもう かいました', 'You have bought all that\none person may buy'),
  'no-sale.household-limit': worded('ご家族《かぞく》で買《か》える数《かず》を\nもう買《か》われています', 'かぞくで かえる かずを\nもう かいました', 'Your household has bought\nall that it may buy'),
  'no-sale.wait': worded('次《つぎ》の販売《はんばい》をお待《ま》ちください', 'つぎを まって ください', 'Please wait for the next sale'),
  'no-sale.ask': worded('わからないときは、職員《しょくいん》がお調《しら》べします', 'わからない ときは やくばの ひとに きいて ください', 'If this is a surprise, staff can look into it'),

  'balance.none-but-sale': worded('商品券《しょうひんけん》をお買《か》い求《もと》めになれます', '商品券《しょうひんけん》を かえます', 'You can buy vouchers'),
  'balance.sale': phrased<{ price: string; amount: string }>(
    ({ price, amount }) => `${price}で${amount}`,
    ({ price, amount }) => `${price}で ${amount}`,
    ({ price, amount }) => `${amount} for ${price}`,
  ),
  'offers.title-or-buy': worded('どれに しますか', 'どれに しますか', 'Which one\nwould you like?'),
  'offers.buy-about': phrased<{ price: string; amount: string }>(
    ({ price, amount }) => `買《か》う　${price}で${amount}`,
    ({ price, amount }) => `かう　${price}で ${amount}`,
    ({ price, amount }) => `Buy: ${amount} for ${price}`,
  ),
  'offers.all-about': phrased<{ count: number }>(({ count }) => `${count}つまとめて`, ({ count }) => `${count}つ いっしょに`, ({ count }) => `${count} at once`),
  'receive-all.title': worded('全部《ぜんぶ》をカードに入《い》れます', 'ぜんぶ カードに いれます', 'Add all of it to your card'),
  'received-all.title': worded('入《い》れました', 'いれました', 'Added'),
  'received-all.left': phrased<{ count: number }>(
    ({ count }) => `あと${count}つは、まだ受《う》け取《と》っていません`,
    ({ count }) => `あと ${count}つは まだ もらって いません`,
    ({ count }) => `${count} not received yet`,
  ),
  'received-all.rule': worded('なくなりません。職員《しょくいん》がお調《しら》べします', 'なくなりません。人《ひと》に きいて ください', 'It is not lost. Staff can look into it'),
  'received-all.card': worded('もう一度《いちど》カードを置《お》くと、確《たし》かめます', 'もう いちど カードを おいて ください', 'Place your card again, and we will check'),

  'buy.how-many': worded('いくつ\n買《か》いますか', 'いくつ\nかいますか', 'How many would you\nlike to buy?'),
  'buy.one-set': worded('1つの値段《ねだん》', '1つ', 'For one'),
  'buy.sets': phrased<{ count: number; price: string }>(({ count, price }) => `${count}つ　${price}`, ({ count, price }) => `${count}つ　${price}`, ({ count, price }) => `${count} for ${price}`),
  'buy.gives': phrased<{ amount: string }>(({ amount }) => `${amount}使《つか》えます`, ({ amount }) => `${amount} つかえます`, ({ amount }) => `gives ${amount}`),
  'buy.title': worded('つぎのように買《か》います', 'つぎの ように かいます', 'Buy as follows'),
  'buy.you-pay': worded('払《はら》うお金《かね》', 'はらう お金《かね》', 'You pay'),
  'buy.you-get': worded('もらえる券《けん》', 'もらえる もの', 'You get'),
  'buy.number-of': phrased<{ count: number }>(({ count }) => `${count}つ`, ({ count }) => `${count}つ ぶん`, ({ count }) => `Number: ${count}`),
  'buy.paid-part': worded('お支払《しはら》いの分《ぶん》', 'はらった ぶん', 'Paid for'),
  'buy.gift-part': worded('おまけの分《ぶん》', 'おまけの ぶん', 'A gift on top'),

  'staff-card.own-card': worded('職員《しょくいん》が来《き》たら\nカードを取《と》ってください', '人《ひと》が きたら\nカードを とって ください', 'When staff come,\nplease take your card'),
  'staff-card.asked': worded('職員《しょくいん》のカードを\n置《お》いてください', 'ここの 人《ひと》の\nカードを おいて ください', 'Staff: please place\nyour card'),
  'staff-card.called': worded('職員《しょくいん》を呼《よ》びました', '人《ひと》を よびました', 'Staff have been called'),
  'staff-card.cash': worded('ご用意《ようい》いただく現金《げんきん》', 'はらう お金《かね》', 'Cash to have ready'),
  'staff-card.not-staff': worded('このカードは\n職員《しょくいん》のカードではありません', 'ここの 人《ひと》の\nカードでは ありません', 'This is not\na staff card'),
  'staff-card.locked': worded('この職員《しょくいん》カードは\n止《と》まっています', 'この カードは\nとまって います', 'This staff card\nis stopped'),
  'staff-card.locked-about': worded('役場《やくば》で、また使《つか》えるようになります', '役場《やくば》で また つかえます', 'The town hall can make it work again'),
  'staff-card.same-person': worded('ほかの職員《しょくいん》の\nカードを置《お》いてください', 'ほかの 人《ひと》の\nカードを おいて ください', 'Another member of staff\nis needed'),
  'staff-card.same-person-about': worded('ご本人《ほんにん》の販売《はんばい》は、ほかの職員《しょくいん》がします', 'じぶんの ぶんは ほかの 人《ひと》が します', 'Nobody of staff sells to themselves'),
  'staff-card.moved': worded('もう一度《いちど》、職員《しょくいん》の\nカードを置《お》いてください', 'もう いちど ここの 人《ひと》の\nカードを おいて ください', 'Staff: please place\nyour card again'),
  'staff-card.reader-lost': worded('カードを読《よ》む機械《きかい》を\n待《ま》っています', 'カードの きかいを\nまって います', 'Waiting for\nthe card reader'),
  'staff-card.reader-lost-about': worded('直《なお》ると、ここからつづけられます', 'なおったら ここから つづきます', 'You can go on from here when it is back'),

  'staff-secret.title': worded('職員《しょくいん》の暗証《あんしょう》番号《ばんごう》', 'ここの 人《ひと》の ばんごう', 'Staff PIN'),
  'staff-secret.about': worded('6桁《けた》から8桁《けた》\nカードは置《お》いたまま', '6けたから 8けた', '6 to 8 digits\nLeave the card there'),
  'staff-secret.again': worded('番号《ばんごう》が合《あ》いませんでした', 'ばんごうが あいませんでした', 'It did not match'),

  'count.title': worded('現金《げんきん》を\n受《う》け取《と》りましたか', 'お金《かね》を\nもらいましたか', 'Do you have\nthe cash?'),
  'count.cash': worded('現金《げんきん》', 'お金《かね》', 'Cash'),

  'put-card.recorded': worded('お金《かね》を記録《きろく》しました', 'お金《かね》を きろく しました', 'Your cash is recorded'),
  'put-card.yours': worded('券《けん》が入《はい》るまで、お客《きゃく》さまのお金《かね》です', 'いれるまで あなたの お金《かね》です', 'It is yours until the voucher is added'),
  'put-card.asked': worded('はじめのカードを\n置《お》いてください', 'はじめの カードを\nおいて ください', 'Please place the card\nfrom before'),
  'put-card.staff-card': worded('職員《しょくいん》はカードを\nお取《と》りください', 'ここの 人《ひと》は カードを\nとって ください', 'Staff: please take\nyour card'),
  'put-card.staff-card-about': worded('つぎに、お客《きゃく》さまのカードを置《お》きます', 'つぎに あなたの カードを おきます', 'Then the customer’s card is placed'),
  'put-card.other-card': worded('これは別《べつ》のカードです', 'これは ちがう カードです', 'This is another card'),
  'put-card.other-card-about': worded('はじめに置《お》いたカードを置《お》いてください', 'はじめの カードを おいて ください', 'Please place the card from before'),
  'put-card.moved': worded('もう一度《いちど》、同《おな》じカードを\n置《お》いてください', 'おなじ カードを\nもう いちど おいて ください', 'Please place the same\ncard once more'),

  'buy.doing': worded('いま券《けん》を入《い》れています', 'いま いれて います', 'Adding your voucher'),
  'bought.title': worded('買《か》いました', 'かいました', 'Bought'),
  'bought.before': worded('買《か》う前《まえ》', 'かう まえ', 'Before'),

  'buy-waits.title': worded('つぎにカードを置《お》いたとき\n券《けん》が入《はい》ります', 'つぎに カードを おくと\nはいります', 'It is added when you\nplace your card next'),
  'buy-waits.here': worded('この機械《きかい》にカードを置《お》いてください', 'この きかいに おいて ください', 'Please do so at this kiosk'),
  'buy-waits.cash': worded('お預《あず》かりした現金《げんきん》', 'あずかった お金《かね》', 'Cash we hold for you'),
  'buy-waits.number': worded('お預《あず》かり番号《ばんごう》', 'ばんごう', 'Number'),

  'buy-stopped.title': worded('買《か》うのをやめました', 'かうのを やめました', 'Nothing was bought'),
  'buy-stopped.cash': worded('お渡《わた》しになった現金《げんきん》は、お返《かえ》しします', 'わたした お金《かね》は かえします', 'Any cash you gave is given back'),
} as const;
