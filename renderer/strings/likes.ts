/**
 * How a person likes the screens: what each button of the start screen and of 「見やすく」 will do. Other languages are named in the language they
 * lead to, so that whoever needs it can read it.
 */
import { worded } from './wording.ts';

export const LIKES = {
  'button.likes': worded('見《み》やすく', 'みやすく', 'Display'),
  'button.close': worded('閉《と》じる', 'とじる', 'Close'),
  'button.larger': worded('大《おお》きい\n文字《もじ》', 'おおきい もじ', 'Larger'),
  'button.usual-size': worded('もとの\n文字《もじ》', 'もとの もじ', 'Smaller'),
  'button.contrast': worded('白黒《しろくろ》\n反転《はんてん》', 'しろと くろ', 'Dark'),
  'button.usual-colours': worded('もとの\n色《いろ》', 'もとの いろ', 'Light'),
  'button.readings-on': worded('ふりがな\nをつける', 'ふりがなを つける', 'Readings'),
  'button.readings-off': worded('ふりがな\nをはずす', 'ふりがなを はずす', 'No readings'),
  'button.to-ja': worded('ふつうの\n日本語《にほんご》', 'ふつうの 日本語《にほんご》', '日本語'),
  'button.to-easy': worded('やさしい\n日本語《にほんご》', 'やさしい 日本語《にほんご》', 'やさしい\n日本語'),
  'button.to-en': worded('English', 'English', 'English'),
  'button.voice-on': worded('声《こえ》を\n出《だ》す', 'こえを だす', 'Voice on'),
  'button.voice-off': worded('声《こえ》を\n消《け》す', 'こえを けす', 'Voice off'),
  'button.voice-slow': worded('ゆっくりの\n声《こえ》', 'ゆっくりの こえ', 'Slow voice'),
  'button.voice-normal': worded('ふつうの\n声《こえ》', 'ふつうの こえ', 'Usual voice'),
  'button.volume': worded('音《おと》の\n大《おお》きさ', 'おとの おおきさ', 'Volume'),

  'likes.title': worded('見《み》やすくする', 'みやすく する', 'How to show the screens'),
  'likes.volume-1': worded('いまは小《ちい》さい音《おと》', 'いまは ちいさい', 'Low now'),
  'likes.volume-2': worded('いまはふつう', 'いまは ふつう', 'Medium now'),
  'likes.volume-3': worded('いまは大《おお》きい音《おと》', 'いまは おおきい', 'High now'),
} as const;
