/**
 * The slips of the tier: one of each kind that the kiosk prints, with characters that are drawn, with a long code, and after one that
 * stopped half-way. All come from the templates; the number stands in them as it does on paper.
 */
import { readFileSync } from 'node:fs';
import { Procedure } from '../../../contract/procedure/procedure.ts';
import type { Form } from '../../../contract/procedure/request-lines.ts';
import type { SlipKind } from '../../../contract/journal.ts';
import { LocalDate } from '../../../contract/time.ts';
import { EXAMPLE_FRAME, slipExamples } from '../../../agent/printing/slip-examples.ts';
import { slipMarkup, type SlipContent, type SlipFrame } from '../../../agent/printing/slip-markup.ts';
import { layoutSlip } from '../../../hardware/printer/slip-layout.ts';
import { written } from './written-page.ts';

export const COLUMNS = 48;
/** Stands for the number where a slip is made once for many cases. Four digits, as all numbers of a case have. */
const ANY_NUMBER = 8642;
/** What the examples of a request slip ask for. */
const PROCEDURE = Procedure.parse(JSON.parse(readFileSync(new URL('../../../backend/procedures/residence-certificate.json', import.meta.url), 'utf8')));

const DRAWN: SlipContent = {
  kind: 'balance',
  asOf: null,
  pockets: ['髙橋﨑𠮷商店街振興券', '鷗ポイント'].map((name) => ({ name, unit: 'point', amount: 12_345, ends: [{ lastDay: LocalDate.parse('2027-03-31'), amount: 12_345 }], usableAt: '役場', contact: '役場' })),
};

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
  balance: slip(example('balance')),
  load: slip(example('load'), { kind: 'load' }),
  'load-sold': slip(example('load-sold'), { kind: 'load' }),
  'load-after-torn': slip(example('load'), { kind: 'load', afterTorn: true }),
  'balance-drawn': slip((frame) => slipMarkup(DRAWN, frame)),
  event: slip(example('event')),
  practice: slip(example('practice')),
  incident: slip(example('incident-cash')),
  'day-report': slip(example('day-report')),
  request: slip(example('request'), { kind: 'request' }),
  'request-easy': slip(example('request', 'easy'), { kind: 'request', otherForm: true }),
  'request-large-english': slip(example('request', 'en', true), { kind: 'request', otherForm: true }),
};

/** The slip that follows: the shortest there is. */
export const NEXT_SLIP = slip(example('balance-empty'));

/** What is printed in front of a slip when the one before stopped half-way; as the driver says it. */
let voidNotice: Promise<readonly string[]> | undefined;
export const voidLines = (): Promise<readonly string[]> => (voidNotice ??= linesOf(['^^無効^^', 'ここより上は 途中で止まった票です。', 'お使いになれません。'].join('\n')));

/** What hangs in the printer where a case begins after a torn slip. */
export const LEFT_BEHIND = Buffer.from('\x1b@LEFT BEHIND\n', 'latin1');
export const LEFT_LINES = written(LEFT_BEHIND);

function slip(make: (frame: SlipFrame) => string, { kind = 'balance', afterTorn = false, otherForm = false }: Partial<Pick<CaseSlip, 'kind' | 'afterTorn' | 'otherForm'>> = {}): CaseSlip {
  const template = make({ ...EXAMPLE_FRAME, slipNumber: ANY_NUMBER });
  if (!template.includes(String(ANY_NUMBER))) throw new Error('The number of a slip stands on it');
  let lines: Promise<readonly string[]> | undefined;
  const numbered = (text: string, slipNumber: number): string => text.replaceAll(String(ANY_NUMBER), String(slipNumber).padStart(4, '0'));
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
  return written(Buffer.concat(layout.units));
}

/** One of the slips that stand in docs/slips.md. */
function example(name: string, form: Form = 'ja', large = false): (frame: SlipFrame) => string {
  const found = slipExamples(PROCEDURE, form).find((one) => one.name === name);
  if (!found) throw new Error(`There is no example ${name}`);
  return (frame) => slipMarkup(found.content, { ...frame, form, large });
}
