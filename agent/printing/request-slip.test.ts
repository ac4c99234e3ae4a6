import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Procedure } from '../../contract/procedure/procedure.ts';
import type { Form, RequestLine } from '../../contract/procedure/request-lines.ts';
import { plainWords } from '../../contract/procedure/readings.ts';
import { Moment } from '../../contract/time.ts';
import { printOnPaper } from '../../hardware/simulator/printed-slip.ts';
import { DRAWN_CHARACTER } from '../../hardware/simulator/virtual-printer-page.ts';
import { codesInPicture } from '../test-support/codes-in-picture.ts';
import { requestSlipMarkup, type RequestSlip } from './request-slip.ts';
import type { SlipFrame } from './slip-frame.ts';

const FRAME: SlipFrame = { slipNumber: 42, deviceLabel: '役場1', town: '苫前町', site: '苫前町役場', now: Moment.parse('2026-11-22T01:05:00.000Z'), form: 'ja', large: false };
/** As long as a signed request number is. */
const CODE = `KZ1.${'A'.repeat(22)}.yakuba-1.${'b'.repeat(86)}`;
const PROCEDURES = new URL('../../backend/procedures/', import.meta.url);
const FILES = readdirSync(PROCEDURES).filter((file) => file.endsWith('.json'));
const shipped = (file: string) => Procedure.parse(JSON.parse(readFileSync(new URL(file, PROCEDURES), 'utf8')));

/** Every question of the procedure, answered with something long or left to the hand, and all of its notes. */
function longest(procedure: Procedure, form: Form, value = '北海道苫前郡苫前町字古丹別187番地の2'): RequestSlip {
  const lines = procedure.questions.map(({ label, type }): RequestLine => ({ label: plainWords(label[form]), value: type === 'by-hand' ? null : value, lines: 1 }));
  const all = (part: 'notes' | 'bring' | 'staffChecks', of: Form) => procedure[part].map(({ text }) => plainWords(text[of]));
  return { kind: 'request', procedure, lines, fee: { kind: 'yen', each: 300, copies: 10, total: 3_000, basis: '条例' }, notes: all('notes', form), bring: all('bring', form), staffChecks: all('staffChecks', 'ja'), code: CODE };
}

const onPaper = (slip: RequestSlip, change: Partial<SlipFrame> = {}) => printOnPaper(requestSlipMarkup(slip, { ...FRAME, ...change }));

/** Without the blanks and breaks that the paper's width makes. */
const bare = (text: string) => text.replace(/[\s　]/gu, '');

describe.each(FILES)('the request slip of %s', (file) => {
  it.each(['ja', 'easy', 'en'] as const)('has all there is to say on the paper, in the usual size and in large print (%s)', async (form) => {
    const procedure = shipped(file);
    for (const large of [false, true]) {
      const slip = longest(procedure, form);
      const text = bare((await onPaper(slip, { form, large })).text);
      for (const said of [plainWords(procedure.name[form]), '役場1-0042', procedure.office.phone, ...slip.lines.map(({ label }) => label), ...slip.notes, ...slip.bring, ...slip.staffChecks]) {
        expect(text).toContain(bare(said).replaceAll('—', '―'));
      }
    }
  });

  it('is small on the wire', async () => {
    // As most ask: for themselves, without what is asked of some only.
    const unconditional = <Part extends { readonly when?: unknown }>(parts: readonly Part[]) => parts.filter(({ when }) => when === undefined);
    const whole = shipped(file);
    const usual = { ...whole, questions: unconditional(whole.questions), notes: unconditional(whole.notes), bring: unconditional(whole.bring), staffChecks: unconditional(whole.staffChecks) };
    const { bytes } = await onPaper(longest(usual, 'ja', '載せない'));
    expect(bytes).toBeLessThan(8_192);
  });
});

/** The slip of one line alone, in all sizes. */
const oneLine = (value: string, large: boolean) => onPaper({ ...longest(shipped('road-report.json'), 'ja'), lines: [{ label: '氏名', value, lines: 1 }] }, { large });

it.each(['世帯の一部の人', '昭和22年3月4日', '0164-64-0000', 'タカハシ　サキコ', '600円（300×2）', '窓口で確かめてください'])('leaves %s in one piece, in every size', async (value) => {
  for (const large of [false, true]) expect((await oneLine(value, large)).text.replace(/　/gu, ' ')).toContain(value.replace(/　/gu, ' '));
});

it.each<readonly [string, string]>([
  ['髙橋 﨑子', `${DRAWN_CHARACTER}橋 ${DRAWN_CHARACTER}子`],
  ['𠮷田 鷗', `${DRAWN_CHARACTER}田 ${DRAWN_CHARACTER}`],
  ['ﾊﾏﾉ ﾊﾅｺ', 'ﾊﾏﾉ ﾊﾅｺ'],
  ['{code:1}|~_"`^\\n', '{code:1}|~_"`^\\n'],
  ['あ'.repeat(80), 'あ'.repeat(24)],
])('prints the name %s as it is', async (name, shown) => {
  expect((await oneLine(name, false)).text).toContain(shown);
});

it('has a code that another program reads from the printed picture', async () => {
  expect(codesInPicture((await oneLine('髙橋 﨑子', false)).png)).toEqual([CODE]);
});
