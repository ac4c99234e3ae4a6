/**
 * The slips of the tier: one of each kind that the kiosk prints, with characters that are drawn, with a long code, and after one that
 * stopped half-way. All come from the templates; the number stands in them as it does on paper.
 */
import { readFileSync } from 'node:fs';
import { Procedure } from '../../../contract/procedure/procedure.ts';
import type { Form, RequestLine } from '../../../contract/procedure/request-lines.ts';
import { plainWords } from '../../../contract/procedure/words.ts';
import type { SlipKind } from '../../../contract/journal.ts';
import { LocalDate } from '../../../contract/time.ts';
import { requestSlipMarkup } from '../../../agent/printing/request-slip.ts';
import { slipMarkup, type SlipContent, type SlipFrame } from '../../../agent/printing/slip-markup.ts';
import type { Holder } from '../../../agent/services/show-balance.ts';
import { entitlementOf, NOW, SCHEME } from '../../../agent/test-support/ledger-town.ts';
import { layoutSlip } from '../../../hardware/printer/slip-layout.ts';
import { decodeCommand } from '../../../hardware/simulator/virtual-printer-commands.ts';
import { written } from './written-page.ts';

export const COLUMNS = 48;
/** Stands for the number where a slip is made once for many cases. Four digits, as all numbers of a case have. */
const ANY_NUMBER = 8642;
/** As long as a signed request number is. */
const CODE = `KZ1.${'A'.repeat(22)}.yakuba-1.${'b'.repeat(86)}`;
const PROCEDURES = new URL('../../../backend/procedures/', import.meta.url);

const LOAD: SlipContent = { kind: 'load', offer: { entitlement: entitlementOf(1), scheme: SCHEME }, balance: 5_000 };

export interface CaseSlip {
  readonly kind: SlipKind;
  /** A piece of another slip hangs in the printer, and the kiosk knows it. */
  readonly afterTorn: boolean;
  /** The same template as another slip, in other words: at each byte one of the faults strikes, not all. */
  readonly otherForm: boolean;
  markup(slipNumber: number): string;
  /** What a complete one reads like. */
  lines(slipNumber: number): Promise<readonly string[]>;
}

export type SlipName = keyof typeof SLIPS;

export const SLIPS = {
  balance: slip((frame) => slipMarkup(balanceOf(['物価高騰くらし応援券', '苫前町ポイント']), frame)),
  load: slip((frame) => slipMarkup(LOAD, frame), { kind: 'load' }),
  'load-after-torn': slip((frame) => slipMarkup(LOAD, frame), { kind: 'load', afterTorn: true }),
  'balance-drawn': slip((frame) => slipMarkup(balanceOf(['髙橋﨑𠮷商店街振興券', '鷗ポイント']), frame)),
  'request-certificate': slip((frame) => requestOf('income-certificate.json', 'ja', frame)),
  'request-easy': slip((frame) => requestOf('bulky-waste.json', 'easy', frame), { otherForm: true }),
  'request-large-english': slip((frame) => requestOf('road-report.json', 'en', frame, true), { otherForm: true }),
};

/** The slip that follows: the shortest there is. */
export const NEXT_SLIP = slip((frame) => slipMarkup(balanceOf([]), frame));

/** What is printed in front of a slip when the one before stopped half-way; as the driver says it. */
let voidNotice: Promise<readonly string[]> | undefined;
export const voidLines = (): Promise<readonly string[]> => (voidNotice ??= linesOf(['^^無効^^', 'ここより上は 途中で止まった票です。', 'お使いになれません。'].join('\n')));

/** What hangs in the printer where a case begins after a torn slip. */
export const LEFT_BEHIND = Buffer.from('\x1b@LEFT BEHIND\n', 'latin1');
export const LEFT_LINES = written(LEFT_BEHIND, decodeCommand);

function slip(make: (frame: SlipFrame) => string, { kind = 'balance', afterTorn = false, otherForm = false }: Partial<Pick<CaseSlip, 'kind' | 'afterTorn' | 'otherForm'>> = {}): CaseSlip {
  const template = make({ slipNumber: ANY_NUMBER, deviceLabel: '役場1', town: '苫前町', site: '苫前町役場', now: NOW });
  if (template.split(String(ANY_NUMBER)).length !== 2) throw new Error('The number of a slip stands on it once');
  let lines: Promise<readonly string[]> | undefined;
  const numbered = (text: string, slipNumber: number): string => text.replace(String(ANY_NUMBER), String(slipNumber).padStart(4, '0'));
  return {
    kind,
    afterTorn,
    otherForm,
    markup: (slipNumber) => numbered(template, slipNumber),
    async lines(slipNumber) {
      lines ??= linesOf(template);
      return (await lines).map((line) => numbered(line, slipNumber));
    },
  };
}

async function linesOf(markup: string): Promise<string[]> {
  const layout = await layoutSlip(markup, { columns: COLUMNS });
  if (layout.kind === 'unprintable') throw new Error(layout.why);
  return written(Buffer.concat(layout.units), decodeCommand);
}

function balanceOf(names: readonly string[]): SlipContent {
  const pockets = names.map((name, index) => ({ schemeId: SCHEME.id, name, unit: index === 0 ? ('yen' as const) : ('point' as const), amount: 12_345 * (index + 1), lastDay: LocalDate.parse('2027-03-31'), daysLeft: 130 }));
  // A slip of a balance says nothing else of its holder.
  return { kind: 'balance', holder: { pockets } as unknown as Holder };
}

/** As most people ask: what is asked of some only is left out. */
function requestOf(file: string, form: Form, frame: SlipFrame, large = false): string {
  const procedure = Procedure.parse(JSON.parse(readFileSync(new URL(file, PROCEDURES), 'utf8')));
  const usual = <Part extends { readonly when?: unknown }>(parts: readonly Part[]): readonly Part[] => parts.filter(({ when }) => when === undefined);
  const lines = usual(procedure.questions).map(({ label, type }): RequestLine => ({ label: plainWords(label[form]), value: type === 'by-hand' ? null : '苫前町字苫前', lines: 1 }));
  const texts = (part: 'notes' | 'bring' | 'staffChecks', of: Form) => usual(procedure[part]).map(({ text }) => plainWords(text[of]));
  const parts = { notes: texts('notes', form), bring: texts('bring', form), staffChecks: texts('staffChecks', 'ja') };
  return requestSlipMarkup({ procedure, lines, fee: { kind: 'yen', each: 300, copies: 1, total: 300, basis: '条例' }, ...parts, form, large, code: CODE }, frame);
}
