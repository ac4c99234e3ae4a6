/**
 * What the slips say. Each slip is receiptline markup, so that the picture of it is the slip that is printed. Slips carry no name:
 * who holds the card knows whose it is. Every text that comes from data goes through `escapeSlipText`.
 */
import { dateInTokyo, dateParts, epochOfMoment, type LocalDate, type Moment } from '../../contract/time.ts';
import { lastDayOfLot, type Unit } from '../../contract/value.ts';
import { escapeSlipText } from '../../hardware/printer/slip-layout.ts';
import type { Holder, Offer } from '../services/show-balance.ts';
import { breakLines } from './line-breaks.ts';
import { slipNumberText } from './slip-number.ts';

export interface SlipFrame {
  readonly slipNumber: number;
  readonly deviceLabel: string;
  readonly town: string;
  readonly site: string;
  readonly now: Moment;
}

export type SlipContent =
  | { readonly kind: 'balance'; readonly holder: Holder }
  | { readonly kind: 'load'; readonly offer: Offer; readonly balance: number };

export function slipMarkup(content: SlipContent, frame: SlipFrame): string {
  switch (content.kind) {
    case 'balance':
      return [...head('残高のお知らせ', frame), ...balanceLines(content.holder), ...foot(frame)].join('\n');
    case 'load':
      return [...head('お受け取りの控え', frame), ...loadLines(content.offer, content.balance, dateInTokyo(frame.now)), ...foot(frame)].join('\n');
  }
}

/** A line of 48 columns holds this many of double width. */
const LARGE_COLUMNS = 24;

const UNIT_TEXT: Readonly<Record<Unit, string>> = { yen: '円', point: 'ポイント', ticket: '枚' };

/** Figures 9 mm high with their unit, at the right edge. */
function amountLine(amount: number, unit: Unit): string {
  return `| "^^^^^${amount.toLocaleString('ja-JP')}^^^^^~^^^${UNIT_TEXT[unit]}^^^"`;
}

/** Double-size text at the left edge, broken between words. */
function largeLines(text: string): string[] {
  return breakLines(text, LARGE_COLUMNS).map((line) => `^^^${escapeSlipText(line)}^^^ |`);
}

function boldLines(text: string): string[] {
  return breakLines(text, LARGE_COLUMNS).map((line) => `"^^^${escapeSlipText(line)}^^^" |`);
}

export function dateText(date: LocalDate): string {
  const { year, month, day, weekday } = dateParts(date);
  return `${year}年${month}月${day}日(${WEEKDAYS[weekday]})`;
}

const WEEKDAYS = ['日', '月', '火', '水', '木', '金', '土'] as const;

/** Hour and minute in Asia/Tokyo: 「10時05分」. */
export function timeText(moment: Moment): string {
  const minutes = Math.floor(epochOfMoment(moment) / 60_000) + 9 * 60;
  return `${Math.floor(minutes / 60) % 24}時${String(minutes % 60).padStart(2, '0')}分`;
}

function head(title: string, frame: SlipFrame): string[] {
  return [
    '{b:none}',
    `${escapeSlipText(frame.town)}　かざす窓口`,
    '',
    `"^^^${title}^^^"`,
    '',
    `^^^${dateText(dateInTokyo(frame.now))}^^^`,
    `^^^${timeText(frame.now)}^^^`,
    '---',
    '',
  ];
}

function foot(frame: SlipFrame): string[] {
  return [`番号　${escapeSlipText(slipNumberText(frame.deviceLabel, frame.slipNumber))} | ${escapeSlipText(frame.site)}で印刷しました`];
}

function balanceLines(holder: Holder): string[] {
  if (holder.pockets.length === 0) return ['^^^いま使えるものは^^^', '^^^ありません^^^', '', '---'];
  return holder.pockets.flatMap((pocket) => [
    ...boldLines(pocket.name),
    amountLine(pocket.amount, pocket.unit),
    `| ^^^${dateText(pocket.lastDay)}まで^^^`,
    '',
    '---',
  ]);
}

function loadLines({ entitlement, scheme }: Offer, balance: number, today: LocalDate): string[] {
  return [
    ...boldLines(scheme.name),
    '',
    '^^^受け取った額^^^ |',
    amountLine(entitlement.amount, scheme.unit),
    '| お金はいただいていません',
    '',
    '^^^いまの残高^^^ |',
    amountLine(balance, scheme.unit),
    '',
    '^^^使える最後の日^^^ |',
    `| "^^^${dateText(lastDayOfLot(scheme, today))}^^^"`,
    '',
    '---',
    '',
    '^^使えるところ^^ |',
    ...largeLines(scheme.usableAt),
    '',
    '^^発行しているところ^^ |',
    ...largeLines(scheme.issuer),
    '',
    '^^お問い合わせ^^ |',
    ...largeLines(scheme.contact),
    '',
    '---',
  ];
}
