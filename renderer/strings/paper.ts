/** What the window says about tickets that are taken out of a card as paper. Names of schemes are data. */
import { worded, type Wording } from './wording.ts';

export const paperStrings = {
  'button.paper': worded('紙《かみ》にする', 'かみに する', 'Paper'),
  'button.do-not-paper': worded('紙《かみ》にしない', 'かみに しない', 'No paper'),
  'points.can-paper': worded('紙《かみ》の券《けん》にできます', 'かみの けんに できます', 'Can come out as paper'),
  'points.paper-about': worded('紙《かみ》の券《けん》が出《で》ます', 'かみの けんが でます', 'comes out as paper'),

  'paper.how-many': worded('何枚《なんまい》を\n紙《かみ》にしますか', 'なんまいを\nかみに しますか', 'How many would you\nlike as paper?'),
  'paper.title': worded('紙《かみ》の券《けん》にします', 'かみの けんに します', 'Take tickets as paper'),
  'paper.leaves': worded('カードから出《で》て、紙《かみ》になります', 'カードから でて かみに なります', 'They leave your card and come as paper'),
  'paper.look-after': worded('紙《かみ》は大切《たいせつ》にお持《も》ちください', 'かみは だいじに もって ください', 'Please keep the paper safe'),
  'paper.left': worded('カードに残《のこ》る分《ぶん》', 'カードに のこる もの', 'Left on your card'),
  'paper.doing': worded('カードから出《だ》しています', 'カードから だして います', 'Taking them off your card'),
  'paper.left-card': worded('券《けん》はカードから出《で》ました', 'けんは カードから でました', 'The tickets have left your card'),

  'paper-out.title': worded('紙《かみ》の券《けん》が出《で》ます\nお取《と》りください', 'かみの けんが でます\nとって ください', 'Please take\nyour tickets'),
  'paper-out.hand': worded('使《つか》うときに、1枚《まい》ずつお渡《わた》しください', 'つかう とき 1まいずつ わたして ください', 'Hand over one each time you use it'),

  'paper-kept.safe': worded('券《けん》はなくなりません', 'けんは なくなりません', 'Your tickets are safe'),
  'paper-kept.safe-about': worded('カードから出《で》て、お預《あず》かりしています', 'カードから でて あずかって います', 'They left your card and are kept for you'),
  'paper-kept.title': worded('紙《かみ》の券《けん》は職員《しょくいん》が\nお渡《わた》しします', 'かみの けんは\nやくばの ひとが わたします', 'Staff will hand you\nthe paper tickets'),
  'paper-kept.maybe': worded('紙《かみ》が出《で》ていれば、お取《と》りください', 'かみが あったら とって ください', 'If paper is there, please take it'),
  'paper-kept.tell': worded('この番号《ばんごう》を職員《しょくいん》にお見《み》せください', 'この ばんごうを やくばの ひとに みせて ください', 'Please show this number to staff'),
  'paper-kept.number': worded('紙《かみ》の番号《ばんごう》', 'かみの ばんごう', 'Number'),
  'paper-kept.printer': worded('プリンターの番号《ばんごう》', 'プリンターの ばんごう', 'Printer'),
} as const satisfies Readonly<Record<string, Wording>>;
