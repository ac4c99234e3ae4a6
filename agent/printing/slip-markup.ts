/**
 * What the slips say. Each slip is receiptline markup, so that the picture of it is the slip that is printed. Slips carry no name:
 * who holds the card knows whose it is. Every text that comes from data goes through `escapeSlipText`.
 */
import { dateInTokyo, type LocalDate, type Moment } from '../../contract/time.ts';
import { lastDayOfLot, type Unit } from '../../contract/value.ts';
import { escapeSlipText } from '../../hardware/printer/slip-layout.ts';
import type { Holder, Offer } from '../services/show-balance.ts';
import { slipNumberText } from './slip-number.ts';
import { dateText, leftLines, RULE, timeText } from './slip-text.ts';

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

const UNIT_TEXT: Readonly<Record<Unit, string>> = { yen: '円', point: 'ポイント', ticket: '枚' };

/** Figures 9 mm high with their unit, at the right edge. */
function amountLine(amount: number, unit: Unit): string {
  return `| "^^^^^${amount.toLocaleString('ja-JP')}^^^^^~^^^${UNIT_TEXT[unit]}^^^"`;
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
    RULE,
    '',
  ];
}

function foot(frame: SlipFrame): string[] {
  return [`番号　${escapeSlipText(slipNumberText(frame.deviceLabel, frame.slipNumber))} | ${escapeSlipText(frame.site)}で印刷しました`];
}

function balanceLines(holder: Holder): string[] {
  if (holder.pockets.length === 0) return ['^^^いま使えるものは^^^', '^^^ありません^^^', '', RULE];
  return holder.pockets.flatMap((pocket) => [
    ...leftLines(pocket.name, 'double', true),
    amountLine(pocket.amount, pocket.unit),
    `| ^^^${dateText(pocket.lastDay)}まで^^^`,
    '',
    RULE,
  ]);
}

function loadLines({ entitlement, scheme }: Offer, balance: number, today: LocalDate): string[] {
  return [
    ...leftLines(scheme.name, 'double', true),
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
    RULE,
    '',
    '^^使えるところ^^ |',
    ...leftLines(scheme.usableAt, 'double'),
    '',
    '^^発行しているところ^^ |',
    ...leftLines(scheme.issuer, 'double'),
    '',
    '^^お問い合わせ^^ |',
    ...leftLines(scheme.contact, 'double'),
    '',
    RULE,
  ];
}
