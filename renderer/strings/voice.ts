/** What only the voice says, and the buttons it is started and stopped with. */
import { worded } from './wording.ts';

export const voiceWords = {
  'button.hear': worded('声《こえ》で聞《き》く', '声《こえ》で聞《き》く', 'Listen'),
  'button.hear-again': worded('もう一度《いちど》聞《き》く', 'もう一度《いちど》聞《き》く', 'Again'),
  'button.hush': worded('声《こえ》を止《と》める', '声《こえ》を止《と》める', 'Stop voice'),
  'voice.none': worded('いまは声《こえ》が出《で》ません\n画面《がめん》をご覧《らん》ください', 'いまは声《こえ》が出《で》ません\n画面《がめん》を見《み》てください', 'There is no voice here now\nPlease read the screen'),
  'voice.choices': worded('選《えら》べるのは', '選《えら》べるのは', 'You can choose'),
  'voice.bar': worded('いちばん下《した》に', 'いちばん下《した》に', 'At the bottom'),
  'voice.take-by': worded('受《う》け取《と》れるのは', '受《う》け取《と》れるのは', 'To be received'),
  'voice.notices': worded('町《まち》からのお知《し》らせです', '町《まち》からのお知《し》らせです', 'News of the town'),
  'voice.kind-yen': worded('商品券《しょうひんけん》', '商品券《しょうひんけん》', 'Voucher'),
  'voice.kind-point': worded('ポイント', 'ポイント', 'Points'),
  'voice.kind-ticket': worded('利用券《りようけん》', '利用券《りようけん》', 'Tickets'),
};
