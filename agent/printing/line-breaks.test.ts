import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breakLines } from './line-breaks.ts';

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

  it('keep every character but blanks at the breaks, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'苫前町の加盟店29-、。 ABCで使えるー') }), fc.integer({ min: 4, max: 48 }), (text, columns) => {
        expect(breakLines(text, columns).join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
    );
  });
});
