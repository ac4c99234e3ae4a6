/**
 * Cuts personal numbers out of text before it is written anywhere. A last line of defence: nothing that reaches the log should hold
 * one, but messages of the operating system and of libraries quote what they were given.
 */

const CUT = '[cut]';
/** A UUID is ours and may hold twelve digits in a row; it is left whole. */
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
/** Digits in a row, half-width or full-width, or a number written in groups of four. */
const DIGITS = /[0-9０-９]{12,}|(?<![0-9０-９])[0-9０-９]{4}([ 　-])[0-9０-９]{4}\1[0-9０-９]{4}(?![0-9０-９])/g;

/** Cuts every run of digits that holds a valid individual number (マイナンバー) and every run of fourteen digits or more. */
export function cutPersonalNumbers(text: string): string {
  let result = '';
  let from = 0;
  for (const uuid of text.matchAll(UUID)) {
    result += cutDigits(text.slice(from, uuid.index)) + uuid[0];
    from = uuid.index + uuid[0].length;
  }
  return result + cutDigits(text.slice(from));
}

function cutDigits(text: string): string {
  return text.replace(DIGITS, (run) => {
    const digits = run.normalize('NFKC').replace(/\D/g, '');
    return digits.length >= 14 || holdsIndividualNumber(digits) ? CUT : run;
  });
}

function holdsIndividualNumber(digits: string): boolean {
  for (let start = 0; start + 12 <= digits.length; start += 1) {
    if (isIndividualNumber(digits.slice(start, start + 12))) return true;
  }
  return false;
}

/**
 * Whether the twelfth digit is the check digit of the eleven before it.
 * Source: 総務省令第85号（平成26年）第5条: 11 − (Σ Pn·Qn mod 11), 0 where the remainder is 0 or 1; Pn counted from the right,
 * Qn = n + 1 for n ≤ 6 and n − 5 above.
 */
export function isIndividualNumber(twelve: string): boolean {
  if (!/^[0-9]{12}$/.test(twelve)) return false;
  let sum = 0;
  for (let n = 1; n <= 11; n += 1) sum += Number(twelve[11 - n]) * (n <= 6 ? n + 1 : n - 5);
  const remainder = sum % 11;
  return Number(twelve[11]) === (remainder <= 1 ? 0 : 11 - remainder);
}
