/** What only the voice says, and the buttons it is started and stopped with. */
import { worded } from './wording.ts';

export const VOICE = {
  'button.hear': worded('声《こえ》で\n聞《き》く', 'こえで きく', 'Read aloud'),
  'button.hear-again': worded('もう一度《いちど》\n聞《き》く', 'もういちど きく', 'Again'),
  'button.hush': worded('声《こえ》を\n止《と》める', 'こえを とめる', 'Stop voice'),
  'voice.none': worded('いまは声《こえ》が出《で》ません\n画面《がめん》をご覧《らん》ください', 'いまは こえが でません\nがめんを みてください', 'There is no voice here now\nPlease read the screen'),
  'voice.choices': worded('選《えら》べるのは', 'えらべるのは', 'You can choose'),
  'voice.bar': worded('いちばん下《した》に', 'いちばん したに', 'At the bottom'),
  'voice.take-by': worded('受《う》け取《と》れるのは', 'うけとれるのは', 'To be received'),
  'voice.on-paper': worded('紙《かみ》に書《か》いてあることを\n読《よ》みます', 'かみに かいて ある ことを よみます', 'Your slip says'),
  'voice.notices': worded('町《まち》からのお知《し》らせです', 'まちからの おしらせです', 'News of the town'),
  'voice.kind-yen': worded('商品券《しょうひんけん》', 'しょうひんけん', 'Voucher'),
  'voice.kind-point': worded('ポイント', 'ポイント', 'Points'),
  'voice.kind-ticket': worded('利用券《りようけん》', 'りようけん', 'Tickets'),
};
