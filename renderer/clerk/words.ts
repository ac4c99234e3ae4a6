/** What the clerk's page says of a slip. Japanese only: it is for the office. */
import type { DeskView, Remark } from './desk.ts';

export interface Said {
  readonly tone: 'plain' | 'calm' | 'mind';
  readonly title: string;
  readonly lead: string;
}

export function saidOf({ slip, hasKey }: DeskView): Said {
  switch (slip.kind) {
    case 'none':
      return hasKey
        ? { tone: 'plain', title: '票のコードを読み取ってください', lead: '票のいちばん下にある、大きいコードです。いくつあっても、順番はどれからでもかまいません。' }
        : { tone: 'plain', title: '役場の鍵のファイルを出してください', lead: '「鍵のファイルを選ぶ」を押すか、ファイルをこの画面に重ねて放します。鍵はこのパソコンに残りません。' };
    case 'parts': {
      const left = slip.of - slip.have.length;
      return left > 0
        ? { tone: 'plain', title: `あと${left}つ読み取ってください`, lead: '同じ票の、まだ色のついていない番号のコードです。' }
        : { tone: 'plain', title: '役場の鍵のファイルを出してください', lead: 'コードはそろいました。鍵を出すと、中身が出ます。' };
    }
    case 'number-only':
      return { tone: 'mind', title: '番号だけのコードです', lead: 'このコードに中身は入っていません。票の下に大きいコードがあれば、そちらを読み取ってください。なければ、票の受付番号を役場のシステムで調べてください。' };
    case 'opened':
      switch (slip.maker.kind) {
        case 'known':
          return { tone: 'calm', title: `窓口機「${slip.maker.label}」が出した票です`, lead: '署名を確かめました。' };
        case 'revoked':
          return { tone: 'mind', title: `使用を止めた窓口機「${slip.maker.label}」の票です`, lead: '止める前に出した票かどうかを、責任者に確かめてください。' };
        case 'unknown':
          return { tone: 'mind', title: 'どの窓口機が出したかは、確かめていません', lead: '窓口機の一覧のファイルを出すと確かめます。一覧が古いときは、新しいものをもらってください。' };
      }
      break;
    case 'other-key':
      return { tone: 'mind', title: 'この鍵では開けません', lead: 'ほかの役場の票か、鍵を取り替える前の票です。鍵のファイルを確かめてください。' };
    case 'forged':
      return { tone: 'mind', title: '窓口機が出した票と確かめられません', lead: '署名が窓口機のものではないため、中身は出しません。紙を預かり、責任者に知らせてください。' };
    case 'damaged':
      return { tone: 'mind', title: 'このコードは開けません', lead: '中身が途中で変わっています。票に印刷された内容と受付番号で受け付けてください。' };
  }
}

export const REMARKS: Readonly<Record<Remark, string>> = {
  again: 'そのコードは、もう読み取ってあります。',
  'other-slip': '別の票のコードです。こちらの票に移るときは「次の票」を押してから、もう一度読み取ってください。',
  'number-code': 'いまのは番号のコードです。票の下の、大きいコードを読み取ってください。',
  unreadable: '読み取れませんでした。もう一度読み取ってください。',
  'key-taken': '鍵を出しました。',
  'list-taken': '窓口機の一覧を読みました。',
  'not-a-key': '鍵のファイルでも、窓口機の一覧でもありません。ファイルを確かめてください。',
};
