/**
 * The slip with which a person goes to the window: what they asked for, lines for what is written by hand, what to bring, and what staff compare. It is
 * no certificate, and says so. Built from the same lines that the last screen shows.
 */
import type { Fee } from '../../contract/procedure/fees.ts';
import type { Procedure } from '../../contract/procedure/procedure.ts';
import type { Form, RequestLine } from '../../contract/procedure/request-lines.ts';
import { plainWords } from '../../contract/procedure/readings.ts';
import type { Words } from '../../contract/procedure/words.ts';
import { slipNumberText } from '../../contract/slip-number.ts';
import { momentOf, opening, printedAt, sizesOf, whenText, type SlipFrame } from './slip-frame.ts';
import { amountText, fitting, leftLines, markupOf, middleLines, pairLines, pointLines, RULE, sized, writingLines, type Size } from './slip-text.ts';
import { SLIP_WORDS } from './slip-words.ts';

export interface RequestSlip {
  readonly kind: 'request';
  readonly procedure: Pick<Procedure, 'name' | 'kind' | 'office'>;
  readonly lines: readonly RequestLine[];
  readonly fee: Fee;
  readonly notes: readonly string[];
  readonly bring: readonly string[];
  /** Always in plain Japanese: they are for staff. */
  readonly staffChecks: readonly string[];
  /** What the QR code says: nothing of the person. */
  readonly code: string;
  /** The request itself, sealed to the office (`sealed-code.ts`): one text a QR code. */
  readonly sealedCode?: readonly string[];
}

const TEXT = SLIP_WORDS.request;

/** Answers stand one size below the other slips' texts: there are many, and the person knows them. */
export function requestSlipMarkup(slip: RequestSlip, frame: SlipFrame): string {
  const { procedure, lines, fee, notes, bring, staffChecks, code, sealedCode = [] } = slip;
  const { form } = frame;
  const { title, text, label: size } = sizesOf(frame);
  const say = (one: Words) => one[form];
  const number = slipNumberText(frame.deviceLabel, frame.slipNumber);
  const certificate = procedure.kind === 'certificate';
  const at = momentOf(frame);
  return markupOf([
    ...opening(frame),
    ...middleLines(plainWords(procedure.name[form]), title, true),
    ...middleLines(say(TEXT[procedure.kind]), title, true),
    '',
    ...middleLines(say(TEXT.number), size),
    sized(number, fitting(number, 'quadruple', 'triple', 'double'), true),
    '',
    `{code:${code};option:qrcode,3,m}`,
    '',
    ...middleLines(whenText(at, form), size),
    '',
    // Paper that carries the request itself is the only way it comes there.
    ...(certificate || sealedCode.length > 0 ? [TEXT.hand] : [TEXT.sent, SLIP_WORDS.shared.keep]).flatMap((one) => middleLines(say(one), text, true)),
    ...middleLines(procedure.office.name, text),
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
    ...leftLines(say(SLIP_WORDS.shared.contact), size),
    ...leftLines(`${procedure.office.name} ${procedure.office.phone}`, text),
    ...printedAt(frame),
    ...sealedLines(say(TEXT.sealed), sealedCode),
  ]);
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
      const total = amountText(fee.total, 'yen', form);
      return fee.copies === 1 ? total : `${total}（${fee.each.toLocaleString('ja-JP')}×${fee.copies}）`;
    }
  }
}
