/**
 * The staff's report of a device's day: what was moved, which cash must be in the drawer, which slips came out, and what is still open. Japanese only.
 * The drawer is counted by hand, so there are lines to write on.
 */
import { slipNumberText } from '../../contract/slip-number.ts';
import type { LocalDate, Moment } from '../../contract/time.ts';
import type { MovementKind, Unit } from '../../contract/value.ts';
import { foot, opening, sizesOf, type SlipFrame } from './slip-frame.ts';
import { amountLine, amountText, dateText, leftLines, markupOf, middleLines, pairLines, pointLines, RULE, timeText, writingLines } from './slip-text.ts';

export interface DayReport {
  readonly kind: 'day-report';
  readonly day: LocalDate;
  /** Null: nobody has said. */
  readonly opened: Moment | null;
  readonly closed: Moment | null;
  readonly moved: readonly MovedInDay[];
  /** Yen counted in for sales, and given back. */
  readonly cash: { readonly sold: number; readonly refunded: number };
  /** Numbers of slips. */
  readonly slips: { readonly printed: number; readonly failed: readonly number[]; readonly unknown: readonly number[] };
  readonly staffCalls: number;
  /** Entries of the journal that the town does not have yet. */
  readonly unsent: number;
  /** Operations of which nobody knows whether they happened, in their short form. */
  readonly open: readonly string[];
  /** By their number. */
  readonly troubles: ReadonlyArray<{ readonly number: number; readonly times: number }>;
}

export interface MovedInDay {
  readonly scheme: string;
  readonly unit: Unit;
  readonly kind: MovementKind;
  readonly count: number;
  /** What it did to what people hold, in the unit: less is negative. Of `sale` and `refund`, the cash in yen. */
  readonly sum: number;
}

const KIND: Readonly<Record<MovementKind, string>> = {
  load: '受け取り', sale: '販売', refund: '払い戻し', exchange: '交換', spend: '利用', give: '寄付', void: '取り消し', transfer: '移しかえ', expire: '期限切れ', reallocate: '振り替え', correct: '訂正',
};

export function dayReportMarkup(report: DayReport, asked: SlipFrame): string {
  const frame: SlipFrame = { ...asked, form: 'ja', large: false };
  const { text, label } = sizesOf(frame);
  const { cash, slips, moved } = report;
  const time = (moment: Moment | null) => (moment === null ? '記録なし' : timeText(moment));
  return markupOf([
    ...opening(frame),
    ...middleLines('日報', 'triple', true),
    ...middleLines(dateText(report.day), text),
    ...middleLines(`${frame.site}　${frame.deviceLabel}`, label),
    RULE,
    ...pairLines('開始', time(report.opened), label),
    ...pairLines('終了', time(report.closed), label),
    RULE,
    ...leftLines('引き出しにあるはずの現金', text, true),
    ...leftLines('（つり銭の準備金を除く）', 'base'),
    amountLine(cash.sold - cash.refunded, '円', false),
    ...pairLines('販売で受け取った', amountText(cash.sold, 'yen', 'ja'), label),
    ...pairLines('払い戻した', amountText(cash.refunded, 'yen', 'ja'), label),
    ...writingLines('数えた額', 1, label),
    ...writingLines('ちがいと理由', 1, label),
    ...leftLines('動き', text, true),
    ...(moved.length === 0 ? leftLines('ありません', label) : movedLines(moved)),
    RULE,
    ...leftLines('紙', text, true),
    ...pairLines('印刷した', `${slips.printed}枚`, label),
    ...numbersLines('出なかった', slips.failed, frame),
    ...numbersLines('出たか分からない', slips.unknown, frame),
    RULE,
    ...leftLines('確かめること', text, true),
    ...pairLines('職員の呼び出し', `${report.staffCalls}回`, label),
    ...pairLines('町に未送信の記録', `${report.unsent}件`, label),
    ...pairLines('結果が未定の処理', `${report.open.length}件`, label),
    ...report.open.flatMap((operation) => pointLines('□ ', operation, label)),
    ...pairLines('不具合', report.troubles.length === 0 ? 'なし' : `${report.troubles.reduce((sum, { times }) => sum + times, 0)}回`, label),
    ...report.troubles.flatMap(({ number, times }) => pointLines('□ ', `不具合${number}　${times}回`, label)),
    RULE,
    ...writingLines('締めた人', 1, label),
    ...writingLines('確かめた人', 1, label),
    ...foot(frame),
  ]);
}

/** Under the name of each scheme what was done with it. */
function movedLines(moved: readonly MovedInDay[]): string[] {
  return [...new Set(moved.map(({ scheme }) => scheme))].flatMap((scheme) => [
    ...leftLines(scheme, 'tall', true),
    ...moved
      .filter((row) => row.scheme === scheme)
      .flatMap(({ kind, count, sum, unit }) => pairLines(`　${KIND[kind]}　${count}件`, amountText(sum, kind === 'sale' || kind === 'refund' ? 'yen' : unit, 'ja'), 'tall')),
  ]);
}

function numbersLines(label: string, numbers: readonly number[], { deviceLabel }: SlipFrame): string[] {
  return [...pairLines(label, `${numbers.length}枚`, 'tall'), ...(numbers.length === 0 ? [] : pointLines('□ ', numbers.map((number) => slipNumberText(deviceLabel, number)).join('、'), 'tall'))];
}
