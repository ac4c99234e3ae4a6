/**
 * The slip with which a person goes to the window: what they asked for, lines for what is written by hand, what to bring, and what staff compare. It is
 * no certificate, and says so. Built from the same lines that the last screen shows.
 */
import type { Fee } from '../../contract/procedure/fees.ts';
import type { Procedure } from '../../contract/procedure/procedure.ts';
import type { Form, RequestLine } from '../../contract/procedure/request-lines.ts';
import { plainWords, type Words } from '../../contract/procedure/words.ts';
import { dateInTokyo } from '../../contract/time.ts';
import type { SlipFrame } from './slip-markup.ts';
import { slipNumberText } from './slip-number.ts';
import { columnsOf, COLUMNS, dateText, leftLines, middleLines, pairLines, pointLines, RULE, sized, timeText, writingLines, type Size } from './slip-text.ts';

export interface RequestSlip {
  readonly procedure: Pick<Procedure, 'name' | 'kind' | 'office'>;
  readonly lines: readonly RequestLine[];
  readonly fee: Fee;
  readonly notes: readonly string[];
  readonly bring: readonly string[];
  /** Always in plain Japanese: they are for staff. */
  readonly staffChecks: readonly string[];
  readonly form: Form;
  /** For who sees badly: one size up, and longer. */
  readonly large: boolean;
  /** What the QR code says: nothing of the person. */
  readonly code: string;
  /** The request itself, sealed to the office (`sealed-code.ts`): one text a QR code. */
  readonly sealedCode?: readonly string[];
}

const words = (ja: string, easy: string, en: string): Words => ({ ja, easy, en });
const TITLE: Readonly<Record<Procedure['kind'], Words>> = {
  certificate: words('交付の申請票', 'もうしこみの かみ', 'Request for a certificate'),
  application: words('受付票', 'うけつけの かみ', 'Received'),
  report: words('受付票', 'うけつけの かみ', 'Received'),
};
const TEXT = {
  number: words('受付番号', 'ばんごう', 'Number'),
  hand: words('この紙を窓口に出してください', 'この かみを まどぐちに だして ください', 'Hand this slip in at the window'),
  sent: words('役場に届けます', 'やくばに とどけます', 'It goes to the town hall'),
  keep: words('この紙はお持ちください', 'かみは もっていて ください', 'Please keep this slip'),
  fee: words('手数料', 'おかね', 'Fee'),
  free: words('かかりません', 'いりません', 'None'),
  atWindow: words('窓口で確かめてください', 'まどぐちで きいて ください', 'Ask at the window'),
  bring: words('お持ちいただくもの', 'もってくる もの', 'Please bring'),
  notes: words('ご注意', 'たいせつな こと', 'Please note'),
  signature: words('署名（ご本人が書いてください）', 'なまえを かいて ください', 'Signature'),
  contact: words('お問い合わせ', 'きく ところ', 'Questions'),
  sealed: words('職員が読み取るコード', 'やくばの ひとが よむ コード', 'Codes for staff'),
} satisfies Readonly<Record<string, Words>>;

export function requestSlipMarkup(slip: RequestSlip, frame: SlipFrame): string {
  const { procedure, lines, fee, notes, bring, staffChecks, form, large, code, sealedCode = [] } = slip;
  const size: Size = large ? 'double' : 'tall';
  const say = (one: Words) => one[form];
  const number = slipNumberText(frame.deviceLabel, frame.slipNumber);
  const certificate = procedure.kind === 'certificate';
  return [
    '{b:none}',
    ...middleLines(`${frame.town}　かざす窓口`, 'base'),
    '',
    ...middleLines(plainWords(procedure.name[form]), 'double', true),
    ...middleLines(say(TITLE[procedure.kind]), 'double', true),
    '',
    ...middleLines(say(TEXT.number), 'tall'),
    sized(number, columnsOf(number, 'quadruple') <= COLUMNS ? 'quadruple' : 'triple', true),
    '',
    `{code:${code};option:qrcode,3,m}`,
    '',
    ...middleLines(`${dateText(dateInTokyo(frame.now))} ${timeText(frame.now)}`, 'tall'),
    '',
    ...(certificate ? [TEXT.hand] : [TEXT.sent, TEXT.keep]).flatMap((one) => middleLines(say(one), 'double', true)),
    ...middleLines(procedure.office.name, 'double'),
    RULE,
    ...lines.flatMap(({ label, value, lines: many }) => (value === null ? writingLines(label, many, size) : pairLines(label, value, size))),
    RULE,
    ...pairLines(say(TEXT.fee), feeText(fee, form), size),
    ...listed(say(TEXT.bring), bring, size),
    ...listed(say(TEXT.notes), notes, size),
    RULE,
    ...(certificate ? writingLines(say(TEXT.signature), 1, size) : []),
    ...leftLines(`職員記入欄　${plainWords(procedure.name.ja)}`, 'base'),
    ...staffChecks.flatMap((check) => pointLines('□ ', check, 'base')),
    '',
    '取扱者 | 受付　　月　　日',
    RULE,
    ...leftLines(say(TEXT.contact), 'tall'),
    ...leftLines(`${procedure.office.name} ${procedure.office.phone}`, 'double'),
    ...leftLines(`${frame.site}で印刷しました`, 'base'),
    ...sealedLines(say(TEXT.sealed), sealedCode),
  ]
    .filter((line, index, all) => line !== RULE || all[index - 1] !== RULE)
    .join('\n');
}

/** Cells of half a millimetre, and blanks of four of them all round: thinner ones run together on thermal paper. */
function sealedLines(title: string, codes: readonly string[]): string[] {
  return codes.flatMap((code, index) => [RULE, ...middleLines(`${title}　${index + 1}／${codes.length}`, 'tall'), '', `{code:${code};option:qrcode,4,m}`, '']);
}

function listed(title: string, texts: readonly string[], size: Size): string[] {
  return texts.length === 0 ? [] : [RULE, ...leftLines(title, size, true), ...texts.flatMap((text) => pointLines('・', text, size))];
}

function feeText(fee: Fee, form: Form): string {
  switch (fee.kind) {
    case 'free':
      return TEXT.free[form];
    case 'at-window':
      return TEXT.atWindow[form];
    case 'yen': {
      const total = `${fee.total.toLocaleString('ja-JP')}${form === 'en' ? ' yen' : '円'}`;
      return fee.copies === 1 ? total : `${total}（${fee.each.toLocaleString('ja-JP')}×${fee.copies}）`;
    }
  }
}
