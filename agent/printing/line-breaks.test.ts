import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../hardware/printer/slip-characters.ts';
import { breakEvenly, breakLines } from './line-breaks.ts';

describe('lines on a slip', () => {
  it('break between words, and leave no ending alone', () => {
    expect(breakLines('町内の加盟店29店で使えます', 24)).toEqual(['町内の加盟店29店で', '使えます']);
  });

  it('leave no polite お alone at the end of a line', () => {
    expect(breakLines('証明書ではありません。窓口でお渡しします', 30)).toEqual(['証明書ではありません。窓口で', 'お渡しします']);
  });

  it('keep a telephone number whole', () => {
    expect(breakLines('苫前町 商工労働観光課 0164-64-0000', 24)).toEqual(['苫前町 商工労働観光課', '0164-64-0000']);
  });

  it('break at blanks first, so that the name of an office stays whole', () => {
    expect(breakLines('苫前町役場 商工労働観光課 0164-64-0000', 24)).toEqual(['苫前町役場', '商工労働観光課', '0164-64-0000']);
  });

  it('leave no word of two characters alone on the last line', () => {
    expect(breakLines('写真のある証明書を 一点', 20)).toEqual(['写真のある', '証明書を 一点']);
  });

  it.each([
    ['2026年11月21日(土)', 16, ['2026年', '11月21日(土)']],
    ['1,500円は、あと14日で使えなくなります', 16, ['1,500円は、', 'あと14日で', '使えなくなります']],
    ['1,500 yen will end in 14 days', 16, ['1,500 yen will', 'end in 14 days']],
    ['カードとこの紙を、窓口へお持ちください', 16, ['カードと', 'この紙を、窓口へ', 'お持ちください']],
    ['スマートフォン教室（はじめての方）', 16, ['スマートフォン', '教室', '（はじめての方）']],
  ])('break %s where people would', (text, columns, lines) => {
    expect(breakLines(text, columns)).toEqual(lines);
  });

  it('are never longer than the paper, as long as a word has parts', () => {
    expect(breakLines('二度行われることはありません', 16).every((line) => columnsOf(line) <= 16)).toBe(true);
  });

  it('in the middle are about equally long, or end where a sentence pauses', () => {
    expect(breakEvenly('この紙を窓口に出してください', 24)).toEqual(['この紙を窓口に', '出してください']);
    expect(breakEvenly('練習の紙です。お金の価値はなく、手続きにも使えません', 24)).toEqual(['練習の紙です。', 'お金の価値はなく、', '手続きにも使えません']);
  });

  it('keep every character but blanks at the breaks, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'苫前町の加盟店29-、。 ABCで使えるー') }), fc.integer({ min: 4, max: 48 }), (text, columns) => {
        expect(breakLines(text, columns).join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
    );
  });
});
