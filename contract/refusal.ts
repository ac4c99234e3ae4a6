/**
 * Why a rule refuses a movement, and what to do about it. A closed list: agent, backend and window use the same words. `rule` says which
 * rule it is, `remedy` what the person can do; both in plain Japanese and English, for residents and staff alike.
 */
import { z } from 'zod';

export const REFUSALS = {
  'wrong-account': { rule: '別の方の権利です', remedy: '職員を呼んでください', en: 'This belongs to another person. Please call the staff.' },
  'wrong-scheme': { rule: 'この制度のものではありません', remedy: '職員を呼んでください', en: 'This belongs to another scheme. Please call the staff.' },
  'not-held-here': { rule: 'この窓口にはいま割り当てがありません', remedy: '役場の窓口か、つながるときにもう一度お試しください', en: 'This kiosk holds no allowance for it now. Ask at the town office, or try again when the kiosk is online.' },
  'already-taken': { rule: 'もう受け取られています', remedy: '残高をごらんください', en: 'It has been received already. Please look at the balance.' },
  'too-early': { rule: 'まだ始まっていません', remedy: '始まる日からお使いください', en: 'It has not begun yet. Please come again from its first day.' },
  'too-late': { rule: '受け取れる期間が終わりました', remedy: '役場におたずねください', en: 'The time to receive it is over. Please ask the town office.' },
  'scheme-over': { rule: 'この制度は終わりました', remedy: '役場におたずねください', en: 'The scheme is over. Please ask the town office.' },
  'too-much': { rule: 'カードに入る額をこえます', remedy: '先に使ってから、もう一度お試しください', en: 'It is more than the card can hold. Please use some first.' },
  'not-enough': { rule: '残高が足りません', remedy: '額を小さくしてください', en: 'The balance is too small. Please choose a smaller amount.' },
  'too-many-parts': { rule: '一度に引ける額をこえます', remedy: '二回に分けてお使いください', en: 'It is made up of too many small amounts to be taken at once. Please take it in two steps.' },
  'not-offered': { rule: 'この制度では扱っていません', remedy: '使えるところをごらんください', en: 'The scheme does not offer this. Please see where it can be used.' },
  'not-sold': { rule: 'この券は販売していません', remedy: '商工会におたずねください', en: 'This voucher is not sold. Please ask the association.' },
  'sale-not-begun': { rule: '販売はまだ始まっていません', remedy: '販売が始まる日からお求めください', en: 'The sale has not begun. Please come again from its first day.' },
  'sale-over': { rule: '販売期間が終わりました', remedy: '次の販売をお待ちください', en: 'The sale is over. Please wait for the next one.' },
  'not-eligible': { rule: 'この券を買える方の一覧にありません', remedy: '役場におたずねください', en: 'The list of who may buy does not name this person. Please ask the town office.' },
  'lottery-not-won': { rule: '抽選で当選した方だけが買えます', remedy: '次の販売をお待ちください', en: 'Only winners of the lottery may buy now. Please wait for the next sale.' },
  'other-medium': { rule: 'アプリか紙ですでに買われています', remedy: 'カードと両方では買えません', en: 'Bought by app or on paper already; nobody may buy by both.' },
  'person-limit': { rule: 'お一人で買える数をこえます', remedy: '数をへらしてください', en: 'More than one person may buy. Please buy fewer.' },
  'household-limit': { rule: '世帯で買える数をこえます', remedy: '数をへらしてください', en: 'More than one household may buy. Please buy fewer.' },
  'sold-out': { rule: '売り切れました', remedy: '次の販売をお待ちください', en: 'Sold out. Please wait for the next sale.' },
  'claim-used': { rule: 'お金の預かりはもう済んでいます', remedy: '残高をごらんください', en: 'What was paid has been received or given back already.' },
  'wrong-step': { rule: 'この単位では渡せません', remedy: '決められた単位でお選びください', en: 'It can be given in whole steps only.' },
  'void-not-allowed': { rule: 'この制度の入金は取り消せません', remedy: '役場におたずねください', en: 'A load of this scheme cannot be taken back.' },
  'void-not-today': { rule: '取り消せるのは入れた日だけです', remedy: '役場におたずねください', en: 'A load can be taken back on its own day only.' },
  'void-already-used': { rule: 'もう一部を使っています', remedy: '使ったあとは取り消せません', en: 'Part of it has been used; it cannot be taken back any more.' },
  'second-staff': { rule: 'この額の取り消しには職員2人の確認が要ります', remedy: 'もう一人の職員を呼んでください', en: 'Taking back this amount needs two people of the staff.' },
  'needs-staff': { rule: 'このカードから引くには職員の確認が要ります', remedy: '職員を呼んでください', en: 'The staff must agree before value leaves this card.' },
  'balance-not-sure': { rule: 'いまは最新の残高を確かめられません', remedy: 'つながるときか、役場の窓口でお使いください', en: 'The balance cannot be made sure of now. Use it when the kiosk is online, or at the town office.' },
  'value-on-other-card': { rule: '残高は別のカードに入っています', remedy: 'そのカードをお使いください', en: 'The value is on another card. Please use that card.' },
  'no-paper': { rule: 'いまは紙を出せません', remedy: '職員を呼ぶか、あとでもう一度お試しください', en: 'No paper can come out now. Please call the staff, or try again later.' },
  'nothing-there': { rule: '移す残高がありません', remedy: '残高をごらんください', en: 'There is nothing to move.' },
} as const satisfies Readonly<Record<string, { readonly rule: string; readonly remedy: string; readonly en: string }>>;

export const Refusal = z.enum(Object.keys(REFUSALS) as [keyof typeof REFUSALS, ...Array<keyof typeof REFUSALS>]);
export type Refusal = z.infer<typeof Refusal>;

/** Why a person has no right to buy, as the backend tells the devices. */
export const Standing = Refusal.extract(['not-eligible', 'lottery-not-won', 'other-medium', 'person-limit', 'household-limit']);
export type Standing = z.infer<typeof Standing>;
